"""Who must take which course by when, and why: one derived table over everything that can ask for it.

Assignments (to a person or a team), cohorts, enrolment rules and completions that run out. Nothing of it is written for
each person: see docs/decisions/0010.
"""

import uuid
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from lms.foundation.actor import Actor
from lms.learning.models import (
    Assignment,
    Cohort,
    CohortCourse,
    CohortMember,
    Enrolment,
    EnrolmentRule,
    Extension,
)
from lms.learning.queries.calendar import Day
from lms.people.models import Employment, Team

ON_THE_DAY: Any = SimpleNamespace(
    today=bindparam("today", type_=Date()), retake_until=bindparam("retake_until", type_=Date())
)
"""Stands for the Day in a statement that is put together once: whoever asks binds `today` and `retake_until`."""
RETAKE = "retake"
KINDS = ("assignment", "cohort", "rule", RETAKE)


class add_days(FunctionElement[Any]):
    """A date some whole days after another."""

    type = Date()
    inherit_cache = True
    name = "add_days"


@compiles(add_days)
def _add_days(element: Any, compiler: Any, **options: Any) -> str:
    day, days = element.clauses
    return f"(CAST({compiler.process(day, **options)} AS DATE) + {compiler.process(days, **options)})"


@compiles(add_days, "sqlite")
def _add_days_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    day, days = element.clauses
    return f"date({compiler.process(day, **options)}, '+' || {compiler.process(days, **options)} || ' days')"


def later_of(one: Any, other: Any) -> ColumnElement[Any]:
    """The later of two dates that are both there."""
    return case((one > other, one), else_=other)


def has_completed() -> ColumnElement[bool]:
    """Whether an enrolment was completed: now, or before the person began to take the course again."""
    return or_(Enrolment.completed_at.is_not(None), Enrolment.run > 1)


def _no(kind: Any) -> ColumnElement[Any]:
    return cast(null(), kind)


def caught(person: Any, today: Any) -> ColumnElement[bool]:
    """The SQL twin of `rules.running.catches`, between EnrolmentRule and an employment of the same firm."""
    return and_(
        person.firm_id == EnrolmentRule.firm_id,
        person.started_on <= today,
        or_(person.ended_on.is_(None), person.ended_on >= today),
        or_(EnrolmentRule.job_role.is_(None), person.job_role == EnrolmentRule.job_role),
        or_(EnrolmentRule.team_id.is_(None), person.team_id == EnrolmentRule.team_id),
        or_(EnrolmentRule.hired_from.is_(None), person.started_on >= EnrolmentRule.hired_from),
    )


def since(person: Any) -> ColumnElement[Any]:
    """The SQL twin of `rules.running.caught_since`."""
    joined = func.coalesce(person.team_joined_on, person.started_on)
    for_role = case((EnrolmentRule.job_role.is_(None), person.started_on), else_=person.role_started_on)
    for_team = case((EnrolmentRule.team_id.is_(None), person.started_on), else_=joined)
    return later_of(person.started_on, later_of(for_role, for_team))


def stands() -> ColumnElement[bool]:
    """Whether a rule is switched on, and neither paused nor ended."""
    return and_(
        EnrolmentRule.from_on.is_not(None),
        EnrolmentRule.paused_at.is_(None),
        EnrolmentRule.ended_at.is_(None),
    )


def duties(actor: Actor, day: Day, *, person_id: uuid.UUID | None = None) -> Subquery:
    """Everything asked of the actor's firm's people (or of one), a row for each reason.

    `due_on` is the date that was asked for, or the extension's when that is later: compare it with `day.late_from`,
    show it by `day.calendar.working_day`. `since`, `team` and `job_role` say why a rule caught the person.
    """
    asked = union_all(
        *(
            one.where(column == person_id) if person_id is not None else one
            for one, column in (
                _by_name(actor),
                _by_team(actor),
                _by_cohort(actor, day),
                _by_rule(actor, day),
                _by_expiry(actor, day),
            )
        )
    ).subquery("asked")
    more = (
        select(Extension.person_id, Extension.course_id, func.max(Extension.until).label("until"))
        .where(Extension.firm_id == actor.firm_id, Extension.withdrawn_at.is_(None))
        .group_by(Extension.person_id, Extension.course_id)
        .subquery("more")
    )
    due = case((more.c.until > asked.c.asked_on, more.c.until), else_=asked.c.asked_on)
    return (
        select(asked, due.label("due_on"))
        .outerjoin(more, and_(more.c.person_id == asked.c.person_id, more.c.course_id == asked.c.course_id))
        .subquery("duties")
    )


