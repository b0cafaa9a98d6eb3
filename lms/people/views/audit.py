"""What was done here, and by whom."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.foundation.numbers import whole_number
from lms.people import queries
from lms.people.policy import PeoplePermission
from lms.people.views.room import asked_day, room, today
from lms.people.views.words import about_words, act_words, detail_words
from lms.web import actor, csv_reply, session
from lms.web.request import signed_in


def wanted() -> queries.Wanted:
    """What the address asks for; days are the firm's own."""
    zone = ZoneInfo(signed_in().time_zone)
    since, until = asked_day("from"), asked_day("to")
    return queries.Wanted(
        text=request.args.get("q", "")[:100],
        act=request.args.get("act", "")[:80],
        since=datetime.combine(since, time(), zone) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        before=whole_number(request.args.get("before", ""), None, digits=11),
        after=whole_number(request.args.get("after", ""), None, digits=11),
    )


def kept() -> dict[str, str]:
    """The filters in the address, to go on with."""
    names = ("q", "act", "from", "to")
    return {name: request.args[name] for name in names if request.args.get(name)}


@room.get("/audit", allow=PeoplePermission.AUDIT)
def audit() -> ResponseReturnValue:
    """What was done here, latest first."""
    page = queries.list_audit(session(), actor=actor(), wanted=wanted())
    acts = queries.list_acts(session(), actor=actor())
    return render_template("people/audit.html", page=page, acts=acts, kept=kept())


@room.get("/audit.csv", allow=PeoplePermission.AUDIT)
def audit_csv() -> ResponseReturnValue:
    """The same, as a file."""
    entries = queries.list_entries(session(), actor=actor(), wanted=wanted())
    return csv_reply(
        f"audit-{today()}.csv",
        ["number", "at", "by", "act", "about", "detail"],
        (
            [
                one.number,
                one.at.isoformat(),
                one.by_name,
                act_words(one.act),
                about_words(one),
                "; ".join(detail_words(one.detail)),
            ]
            for one in entries
        ),
    )
