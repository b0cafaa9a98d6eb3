"""The times a person took a course before, and for how long a completion is good at a firm."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.learning.models import CourseTerms, LessonProgress, PastRun


def list_past_runs(
    session: Session, *, actor: Actor, person_id: uuid.UUID, course_id: uuid.UUID | None = None
) -> Sequence[PastRun]:
    """A person's earlier completions, of one course or all, latest first."""
    statement = (
        select(PastRun)
        .where(PastRun.firm_id == actor.firm_id, PastRun.person_id == person_id)
        .order_by(PastRun.completed_at.desc())
    )
    if course_id is not None:
        statement = statement.where(PastRun.course_id == course_id)
    return session.scalars(statement).all()


def find_terms(session: Session, *, firm_id: uuid.UUID, course_id: uuid.UUID) -> CourseTerms | None:
    """What a firm says of how long a completion of a course is good."""
    return session.scalar(
        select(CourseTerms).where(CourseTerms.firm_id == firm_id, CourseTerms.course_id == course_id)
    )


def list_steps(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[LessonProgress]:
    """The actor's progress in a course's lessons, held."""
    return session.scalars(
        select(LessonProgress)
        .where(
            LessonProgress.firm_id == actor.firm_id,
            LessonProgress.person_id == actor.person_id,
            LessonProgress.course_id == course_id,
        )
        .with_for_update()
    ).all()
