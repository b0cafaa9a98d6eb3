"""Reads of many people's learning, for those who look after them. Sorted by name only: never by how well they stand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    distinct,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from lms.assessments.queries import latest_attempts
from lms.foundation.actor import Actor
from lms.learning.models import Enrolment, LessonProgress
from lms.learning.policy import runs_learning
from lms.learning.queries.calendar import Day
from lms.learning.queries.duties import RETAKE, duties, has_completed
from lms.learning.rules import STUCK_AFTER, Standing, standings
from lms.people.models import Employment, Team
from lms.people.queries import is_id, name_matches
from lms.people.rules import sort_name

PAGE = 50


def sees(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of LearningPermission.SEE_TEAM, on employments of the actor's firm."""
    return true() if runs_learning(actor, None) else Employment.team_id.in_(actor.leads)


@dataclass(frozen=True)
class TeamWanted:
    """What the reader of the team page asked for."""

    text: str = ""
    team_id: uuid.UUID | None = None
    standing: Standing | None = None
    after: str = ""


@dataclass(frozen=True)
class TeamLine:
    """One person, and how their learning stands."""

    person_id: uuid.UUID
    name: str
    sort_name: str
    employee_number: str | None
    team: str | None
    courses: int
    completed: int
    overdue: int
    moved_at: datetime | None

    def standings(self, now: datetime) -> tuple[Standing, ...]:
        """The words that are true of this person."""
        return standings(
            courses=self.courses,
            completed=self.completed,
            overdue=self.overdue,
            moved_at=self.moved_at,
            now=now,
        )


@dataclass(frozen=True)
class TeamLines:
    """A page of people; `more` is where the next one starts, or empty."""

    people: Sequence[TeamLine]
    more: str


def _overdue(actor: Actor, day: Day) -> Any:
    """How many courses each person should have completed before today and has not."""
    duty = duties(actor, day)
    completed = exists().where(
        Enrolment.firm_id == actor.firm_id,
        Enrolment.person_id == duty.c.person_id,
        Enrolment.course_id == duty.c.course_id,
        has_completed(),
    )
    return (
        select(duty.c.person_id, func.count(distinct(duty.c.course_id)).label("overdue"))
        .where(duty.c.due_on < day.late_from, or_(duty.c.kind == RETAKE, ~completed))
        .group_by(duty.c.person_id)
        .subquery()
    )


def _lines(actor: Actor, wanted: TeamWanted, day: Day) -> Any:
    """Everybody the actor sees who works here today and whom the search and the team leave, with their counts."""
    enrolled = (
        select(
            Enrolment.person_id,
            func.count().label("courses"),
            func.count(Enrolment.completed_at).label("completed"),
        )
        .where(Enrolment.firm_id == actor.firm_id)
        .group_by(Enrolment.person_id)
        .subquery()
    )
    moved = (
        select(LessonProgress.person_id, func.max(LessonProgress.moved_at).label("at"))
        .where(LessonProgress.firm_id == actor.firm_id)
        .group_by(LessonProgress.person_id)
        .subquery()
    )
    tried, overdue = latest_attempts(actor=actor), _overdue(actor, day)
    statement = (
        select(
            Employment.person_id,
            Employment.name,
            Employment.sort_name,
            Employment.employee_number,
            Team.name.label("team"),
            func.coalesce(enrolled.c.courses, 0).label("courses"),
            func.coalesce(enrolled.c.completed, 0).label("completed"),
            func.coalesce(overdue.c.overdue, 0).label("overdue"),
            case(
                (moved.c.at.is_(None), tried.c.at),
                (tried.c.at > moved.c.at, tried.c.at),
                else_=moved.c.at,
            ).label("moved_at"),
        )
        .outerjoin(Team, and_(Team.firm_id == Employment.firm_id, Team.id == Employment.team_id))
        .outerjoin(enrolled, enrolled.c.person_id == Employment.person_id)
        .outerjoin(moved, moved.c.person_id == Employment.person_id)
        .outerjoin(tried, tried.c.person_id == Employment.person_id)
        .outerjoin(overdue, overdue.c.person_id == Employment.person_id)
        .where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= day.today),
            sees(actor),
        )
    )
    if wanted.team_id is not None:
        statement = statement.where(Employment.team_id == wanted.team_id)
    if wanted.text.strip():
        statement = statement.where(
            or_(
                Employment.sort_name.like(name_matches(wanted.text), escape="\\"),
                Employment.employee_number == wanted.text.strip(),
            )
        )
    return statement.subquery()


def _stands(lines: Any, standing: Standing, now: datetime) -> ColumnElement[bool]:
    """The SQL twin of `rules.standings`: whether a word is true of a line."""
    under_way = lines.c.courses > lines.c.completed
    still = and_(lines.c.moved_at.is_not(None), lines.c.moved_at < now - STUCK_AFTER)
    table: dict[Standing, ColumnElement[bool]] = {
        Standing.OVERDUE: lines.c.overdue > 0,
        Standing.STUCK: and_(under_way, still),
        Standing.UNDER_WAY: and_(under_way, ~still),
        Standing.FINISHED: and_(~under_way, lines.c.courses > 0),
        Standing.NOT_BEGUN: lines.c.courses == 0,
    }
    return table[standing]


def list_team_learning(
    session: Session, *, actor: Actor, wanted: TeamWanted, day: Day, now: datetime, whole: bool = False
) -> TeamLines:
    """A page of people by name (all of them when `whole`), with counts of their courses. One statement."""
    lines = _lines(actor, wanted, day)
    statement: Select[Any] = select(lines).order_by(lines.c.sort_name, lines.c.person_id)
    if wanted.standing is not None:
        statement = statement.where(_stands(lines, wanted.standing, now))
    name, _tilde, number = wanted.after.rpartition("~")
    if not whole:
        statement = statement.limit(PAGE + 1)
        if is_id(number):
            statement = statement.where(
                tuple_(lines.c.sort_name, lines.c.person_id)
                > tuple_(literal(name), literal(uuid.UUID(number)))
            )
    found = [TeamLine(**row._mapping) for row in session.execute(statement)]
    if whole or len(found) <= PAGE:
        return TeamLines(found, "")
    last = found[PAGE - 1]
    return TeamLines(found[:PAGE], f"{last.sort_name}~{last.person_id}")


def count_standings(
    session: Session, *, actor: Actor, wanted: TeamWanted, day: Day, now: datetime
) -> dict[Standing, int]:
    """Of how many people each word is true, whatever word was asked for. One statement."""
    lines = _lines(actor, wanted, day)
    row = session.execute(
        select(
            *(
                func.coalesce(func.sum(case((_stands(lines, one, now), 1), else_=0)), 0).label(one.name)
                for one in Standing
            )
        )
    ).one()
    return {one: int(row._mapping[one.name]) for one in Standing}


def list_teams_seen(session: Session, *, actor: Actor) -> Sequence[Team]:
    """The teams whose learning the actor may see, by name."""
    statement = select(Team).where(Team.firm_id == actor.firm_id).order_by(Team.name)
    if not runs_learning(actor, None):
        statement = statement.where(Team.id.in_(actor.leads))
    return session.scalars(statement).all()


def list_matching(session: Session, *, actor: Actor, text: str, today: date) -> Sequence[Employment]:
    """Whoever the actor sees with exactly this name or employee number; two at most, for two are too many."""
    return session.scalars(
        select(Employment)
        .where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            or_(Employment.employee_number == text.strip(), Employment.sort_name == sort_name(text)),
            sees(actor),
        )
        .limit(2)
    ).all()
