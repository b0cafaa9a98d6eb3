"""What fits the minutes somebody has: a session of named items that adds up.

A session is filled so far that it very likely ends in time: the less is known of the person's pace and of what is in it
(`pace`), the more room is left. It ends at a card's end, so it is filled up to the card that comes nearest, and not always to the
one before: where cards are long, minutes would be left free in every session.
"""

import math
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from lms.learning.rules.pace import CARD_SPREAD, SITTING_SPREAD, Known, Pace

BREAKS = (5, 10, 15)
SLOT = (2, 60)
"""Minutes: what is left of a slot that has an end, at least and at most."""
NO_COURSE = uuid.UUID(int=0)
CAUTION = 1.1
"""Standard deviations of room in a session: in a normal world 86 of a hundred end in time. 85 are wanted; the spreads are guesses."""
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
    """A break's worth of learning. `tight`: nothing fits for sure; what is offered should, and may take a little longer."""

    asked: int
    items: tuple[Pick, ...]
    tight: bool = False

    @property
    def minutes(self) -> int:
        """The minutes of all items."""
        return sum(item.minutes for item in self.items)


def room(pace: Pace, parts: Sequence[Pick]) -> float:
    """By what the expected time of a session is multiplied so that it very likely ends in time.

    A slow person is slow in all parts but those they have begun and were timed in; what is not known of the single parts
    evens out over many.
    """
    total = sum(part.seconds for part in parts)
    if not total:
        return 1.0
    spread, of_own = SITTING_SPREAD**2, 0.0
    for part in parts:
        share, known = part.seconds / total, _known(pace, part)
        of_own += share * known.of_own
        spread += share**2 * (known.variance + CARD_SPREAD**2 / max(1, part.count))
    return math.exp(CAUTION * math.sqrt(spread + of_own**2 * pace.variance))


def _known(pace: Pace, part: Pick) -> Known:
    return pace.cards if part.kind == "review" else pace.lesson((part.course_id, part.lesson_key))


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
    first so many courses ("something else"); when none would be left it begins again. Where nothing very likely fits, the
    smallest next thing that is expected to.
    """
    pace = pace or Pace()
    limit = minutes * 60 * (LESS if less else 1.0)
    order = sorted(range(len(possible)), key=lambda place: (possible[place].urgency, place))
    courses = list(dict.fromkeys(possible[place].course_id for place in order))
    left_out = set(courses[: other % len(courses)]) if courses else set()
    lessons = [possible[place] for place in order if possible[place].course_id not in left_out]
    taken: list[Pick] = []

    def full(parts: Sequence[Pick]) -> float:
        """Of the time there is, how much is filled, with the room that it needs."""
        return sum(part.seconds for part in parts) * room(pace, parts) / limit

    def fits(more: Pick, most: float = 1.0) -> bool:
        return full([*taken, more]) <= most

    def fill(first: int) -> list[Pick]:
        """Some cards, the lessons, and with what these leave more cards."""
        taken.clear()
        taken.extend(_cards(pace, first, lambda part: fits(part, most=REVIEW_SHARE if lessons else 1.0)))
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
    more = [  # at least half the room stays
        parts
        for parts in _one_more(pace, best, lessons, due_cards)
        if sum(part.seconds for part in parts) * math.sqrt(room(pace, parts)) <= limit
    ]
    best = min([best, *more], key=lambda parts: abs(1 - full(parts)))
    if best:
        return Session(minutes, _in_minutes(best, minutes))
    small = _smallest(pace, lessons, due_cards)
    tight = [part for part in small if part.seconds <= limit]
    return Session(minutes, _in_minutes(tight, minutes), bool(tight))


def _one_more(
    pace: Pace, parts: Sequence[Pick], lessons: Sequence[Possible], due: int
) -> Iterator[list[Pick]]:
    """The same session with one card more: of what is in it, of the lesson that follows in a course, or a review card."""
    taken = {(part.course_id, part.lesson_key): place for place, part in enumerate(parts)}
    open_courses: set[uuid.UUID] = set()
    for one in lessons:
        if one.course_id in open_courses:
            continue
        place = taken.get((one.course_id, one.lesson_key))
        if place is not None and not parts[place].is_piece:
            continue
        open_courses.add(one.course_id)
        longer = _lesson(pace, one, 1 if place is None else parts[place].count + 1)
        if place is not None:
            yield [*parts[:place], longer, *parts[place + 1 :]]
        elif longer.seconds >= LEAST_PIECE:
            yield [*parts, longer]
    reviews = next((part.count for part in parts if part.kind == "review"), 0)
    if reviews < due:
        yield [_review(pace, reviews + 1, due), *(part for part in parts if part.kind != "review")]


def _smallest(pace: Pace, lessons: Sequence[Possible], due: int) -> list[Pick]:
    """The smallest next thing: one review card, or one card of the lesson that comes next in its course."""
    following = {one.course_id: one for one in reversed(lessons)}
    parts = [_lesson(pace, one, 1) for one in lessons if following[one.course_id] is one]
    if due:
        parts.append(_review(pace, 1, due))
    return [min(parts, key=lambda part: part.seconds)] if parts else []


def _review(pace: Pace, count: int, due: int) -> Pick:
    """Some review cards as an item."""
    return Pick("review", count * pace.card_seconds(), "review", count, due)


def _cards(pace: Pace, due: int, fits: Callable[[Pick], bool]) -> list[Pick]:
    """As many review cards as fit, as one item."""
    best: list[Pick] = []
    for count in range(1, due + 1):
        part = _review(pace, count, due)
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
