"""Reads of the studio: an organisation's own courses, and what their drafts were at every moment."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseDraft, CourseVersion, DraftChange
from lms.courses.queries.people import may_edit
from lms.foundation.actor import Actor
from lms.people.models import Employment


@dataclass(frozen=True)
class FrameworkAsked:
    """A course's author chooses competencies: a room above answers with (key, name) of each, in the framework's order."""


@dataclass(frozen=True)
class ChecksAsked:
    """A draft's check questions are shown as to a learner: a room above answers with what may be shown of each, in order."""

    documents: tuple[dict[str, object], ...]


@dataclass(frozen=True)
class CheckTried:
    """An author tries a check question, and nothing is kept: a room above answers with what its learner would be told."""

    document: dict[str, object]
    raw: dict[str, list[str]]


@dataclass(frozen=True)
class UnderWayAsked:
    """A course is about to be published: a room above answers with how many of the actor's people are on each version."""

    actor: Actor
    course_id: uuid.UUID
    now: datetime


@dataclass(frozen=True)
class UnderWay:
    """People of one firm who have begun a version and not finished it."""

    version_id: uuid.UUID
    people: int


@dataclass(frozen=True)
class OwnCourse:
    """A course of the actor's organisation. `text`: its course.yaml as the draft has it."""

    id: uuid.UUID
    key: str
    text: str | None
    saved_at: datetime
    saved_by: str | None
    saved_by_id: uuid.UUID | None
    live_number: int | None
    changed: bool
    origin_version_id: uuid.UUID | None
    editable: bool


def list_own_courses(session: Session, *, actor: Actor) -> Sequence[OwnCourse]:
    """The actor's organisation's courses, drafts and published, by key."""
    rows = session.execute(
        select(
            Course.id,
            Course.key,
            CourseDraft.document[("files", "course.yaml")].as_string().label("text"),
            CourseDraft.saved_at,
            Employment.name.label("saved_by"),
            CourseDraft.saved_by_id,
            CourseVersion.number.label("live_number"),
            func.coalesce(CourseDraft.saved_at > CourseVersion.published_at, False).label("changed"),
            Course.origin_version_id,
            may_edit(actor).label("editable"),
        )
        .join(CourseDraft, CourseDraft.course_id == Course.id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(
            Employment,
            and_(Employment.firm_id == actor.firm_id, Employment.person_id == CourseDraft.saved_by_id),
        )
        .where(Course.owner_id == actor.firm_id, Course.archived_at.is_(None))
        .order_by(Course.key)
    )
    return [OwnCourse(**row._mapping) for row in rows]


def find_text_at(
    session: Session, *, actor: Actor, course_id: uuid.UUID, path: str, revision: int, current: str | None
) -> str | None:
    """A file of a draft as it was at a revision; none where there was no file. The actor's own organisation's only."""
    found = session.execute(
        select(DraftChange.before)
        .join(Course, Course.id == DraftChange.course_id)
        .where(
            DraftChange.course_id == course_id,
            DraftChange.path == path,
            DraftChange.revision > revision,
            Course.owner_id == actor.firm_id,
        )
        .order_by(DraftChange.revision)
        .limit(1)
    ).first()
    return found.before if found else current


def list_paths_ever(session: Session, *, actor: Actor, course_id: uuid.UUID) -> frozenset[str]:
    """Every file that a draft has or once had."""
    return frozenset(
        session.scalars(
            select(DraftChange.path)
            .join(Course, Course.id == DraftChange.course_id)
            .where(DraftChange.course_id == course_id, Course.owner_id == actor.firm_id)
            .distinct()
        )
    )


HISTORY = 200


@dataclass(frozen=True)
class SaveLine:
    """One file of one save, without its texts."""

    revision: int
    path: str
    saved_at: datetime
    saved_by: str | None
    came: bool
    went: bool


def list_saves(
    session: Session, *, actor: Actor, course_id: uuid.UUID, before: int | None = None
) -> Sequence[SaveLine]:
    """What saves of a draft touched, latest first, with one more than a page holds when there are earlier ones."""
    statement = (
        select(
            DraftChange.revision,
            DraftChange.path,
            DraftChange.saved_at,
            Employment.name.label("saved_by"),
            DraftChange.before.is_(None).label("came"),
            DraftChange.after.is_(None).label("went"),
        )
        .join(Course, Course.id == DraftChange.course_id)
        .outerjoin(
            Employment,
            and_(Employment.firm_id == actor.firm_id, Employment.person_id == DraftChange.saved_by_id),
        )
        .where(DraftChange.course_id == course_id, Course.owner_id == actor.firm_id)
        .order_by(DraftChange.revision.desc(), DraftChange.path)
        .limit(HISTORY + 1)
    )
    if before is not None:
        statement = statement.where(DraftChange.revision < before)
    return [SaveLine(**row._mapping) for row in session.execute(statement)]


def list_changes_between(
    session: Session, *, actor: Actor, course_id: uuid.UUID, first: int, last: int
) -> Sequence[DraftChange]:
    """What the saves from one revision to another changed, in order."""
    return session.scalars(
        select(DraftChange)
        .join(Course, Course.id == DraftChange.course_id)
        .where(
            DraftChange.course_id == course_id,
            DraftChange.revision >= first,
            DraftChange.revision <= last,
            Course.owner_id == actor.firm_id,
        )
        .order_by(DraftChange.revision, DraftChange.path)
    ).all()


def find_saver(session: Session, *, actor: Actor, person_id: uuid.UUID | None) -> str | None:
    """The name of somebody of the actor's firm who saved."""
    if person_id is None:
        return None
    return session.scalar(
        select(Employment.name).where(Employment.firm_id == actor.firm_id, Employment.person_id == person_id)
    )
