"""What changes a person's place at the firm: team, roles, the last day, coming back."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms.foundation.actor import Role
from lms.people import queries
from lms.people.forms.people import LeavingForm, ReturnForm, RolesForm, TeamChoice
from lms.people.policy import PeoplePermission
from lms.people.services import employments, leaving
from lms.people.views.person import both, find_person
from lms.people.views.room import room, today
from lms.web import actor, answered, now, session

EDIT = PeoplePermission.EDIT


def _back(person_id: uuid.UUID, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for("people.person", person_id=person_id))


# Team


def _team_form(person_id: uuid.UUID) -> TeamChoice:
    found = find_person(person_id)
    form = TeamChoice(team=str(found.team_id or ""), seen=employments.mark_of_person(found))
    form.offer(queries.list_team_lines(session(), actor=actor(), today=today()))
    return form


def _team_page(person_id: uuid.UUID, form: TeamChoice) -> str:
    found = find_person(person_id)
    names = {value: words for value, words in form.team.choices if value}
    typed = {"team": names.get(form.team.data or "")}
    now_is = {"team": names.get(str(found.team_id))}
    differing = both(found, typed, now_is, form.seen.data)
    form.seen.data = employments.mark_of_person(found)
    return render_template("people/move.html", person=found, form=form, both=differing)


@room.get("/people/<uuid:person_id>/team", allow=EDIT)
def move(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for another team."""
    return _team_page(person_id, _team_form(person_id))


@room.post("/people/<uuid:person_id>/team", allow=EDIT, endpoint="move_person")
def move_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Move them."""
    form = _team_form(person_id)
    return answered(
        form,
        act=lambda: employments.move_person(
            session(),
            actor=actor(),
            person_id=person_id,
            team_id=form.chosen(),
            seen=form.seen.data or "",
            now=now(),
        ),
        done=lambda _nothing: _back(person_id, _("Moved.")),
        page=lambda: _team_page(person_id, form),
    )


# Roles


def _roles_form(person_id: uuid.UUID) -> RolesForm:
    found = find_person(person_id)
    form = RolesForm(roles=[one.role for one in found.roles], seen=employments.mark_of_person(found))
    form.offer_roles(association=actor().has(Role.ASSOCIATION))
    return form


def _roles_page(person_id: uuid.UUID, form: RolesForm) -> str:
    found = find_person(person_id)
    typed = {"roles": sorted(form.roles.data or [])}
    now_is = {"roles": sorted(one.role for one in found.roles)}
    differing = both(found, typed, now_is, form.seen.data)
    form.seen.data = employments.mark_of_person(found)
    return render_template("people/roles.html", person=found, form=form, both=differing)


@room.get("/people/<uuid:person_id>/roles", allow=EDIT)
def roles(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what a person may do here."""
    return _roles_page(person_id, _roles_form(person_id))


@room.post("/people/<uuid:person_id>/roles", allow=EDIT, endpoint="change_roles")
def change_roles(person_id: uuid.UUID) -> ResponseReturnValue:
    """Change it, and sign them out."""
    form = _roles_form(person_id)
    return answered(
        form,
        act=lambda: employments.change_roles(
            session(),
            actor=actor(),
            person_id=person_id,
            roles=form.chosen_roles(),
            seen=form.seen.data or "",
            now=now(),
        ),
        done=lambda _nothing: _back(person_id, _("Roles are changed. They sign in again to use them.")),
        page=lambda: _roles_page(person_id, form),
    )


# The last day, and coming back


def _day_page(template: str, person_id: uuid.UUID, form: LeavingForm | ReturnForm) -> str:
    found = find_person(person_id)
    teams = queries.list_team_lines(session(), actor=actor(), today=today())
    form.seen.data = employments.mark_of_person(found)
    leads = [one.name for one in teams if one.lead_id == person_id]
    return render_template(template, person=found, form=form, leads=leads, today=today())


@room.get("/people/<uuid:person_id>/leave", allow=EDIT)
def leave(person_id: uuid.UUID) -> ResponseReturnValue:
    """What a last day will do, before it is given."""
    return _day_page("people/leave.html", person_id, LeavingForm(last_day=today()))


@room.post("/people/<uuid:person_id>/leave", allow=EDIT, endpoint="end_employment")
def end_employment(person_id: uuid.UUID) -> ResponseReturnValue:
    """Give the last day."""
    find_person(person_id)
    form = LeavingForm()
    return answered(
        form,
        act=lambda: leaving.end_employment(
            session(),
            actor=actor(),
            person_id=person_id,
            last_day=form.last_day.data,
            seen=form.seen.data or "",
            now=now(),
        ),
        done=lambda _nothing: _back(person_id, _("The last day is written down.")),
        page=lambda: _day_page("people/leave.html", person_id, form),
    )


@room.get("/people/<uuid:person_id>/return", allow=EDIT)
def come_back(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for coming back."""
    return _day_page("people/return.html", person_id, ReturnForm(how="again", again_from=today()))


@room.post("/people/<uuid:person_id>/return", allow=EDIT, endpoint="take_back")
def take_back(person_id: uuid.UUID) -> ResponseReturnValue:
    """Take them back."""
    find_person(person_id)
    form = ReturnForm()
    return answered(
        form,
        act=lambda: leaving.take_back(
            session(),
            actor=actor(),
            person_id=person_id,
            again_from=form.given(),
            seen=form.seen.data or "",
            now=now(),
        ),
        done=lambda _nothing: _back(person_id, _("They work here again.")),
        page=lambda: _day_page("people/return.html", person_id, form),
    )


# An entry that was a mistake


@room.get("/people/<uuid:person_id>/withdraw", allow=EDIT)
def withdraw(person_id: uuid.UUID) -> ResponseReturnValue:
    """The last question before an entry is taken out."""
    return render_template("people/withdraw.html", person=find_person(person_id), form=FlaskForm())


@room.post("/people/<uuid:person_id>/withdraw", allow=EDIT, endpoint="withdraw_person")
def withdraw_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Take it out."""
    find_person(person_id)
    form = FlaskForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("The entry is taken out."), "good")
        return redirect(url_for("people.directory"))

    return answered(
        form,
        act=lambda: employments.withdraw_person(session(), actor=actor(), person_id=person_id, now=now()),
        done=done,
        page=lambda: render_template("people/withdraw.html", person=find_person(person_id), form=form),
    )
