"""What fits the minutes somebody has: how long things really take them, and a session of named items that adds up.

Times are learnt in logarithms of actual to author's minutes, by medians, so that one lunch in the middle of a lesson moves
nothing. A person's pace and a lesson's own are each drawn towards the author's estimate until there is enough to go by, and
a session is filled only so far that it very likely ends in time: the less is known, the more room is left.
"""

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

BREAKS = (5, 10, 15)
SLOT = (2, 60)
"""Minutes: what is left of a slot that has an end, at least and at most."""
NO_COURSE = uuid.UUID(int=0)
LONGEST_GAP = 300.0
"""Seconds: between two cards of a lesson, whoever is away for longer was not learning."""
CLIP = math.log(4)
"""A ratio beyond a quarter or four times the author's estimate says more about the day than about the pace."""
PRIOR = 0.5
"""As many lessons as the author's estimate counts for, beside what was measured."""
PERSON_SPREAD, LESSON_SPREAD, DAY_SPREAD = 0.35, 0.3, 0.2
"""How far people, lessons and one sitting usually lie from what is expected, in logarithms."""
SITTING_SPREAD = 0.1
"""How far a whole sitting lies from what is expected: a good day and a bad one."""
CAUTION = 1.0
"""Standard deviations of room in a session: in a normal world five of six would end in time."""
CARD_SECONDS = 30.0
"""A review card with its explanation, for somebody of the author's pace; where a person begins."""
CARDS_PRIOR = 2.0
"""As many review cards as the person's pace in lessons counts for, beside what their own cards took."""
REVIEW_SHARE = 0.4
"""Of a session, while there is a lesson to go on with."""
LEAST_PIECE = 30.0
"""Seconds: a shorter piece of a lesson is not worth opening it."""
TRADED = 3
"""So many review cards less are tried, where a longer piece of a lesson then fills the minutes better."""
LESS = 0.7
"""What "a bit less" leaves of the minutes."""


def minutes_left(end: time, now: datetime) -> int | None:
    """The whole minutes from a moment, in its own zone, to the next time the clock says `end`; None where that is no slot."""
    until = datetime.combine(now.date(), end, now.tzinfo)
    if until <= now:
        until += timedelta(days=1)
    minutes = int((until - now) / timedelta(minutes=1))
    return minutes if SLOT[0] <= minutes <= SLOT[1] else None


def measured(times: Sequence[datetime], *, cards: int, minutes: int) -> float | None:
    """The logarithm of actual to author's time for a finished lesson, from the moments its cards were finished.

    The first card has no beginning and long gaps are left out, so what is compared is the usual time between two
    cards. None when fewer than two gaps are left or the author gave no time.
    """
    ordered = sorted(times)
    gaps = [(after - before).total_seconds() for before, after in pairwise(ordered)]
    counted = [gap for gap in gaps if gap <= LONGEST_GAP]
    actual = sum(counted)
    if len(counted) < 2 or minutes <= 0 or actual <= 0:
        return None
    expected = minutes * 60 * len(counted) / cards
    return max(-CLIP, min(CLIP, math.log(actual / expected)))


def card_ratios(times: Sequence[datetime]) -> list[float]:
    """The logarithms of what review cards took to CARD_SECONDS, from the moments at which they were answered.

    Between two answers lie the explanation of one card and the question of the next: a card. Long gaps are left out.
    """
    gaps = [(after - before).total_seconds() for before, after in pairwise(sorted(times))]
    return [max(-CLIP, min(CLIP, math.log(gap / CARD_SECONDS))) for gap in gaps if 0 < gap <= LONGEST_GAP]


