"""Reads of what scoring again meant for whom: the person is told, and their firm reads it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Executable, Integer, and_, bindparam, func, select
from sqlalchemy.orm import Session

from lms.assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    QuestionVersion,
    Rescored,
    Rescoring,
)
from lms.courses.models import Course, CourseVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Employment

PAGE = 50


@dataclass(frozen=True)
class Told:
    """What scoring again meant for an attempt, as the person and their firm read it."""

    rescoring_id: uuid.UUID
    attempt_id: uuid.UUID
    title: str
    course: str
    language: str
    change: str
    reason: str
    at: datetime
    was_score: float
    score: float
    was_passed: bool
    passed: bool
    kept: bool
    person_id: uuid.UUID
    name: str
    question: str


@cache
def _told(*, person: bool, attempt: bool, untold: bool, paged: bool) -> Executable:
    """What scoring again meant, of whom and of what is asked; put together once for each way of asking."""
    statement = (
        select(
            Rescored.rescoring_id,
            Rescored.attempt_id,
            AssessmentVersion.title,
            func.coalesce(CourseVersion.title, Course.key).label("course"),
            func.coalesce(CourseVersion.language, "").label("language"),
            Rescoring.change,
            Rescoring.reason,
            Rescored.at,
            Rescored.was_score,
            Rescored.score,
            Rescored.was_passed,
            Rescored.passed,
            Rescored.kept,
            Rescored.person_id,
            Employment.name,
            QuestionVersion.document["stem"].as_string().label("question"),
        )
        .join(Rescoring, Rescoring.id == Rescored.rescoring_id)
        .join(QuestionVersion, QuestionVersion.id == Rescoring.question_version_id)
        .join(Attempt, and_(Attempt.firm_id == Rescored.firm_id, Attempt.id == Rescored.attempt_id))
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .join(Course, Course.id == Assessment.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .join(
            Employment,
            and_(Employment.firm_id == Rescored.firm_id, Employment.person_id == Rescored.person_id),
        )
        .where(Rescored.firm_id == ASKING.firm_id, visible_to(ASKING))
        .order_by(Rescored.at.desc(), Employment.sort_name, Rescored.attempt_id)
    )
    if person:
        statement = statement.where(Rescored.person_id == ASKING.person_id)
    if attempt:
        statement = statement.where(Rescored.attempt_id == bindparam("attempt_id"))
    if untold:
        statement = statement.where(Rescored.told_at.is_(None), ~Rescored.kept)
    if paged:
        statement = statement.limit(bindparam("size", type_=Integer)).offset(bindparam("past", type_=Integer))
    return statement


def list_told(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID | None = None,
    attempt_id: uuid.UUID | None = None,
    untold: bool = False,
    page: int = 1,
    size: int | None = PAGE,
) -> Sequence[Told]:
    """What scoring again meant for people of the actor's firm, the latest first. `untold`: what they have not read yet."""
    statement = _told(
        person=person_id is not None, attempt=attempt_id is not None, untold=untold, paged=size is not None
    )
    asked = {
        "firm_id": actor.firm_id,
        "person_id": person_id,
        "attempt_id": attempt_id,
        "size": size,
        "past": (page - 1) * (size or 0),
    }
    return [Told(**row._mapping) for row in session.execute(statement, asked)]


def list_untold_rows(session: Session, *, actor: Actor) -> Sequence[Rescored]:
    """What the actor has not read yet of their own."""
    return session.scalars(
        select(Rescored).where(
            Rescored.firm_id == actor.firm_id,
            Rescored.person_id == actor.person_id,
            Rescored.told_at.is_(None),
        )
    ).all()
