"""Teams: the list, one team, adding, changing, removing."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people import queries
from lms.people.forms.people import TeamForm
from lms.people.models import Team
from lms.people.policy import POLICY, PeoplePermission
from lms.people.services import teams as services
from lms.people.views.room import room, today
from lms.people.views.words import value_words
from lms.web import actor, answered, now, session


def find_team(team_id: uuid.UUID, permission: PeoplePermission) -> Team:
    """A team of the firm which the actor may see or change."""
    found = queries.find_team(session(), actor=actor(), team_id=team_id)
    if found is None:
        raise NotFound("There is no such team.")
    require(POLICY, actor(), permission, found)
    return found


@room.get("/teams", allow=PeoplePermission.LIST)
def teams() -> ResponseReturnValue:
    """The teams, each under the one it belongs to."""
    text = request.args.get("q", "")[:100]
    found = queries.list_team_lines(session(), actor=actor(), today=today(), text=text)
    return render_template("people/teams.html", teams=found, text=text)


@room.get("/teams/<uuid:team_id>", allow=PeoplePermission.SEE_TEAM)
def team(team_id: uuid.UUID) -> ResponseReturnValue:
    """One team and its people."""
    find_team(team_id, PeoplePermission.SEE_TEAM)
    lines = queries.list_team_lines(session(), actor=actor(), today=today())
    who = queries.Who(team=team_id, after=request.args.get("after", "")[:300])
    return render_template(
        "people/team.html",
        team=next(one for one in lines if one.team_id == team_id),
        below=[one for one in lines if one.parent_id == team_id],
        page=queries.list_people(session(), actor=actor(), who=who, today=today()),
        after=who.after,
    )


def _offered(form: TeamForm, team_id: uuid.UUID | None = None) -> TeamForm:
    form.offer(queries.list_team_lines(session(), actor=actor(), today=today()), team_id)
    return form


@room.get("/teams/add", allow=PeoplePermission.TEAMS)
def new_team() -> ResponseReturnValue:
    """The form for a new team."""
    form = _offered(TeamForm(parent=request.args.get("under", "")))
    return render_template("people/team_form.html", form=form, team=None, both=[])


@room.post("/teams/add", allow=PeoplePermission.TEAMS)
def add_team() -> ResponseReturnValue:
    """Add it."""
    form = _offered(TeamForm())
    return answered(
        form,
        act=lambda: services.add_team(session(), actor=actor(), facts=form.given(), now=now()),
        done=lambda team_id: redirect(url_for("people.team", team_id=team_id)),
        page=lambda: render_template("people/team_form.html", form=form, team=None, both=[]),
    )


def _edit_page(team_id: uuid.UUID, form: TeamForm) -> str:
    found = find_team(team_id, PeoplePermission.TEAMS)
    names = {value: words for value, words in form.parent.choices if value}
    lead = services.name_of_lead(session(), actor=actor(), team=found)
    rows = (
        ("name", form.name.data, found.name),
        ("parent", names.get(form.parent.data or ""), names.get(str(found.parent_id))),
        ("lead", form.lead.data, lead),
    )
    stale = bool(form.seen.data) and form.seen.data != services.mark_of_team(found)
    both = [
        {"field": field, "typed": value_words(field, typed), "now": value_words(field, is_now)}
        for field, typed, is_now in rows
        if stale and (typed or None) != is_now
    ]
    form.seen.data = services.mark_of_team(found)
    return render_template("people/team_form.html", form=form, team=found, both=both)


@room.get("/teams/<uuid:team_id>/edit", allow=PeoplePermission.TEAMS)
def edit_team(team_id: uuid.UUID) -> ResponseReturnValue:
    """The form for a team."""
    found = find_team(team_id, PeoplePermission.TEAMS)
    form = TeamForm(
        name=found.name,
        parent=str(found.parent_id or ""),
        lead=services.name_of_lead(session(), actor=actor(), team=found) or "",
        seen=services.mark_of_team(found),
    )
    return _edit_page(team_id, _offered(form, team_id))


@room.post("/teams/<uuid:team_id>/edit", allow=PeoplePermission.TEAMS)
def change_team(team_id: uuid.UUID) -> ResponseReturnValue:
    """Change it."""
    find_team(team_id, PeoplePermission.TEAMS)
    form = _offered(TeamForm(), team_id)

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("people.team", team_id=team_id))

    return answered(
        form,
        act=lambda: services.edit_team(
            session(),
            actor=actor(),
            team_id=team_id,
            facts=form.given(),
            seen=form.seen.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: _edit_page(team_id, form),
    )


@room.get("/teams/<uuid:team_id>/remove", allow=PeoplePermission.TEAMS)
def removing_team(team_id: uuid.UUID) -> ResponseReturnValue:
    """The last question before a team goes."""
    found = find_team(team_id, PeoplePermission.TEAMS)
    return render_template("people/team_remove.html", team=found, form=FlaskForm())


@room.post("/teams/<uuid:team_id>/remove", allow=PeoplePermission.TEAMS)
def remove_team(team_id: uuid.UUID) -> ResponseReturnValue:
    """Remove it."""
    found = find_team(team_id, PeoplePermission.TEAMS)
    form = FlaskForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("The team is removed."), "good")
        return redirect(url_for("people.teams"))

    return answered(
        form,
        act=lambda: services.remove_team(session(), actor=actor(), team_id=team_id, now=now()),
        done=done,
        page=lambda: render_template("people/team_remove.html", team=found, form=form),
    )
