"""A draft's pictures and sounds: shown, listed, taken in, taken out."""

import mimetypes
import uuid

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.forms.studio import MediumForm
from lms.courses.pages import media as pages
from lms.courses.policy import CoursePermission
from lms.courses.services import drafts
from lms.courses.services import media as services
from lms.courses.services.media import Kept
from lms.courses.views.lesson import find_page, render_lesson_page
from lms.courses.views.room import room
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.web import actor, answered, now, session, storage, wants_part
from lms.web.headers import may_frame_own
from lms.web.language import in_words


@room.get("/studio/<uuid:course_id>/files/<path:path>", allow=CoursePermission.SEE_DRAFT)
def draft_file(course_id: uuid.UUID, path: str) -> ResponseReturnValue:
    """A picture or a sound of a draft; it can run nothing."""
    draft = drafts.see_draft(
        session(), actor=actor(), course_id=course_id, permission=CoursePermission.SEE_DRAFT
    )
    if path not in draft.media:
        raise NotFound("There is no such file.")
    reply = make_response(storage().get(draft.media[path]))
    reply.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
    reply.headers["Cache-Control"] = "private, no-cache"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    reply.set_etag(draft.media[path])
    reply.make_conditional(request)
    return reply


@room.get("/studio/<uuid:course_id>/media", allow=CoursePermission.EDIT)
def draft_media(course_id: uuid.UUID) -> ResponseReturnValue:
    """Every picture and sound, and which lessons show it."""
    return _list(course_id, MediumForm(None))


def _list(course_id: uuid.UUID, form: MediumForm) -> str:
    page = pages.media_page(session(), actor=actor(), course_id=course_id, storage=storage())
    return render_template("studio/media.html", page=page, form=form)


@room.post("/studio/<uuid:course_id>/lessons/<lesson_key>/media", allow=CoursePermission.EDIT, late=True)
def put_medium(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """Take a picture or a sound in: the page's script puts it where the writer is, a plain form at the end of a card."""
    form = MediumForm()
    if wants_part():
        return _kept_part(form, course_id)

    def act() -> Kept:
        return services.put_into_lesson(
            session(),
            actor=actor(),
            course_id=course_id,
            lesson_key=lesson_key,
            card=form.card.data or "",
            medium=form.given(),
            storage=storage(),
            now=now(),
        )

    def done(_kept: Kept) -> ResponseReturnValue:
        flash(_("It is at the end of the card."), "good")
        return redirect(url_for("courses.lesson", course_id=course_id, lesson_key=lesson_key))

    def page() -> str:
        return render_lesson_page(find_page(course_id, lesson_key), medium=form)

    return may_frame_own(make_response(answered(form, act=act, done=done, page=page)))


def _kept_part(form: MediumForm, course_id: uuid.UUID) -> ResponseReturnValue:
    drafts.open_draft(session(), actor=actor(), course_id=course_id)
    if not form.validate():
        return jsonify(error=str(next(iter(form.errors.values()))[0])), 422
    kept = services.keep_medium(
        session(),
        actor=actor(),
        course_id=course_id,
        medium=form.given(),
        storage=storage(),
        now=now(),
    )
    return jsonify(saved=True, block=kept.block, path=kept.path, revision=kept.draft.revision)


@room.post("/studio/<uuid:course_id>/media/new", allow=CoursePermission.EDIT, late=True)
def add_medium(course_id: uuid.UUID) -> ResponseReturnValue:
    """Take a picture or a sound in that a question is about."""
    form = MediumForm()

    def act() -> Kept:
        return services.keep_medium(
            session(),
            actor=actor(),
            course_id=course_id,
            medium=form.given(),
            storage=storage(),
            now=now(),
        )

    def done(kept: Kept) -> ResponseReturnValue:
        flash(_("It is kept as %(path)s. Choose it in the question.", path=kept.path), "good")
        return redirect(url_for("courses.draft_media", course_id=course_id))

    return answered(form, act=act, done=done, page=lambda: _list(course_id, form))


@room.post("/studio/<uuid:course_id>/media", allow=CoursePermission.EDIT)
def remove_medium(course_id: uuid.UUID) -> ResponseReturnValue:
    """Take one out that no lesson shows."""
    try:
        draft = services.remove_medium(
            session(),
            actor=actor(),
            course_id=course_id,
            path=request.form.get("path", "")[:200],
            storage=storage(),
            now=now(),
        )
    except (Invalid, Conflict) as error:
        session().rollback()
        flash(in_words(error), "bad")
        return redirect(url_for("courses.draft_media", course_id=course_id))
    return redirect(url_for("courses.draft_media", course_id=course_id, undo=draft.revision))
