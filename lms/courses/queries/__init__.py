"""Reads of the courses room. A course is the association's, seen by all, or one firm's, seen by that firm."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal, or_, select, union
from sqlalchemy.orm import Session, aliased

from lms.courses.models import (
    Course,
    CourseNeed,
    CourseTag,
    CourseUpload,
    CourseVersion,
    DraftChange,
    LessonVersion,
    ReviewRequest,
    VersionMedia,
)
from lms.courses.queries.translating import in_the_readers_language
from lms.courses.rules import count_questions
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Employment, Firm
from lms.people.rules import folded


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """What the actor may see: their own firm's content, and the association's."""
    return or_(
        Course.owner_id == actor.firm_id,
        Course.owner_id.in_(select(Firm.id).where(Firm.is_association)),
    )


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


_LISTED = (
    Course.id,
    Course.key,
    Course.owner_id,
    CourseVersion.id.label("version_id"),
    CourseVersion.title,
    CourseVersion.summary,
    CourseVersion.language,
    CourseVersion.minutes,
)


@dataclass(frozen=True)
class Wanted:
    """What the reader of the catalogue asked for."""

    text: str = ""
    track: str = ""
    competency: str = ""
    language: str = ""
    at_most: int | None = None
    after: str = ""
    reader: str = ""
    """The reader's language: of a course and its translations only the one in it is listed. Empty: all of them."""


@dataclass(frozen=True)
class CoursesListed:
    """Courses are shown to their reader: a room above answers with a HowFar for each they have begun."""

    actor: Actor
    course_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class HowFar:
    """How far a person is in a course they have begun."""

    course_id: uuid.UUID
    done: int
    lessons: int
    completed: bool


@dataclass(frozen=True)
class DueAsked:
    """Learn shows its reader what is due: a room above answers with a DueLine for each course that is soon or overdue."""

    actor: Actor
    now: datetime


@dataclass(frozen=True)
class DueLine:
    """A course that a person must complete soon. `days` from today; below 0: overdue."""

    course_id: uuid.UUID
    title: str
    language: str
    due_on: date
    days: int


@dataclass(frozen=True)
class CompetenciesNamed:
    """The names of competencies are wanted: a room above answers with pairs of key and name."""

    keys: tuple[str, ...]


PAGE = 24


def list_catalogue(session: Session, *, actor: Actor, wanted: Wanted) -> Sequence[Listed]:
    """A page of live courses by key, with one more than the page holds when there is a next one."""
    if wanted == Wanted(after=wanted.after, reader=wanted.reader):
        statement = _whole_catalogue(translated=bool(wanted.reader))
    else:
        statement = _page_of(_wanted(actor, wanted))
    asked = {"firm_id": actor.firm_id, "after": wanted.after, "reader": wanted.reader}
    return [Listed(**row._mapping) for row in session.execute(statement, asked)]


@cache
def _whole_catalogue(*, translated: bool) -> Select[Any]:
    """Nothing was searched for: what Learn and Today ask for most, put together once."""
    shown = [in_the_readers_language(ASKING, bindparam("reader"))] if translated else []
    return _page_of([visible_to(ASKING), Course.archived_at.is_(None), *shown])


