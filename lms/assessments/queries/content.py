"""Reads of what is asked: assessments that are open, the bank they draw from, every version there was."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion, Question, QuestionVersion
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


# Said once: putting a statement together costs more than asking it.
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
