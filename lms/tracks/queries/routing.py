"""Reads for routes: what the live courses' finals are evidence of, and what a course would still take a person."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion
from lms.courses.models import Course, CourseVersion, LessonVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.learning.models import Enrolment, LessonProgress
from lms.tracks.framework_files import shipped_acts
from lms.tracks.rules.route_acts import Final

_FINALS = (
    select(Course.key, AssessmentVersion.document)
    .join(Assessment, Assessment.course_id == Course.id)
    .join(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
    .join(CourseVersion, CourseVersion.id == Course.live_version_id)
    .where(visible_to(ASKING), Course.archived_at.is_(None), CourseVersion.translation_of.is_(None))
    .order_by(Course.key, Assessment.key)
)


def list_finals(session: Session, *, actor: Actor) -> list[Final]:
    """The finals of the framework's live courses that are evidence of something; a translation's final is its original's. One statement."""
    rows = session.execute(_FINALS, {"firm_id": actor.firm_id})
    return [
        Final(
            row.key,
            int(row.document.get("time_limit_minutes") or shipped_acts()["final_minutes"]),
            tuple((one["competency"], int(one["level"])) for one in row.document.get("evidence") or ()),
        )
        for row in rows
        if row.document.get("purpose") != "lesson" and row.document.get("evidence")
    ]


_KEY = func.coalesce(CourseVersion.translation_of, Course.key)
_DONE = (
    select(func.sum(LessonVersion.minutes))
    .join(LessonProgress, LessonProgress.lesson_key == LessonVersion.key)
    .where(
        LessonVersion.version_id == Course.live_version_id,
        LessonProgress.firm_id == ASKING.firm_id,
        LessonProgress.person_id == ASKING.person_id,
        LessonProgress.course_id == Course.id,
        LessonProgress.completed_at < bindparam("before"),
    )
    .correlate(Course)
    .scalar_subquery()
)
_BEGUN = (
    select(_KEY.label("key"), Course.id, CourseVersion.minutes, func.coalesce(_DONE, 0).label("done"))
    .select_from(Course)
    .join(CourseVersion, CourseVersion.id == Course.live_version_id)
    .join(Enrolment, Enrolment.course_id == Course.id)
    .where(
        visible_to(ASKING),
        Course.archived_at.is_(None),
        Enrolment.firm_id == ASKING.firm_id,
        Enrolment.person_id == ASKING.person_id,
        Enrolment.completed_at.is_(None),
        Enrolment.enrolled_at < bindparam("before"),
    )
)


@dataclass(frozen=True)
class UnderWay:
    """A course a person is in the middle of, in the language they are furthest in, and the minutes left of it."""

    course_id: uuid.UUID
    minutes: int


def list_under_way(
    session: Session, *, actor: Actor, person_id: uuid.UUID, as_of: date, finals: Sequence[Final]
) -> Mapping[str, UnderWay]:
    """What a person was in the middle of on a day, by the course's key. One statement.

    Where every lesson is done, the minutes are the final's: it is what is left.
    """
    before = datetime.combine(as_of + timedelta(days=2), time(), UTC)
    asked = {"firm_id": actor.firm_id, "person_id": person_id, "before": before}
    last = {one.course: one.minutes for one in finals}
    found: dict[str, UnderWay] = {}
    for row in session.execute(_BEGUN, asked):
        one = UnderWay(row.id, row.minutes - row.done or last.get(row.key, row.minutes))
        found[row.key] = min(one, found.get(row.key, one), key=lambda each: each.minutes)
    return found
