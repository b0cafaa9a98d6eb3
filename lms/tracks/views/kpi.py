"""Figures of the working day: the list of a queue, files coming in, targets and a firm's own metrics."""

import uuid
from collections.abc import Iterable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number
from lms.people.cells import Unfit
from lms.people.queries import list_teams
from lms.tracks.forms.kpi import ColumnsForm, FiguresForm, MetricForm, TakeFiguresForm, TargetForm
from lms.tracks.kpi.mapping import OF_A_METRIC, ROLE_WORDS, ROLES
from lms.tracks.kpi.metrics import Better
from lms.tracks.models.kpi import KpiFile
from lms.tracks.pages import kpi as pages
from lms.tracks.pages.asked import figures_wanted
from lms.tracks.policy import TrackPermission
from lms.tracks.services import kpi as services
from lms.tracks.services import kpi_metrics
from lms.tracks.services.kpi_planning import STATUSES
from lms.tracks.views.room import as_seen, room
from lms.web import actor, answered, csv_reply, now, session, storage
from lms.web.language import shown

PAGE = 50


def told(reason: Unfit) -> str:
    """Why a row is skipped, in the reader's language."""
    sentence = str(_(reason.sentence))
    return sentence % {name: shown(one) for name, one in reason.values.items()} if reason.values else sentence


