"""Reads of enrolment rules, and of whom they catch."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.learning.models import Enrolment, EnrolmentRule
from lms.learning.queries.calendar import Day
from lms.learning.queries.duties import caught, has_completed, since, stands
from lms.learning.rules.calendar import due_after
from lms.people.models import Employment, Team

RULE_STATES = ("draft", "on", "paused", "ended")
SHOWN = 50


@dataclass(frozen=True)
class RuleLine:
    """A rule as the list shows it. `people`: whom it is about today; `done`: who of them has completed the course."""

    id: uuid.UUID
    course_id: uuid.UUID
    title: str
    job_role: str | None
    team_id: uuid.UUID | None
    team: str | None
    hired_from: date | None
    within_days: int
    from_on: date | None
    made_by: str | None
    made_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None
    people: int
    done: int

    @property
    def state(self) -> str:
        """How it stands, as one of RULE_STATES."""
        if self.ended_at is not None:
            return "ended"
        if self.from_on is None:
            return "draft"
        return "paused" if self.paused_at is not None else "on"


def list_rules(
    session: Session, *, actor: Actor, day: Day, state: str = "", rule_id: uuid.UUID | None = None
) -> Sequence[RuleLine]:
    """The firm's rules (in a state, or one), those that are on first, with counts of today's people. One statement."""
    member, giver = aliased(Employment), aliased(Employment)
    meant = (member.firm_id == actor.firm_id, caught(member, day.today))
    people = select(func.count()).select_from(member).where(*meant).correlate(EnrolmentRule).scalar_subquery()
    done = (
        select(func.count())
        .select_from(member)
        .join(Enrolment, and_(Enrolment.firm_id == actor.firm_id, Enrolment.person_id == member.person_id))
        .where(*meant, Enrolment.course_id == EnrolmentRule.course_id, has_completed())
        .correlate(EnrolmentRule)
        .scalar_subquery()
    )
    order = case((EnrolmentRule.ended_at.is_not(None), 2), (stands(), 0), else_=1)
    statement = (
        select(
            EnrolmentRule.id,
            EnrolmentRule.course_id,
            CourseVersion.title,
            EnrolmentRule.job_role,
            EnrolmentRule.team_id,
            Team.name.label("team"),
            EnrolmentRule.hired_from,
            EnrolmentRule.within_days,
            EnrolmentRule.from_on,
            giver.name.label("made_by"),
            EnrolmentRule.made_at,
            EnrolmentRule.paused_at,
            EnrolmentRule.ended_at,
            people.label("people"),
            done.label("done"),
        )
        .join(Course, Course.id == EnrolmentRule.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(Team, and_(Team.firm_id == EnrolmentRule.firm_id, Team.id == EnrolmentRule.team_id))
        .outerjoin(
            giver, and_(giver.firm_id == EnrolmentRule.firm_id, giver.person_id == EnrolmentRule.made_by_id)
        )
        .where(EnrolmentRule.firm_id == actor.firm_id)
        .order_by(order, CourseVersion.title, EnrolmentRule.id)
    )
    if rule_id is not None:
        statement = statement.where(EnrolmentRule.id == rule_id)
    if state:
        statement = statement.where(_is(state))
    return [RuleLine(**row._mapping) for row in session.execute(statement)]


def _is(state: str) -> ColumnElement[bool]:
    """The SQL twin of `RuleLine.state`."""
    open_ = EnrolmentRule.ended_at.is_(None)
    table: dict[str, ColumnElement[bool]] = {
        "ended": ~open_,
        "draft": and_(open_, EnrolmentRule.from_on.is_(None)),
        "paused": and_(open_, EnrolmentRule.from_on.is_not(None), EnrolmentRule.paused_at.is_not(None)),
        "on": stands(),
    }
    return table[state]


@dataclass(frozen=True)
class Caught:
    """Somebody a rule is about: since when, and by which day. `due_on` is a working day."""

    person_id: uuid.UUID
    name: str
    team: str | None
    since: date
    due_on: date
    completed: bool


def list_caught(
    session: Session, *, actor: Actor, line: RuleLine, day: Day, limit: int | None = SHOWN
) -> Sequence[Caught]:
    """Whom a rule is about today, by name; the first of them, or all. One statement.

    Of one that is not switched on: as if it were today.
    """
    statement = (
        select(
            Employment.person_id,
            Employment.name,
            Team.name.label("team"),
            since(Employment).label("since"),
            Enrolment.completed_at,
            Enrolment.run,
        )
        .join_from(EnrolmentRule, Employment, caught(Employment, day.today))
        .outerjoin(Team, and_(Team.firm_id == Employment.firm_id, Team.id == Employment.team_id))
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == Employment.firm_id,
                Enrolment.person_id == Employment.person_id,
                Enrolment.course_id == EnrolmentRule.course_id,
            ),
        )
        .where(EnrolmentRule.firm_id == actor.firm_id, EnrolmentRule.id == line.id)
        .order_by(Employment.sort_name, Employment.person_id)
        .limit(limit)
    )
    not_before = line.from_on or day.today
    return [
        Caught(
            row.person_id,
            row.name,
            row.team,
            row.since,
            day.calendar.working_day(due_after(row.since, line.within_days, not_before=not_before)),
            row.completed_at is not None or (row.run or 1) > 1,
        )
        for row in session.execute(statement)
    ]


def find_rule(session: Session, *, actor: Actor, rule_id: uuid.UUID) -> EnrolmentRule | None:
    """A rule of the actor's firm, held so that two changes come one after the other."""
    return session.scalar(
        select(EnrolmentRule)
        .where(EnrolmentRule.firm_id == actor.firm_id, EnrolmentRule.id == rule_id)
        .with_for_update()
    )


def has_same(session: Session, *, actor: Actor, rule: EnrolmentRule) -> bool:
    """Whether another rule that has not ended asks the same people for the same course."""

    def same(column: ColumnElement[object], value: object) -> ColumnElement[bool]:
        return column.is_(None) if value is None else column == value

    return bool(
        session.scalar(
            select(EnrolmentRule.id)
            .where(
                EnrolmentRule.firm_id == actor.firm_id,
                EnrolmentRule.course_id == rule.course_id,
                EnrolmentRule.ended_at.is_(None),
                same(EnrolmentRule.job_role, rule.job_role),  # type: ignore[arg-type]
                same(EnrolmentRule.team_id, rule.team_id),  # type: ignore[arg-type]
                same(EnrolmentRule.hired_from, rule.hired_from),  # type: ignore[arg-type]
            )
            .limit(1)
        )
    )
