"""Reads of the assessments room."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    Question,
    QuestionVersion,
    Response,
)
from lms.assessments.queries.live import LiveQuestion, list_live_questions
from lms.assessments.rules import lent
from lms.courses.models import Course, CourseVersion
from lms.courses.queries import find_live_by_key, visible_to
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING


@dataclass(frozen=True)
class OpenAssessment:
    """An assessment that learners are offered now."""

    id: uuid.UUID
    course_id: uuid.UUID
    version: AssessmentVersion
    language: str = ""
    """Of its course, where one is asked for."""


def list_open_assessments(
    session: Session, *, actor: Actor, course_id: uuid.UUID
) -> Sequence[OpenAssessment]:
    """The live assessments of a course the actor may see."""
    rows = session.execute(
        select(Assessment.id, Assessment.course_id, AssessmentVersion)
        .join(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
        .join(Course, Course.id == Assessment.course_id)
        .where(Assessment.course_id == course_id, visible_to(actor))
        .order_by(Assessment.key)
    )
    return [OpenAssessment(row.id, row.course_id, row.AssessmentVersion) for row in rows]


# Said once, as those below: putting a statement together costs more than asking it.
_OPEN = (
    select(Assessment.id, Assessment.course_id, AssessmentVersion, CourseVersion.language)
    .join(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
    .join(Course, Course.id == Assessment.course_id)
    .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
    .where(Assessment.id == bindparam("assessment_id"), visible_to(ASKING))
)
_LANGUAGE = (
    select(CourseVersion.language)
    .join(Course, Course.live_version_id == CourseVersion.id)
    .join(Assessment, Assessment.course_id == Course.id)
    .where(Assessment.id == bindparam("assessment_id"))
)


def find_open_assessment(
    session: Session, *, actor: Actor, assessment_id: uuid.UUID
) -> OpenAssessment | None:
    """A live assessment of a course the actor may see."""
    row = session.execute(_OPEN, {"firm_id": actor.firm_id, "assessment_id": assessment_id}).one_or_none()
    if row is None:
        return None
    return OpenAssessment(row.id, row.course_id, row.AssessmentVersion, row.language or "")


def find_language(session: Session, *, assessment_id: uuid.UUID) -> str:
    """The language of the course an assessment belongs to; empty when the course is not live."""
    return session.scalar(_LANGUAGE, {"assessment_id": assessment_id}) or ""


@dataclass(frozen=True)
class Asks:
    """A question that an assessment can draw, and its document as the assessment's draws see it."""

    version: LiveQuestion
    document: Mapping[str, Any]


def list_bank(
    session: Session, *, actor: Actor, course_id: uuid.UUID, borrows_from: Collection[str] = ()
) -> list[Asks]:
    """What an assessment of a course can draw: its own live questions, and those it borrows from others by their keys."""
    own = [Asks(one, one.document) for one in list_live_questions(session, course_id=course_id)]
    return own + list_lent(session, actor=actor, courses=borrows_from)


def list_lent(session: Session, *, actor: Actor, courses: Collection[str]) -> list[Asks]:
    """The live questions of courses by their keys, as the actor's firm has them."""
    found = find_live_by_key(session, actor=actor, keys=sorted(courses)) if courses else {}
    return [
        Asks(one, lent(one.document, key))
        for key in sorted(found)
        for one in list_live_questions(session, course_id=found[key].id)
    ]


def list_question_keys(session: Session, *, course_id: uuid.UUID) -> Sequence[str]:
    """Every key that a question of a course ever had in a version, retired ones included."""
    return session.scalars(select(Question.key).where(Question.course_id == course_id)).all()


def list_assessment_keys(session: Session, *, course_id: uuid.UUID) -> Sequence[str]:
    """Every key that an assessment of a course ever had in a version."""
    return session.scalars(select(Assessment.key).where(Assessment.course_id == course_id)).all()