def told_of_file(problem: Invalid | None, roles: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> str:
    """Why a file cannot be read, with what is missing called as the choices of a column call it; empty when it can."""
    if problem is None:
        return ""
    words = {role: label for _group, choices in roles for role, label in choices}
    values = dict(problem.values)
    if "missing" in values:
        values["missing"] = ", ".join(words.get(one, one) for one in str(values["missing"]).split(", "))
    sentence = str(_(problem.sentence))
    return sentence % values if values else sentence


def wanted() -> pages.Wanted:
    """What the address asks the list for."""
    return figures_wanted(request.args)


@room.get("/figures", allow=TrackPermission.KPI_SEE)
def figures() -> ResponseReturnValue:
    """One metric of one queue and shift: people by name, each with n and interval, and the queue's band."""
    page = pages.list_page(session(), actor=actor(), wanted=wanted(), now=now())
    return render_template(
        "tracks/figures.html", page=page, wanted=page.wanted, teams=list_teams(session(), actor=actor())
    )


def start(form: FiguresForm) -> str:
    """Where a file comes in."""
    return render_template(
        "tracks/figures_import.html", form=form, page=pages.start_page(session(), actor=actor())
    )


@room.get("/figures/import", allow=TrackPermission.KPI_IMPORT)
def figures_import() -> ResponseReturnValue:
    """Choose a file."""
    return start(FiguresForm())


@room.post("/figures/import", allow=TrackPermission.KPI_IMPORT, endpoint="send_figures")
def send_figures() -> ResponseReturnValue:
    """Keep a file that can be opened, and go on to what it would do."""
    form = FiguresForm()

    def act() -> KpiFile:
        source, name, content = form.given()
        return services.keep_file(
            session(),
            actor=actor(),
            file_name=name,
            content=content,
            source=source,
            pairs=(),
            storage=storage(),
            now=now(),
        )

    return answered(
        form,
        act=act,
        done=lambda kept: redirect(url_for("tracks.figures_file", kpi_file_id=kept.id)),
        page=lambda: start(form),
    )


def role_choices(metrics: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column can be, in groups."""
    parts = {
        "value": _("value"),
        "total": _("total"),
        "n": _("counted from (n)"),
        "sd": _("standard deviation"),
    }
    groups = [(_("The row"), [(role, _(ROLE_WORDS[role])) for role in ROLES])]
    for key, name in metrics.items():
        groups.append((name, [(f"{key}.{part}", f"{name}: {parts[part]}") for part in OF_A_METRIC]))
    return groups


def file_page(kpi_file_id: uuid.UUID, form: TakeFiguresForm | ColumnsForm) -> str:
    """A file before or after the yes."""
    sent = services.see_file(session(), actor=actor(), file_id=kpi_file_id, storage=storage(), now=now())
    start_page = pages.start_page(session(), actor=actor())
    kind = request.args.get("status", "")
    if sent.file.taken_at and kind not in STATUSES:
        kind = "skipped"
    lines = sent.plan.reading.lines if sent.plan else []
    chosen = [one for one in lines if not kind or one.status == kind]
    after_line = whole_number(request.args.get("after", ""), 0)
    here = [one for one in chosen if one.number > after_line][: PAGE + 1]
    is_: dict[int, str] = {}
    also: dict[int, str] = {}
    for role, name in sent.mapping.columns.items():
        for place, column in enumerate(sent.header):
            if column == name:
                (also if place in is_ else is_)[place] = role
                break
    roles = role_choices({key: str(_(one.name)) for key, one in start_page.metrics.items()})
    return render_template(
        "tracks/figures_file.html",
        sent=sent,
        problem=told_of_file(sent.problem, roles),
        file=sent.file,
        plan=sent.plan,
        lines=here[:PAGE],
        more=here[PAGE - 1].number if len(here) > PAGE else None,
        kind=kind,
        form=form,
        told=told,
        roles=roles,
        chosen=is_,
        also=also,
    )


@room.get("/figures/imports/<uuid:kpi_file_id>", allow=TrackPermission.KPI_IMPORT)
def figures_file(kpi_file_id: uuid.UUID) -> ResponseReturnValue:
    """What the file would do; once it was taken, what it did."""
    return file_page(kpi_file_id, TakeFiguresForm(formdata=None))


@room.post("/figures/imports/<uuid:kpi_file_id>", allow=TrackPermission.KPI_IMPORT, endpoint="take_figures")
def take_figures(kpi_file_id: uuid.UUID) -> ResponseReturnValue:
    """Take the file."""
    form = TakeFiguresForm()

    def done(_file: KpiFile) -> ResponseReturnValue:
        flash(_("Done. What the file did is below."), "good")
        return redirect(url_for("tracks.figures_file", kpi_file_id=kpi_file_id))

    return answered(
        form,
        done=done,
        page=lambda: file_page(kpi_file_id, form),
        act=lambda: services.apply_file(
            session(), actor=actor(), file_id=kpi_file_id, storage=storage(), now=now()
        ),
    )


@room.post(
    "/figures/imports/<uuid:kpi_file_id>/columns", allow=TrackPermission.KPI_IMPORT, endpoint="map_figures"
)
def map_figures(kpi_file_id: uuid.UUID) -> ResponseReturnValue:
    """Say what its columns are."""
    form = ColumnsForm()

    def act() -> KpiFile:
        sent = services.see_file(session(), actor=actor(), file_id=kpi_file_id, storage=storage(), now=now())
        pairs = form.given(list(sent.header))
        return services.map_file(session(), actor=actor(), file_id=kpi_file_id, pairs=pairs, now=now())

    def done(_file: KpiFile) -> ResponseReturnValue:
        flash(_("Kept for this tool. The next file with these columns needs no telling."), "good")
        return redirect(url_for("tracks.figures_file", kpi_file_id=kpi_file_id))

    return answered(form, act=act, done=done, page=lambda: file_page(kpi_file_id, form))


@room.get("/figures/imports/<uuid:kpi_file_id>/rows.csv", allow=TrackPermission.KPI_IMPORT)
def figures_rows(kpi_file_id: uuid.UUID) -> ResponseReturnValue:
    """Every row with its line, what becomes of it and why."""
    sent = services.see_file(session(), actor=actor(), file_id=kpi_file_id, storage=storage(), now=now())
    if sent.problem is not None:
        raise sent.problem
    lines = sent.plan.reading.lines if sent.plan else []
    return csv_reply(
        "rows.csv",
        ["line", "person", "status", "why"],
        ([one.number, one.person, one.status, " ".join(map(told, one.reasons))] for one in lines),
    )


def targets_form() -> TargetForm:
    """The form for a target, with the metrics that can have one."""
    form = TargetForm(from_on=as_seen(now()).replace(day=1))
    metrics = pages.start_page(session(), actor=actor()).metrics
    form.metric.choices = [
        (key, _(one.name)) for key, one in metrics.items() if one.better is not Better.NEITHER
    ]
    return form


def targets_shown(form: TargetForm, own: MetricForm) -> str:
    """Targets and metrics."""
    return render_template(
        "tracks/figures_targets.html",
        form=form,
        own=own,
        page=pages.targets_page(session(), actor=actor(), now=now()),
    )


@room.get("/figures/targets", allow=TrackPermission.KPI_IMPORT)
def figures_targets() -> ResponseReturnValue:
    """What each queue is asked to reach, and the firm's own metrics."""
    return targets_shown(targets_form(), MetricForm(formdata=None, prefix="own-"))


@room.post("/figures/targets", allow=TrackPermission.KPI_IMPORT, endpoint="set_target")
def set_target() -> ResponseReturnValue:
    """Set a target."""
    form = targets_form()

    def act() -> object:
        queue, metric, value, from_on = form.given()
        return kpi_metrics.set_target(
            session(), actor=actor(), queue=queue, metric=metric, value=value, from_on=from_on, now=now()
        )

    def done(_made: object) -> ResponseReturnValue:
        flash(_("The target is set. Earlier days keep the earlier one."), "good")
        return redirect(url_for("tracks.figures_targets"))

    own = MetricForm(formdata=None, prefix="own-")
    return answered(form, act=act, done=done, page=lambda: targets_shown(form, own))


@room.post("/figures/metrics", allow=TrackPermission.KPI_IMPORT, endpoint="name_metric")
def name_metric() -> ResponseReturnValue:
    """Name a metric of the firm's own."""
    form = MetricForm(prefix="own-")

    def done(_made: object) -> ResponseReturnValue:
        flash(_("The metric is there. Files may speak of it."), "good")
        return redirect(url_for("tracks.figures_targets"))

    return answered(
        form,
        act=lambda: kpi_metrics.name_metric(session(), actor=actor(), new=form.given(), now=now()),
        done=done,
        page=lambda: targets_shown(targets_form(), form),
    )
