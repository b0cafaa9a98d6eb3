"""A course's versions as its authors see them, with how many of their own firm's people are on each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses import policy
from lms.courses import queries as courses
from lms.courses.models import Course, CourseVersion
from lms.courses.policy import CoursePermission
from lms.courses.queries import VERSIONS, LessonLine, VersionLine
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.learning.queries import count_on_versions
from lms.learning.queries.moving import MoveLine, list_moves
from lms.people import queries as people


@dataclass(frozen=True)
class VersionsPage:
    """The versions of a course; `more` is the number that the next page starts before, or none."""

    course: Course
    title: str
    versions: Sequence[VersionLine]
    on: Mapping[uuid.UUID, tuple[int, int]]
    own: bool
    more: int | None
    moves: Sequence[MoveLine]


def versions_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, before: int | None, now: datetime
) -> VersionsPage:
    """A course's versions, latest first. Raises NotFound, NotAllowed."""
    require(policy.POLICY, actor, CoursePermission.EXPORT)
    course = courses.find_course(session, actor=actor, course_id=course_id)
    live_id = course.live_version_id if course else None
    live = courses.find_version(session, actor=actor, version_id=live_id) if live_id else None
    if course is None or live is None:
        raise NotFound("There is no such course.")
    found = courses.list_versions(session, actor=actor, course_id=course_id, before=before)
    today = people.find_today(session, actor=actor, now=now)
    return VersionsPage(
        course,
        live.title,
        found[:VERSIONS],
        count_on_versions(session, actor=actor, course_id=course_id, today=today),
        policy.owns_it(actor, course),
        found[VERSIONS - 1].number if len(found) > VERSIONS else None,
        list_moves(session, actor=actor, course_id=course_id),
    )


@dataclass(frozen=True)
class VersionPage:
    """One version and its lessons."""

    course: Course
    version: CourseVersion
    lessons: Sequence[LessonLine]


def version_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, version_id: uuid.UUID
) -> VersionPage:
    """Any version of a course, live or past. Raises NotFound, NotAllowed."""
    require(policy.POLICY, actor, CoursePermission.EXPORT)
    course = courses.find_course(session, actor=actor, course_id=course_id)
    version = courses.find_version(session, actor=actor, version_id=version_id)
    if course is None or version is None or version.course_id != course_id:
        raise NotFound("There is no such version.")
    return VersionPage(course, version, courses.list_lessons(session, version_ids=[version_id]))
