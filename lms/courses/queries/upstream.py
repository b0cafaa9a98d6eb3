"""Reads of a copied course's origin: its version of today, the versions decided on, and what was decided."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseVersion, UpstreamChoice, VersionMedia
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.people.models import Employment, Firm


@dataclass(frozen=True)
class Origin:
    """The live version of the course that another was copied from."""

    course_id: uuid.UUID
    version_id: uuid.UUID
    number: int
    note: str
    title: str
    published_at: datetime
    owner: str


def find_origin(session: Session, *, actor: Actor, course: Course) -> Origin | None:
    """The origin's live version, when the course was copied and its origin is still to be seen."""
    if course.origin_version_id is None:
        return None
    row = session.execute(
        select(
            Course.id.label("course_id"),
            CourseVersion.id.label("version_id"),
            CourseVersion.number,
            CourseVersion.note,
            CourseVersion.title,
            CourseVersion.published_at,
            Firm.name.label("owner"),
        )
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .join(Firm, Firm.id == Course.owner_id)
        .where(
            Course.id
            == select(CourseVersion.course_id)
            .where(CourseVersion.id == course.origin_version_id)
            .correlate(None)
            .scalar_subquery(),
            visible_to(actor),
        )
    ).one_or_none()
    return Origin(**row._mapping) if row else None


def list_documents(
    session: Session, *, actor: Actor, version_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, dict[str, str]]:
    """Everything in some versions the actor may see: texts, and the stored names of media, by path. Two statements."""
    rows = session.execute(
        select(CourseVersion.id, CourseVersion.document)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id.in_(version_ids), visible_to(actor))
    )
    found: dict[uuid.UUID, dict[str, str]] = {row.id: dict(row.document["files"]) for row in rows}
    media = session.execute(
        select(VersionMedia.version_id, VersionMedia.path, VersionMedia.stored).where(
            VersionMedia.version_id.in_(list(found))
        )
    )
    for row in media:
        found[row.version_id][row.path] = row.stored
    return found


def list_choices(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[UpstreamChoice]:
    """What was decided on each file of the origin."""
    return session.scalars(
        select(UpstreamChoice)
        .where(UpstreamChoice.firm_id == actor.firm_id, UpstreamChoice.course_id == course_id)
        .order_by(UpstreamChoice.path)
    ).all()


@dataclass(frozen=True)
class Decided:
    """A decision on one file, with the name of who made it and the number of the origin's version."""

    path: str
    choice: str
    number: int
    chosen_at: datetime
    chosen_by: str | None


def list_decided(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[Decided]:
    """The decisions on a course's origin, latest first."""
    rows = session.execute(
        select(
            UpstreamChoice.path,
            UpstreamChoice.choice,
            CourseVersion.number,
            UpstreamChoice.chosen_at,
            Employment.name.label("chosen_by"),
        )
        .join(CourseVersion, CourseVersion.id == UpstreamChoice.version_id)
        .outerjoin(
            Employment,
            and_(Employment.firm_id == actor.firm_id, Employment.person_id == UpstreamChoice.chosen_by_id),
        )
        .where(UpstreamChoice.firm_id == actor.firm_id, UpstreamChoice.course_id == course_id)
        .order_by(UpstreamChoice.chosen_at.desc(), UpstreamChoice.path)
    )
    return [Decided(**row._mapping) for row in rows]