@dataclass(frozen=True)
class Pace:
    """How long things take one person: their own pace, each lesson's and their review cards', as logarithms with how much is behind them."""

    own: float = 0.0
    seen: int = 0
    lessons: Mapping[tuple[uuid.UUID, str], tuple[float, int]] | None = None
    cards: tuple[float, int] = (0.0, 0)

    def seconds(self, lesson: tuple[uuid.UUID, str], minutes: float) -> float:
        """How many seconds a lesson of the author's minutes takes this person."""
        shift, _seen = (self.lessons or {}).get(lesson, (0.0, 0))
        return minutes * 60 * math.exp(self.own + shift)

    def card_seconds(self) -> float:
        """How many seconds a review card takes this person: as theirs took, and as their lessons go while there are few."""
        shift, seen = self.cards
        return CARD_SECONDS * math.exp((shift * seen + self.own * CARDS_PRIOR) / (seen + CARDS_PRIOR))

    def room(self, parts: Sequence["Pick"]) -> float:
        """By what the expected time of a session is multiplied so that it very likely ends in time."""
        total = sum(part.seconds for part in parts)
        if not total:
            return 1.0
        spread = PERSON_SPREAD**2 / (1 + self.seen) + SITTING_SPREAD**2
        for part in parts:
            _shift, seen = (self.lessons or {}).get((part.course_id, part.lesson_key), (0.0, 0))
            one = DAY_SPREAD**2 / max(1, part.count) + (
                LESSON_SPREAD**2 / (1 + seen) if part.kind != "review" else 0.0
            )
            spread += (part.seconds / total) ** 2 * one
        return math.exp(CAUTION * math.sqrt(spread))


def drawn(values: Sequence[float]) -> float:
    """The median, drawn towards 0 while there is little to go by."""
    return median(values) * len(values) / (len(values) + PRIOR) if values else 0.0


def pace_of(
    own: Mapping[tuple[uuid.UUID, str], float],
    others: Mapping[tuple[uuid.UUID, str], Sequence[float]],
    cards: Sequence[float] = (),
) -> Pace:
    """A person's pace from what was measured: `own` ratios, and the latest ones of everybody at their firm, by lesson.

    `cards` are the ratios of their own review cards.
    """
    lessons = {lesson: (drawn(values), len(values)) for lesson, values in others.items()}
    rest = [value - lessons.get(lesson, (0.0, 0))[0] for lesson, value in own.items()]
    return Pace(drawn(rest), len(rest), lessons, (_usual(cards), len(cards)) if cards else (0.0, 0))


def _usual(logs: Sequence[float]) -> float:
    """What one of many takes on the average, as a logarithm: the median, and what a lognormal's mean lies above it.

    How wide they lie is told by the median distance from the median, so that one lunch moves nothing here either.
    """
    middle = median(logs)
    spread = 1.4826 * median([abs(one - middle) for one in logs])
    return middle + spread**2 / 2


@dataclass(frozen=True)
class Possible:
    """A lesson a person could do now, and why it is offered. Lower `urgency` comes first.

    `cards` are those left of `of`; `minutes` the author's for the whole lesson.
    """

    title: str
    course_title: str
    minutes: int
    reason: str
    urgency: int
    course_id: uuid.UUID
    lesson_key: str
    cards: int = 1
    of: int = 1
    due_on: date | None = None
    language: str = ""
    for_what: str = ""


@dataclass(frozen=True)
class Pick:
    """An item of a session. `count`: review cards, or cards of the lesson; `of`: how many the lesson has left.

    `minutes` are whole ones for the reader; those of all items are the session's.
    """

    kind: str
    seconds: float
    reason: str
    count: int
    of: int = 0
    title: str = ""
    course_title: str = ""
    course_id: uuid.UUID = NO_COURSE
    lesson_key: str = ""
    language: str = ""
    for_what: str = ""
    minutes: int = 0

    @property
    def is_piece(self) -> bool:
        """Whether it is a part of what is left of a lesson."""
        return self.kind == "lesson" and self.count < self.of


@dataclass(frozen=True)
class Session:
    """A break's worth of learning."""

    asked: int
    items: tuple[Pick, ...]

    @property
    def minutes(self) -> int:
        """The minutes of all items."""
        return sum(item.minutes for item in self.items)


