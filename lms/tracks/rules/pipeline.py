"""How many will be ready for each rung by month, if they take their routes: low, likely and high, and what that assumes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from lms.tracks.rules.days import months_after

MONTHS = 12


@dataclass(frozen=True)
class Assumed:
    """What a look ahead takes for granted. Minutes of learning a week: a range, because nobody knows; and what one
    assessor can sit through in a week beside their own work."""

    low: int = 20
    likely: int = 40
    high: int = 60
    sittings_an_assessor: float = 3


@dataclass(frozen=True)
class Todo:
    """What one person still has to do for the rung above theirs."""

    rung: str
    team: str
    learning: int
    """Minutes they close alone."""
    sittings: int
    """How often an assessor is needed."""
    not_before: date
    """Waits and time in the role, whatever the pace."""
    ready: bool = False
    stuck: bool = False
    """Whether something is open that nothing closes."""


@dataclass(frozen=True)
class Outlook:
    """Of one rung: how many people aim for it, and how many will be ready by the end of each month."""

    rung: str
    people: int
    ready: int
    stuck: int
    low: tuple[int, ...]
    likely: tuple[int, ...]
    high: tuple[int, ...]


def month_ends(as_of: date) -> tuple[date, ...]:
    """The last days of this month and those after it."""
    first = as_of.replace(day=1)
    return tuple(months_after(first, count + 1) - timedelta(days=1) for count in range(MONTHS))


def ready_days(
    todos: Sequence[Todo], as_of: date, minutes_a_week: int, sittings_a_week: float
) -> list[date | None]:
    """When each person would be ready; None when never. Sittings are shared: all people's are spread over the assessors.

    A person's own sittings are, on average, half-way through the queue of all; so theirs wait as long as half of it
    takes, and at least as long as their own.
    """
    all_sittings = sum(one.sittings for one in todos)
    queue_weeks = all_sittings / 2 / sittings_a_week if sittings_a_week else None
    found: list[date | None] = []
    for one in todos:
        if one.ready:
            found.append(as_of)
        elif one.stuck or (one.sittings and queue_weeks is None):
            found.append(None)
        else:
            learning = ceil(one.learning * 7 / minutes_a_week)
            sitting = ceil(7 * max(queue_weeks or 0, one.sittings / 2)) if one.sittings else 0
            found.append(max(one.not_before, as_of + timedelta(days=max(learning, sitting))))
    return found


def outlooks(
    todos: Sequence[Todo], as_of: date, assessors: int, assumed: Assumed = Assumed()
) -> list[Outlook]:
    """Each rung's outlook. Everybody is counted once: for the rung above theirs, from the month they are ready."""
    ends = month_ends(as_of)
    sittings = assessors * assumed.sittings_an_assessor
    paces: Mapping[str, list[date | None]] = {
        "low": ready_days(todos, as_of, assumed.low, sittings / 2),
        "likely": ready_days(todos, as_of, assumed.likely, sittings),
        "high": ready_days(todos, as_of, assumed.high, sittings * 2),
    }
    found = []
    for rung in dict.fromkeys(one.rung for one in todos):
        places = [place for place, one in enumerate(todos) if one.rung == rung]
        counts = {
            pace: tuple(
                sum(1 for place in places if (day := days[place]) is not None and day <= end) for end in ends
            )
            for pace, days in paces.items()
        }
        found.append(
            Outlook(
                rung,
                len(places),
                sum(todos[place].ready for place in places),
                sum(todos[place].stuck for place in places),
                counts["low"],
                counts["likely"],
                counts["high"],
            )
        )
    return found
