"""Reads of the courses room. A course is the association's, seen by all, or one firm's, seen by that firm."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseTag, CourseVersion, LessonVersion, VersionMedia
from lms.foundation.actor import Actor
from lms.people.models import Firm
from lms.people.rules import folded


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of `is_visible`: the actor's own firm's content, and the association's."""
    return or_(
        Course.owner_id == actor.firm_id,
        Course.owner_id.in_(select(Firm.id).where(Firm.is_association)),
    )


def is_visible(actor: Actor, course: Course, association_ids: frozenset[uuid.UUID]) -> bool:
    """Whether the actor may see a course."""
    return course.owner_id == actor.firm_id or course.owner_id in association_ids


@dataclass(frozen=True)
class Listed:
    """A course as the catalogue shows it."""

    id: uuid.UUID
    key: str
    owner_id: uuid.UUID
    version_id: uuid.UUID
    title: str
    summary: str
    language: str
    minutes: int
    lessons: int


@dataclass(frozen=True)
class Wanted:
    """What the reader of the catalogue asked for."""

    text: str = ""
    track: str = ""
    competency: str = ""
    language: str = ""
    at_most: int | None = None
    after: str = ""


PAGE = 24


def list_catalogue(session: Session, *, actor: Actor, wanted: Wanted) -> Sequence[Listed]:
    """A page of live courses by key, with one more than the page holds when there is a next one."""
    lessons = (
        select(func.count())
        .where(LessonVersion.version_id == CourseVersion.id)
        .correlate(CourseVersion)
        .scalar_subquery()
    )
    statement = (
        select(
            Course.id,
            Course.key,
            Course.owner_id,
            CourseVersion.id.label("version_id"),
            CourseVersion.title,
            CourseVersion.summary,
            CourseVersion.language,
            CourseVersion.minutes,
            lessons.label("lessons"),
        )
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(visible_to(actor), Course.archived_at.is_(None), Course.key > wanted.after)
        .order_by(Course.key, Course.id)
        .limit(PAGE + 1)
    )
    for word in folded(wanted.text).split():
        statement = statement.where(CourseVersion.search_text.contains(word, autoescape=True))
    for kind, value in (("track", wanted.track), ("competency", wanted.competency)):
        if value:
            statement = statement.where(
                exists().where(
                    CourseTag.version_id == CourseVersion.id, CourseTag.kind == kind, CourseTag.value == value
                )
            )
    if wanted.language:
        statement = statement.where(CourseVersion.language == wanted.language)
    if wanted.at_most:
        statement = statement.where(CourseVersion.minutes <= wanted.at_most)
    return [Listed(**row._mapping) for row in session.execute(statement)]


def find_course(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Course | None:
    """A course the actor may see."""
    return session.scalar(select(Course).where(Course.id == course_id, visible_to(actor)))


def find_course_by_key(session: Session, *, owner_id: uuid.UUID, key: str) -> Course | None:
    """A course of one owner by its key."""
    return session.scalar(select(Course).where(Course.owner_id == owner_id, Course.key == key))


def find_live_by_key(session: Session, *, actor: Actor, keys: Sequence[str]) -> dict[str, Listed]:
    """Live courses by key; a firm's own course stands before the association's of the same key."""
    rows = session.execute(
        select(
            Course.id,
            Course.key,
            Course.owner_id,
            CourseVersion.id.label("version_id"),
            CourseVersion.title,
            CourseVersion.summary,
            CourseVersion.language,
            CourseVersion.minutes,
        )
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(visible_to(actor), Course.key.in_(keys), Course.archived_at.is_(None))
    ).all()
    ordered = sorted(rows, key=lambda row: row.owner_id == actor.firm_id)
    return {row.key: Listed(**row._mapping, lessons=0) for row in ordered}


def find_version(session: Session, *, actor: Actor, version_id: uuid.UUID) -> CourseVersion | None:
    """A version of a course the actor may see."""
    return session.scalar(
        select(CourseVersion)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id == version_id, visible_to(actor))
    )


def list_versions(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[Any]:
    """A course's versions, latest first: number, note, when, hash."""
    return session.execute(
        select(
            CourseVersion.id,
            CourseVersion.number,
            CourseVersion.note,
            CourseVersion.published_at,
            CourseVersion.hash,
        )
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.course_id == course_id, visible_to(actor))
        .order_by(CourseVersion.number.desc())
    ).all()


@dataclass(frozen=True)
class LessonLine:
    """A lesson of a version without its cards."""

    version_id: uuid.UUID
    key: str
    position: int
    module: str
    title: str
    minutes: int


def list_lessons(session: Session, *, version_ids: Sequence[uuid.UUID]) -> Sequence[LessonLine]:
    """The lessons of some versions, in order."""
    rows = session.execute(
        select(
            LessonVersion.version_id,
            LessonVersion.key,
            LessonVersion.position,
            LessonVersion.module,
            LessonVersion.title,
            LessonVersion.minutes,
        )
        .where(LessonVersion.version_id.in_(version_ids))
        .order_by(LessonVersion.version_id, LessonVersion.position)
    )
    return [LessonLine(**row._mapping) for row in rows]


def find_lesson(session: Session, *, version_id: uuid.UUID, key: str) -> LessonVersion | None:
    """One lesson of a version, with its cards."""
    return session.scalar(
        select(LessonVersion).where(LessonVersion.version_id == version_id, LessonVersion.key == key)
    )


def find_media(session: Session, *, actor: Actor, version_id: uuid.UUID, path: str) -> VersionMedia | None:
    """A file of a version of a course the actor may see."""
    return session.scalar(
        select(VersionMedia)
        .join(CourseVersion, CourseVersion.id == VersionMedia.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(VersionMedia.version_id == version_id, VersionMedia.path == path, visible_to(actor))
    )


def list_media(session: Session, *, version_id: uuid.UUID) -> Sequence[VersionMedia]:
    """All files of a version."""
    return session.scalars(
        select(VersionMedia).where(VersionMedia.version_id == version_id).order_by(VersionMedia.path)
    ).all()
