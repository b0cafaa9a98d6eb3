"""When somebody was away: the list, entering, correcting, taking back."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.people import queries
from lms.people.forms.away import AwayForm
from lms.people.models import Leave
from lms.people.policy import PeoplePermission
from lms.people.queries.away import in_force
from lms.people.services import away as services
from lms.people.views.person import find_person
from lms.people.views.room import room
from lms.web import actor, answered, now, session

AWAY = PeoplePermission.AWAY


def _list(person_id: uuid.UUID, form: AwayForm) -> str:
    found = find_person(person_id, AWAY)
    every = queries.list_leave(session(), actor=actor(), person_id=person_id)
    return render_template(
        "people/away.html", person=found, form=form, standing=in_force(every), entries=len(every)
    )


def _done(person_id: uuid.UUID, words: str) -> ResponseReturnValue:
    flash(words, "good")
    return redirect(url_for("people.away", person_id=person_id))


@room.get("/people/<uuid:person_id>/away", allow=AWAY)
def away(person_id: uuid.UUID) -> ResponseReturnValue:
    """When this person was away, and the form for more."""
    return _list(person_id, AwayForm())


@room.post("/people/<uuid:person_id>/away", allow=AWAY)
def enter_away(person_id: uuid.UUID) -> ResponseReturnValue:
    """Enter a leave."""
    form = AwayForm()
    return answered(
        form,
        act=lambda: services.enter_leave(
            session(), actor=actor(), person_id=person_id, away=form.given(), now=now()
        ),
        done=lambda _made: _done(person_id, _("Entered.")),
        page=lambda: _list(person_id, form),
    )


def _find(person_id: uuid.UUID, leave_id: uuid.UUID) -> Leave:
    return services.find_standing_leave(session(), actor=actor(), person_id=person_id, leave_id=leave_id)


def _correction(person_id: uuid.UUID, form: AwayForm) -> str:
    return render_template("people/away_correct.html", person=find_person(person_id, AWAY), form=form)


@room.get("/people/<uuid:person_id>/away/<uuid:leave_id>", allow=AWAY)
def correct_away(person_id: uuid.UUID, leave_id: uuid.UUID) -> ResponseReturnValue:
    """The form for what is right instead."""
    one = _find(person_id, leave_id)
    said = {"since": one.since, "until": one.until, "protected": "yes" if one.protected else "no"}
    return _correction(person_id, AwayForm(**said, reason=one.reason))


@room.post("/people/<uuid:person_id>/away/<uuid:leave_id>", allow=AWAY, endpoint="put_away_right")
def put_away_right(person_id: uuid.UUID, leave_id: uuid.UUID) -> ResponseReturnValue:
    """Write what is right instead; the entry before stays in the books."""
    form = AwayForm()
    return answered(
        form,
        act=lambda: services.enter_leave(
            session(), actor=actor(), person_id=person_id, away=form.given(), now=now(), instead_of=leave_id
        ),
        done=lambda _made: _done(person_id, _("Corrected. The entry before is kept, and does not count.")),
        page=lambda: _correction(person_id, form),
    )


@room.post("/people/<uuid:person_id>/away/<uuid:leave_id>/back", allow=AWAY)
def take_away_back(person_id: uuid.UUID, leave_id: uuid.UUID) -> ResponseReturnValue:
    """Write that there was no such leave."""
    services.take_leave_back(session(), actor=actor(), person_id=person_id, leave_id=leave_id, now=now())
    return _done(person_id, _("Taken back. The entry is kept, and does not count."))
