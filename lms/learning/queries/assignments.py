"""Reads of assignments: who must take what by when, and how many have."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, exists, func, literal, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.learning.models import Assignment, Enrolment, Extension
from lms.learning.policy import runs_learning
from lms.learning.queries.calendar import Day
from lms.learning.queries.duties import has_completed, more_until
from lms.learning.rules import assignment_state
from lms.people.models import Employment, Team
from lms.people.queries import is_id

PAGE = 50
NO_DATE = date(9999, 12, 31)
"""Where assignments without a due date stand in a list sorted by it: last."""


@dataclass(frozen=True)
class AssignmentsWanted:
    """What the reader of the list asked for."""

    state: str = ""
    team_id: uuid.UUID | None = None
    course_id: uuid.UUID | None = None
    after: str = ""


@dataclass(frozen=True)
class AssignmentLine:
    """An assignment, for whom it is, and how many of them are done."""

    id: uuid.UUID
    course_id: uuid.UUID
    title: str
    team_id: uuid.UUID | None
    team: str | None
    person_id: uuid.UUID | None
    person: str | None
    due_on: date | None
    note: str
    assigned_by: str | None
    assigned_at: datetime
    withdrawn_at: datetime | None
    people: int
    done: int
    extended: int = 0

    def state(self, today: date) -> str:
        """How it stands."""
        return assignment_state(
            people=self.people,
            done=self.done,
            extended=self.extended,
            due_on=self.due_on,
            withdrawn_at=self.withdrawn_at,
            today=today,
        )


def _lines(actor: Actor, day: Day) -> Any:
    """The assignments the actor may look after, with their counts of people working here today."""
    giver, taker, member = aliased(Employment), aliased(Employment), aliased(Employment)
    meant = (
        member.firm_id == actor.firm_id,
        or_(member.ended_on.is_(None), member.ended_on >= day.today),
        or_(member.person_id == Assignment.person_id, member.team_id == Assignment.team_id),
    )
    people = select(func.count()).select_from(member).where(*meant).correlate(Assignment).scalar_subquery()
    done = (
        select(func.count())
        .select_from(member)
        .join(Enrolment, and_(Enrolment.firm_id == member.firm_id, Enrolment.person_id == member.person_id))
        .where(*meant, Enrolment.course_id == Assignment.course_id, has_completed())
        .correlate(Assignment)
        .scalar_subquery()
    )
    completed = exists().where(
        Enrolment.firm_id == actor.firm_id,
        Enrolment.person_id == member.person_id,
        Enrolment.course_id == Assignment.course_id,
        has_completed(),
    )
    more_time = exists().where(
        Extension.firm_id == actor.firm_id,
        Extension.person_id == member.person_id,
        Extension.course_id == Assignment.course_id,
        Extension.withdrawn_at.is_(None),
        Extension.until >= day.late_from,
    )
    extended = (
        select(func.count())
        .select_from(member)
        .where(*meant, more_time, ~completed)
        .correlate(Assignment)
        .scalar_subquery()
    )
    return (
        select(
            Assignment.id,
            Assignment.course_id,
            CourseVersion.title,
            Assignment.team_id,
            Team.name.label("team"),
            Assignment.person_id,
            taker.name.label("person"),
            Assignment.due_on,
            Assignment.note,
            giver.name.label("assigned_by"),
            Assignment.assigned_at,
            Assignment.withdrawn_at,
            people.label("people"),
            done.label("done"),
            extended.label("extended"),
        )
        .join(Course, Course.id == Assignment.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(Team, and_(Team.firm_id == Assignment.firm_id, Team.id == Assignment.team_id))
        .outerjoin(taker, and_(taker.firm_id == Assignment.firm_id, taker.person_id == Assignment.person_id))
        .outerjoin(
            giver, and_(giver.firm_id == Assignment.firm_id, giver.person_id == Assignment.assigned_by_id)
        )
        .where(Assignment.firm_id == actor.firm_id, _looks_after(actor, taker))
        .subquery()
    )


def _looks_after(actor: Actor, taker: Any) -> ColumnElement[bool]:
    """The SQL twin of LearningPermission.ASSIGN, on assignments of the actor's firm."""
    if runs_learning(actor, None):
        return true()
    return or_(Assignment.team_id.in_(actor.leads), taker.team_id.in_(actor.leads))


def _is(lines: Any, state: str, late_from: date) -> ColumnElement[bool]:
    """The SQL twin of `rules.assignment_state`."""
    done = and_(lines.c.people > 0, lines.c.done == lines.c.people)
    in_time = and_(lines.c.people > 0, lines.c.done + lines.c.extended >= lines.c.people)
    late = and_(lines.c.due_on.is_not(None), lines.c.due_on < late_from, ~in_time)
    stands = lines.c.withdrawn_at.is_(None)
    table: dict[str, ColumnElement[bool]] = {
        "withdrawn": ~stands,
        "done": and_(stands, done),
        "overdue": and_(stands, ~done, late),
        "open": and_(stands, ~done, ~late),
    }
    return table[state]


