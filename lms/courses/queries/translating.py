"""Courses and their translations. A translation says in its live version which course it is of, and is called after it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Firm


def seen_by(actor: Actor, course: Any) -> ColumnElement[bool]:
    """As `visible_to`, of another mention of courses."""
    found: ColumnElement[bool] = course.owner_id.in_(
        select(Firm.id).where(or_(Firm.is_association, Firm.id == actor.firm_id))
    )
    return found


def translates(version: Any, origin: Any) -> ColumnElement[bool]:
    """Whether a version is of a translation of a course."""
    found: ColumnElement[bool] = version.translation_of == origin.key
    return found


def other_languages(actor: Actor, course: Any) -> Select[Any]:
    """The ids of the live courses that are a course in another language: its translations, or its original and theirs."""
    twin, live, own = aliased(Course), aliased(CourseVersion), aliased(CourseVersion)
    up = exists().where(own.id == course.live_version_id, translates(own, twin))
    return (
        select(twin.id)
        .join(live, live.id == twin.live_version_id)
        .where(
            twin.id != course.id,
            twin.archived_at.is_(None),
            seen_by(actor, twin),
            or_(translates(live, course), up),
        )
    )


def in_the_readers_language(actor: Actor, reader: Any) -> ColumnElement[bool]:
    """Whether the catalogue shows a course to a reader: not where it is there in the reader's language too.

    A translation into a third language gives way to the original. Between Course and its live CourseVersion.
    """
    twin, live, own = aliased(Course), aliased(CourseVersion), aliased(CourseVersion)
    there = [live.id == twin.live_version_id, twin.archived_at.is_(None), seen_by(actor, twin)]
    translated = exists().where(*there, live.language == reader, translates(live, Course))
    original = exists().where(*there, own.id == Course.live_version_id, translates(own, twin))
    return or_(CourseVersion.language == reader, and_(~translated, ~original))


@dataclass(frozen=True)
class Twin:
    """A course in another language. `of`: the course it was asked for."""

    of: uuid.UUID
    id: uuid.UUID
    language: str
    title: str


def list_twins(session: Session, *, actor: Actor, course_ids: Sequence[uuid.UUID]) -> Sequence[Twin]:
    """The other languages of some courses, by language. One statement."""
    rows = session.execute(_twins(), {"firm_id": actor.firm_id, "course_ids": list(course_ids)})
    return [Twin(**row._mapping) for row in rows]


@cache
def _twins() -> Select[*tuple[Any, ...]]:
    one, own, twin, live = aliased(Course), aliased(CourseVersion), aliased(Course), aliased(CourseVersion)
    return (
        select(one.id.label("of"), twin.id, live.language, live.title)
        .join(own, own.id == one.live_version_id)
        .join(twin, twin.id != one.id)
        .join(live, live.id == twin.live_version_id)
        .where(
            one.id.in_(bindparam("course_ids", expanding=True)),
            twin.archived_at.is_(None),
            seen_by(ASKING, one),
            seen_by(ASKING, twin),
            or_(translates(live, one), translates(own, twin)),
        )
        .order_by(live.language, twin.id)
    )
