"""The marking queue, one answer to mark, and marking again."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.forms.marking import PREFIX, filled_in
from lms.assessments.moderating import ENOUGH_TO_AGREE, ENOUGH_TO_DIFFER
from lms.assessments.pages.marking import (
    AnswerPage,
    answer_page,
    heap_page,
    history_page,
    markers_beside,
    settled_page,
)
from lms.assessments.policy import AssessmentPermission
from lms.assessments.queries.marking import PAGE
from lms.assessments.services.filing import file_to_mark
from lms.assessments.services.marking import LONGEST_NOTE, Marks, mark_again, mark_answer
from lms.assessments.views.filing import to_be_saved
from lms.assessments.views.room import room
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.web import actor, now, page_number, session, storage
from lms.web.language import in_words


def _id(name: str) -> uuid.UUID | None:
    """An id that the address asks for; none when it is no id."""
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def marks_in_words(
    _session: object, *, actor: Actor, raw: Mapping[str, list[str]], **_where: Any
) -> list[tuple[str, str]]:
    """A marker's form that arrived too late, in words."""
    del actor
    names = {"note": _("Note to the learner"), "reason": _("Reason")}
    return [
        (names.get(name, name.removeprefix(PREFIX)), " · ".join(values))
        for name, values in raw.items()
        if (name.startswith(PREFIX) or name in names) and any(values)
    ]


@room.get("/marking", allow=AssessmentPermission.MARK)
def marking() -> ResponseReturnValue:
    """What waits for this marker."""
    page = heap_page(
        session(),
        actor=actor(),
        course_id=_id("course"),
        assessment_id=_id("assessment"),
        page=page_number(),
    )
    kept = {name: said for name in ("course", "assessment") if (said := request.args.get(name))}
    return render_template("assessments/marking.html", page=page, kept=kept)


def _answer(page: AnswerPage, marks: Marks | None = None, error: str = "") -> str:
    return render_template(
        "assessments/mark.html",
        page=page,
        marks=marks,
        error=error,
        most=LONGEST_NOTE,
        crumbs=[
            {"label": _("Marking"), "href": url_for("assessments.marking")},
            {"label": page.title, "href": ""},
        ],
    )


def _keep(
    service: Callable[..., Any], show: Callable[..., AnswerPage], attempt_id: uuid.UUID, position: int
) -> tuple[Any, AnswerPage | None, ResponseReturnValue | None]:
    """Keep the form's marks; or the page again, with what is missing."""
    page = show(session(), actor=actor(), attempt_id=attempt_id, position=position)
    marks = filled_in(request.form, page.question.criteria)
    try:
        done = service(
            session(), actor=actor(), attempt_id=attempt_id, position=position, marks=marks, now=now()
        )
    except Invalid as error:
        session().rollback()
        page = show(session(), actor=actor(), attempt_id=attempt_id, position=position)
        return None, page, (_answer(page, marks, in_words(error)), 422)
    return done, page, None


@room.get("/marking/<uuid:attempt_id>/<int(max=9999):position>", allow=AssessmentPermission.MARK)
def mark(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """One answer, without a name."""
    return _answer(answer_page(session(), actor=actor(), attempt_id=attempt_id, position=position))


@room.post(
    "/marking/<uuid:attempt_id>/<int(max=9999):position>",
    allow=AssessmentPermission.MARK,
    endpoint="keep_marks",
    words=marks_in_words,
)
def keep_marks(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Keep the marks, and back to the heap."""
    done, _page, refused = _keep(mark_answer, answer_page, attempt_id, position)
    if refused is not None:
        return refused
    flash(
        _("Marked.") if done else _("Marked. Somebody else marks it too, without seeing your marks."), "good"
    )
    return redirect(url_for("assessments.marking"))


@room.get("/marking/<uuid:attempt_id>/<int(max=9999):position>/file", allow=AssessmentPermission.MARK)
def marked_file(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """The file that is an answer, to be saved."""
    return to_be_saved(
        file_to_mark(session(), actor=actor(), attempt_id=attempt_id, position=position, storage=storage())
    )


@room.get("/marking/done", allow=AssessmentPermission.MARK_AGAIN)
def marked() -> ResponseReturnValue:
    """The answers whose marks are in."""
    number = page_number()
    lines = settled_page(session(), actor=actor(), page=number)
    beside = markers_beside(session(), actor=actor())
    return render_template(
        "assessments/marked.html",
        lines=lines,
        beside=beside,
        enough=ENOUGH_TO_AGREE,
        fewest=ENOUGH_TO_DIFFER,
        number=number,
        more=len(lines) == PAGE,
        crumbs=[
            {"label": _("Marking"), "href": url_for("assessments.marking")},
            {"label": _("Marked"), "href": ""},
        ],
    )


@room.get("/marking/<uuid:attempt_id>/<int(max=9999):position>/again", allow=AssessmentPermission.MARK_AGAIN)
def marks(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Everybody's marks of one answer, and the form to mark it again."""
    return _answer(history_page(session(), actor=actor(), attempt_id=attempt_id, position=position))


@room.post(
    "/marking/<uuid:attempt_id>/<int(max=9999):position>/again",
    allow=AssessmentPermission.MARK_AGAIN,
    endpoint="keep_marks_again",
    words=marks_in_words,
)
def keep_marks_again(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Put these marks in the place of the others."""
    _done, _page, refused = _keep(mark_again, history_page, attempt_id, position)
    if refused is not None:
        return refused
    flash(_("Marked again. The old marks stay in the history."), "good")
    return redirect(url_for("assessments.marks", attempt_id=attempt_id, position=position))
