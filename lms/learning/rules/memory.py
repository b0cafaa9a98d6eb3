"""What a person still knows and when to ask again: FSRS-6 by the `fsrs` package, in whole days of their firm.

There are no steps of minutes: whoever has eight minutes meets a card once a day. What varies by chance in the package
(its fuzz, which keeps cards learnt together from coming back together) comes from a seed here, so that a review gives the
same next day for ever.
"""

import enum
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from fsrs import Card, Rating, Scheduler, State

Span = tuple[date, date | None]
DAY = timedelta(days=1)
USUAL_RETENTION = 90
"""In percent: how likely a card should still be known when it comes back."""
RETENTIONS = (70, 97)
USUAL_REVIEWS = 20
MOST_REVIEWS = 200
LONGEST = 365
"""Days: at a call centre what is true changes within a year, so a card comes back within one."""
FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float(LONGEST), 0.05))
"""From, to, share: the ranges that FSRS itself spreads intervals by."""


class Grade(enum.IntEnum):
    """How well something was known."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


FELT = {"hard": Grade.HARD, "good": Grade.GOOD, "easy": Grade.EASY}


@dataclass(frozen=True)
class Memory:
    """What is known of one card in one head. Nothing before the first review."""

    stability: float | None = None
    difficulty: float | None = None
    last_at: datetime | None = None


def grade_of(score: float, felt: str | None = None) -> Grade:
    """A grade from right or wrong and one tap: only who was wholly right may say how it felt; half right was hard."""
    if score >= 1:
        return FELT.get(felt or "", Grade.GOOD)
    return Grade.HARD if score >= 0.5 else Grade.AGAIN


@cache
def _scheduler(retention: int) -> Scheduler:
    return Scheduler(
        desired_retention=retention / 100,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def _card(memory: Memory) -> Card:
    return Card(
        card_id=1,
        state=State.Learning if memory.stability is None else State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.last_at or datetime.min.replace(tzinfo=UTC),
        last_review=memory.last_at,
    )


def review(
    memory: Memory, grade: Grade, *, at: datetime, retention: int = USUAL_RETENTION, seed: str = ""
) -> tuple[Memory, int]:
    """The memory after a review, and in how many days to ask again. `retention` in percent; no fuzz without a seed."""
    after, _log = _scheduler(retention).review_card(
        _card(memory), Rating(grade.value), at.astimezone(UTC).replace(tzinfo=UTC)
    )
    days = (after.due - at.astimezone(UTC)).days
    return Memory(after.stability, after.difficulty, at), fuzzed(days, seed) if seed else days


def fuzzed(days: int, seed: str) -> int:
    """An interval a little shorter or longer, as FSRS spreads it, the same for a seed. Below three days: itself."""
    if days < FUZZ[0][0]:
        return days
    spread = 1.0 + sum(share * max(min(days, to) - since, 0.0) for since, to, share in FUZZ)
    least, most = max(2, round(days - spread)), min(LONGEST, round(days + spread))
    chance = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
    return min(least, most) + chance % (most - min(least, most) + 1)


def still_known(memory: Memory, at: datetime) -> float:
    """How likely the card is still known at a moment, from 0 to 1; 0 before the first review."""
    return float(_scheduler(USUAL_RETENTION).get_card_retrievability(_card(memory), at.astimezone(UTC)))


def days_in(spans: Sequence[Span], after: date, until: date) -> int:
    """How many days after one day and up to another lie in any of the spans."""
    away: set[date] = set()
    for since, end in spans:
        day, last = max(since, after + DAY), min(end or until, until)
        while day <= last:
            away.add(day)
            day += DAY
    return len(away)


def due_after_leave(since: date, due_on: date, leave: Sequence[Span], *, today: date) -> date | None:
    """The day a card is due once protected leave has paused it: later by each day of it since it was scheduled.

    None: not before today, as far as leave is known (a leave that is open has no end to count to).
    """
    shifted = due_on
    while shifted <= today:
        later = due_on + timedelta(days=days_in(leave, since, shifted))
        if later == shifted:
            return shifted
        shifted = later
    return None


class Because(enum.StrEnum):
    """Why a card comes now."""

    LEARNT = "learnt"
    MISSED = "missed"
    LAPSED = "lapsed"
    DUE = "due"


def because(source: str, memory: Memory, last_grade: int | None) -> Because:
    """Why a card that is due comes now."""
    if memory.last_at is None:
        return Because.MISSED if source == "question" else Because.LEARNT
    return Because.LAPSED if last_grade == Grade.AGAIN else Because.DUE
