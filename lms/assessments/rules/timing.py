"""When an attempt may begin, how long it has, and what arrives too late to count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lms.assessments.rules.blueprints import Blueprint

GRACE = timedelta(seconds=30)
"""What a slow network may add to a deadline before an answer is kept but not counted."""
CLOCK_SLACK = timedelta(minutes=2)
"""How far a clock may be put right behind the steady one before the two are said to disagree."""


@dataclass(frozen=True)
class NotYet:
    """Why an attempt cannot start now: a sentence, and from when it can (None: not again)."""

    sentence: str
    since: datetime | None = None


def may_start(
    blueprint: Blueprint, submitted: Sequence[tuple[datetime, bool]], *, now: datetime, waiting: bool = False
) -> NotYet | None:
    """Whether another attempt may start. `submitted`: when each earlier one was handed in, and whether it passed.

    `waiting`: one of them is with a marker.
    """
    if waiting:
        return NotYet("Your last attempt waits for a marker. You will see here how it went.")
    allowed = blueprint.attempts_allowed
    if allowed is not None and len(submitted) >= allowed:
        return NotYet("You have used all your attempts. Talk to your trainer about another one.")
    if submitted and blueprint.gap:
        opens = max(at for at, _passed in submitted) + blueprint.gap
        if now < opens:
            return NotYet("You can try again after a pause. It helps to look at the lessons first.", opens)
    return None


TAKEN_BACK = "taken_back"
"""Why a step is kept but not counted that takes back one that was said already."""


@dataclass(frozen=True)
class Clocks:
    """When an answer was given, as a device that held a pack tells it: counted from the moment the pack was made.

    `elapsed` is from a clock that nobody sets; it stands still while the device sleeps, so it may be too short and
    never too long. `wall` is the difference of two readings of the clock on the screen, none when it was not told.
    """

    issued_at: datetime
    elapsed: timedelta
    wall: timedelta | None = None


def break_left(granted: timedelta, used: timedelta) -> timedelta:
    """How much longer breaks may last."""
    return max(timedelta(0), granted - used)


def break_took(paused_at: datetime, *, left: timedelta, now: datetime) -> timedelta:
    """By how much a break that began then has moved the deadline: never by more than was left of the person's breaks."""
    return min(max(timedelta(0), now - paused_at), left)


def kept_because(
    *,
    submitted_at: datetime | None,
    deadline_at: datetime | None,
    now: datetime,
    clocks: Clocks | None = None,
) -> str | None:
    """Why an answer that arrives now is kept but not counted, as a key; None when it counts."""
    if submitted_at is not None:
        return "after_submit"
    if deadline_at is None or now <= deadline_at + GRACE:
        return None
    return late_because(clocks, deadline_at=deadline_at, now=now)


def late_because(clocks: Clocks | None, *, deadline_at: datetime, now: datetime) -> str | None:
    """Why an answer that arrives after the deadline does not count; None when both clocks say it was given in time."""
    if clocks is None:
        return "after_deadline"
    given_at = clocks.issued_at + clocks.elapsed
    if clocks.elapsed < timedelta(0) or given_at > now + GRACE:
        return "clock_unlikely"
    if given_at > deadline_at + GRACE:
        return "after_deadline"
    if clocks.wall is not None and (
        clocks.issued_at + clocks.wall > deadline_at + GRACE or clocks.wall < clocks.elapsed - CLOCK_SLACK
    ):
        return "clocks_disagree"
    return None
