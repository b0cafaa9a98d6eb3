"""Reads of a course by itself: what its drafts changed, its versions with their lessons and media, packages sent in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import (
    Course,
    CourseUpload,
    CourseVersion,
    DraftChange,
    LessonVersion,
    ReviewRequest,
    VersionMedia,
)
from lms.courses.queries.catalogue import LESSONS, visible_to
from lms.courses.rules import count_questions
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.foundation.remembering import Remembered
from lms.people.models import Employment, Firm

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
            LESSONS,
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


MOST_KEPT = 1024
"""Versions whose lessons a process can name: some 2 KB each. Who may see a version is asked before, each time."""
_lines: Remembered[uuid.UUID, Sequence[LessonLine]] = Remembered(MOST_KEPT)

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
    """The lessons of some versions, in order. A statement when some version is new here, else none: they are written once."""
    known = {one: found for one in version_ids if (found := _lines.get(one))}
    missing = [one for one in version_ids if one not in known]
    if missing:
        fresh: dict[uuid.UUID, list[LessonLine]] = {}
        for row in session.execute(_LESSONS, {"version_ids": missing}):
            fresh.setdefault(row.version_id, []).append(LessonLine(**row._mapping))
        known |= fresh
        _lines.tell(fresh)
    return [line for one in sorted(known) for line in known[one]]


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
