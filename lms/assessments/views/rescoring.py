"""Scoring everybody again: the choice with its preview, the decision, taking it back; what a firm and a person read."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.assessments.forms.rescoring import id_or_none, rule_in, wish_in
from lms.assessments.pages.rescoring import RescorePage, rescore_page
from lms.assessments.policy import AssessmentPermission
from lms.assessments.queries.telling import PAGE, list_told
from lms.assessments.rescoring import Change, in_order, letters_of
from lms.assessments.services.rescoring import (
    LONGEST_REASON,
    decide_rescoring,
    mark_told,
    take_rescoring_back,
)
from lms.assessments.views.questions import bank_crumbs, short
from lms.assessments.views.room import room
from lms.courses.policy import CoursePermission
from lms.foundation.errors import Invalid
from lms.web import actor, now, page_number, session
from lms.web.language import in_words
from lms.web.replies import csv_reply

CHANGES = {
    Change.KEY: _l("Another answer is right"),
    Change.ALL: _l("Everybody gets the mark"),
    Change.DROP: _l("The question does not count"),
    Change.UNDO: _l("Taken back"),
}


def _shown(course_id: uuid.UUID, question_key: str, error: str = "") -> str:
    said = request.values.to_dict(flat=False)
    page: RescorePage = rescore_page(
        session(),
        actor=actor(),
        course_id=course_id,
        key=question_key,
        version_id=id_or_none(request.values.get("version", "")),
        rule=rule_in(said),
        takes_passes=request.values.get("takes_passes") == "1",
    )
    return render_template(
        "assessments/rescore.html",
        page=page,
        desk=page.desk,
        changes=CHANGES,
        in_order=in_order,
        letters_of=letters_of,
        error=error,
        reason=request.form.get("reason", ""),
        most=LONGEST_REASON,
        crumbs=bank_crumbs(
            page.desk,
            (_("How they do"), url_for("assessments.analysis", course_id=course_id)),
            (short(page.chosen.document.get("stem")), ""),
        ),
    )


@room.get("/studio/<uuid:course_id>/questions/<question_key>/score-again", allow=CoursePermission.PUBLISH)
def rescore(course_id: uuid.UUID, question_key: str) -> ResponseReturnValue:
    """What to change, and whom it would change."""
    return _shown(course_id, question_key)


@room.post(
    "/studio/<uuid:course_id>/questions/<question_key>/score-again",
    allow=CoursePermission.PUBLISH,
    endpoint="decide_rescore",
)
def decide_rescore(course_id: uuid.UUID, question_key: str) -> ResponseReturnValue:
    """Score everybody again."""
    wish = wish_in(request.form.to_dict(flat=False))
    try:
        row = decide_rescoring(session(), actor=actor(), course_id=course_id, wish=wish, now=now())
    except Invalid as error:
        session().rollback()
        return _shown(course_id, question_key, in_words(error)), 422
    _tell_done(row.done_at is not None)
    return redirect(
        url_for(
            "assessments.rescore", course_id=course_id, question_key=question_key, version=wish.version_id
        )
    )


@room.post(
    "/studio/<uuid:course_id>/questions/<question_key>/score-again/<uuid:rescoring_id>/undo",
    allow=CoursePermission.PUBLISH,
    endpoint="undo_rescore",
)
def undo_rescore(course_id: uuid.UUID, question_key: str, rescoring_id: uuid.UUID) -> ResponseReturnValue:
    """Take a decision back, by a new record."""
    wish = wish_in(request.form.to_dict(flat=False))
    try:
        row = take_rescoring_back(
            session(), actor=actor(), course_id=course_id, rescoring_id=rescoring_id, wish=wish, now=now()
        )
    except Invalid as error:
        session().rollback()
        return _shown(course_id, question_key, in_words(error)), 422
    _tell_done(row.done_at is not None)
    return redirect(
        url_for(
            "assessments.rescore",
            course_id=course_id,
            question_key=question_key,
            version=row.question_version_id,
        )
    )


def _tell_done(done: bool) -> None:
    if done:
        flash(_("Everybody was scored again. Whoever it changes reads it on their Today page."), "good")
    else:
        flash(
            _(
                "Many people were asked this, so it is done in the background. This page says when it is done."
            ),
            "info",
        )


@room.get("/scored-again", allow=AssessmentPermission.SEE_SCORED_AGAIN)
def scored_again() -> ResponseReturnValue:
    """What scoring again meant for people of this firm."""
    number = page_number()
    lines = list_told(session(), actor=actor(), page=number)
    return render_template(
        "assessments/scored_again.html",
        lines=lines,
        number=number,
        more=len(lines) == PAGE,
        changes=CHANGES,
        crumbs=[
            {"label": _("Marking"), "href": url_for("assessments.marking")},
            {"label": _("Scored again"), "href": ""},
        ],
    )


@room.get("/scored-again.csv", allow=AssessmentPermission.SEE_SCORED_AGAIN)
def scored_again_csv() -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    header = (
        "name",
        "course",
        "assessment",
        "change",
        "was",
        "now",
        "passed_before",
        "passes_now",
        "kept",
        "reason",
        "at",
    )
    rows = [
        [
            one.name,
            one.course,
            one.title,
            one.change,
            f"{one.was_score:.3f}",
            f"{one.score:.3f}",
            one.was_passed,
            one.passed,
            one.kept,
            one.reason,
            one.at.isoformat(),
        ]
        for one in list_told(session(), actor=actor(), size=None)
    ]
    return csv_reply(f"scored-again-{now().date()}.csv", header, rows)


@room.post("/scored-again/read", allow=AssessmentPermission.TAKE, endpoint="scored_again_read")
def scored_again_read() -> ResponseReturnValue:
    """The person has read it."""
    mark_told(session(), actor=actor(), now=now())
    return redirect(url_for("learning.today"))