def compose(
    possible: Sequence[Possible],
    *,
    minutes: int,
    due_cards: int = 0,
    pace: Pace | None = None,
    other: int = 0,
    less: bool = False,
) -> Session:
    """Choose what very likely fits: cards about to be forgotten, then lessons by urgency, a piece of the next, more cards.

    Lessons of one course keep their order: a later one is never taken without the earlier ones. `other` leaves out the
    first so many courses ("something else"); when none would be left it begins again.
    """
    pace = pace or Pace()
    limit = minutes * 60 * (LESS if less else 1.0)
    order = sorted(range(len(possible)), key=lambda place: (possible[place].urgency, place))
    courses = list(dict.fromkeys(possible[place].course_id for place in order))
    left_out = set(courses[: other % len(courses)]) if courses else set()
    lessons = [possible[place] for place in order if possible[place].course_id not in left_out]
    taken: list[Pick] = []

    def fits(more: Pick, most: float = limit) -> bool:
        parts = [*taken, more]
        return sum(part.seconds for part in parts) * pace.room(parts) <= most

    def fill(first: int) -> list[Pick]:
        """Some cards, the lessons, and with what these leave more cards."""
        taken.clear()
        taken.extend(
            _cards(pace, first, lambda part: fits(part, most=limit * (REVIEW_SHARE if lessons else 1)))
        )
        closed: set[uuid.UUID] = set()
        for one in lessons:
            if one.course_id in closed:
                continue
            whole = _lesson(pace, one, one.cards)
            if fits(whole):
                taken.append(whole)
                continue
            closed.add(one.course_id)
            piece = _longest(pace, one, fits)
            if piece is not None:
                taken.append(piece)
        if due_cards and lessons:
            taken[:] = [part for part in taken if part.kind != "review"]
            taken[:] = [*_cards(pace, due_cards, fits), *taken]
        return list(taken)

    best = fill(due_cards)
    least = min((part.count for part in best if part.kind == "review"), default=0) if lessons else 0
    for first in range(least - 1, max(0, least - TRADED) - 1, -1):
        other_way = fill(first)  # a card or two less may let a piece of a lesson fill the minutes better
        if sum(part.seconds for part in other_way) > sum(part.seconds for part in best):
            best = other_way
    return Session(minutes, _in_minutes(best, minutes))


def _cards(pace: Pace, due: int, fits: Callable[[Pick], bool]) -> list[Pick]:
    """As many review cards as fit, as one item."""
    best: list[Pick] = []
    for count in range(1, due + 1):
        part = Pick("review", count * pace.card_seconds(), "review", count, due)
        if not fits(part):
            break
        best = [part]
    return best


def _lesson(pace: Pace, one: Possible, cards: int) -> Pick:
    """Some cards of a lesson as an item."""
    seconds = pace.seconds((one.course_id, one.lesson_key), one.minutes * cards / one.of)
    return Pick(
        "lesson",
        seconds,
        one.reason,
        cards,
        one.cards,
        one.title,
        one.course_title,
        one.course_id,
        one.lesson_key,
        one.language,
        one.for_what,
    )


def _longest(pace: Pace, one: Possible, fits: Callable[[Pick], bool]) -> Pick | None:
    """The longest piece of a lesson, up to a card's end, that fits and is worth opening it."""
    for cards in range(one.cards - 1, 0, -1):
        piece = _lesson(pace, one, cards)
        if piece.seconds < LEAST_PIECE:
            return None
        if fits(piece):
            return piece
    return None


def _in_minutes(taken: Sequence[Pick], most: int) -> tuple[Pick, ...]:
    """The items with whole expected minutes, at least one each, that add up to the session's; never more than were asked."""
    exact = [part.seconds / 60 for part in taken]
    whole = [max(1, math.floor(one)) for one in exact]
    total = min(most, max(sum(whole), round(sum(exact))))
    by_rest = sorted(range(len(taken)), key=lambda place: whole[place] - exact[place])
    for place in by_rest[: max(0, total - sum(whole))]:
        whole[place] += 1
    while sum(whole) > most:
        whole[whole.index(max(whole))] -= 1
    return tuple(replace(part, minutes=one) for part, one in zip(taken, whole, strict=True))
