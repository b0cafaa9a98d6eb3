"""How long somebody learnt on which day, as a pure function of the moments at which they did something.

Nothing watches a screen. What is known are moments: a card was finished, a question answered, an attempt begun. Between
two of them the time counts, up to five minutes, for whoever does nothing for longer was called away. After half an hour
without anything a new sitting begins; nothing tells when it really began, so its first thing counts one minute.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONGEST_GAP = timedelta(minutes=5)
"""So much of the time between two moments counts at most."""
NEW_SITTING = timedelta(minutes=30)
"""After so long without anything it is another sitting."""
OPENING = timedelta(minutes=1)
"""What the first thing of a sitting counts."""
BELIEVED = timedelta(days=30)
"""A device that says something was done longer ago than this has a clock that is wrong; then the arrival counts."""
TOLD_LATER = timedelta(minutes=10)
"""What arrives later than this was done without a network: its time is the phone's word."""
NOTHING = timedelta(0)


class Paid(enum.StrEnum):
    """Which learning minutes a firm marks as paid."""

    REQUIRED = "required"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True)
class Done:
    """A moment at which somebody did something. `required`: in a course that was asked of them."""

    at: datetime
    required: bool = False
    told_later: bool = False


def done_at(device_at: datetime | None, arrived_at: datetime) -> tuple[datetime, bool]:
    """When something was done, and whether that is only the phone's word: the device's time where it can be, else the arrival."""
    if device_at is None or not arrived_at - BELIEVED <= device_at <= arrived_at:
        return arrived_at, False
    return device_at, arrived_at - device_at > TOLD_LATER


@dataclass
class DayTime:
    """The time of one day."""

    required: timedelta = field(default=NOTHING)
    other: timedelta = field(default=NOTHING)
    told_later: timedelta = field(default=NOTHING)
    """How much of both was done without a network, by the phone's own clock."""


@dataclass(frozen=True)
class Minutes:
    """Whole minutes of learning: what was asked of the person, and the rest."""

    required: int = 0
    other: int = 0
    told_later: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.required + self.other

    def paid(self, terms: str) -> int:
        """How many the firm marks as paid."""
        return {Paid.REQUIRED: self.required, Paid.ALL: self.total}.get(Paid(terms), 0)

    def __add__(self, more: "Minutes") -> "Minutes":
        return Minutes(
            self.required + more.required, self.other + more.other, self.told_later + more.told_later
        )


def time_by_day(done: Iterable[Done], zone: ZoneInfo) -> dict[date, DayTime]:
    """The time of each day of the firm on which something was done. The order in which the moments come does not matter.

    A stretch belongs to the thing that ended it: to its day, and to what was required or not.
    """
    days: dict[date, DayTime] = {}
    before: datetime | None = None
    for one in sorted(done, key=lambda each: (each.at, not each.required, each.told_later)):
        gap = None if before is None else one.at - before
        earned = OPENING if gap is None or gap > NEW_SITTING else min(gap, LONGEST_GAP)
        before = one.at
        day = days.setdefault(one.at.astimezone(zone).date(), DayTime())
        if one.required:
            day.required += earned
        else:
            day.other += earned
        if one.told_later:
            day.told_later += earned
    return days


def whole_minutes(time: DayTime) -> Minutes:
    """A day in whole minutes, each kind to the nearest one, so that the days of a list add up to its total."""
    required, other, later = (
        int(part / timedelta(minutes=1) + 0.5) for part in (time.required, time.other, time.told_later)
    )
    return Minutes(required, other, min(later, required + other))


def minutes_by_day(done: Iterable[Done], zone: ZoneInfo, *, since: date, until: date) -> dict[date, Minutes]:
    """The minutes of the days of a period on which there were any, earliest first."""
    found = {day: whole_minutes(time) for day, time in time_by_day(done, zone).items()}
    return {day: found[day] for day in sorted(found) if since <= day <= until and found[day].total}
