"""The studio: the organisation's courses, and one course with its outline, settings and problems."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import queries
from lms.courses.forms.studio import NewCourseForm, SettingsForm, StepForm, number
from lms.courses.models import Course
from lms.courses.pages import studio as pages
from lms.courses.pages.history import FileChange, fields_changed
from lms.courses.policy import CoursePermission, owns_it
from lms.courses.rules.course_file import HIGHEST_LEVEL, TAGS, TRACKS
from lms.courses.rules.settings import Settings, fields_of
from lms.courses.services import drafts, editing, translating
from lms.courses.services.drafts import Draft, Stale
from lms.courses.views.room import room
from lms.foundation.errors import Conflict, Invalid
from lms.web import actor, answered, now, session, storage
from lms.web.language import in_words

BLANK_ROWS = 2


@room.get("/studio", allow=CoursePermission.EDIT)
def studio() -> ResponseReturnValue:
    """The organisation's courses, drafts and published."""
    return _list(NewCourseForm())


def _list(form: NewCourseForm) -> str:
    page = pages.studio_page(
        session(),
        actor=actor(),
        text=request.args.get("q", "")[:100].strip(),
        after=request.args.get("after", "")[:80],
    )
    return render_template("studio/list.html", page=page, form=form)


@room.post("/studio", allow=CoursePermission.EDIT)
def start_course() -> ResponseReturnValue:
    """Begin a course."""
    form = NewCourseForm()

    def act() -> Course:
        title, language = form.given()
        return drafts.start_course(session(), actor=actor(), title=title, language=language, now=now())

    return answered(
        form,
        act=act,
        done=lambda course: redirect(url_for("courses.editor", course_id=course.id)),
        page=lambda: _list(form),
    )


@room.get("/studio/<uuid:course_id>", allow=CoursePermission.EDIT)
def editor(course_id: uuid.UUID) -> ResponseReturnValue:
    """A course: outline, settings, problems. Another organisation's can be copied."""
    course = queries.find_course(session(), actor=actor(), course_id=course_id)
    if course is not None and not owns_it(actor(), course):
        return redirect(url_for("courses.copying", course_id=course_id))
    page = pages.editor_page(session(), actor=actor(), course_id=course_id, storage=storage())
    return render_editor(page, filled(page.settings, page.head.revision), page.settings)


def filled(settings: Settings, revision: int) -> SettingsForm:
    """The settings' form as the draft has it."""
    return SettingsForm(
        None,
        revision=str(revision),
        title=settings.title,
        summary=settings.summary,
        audience=settings.audience,
        language=settings.language,
        lessons=settings.lessons or None,
        assessment=settings.assessment,
    )


def render_editor(
    page: pages.EditorPage, form: SettingsForm, settings: Settings, differs: Sequence[FileChange] = ()
) -> str:
    """The page, with a form as it was sent or as the draft has it."""
    keys = dict.fromkeys((*page.assessments, *([settings.assessment] if settings.assessment else ())))
    form.assessment.choices = [("", _("None: the lessons complete it")), *((key, key) for key in keys)]
    undo = number(request.args.get("undo"), 0)
    return render_template(
        "studio/course.html",
        page=page,
        form=form,
        settings=settings,
        differs=differs,
        tracks_known=TRACKS,
        tags=TAGS,
        levels=range(1, HIGHEST_LEVEL + 1),
        blank=BLANK_ROWS,
        undo=undo if 0 < undo <= page.head.revision else 0,
    )


@room.post("/studio/<uuid:course_id>/outline", allow=CoursePermission.EDIT)
def change_outline(course_id: uuid.UUID) -> ResponseReturnValue:
    """Add, rename, move, duplicate or remove a lesson or a module."""
    step = StepForm().given()
    try:
        done = editing.change_outline(
            session(), actor=actor(), course_id=course_id, step=step, storage=storage(), now=now()
        )
    except (Invalid, Conflict) as error:
        session().rollback()
        flash(in_words(error), "bad")
        return redirect(url_for("courses.editor", course_id=course_id) + "#outline")
    if step.act in ("add-lesson", "copy-lesson"):
        return redirect(url_for("courses.lesson", course_id=course_id, lesson_key=done.key))
    gone = step.act in ("remove-lesson", "remove-module")
    undo = done.draft.revision if gone else None
    place = "#outline"
    if done.key and not gone:
        steps = step.act.startswith(("lesson-", "module-"))
        place = f"#in-{done.key}-{step.act}" if steps else f"#lesson-{done.key}"
    return redirect(url_for("courses.editor", course_id=course_id, undo=undo) + place)


@room.post("/studio/<uuid:course_id>/take-back", allow=CoursePermission.EDIT)
def take_back(course_id: uuid.UUID) -> ResponseReturnValue:
    """Take one save back."""
    try:
        drafts.take_back(
            session(),
            actor=actor(),
            course_id=course_id,
            saved=number(request.form.get("saved"), 0),
            now=now(),
        )
    except Stale:
        session().rollback()
        flash(
            _(
                "Somebody changed the same since, so it was left as it is. The history can still bring it back."
            ),
            "warn",
        )
        return redirect(url_for("courses.history", course_id=course_id))
    flash(_("It is back as it was."), "good")
    return redirect(url_for("courses.editor", course_id=course_id))


@room.post("/studio/<uuid:course_id>", allow=CoursePermission.EDIT)
def save_settings(course_id: uuid.UUID) -> ResponseReturnValue:
    """Save what the course says of itself."""
    form = SettingsForm()

    def act() -> Draft:
        try:
            return editing.save_settings(
                session(),
                actor=actor(),
                course_id=course_id,
                revision=form.at(),
                settings=form.given(),
                storage=storage(),
                now=now(),
            )
        except Stale as stale:
            form.stale = stale
            raise

    def done(_draft: Draft) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("courses.editor", course_id=course_id) + "#settings")

    def page() -> str:
        shown = pages.editor_page(session(), actor=actor(), course_id=course_id, storage=storage())
        differs: Sequence[FileChange] = ()
        if form.stale:
            form.revision.data = str(form.stale.revision)
            differs = fields_changed(fields_of(shown.settings), fields_of(form.given()))
        return render_editor(shown, form, form.given(), differs)

    return answered(form, act=act, done=done, page=page)


@room.get("/studio/<uuid:course_id>/copy", allow=CoursePermission.EDIT)
def copying(course_id: uuid.UUID) -> ResponseReturnValue:
    """Another organisation's course: to be read, or copied and adapted."""
    page = pages.copy_page(session(), actor=actor(), course_id=course_id)
    return render_template("studio/copy.html", page=page)


@room.post("/studio/<uuid:course_id>/copy", allow=CoursePermission.EDIT)
def copy_to_adapt(course_id: uuid.UUID) -> ResponseReturnValue:
    """Copy it as a draft of one's own."""
    copy = drafts.copy_to_adapt(session(), actor=actor(), course_id=course_id, now=now())
    flash(_("This copy is yours. It remembers where it came from."), "good")
    return redirect(url_for("courses.editor", course_id=copy.id))


@room.post("/studio/<uuid:course_id>/translate", allow=CoursePermission.EDIT)
def start_translation(course_id: uuid.UUID) -> ResponseReturnValue:
    """Begin the course's translation."""
    course = translating.start_translation(session(), actor=actor(), course_id=course_id, now=now())
    flash(
        _("This is the translation. Its texts are still the original's: write over them, lesson by lesson."),
        "good",
    )
    return redirect(url_for("courses.editor", course_id=course.id))
