"""A person's own goal with their weeks, and the goals of teams as sums."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.policy import require
from lms.learning.pages.team import close_door
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.calendar import Day, find_day
from lms.learning.queries.habit import Shared, list_goals, list_shared
from lms.learning.queries.team import list_teams_seen
from lms.learning.queries.time_log import Period, list_done
from lms.learning.rules.habit import (
    LOOK_BACK,
    WEEK,
    Goal,
    How,
    Week,
    goal_in,
    monday_of,
    shared_sum,
    streak,
    weeks_of,
)
from lms.learning.rules.time_log import minutes_by_day
from lms.people import queries as people
from lms.people.models import Team

SHOWN = 6
"""So many weeks are listed."""


@dataclass(frozen=True)
class TeamSum:
    """A team's goal for the week and what was done for it. `minutes`: none where no sum may be shown."""

    team: Team
    goal: int
    minutes: int | None
    takes_part: bool = False
    from_week: date | None = None


@dataclass(frozen=True)
class OwnGoal:
    """A person's goal, this week, how many weeks in a row, the weeks before, and their team's goal if there is one."""

    goal: Goal | None
    week: Week
    streak: int
    earlier: Sequence[Week]
    team: TeamSum | None
    day: Day

    @property
    def whole_row(self) -> bool:
        """Whether the row reaches as far back as is looked."""
        return self.streak >= LOOK_BACK


def own_goal(session: Session, *, actor: Actor, now: datetime) -> OwnGoal:
    """What the actor set themself, and how the last weeks went. A fixed number of statements."""
    require(POLICY, actor, LearningPermission.LEARN)
    day = find_day(session, actor=actor, now=now)
    monday = monday_of(day.today)
    goals = list_goals(session, actor=actor)
    person = people.find_employment(session, actor=actor, person_id=actor.person_id)
    team = person.team if person else None
    shared = list_shared(session, actor=actor, team_ids=[team.id] if team else [], today=day.today)
    away = [
        (since, until)
        for _person, since, until in people.list_days_away(
            session, firm_id=actor.firm_id, person_ids=[actor.person_id]
        )
    ]
    period = Period(monday - (LOOK_BACK - 1) * WEEK, day.today)
    done = list_done(session, actor=actor, day=day, period=period, person_ids=[actor.person_id])
    minutes = minutes_by_day(done[actor.person_id], day.zone, since=period.since, until=period.until)
    weeks = weeks_of(minutes, goals, today=day.today, calendar=day.calendar, away=away)
    return OwnGoal(
        goal_in(goals, monday),
        weeks[-1],
        streak(weeks),
        [one for one in reversed(weeks[-SHOWN:-1]) if one.how is not How.NONE],
        next(iter(_sums(session, actor, day, [team] if team else [], shared)), None),
        day,
    )


def _sums(
    session: Session, actor: Actor, day: Day, teams: Sequence[Team], shared: Mapping[uuid.UUID, Shared]
) -> list[TeamSum]:
    """What each team with a goal has done this week. Two statements, whatever the number of teams."""
    monday = monday_of(day.today)
    period = Period(monday, day.today)
    counted = {
        team_id: [person_id for person_id, part in one.parts.items() if part.counts(monday)]
        for team_id, one in shared.items()
    }
    everybody = sorted({one for members in counted.values() for one in members})
    done = list_done(session, actor=actor, day=day, period=period, person_ids=everybody)
    found = []
    for team in teams:
        one = shared.get(team.id)
        if one is None:
            continue
        own = one.parts.get(actor.person_id)
        takes_part = own is not None and own.stands
        sums = [
            sum(
                minutes.total
                for minutes in minutes_by_day(
                    done[member], day.zone, since=period.since, until=period.until
                ).values()
            )
            for member in counted[team.id]
        ]
        left = any(part.left_week == monday for part in one.parts.values())
        found.append(
            TeamSum(
                team,
                one.minutes,
                shared_sum(sums, somebody_left=left),
                takes_part,
                own.from_week if own is not None and takes_part and own.from_week > monday else None,
            )
        )
    return found


@dataclass(frozen=True)
class TeamGoals:
    """The teams whose learning the actor looks after, each with its goal if it has one."""

    teams: Sequence[Team]
    sums: Mapping[uuid.UUID, TeamSum]


def team_goals(session: Session, *, actor: Actor, now: datetime) -> TeamGoals:
    """The goals of the teams the actor looks after, as sums; who takes part is not told. Raises NotAllowed."""
    close_door(actor, LearningPermission.ASSIGN)
    day = find_day(session, actor=actor, now=now)
    teams = list_teams_seen(session, actor=actor)
    shared = list_shared(session, actor=actor, team_ids=[one.id for one in teams], today=day.today)
    return TeamGoals(teams, {one.team.id: one for one in _sums(session, actor, day, teams, shared)})
