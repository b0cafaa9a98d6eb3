"""Reviews: what waits for whom, and one draft's review."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.forms.reviewing import AnswerForm, AskForm, CommentForm
from lms.courses.models import Course, ReviewComment, ReviewRequest
from lms.courses.pages import reviewing as pages
from lms.courses.policy import CoursePermission
from lms.courses.services import reviewing as services
from lms.courses.services.uploading import put_upload_into_draft
from lms.courses.views.room import room
from lms.web import actor, answered, now, session, storage


@room.get("/studio/reviews", allow=CoursePermission.REVIEW)
def reviews() -> ResponseReturnValue:
    """What waits for this reader."""
    return render_template("studio/reviews.html", page=pages.reviews_page(session(), actor=actor()))


@room.get("/studio/<uuid:course_id>/review", allow=CoursePermission.REVIEW)
def review(course_id: uuid.UUID) -> ResponseReturnValue:
    """A draft beside the live version, with what was asked, said and answered."""
    return _page(course_id)


def _page(
    course_id: uuid.UUID,
    ask: AskForm | None = None,
    answer: AnswerForm | None = None,
    comment: CommentForm | None = None,
) -> str:
    page = pages.review_page(session(), actor=actor(), course_id=course_id, storage=storage())
    comment = comment or CommentForm(None, place=request.args.get("on", "")[:300])
    comment.place.choices = [(place, words or _("The whole course")) for place, words in page.places]
    return render_template(
        "studio/review.html",
        page=page,
        ask=ask or AskForm(None),
        answer=answer or AnswerForm(None),
        comment=comment,
        words=dict(page.places),
    )


def _here(course_id: uuid.UUID, place: str = "") -> ResponseReturnValue:
    return redirect(url_for("courses.review", course_id=course_id) + place)


@room.post("/studio/<uuid:course_id>/review", allow=CoursePermission.EDIT)
def ask_for_review(course_id: uuid.UUID) -> ResponseReturnValue:
    """Send the draft to a second person."""
    form = AskForm()

    def act() -> ReviewRequest:
        revision, note = form.given()
        return services.ask_for_review(
            session(), actor=actor(), course_id=course_id, revision=revision, note=note, now=now()
        )

    def done(_row: ReviewRequest) -> ResponseReturnValue:
        flash(_("It is sent. Your reviewers find it under “Reviews”."), "good")
        return _here(course_id)

    return answered(form, act=act, done=done, page=lambda: _page(course_id, ask=form))


@room.post("/studio/<uuid:course_id>/review/<uuid:review_id>/withdraw", allow=CoursePermission.EDIT)
def withdraw_review(course_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Take a request back."""
    services.withdraw_review(session(), actor=actor(), course_id=course_id, review_id=review_id, now=now())
    flash(_("The request is taken back."), "good")
    return _here(course_id)


@room.post("/studio/<uuid:course_id>/review/<uuid:review_id>/answer", allow=CoursePermission.REVIEW)
def answer_review(course_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Approve the draft, or ask for changes."""
    form = AnswerForm()

    def act() -> ReviewRequest:
        approved, note = form.given()
        return services.answer_review(
            session(),
            actor=actor(),
            course_id=course_id,
            review_id=review_id,
            approved=approved,
            note=note,
            now=now(),
        )

    def done(row: ReviewRequest) -> ResponseReturnValue:
        flash(_("Approved.") if row.answer == "approved" else _("The author is asked for changes."), "good")
        return _here(course_id)

    return answered(form, act=act, done=done, page=lambda: _page(course_id, answer=form))


@room.post("/studio/<uuid:course_id>/review/<uuid:review_id>/comments", allow=CoursePermission.REVIEW)
def write_comment(course_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Say something of one place."""
    form = CommentForm()

    def act() -> ReviewComment:
        place, text = form.given()
        return services.comment(
            session(),
            actor=actor(),
            course_id=course_id,
            review_id=review_id,
            place=place,
            text=text,
            now=now(),
        )

    return answered(
        form,
        act=act,
        done=lambda _row: _here(course_id, "#comments"),
        page=lambda: _page(course_id, comment=form),
    )


@room.post("/studio/<uuid:course_id>/review/comments/<uuid:comment_id>", allow=CoursePermission.REVIEW)
def settle_comment(course_id: uuid.UUID, comment_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a comment is settled, or that it is open again."""
    services.settle_comment(
        session(),
        actor=actor(),
        course_id=course_id,
        comment_id=comment_id,
        settled=request.form.get("do") == "settle",
        now=now(),
    )
    return _here(course_id, "#comments")


@room.post("/courses/uploads/<uuid:upload_id>/draft", allow=CoursePermission.PUBLISH, late=True)
def upload_to_draft(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Make an uploaded file the draft of its course, to be reviewed there."""
    course: Course = put_upload_into_draft(
        session(), actor=actor(), upload_id=upload_id, storage=storage(), now=now()
    )
    flash(_("It is in the draft. What was there before is in the history."), "good")
    return _here(course.id)
