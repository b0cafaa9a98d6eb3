"""A weekly goal of one's own, the weeks it was reached in a row, and a team's sum: pure, and kind to whoever is away.

Weeks begin on Monday. What a goal asks shrinks with the days of the week on which the person works: on leave and on the
firm's days off nothing is asked. A week without a working day neither counts nor ends anything.
"""

import enum
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lms.learning.rules.calendar import Calendar
from lms.learning.rules.memory import Span
from lms.learning.rules.time_log import Minutes

WEEK = timedelta(days=7)
LOOK_BACK = 26
"""So many weeks are looked at: a longer row is told as this many."""
FEWEST = 5
"""A team's sum is shown only where so many take part: of fewer it would tell about each."""
ROUNDED = 10
"""A team's sum is told in steps of so many minutes."""
MOST = {"minutes": 600, "days": 7}
"""The largest goal of each kind."""


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Goal:
    """What somebody wants to do in a week: `kind` minutes or days."""

    kind: str
    amount: int


class How(enum.StrEnum):
    """How a week stands."""

    MET = "met"
    OPEN = "open"
    PAUSED = "paused"
    NONE = "none"


@dataclass(frozen=True)
class Week:
    """A week of somebody: what was done, what the goal asked of the days they worked, and their usual working days."""

    monday: date
    goal: Goal | None
    minutes: int = 0
    days: int = 0
    working: int = 5
    usual: int = 5

    @property
    def done(self) -> int:
        """What was done, as the goal counts it."""
        return self.days if self.goal and self.goal.kind == "days" else self.minutes

    @property
    def asked(self) -> int:
        """What the goal asks of this week: its share of the days that are worked, never more than the goal."""
        if self.goal is None:
            return 0
        share = min(1.0, self.working / self.usual) if self.usual else 1.0
        return math.ceil(self.goal.amount * share - 1e-9)

    @property
    def how(self) -> How:
        """Met, still open, paused (nobody asks anything of it), or without a goal."""
        if self.goal is None or not self.goal.amount:
            return How.NONE
        if not self.asked:
            return How.MET if self.done else How.PAUSED
        return How.MET if self.done >= self.asked else How.OPEN


def streak(weeks: Sequence[Week]) -> int:
    """In how many weeks in a row the goal was met, up to the last one, which is under way and ends nothing.

    `weeks` in order, the last being this one. Paused weeks are passed over.
    """
    found = 0
    for place, week in enumerate(reversed(weeks)):
        if week.how is How.MET:
            found += 1
        elif week.how is not How.PAUSED and place:
            break
    return found


def goal_in(goals: Mapping[date, Goal], monday: date) -> Goal | None:
    """The goal of a week: the one said last by then; none where there was none, or it was 0."""
    said = [since for since in goals if since <= monday]
    goal = goals[max(said)] if said else None
    return goal if goal and goal.amount else None


def working_days(monday: date, calendar: Calendar, away: Collection[Span]) -> int:
    """On how many days of a week somebody works: not a day off at their firm, and not on leave."""
    days = [monday + timedelta(days=number) for number in range(7)]
    return sum(
        not calendar.is_off(day) and not any(since <= day and day <= (until or day) for since, until in away)
        for day in days
    )


def weeks_of(
    minutes: Mapping[date, Minutes],
    goals: Mapping[date, Goal],
    *,
    today: date,
    calendar: Calendar,
    away: Collection[Span],
) -> list[Week]:
    """The last weeks up to this one, each with its goal and what was done."""
    this = monday_of(today)
    usual = 7 - len(calendar.weekdays_off)
    found = []
    for number in reversed(range(LOOK_BACK)):
        monday = this - number * WEEK
        own = [one.total for day, one in minutes.items() if monday <= day < monday + WEEK and one.total]
        found.append(
            Week(
                monday,
                goal_in(goals, monday),
                sum(own),
                len(own),
                working_days(monday, calendar, away),
                usual,
            )
        )
    return found


@dataclass(frozen=True)
class Part:
    """Somebody's part in a team's goal: since which week, and the week in which they stopped, if they did."""

    from_week: date
    left_week: date | None = None

    def counts(self, monday: date) -> bool:
        """Whether their minutes are in a week's sum."""
        return self.from_week <= monday and self.stands

    @property
    def stands(self) -> bool:
        """Whether they take part now, be it from next week on."""
        return self.left_week is None or self.left_week < self.from_week


def shared_sum(minutes: Sequence[int], *, somebody_left: bool = False) -> int | None:
    """The minutes of those who take part, together, in steps of ten.

    None where they are too few to be one among many, and in a week in which somebody stopped: what is missing would be theirs.
    """
    if len(minutes) < FEWEST or somebody_left:
        return None
    return sum(minutes) // ROUNDED * ROUNDED
