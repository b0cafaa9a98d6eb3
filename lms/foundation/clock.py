"""The clock is read at the edge only; everything inside is told the time."""

from datetime import UTC, datetime


def read_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)
