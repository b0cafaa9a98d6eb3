"""How long people learnt: a person's own month, and the firm's list for those who pay it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.policy import require
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.calendar import Day, find_day
from lms.learning.queries.time_log import Period, TimesWanted, Worker, list_done, list_workers
from lms.learning.rules.time_log import Minutes, minutes_by_day
from lms.people import queries as people
from lms.people.models import Team

MOST_DAYS = 62
AT_ONCE = 400
"""So many people's moments are read at a time."""


def month_of(day: date) -> Period:
    """The month that a day is in."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


@dataclass(frozen=True)
class OwnTime:
    """A person's month, day by day."""

    period: Period
    days: Mapping[date, Minutes]
    total: Minutes
    day: Day

    @property
    def before(self) -> date:
        """The first day of the month before."""
        return (self.period.since - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date | None:
        """The first day of the next month, unless it has not begun."""
        first = self.period.until + timedelta(days=1)
        return first if first <= self.day.today else None


def own_time(session: Session, *, actor: Actor, month: date | None, now: datetime) -> OwnTime:
    """The actor's own month (this one when none is named). Three statements."""
    require(POLICY, actor, LearningPermission.LEARN)
    day = find_day(session, actor=actor, now=now)
    period = month_of(month or day.today)
    done = list_done(session, actor=actor, day=day, period=period, person_ids=[actor.person_id])
    days = minutes_by_day(done[actor.person_id], day.zone, since=period.since, until=period.until)
    return OwnTime(period, days, sum(days.values(), Minutes()), day)


@dataclass(frozen=True)
class Times:
    """The firm's people and their minutes in a period, as much of it as one page shows."""

    wanted: TimesWanted
    lines: Sequence[tuple[Worker, Mapping[date, Minutes]]]
    more: str
    teams: Sequence[Team]
    day: Day

    @property
    def totals(self) -> Iterator[tuple[Worker, Minutes]]:
        """Everybody's minutes of the whole period."""
        for worker, days in self.lines:
            yield worker, sum(days.values(), Minutes())


def times_page(
    session: Session,
    *,
    actor: Actor,
    period: Period | None,
    team_id: uuid.UUID | None,
    now: datetime,
    after: str = "",
    whole: bool = False,
) -> Times:
    """The minutes of the firm's people in a period, this month when none is named; everybody's when `whole`.

    Raises NotAllowed, NotFound (no such team), Invalid (the period ends before it begins, or is too long).
    """
    require(POLICY, actor, LearningPermission.TIME)
    day = find_day(session, actor=actor, now=now)
    period = period or month_of(day.today)
    if period.until < period.since:
        raise Invalid("The last day is not before the first one.")
    if (period.until - period.since).days >= MOST_DAYS:
        raise Invalid("Choose at most %(most)s days at once.", most=MOST_DAYS)
    teams = people.list_teams(session, actor=actor)
    if team_id is not None and team_id not in {one.id for one in teams}:
        raise NotFound("There is no such team.")
    wanted = TimesWanted(period, team_id, after)
    workers, more = list_workers(session, actor=actor, wanted=wanted, whole=whole)
    lines: list[tuple[Worker, Mapping[date, Minutes]]] = []
    for place in range(0, len(workers), AT_ONCE):
        some = workers[place : place + AT_ONCE]
        done = list_done(
            session, actor=actor, day=day, period=period, person_ids=[one.person_id for one in some]
        )
        lines += [
            (
                one,
                minutes_by_day(done[one.person_id], day.zone, since=period.since, until=period.until),
            )
            for one in some
        ]
    return Times(wanted, lines, more, teams, day)
