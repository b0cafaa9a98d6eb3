"""When a message may come to somebody's own phone, and whether there is anything to say: pure, and rather silent than a nuisance.

Only what the person chose, at the hour they chose, once a day at most. Learning that is asked of people is work, so nothing
calls them to it in their rest: not in the firm's quiet hours, not in the ten hours after their shift, not in a break, not on a
day off, not on leave. Ladder knows no roster: when a shift ends and a break begins is what the person says of themself.
"""

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.learning.rules.calendar import Calendar
from lms.learning.rules.habit import How, Week
from lms.learning.rules.memory import Span
from lms.learning.rules.running import Terms, after_quiet

DAY = 24 * 60
REST = 10 * 60
"""So many minutes after a shift nothing is sent."""
BREAK = 15
"""So many minutes long is a break."""
WINDOW = timedelta(hours=3)
"""A message waits for a permitted moment so long after the chosen hour, else until the next day."""
STEP = timedelta(minutes=5)
LOOK_AHEAD = 14
"""So many days are looked at for the next permitted moment."""
GOAL_FROM = 3
"""A week's goal is spoken of from this day of the week on (Monday is 0), once a week."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be told and at what hour; when their shift usually ends and their breaks begin, if they say so.

    Times are minutes after midnight by the firm's clock.
    """

    cards: bool = False
    goal: bool = False
    hour: int = 17
    shift_ends: int | None = None
    breaks: tuple[int, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether anything was chosen."""
        return self.cards or self.goal


@dataclass(frozen=True)
class Peace:
    """What keeps a firm's people in peace: its policy and days off, and when the person is away."""

    zone: ZoneInfo
    terms: Terms
    calendar: Calendar
    away: Collection[Span] = ()


def may_disturb(moment: datetime, *, wish: Wish, peace: Peace, sent_on: date | None) -> bool:
    """Whether something may be sent at a moment, at whatever hour. `sent_on`: the last day in whose window something was."""
    local = moment.astimezone(peace.zone)
    today, minute = local.date(), local.hour * 60 + local.minute
    return (
        wish.says_something
        and peace.terms.reminds
        and (sent_on is None or sent_on < today)
        and not peace.calendar.is_off(today)
        and not any(since <= today <= (until or today) for since, until in peace.away)
        and after_quiet(moment, peace.zone, peace.terms.quiet_from, peace.terms.quiet_to) == moment
        and (wish.shift_ends is None or (minute - wish.shift_ends) % DAY >= REST)
        and not any((minute - begins) % DAY < BREAK for begins in wish.breaks)
    )


def window_of(moment: datetime, *, wish: Wish, peace: Peace) -> date | None:
    """The day at whose chosen hour the window opened that a moment lies in; None outside of one."""
    local = moment.astimezone(peace.zone).replace(tzinfo=None)
    opens = local.replace(hour=wish.hour, minute=0, second=0, microsecond=0)
    if opens > local:  # a window may reach past midnight
        opens -= timedelta(days=1)
    return opens.date() if local - opens < WINDOW else None


def in_window(moment: datetime, *, wish: Wish, peace: Peace, sent_on: date | None) -> bool:
    """Whether a moment is at the chosen hour or in the three hours after it, and nothing was sent in those yet."""
    opened = window_of(moment, wish=wish, peace=peace)
    return opened is not None and (sent_on is None or sent_on < opened)


def end_of_window(moment: datetime, *, wish: Wish, peace: Peace) -> datetime:
    """When the window that a moment lies in is over; the moment itself outside of one."""
    opened = window_of(moment, wish=wish, peace=peace)
    if opened is None:
        return moment
    return (datetime.combine(opened, time(wish.hour), peace.zone) + WINDOW).astimezone(UTC)


def next_moment(after: datetime, *, wish: Wish, peace: Peace, sent_on: date | None) -> datetime | None:
    """The first moment from `after` on, at the chosen hour or in the three hours after it, at which something may be sent.

    None when there is none within two weeks.
    """
    begin = after.astimezone(peace.zone).date() - timedelta(days=1)
    for number in range(LOOK_AHEAD + 1):
        opens = datetime.combine(begin + timedelta(days=number), time(wish.hour), peace.zone)
        for step in range(WINDOW // STEP):
            moment = (opens + step * STEP).astimezone(UTC)  # an hour that a clock leaves out is another one
            if (
                moment >= after
                and in_window(moment, wish=wish, peace=peace, sent_on=sent_on)
                and may_disturb(moment, wish=wish, peace=peace, sent_on=sent_on)
            ):
                return moment
    return None


def stands_for(moment: datetime, *, wish: Wish, peace: Peace) -> timedelta:
    """How long a message that was sent may still arrive: until something would forbid it, three hours at most."""
    moment = moment.astimezone(UTC)
    for step in range(WINDOW // STEP + 1):
        if not may_disturb(moment + step * STEP, wish=wish, peace=peace, sent_on=None):
            return max(step - 1, 0) * STEP
    return WINDOW


class Say(enum.StrEnum):
    """What there is to say."""

    NOTHING = "nothing"
    CARDS = "cards"
    GOAL = "goal"
    BOTH = "both"


def what_to_say(wish: Wish, *, cards_due: bool, week: Week, today: date, goal_week: date | None) -> Say:
    """What there is to say of what was chosen. `goal_week`: the last week whose goal was spoken of."""
    cards = wish.cards and cards_due
    goal = (
        wish.goal
        and week.how is How.OPEN
        and today.weekday() >= GOAL_FROM
        and (goal_week is None or goal_week < week.monday)
    )
    if cards:
        return Say.BOTH if goal else Say.CARDS
    return Say.GOAL if goal else Say.NOTHING