def list_assessment_ids(session: Session, *, course_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """The ids of a course's assessments by key, those without a live version included."""
    rows = session.execute(select(Assessment.key, Assessment.id).where(Assessment.course_id == course_id))
    return {row.key: row.id for row in rows}


@dataclass(frozen=True)
class Told:
    """A version of a question as it was published; `live` is the one that learners are asked."""

    number: int
    document: Mapping[str, Any]
    published_at: datetime
    live: bool


def list_question_versions(session: Session, *, course_id: uuid.UUID, key: str) -> Sequence[Told]:
    """Every version of a question of a course, latest first."""
    rows = session.execute(
        select(
            QuestionVersion.number,
            QuestionVersion.document,
            QuestionVersion.published_at,
            (QuestionVersion.id == Question.live_version_id).label("live"),
        )
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.course_id == course_id, Question.key == key)
        .order_by(QuestionVersion.number.desc())
    )
    return [Told(row.number, row.document, row.published_at, bool(row.live)) for row in rows]


_OWN_ATTEMPT = select(Attempt).where(
    Attempt.firm_id == ASKING.firm_id,
    Attempt.id == bindparam("attempt_id"),
    Attempt.person_id == ASKING.person_id,
)
_OWN_ATTEMPT_HELD = _OWN_ATTEMPT.with_for_update()
_HAS_ATTEMPT = select(Attempt.id).where(
    Attempt.firm_id == ASKING.firm_id, Attempt.id == bindparam("attempt_id")
)
_OWN_ATTEMPTS = (
    select(Attempt)
    .where(
        Attempt.firm_id == ASKING.firm_id,
        Attempt.person_id == ASKING.person_id,
        Attempt.assessment_id == bindparam("assessment_id"),
    )
    .order_by(Attempt.started_at.desc(), Attempt.id.desc())
)
_ASKED = (
    select(AttemptQuestion, QuestionVersion)
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(AttemptQuestion.firm_id == ASKING.firm_id, AttemptQuestion.attempt_id == bindparam("attempt_id"))
    .order_by(AttemptQuestion.position)
)
_COUNTED = (
    select(Response)
    .where(
        Response.firm_id == ASKING.firm_id, Response.attempt_id == bindparam("attempt_id"), Response.counted
    )
    .order_by(Response.sequence, Response.arrived_at, Response.id)
)
_KEPT = (
    select(Response)
    .where(
        Response.firm_id == ASKING.firm_id, Response.attempt_id == bindparam("attempt_id"), ~Response.counted
    )
    .order_by(Response.arrived_at)
)


def find_attempt(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, for_update: bool = False
) -> Attempt | None:
    """One of the actor's own attempts. `for_update` holds it, so that answers to one attempt come one at a time."""
    return session.scalar(
        _OWN_ATTEMPT_HELD if for_update else _OWN_ATTEMPT,
        {"firm_id": actor.firm_id, "person_id": actor.person_id, "attempt_id": attempt_id},
    )


def find_attempt_to_mark(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, for_update: bool = True
) -> Attempt | None:
    """An attempt of anybody at the actor's firm; held for whoever marks it."""
    statement = select(Attempt).where(Attempt.firm_id == actor.firm_id, Attempt.id == attempt_id)
    return session.scalar(statement.with_for_update() if for_update else statement)


