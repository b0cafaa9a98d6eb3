"""Reads of who is on a course: its authors and reviewers, and what the firm's policy makes of everybody else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import Session

from lms.courses.models import AuthoringPolicy, Course, CoursePerson
from lms.courses.policy import AUTHORS, OwnedBy, is_author, is_staff
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.people.models import Employment, EmploymentRole
from lms.people.queries import name_matches

STAFF = ("trainer", "assessor", "manager", "firm_admin", "association")
TRAINERS = ("trainer", "association")


def _role_of(actor: Actor) -> ColumnElement[str | None]:
    """What the actor is on a course."""
    return (
        select(CoursePerson.role)
        .where(
            CoursePerson.firm_id == actor.firm_id,
            CoursePerson.course_id == Course.id,
            CoursePerson.person_id == actor.person_id,
        )
        .correlate(Course)
        .scalar_subquery()
    )


def _is_named(actor: Actor) -> ColumnElement[bool]:
    """Whether a course of the actor's firm has a named author."""
    return (
        exists()
        .where(
            CoursePerson.firm_id == actor.firm_id,
            CoursePerson.course_id == Course.id,
            CoursePerson.role.in_(AUTHORS),
        )
        .correlate(Course)
    )


def _wants_named(actor: Actor) -> ColumnElement[bool]:
    """Whether the actor's firm lets named authors edit and nobody else."""
    return exists().where(AuthoringPolicy.firm_id == actor.firm_id, AuthoringPolicy.only_named.is_(True))


def _opens(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of `is_open`."""
    return not_(and_(_wants_named(actor), _is_named(actor)))


def may_edit(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of the permissions to edit and to publish a course."""
    if not is_author(actor, None):
        return false()
    return and_(Course.owner_id == actor.firm_id, or_(_opens(actor), _role_of(actor).in_(AUTHORS)))


def may_review(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of the permissions to see and to review a draft."""
    rows: list[ColumnElement[bool]] = []
    if is_staff(actor, None):
        rows.append(_role_of(actor).is_not(None))
    if is_author(actor, None):
        rows.append(_opens(actor))
    return and_(Course.owner_id == actor.firm_id, or_(false(), *rows))


@dataclass(frozen=True)
class Stood:
    """A course the actor may see, and how the two stand."""

    course: Course
    standing: OwnedBy
    reviewed: bool


def find_stood(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Stood | None:
    """A course the actor may see, with what decides about editing and reviewing it. One statement."""
    reviewed = exists().where(AuthoringPolicy.firm_id == actor.firm_id, AuthoringPolicy.reviewed.is_(True))
    row = session.execute(
        select(
            Course,
            _wants_named(actor).label("only_named"),
            _is_named(actor).label("named"),
            _role_of(actor).label("role"),
            reviewed.label("reviewed"),
        ).where(Course.id == course_id, visible_to(actor))
    ).one_or_none()
    if row is None:
        return None
    standing = OwnedBy(row.Course.owner_id, bool(row.only_named), bool(row.named), row.role or "")
    return Stood(row.Course, standing, bool(row.reviewed))


def find_policy(session: Session, *, actor: Actor) -> AuthoringPolicy | None:
    """What the actor's firm wants of its authors; none while it has said nothing."""
    return session.scalar(
        select(AuthoringPolicy)
        .where(AuthoringPolicy.firm_id == actor.firm_id)
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True)
class OnCourse:
    """Somebody on a course. `here`: whether they work at the firm today; `trains`: whether they may edit courses at all."""

    person_id: uuid.UUID
    name: str
    role: str
    added_at: datetime
    here: bool
    trains: bool


def works_here(today: date) -> ColumnElement[bool]:
    """Whether an employment is of this day and open."""
    return and_(
        Employment.started_on <= today,
        or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        Employment.accepted.is_(True),
        Employment.locked_at.is_(None),
    )


def _holds(actor: Actor, roles: Sequence[str]) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            EmploymentRole.firm_id == actor.firm_id,
            EmploymentRole.person_id == Employment.person_id,
            EmploymentRole.role.in_(roles),
        )
        .correlate(Employment)
    )


