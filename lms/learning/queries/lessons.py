"""The lesson that a person opens. On which version they are is asked each time; what a version says is kept, for it is written once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import Kind
from lms.courses import queries as courses
from lms.courses.models import Course, CourseVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.foundation.remembering import Remembered
from lms.learning.models import Enrolment

MOST_KEPT = 256
"""Lessons that a process keeps: some 30 KB each, and about as many as all our courses have."""


@dataclass(frozen=True)
class LearntVersion:
    """The version of a course that a person learns: the one they began, else the live one. `since`: when this run began
    (none in the first, or before it)."""

    id: uuid.UUID
    language: str
    enrolled: bool
    since: datetime | None


_LEARNT = (
    select(
        CourseVersion.id,
        CourseVersion.language,
        Enrolment.version_id.label("begun"),
        Enrolment.run,
        Enrolment.enrolled_at,
    )
    .select_from(Course)
    .outerjoin(
        Enrolment,
        and_(
            Enrolment.firm_id == ASKING.firm_id,
            Enrolment.person_id == ASKING.person_id,
            Enrolment.course_id == Course.id,
        ),
    )
    .join(CourseVersion, CourseVersion.id == func.coalesce(Enrolment.version_id, Course.live_version_id))
    .where(Course.id == bindparam("course_id"), visible_to(ASKING))
)


def find_learnt_version(session: Session, *, actor: Actor, course_id: uuid.UUID) -> LearntVersion | None:
    """The version of a course the actor may see that they learn. None when there is no such course, or nothing published."""
    asked = {"firm_id": actor.firm_id, "person_id": actor.person_id, "course_id": course_id}
    row = session.execute(_LEARNT, asked).one_or_none()
    if row is None:
        return None
    return LearntVersion(
        row.id, row.language, row.begun is not None, row.enrolled_at if row.run and row.run > 1 else None
    )


@dataclass(frozen=True)
class ReadCheck:
    """A check question as its kind reads it."""

    key: str
    kind: Kind
    question: Any


@dataclass(frozen=True)
class ReadCard:
    """A card: each part is prose, as {html}, or a check. It is shared: nobody writes into it."""

    key: str
    title: str
    parts: Sequence[Mapping[str, Any] | ReadCheck]


@dataclass(frozen=True)
class ReadLesson:
    """A lesson of a version, its checks read once."""

    version_id: uuid.UUID
    key: str
    title: str
    minutes: int
    cards: Sequence[ReadCard]


_kept: Remembered[tuple[uuid.UUID, str], ReadLesson] = Remembered(MOST_KEPT)


def read_lesson(session: Session, *, version_id: uuid.UUID, key: str) -> ReadLesson | None:
    """A lesson of a version that the reader was found to learn. A statement when it is new here, else none."""
    found = _kept.get((version_id, key))
    if found is None:
        row = courses.find_lesson(session, version_id=version_id, key=key)
        if row is None:
            return None
        cards = [
            ReadCard(card["key"], card["title"], [_read(part) for part in card["parts"]])
            for card in row.cards["cards"]
        ]
        found = ReadLesson(version_id, key, row.title, row.minutes, cards)
        _kept.tell({(version_id, key): found})
    return found


def _read(part: Mapping[str, Any]) -> Mapping[str, Any] | ReadCheck:
    document = part.get("check")
    if document is None:
        return part
    kind = kind_of(document)
    return ReadCheck(document["key"], kind, kind.read(document))
