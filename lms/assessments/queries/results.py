"""Reads of how attempts went: a person's standing, who passed, lists of attempts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion, Attempt
from lms.foundation.actor import Actor


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
