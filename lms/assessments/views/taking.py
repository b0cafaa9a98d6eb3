"""An assessment's door, the attempt, the answers it sends, the review."""

import uuid

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments import pages, services
from lms.assessments.policy import AssessmentPermission
from lms.assessments.services.breaks import end_break, take_break
from lms.assessments.services.sitting import begin_supervised
from lms.assessments.views.room import room
from lms.assessments.views.saved import saved
from lms.foundation.errors import Invalid
from lms.web import actor, now, session, wants_part
from lms.web.device import answers, device_time, fact_id, kept_on_device, sequence
from lms.web.language import in_words


@room.get("/assessments/<uuid:assessment_id>", allow=AssessmentPermission.TAKE)
def door(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """What to expect, before it starts."""
    page = pages.door_page(session(), actor=actor(), assessment_id=assessment_id, now=now())
    return render_template("assessments/door.html", page=page)


@room.post("/assessments/<uuid:assessment_id>/attempts", allow=AssessmentPermission.TAKE)
def start(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Begin, or go on with the attempt under way; a gate with its supervisor's code."""
    attempt = begin_supervised(
        session(),
        actor=actor(),
        assessment_id=assessment_id,
        attempt_id=fact_id("attempt_id"),
        typed=request.form.get("code", "")[:40],
        now=now(),
    )
    if attempt is None:
        flash(_("This code does not open it for you now. Check it with your supervisor."), "warn")
        return redirect(url_for("assessments.door", assessment_id=assessment_id))
    return redirect(url_for("assessments.attempt", attempt_id=attempt.id))


@room.get("/attempts/<uuid:attempt_id>", allow=AssessmentPermission.TAKE)
def attempt(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """The questions; or, once handed in, the result."""
    page = pages.attempt_page(
        session(),
        actor=actor(),
        attempt_id=attempt_id,
        secret=current_app.config["SECRET_KEY"],
        now=now(),
    )
    if page.attempt.submitted_at is not None:
        return redirect(url_for("assessments.result", attempt_id=attempt_id))
    if page.attempt.adaptive and page.attempt.paused_at is None:
        return _adapting(page)
    if page.attempt.paused_at is not None:
        return render_template("assessments/break.html", page=page)
    reply = make_response(render_template("assessments/attempt.html", page=page, now=now()))
    return kept_on_device(reply, actor()) if page.seal else reply


@room.post(
    "/attempts/<uuid:attempt_id>/responses/<int(max=9999):position>",
    allow=AssessmentPermission.TAKE,
    words=pages.given_in_words,
    late=True,
)
def respond(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Keep one answer. “Saved” is told after the commit, never before."""
    given = services.Given(
        fact_id("response_id"),
        attempt_id,
        position,
        answers(),
        sequence(),
        device_time(),
        "flagged" in request.form,
    )
    kept = services.keep_answer(session(), actor=actor(), given=given, now=now())
    return saved(kept, attempt_id, position)


def _adapting(page: pages.AttemptPage, error: str = "") -> str:
    return render_template(
        "assessments/adaptive.html", page=page, question=page.questions[-1], now=now(), error=error
    )


@room.post(
    "/attempts/<uuid:attempt_id>/commit/<int(max=9999):position>",
    allow=AssessmentPermission.TAKE,
    words=pages.given_in_words,
)
def commit(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Keep the answer of a test that adapts for good, and show the next question or the result."""
    given = services.Given(fact_id("response_id"), attempt_id, position, answers(), position, device_time())
    try:
        services.commit_answer(session(), actor=actor(), given=given, now=now())
    except Invalid as error:
        session().rollback()
        page = pages.attempt_page(session(), actor=actor(), attempt_id=attempt_id, now=now())
        return _adapting(page, in_words(error)), 422
    return redirect(url_for("assessments.attempt", attempt_id=attempt_id))


@room.get("/attempts/<uuid:attempt_id>/questions/<int(max=9999):position>", allow=AssessmentPermission.TAKE)
def next_step(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """The step that a question has come to, for the page that shows it."""
    page = pages.step_page(session(), actor=actor(), attempt_id=attempt_id, position=position)
    if not wants_part():
        return redirect(url_for("assessments.attempt", attempt_id=attempt_id) + f"#question-{position}")
    return render_template("assessments/_step.html", page=page)


@room.post("/attempts/<uuid:attempt_id>/submit", allow=AssessmentPermission.TAKE)
def submit(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Hand it in."""
    services.submit_attempt(session(), actor=actor(), attempt_id=attempt_id, now=now())
    return redirect(url_for("assessments.result", attempt_id=attempt_id))


@room.post("/attempts/<uuid:attempt_id>/break", allow=AssessmentPermission.TAKE)
def pause(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Stop the clock for a while; or let it run again."""
    act = end_break if request.form.get("do") == "end" else take_break
    act(session(), actor=actor(), attempt_id=attempt_id, now=now())
    return redirect(url_for("assessments.attempt", attempt_id=attempt_id))


@room.get("/attempts/<uuid:attempt_id>/result", allow=AssessmentPermission.REVIEW)
def result(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """How it went, and as much of the key as the policy lets be seen."""
    page = pages.result_page(session(), actor=actor(), attempt_id=attempt_id, now=now())
    return render_template("assessments/result.html", page=page)
