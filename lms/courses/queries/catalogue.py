"""Reads of the catalogue. A course is the association's, seen by all, or one firm's, seen by that firm."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal, or_, select, union
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseNeed, CourseTag, CourseVersion, LessonVersion
from lms.courses.queries.translating import in_the_readers_language
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Firm
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
LESSONS = (
    select(func.count())
    .where(LessonVersion.version_id == CourseVersion.id)
    .correlate(CourseVersion)
    .scalar_subquery()
    .label("lessons")
)
"""How many lessons a version has: a column of a statement that reads CourseVersion."""


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
    return (
        select(*_LISTED, LESSONS)
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
