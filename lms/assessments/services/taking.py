"""Sitting attempts, keeping answers, handing in."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import MARKED_BY_PEOPLE, kind_of
from lms.assessments.kinds.contract import BadAnswer, Stepwise
from lms.assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    Response,
)
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.rules import (
    TAKEN_BACK,
    AssessmentGraded,
    AttemptAsked,
    Clocks,
    draw_questions,
    judge,
    kept_because,
    may_start,
    read_blueprint,
)
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.events import ask, emit
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Person


def counts_since(
    session: Session, *, actor: Actor, course_id: uuid.UUID, begins: bool = False
) -> datetime | None:
    """The moment since which the actor's attempts in a course count; none: all do. Raises Conflict (not yet)."""
    return max(ask(session, AttemptAsked(actor, course_id, begins)), default=None)


def start_attempt(
    session: Session,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    attempt_id: uuid.UUID,
    now: datetime,
    seed: int | None = None,
) -> Attempt:
    """Begin an attempt, or go on with the one under way; the same id always gives the same attempt.

    Raises NotFound, NotAllowed, Conflict (no attempt left, too soon, or the course comes later).
    """
    require(POLICY, actor, AssessmentPermission.TAKE, actor)
    opened = queries.find_open_assessment(session, actor=actor, assessment_id=assessment_id)
    if opened is None:
        raise NotFound("There is no such assessment.")
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    earlier = queries.list_attempts(session, actor=actor, assessment_id=assessment_id)
    if same := next((attempt for attempt in earlier if attempt.id == attempt_id), None):
        return same
    if queries.has_attempt(session, actor=actor, attempt_id=attempt_id):
        raise Conflict("That attempt is at another assessment. Open this one again.")
    under_way = next((attempt for attempt in earlier if attempt.submitted_at is None), None)
    if under_way is not None:
        if kept_because(submitted_at=None, deadline_at=under_way.deadline_at, now=now) is None:
            return under_way
        _close(session, actor, under_way, now)
    blueprint = read_blueprint(opened.version.document)
    since = counts_since(session, actor=actor, course_id=opened.course_id, begins=True)
    done = [
        (attempt.submitted_at, bool(attempt.passed))
        for attempt in earlier
        if attempt.submitted_at and (since is None or attempt.submitted_at >= since)
    ]
    waiting = any(attempt.waiting for attempt in earlier)
    if refused := may_start(blueprint, done, now=now, waiting=waiting):
        raise Conflict(refused.sentence)
    return _new_attempt(session, actor, opened, blueprint, attempt_id, seed, now)


def _new_attempt(
    session: Session,
    actor: Actor,
    opened: queries.OpenAssessment,
    blueprint: Any,
    attempt_id: uuid.UUID,
    seed: int | None,
    now: datetime,
) -> Attempt:
    seed = secrets.randbits(31) if seed is None else seed
    bank = queries.list_bank(
        session, actor=actor, course_id=opened.course_id, borrows_from=blueprint.borrows_from
    )
    chosen = draw_questions(blueprint, [one.document for one in bank], seed=seed)
    if chosen is None:
        raise Conflict("This assessment has too few questions just now. Tell your trainer.")
    factor = people.find_time_factor(session, actor=actor)
    attempt = Attempt(
        firm_id=actor.firm_id,
        id=attempt_id,
        person_id=actor.person_id,
        assessment_id=opened.id,
        assessment_version_id=opened.version.id,
        seed=seed,
        started_at=now,
        deadline_at=now + blueprint.time_limit * factor if blueprint.time_limit else None,
    )
    session.add(attempt)
    session.flush()  # its questions point at it
    for position, index in enumerate(chosen, start=1):
        version = bank[index].version
        kind = kind_of(version.document)
        variant = kind.vary(kind.read(version.document), seed + position, shuffle=blueprint.shuffle_options)
        session.add(
            AttemptQuestion(
                firm_id=actor.firm_id,
                attempt_id=attempt_id,
                position=position,
                question_version_id=version.id,
                variant=variant,
            )
        )
    return attempt


