"""A draft's history: who saved what when, what changed, and the way back."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.forms.studio import number
from lms.courses.pages import history as pages
from lms.courses.policy import CoursePermission
from lms.courses.services import drafts
from lms.courses.services.drafts import Stale
from lms.courses.views.room import room
from lms.web import actor, now, session

LATEST = 2_000_000_000
"""What a database keeps as a whole number; no draft has been saved so often."""


@room.get("/studio/<uuid:course_id>/history", allow=CoursePermission.EDIT)
def history(course_id: uuid.UUID) -> ResponseReturnValue:
    """Who saved what when."""
    before = number(request.args.get("before"), 0)
    page = pages.history_page(session(), actor=actor(), course_id=course_id, before=before or None)
    return render_template("studio/history.html", page=page)


@room.get("/studio/<uuid:course_id>/history/<int:revision>", allow=CoursePermission.EDIT)
def saves(course_id: uuid.UUID, revision: int) -> ResponseReturnValue:
    """What some saves changed, file by file and word by word."""
    revision = min(revision, LATEST)
    first = number(request.args.get("from"), revision)
    page = pages.saves_page(
        session(), actor=actor(), course_id=course_id, first=min(first, revision), last=revision
    )
    return render_template("studio/saves.html", page=page)


@room.post("/studio/<uuid:course_id>/history", allow=CoursePermission.EDIT)
def go_back(course_id: uuid.UUID) -> ResponseReturnValue:
    """Make the draft what it was at a moment; that too can be taken back."""
    try:
        drafts.go_back(
            session(),
            actor=actor(),
            course_id=course_id,
            revision=number(request.form.get("revision")),
            to=number(request.form.get("to"), 0),
            now=now(),
        )
    except Stale:
        session().rollback()
        flash(_("Somebody saved while you looked. Look at the history again, then go back."), "warn")
        return redirect(url_for("courses.history", course_id=course_id))
    flash(_("The course is as it was then. This too is in the history, and can be taken back."), "good")
    return redirect(url_for("courses.history", course_id=course_id))
