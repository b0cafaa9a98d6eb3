"""Reads of cohorts: the list, one of them, the courses it follows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.learning.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Enrolment,
)
from lms.learning.queries.duties import has_completed
from lms.learning.rules.cohorts import cohort_state
from lms.people.models import Employment
from lms.people.queries import is_id

PAGE = 50


@dataclass(frozen=True)
class CohortsWanted:
    """What the reader of the list asked for."""

    text: str = ""
    state: str = ""
    after: str = ""


@dataclass(frozen=True)
class CohortLine:
    """A cohort as the list shows it. `whole`: people times courses; `done`: how many of these are completed."""

    id: uuid.UUID
    name: str
    trainer_id: uuid.UUID
    trainer: str
    starts_on: date
    ends_on: date
    note: str
    closed_at: datetime | None
    people: int
    courses: int
    done: int

    @property
    def whole(self) -> int:
        """How many completions there can be."""
        return self.people * self.courses

    def state(self, today: date) -> str:
        """How it stands."""
        return cohort_state(ends_on=self.ends_on, closed_at=self.closed_at, today=today)


@dataclass(frozen=True)
class CohortLines:
    """A page of cohorts; `more` is where the next one starts, or empty."""

    lines: Sequence[CohortLine]
    more: str


def _lines(actor: Actor) -> Any:
    trainer = aliased(Employment)
    people = (
        select(func.count())
        .where(CohortMember.firm_id == actor.firm_id, CohortMember.cohort_id == Cohort.id)
        .correlate(Cohort)
        .scalar_subquery()
    )
    courses = (
        select(func.count())
        .where(CohortCourse.firm_id == actor.firm_id, CohortCourse.cohort_id == Cohort.id)
        .correlate(Cohort)
        .scalar_subquery()
    )
    done = (
        select(func.count())
        .select_from(CohortMember)
        .join(
            CohortCourse,
            and_(
                CohortCourse.firm_id == CohortMember.firm_id,
                CohortCourse.cohort_id == CohortMember.cohort_id,
            ),
        )
        .join(
            Enrolment,
            and_(
                Enrolment.firm_id == CohortMember.firm_id,
                Enrolment.person_id == CohortMember.person_id,
                Enrolment.course_id == CohortCourse.course_id,
            ),
        )
        .where(CohortMember.firm_id == actor.firm_id, CohortMember.cohort_id == Cohort.id, has_completed())
        .correlate(Cohort)
        .scalar_subquery()
    )
    return (
        select(
            Cohort.id,
            Cohort.name,
            Cohort.trainer_id,
            trainer.name.label("trainer"),
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.note,
            Cohort.closed_at,
            people.label("people"),
            courses.label("courses"),
            done.label("done"),
        )
        .join(trainer, and_(trainer.firm_id == Cohort.firm_id, trainer.person_id == Cohort.trainer_id))
        .where(Cohort.firm_id == actor.firm_id)
    )


def _is(state: str, today: date) -> ColumnElement[bool]:
    """The SQL twin of `rules.cohorts.cohort_state`."""
    open_ = Cohort.closed_at.is_(None)
    table: dict[str, ColumnElement[bool]] = {
        "closed": ~open_,
        "over": and_(open_, Cohort.ends_on < today),
        "open": and_(open_, Cohort.ends_on >= today),
    }
    return table[state]


def list_cohorts(
    session: Session, *, actor: Actor, wanted: CohortsWanted, today: date, whole: bool = False
) -> CohortLines:
    """A page of the firm's cohorts by name (all of them when `whole`). One statement."""
    statement = _lines(actor).order_by(Cohort.name, Cohort.id)
    if wanted.text:
        statement = statement.where(func.lower(Cohort.name).contains(wanted.text.lower(), autoescape=True))
    if wanted.state:
        statement = statement.where(_is(wanted.state, today))
    if not whole:
        statement = statement.limit(PAGE + 1)
        name, _tilde, number = wanted.after.rpartition("~")
        if is_id(number):
            statement = statement.where(
                tuple_(Cohort.name, Cohort.id) > tuple_(literal(name), literal(uuid.UUID(number)))
            )
    found = [CohortLine(**row._mapping) for row in session.execute(statement)]
    if whole or len(found) <= PAGE:
        return CohortLines(found, "")
    last = found[PAGE - 1]
    return CohortLines(found[:PAGE], f"{last.name}~{last.id}")


def list_own_cohorts(session: Session, *, actor: Actor) -> Sequence[CohortLine]:
    """The cohorts the actor is the trainer of and that are not closed, the first to end first. One statement."""
    rows = session.execute(
        _lines(actor)
        .where(Cohort.trainer_id == actor.person_id, Cohort.closed_at.is_(None))
        .order_by(Cohort.ends_on, Cohort.name, Cohort.id)
    )
    return [CohortLine(**row._mapping) for row in rows]


def find_cohort_line(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> CohortLine | None:
    """One cohort of the actor's firm, with its counts."""
    row = session.execute(_lines(actor).where(Cohort.id == cohort_id)).one_or_none()
    return CohortLine(**row._mapping) if row else None


def find_cohort(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> Cohort | None:
    """A cohort of the actor's firm, held so that two changes come one after the other."""
    return session.scalar(
        select(Cohort).where(Cohort.firm_id == actor.firm_id, Cohort.id == cohort_id).with_for_update()
    )


def has_name(session: Session, *, actor: Actor, name: str, but: uuid.UUID | None = None) -> bool:
    """Whether another cohort of the firm has this name."""
    statement = select(Cohort.id).where(
        Cohort.firm_id == actor.firm_id, func.lower(Cohort.name) == name.lower()
    )
    if but is not None:
        statement = statement.where(Cohort.id != but)
    return session.scalar(statement.limit(1)) is not None


@dataclass(frozen=True)
class Followed:
    """A course that a cohort follows."""

    id: uuid.UUID
    title: str
    version_id: uuid.UUID


def list_followed(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> Sequence[Followed]:
    """The courses of a cohort, in its order."""
    rows = session.execute(
        select(Course.id, CourseVersion.title, CourseVersion.id.label("version_id"))
        .join(CohortCourse, CohortCourse.course_id == Course.id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(CohortCourse.firm_id == actor.firm_id, CohortCourse.cohort_id == cohort_id, visible_to(actor))
        .order_by(CohortCourse.position, Course.id)
    )
    return [Followed(**row._mapping) for row in rows]


def list_courses_of(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> Sequence[CohortCourse]:
    """The rows that say which courses a cohort follows."""
    return session.scalars(
        select(CohortCourse)
        .where(CohortCourse.firm_id == actor.firm_id, CohortCourse.cohort_id == cohort_id)
        .order_by(CohortCourse.position)
    ).all()
