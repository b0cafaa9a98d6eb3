"""How long people learnt: my own month, the firm's list, and both as files."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import Invalid
from lms.learning.forms import id_or_none
from lms.learning.pages import time_log as pages
from lms.learning.policy import LearningPermission
from lms.learning.queries.time_log import Period
from lms.learning.rules.time_log import Minutes, Paid
from lms.learning.views.room import room
from lms.web import actor, now, session
from lms.web.language import in_words
from lms.web.reports import Cell, Report, report_reply


def paid_words() -> dict[str, str]:
    """Which minutes are paid, in words."""
    return {
        Paid.REQUIRED: _("Paid here: learning that was asked for."),
        Paid.ALL: _("Paid here: all learning in Ladder."),
        Paid.NONE: _("Nothing is marked as paid here. Ask your administrator how learning is paid."),
    }


def _rule() -> str:
    return str(
        _(
            "Counted from what was recorded: the time between two things done, five minutes at most; the first after half an "
            "hour of nothing counts one minute."
        )
    )


def _a_day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said and len(said) == 10 else None
    except ValueError:
        return None


def _month() -> date | None:
    """The month of the address, as its first day; 1970 to 2199."""
    found = _a_day(f"{request.args.get('month', '')}-01")
    return found if found and 1970 <= found.year < 2200 else None


@room.get("/me/time", allow=LearningPermission.LEARN)
def own_time() -> ResponseReturnValue:
    """How long I learnt, day by day."""
    page = pages.own_time(session(), actor=actor(), month=_month(), now=now())
    return render_template("learning/own_time.html", page=page, rule=_rule(), paid_words=paid_words())


@room.get("/me/time/report.<form>", allow=LearningPermission.LEARN)
def own_time_report(form: str) -> ResponseReturnValue:
    """The same as a file."""
    page = pages.own_time(session(), actor=actor(), month=_month(), now=now())
    paid = page.day.terms.paid
    report = Report(
        f"learning-time-{page.period.since:%Y-%m}",
        f"{_('My learning time')}: {actor().name}",
        [(str(_("Month")), f"{page.period.since:%Y-%m}")],
        [str(_("Day")), *_columns()],
        [[day, *_cells(minutes, paid)] for day, minutes in page.days.items()],
        page.day.today,
        f"{_rule()} {paid_words()[paid]}",
    )
    return report_reply(report, form)


def _columns() -> list[str]:
    return [
        str(_("Required minutes")),
        str(_("Other minutes")),
        str(_("Minutes together")),
        str(_("Paid minutes")),
        str(_("Of them without a network")),
    ]


def _cells(minutes: Minutes, paid: str) -> list[Cell]:
    return [minutes.required, minutes.other, minutes.total, minutes.paid(paid), minutes.told_later]


def _period() -> Period | None:
    """The period of the address; none when a day is missing. Raises Invalid when one cannot be read."""
    said = request.args.get("since", ""), request.args.get("until", "")
    if not any(said):
        return None
    since, until = (_a_day(one) for one in said)
    if since is None or until is None or since.year < 1970 or until.year > 2199:
        raise Invalid("Choose the first and the last day.")
    return Period(since, until)


def _times(period: Period | None, *, whole: bool = False) -> pages.Times:
    return pages.times_page(
        session(),
        actor=actor(),
        period=period,
        team_id=id_or_none(request.args.get("team")),
        now=now(),
        after=request.args.get("after", "")[:250],
        whole=whole,
    )


@room.get("/time", allow=LearningPermission.TIME)
def times() -> ResponseReturnValue:
    """How long everybody learnt in a period."""
    problem = ""
    try:
        page = _times(_period())
    except Invalid as error:
        problem = in_words(error)
        page = _times(None)
    body = render_template(
        "learning/times.html", page=page, problem=problem, rule=_rule(), paid_words=paid_words()
    )
    return (body, 422) if problem else body


@room.get("/time/report.<form>", allow=LearningPermission.TIME)
def times_report(form: str) -> ResponseReturnValue:
    """A line for each person and day, for payroll."""
    page = _times(_period(), whole=True)
    period, paid = page.wanted.period, page.day.terms.paid
    team = next((one.name for one in page.teams if one.id == page.wanted.team_id), str(_("All teams")))
    report = Report(
        f"learning-time-{period.since}-{period.until}",
        str(_("Learning time")),
        [
            (str(_("Period")), f"{period.since.isoformat()} – {period.until.isoformat()}"),
            (str(_("Team")), team),
        ],
        [str(_("Employee number")), str(_("Name")), str(_("Team")), str(_("Day")), *_columns()],
        [
            [worker.employee_number, worker.name, worker.team, day, *_cells(minutes, paid)]
            for worker, days in page.lines
            for day, minutes in days.items()
        ],
        page.day.today,
        f"{_rule()} {paid_words()[paid]}",
    )
    return report_reply(report, form)