@dataclass(frozen=True)
class Given:
    """An answer as it came from a device."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    position: int
    raw: Mapping[str, list[str]]
    sequence: int
    device_at: datetime | None
    flagged: bool | None = None
    clocks: Clocks | None = None
    """Of a device that held a pack; none when it is judged by its arrival."""


@dataclass(frozen=True)
class Kept:
    """What became of an answer: kept on disk (once the request commits), and whether it counts."""

    id: uuid.UUID
    position: int
    at: datetime
    counted: bool
    because: str | None
    again: bool


def record_response(session: Session, *, actor: Actor, given: Given, now: datetime) -> Kept:
    """Keep one answer, and the mark to come back to its question when the device says something about it.

    The first arrival of an id counts; a repeat gets the first one's result; order does not matter.
    Raises NotFound, Conflict (the id is another answer's), Invalid (the answer cannot be read).
    """
    held = queries.find_held(session, actor=actor, attempt_id=given.attempt_id, position=given.position)
    if held is None:
        raise NotFound("There is no such question in this attempt.")
    attempt, row, version = held
    first = queries.find_response(session, actor=actor, response_id=given.id)
    if first is not None:
        if (first.attempt_id, first.position) != (given.attempt_id, given.position):
            raise Conflict("That answer was already kept for another question.")
        return _kept(first, again=True)
    kind = kind_of(version.document)
    question = kind.read(version.document)
    try:
        answer = kind.given(question, row.variant, given.raw)
    except BadAnswer as error:
        raise Invalid(error.sentence, **error.values) from None
    because = kept_because(
        submitted_at=attempt.submitted_at, deadline_at=attempt.deadline_at, now=now, clocks=given.clocks
    )
    if because is None and isinstance(kind, Stepwise):
        standing = queries.find_standing(
            session, actor=actor, attempt_id=given.attempt_id, position=given.position
        )
        if standing is not None and not _goes_on(kind, standing, answer or {}, given.sequence):
            because = TAKEN_BACK
    response = Response(
        firm_id=actor.firm_id,
        id=given.id,
        attempt_id=given.attempt_id,
        position=given.position,
        sequence=given.sequence,
        given=answer or {},
        score=kind.mark(question, row.variant, answer).score,
        counted=because is None,
        kept_because=because,
        device_at=given.device_at,
        arrived_at=now,
    )
    session.add(response)
    if response.counted and given.flagged is not None:
        row.flagged = given.flagged
    return _kept(response, again=False)


def _goes_on(kind: Stepwise, standing: Response, answer: Mapping[str, Any], sequence: int) -> bool:
    """Whether a step goes on from what stands; or is one of its earlier steps that arrives late."""
    if sequence < standing.sequence:
        return kind.goes_on(dict(answer), standing.given)
    return kind.goes_on(standing.given, dict(answer))


def _kept(response: Response, *, again: bool) -> Kept:
    return Kept(
        response.id, response.position, response.arrived_at, response.counted, response.kept_because, again
    )


def submit_attempt(session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """Hand an attempt in and score it; handing it in twice gives the first result. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id, for_update=True)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    if attempt.submitted_at is None:
        _close(session, actor, attempt, now)
    return attempt


def _close(session: Session, actor: Actor, attempt: Attempt, now: datetime) -> None:
    """Score what stands; what people mark waits for them."""
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt.id)
    for one in asked:
        waits = one.version.kind in MARKED_BY_PEOPLE and one.response is not None and bool(one.response.given)
        one.row.score = None if waits else one.response.score if one.response else 0.0
    judge_attempt(session, attempt, asked, now)


def judge_attempt(session: Session, attempt: Attempt, asked: Sequence[queries.Asked], now: datetime) -> None:
    """Judge an attempt that was handed in and tell the rooms above; while a part waits for a marker, nobody is told."""
    version = session.get_one(AssessmentVersion, attempt.assessment_version_id)
    blueprint = read_blueprint(version.document)
    attempt.waiting = any(one.row.score is None for one in asked)
    outcome = judge(
        [one.row.score or 0.0 for one in asked],
        [bool(one.version.document.get("critical")) for one in asked],
        pass_mark=blueprint.pass_mark,
    )
    attempt.submitted_at = attempt.submitted_at or now
    attempt.score = outcome.score
    attempt.passed = outcome.passed and not attempt.waiting
    attempt.critical_missed = outcome.critical_missed and not attempt.waiting
    if attempt.waiting:
        return
    session.flush()  # listeners read the attempt as it now is
    emit(
        session,
        AssessmentGraded(
            firm_id=attempt.firm_id,
            person_id=attempt.person_id,
            attempt_id=attempt.id,
            course_id=session.get_one(Assessment, attempt.assessment_id).course_id,
            assessment_key=blueprint.key,
            title=blueprint.title,
            purpose=blueprint.purpose,
            score=outcome.score,
            error=outcome.error,
            pass_mark=blueprint.pass_mark,
            passed=outcome.passed,
            questions=len(asked),
            evidence=blueprint.evidence,
            at=now,
            revision=attempt.revision,
        ),
    )
