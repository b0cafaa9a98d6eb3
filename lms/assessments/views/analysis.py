"""How the questions of a course do, on a page and as a file."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.assessments.pages.analysis import (
    ENOUGH_TO_TELL,
    FAULTS,
    SMALLEST,
    AnalysisPage,
    Row,
    analysis_page,
)
from lms.assessments.queries.analysis import MOST_ATTEMPTS
from lms.assessments.statistics.groups import Treated
from lms.assessments.verdicts import ENOUGH, Kind, Verdict
from lms.assessments.views.questions import bank_crumbs
from lms.assessments.views.room import room
from lms.assessments.views.words import KINDS
from lms.courses.policy import CoursePermission
from lms.web import actor, now, session
from lms.web.replies import csv_reply

ACTS = {
    Kind.KEY: _l(
        "Look at the key first. If it is wrong, correct it and publish, then score everybody again."
    ),
    Kind.DEAD: _l("Write a wrong option that people who do not know would take."),
    Kind.LEAKED: _l("Retire it and write another: some may have known it before."),
    Kind.UNFAIR: _l("Read it with somebody of that group: is it the words, or the work?"),
    Kind.WEAK: _l("Read it with somebody who is good at this: is more than one option right?"),
    Kind.EASY: _l("Keep it if everybody must know it; else it tells little."),
    Kind.HARD: _l("Ask whether a lesson teaches it."),
}


def verdict_words(verdict: Verdict) -> str:
    """A verdict in the reader's language."""
    said = str(_(verdict.sentence))
    values = dict(verdict.values)
    if isinstance(group := values.get("group"), str):
        values["group"] = _(group)
    return said % values


def _page(course_id: uuid.UUID) -> AnalysisPage:
    return analysis_page(
        session(),
        actor=actor(),
        course_id=course_id,
        assessment_key=request.args.get("assessment", "")[:80],
        only=request.args.get("only", "")[:20],
        now=now(),
    )


@room.get("/studio/<uuid:course_id>/questions/analysis", allow=CoursePermission.EDIT)
def analysis(course_id: uuid.UUID) -> ResponseReturnValue:
    """Figures and verdicts, a row a question."""
    page = _page(course_id)
    kept = {name: said for name in ("assessment", "only") if (said := request.args.get(name))}
    return render_template(
        "assessments/analysis.html",
        page=page,
        desk=page.desk,
        kept=kept,
        kinds=KINDS,
        acts=ACTS,
        faults=FAULTS,
        verdict_words=verdict_words,
        enough=ENOUGH,
        enough_to_tell=ENOUGH_TO_TELL,
        smallest=SMALLEST,
        most=MOST_ATTEMPTS,
        crumbs=bank_crumbs(page.desk, (_("How they do"), "")),
    )


@room.get("/studio/<uuid:course_id>/questions/analysis.csv", allow=CoursePermission.EDIT)
def analysis_csv(course_id: uuid.UUID) -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    page = _page(course_id)
    header = (
        "key",
        "kind",
        "n",
        "right",
        "facility",
        "facility_low",
        "facility_high",
        "item_rest",
        "item_rest_low",
        "item_rest_high",
        "calibrated",
        "a",
        "b",
        "se_b",
        "asked_in_four_weeks",
        "rests",
        "options",
        "groups",
        "verdicts",
    )
    name = f"questions-{page.desk.draft.course.key}-{now().date()}.csv"
    return csv_reply(name, header, [_cells(row, pooled=page.pooled) for row in page.shown])


def _cells(row: Row, *, pooled: bool) -> list[object]:
    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    low, high = row.facility_interval or (None, None)
    rest_low, rest_high = row.rest_interval or (None, None)
    options = "; ".join(
        f"{one.letter}{'*' if one.key else ''}={shown_count(one.count, pooled=pooled)}" for one in row.options
    )
    return [
        row.key,
        row.kind,
        row.n,
        "" if row.facility is None else row.right,
        number(row.facility),
        number(low),
        number(high),
        number(row.rest),
        number(rest_low),
        number(rest_high),
        row.item.n if row.item else "no",
        number(row.item.a if row.item else None),
        number(row.item.b if row.item else None),
        number(row.item.se_b if row.item else None),
        shown_count(row.lately, pooled=pooled),
        row.rests,
        options,
        "; ".join(_treated_cell(one) for _what, one in row.treated),
        " ".join(verdict_words(one) for one in row.verdicts) if row.enough else f"not enough data: {ENOUGH}",
    ]


def _treated_cell(one: Treated) -> str:
    """How a question treats a group, in the names of statistics."""
    figures = (
        ("delta", one.delta),
        ("p_uniform", one.p_uniform),
        ("p_nonuniform", one.p_nonuniform),
        ("R2_change", one.change),
    )
    told = [f"{name}={value:.3f}" for name, value in figures if value is not None]
    classes = [
        f"{name}={said}" for name, said in (("MH", one.mantel_class), ("LR", one.logistic_class)) if said
    ]
    others = f"{ENOUGH}+" if one.others is None else one.others
    return " ".join([f"{one.group}: n={one.n} others={others}", *told, *classes])


def treated_words(one: Treated) -> str:
    """In a sentence, how a question treats a group beside others who do as well."""
    if one.mantel_class is None and one.logistic_class is None:
        return str(_("it cannot be told: almost everybody was right, or wrong."))
    if one.mantel_class == "C":
        said = (
            _("clearly harder than for others who do as well.")
            if one.harder
            else _("clearly easier than for others who do as well.")
        )
    elif one.mantel_class == "B":
        said = (
            _("somewhat harder than for others who do as well.")
            if one.harder
            else _("somewhat easier than for others who do as well.")
        )
    else:
        said = _("as hard as for others who do as well.")
    if not one.turns:
        return str(said)
    return f"{said} {_('The gap is another one for strong people than for weak ones.')}"


def shown_count(count: int, *, pooled: bool) -> str:
    """How many chose an option; few people of other firms are not counted out."""
    return f"<{SMALLEST}" if pooled and 0 < count < SMALLEST else str(count)


@room.app_context_processor
def words() -> dict[str, object]:
    """For the template."""
    return {"shown_count": shown_count, "treated_words": treated_words}
