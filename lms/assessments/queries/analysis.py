"""Reads for item analysis: who was asked what at an assessment, and how it went. No names."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
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

MOST_ATTEMPTS = 600
"""The latest first attempts that figures are made of: enough for any verdict, and read in a second."""


@dataclass(frozen=True)
class Sat:
    """An assessment of a course, and how many people handed it in."""

    id: uuid.UUID
    key: str
    title: str
    people: int


def list_sat(session: Session, *, course_id: uuid.UUID, firm_id: uuid.UUID | None) -> Sequence[Sat]:
    """The assessments of a course that were sat, the most first. `firm_id` none: everywhere (beyond the wall)."""
    people = (
        select(Attempt.firm_id, Attempt.person_id, Attempt.assessment_id)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(
            Assessment.course_id == course_id,
            Attempt.submitted_at.is_not(None),
            *(() if firm_id is None else (Attempt.firm_id == firm_id,)),
        )
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(
            Assessment.id,
            Assessment.key,
            func.coalesce(AssessmentVersion.title, Assessment.key).label("title"),
            func.count().label("people"),
        )
        .select_from(people)
        .join(Assessment, Assessment.id == people.c.assessment_id)
        .outerjoin(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
        .group_by(Assessment.id, Assessment.key, AssessmentVersion.title)
        .order_by(func.count().desc(), Assessment.key)
    )
    return [Sat(**row._mapping) for row in rows]


@dataclass(frozen=True)
class Line:
    """One question of one attempt: the answer that stands (none: left out), and when it was given."""

    attempt_id: uuid.UUID
    started_at: datetime
    version_id: uuid.UUID
    variant: Mapping[str, Any]
    score: float
    given: Mapping[str, Any] | None
    at: datetime | None
    who: tuple[uuid.UUID, uuid.UUID]
    """The firm and the person, for groups; never shown."""


def list_first_attempts(
    session: Session, *, assessment_id: uuid.UUID, firm_id: uuid.UUID | None
) -> Sequence[Line]:
    """Every question of each person's first attempt that was handed in and waits for nobody. Two statements."""
    inside: tuple[Any, ...] = () if firm_id is None else (Attempt.firm_id == firm_id,)
    ranked = (
        select(
            Attempt.firm_id,
            Attempt.id,
            Attempt.person_id,
            Attempt.started_at,
            func.row_number()
            .over(
                partition_by=(Attempt.firm_id, Attempt.person_id), order_by=(Attempt.started_at, Attempt.id)
            )
            .label("place"),
        )
        .where(
            Attempt.assessment_id == assessment_id,
            Attempt.submitted_at.is_not(None),
            ~Attempt.waiting,
            *inside,
        )
        .subquery()
    )
    first = (
        select(ranked.c.firm_id, ranked.c.id, ranked.c.person_id, ranked.c.started_at)
        .where(ranked.c.place == 1)
        .order_by(ranked.c.started_at.desc(), ranked.c.id)
        .limit(MOST_ATTEMPTS)
        .subquery()
    )
    beside: tuple[Any, ...] = () if firm_id is None else (AttemptQuestion.firm_id == firm_id,)
    asked = session.execute(
        select(
            first.c.firm_id,
            first.c.id,
            first.c.person_id,
            first.c.started_at,
            AttemptQuestion.position,
            AttemptQuestion.question_version_id,
            AttemptQuestion.variant,
            AttemptQuestion.score,
        )
        .join(
            AttemptQuestion,
            and_(AttemptQuestion.firm_id == first.c.firm_id, AttemptQuestion.attempt_id == first.c.id),
        )
        .where(*beside)
        .order_by(first.c.started_at, first.c.id, AttemptQuestion.position)
    ).all()
    counted: tuple[Any, ...] = () if firm_id is None else (Response.firm_id == firm_id,)
    answers = session.execute(
        select(
            Response.attempt_id,
            Response.position,
            Response.given,
            func.coalesce(Response.device_at, Response.arrived_at).label("at"),
        )
        .join(first, and_(first.c.firm_id == Response.firm_id, first.c.id == Response.attempt_id))
        .where(Response.counted, *counted)
        .order_by(Response.sequence, Response.arrived_at, Response.id)
    )
    standing = {(row.attempt_id, row.position): row for row in answers}
    found = []
    for row in asked:
        answer = standing.get((row.id, row.position))
        found.append(
            Line(
                row.id,
                row.started_at,
                row.question_version_id,
                row.variant,
                row.score or 0.0,
                (answer.given or None) if answer else None,
                answer.at if answer else None,
                (row.firm_id, row.person_id),
            )
        )
    return found


@dataclass(frozen=True)
class Live:
    """A question of a course as learners are asked it now."""

    key: str
    version: QuestionVersion


def list_live(session: Session, *, course_id: uuid.UUID) -> Sequence[Live]:
    """The live questions of a course with their keys, in a steady order."""
    rows = session.execute(
        select(Question.key, QuestionVersion)
        .join(QuestionVersion, Question.live_version_id == QuestionVersion.id)
        .where(Question.course_id == course_id)
        .order_by(Question.key)
    )
    return [Live(key, version) for key, version in rows]
