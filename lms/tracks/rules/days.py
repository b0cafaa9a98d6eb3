"""Days and months, as a calendar counts them."""

from datetime import date


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def months_after(day: date, months: int) -> date:
    """The same day some months later, or that month's last day."""
    return months_before(day, -months)
