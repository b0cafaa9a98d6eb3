"""What must be completed before a course: what its live version says, and what the firm added."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseNeed, CourseVersion
from lms.courses.queries import visible_to
from lms.courses.queries.translating import other_languages
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.learning.models import Enrolment, Prerequisite, Waiver
from lms.learning.queries.duties import has_completed
from lms.people.models import Employment, Firm


@dataclass(frozen=True)
class Need:
    """A course that comes before another. `declared`: the course says so itself; else the firm does."""

    course_id: uuid.UUID
    needs_id: uuid.UUID
    key: str
    title: str
    language: str
    declared: bool
    done: bool


def _seen_by(actor: Actor, course: type[Course]) -> ColumnElement[bool]:
    """As `visible_to`, of another mention of courses."""
    return course.owner_id.in_(select(Firm.id).where((Firm.id == actor.firm_id) | Firm.is_association))


@cache
def _needs() -> Select[Any]:
    """What comes before courses and whether a person has it: so long that it is put together once."""
    needed, live = aliased(Course), aliased(CourseVersion)
    declared = (
        select(Course.id.label("course_id"), needed.id.label("needs_id"), literal(1).label("declared"))
        .join(CourseNeed, CourseNeed.version_id == Course.live_version_id)
        .join(needed, needed.key == CourseNeed.key)
        .where(
            Course.id.in_(bindparam("course_ids", expanding=True)),
            visible_to(ASKING),
            _seen_by(ASKING, needed),
            needed.id != Course.id,
        )
    )
    own = select(Prerequisite.course_id, Prerequisite.needs_id, literal(0).label("declared")).where(
        Prerequisite.firm_id == ASKING.firm_id,
        Prerequisite.course_id.in_(bindparam("course_ids", expanding=True)),
    )
    both = union_all(declared, own).subquery()
    course = aliased(Course)
    done = exists().where(
        Enrolment.firm_id == ASKING.firm_id,
        Enrolment.person_id == ASKING.person_id,
        or_(
            Enrolment.course_id == course.id,
            Enrolment.course_id.in_(other_languages(ASKING, course)),
        ),
        has_completed(),
    )
    return (
        select(
            both.c.course_id,
            both.c.needs_id,
            course.key,
            live.title,
            live.language,
            both.c.declared,
            (course.owner_id == ASKING.firm_id).label("own"),
            done.label("done"),
        )
        .join(course, course.id == both.c.needs_id)
        .join(live, live.id == course.live_version_id)
        .where(course.archived_at.is_(None), _seen_by(ASKING, course))
        .order_by(live.title, course.id)
    )


_FREE = (
    select(Waiver.course_id)
    .where(Waiver.firm_id == ASKING.firm_id, Waiver.person_id == ASKING.person_id)
    .union(
        select(Enrolment.course_id).where(
            Enrolment.firm_id == ASKING.firm_id, Enrolment.person_id == ASKING.person_id
        )
    )
)


def list_needs(
    session: Session, *, actor: Actor, person_id: uuid.UUID, course_ids: Sequence[uuid.UUID]
) -> Sequence[Need]:
    """What comes before some courses, and whether a person has it. One statement.

    A key that a course names is the firm's own course of that key where it has one, else the association's; either
    counts as done, and so does either in another language.
    """
    rows = session.execute(
        _needs(), {"firm_id": actor.firm_id, "person_id": person_id, "course_ids": list(course_ids)}
    ).all()
    found: dict[tuple[uuid.UUID, str], Need] = {}
    for row in sorted(rows, key=lambda row: (not row.own, row.title)):
        place = (row.course_id, row.key if row.declared else str(row.needs_id))
        before = found.get(place)
        found[place] = Need(
            row.course_id,
            before.needs_id if before else row.needs_id,
            row.key,
            before.title if before else row.title,
            before.language if before else row.language,
            bool(row.declared),
            bool(row.done) or bool(before and before.done),
        )
    return list(found.values())


def list_missing(
    session: Session, *, actor: Actor, person_id: uuid.UUID, course_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Need]]:
    """What a person must complete before they may begin some courses; nothing of one they began, or that was waived.

    Two statements; one where nothing is missing.
    """
    needs = [
        one
        for one in list_needs(session, actor=actor, person_id=person_id, course_ids=course_ids)
        if not one.done
    ]
    if not needs:
        return {}
    free = set(session.scalars(_FREE, {"firm_id": actor.firm_id, "person_id": person_id}))
    missing: dict[uuid.UUID, list[Need]] = {}
    for one in needs:
        if one.course_id not in free:
            missing.setdefault(one.course_id, []).append(one)
    return missing


def list_own(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[Prerequisite]:
    """What the firm itself says comes before a course."""
    return session.scalars(
        select(Prerequisite).where(Prerequisite.firm_id == actor.firm_id, Prerequisite.course_id == course_id)
    ).all()


def list_edges(session: Session, *, actor: Actor) -> dict[str, set[str]]:
    """Every course that comes before another here, by id: what live versions say, and what the firm says. Two statements."""
    needed = aliased(Course)
    rows = [
        *session.execute(
            select(Course.id, needed.id.label("needs"))
            .join(CourseNeed, CourseNeed.version_id == Course.live_version_id)
            .join(needed, needed.key == CourseNeed.key)
            .where(visible_to(actor), _seen_by(actor, needed))
        ),
        *session.execute(
            select(Prerequisite.course_id, Prerequisite.needs_id).where(Prerequisite.firm_id == actor.firm_id)
        ),
    ]
    edges: dict[str, set[str]] = {}
    for course_id, needs_id in rows:
        edges.setdefault(str(course_id), set()).add(str(needs_id))
    return edges


@dataclass(frozen=True)
class Waived:
    """A person who may begin a course without what comes first."""

    person_id: uuid.UUID
    name: str
    course_id: uuid.UUID
    title: str
    reason: str
    given_by: str | None


def list_waived(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID | None = None,
    person_id: uuid.UUID | None = None,
) -> Sequence[Waived]:
    """The waivers of a course or of a person, by name."""
    giver = aliased(Employment)
    statement = (
        select(
            Waiver.person_id,
            Employment.name,
            Waiver.course_id,
            CourseVersion.title,
            Waiver.reason,
            giver.name.label("given_by"),
        )
        .join(
            Employment,
            and_(Employment.firm_id == Waiver.firm_id, Employment.person_id == Waiver.person_id),
        )
        .join(Course, Course.id == Waiver.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(giver, and_(giver.firm_id == Waiver.firm_id, giver.person_id == Waiver.given_by_id))
        .where(Waiver.firm_id == actor.firm_id)
        .order_by(Employment.sort_name, CourseVersion.title)
    )
    if course_id is not None:
        statement = statement.where(Waiver.course_id == course_id)
    if person_id is not None:
        statement = statement.where(Waiver.person_id == person_id)
    return [Waived(**row._mapping) for row in session.execute(statement)]


def find_waiver(
    session: Session, *, actor: Actor, person_id: uuid.UUID, course_id: uuid.UUID
) -> Waiver | None:
    """Whether a person may begin a course without what comes first, and why."""
    return session.scalar(
        select(Waiver).where(
            Waiver.firm_id == actor.firm_id, Waiver.person_id == person_id, Waiver.course_id == course_id
        )
    )
