"""Reports on a date: planning one from the list it is about, and one's own list of what was made."""

import base64
import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.engine import begin_writing
from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id
from lms.tracks.forms.reports import WEEKDAYS, PlanForm
from lms.tracks.pages.asked import Asked
from lms.tracks.pages.lists import LISTS
from lms.tracks.policy import TrackPermission
from lms.tracks.queries import reports as queries
from lms.tracks.rules.reports import FILTERS
from lms.tracks.services import reports as services
from lms.tracks.views.room import room
from lms.web import actor, answered, leave_behind, now, session
from lms.web.device import fact_id
from lms.web.reports import MEDIA_TYPES, Report

PLAN = TrackPermission.REPORTS
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _kept(name: str) -> dict[str, str]:
    """What of the address is kept for a list. Raises NotFound."""
    if name not in FILTERS:
        raise NotFound("There is no such list.")
    return {one: said for one in FILTERS[name] if (said := request.args.get(one, ""))}


def _now_as(name: str, kept: Mapping[str, str]) -> Report:
    """The list as it would be made now: whoever may not see it is refused here already."""
    return LISTS[name](Asked(session(), actor(), kept, now()))


@room.get("/reports", allow=PLAN)
def reports() -> ResponseReturnValue:
    """What was made for me, and what will be."""
    plans = queries.list_plans(session(), actor=actor())
    stopped = queries.list_stopped(session(), actor=actor(), ids=[services.order_id(one) for one in plans])
    return render_template(
        "tracks/reports.html",
        plans=plans,
        stopped={one.id: stopped.get(services.order_id(one)) for one in plans},
        files=queries.list_files(session(), actor=actor()),
        weekdays=dict(WEEKDAYS),
        now=now(),
        told=_told,
    )


def _told(error: Mapping[str, Any]) -> str:
    """Why there is no file, in the reader's language."""
    sentence = str(_(str(error.get("sentence", ""))))
    return sentence % error["values"] if error.get("values") else sentence


def _said(report: Report) -> list[str]:
    """The filters that last, in words: a day is that of the making, not today's."""
    return [f"{label}: {value}" for label, value in report.filters if not _DAY.search(value)]


def _plan_page(name: str, form: PlanForm) -> str:
    kept = _kept(name)
    report = _now_as(name, kept)
    return render_template(
        "tracks/report_plan.html", form=form, report=report, name=name, kept=kept, said=_said(report)
    )


@room.get("/reports/plan", allow=PLAN)
def plan_report() -> ResponseReturnValue:
    """Have a list made each week or month, with the filters it has now."""
    return _plan_page(request.args.get("list", ""), PlanForm(plan_id=new_id()))


@room.post("/reports/plan", allow=PLAN, late=True)
def keep_plan() -> ResponseReturnValue:
    """Plan it."""
    form, name = PlanForm(), request.args.get("list", "")
    kept = _kept(name)

    def act() -> object:
        report = _now_as(name, kept)
        begin_writing(session())  # only now: a list of a thousand people takes a second to make
        new = services.NewPlan(
            name, form.form.data, kept, form.when(), form.keep_weeks.data or 0, report.title, _said(report)
        )
        return services.plan_report(session(), actor=actor(), new=new, plan_id=fact_id("plan_id"), now=now())

    def done(_plan: object) -> ResponseReturnValue:
        flash(_("Planned. Each one will stand here when it is made."), "good")
        return redirect(url_for("tracks.reports"))

    return answered(form, act=act, done=done, page=lambda: _plan_page(name, form))


@room.post("/reports/plans/<uuid:plan_id>/end", allow=PLAN)
def end_plan(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Make no more of it."""
    services.end_plan(session(), actor=actor(), plan_id=plan_id, now=now())
    flash(_("Ended. What was made stays as long as it was to."), "good")
    return redirect(url_for("tracks.reports"))


@room.post("/reports/plans/<uuid:plan_id>/again", allow=PLAN)
def plan_again(plan_id: uuid.UUID) -> ResponseReturnValue:
    """Go on with one that stopped."""
    services.start_again(session(), actor=actor(), plan_id=plan_id, now=now())
    flash(_("It goes on at its next day."), "good")
    return redirect(url_for("tracks.reports"))


@room.get("/reports/<uuid:report_id>", allow=PLAN)
def report_file(report_id: uuid.UUID) -> ResponseReturnValue:
    """The file."""
    who, at = actor(), now()
    found = services.open_report(session(), actor=who, report_id=report_id, now=at)
    if found.seen_at is None:
        leave_behind(lambda current: services.mark_seen(current, actor=who, report_id=report_id, now=at))
    reply = make_response(base64.b64decode(found.content or ""))
    reply.headers["Content-Type"] = MEDIA_TYPES[found.name.rpartition(".")[2]]
    reply.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    reply.headers["Cache-Control"] = "private, no-store"
    return reply
