"""Who works here: the list and its file."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.foundation.actor import Role
from lms.people import queries
from lms.people.policy import PeoplePermission
from lms.people.views.room import asked_id, room, today
from lms.web import actor, csv_reply, session


def asked_who() -> queries.Who:
    """What the address asks for."""
    role = request.args.get("role", "")
    return queries.Who(
        text=request.args.get("q", "")[:100],
        left=request.args.get("left") == "1",
        after=request.args.get("after", "")[:300],
        team=asked_id("team"),
        role=Role(role) if role in tuple(Role) else None,
        sort="hired" if request.args.get("sort") == "hired" else "name",
    )


def kept(who: queries.Who) -> dict[str, str]:
    """The filters as they stand in the address, without the empty ones."""
    said = {
        "q": who.text,
        "team": str(who.team or ""),
        "role": who.role.value if who.role else "",
        "left": "1" if who.left else "",
        "sort": who.sort if who.sort != "name" else "",
    }
    return {name: value for name, value in said.items() if value}


@room.get("/people", allow=PeoplePermission.LIST)
def directory() -> ResponseReturnValue:
    """People by name or hire date, searched and filtered by what the address says."""
    who = asked_who()
    return render_template(
        "people/directory.html",
        page=queries.list_people(session(), actor=actor(), who=who, today=today()),
        count=queries.count_people(session(), actor=actor(), who=who, today=today()),
        teams=queries.list_team_lines(session(), actor=actor(), today=today()),
        who=who,
        kept=kept(who),
    )


@room.get("/people.csv", allow=PeoplePermission.EXPORT)
def export() -> ResponseReturnValue:
    """The people the filters leave, as a file."""
    rows = queries.list_everybody(session(), actor=actor(), who=asked_who(), today=today())
    return csv_reply(
        "people.csv",
        ["employee_number", "name", "email", "team", "job_role", "roles", "started_on", "ended_on"],
        (
            [
                row.employee_number,
                row.name,
                row.email,
                row.team,
                row.job_role,
                row.roles,
                row.started_on,
                row.ended_on,
            ]
            for row in rows
        ),
    )
