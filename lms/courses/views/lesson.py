"""The lesson editor: the page, its saves, its preview in the real player, what is pasted into it."""

import uuid
from dataclasses import replace

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time, gettext
from flask_babel import gettext as _

from lms.courses.forms.studio import LessonForm, MediumForm
from lms.courses.pages import lesson as pages
from lms.courses.policy import CoursePermission
from lms.courses.rules.pasting import LONGEST_PASTE, from_html
from lms.courses.services import editing
from lms.courses.services.drafts import Draft, Stale
from lms.courses.services.editing import LessonEdit
from lms.courses.views.room import room
from lms.foundation.errors import Invalid
from lms.web import actor, answered, now, session, storage, wants_part
from lms.web.device import answers
from lms.web.headers import may_be_framed, may_frame_own


@room.get("/studio/<uuid:course_id>/lessons/<lesson_key>", allow=CoursePermission.EDIT)
def lesson(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """A lesson's text, its fields, its problems, its preview."""
    return may_frame_own(make_response(render_lesson_page(find_page(course_id, lesson_key))))


def find_page(course_id: uuid.UUID, lesson_key: str) -> pages.LessonPage:
    """A lesson's page. Raises NotFound, NotAllowed."""
    return pages.lesson_page(
        session(), actor=actor(), course_id=course_id, lesson_key=lesson_key, storage=storage()
    )


def render_lesson_page(
    page: pages.LessonPage, form: LessonForm | None = None, medium: MediumForm | None = None
) -> str:
    """The page, with its forms as they were sent or as the draft has it."""
    edit = LessonEdit(page.key, page.head.revision, page.text.head, page.text.body)
    if form is not None:
        edit = form.given(page.key)
    else:
        form = LessonForm.of(edit)
    medium = medium or MediumForm(None)
    medium.card.render_kw = {"lang": page.head.language}
    medium.card.choices = [(key, title) for key, title in page.cards]
    if page.cards and not medium.card.data:
        medium.card.data = page.cards[-1][0]
    return render_template("studio/lesson.html", page=page, form=form, edit=edit, medium=medium)


@room.post("/studio/<uuid:course_id>/lessons/<lesson_key>", allow=CoursePermission.EDIT)
def save_lesson(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """Save it. “Saved” is told after the commit, never before; a text that somebody else changed is shown beside theirs."""
    form = LessonForm()

    def act() -> Draft:
        try:
            return editing.save_lesson(
                session(),
                actor=actor(),
                course_id=course_id,
                edit=replace(form.given(lesson_key), typed=wants_part()),
                storage=storage(),
                now=now(),
            )
        except Stale as stale:
            form.stale = stale
            raise

    if wants_part():
        return _saved_part(form, act, course_id, lesson_key)

    def done(_draft: Draft) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("courses.lesson", course_id=course_id, lesson_key=lesson_key))

    def page() -> str:
        if form.stale:
            compared = pages.compare_page(
                session(), actor=actor(), course_id=course_id, edit=form.given(lesson_key)
            )
            return render_template("studio/compare.html", page=compared, edit=form.given(lesson_key))
        return render_lesson_page(find_page(course_id, lesson_key), form)

    return answered(form, act=act, done=done, page=page)


def _saved_part(form: LessonForm, act: object, course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """The answer to the page's script: the new revision, and what is said of the text now."""
    if not form.validate():
        told = next(iter(form.errors.values()))[0]
        return jsonify(error=str(told)), 422
    try:
        draft: Draft = act()  # type: ignore[operator]
    except Stale as stale:
        session().rollback()
        return jsonify(error=gettext(stale.sentence), stale=True), 409
    panel = pages.lesson_panel(
        session(), actor=actor(), course_id=course_id, lesson_key=lesson_key, storage=storage()
    )
    return jsonify(
        saved=True,
        revision=draft.revision,
        at=format_time(draft.saved_at, "short"),
        panel=render_template("studio/_panel.html", panel=panel),
    )


@room.get("/studio/<uuid:course_id>/lessons/<lesson_key>/preview", allow=CoursePermission.SEE_DRAFT)
def preview_lesson(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """The draft's lesson in the real player. Nothing that is done in it is kept."""
    page = pages.preview_page(
        session(),
        actor=actor(),
        course_id=course_id,
        lesson_key=lesson_key,
        card=request.args.get("card", "")[:80],
        storage=storage(),
    )
    here = url_for("courses.preview_lesson", course_id=course_id, lesson_key=lesson_key)
    return may_be_framed(
        make_response(
            render_template(
                "learning/lesson.html",
                page=page,
                leave_href=here if request.args.get("framed") else _back(course_id, lesson_key),
                done_href=here,
                post_card=url_for("courses.preview_card", course_id=course_id, lesson_key=lesson_key),
                check_endpoint="courses.preview_check",
            )
        )
    )


def _back(course_id: uuid.UUID, lesson_key: str) -> str:
    """Where the preview was opened: the review, or the editor."""
    if request.args.get("review"):
        return url_for("courses.review", course_id=course_id)
    return _editor(course_id, lesson_key)


def _editor(course_id: uuid.UUID, lesson_key: str) -> str:
    return url_for("courses.lesson", course_id=course_id, lesson_key=lesson_key)


@room.post(
    "/studio/<uuid:course_id>/lessons/<lesson_key>/preview", allow=CoursePermission.SEE_DRAFT, late=True
)
def preview_card(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """The player says that a card is finished; in a preview nothing is kept."""
    card = request.form.get("card", "")[:80]
    page = pages.preview_page(
        session(), actor=actor(), course_id=course_id, lesson_key=lesson_key, card=card, storage=storage()
    )
    keys = [one["key"] for one in page.cards]
    at = keys.index(card) if card in keys else -1
    there = keys[at + 1] if at + 1 < len(keys) else keys[0] if keys else ""
    if wants_part():
        return {"saved": True, "card": there, "lesson_done": at + 1 >= len(keys)}
    return redirect(
        url_for("courses.preview_lesson", course_id=course_id, lesson_key=lesson_key) + f"#card-{there}"
    )


@room.post(
    "/studio/<uuid:course_id>/lessons/<lesson_key>/preview/checks/<check_key>",
    allow=CoursePermission.SEE_DRAFT,
    late=True,
)
def preview_check(course_id: uuid.UUID, lesson_key: str, check_key: str) -> ResponseReturnValue:
    """An author tries a check question: what a learner would be told. Nothing is kept."""
    tried = pages.try_check(
        session(),
        actor=actor(),
        course_id=course_id,
        lesson_key=lesson_key,
        check_key=check_key,
        raw=answers(),
    )
    if wants_part():
        return render_template("learning/_checked.html", checked=tried, language=tried.language)
    return render_template("studio/tried.html", tried=tried, back=_editor(course_id, lesson_key) + "/preview")


@room.post("/studio/paste", allow=CoursePermission.EDIT, late=True)
def paste() -> ResponseReturnValue:
    """What was copied from Word, Google Docs or a page, as the text of our cards."""
    html = request.form.get("html", "")
    if len(html) > LONGEST_PASTE:
        raise Invalid("That is too much to paste at once. Paste it in parts.")
    return {"text": from_html(html)}
