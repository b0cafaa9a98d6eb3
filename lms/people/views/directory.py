"""Who works here, and what was done."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people import queries
from lms.people.policy import POLICY, PeoplePermission
from lms.people.views.room import room
from lms.web import actor, csv_reply, now, session


@room.get("/people", allow=PeoplePermission.LIST)
def directory() -> ResponseReturnValue:
    """People by name, searched and filtered by what the address says."""
    wanted = queries.Who(
        text=request.args.get("q", "")[:100],
        left=request.args.get("left") == "1",
        after=request.args.get("after", ""),
    )
    page = queries.list_people(session(), actor=actor(), who=wanted, today=now().date())
    return render_template("people/directory.html", page=page, who=wanted)


@room.get("/people.csv", allow=PeoplePermission.EXPORT)
def export() -> ResponseReturnValue:
    """Everybody, as a file."""
    rows = queries.list_everybody(session(), actor=actor())
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


@room.get("/people/<uuid:person_id>", allow=PeoplePermission.SEE)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """One person of the firm."""
    found = queries.find_employment(session(), actor=actor(), person_id=person_id)
    if found is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor(), PeoplePermission.SEE, found)
    return render_template("people/person.html", person=found)


@room.get("/audit", allow=PeoplePermission.AUDIT)
def audit() -> ResponseReturnValue:
    """What was done here, latest first."""
    before = request.args.get("before", "")
    text = request.args.get("q", "")[:100]
    entries = queries.list_audit(
        session(),
        actor=actor(),
        text=text,
        before=int(before) if before.isascii() and before.isdigit() else None,
    )
    return render_template("people/audit.html", entries=entries, text=text)
