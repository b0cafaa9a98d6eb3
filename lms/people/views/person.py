"""One person: their page, adding, editing, the link that lets them in."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.actor import Role
from lms.foundation.errors import NotFound
from lms.foundation.policy import Permissions, require
from lms.people import queries
from lms.people.forms.people import NewPersonForm, PersonForm
from lms.people.models import Employment
from lms.people.policy import POLICY, PeoplePermission
from lms.people.services import employments, links
from lms.people.views.room import room, shown_once, today
from lms.people.views.words import value_words
from lms.web import actor, answered, now, session


def find_person(person_id: uuid.UUID, permission: PeoplePermission = PeoplePermission.EDIT) -> Employment:
    """A person of the firm whom the actor may see or change."""
    found = queries.find_employment(session(), actor=actor(), person_id=person_id)
    if found is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor(), permission, found)
    return found


def both(
    found: Employment, typed: dict[str, Any], now_is: dict[str, Any], seen: str | None
) -> list[dict[str, str]]:
    """What was typed beside what somebody else made of it, when the form showed something older. A row each."""
    if not seen or seen == employments.mark_of_person(found):
        return []
    return [
        {"field": field, "typed": value_words(field, typed[field]), "now": value_words(field, now_is[field])}
        for field in typed
        if value_words(field, typed[field]) != value_words(field, now_is[field])
    ]


@room.get("/people/<uuid:person_id>", allow=PeoplePermission.SEE)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """One person of the firm: facts, team, sign-in, what was done about them."""
    found = find_person(person_id, PeoplePermission.SEE)
    rules = Permissions(POLICY)
    resets = rules.allows(actor(), PeoplePermission.RESET, found)
    teams = queries.list_team_lines(session(), actor=actor(), today=today())
    return render_template(
        "people/person.html",
        person=found,
        team=next((one for one in teams if one.team_id == found.team_id), None),
        leads=[one for one in teams if one.lead_id == person_id],
        left=found.locked_at is not None or (found.ended_on is not None and found.ended_on < today()),
        state=queries.find_sign_in_state(session(), actor=actor(), employment=found, now=now())
        if resets
        else None,
        history=queries.list_about(session(), actor=actor(), person_id=person_id)
        if rules.allows(actor(), PeoplePermission.AUDIT, found)
        else None,
    )


def _new_page(form: NewPersonForm) -> str:
    return render_template(
        "people/add.html", form=form, jobs=queries.list_job_roles(session(), actor=actor())
    )


def _new_form(**values: Any) -> NewPersonForm:
    form = NewPersonForm(**values)
    form.offer(queries.list_team_lines(session(), actor=actor(), today=today()))
    form.offer_roles(association=actor().has(Role.ASSOCIATION))
    return form


@room.get("/people/add", allow=PeoplePermission.EDIT)
def add() -> ResponseReturnValue:
    """The form for a new person."""
    return _new_page(_new_form(started_on=today(), roles=[Role.AGENT.value], job_role="agent"))


@room.post("/people/add", allow=PeoplePermission.EDIT, endpoint="add_person")
def add_person() -> ResponseReturnValue:
    """Add them."""
    form = _new_form()

    def done(person_id: uuid.UUID) -> ResponseReturnValue:
        flash(
            _("%(name)s is added. Make an invitation so that they can sign in.", name=form.name.data), "good"
        )
        return redirect(url_for("people.person", person_id=person_id))

    return answered(
        form,
        act=lambda: employments.add_person(session(), actor=actor(), new=form.given(), now=now()),
        done=done,
        page=lambda: _new_page(form),
    )


@room.get("/people/<uuid:person_id>/edit", allow=PeoplePermission.EDIT)
def edit(person_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what the firm writes about a person."""
    found = find_person(person_id)
    form = PersonForm(obj=found, seen=employments.mark_of_person(found))
    return _edit_page(person_id, form)


def _edit_page(person_id: uuid.UUID, form: PersonForm) -> str:
    found = find_person(person_id)
    facts = employments.facts_of(found)
    typed = {name: form[name].data for name in facts}
    differing = both(found, typed, facts, form.seen.data)
    form.seen.data = employments.mark_of_person(found)
    jobs = queries.list_job_roles(session(), actor=actor())
    return render_template("people/edit.html", person=found, form=form, both=differing, jobs=jobs)


@room.post("/people/<uuid:person_id>/edit", allow=PeoplePermission.EDIT, endpoint="edit_person")
def edit_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Write it."""
    find_person(person_id)
    form = PersonForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("people.person", person_id=person_id))

    return answered(
        form,
        act=lambda: employments.edit_person(
            session(),
            actor=actor(),
            person_id=person_id,
            facts=form.given(),
            seen=form.seen.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: _edit_page(person_id, form),
    )


@room.post("/people/<uuid:person_id>/link", allow=PeoplePermission.RESET)
def make_link(person_id: uuid.UUID) -> ResponseReturnValue:
    """Make an invitation or a reset code, and show it this once."""
    made = links.make_link(session(), actor=actor(), person_id=person_id, now=now())
    back = url_for("people.person", person_id=person_id)
    return shown_once(render_template("people/link.html", made=made, back=back))