def _page_of(conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    lessons = (
        select(func.count())
        .where(LessonVersion.version_id == CourseVersion.id)
        .correlate(CourseVersion)
        .scalar_subquery()
    )
    return (
        select(*_LISTED, lessons.label("lessons"))
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(*conditions, Course.key > bindparam("after"))
        .order_by(Course.key, Course.id)
        .limit(PAGE + 1)
    )


def count_catalogue(session: Session, *, actor: Actor, wanted: Wanted) -> int:
    """How many live courses fit, on all pages together."""
    statement = (
        select(func.count())
        .select_from(Course)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(*_wanted(actor, wanted))
    )
    return session.scalar(statement) or 0


def _wanted(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What a course must be to be listed: live, the actor's to see, and all that was asked for."""
    conditions = [visible_to(actor), Course.archived_at.is_(None)]
    conditions += [
        CourseVersion.search_text.contains(word, autoescape=True) for word in folded(wanted.text).split()
    ]
    conditions += [
        exists().where(
            CourseTag.version_id == CourseVersion.id, CourseTag.kind == kind, CourseTag.value == value
        )
        for kind, value in (("track", wanted.track), ("competency", wanted.competency))
        if value
    ]
    if wanted.language:
        conditions.append(CourseVersion.language == wanted.language)
    elif wanted.reader and not wanted.text:
        conditions.append(in_the_readers_language(actor, wanted.reader))
    if wanted.at_most:
        conditions.append(CourseVersion.minutes <= wanted.at_most)
    return conditions


def list_facets(session: Session, *, actor: Actor) -> dict[str, list[str]]:
    """What live courses can be filtered by: tracks, competencies and languages that some course has. One statement."""
    live = (visible_to(actor), Course.archived_at.is_(None))
    tags = (
        select(CourseTag.kind, CourseTag.value)
        .join(CourseVersion, CourseVersion.id == CourseTag.version_id)
        .join(Course, Course.live_version_id == CourseVersion.id)
        .where(*live)
    )
    languages = (
        select(literal("language"), CourseVersion.language)
        .join(Course, Course.live_version_id == CourseVersion.id)
        .where(*live)
    )
    found: dict[str, list[str]] = {"track": [], "competency": [], "language": []}
    for kind, value in sorted(tuple(row) for row in session.execute(union(tags, languages))):
        found[kind].append(value)
    return found


def list_declared_needs(session: Session, *, owner_id: uuid.UUID | None = None) -> dict[str, set[str]]:
    """What each live course says comes before it, by key: the association's courses, and one firm's. One statement."""
    whose = Course.owner_id.in_(select(Firm.id).where(or_(Firm.is_association, Firm.id == owner_id)))
    rows = session.execute(
        select(Course.key, CourseNeed.key)
        .outerjoin(CourseNeed, CourseNeed.version_id == Course.live_version_id)
        .where(Course.live_version_id.is_not(None), Course.archived_at.is_(None), whose)
    )
    found: dict[str, set[str]] = {}
    for key, need in rows:
        found.setdefault(key, set()).update({need} if need else ())
    return found


def find_document_by_key(
    session: Session, *, owner_id: uuid.UUID | None, key: str
) -> Mapping[str, Any] | None:
    """The document of a live course by its key: the owner's own stands before the association's."""
    whose = Course.owner_id.in_(select(Firm.id).where(or_(Firm.is_association, Firm.id == owner_id)))
    return session.scalar(
        select(CourseVersion.document)
        .join(Course, Course.live_version_id == CourseVersion.id)
        .where(Course.key == key, Course.archived_at.is_(None), whose)
        .order_by((Course.owner_id == owner_id).desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Named:
    """A live course by its title."""

    id: uuid.UUID
    title: str


def list_names(session: Session, *, actor: Actor) -> Sequence[Named]:
    """Every live course the actor may see, by title."""
    rows = session.execute(
        select(Course.id, CourseVersion.title)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(visible_to(actor), Course.archived_at.is_(None))
        .order_by(CourseVersion.title, Course.id)
    )
    return [Named(**row._mapping) for row in rows]


_COURSE = select(Course).where(Course.id == bindparam("course_id"), visible_to(ASKING))
_VERSION = (
    select(CourseVersion)
    .join(Course, Course.id == CourseVersion.course_id)
    .where(CourseVersion.id == bindparam("version_id"), visible_to(ASKING))
)
_LESSON = select(LessonVersion).where(
    LessonVersion.version_id == bindparam("version_id"), LessonVersion.key == bindparam("key")
)


def find_course(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Course | None:
    """A course the actor may see."""
    return session.scalar(_COURSE, {"firm_id": actor.firm_id, "course_id": course_id})


def find_course_by_key(session: Session, *, owner_id: uuid.UUID, key: str) -> Course | None:
    """A course of one owner by its key."""
    return session.scalar(select(Course).where(Course.owner_id == owner_id, Course.key == key))


def list_keys(session: Session, *, owner_id: uuid.UUID) -> Sequence[str]:
    """The keys of an owner's courses."""
    return session.scalars(select(Course.key).where(Course.owner_id == owner_id)).all()


def list_draft_changes(
    session: Session, *, actor: Actor, course_id: uuid.UUID, after: int
) -> Sequence[DraftChange]:
    """What saves of a draft changed after a revision, in order. The actor's own organisation's courses only."""
    return session.scalars(
        select(DraftChange)
        .join(Course, Course.id == DraftChange.course_id)
        .where(
            DraftChange.course_id == course_id,
            DraftChange.revision > after,
            Course.owner_id == actor.firm_id,
        )
        .order_by(DraftChange.revision, DraftChange.path)
    ).all()


_LIVE_BY_KEY = (
    select(*_LISTED)
    .join(CourseVersion, CourseVersion.id == Course.live_version_id)
    .where(
        visible_to(ASKING), Course.key.in_(bindparam("keys", expanding=True)), Course.archived_at.is_(None)
    )
)


def find_live_by_key(session: Session, *, actor: Actor, keys: Sequence[str]) -> dict[str, Listed]:
    """Live courses by key; a firm's own course stands before the association's of the same key."""
    rows = session.execute(_LIVE_BY_KEY, {"firm_id": actor.firm_id, "keys": list(keys)}).all()
    ordered = sorted(rows, key=lambda row: row.owner_id == actor.firm_id)
    return {row.key: Listed(**row._mapping, lessons=0) for row in ordered}


def find_version(session: Session, *, actor: Actor, version_id: uuid.UUID) -> CourseVersion | None:
    """A version of a course the actor may see."""
    return session.scalar(_VERSION, {"firm_id": actor.firm_id, "version_id": version_id})


VERSIONS = 20
Reviewer = aliased(Employment)


@dataclass(frozen=True)
class VersionLine:
    """A version as the list of a course's versions shows it. `author` is none for another organisation's."""

    id: uuid.UUID
    number: int
    title: str
    note: str
    hash: str
    published_at: datetime
    author: str | None
    owner: str
    minutes: int
    lessons: int
    questions: int
    reviewer: str | None


def list_versions(
    session: Session, *, actor: Actor, course_id: uuid.UUID, before: int | None = None
) -> Sequence[VersionLine]:
    """A page of a course's versions, latest first, with one more when there are earlier ones.

    Authors are named to their own organisation only: another's people are behind its wall.
    """
    lessons = (
        select(func.count())
        .where(LessonVersion.version_id == CourseVersion.id)
        .correlate(CourseVersion)
        .scalar_subquery()
    )
    statement = (
        select(
            CourseVersion.id,
            CourseVersion.number,
            CourseVersion.title,
            CourseVersion.note,
            CourseVersion.hash,
            CourseVersion.published_at,
            Employment.name.label("author"),
            Firm.name.label("owner"),
            CourseVersion.minutes,
            lessons.label("lessons"),
            CourseVersion.document,
            Reviewer.name.label("reviewer"),
        )
        .join(Course, Course.id == CourseVersion.course_id)
        .join(Firm, Firm.id == Course.owner_id)
        .outerjoin(
            Employment,
            and_(
                Employment.firm_id == actor.firm_id,
                Course.owner_id == actor.firm_id,
                Employment.person_id == CourseVersion.author_id,
            ),
        )
        .outerjoin(
            ReviewRequest,
            and_(ReviewRequest.firm_id == actor.firm_id, ReviewRequest.version_id == CourseVersion.id),
        )
        .outerjoin(
            Reviewer,
            and_(
                Reviewer.firm_id == actor.firm_id,
                Reviewer.person_id == ReviewRequest.answered_by_id,
            ),
        )
        .where(CourseVersion.course_id == course_id, visible_to(actor))
        .order_by(CourseVersion.number.desc())
        .limit(VERSIONS + 1)
    )
    if before is not None:
        statement = statement.where(CourseVersion.number < before)
    found = []
    for row in session.execute(statement):
        said = dict(row._mapping)
        files = said.pop("document")["files"]
        found.append(VersionLine(**said, questions=count_questions(files)))
    return found


def find_upload(session: Session, *, actor: Actor, upload_id: uuid.UUID) -> CourseUpload | None:
    """A package that somebody of the actor's firm uploaded."""
    return session.scalar(
        select(CourseUpload)
        .where(CourseUpload.firm_id == actor.firm_id, CourseUpload.id == upload_id)
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True)
class LessonLine:
    """A lesson of a version without its cards."""

    version_id: uuid.UUID
    key: str
    position: int
    module: str
    title: str
    minutes: int


_LESSONS = (
    select(
        LessonVersion.version_id,
        LessonVersion.key,
        LessonVersion.position,
        LessonVersion.module,
        LessonVersion.title,
        LessonVersion.minutes,
    )
    .where(LessonVersion.version_id.in_(bindparam("version_ids", expanding=True)))
    .order_by(LessonVersion.version_id, LessonVersion.position)
)


def list_lessons(session: Session, *, version_ids: Sequence[uuid.UUID]) -> Sequence[LessonLine]:
    """The lessons of some versions, in order."""
    rows = session.execute(_LESSONS, {"version_ids": list(version_ids)})
    return [LessonLine(**row._mapping) for row in rows]


def find_lesson(session: Session, *, version_id: uuid.UUID, key: str) -> LessonVersion | None:
    """One lesson of a version, with its cards."""
    return session.scalar(_LESSON, {"version_id": version_id, "key": key})


def list_whole_lessons(
    session: Session, *, version_id: uuid.UUID, keys: Sequence[str]
) -> Sequence[LessonVersion]:
    """Some lessons of a version, with their cards."""
    return session.scalars(
        select(LessonVersion).where(LessonVersion.version_id == version_id, LessonVersion.key.in_(keys))
    ).all()


def find_media(session: Session, *, actor: Actor, version_id: uuid.UUID, path: str) -> VersionMedia | None:
    """A file of a version of a course the actor may see."""
    return session.scalar(
        select(VersionMedia)
        .join(CourseVersion, CourseVersion.id == VersionMedia.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(VersionMedia.version_id == version_id, VersionMedia.path == path, visible_to(actor))
    )


def has_media_stored(session: Session, *, actor: Actor, stored: str) -> bool:
    """Whether a version of a course the actor may see holds the file of that name in the storage."""
    return (
        session.scalar(
            select(VersionMedia.path)
            .join(CourseVersion, CourseVersion.id == VersionMedia.version_id)
            .join(Course, Course.id == CourseVersion.course_id)
            .where(VersionMedia.stored == stored, visible_to(actor))
            .limit(1)
        )
        is not None
    )


def list_media(session: Session, *, version_id: uuid.UUID) -> Sequence[VersionMedia]:
    """All files of a version."""
    return session.scalars(
        select(VersionMedia).where(VersionMedia.version_id == version_id).order_by(VersionMedia.path)
    ).all()
