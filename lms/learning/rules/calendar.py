"""On which day something falls due, as pure functions. A firm's days off are its weekends, its holidays, or neither."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from lms.foundation.words import N_

WEEKEND = frozenset({5, 6})
MOST_HOLIDAYS = 500
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """The days on which nothing falls due: some days of the week (Monday is 0) and some dates."""

    weekdays_off: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()

    def is_off(self, day: date) -> bool:
        """Whether nothing falls due on a day."""
        return day.weekday() in self.weekdays_off or day in self.holidays

    def working_day(self, day: date) -> date:
        """The day itself, or the first after it on which something may fall due."""
        while self.is_off(day):
            day += ONE_DAY
        return day

    def late_from(self, today: date) -> date:
        """The first date whose working day has not passed: `working_day(day) < today` is `day < late_from(today)`.

        So a statement compares the date that was asked for, and needs to know nothing of weekends and holidays.
        """
        day = today
        while self.is_off(day - ONE_DAY):
            day -= ONE_DAY
        return day


EVERY_DAY = Calendar()


def calendar_of(*, skip_weekends: bool, skip_holidays: bool, holidays: Collection[date]) -> Calendar:
    """A firm's calendar, as its policy and its list of holidays say."""
    return Calendar(WEEKEND if skip_weekends else frozenset(), frozenset(holidays if skip_holidays else ()))


def due_after(since: date, within_days: int, *, not_before: date) -> date:
    """The date by which whoever became something on a day must be done; days are never counted from before `not_before`."""
    return max(since, not_before) + timedelta(days=within_days)


@dataclass(frozen=True)
class HolidayRow:
    """A line of a file of holidays; `problem` says why it cannot be taken, as a template without values."""

    line: int
    text: str
    on: date | None
    name: str
    problem: str = ""


def read_holidays(text: str) -> tuple[HolidayRow, ...]:
    """The rows of a CSV of holidays, date then name. Empty lines and one heading are passed over."""
    found = []
    for number, cells in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines()), start=1):
        plain = [cell.strip() for cell in cells]
        if not any(plain) or (number == 1 and plain[0].lower() in ("date", "day", "fecha")):
            continue
        said = ", ".join(plain)[:200]
        name = " ".join(plain[1].split())[:120] if len(plain) > 1 else ""
        try:
            on = date.fromisoformat(plain[0]) if len(plain[0]) == 10 else None
        except ValueError:
            on = None
        if on is None:
            problem = N_("Write the date as 2026-09-21: year, month, day.")
            found.append(HolidayRow(number, said, None, name, problem))
        elif not name:
            found.append(
                HolidayRow(number, said, None, name, N_("Write the holiday's name behind the date."))
            )
        else:
            found.append(HolidayRow(number, said, on, name))
    return tuple(found)