def has_attempt(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> bool:
    """Whether an attempt of anybody at the actor's firm has this id."""
    return bool(session.scalar(_HAS_ATTEMPT, {"firm_id": actor.firm_id, "attempt_id": attempt_id}))


def list_attempts(session: Session, *, actor: Actor, assessment_id: uuid.UUID) -> Sequence[Attempt]:
    """The actor's own attempts at an assessment, latest first."""
    return session.scalars(
        _OWN_ATTEMPTS,
        {"firm_id": actor.firm_id, "person_id": actor.person_id, "assessment_id": assessment_id},
    ).all()


@dataclass(frozen=True)
class Asked:
    """A question of an attempt with the answer that stands: the counted one with the highest sequence."""

    position: int
    row: AttemptQuestion
    version: QuestionVersion
    response: Response | None


def list_asked(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> Sequence[Asked]:
    """The questions of one attempt in order, each with the response that stands. Two statements."""
    this = {"firm_id": actor.firm_id, "attempt_id": attempt_id}
    rows = session.execute(_ASKED, this).all()
    standing = {response.position: response for response in session.scalars(_COUNTED, this)}
    return [Asked(row.position, row, version, standing.get(row.position)) for row, version in rows]


def find_asked(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int
) -> tuple[AttemptQuestion, QuestionVersion] | None:
    """One question of an attempt."""
    row = session.execute(
        select(AttemptQuestion, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(
            AttemptQuestion.firm_id == actor.firm_id,
            AttemptQuestion.attempt_id == attempt_id,
            AttemptQuestion.position == position,
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


# Said once: these are asked for every answer, and putting a statement together costs more than asking it.
_HELD_ANY = (
    select(Attempt, AttemptQuestion, QuestionVersion)
    .join(
        AttemptQuestion,
        and_(AttemptQuestion.firm_id == Attempt.firm_id, AttemptQuestion.attempt_id == Attempt.id),
    )
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(
        Attempt.firm_id == ASKING.firm_id,
        Attempt.id == bindparam("attempt_id"),
        Attempt.person_id == ASKING.person_id,
    )
    .with_for_update(of=Attempt)
)
_HELD = _HELD_ANY.where(AttemptQuestion.position == bindparam("position"))
_HELD_SEVERAL = _HELD_ANY.where(AttemptQuestion.position.in_(bindparam("positions", expanding=True)))
_COME = Response.__table__.c
_RESPONSES = select(
    _COME.id, _COME.attempt_id, _COME.position, _COME.arrived_at, _COME.counted, _COME.kept_because
).where(_COME.firm_id == ASKING.firm_id)
_RESPONSE = _RESPONSES.where(_COME.id == bindparam("response_id"))
_RESPONSES_NAMED = _RESPONSES.where(_COME.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Come:
    """A response that has come: its place, and what became of it."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    position: int
    arrived_at: datetime
    counted: bool
    kept_because: str | None


def find_held(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int
) -> tuple[Attempt, AttemptQuestion, QuestionVersion] | None:
    """One question of one of the actor's own attempts, held so that answers to one attempt come one at a time."""
    row = session.execute(
        _HELD,
        {
            "firm_id": actor.firm_id,
            "attempt_id": attempt_id,
            "person_id": actor.person_id,
            "position": position,
        },
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


Held = tuple[Attempt, AttemptQuestion, QuestionVersion]


def list_held(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, positions: Collection[int]
) -> dict[int, Held]:
    """Several questions of one of the actor's own attempts, by position, held as `find_held` holds one."""
    rows = session.execute(
        _HELD_SEVERAL,
        {
            "firm_id": actor.firm_id,
            "attempt_id": attempt_id,
            "person_id": actor.person_id,
            "positions": sorted(positions),
        },
    )
    return {row[1].position: (row[0], row[1], row[2]) for row in rows}


def list_responses(session: Session, *, actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Come]:
    """Those of the responses named that have come, by id. Asked after `list_held`."""
    found = session.connection().execute(_RESPONSES_NAMED, {"firm_id": actor.firm_id, "ids": list(ids)})
    return {one.id: Come(*one) for one in found}


def find_response(session: Session, *, actor: Actor, response_id: uuid.UUID) -> Come | None:
    """A response by the id its device gave it. Asked after `find_held`: what another tap wrote is seen then."""
    row = (
        session.connection()
        .execute(_RESPONSE, {"firm_id": actor.firm_id, "response_id": response_id})
        .one_or_none()
    )
    return Come(*row) if row else None


def find_standing(session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int) -> Response | None:
    """The response to one question of an attempt that stands now."""
    return session.scalars(
        select(Response)
        .where(
            Response.firm_id == actor.firm_id,
            Response.attempt_id == attempt_id,
            Response.position == position,
            Response.counted,
        )
        .order_by(Response.sequence.desc(), Response.arrived_at.desc(), Response.id.desc())
        .limit(1)
    ).first()


def list_kept(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> Sequence[Response]:
    """The responses of an attempt that were kept but not counted."""
    return session.scalars(_KEPT, {"firm_id": actor.firm_id, "attempt_id": attempt_id}).all()


@dataclass(frozen=True)
class PersonResult:
    """A person's best and latest at an assessment."""

    assessment_id: uuid.UUID
    passed: bool
    attempts: int
    last_at: datetime | None
    under_way: uuid.UUID | None
    waiting: bool = False
    undecided: bool = False
    """Whether a first form lies too close to the mark, and a second one decides."""


def list_results(
    session: Session, *, actor: Actor, since: datetime | None = None
) -> dict[uuid.UUID, PersonResult]:
    """The actor's own standing at every assessment they ever started (or handed in since a moment), by assessment."""
    statement = (
        select(
            Attempt.assessment_id,
            Attempt.id,
            Attempt.passed,
            Attempt.submitted_at,
            Attempt.waiting,
            Attempt.undecided,
        )
        .where(Attempt.firm_id == actor.firm_id, Attempt.person_id == actor.person_id)
        .order_by(Attempt.started_at)
    )
    if since is not None:
        statement = statement.where(or_(Attempt.submitted_at.is_(None), Attempt.submitted_at >= since))
    rows = session.execute(statement)
    found: dict[uuid.UUID, PersonResult] = {}
    for assessment_id, attempt_id, passed, submitted_at, waiting, undecided in rows:
        before = found.get(assessment_id)
        found[assessment_id] = PersonResult(
            assessment_id=assessment_id,
            passed=bool(passed) or bool(before and before.passed),
            attempts=(before.attempts if before else 0) + 1,
            last_at=submitted_at or (before.last_at if before else None),
            under_way=attempt_id if submitted_at is None else None,
            waiting=waiting,
            undecided=undecided or bool(before and before.undecided),
        )
    return found


def has_passed(
    session: Session,
    *,
    firm_id: uuid.UUID,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    key: str,
    since: datetime | None = None,
) -> bool:
    """Whether a person ever (or since a moment) passed the assessment of this key in this course."""
    statement = (
        select(func.count(Attempt.id))
        .select_from(Attempt)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(
            Attempt.firm_id == firm_id,
            Attempt.person_id == person_id,
            Attempt.passed.is_(True),
            Assessment.course_id == course_id,
            Assessment.key == key,
        )
    )
    if since is not None:
        statement = statement.where(Attempt.submitted_at >= since)
    return bool(session.scalar(statement))


def latest_attempts(*, actor: Actor) -> Subquery:
    """When each person of the actor's firm last began or handed in an attempt: (person_id, at), for joining."""
    return (
        select(
            Attempt.person_id,
            func.max(func.coalesce(Attempt.submitted_at, Attempt.started_at)).label("at"),
        )
        .where(Attempt.firm_id == actor.firm_id)
        .group_by(Attempt.person_id)
        .subquery()
    )


@dataclass(frozen=True)
class AttemptLine:
    """An attempt of somebody, as a list shows it; the score is none until it is handed in."""

    id: uuid.UUID
    assessment_id: uuid.UUID
    course_id: uuid.UUID
    title: str
    started_at: datetime
    submitted_at: datetime | None
    score: float | None
    passed: bool | None
    waiting: bool
    undecided: bool


def list_person_attempts(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[AttemptLine]:
    """Every attempt of one person of the actor's firm, latest first."""
    rows = session.execute(
        select(
            Attempt.id,
            Attempt.assessment_id,
            Assessment.course_id,
            AssessmentVersion.title,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.score,
            Attempt.passed,
            Attempt.waiting,
            Attempt.undecided,
        )
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .where(Attempt.firm_id == actor.firm_id, Attempt.person_id == person_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    return [AttemptLine(**row._mapping) for row in rows]


@dataclass(frozen=True)
class Tried:
    """An attempt of a person at an assessment of a course; `passed` is none until it is handed in."""

    person_id: uuid.UUID
    at: datetime
    passed: bool | None


def list_tried(
    session: Session, *, actor: Actor, course_id: uuid.UUID, person_ids: Sequence[uuid.UUID]
) -> Sequence[Tried]:
    """The attempts of some people of the actor's firm at a course's assessments, earliest first."""
    rows = session.execute(
        select(
            Attempt.person_id,
            func.coalesce(Attempt.submitted_at, Attempt.started_at).label("at"),
            Attempt.passed,
        )
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(
            Attempt.firm_id == actor.firm_id,
            Attempt.person_id.in_(person_ids),
            Assessment.course_id == course_id,
        )
        .order_by(Attempt.started_at, Attempt.id)
    )
    return [Tried(**row._mapping) for row in rows]
