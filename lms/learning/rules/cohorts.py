"""How a cohort and its people stand in a course, as pure functions."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from lms.learning.rules import Standing, standings

COHORT_STATES = ("open", "over", "closed")
SORTS = ("name", "lessons", "moved")
NEVER = datetime.min.replace(tzinfo=UTC)


def cohort_state(*, ends_on: date, closed_at: datetime | None, today: date) -> str:
    """How a cohort stands, as one of COHORT_STATES: its last day has passed, or somebody closed it."""
    if closed_at is not None:
        return "closed"
    return "over" if ends_on < today else "open"


@dataclass(frozen=True)
class Step:
    """A lesson as a person stands in it."""

    key: str
    moved_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True)
class Learner:
    """A person of a cohort and what is known of them in one course. Lessons are those of the version they are on."""

    person_id: uuid.UUID
    name: str
    sort_name: str
    employee_number: str | None
    team: str | None
    enrolled_at: datetime | None
    completed_at: datetime | None
    again: bool
    last_seen_at: datetime | None
    tried_at: datetime | None
    passed: bool | None
    due_on: date | None
    lessons: Sequence[str]
    steps: Mapping[str, Step]

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(key in self.steps and self.steps[key].completed_at is not None for key in self.lessons)

    @property
    def here(self) -> str:
        """The lesson they are at: the one last touched that is not done, else the first not done; empty when all are."""
        left = [key for key in self.lessons if key not in self.steps or self.steps[key].completed_at is None]
        touched = [self.steps[key] for key in left if key in self.steps]
        return max(touched, key=lambda step: step.moved_at).key if touched else (left or [""])[0]

    @property
    def moved_at(self) -> datetime | None:
        """When they last did something in the course: a card, or an attempt."""
        moments = [step.moved_at for step in self.steps.values()]
        return max((*moments, *((self.tried_at,) if self.tried_at else ())), default=None)

    @property
    def is_done(self) -> bool:
        """Whether the course is completed: now, or before they began to take it again."""
        return self.completed_at is not None or self.again

    def is_late(self, today: date) -> bool:
        """Whether they should be done and are not."""
        return not self.is_done and self.due_on is not None and self.due_on < today

    def standings(self, today: date, now: datetime) -> tuple[Standing, ...]:
        """The words that are true of them in this course."""
        return standings(
            courses=int(self.enrolled_at is not None),
            completed=int(self.is_done),
            overdue=int(self.is_late(today)),
            moved_at=self.moved_at or self.enrolled_at,
            now=now,
        )


@dataclass(frozen=True)
class LessonCount:
    """Where a cohort's people are in one lesson of a course."""

    key: str
    title: str
    done: int
    here: int
    stuck: int


def count_lessons(
    titles: Sequence[tuple[str, str]], people: Sequence[Learner], *, today: date, now: datetime
) -> list[LessonCount]:
    """For each lesson (key and title, in order) how many are done with it, are at it, and are stuck at it."""
    begun = [one for one in people if one.enrolled_at is not None and not one.is_done]
    stuck = {one.person_id for one in begun if Standing.STUCK in one.standings(today, now)}
    return [
        LessonCount(
            key,
            title,
            sum(key in one.steps and one.steps[key].completed_at is not None for one in people),
            sum(one.here == key for one in begun),
            sum(one.here == key and one.person_id in stuck for one in begun),
        )
        for key, title in titles
    ]


def in_order(people: Sequence[Learner], sort: str) -> list[Learner]:
    """The people by name, by lessons done (fewest first) or by when they last moved (never and longest ago first)."""
    by_name = sorted(people, key=lambda one: (one.sort_name, one.person_id))
    if sort == "lessons":
        return sorted(by_name, key=lambda one: (one.is_done, one.done))
    if sort == "moved":
        return sorted(by_name, key=lambda one: (one.is_done, one.moved_at is not None, one.moved_at or NEVER))
    return by_name
