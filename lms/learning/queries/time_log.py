"""When people did something, from what is kept anyhow: cards, checks, reviews, answers, attempts."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, tuple_, union, union_all
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, Attempt, Response
from lms.foundation.actor import Actor
from lms.learning.models import (
    Assignment,
    CardFact,
    CheckAnswer,
    Cohort,
    CohortCourse,
    CohortMember,
    EnrolmentRule,
    PastRun,
    ReviewCard,
    ReviewLog,
    SyncedFact,
)
from lms.learning.queries.calendar import Day
from lms.learning.queries.duties import caught, duties
from lms.learning.rules.time_log import BELIEVED, Done, done_at
from lms.people.models import Employment, Team
from lms.people.queries import is_id

PAGE = 50


@dataclass(frozen=True)
class Period:
    """From one day of the firm to another, both in it."""

    since: date
    until: date


def list_done(
    session: Session,
    *,
    actor: Actor,
    day: Day,
    period: Period,
    person_ids: Collection[uuid.UUID],
) -> Mapping[uuid.UUID, Sequence[Done]]:
    """What each of some people of the actor's firm did in a period, a little before it too. Two statements.

    A day is taken on both sides, so that a sitting that lies over midnight is seen whole.
    """
    people = list(person_ids)
    if not people:
        return {}
    start = datetime.combine(period.since - timedelta(days=1), time(), day.zone)
    end = datetime.combine(period.until + timedelta(days=2), time(), day.zone)
    required = _required(session, actor, day, start, people)
    moments = union_all(
        *(one.where(_within(arrived, start, end)) for one, arrived in _moments(actor, people))
    )
    found: dict[uuid.UUID, list[Done]] = {one: [] for one in people}
    for person_id, course_id, device_at, arrived_at in session.execute(moments):
        at, later = done_at(device_at, arrived_at)
        if start <= at < end:
            found[person_id].append(Done(at, (person_id, course_id) in required, later))
    return found


def _within(arrived: Any, start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(arrived >= start, arrived < end + BELIEVED)


def _moments(actor: Actor, people: Sequence[uuid.UUID]) -> list[tuple[Select[Any], Any]]:
    """Person, course, the device's time and ours of everything they did, a statement for each kind; and its arrival."""
    firm = actor.firm_id
    card = select(CardFact.person_id, CardFact.course_id, CardFact.device_at, CardFact.arrived_at).where(
        CardFact.firm_id == firm, CardFact.person_id.in_(people)
    )
    check = (
        select(CheckAnswer.person_id, CheckAnswer.course_id, SyncedFact.device_at, CheckAnswer.arrived_at)
        .outerjoin(
            SyncedFact,
            and_(
                SyncedFact.firm_id == CheckAnswer.firm_id,
                SyncedFact.person_id == CheckAnswer.person_id,
                SyncedFact.id == CheckAnswer.id,
            ),
        )
        .where(CheckAnswer.firm_id == firm, CheckAnswer.person_id.in_(people))
    )
    review = (
        select(ReviewLog.person_id, ReviewCard.course_id, ReviewLog.device_at, ReviewLog.arrived_at)
        .join(ReviewCard, and_(ReviewCard.firm_id == ReviewLog.firm_id, ReviewCard.id == ReviewLog.card_id))
        .where(ReviewLog.firm_id == firm, ReviewLog.person_id.in_(people), ReviewLog.of_id.is_(None))
    )
    answer = (
        select(Attempt.person_id, Assessment.course_id, Response.device_at, Response.arrived_at)
        .join(Attempt, and_(Attempt.firm_id == Response.firm_id, Attempt.id == Response.attempt_id))
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(Response.firm_id == firm, Attempt.person_id.in_(people))
    )

    def of_attempt(moment: Any) -> Select[Any]:
        return (
            select(Attempt.person_id, Assessment.course_id, moment.label("device_at"), moment)
            .join(Assessment, Assessment.id == Attempt.assessment_id)
            .where(Attempt.firm_id == firm, Attempt.person_id.in_(people))
        )

    return [
        (card, CardFact.arrived_at),
        (check, CheckAnswer.arrived_at),
        (review, ReviewLog.arrived_at),
        (answer, Response.arrived_at),
        (of_attempt(Attempt.started_at), Attempt.started_at),
        (of_attempt(Attempt.submitted_at), Attempt.submitted_at),
    ]


