"""Everybody who has not come in yet, and invitations for them in one go."""

import uuid
from collections.abc import Sequence

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lms.people import queries
from lms.people.policy import PeoplePermission
from lms.people.queries.inviting import MOST, list_awaited
from lms.people.rules import shown_code
from lms.people.services import inviting
from lms.people.services.inviting import Handed
from lms.people.views.room import asked_id, room, shown_once, today
from lms.web import actor, answered, csv_reply, now, session


def _page(form: FlaskForm) -> str:
    team = asked_id("team")
    return render_template(
        "people/invitations.html",
        form=form,
        people=list_awaited(session(), actor=actor(), team=team, today=today(), now=now()),
        teams=queries.list_team_lines(session(), actor=actor(), today=today()),
        team=team,
        most=MOST,
    )


def _handed_out(handed: Sequence[Handed]) -> ResponseReturnValue:
    """The invitations, this once: a file when a file was asked for, else a page to print."""
    if request.form.get("do") != "csv":
        return shown_once(render_template("people/invitations_made.html", handed=handed))
    rows = (
        [
            one.line.employee_number,
            one.line.name,
            one.line.team,
            url_for("people.link", token=one.made.code, _external=True),
            shown_code(one.made.code),
            one.made.ends_at.isoformat(timespec="minutes"),
        ]
        for one in handed
    )
    header = ["employee_number", "name", "team", "address", "code", "until"]
    return shown_once(csv_reply("invitations.csv", header, rows))


@room.get("/people/invitations", allow=PeoplePermission.RESET)
def invitations() -> ResponseReturnValue:
    """Who has not come in yet."""
    return _page(FlaskForm())


@room.post("/people/invitations", allow=PeoplePermission.RESET, endpoint="make_invitations")
def make_invitations() -> ResponseReturnValue:
    """Make an invitation for each who is ticked, and show them this once."""
    form = FlaskForm()
    ticked = {uuid.UUID(one) for one in request.form.getlist("person") if queries.is_id(one)}
    return answered(
        form,
        act=lambda: inviting.invite_many(
            session(), actor=actor(), person_ids=ticked, team=asked_id("team"), today=today(), now=now()
        ),
        done=_handed_out,
        page=lambda: _page(form),
    )
