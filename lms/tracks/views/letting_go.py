"""Taking out what is no longer needed of somebody who has left and asks for it."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.tracks.policy import TrackPermission
from lms.tracks.services import letting_go as services
from lms.tracks.views.room import room
from lms.web import actor, now, session


@room.get("/people/<uuid:person_id>/let-go", allow=TrackPermission.LET_GO)
def letting_go(person_id: uuid.UUID) -> ResponseReturnValue:
    """What will be taken out and what stays."""
    person = services.person_who_left(session(), actor=actor(), person_id=person_id, now=now())
    return render_template("tracks/let_go.html", person=person)


@room.post("/people/<uuid:person_id>/let-go", allow=TrackPermission.LET_GO)
def let_go(person_id: uuid.UUID) -> ResponseReturnValue:
    """Take it out."""
    services.let_go(session(), actor=actor(), person_id=person_id, now=now())
    flash(_("Taken out. What stays is what a decision must be defended with."), "good")
    return redirect(url_for("people.person", person_id=person_id))