def _required(
    session: Session, actor: Actor, day: Day, start: datetime, people: Sequence[uuid.UUID]
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Who was asked to take which course, today or until some time after `start`: what was withdrawn since counts."""
    firm = actor.firm_id
    duty = duties(actor, day)
    withdrawn = and_(Assignment.firm_id == firm, Assignment.withdrawn_at >= start)
    asked = union(
        select(duty.c.person_id, duty.c.course_id).where(duty.c.person_id.in_(people)),
        select(Assignment.person_id, Assignment.course_id).where(withdrawn, Assignment.person_id.in_(people)),
        select(Employment.person_id, Assignment.course_id)
        .join_from(
            Assignment,
            Employment,
            and_(Employment.firm_id == Assignment.firm_id, Employment.team_id == Assignment.team_id),
        )
        .where(withdrawn, Employment.person_id.in_(people)),
        select(CohortMember.person_id, CohortCourse.course_id)
        .join_from(
            CohortMember,
            CohortCourse,
            and_(
                CohortCourse.firm_id == CohortMember.firm_id, CohortCourse.cohort_id == CohortMember.cohort_id
            ),
        )
        .join(Cohort, and_(Cohort.firm_id == CohortMember.firm_id, Cohort.id == CohortMember.cohort_id))
        .where(CohortMember.firm_id == firm, Cohort.closed_at >= start, CohortMember.person_id.in_(people)),
        select(Employment.person_id, EnrolmentRule.course_id)
        .join_from(EnrolmentRule, Employment, caught(Employment, day.today))
        .where(
            EnrolmentRule.firm_id == firm,
            EnrolmentRule.from_on.is_not(None),
            or_(EnrolmentRule.ended_at >= start, EnrolmentRule.paused_at >= start),
            Employment.person_id.in_(people),
        ),
        select(PastRun.person_id, PastRun.course_id).where(
            PastRun.firm_id == firm, PastRun.expires_on.is_not(None), PastRun.person_id.in_(people)
        ),
    )
    return {(person_id, course_id) for person_id, course_id in session.execute(asked)}


@dataclass(frozen=True)
class TimesWanted:
    """What the reader of the time log asked for. `after`: where the page starts."""

    period: Period
    team_id: uuid.UUID | None = None
    after: str = ""


@dataclass(frozen=True)
class Worker:
    """Somebody who worked at the firm in a period."""

    person_id: uuid.UUID
    name: str
    sort_name: str
    employee_number: str | None
    team: str | None


def list_workers(
    session: Session, *, actor: Actor, wanted: TimesWanted, whole: bool = False
) -> tuple[Sequence[Worker], str]:
    """A page of the people of the firm who worked there in the period (all when `whole`), and where the next begins. One statement."""
    statement = (
        select(
            Employment.person_id,
            Employment.name,
            Employment.sort_name,
            Employment.employee_number,
            Team.name.label("team"),
        )
        .outerjoin(Team, and_(Team.firm_id == Employment.firm_id, Team.id == Employment.team_id))
        .where(
            Employment.firm_id == actor.firm_id,
            Employment.started_on <= wanted.period.until,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= wanted.period.since),
        )
        .order_by(Employment.sort_name, Employment.person_id)
    )
    if wanted.team_id is not None:
        statement = statement.where(Employment.team_id == wanted.team_id)
    name, _tilde, number = wanted.after.rpartition("~")
    if not whole:
        statement = statement.limit(PAGE + 1)
        if is_id(number):
            statement = statement.where(
                tuple_(Employment.sort_name, Employment.person_id)
                > tuple_(literal(name), literal(uuid.UUID(number)))
            )
    found = [Worker(**row._mapping) for row in session.execute(statement)]
    if whole or len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    return found[:PAGE], f"{last.sort_name}~{last.person_id}"
