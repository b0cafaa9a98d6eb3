"""Progress, completion and the session composer, as pure functions."""

import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

BREAKS = (5, 10, 15)
STUCK_AFTER = timedelta(days=14)
"""Whoever began a course and has not moved for this long is called stuck: a reason to ask, not a verdict."""


@dataclass(frozen=True)
class CourseCompleted:
    """A person completed a course: the event that becomes evidence."""

    firm_id: uuid.UUID
    person_id: uuid.UUID
    course_id: uuid.UUID
    version_id: uuid.UUID
    course_key: str
    """What requirements call the course: of a translation, the key of its original."""
    title: str
    competencies: tuple[tuple[str, int], ...]
    lessons: int
    at: datetime
    run: int = 1
    expires_on: date | None = None


def next_card(cards: Sequence[str], *, finished: str) -> str:
    """Where a person goes on after finishing a card: the one after it, or the last."""
    if finished not in cards:
        return cards[0]
    return cards[min(cards.index(finished) + 1, len(cards) - 1)]


def place_in(cards: Sequence[str], finished: Iterable[str]) -> str:
    """Where a person goes on in a lesson they have not completed, in whatever order the facts arrived.

    After the furthest card they finished; when that was the last, at the first one they have not.
    """
    done = set(finished)
    furthest = max((number for number, card in enumerate(cards) if card in done), default=-1)
    after = [*cards[furthest + 1 :], *(card for card in cards if card not in done)]
    return after[0] if after else cards[-1]


def is_whole(cards: Sequence[str], finished: Iterable[str]) -> bool:
    """Whether every card of a lesson was finished, in whatever order the facts arrived."""
    return set(cards) <= set(finished)


def is_complete(
    completion: Mapping[str, Any], *, lessons: Iterable[str], done: Iterable[str], passed: bool
) -> bool:
    """Whether a course is complete: its lessons done, and its assessment passed where it names one."""
    wanted = completion.get("lessons", "all")
    finished = set(lessons) & set(done)
    enough = len(finished) >= wanted if isinstance(wanted, int) else set(lessons) <= finished
    return enough and (passed or not completion.get("assessment"))


@dataclass(frozen=True)
class Possible:
    """Something a person could do now, and why it is offered. Lower `urgency` comes first."""

    kind: str
    title: str
    course_title: str
    minutes: int
    reason: str
    urgency: int
    course_id: uuid.UUID
    lesson_key: str = ""
    assessment_id: uuid.UUID | None = None
    due_on: date | None = None
    language: str = ""


@dataclass(frozen=True)
class Session:
    """A break's worth of learning: items whose minutes add up to no more than was asked."""

    asked: int
    items: tuple[Possible, ...]

    @property
    def minutes(self) -> int:
        """The minutes of all items."""
        return sum(item.minutes for item in self.items)


def compose(possible: Sequence[Possible], *, minutes: int) -> Session:
    """Choose what fits the minutes: most urgent first, then the choice that uses most of the time.

    Lessons of one course keep their order: a later one is never taken without the earlier ones offered.
    """
    order = sorted(range(len(possible)), key=lambda place: (possible[place].urgency, place))
    taken: list[int] = []
    left = minutes
    closed: set[uuid.UUID] = set()
    for place in order:
        item = possible[place]
        if item.course_id in closed:
            continue
        if item.minutes <= left:
            taken.append(place)
            left -= item.minutes
        else:
            closed.add(item.course_id)
    return Session(minutes, tuple(possible[place] for place in taken))


class Standing(enum.StrEnum):
    """How a person's learning stands, for those who look after them."""

    OVERDUE = "overdue"
    STUCK = "stuck"
    UNDER_WAY = "under-way"
    FINISHED = "finished"
    NOT_BEGUN = "not-begun"


def standings(
    *, courses: int, completed: int, overdue: int, moved_at: datetime | None, now: datetime
) -> tuple[Standing, ...]:
    """Every word that is true of a person: overdue or not, and one of stuck, under way, finished, not begun."""
    late = (Standing.OVERDUE,) if overdue else ()
    if courses > completed:
        still = moved_at is not None and moved_at < now - STUCK_AFTER
        return (*late, Standing.STUCK if still else Standing.UNDER_WAY)
    return (*late, Standing.FINISHED if courses else Standing.NOT_BEGUN)


ASSIGNMENT_STATES = ("open", "overdue", "done", "withdrawn")


def assignment_state(
    *,
    people: int,
    done: int,
    due_on: date | None,
    withdrawn_at: datetime | None,
    today: date,
    extended: int = 0,
) -> str:
    """How an assignment stands, as one of ASSIGNMENT_STATES. One without people waits for them, and is open.

    `extended`: how many of those who are not done were given more time.
    """
    if withdrawn_at is not None:
        return "withdrawn"
    if people and done == people:
        return "done"
    in_time = bool(people) and done + extended >= people
    return "overdue" if due_on is not None and due_on < today and not in_time else "open"
