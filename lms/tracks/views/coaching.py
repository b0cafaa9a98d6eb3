"""The team's day, and coaching notes: the lead writes them, the person reads them."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.ids import new_id
from lms.tracks.forms.coaching import NoteForm
from lms.tracks.pages import team_today as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.coaching import list_notes
from lms.tracks.services.coaching import write_note
from lms.tracks.views.room import room
from lms.web import actor, answered, now, session
from lms.web.device import fact_id


@room.get("/team-today", allow=TrackPermission.COACH)
def team_today() -> ResponseReturnValue:
    """Who is stuck, overdue, back, due to be seen; and the notes whose day has come."""
    return render_template(
        "tracks/team_today.html", page=pages.team_today(session(), actor=actor(), now=now())
    )


def notes_shown(person_id: uuid.UUID, form: NoteForm, note_id: uuid.UUID | None) -> str:
    """A person's notes and the form for the next."""
    page = pages.notes_page(session(), actor=actor(), person_id=person_id, now=now())
    return render_template("tracks/notes.html", page=page, form=form, note_id=note_id)


@room.get("/team-today/<uuid:person_id>/notes", allow=TrackPermission.COACH)
def notes(person_id: uuid.UUID) -> ResponseReturnValue:
    """The notes about a person."""
    form = NoteForm(formdata=None, follows=request.args.get("follows", ""))
    return notes_shown(person_id, form, new_id())


@room.post("/team-today/<uuid:person_id>/notes", allow=TrackPermission.COACH, endpoint="write_note")
def write(person_id: uuid.UUID) -> ResponseReturnValue:
    """Write one."""
    form = NoteForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Kept. The person reads it under My path."), "good")
        return redirect(url_for("tracks.notes", person_id=person_id))

    return answered(
        form,
        done=done,
        page=lambda: notes_shown(person_id, form, fact_id("note_id")),
        act=lambda: write_note(
            session(),
            actor=actor(),
            person_id=person_id,
            note=form.given(),
            now=now(),
            note_id=fact_id("note_id"),
        ),
    )


@room.get("/path/notes", allow=TrackPermission.OWN_NOTES)
def my_notes() -> ResponseReturnValue:
    """What my lead and I agreed."""
    mine = list_notes(session(), actor=actor(), person_id=actor().person_id)
    return render_template("tracks/my_notes.html", notes=mine)