def list_on_course(
    session: Session, *, actor: Actor, course_id: uuid.UUID, today: date
) -> Sequence[OnCourse]:
    """Everybody on a course of the actor's firm, the lead author first, then authors and reviewers by when they came."""
    rows = session.execute(
        select(
            CoursePerson.person_id,
            Employment.name,
            CoursePerson.role,
            CoursePerson.added_at,
            works_here(today).label("here"),
            _holds(actor, TRAINERS).label("trains"),
        )
        .join(
            Employment,
            and_(
                Employment.firm_id == CoursePerson.firm_id,
                Employment.person_id == CoursePerson.person_id,
            ),
        )
        .where(CoursePerson.firm_id == actor.firm_id, CoursePerson.course_id == course_id)
        .order_by(CoursePerson.added_at, Employment.sort_name, CoursePerson.person_id)
    )
    found = [OnCourse(**row._mapping) for row in rows]
    return sorted(found, key=lambda one: (*AUTHORS, "reviewer").index(one.role))


@dataclass(frozen=True)
class Candidate:
    """Somebody of the firm who could come onto a course. `trains`: whether as an author too."""

    person_id: uuid.UUID
    name: str
    trains: bool


MOST_FOUND = 12


def list_candidates(
    session: Session, *, actor: Actor, course_id: uuid.UUID, text: str, today: date
) -> Sequence[Candidate]:
    """People of the firm by name who may be on a course and are not, with one more than is shown."""
    on_it = (
        exists()
        .where(
            CoursePerson.firm_id == actor.firm_id,
            CoursePerson.course_id == course_id,
            CoursePerson.person_id == Employment.person_id,
        )
        .correlate(Employment)
    )
    statement = (
        select(Employment.person_id, Employment.name, _holds(actor, TRAINERS).label("trains"))
        .where(
            Employment.firm_id == actor.firm_id,
            works_here(today),
            _holds(actor, STAFF),
            not_(on_it),
        )
        .order_by(Employment.sort_name, Employment.person_id)
        .limit(MOST_FOUND + 1)
    )
    if text:
        statement = statement.where(
            *(Employment.sort_name.like(name_matches(word), escape="\\") for word in text.split())
        )
    return [Candidate(**row._mapping) for row in session.execute(statement)]


def find_candidate(session: Session, *, actor: Actor, person_id: uuid.UUID, today: date) -> Candidate | None:
    """Somebody who works at the actor's firm today and may be on a course."""
    row = session.execute(
        select(Employment.person_id, Employment.name, _holds(actor, TRAINERS).label("trains")).where(
            Employment.firm_id == actor.firm_id,
            Employment.person_id == person_id,
            works_here(today),
            _holds(actor, STAFF),
        )
    ).one_or_none()
    return Candidate(**row._mapping) if row else None


def find_on_course(
    session: Session, *, actor: Actor, course_id: uuid.UUID, person_id: uuid.UUID
) -> CoursePerson | None:
    """What somebody is on a course of the actor's firm."""
    return session.scalar(
        select(CoursePerson).where(
            CoursePerson.firm_id == actor.firm_id,
            CoursePerson.course_id == course_id,
            CoursePerson.person_id == person_id,
        )
    )


def list_author_rows(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[CoursePerson]:
    """The authors of a course, the longest on it first."""
    return session.scalars(
        select(CoursePerson)
        .where(
            CoursePerson.firm_id == actor.firm_id,
            CoursePerson.course_id == course_id,
            CoursePerson.role.in_(AUTHORS),
        )
        .order_by(CoursePerson.added_at, CoursePerson.person_id)
    ).all()


def has_employment(session: Session, *, actor: Actor) -> bool:
    """Whether the actor is a person of the firm, and not whoever holds the machine."""
    return bool(
        session.scalar(
            select(func.count())
            .select_from(Employment)
            .where(Employment.firm_id == actor.firm_id, Employment.person_id == actor.person_id)
        )
    )


@dataclass(frozen=True)
class Orphan:
    """A course whose named authors have all left."""

    id: uuid.UUID
    key: str


def list_orphans(session: Session, *, actor: Actor, today: date) -> Sequence[Orphan]:
    """Courses of the actor's firm that have named authors of whom nobody works there any more."""
    somebody = (
        exists()
        .where(
            CoursePerson.firm_id == actor.firm_id,
            CoursePerson.course_id == Course.id,
            CoursePerson.role.in_(AUTHORS),
            Employment.firm_id == actor.firm_id,
            Employment.person_id == CoursePerson.person_id,
            works_here(today),
        )
        .correlate(Course)
    )
    rows = session.execute(
        select(Course.id, Course.key)
        .where(
            Course.owner_id == actor.firm_id,
            Course.archived_at.is_(None),
            _is_named(actor),
            not_(somebody),
        )
        .order_by(Course.key)
    )
    return [Orphan(**row._mapping) for row in rows]