@dataclass(frozen=True)
class AssignmentLines:
    """A page of assignments; `more` is where the next one starts, or empty."""

    lines: Sequence[AssignmentLine]
    more: str


def list_assignments(
    session: Session, *, actor: Actor, wanted: AssignmentsWanted, day: Day, whole: bool = False
) -> AssignmentLines:
    """A page of assignments (all of them when `whole`), soonest due first. One statement."""
    lines = _lines(actor, day)
    due = func.coalesce(lines.c.due_on, literal(NO_DATE, Date))
    statement = select(lines).order_by(due, lines.c.id)
    if wanted.state:
        statement = statement.where(_is(lines, wanted.state, day.late_from))
    if wanted.team_id is not None:
        statement = statement.where(lines.c.team_id == wanted.team_id)
    if wanted.course_id is not None:
        statement = statement.where(lines.c.course_id == wanted.course_id)
    if not whole:
        statement = statement.limit(PAGE + 1)
        start, number = _place(wanted.after)
        if number is not None:
            statement = statement.where(
                tuple_(due, lines.c.id) > tuple_(literal(start, Date), literal(number))
            )
    found = [AssignmentLine(**row._mapping) for row in session.execute(statement)]
    shown = [_on_a_working_day(one, day) for one in found]
    if whole or len(found) <= PAGE:
        return AssignmentLines(shown, "")
    last = found[PAGE - 1]
    return AssignmentLines(shown[:PAGE], f"{last.due_on or NO_DATE}~{last.id}")


def _on_a_working_day(line: AssignmentLine, day: Day) -> AssignmentLine:
    return replace(line, due_on=day.calendar.working_day(line.due_on)) if line.due_on else line


def _place(after: str) -> tuple[date, uuid.UUID | None]:
    """Where a page starts, as the address says it; nowhere when it cannot be read."""
    day, _tilde, number = after.partition("~")
    try:
        return date.fromisoformat(day), uuid.UUID(number) if is_id(number) else None
    except ValueError:
        return NO_DATE, None


def find_line(session: Session, *, actor: Actor, assignment_id: uuid.UUID, day: Day) -> AssignmentLine | None:
    """One assignment the actor may look after, with its counts."""
    lines = _lines(actor, day)
    row = session.execute(select(lines).where(lines.c.id == assignment_id)).one_or_none()
    return _on_a_working_day(AssignmentLine(**row._mapping), day) if row else None


def find_assignment(session: Session, *, actor: Actor, assignment_id: uuid.UUID) -> Assignment | None:
    """An assignment of the actor's firm, held so that two changes come one after the other."""
    return session.scalar(
        select(Assignment)
        .where(Assignment.firm_id == actor.firm_id, Assignment.id == assignment_id)
        .with_for_update()
    )


def has_open(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    team_id: uuid.UUID | None,
    person_id: uuid.UUID | None,
) -> bool:
    """Whether the same course is assigned to the same team or person already, and stands."""
    return bool(
        session.scalar(
            select(Assignment.id)
            .where(
                Assignment.firm_id == actor.firm_id,
                Assignment.course_id == course_id,
                Assignment.team_id == team_id if team_id else Assignment.person_id == person_id,
                Assignment.withdrawn_at.is_(None),
            )
            .limit(1)
        )
    )


@dataclass(frozen=True)
class Taker:
    """Somebody an assignment is for, and how far they are."""

    person_id: uuid.UUID
    name: str
    enrolled_at: datetime | None
    completed_at: datetime | None
    run: int | None
    more_until: date | None

    @property
    def done(self) -> bool:
        """Whether they completed it: now, or before they began to take it again."""
        return self.completed_at is not None or (self.run or 1) > 1


def list_takers(session: Session, *, actor: Actor, line: AssignmentLine, today: date) -> Sequence[Taker]:
    """Who an assignment is for, by name."""
    rows = session.execute(
        select(
            Employment.person_id,
            Employment.name,
            Enrolment.enrolled_at,
            Enrolment.completed_at,
            Enrolment.run,
            more_until(actor, line.course_id).label("more_until"),
        )
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == Employment.firm_id,
                Enrolment.person_id == Employment.person_id,
                Enrolment.course_id == line.course_id,
            ),
        )
        .where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            Employment.team_id == line.team_id if line.team_id else Employment.person_id == line.person_id,
        )
        .order_by(Employment.sort_name, Employment.person_id)
    )
    return [Taker(**row._mapping) for row in rows]
