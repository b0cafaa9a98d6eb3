"""When a report is made: each week or each month, on a day, at an hour where the firm is."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_PLANS = 20
FILTERS = {
    "board": ("rung", "team", "sort"),
    "pipeline": ("track", "team", "low", "likely", "high"),
    "figures": ("metric", "place", "months", "team"),
    "facts": ("person", "rung"),
}
"""The lists that can be had on a date, and what each keeps of its address. A day is not kept: it is the day of the making."""


@dataclass(frozen=True)
class When:
    """A rhythm. `day`: of the week, Monday is 1, or of the month, up to 28 so that each month has it."""

    monthly: bool
    day: int
    hour: int

    @property
    def is_sound(self) -> bool:
        """Whether there is such a day and hour."""
        return 1 <= self.day <= (28 if self.monthly else 7) and 0 <= self.hour <= 23


def next_run(when: When, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment of the rhythm after another, in UTC. What was missed in between is not made up for."""
    first = after.astimezone(zone).date()
    for ahead in range(63):
        day = first + timedelta(days=ahead)
        if (day.day if when.monthly else day.isoweekday()) == when.day:
            found = datetime.combine(day, time(when.hour), zone).astimezone(UTC)
            if found > after:
                return found
    raise ValueError("a rhythm without a day")