def more_until(actor: Actor, course_id: uuid.UUID) -> ScalarSelect[date]:
    """Until when somebody of the firm was given more time for a course: a column of a statement that reads Employment."""
    return (
        select(func.max(Extension.until))
        .where(
            Extension.firm_id == actor.firm_id,
            Extension.person_id == Employment.person_id,
            Extension.course_id == course_id,
            Extension.withdrawn_at.is_(None),
        )
        .correlate(Employment)
        .scalar_subquery()
    )


def _columns(kind: str, source: Any, person: Any, course: Any, asked_on: Any, **more: Any) -> Select[Any]:
    shape = {"by_id": Uuid, "note": String, "name": String, "since": Date, "team": String, "job_role": String}
    return select(
        literal(kind, String).label("kind"),
        source.label("source_id"),
        person.label("person_id"),
        course.label("course_id"),
        asked_on.label("asked_on"),
        *(more.get(name, _no(of())).label(name) for name, of in shape.items()),
    )


def _by_name(actor: Actor) -> tuple[Select[Any], Any]:
    said = _columns(
        "assignment",
        Assignment.id,
        Assignment.person_id,
        Assignment.course_id,
        Assignment.due_on,
        by_id=Assignment.assigned_by_id,
        note=Assignment.note,
    ).where(
        Assignment.firm_id == actor.firm_id,
        Assignment.withdrawn_at.is_(None),
        Assignment.person_id.is_not(None),
    )
    return said, Assignment.person_id


def _by_team(actor: Actor) -> tuple[Select[Any], Any]:
    member = aliased(Employment)
    said = (
        _columns(
            "assignment",
            Assignment.id,
            member.person_id,
            Assignment.course_id,
            Assignment.due_on,
            by_id=Assignment.assigned_by_id,
            note=Assignment.note,
        )
        .join_from(
            Assignment,
            member,
            and_(member.firm_id == Assignment.firm_id, member.team_id == Assignment.team_id),
        )
        .where(Assignment.firm_id == actor.firm_id, Assignment.withdrawn_at.is_(None))
    )
    return said, member.person_id


def _by_cohort(actor: Actor, day: Day) -> tuple[Select[Any], Any]:
    said = (
        _columns(
            "cohort",
            Cohort.id,
            CohortMember.person_id,
            CohortCourse.course_id,
            Cohort.ends_on,
            by_id=Cohort.trainer_id,
            note=Cohort.note,
            name=Cohort.name,
        )
        .join_from(
            Cohort,
            CohortMember,
            and_(CohortMember.firm_id == Cohort.firm_id, CohortMember.cohort_id == Cohort.id),
        )
        .join(CohortCourse, and_(CohortCourse.firm_id == Cohort.firm_id, CohortCourse.cohort_id == Cohort.id))
        .where(Cohort.firm_id == actor.firm_id, Cohort.closed_at.is_(None), Cohort.starts_on <= day.today)
    )
    return said, CohortMember.person_id


def _by_rule(actor: Actor, day: Day) -> tuple[Select[Any], Any]:
    person, team = aliased(Employment), aliased(Team)
    became = since(person)
    due = add_days(later_of(became, EnrolmentRule.from_on), cast(EnrolmentRule.within_days, Integer))
    said = (
        _columns(
            "rule",
            EnrolmentRule.id,
            person.person_id,
            EnrolmentRule.course_id,
            due,
            since=became,
            team=team.name,
            job_role=EnrolmentRule.job_role,
        )
        .join_from(EnrolmentRule, person, caught(person, day.today))
        .outerjoin(team, and_(team.firm_id == EnrolmentRule.firm_id, team.id == EnrolmentRule.team_id))
        .where(EnrolmentRule.firm_id == actor.firm_id, stands())
    )
    return said, person.person_id


def _by_expiry(actor: Actor, day: Day) -> tuple[Select[Any], Any]:
    said = _columns(
        RETAKE, _no(Uuid()), Enrolment.person_id, Enrolment.course_id, Enrolment.expires_on
    ).where(
        Enrolment.firm_id == actor.firm_id,
        Enrolment.expires_on.is_not(None),
        Enrolment.expires_on <= day.retake_until,
    )
    return said, Enrolment.person_id
