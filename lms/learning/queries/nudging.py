"""Reads of requests to go on with a course, as the person who was asked sees them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING, UtcDateTime
from lms.learning.models import (
    Enrolment,
    LessonProgress,
    Nudge,
)
from lms.people.models import Employment


@dataclass(frozen=True)
class Request:
    """A trainer's request to go on with a course, as the person sees it; `moved_at`: when they last did something in it."""

    course_id: uuid.UUID
    title: str
    language: str
    by: str | None
    at: datetime
    shown_from: datetime
    moved_at: datetime | None
    completed_at: datetime | None


def list_requests(
    session: Session, *, actor: Actor, person_id: uuid.UUID, since: datetime
) -> Sequence[Request]:
    """What a person was asked to go on with since a moment, latest first. One statement."""
    asked = {"firm_id": actor.firm_id, "person_id": person_id, "since": since}
    return [Request(**row._mapping) for row in session.execute(_requests(), asked)]


@cache
def _requests() -> Select[*tuple[Any, ...]]:
    moved = (
        select(func.max(LessonProgress.moved_at))
        .where(
            LessonProgress.firm_id == ASKING.firm_id,
            LessonProgress.person_id == ASKING.person_id,
            LessonProgress.course_id == Nudge.course_id,
        )
        .correlate(Nudge)
        .scalar_subquery()
    )
    return (
        select(
            Nudge.course_id,
            CourseVersion.title,
            CourseVersion.language,
            Employment.name.label("by"),
            Nudge.at,
            Nudge.shown_from,
            moved.label("moved_at"),
            Enrolment.completed_at,
        )
        .join(Course, Course.id == Nudge.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(Employment, and_(Employment.firm_id == Nudge.firm_id, Employment.person_id == Nudge.by_id))
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == Nudge.firm_id,
                Enrolment.person_id == Nudge.person_id,
                Enrolment.course_id == Nudge.course_id,
            ),
        )
        .where(
            Nudge.firm_id == ASKING.firm_id,
            Nudge.person_id == ASKING.person_id,
            Nudge.shown_from >= bindparam("since", type_=UtcDateTime()),
        )
        .order_by(Nudge.at.desc(), Nudge.id)
    )
