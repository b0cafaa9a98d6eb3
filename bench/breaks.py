"""A thousand people, sixty days of breaks: do composed sessions end in time, and is more remembered than by fixed intervals?

Run: python -m bench.breaks [people] [days] [seed]

Time. Each person's pace and each lesson's true length differ from the author's minutes by lognormal factors that the composer
is not told; every card varies again. Each day somebody has 5, 10 or 15 minutes and does what was composed, whole. A session ends
in time when its true seconds are no more than were asked; its use is the true seconds of what was done, up to the minutes asked,
over them. Everybody of a firm works through the same courses and begins on some day of the first thirty.

Memory. People forget by another law than the scheduler assumes: the exponential curve of half-life regression (Settles and
Meeder 2016), p = 2^(-days / half-life), where a right answer multiplies the half-life by a factor of the person and the card, more when
it was nearly forgotten, and a wrong one halves it. The baseline asks each card after one day, as we do, and then every so many days:
the longest interval that spends at least as many reviews in the same time.
"""

import math
import random
import sys
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lms.learning.queries.pace import LATEST, LATEST_CARDS
from lms.learning.rules.composing import BREAKS, Possible, compose
from lms.learning.rules.memory import Grade, Memory, review
from lms.learning.rules.pace import Lesson, Moment, Pace, Took, measured, pace_of, took

START = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)
FIRM, COURSES, LESSONS = 60, 12, 8
PERSON, LESSON, CARD, SITTING = 0.35, 0.30, 0.30, 0.10
"""True spreads in logarithms: people, lessons, each card, one sitting. The composer assumes its own."""


CHECKS = 2
"""Review cards that a lesson leaves."""
COMES_BACK = (2, 11, 46, 163)
"""Days until a card comes back when it was known each time: the first intervals of FSRS-6."""


@dataclass
class Learner:
    """Somebody with a pace of their own, as far as they are, and what was measured of them."""

    firm: int
    pace: float
    begins: int
    done: dict[int, int] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)
    due: list[tuple[int, int]] = field(default_factory=list)
    times: dict[int, list[datetime]] = field(default_factory=dict)
    measured: dict[Lesson, float] = field(default_factory=dict)
    read: list[Moment] = field(default_factory=list)
    answered: list[Moment] = field(default_factory=list)

    def ahead(self, lessons: int) -> list[int]:
        """What is offered: the lessons left of the course they are in and of the next one."""
        left = [place for place in range(lessons) if place not in self.finished]
        now = left[0] // LESSONS if left else 0
        return [place for place in left if place // LESSONS <= now + 1]

    def paced(
        self, others: Mapping[Lesson, Sequence[tuple["Learner", float]]], *, begun_too: bool = True
    ) -> Pace:
        """Their pace, from what the program would have kept of them and of their firm.

        `begun_too`: not where a lesson is measured, or what it takes everybody would be laid to the person who finished it.
        """
        begun = took(self.read[-LATEST_CARDS:] + self.answered[-LATEST_CARDS:])
        reviews = begun.pop(None, None)
        own = {lesson: one for lesson, one in begun.items() if lesson is not None and begun_too}
        own |= {lesson: Took(ratio) for lesson, ratio in list(self.measured.items())[-LATEST:]}
        theirs = {
            lesson: [rest for one, rest in told if one is not self][-LATEST:]
            for lesson, told in others.items()
        }
        return pace_of(own, theirs, reviews)


@dataclass
class Times:
    """What came of the sessions. A day on which nothing fitted uses none of its minutes, and counts."""

    sessions: int = 0
    in_time: int = 0
    used: float = 0.0
    empty: int = 0
    tight: int = 0

    @property
    def use(self) -> float:
        """Which share of the minutes was used on the average."""
        return self.used / (self.sessions + self.empty)

    def add(self, asked: float, seconds: float) -> None:
        self.sessions += 1
        self.in_time += seconds <= asked
        self.used += min(seconds, asked) / asked

    def told(self) -> str:
        return (
            f"{100 * self.in_time / self.sessions:.1f} % in time, {100 * self.use:.1f} % of the minutes used, "
            f"n = {self.sessions}, {self.tight} of them tight, {self.empty} days with nothing that fits"
        )


@dataclass(frozen=True)
class Shape:
    """What lessons are like: the author's minutes, and the least and most cards."""

    minutes: tuple[int, ...]
    cards: tuple[int, int]


COARSE = Shape((4, 5, 6, 7, 8, 10, 12), (5, 10))
"""Harder than our advice to authors: up to 144 seconds a card."""
ADVISED = Shape((4, 5, 5, 5, 5, 6, 6), (8, 10))
"""As the lessons of the courses that come with Ladder are: 24 to 45 seconds a card."""


def times(
    people: int, days: int, seed: int, *, learns: bool = True, shape: Shape = COARSE
) -> tuple[Times, Times]:
    """Sixty days of sessions: all, and those once five lessons of the person are measured."""
    chance = random.Random(seed)
    lessons = [
        (
            uuid.UUID(int=course + 1),
            f"l{number}",
            chance.choice(shape.minutes),
            chance.randint(*shape.cards),
        )
        for course in range(COURSES)
        for number in range(LESSONS)
    ]
    true = [math.exp(chance.gauss(0, LESSON)) for _ in lessons]
    number_of = {(course, key): place for place, (course, key, _minutes, _cards) in enumerate(lessons)}
    card_true = 25 * math.exp(chance.gauss(0, 0.2))
    firms = max(1, people // FIRM)
    known: list[dict[Lesson, list[tuple[Learner, float]]]] = [defaultdict(list) for _ in range(firms)]
    everybody = [
        Learner(number % firms, math.exp(chance.gauss(0, PERSON)), chance.randrange(min(30, days)))
        for number in range(people)
    ]
    every, later = Times(), Times()
    for day in range(days):
        for one in everybody:
            if day < one.begins or chance.random() < 2 / 7:
                continue
            asked = chance.choice(BREAKS)
            due = sorted(card for card in one.due if card[0] <= day)[:20]
            possible = []
            for place in one.ahead(len(lessons)):
                course, key, minutes, cards = lessons[place]
                left = cards - one.done.get(place, 0)
                possible.append(Possible(key, "", minutes, "next", 0, course, key, left, cards))
            near = {(item.course_id, item.lesson_key) for item in possible} | set(one.measured)
            theirs = {key: known[one.firm][key] for key in near if known[one.firm][key]}
            pace = one.paced(theirs)
            session = compose(possible, minutes=asked, due_cards=len(due), pace=pace if learns else None)
            if not session.items:
                every.empty += 1
                continue
            every.tight += session.tight
            sitting = one.pace * math.exp(chance.gauss(0, SITTING))
            begun = START + timedelta(days=day)
            passed = 0.0
            for item in session.items:
                for _ in range(item.count):
                    noise = math.exp(chance.gauss(0, CARD))
                    if item.kind == "review":
                        passed += card_true * sitting * noise
                        one.answered.append(Moment(begun + timedelta(seconds=passed)))
                        continue
                    place = number_of[item.course_id, item.lesson_key]
                    course, key, minutes, cards = lessons[place]
                    passed += minutes * 60 / cards * true[place] * sitting * noise
                    at = begun + timedelta(seconds=passed)
                    one.read.append(Moment(at, minutes * 60 / cards, (course, key)))
                    one.times.setdefault(place, []).append(at)
                    one.done[place] = one.done.get(place, 0) + 1
                    if one.done[place] == cards:
                        ratio = measured(one.times[place], cards=cards, minutes=minutes)
                        if ratio is not None:
                            own = one.paced(theirs, begun_too=False).own
                            one.measured[course, key] = ratio
                            known[one.firm][course, key].append((one, ratio - own))
                        one.finished.add(place)
                        one.due += [(day + 1, 0)] * CHECKS
                if item.kind == "review":
                    for card in due[: item.count]:
                        one.due.remove(card)
                        one.due.append((day + COMES_BACK[min(card[1], 3)], card[1] + 1))
            every.add(asked * 60, passed)
            if len(one.measured) >= 5:
                later.add(asked * 60, passed)
    return every, later


@dataclass
class Head:
    """A card in a head, as it truly is forgotten."""

    half_life: float
    growth: float
    last: int = 0

    def ask(self, day: int, chance: random.Random) -> tuple[bool, float]:
        """Whether it is known, and how likely that was; the half-life after it."""
        likely = 2 ** (-(day - self.last) / self.half_life)
        right = chance.random() < likely
        self.half_life = (
            self.half_life * (1 + (self.growth - 1) * (2 * (1 - likely) + 0.3))
            if right
            else max(0.7, self.half_life * 0.5)
        )
        self.last = day
        return right, likely


@dataclass
class Kept:
    """What came of the reviews."""

    reviews: int = 0
    right: int = 0
    known: float = 0.0
    cards: int = 0

    def told(self) -> str:
        return (
            f"{100 * self.right / max(1, self.reviews):.1f} % right at review (n = {self.reviews}); "
            f"{100 * self.known / max(1, self.cards):.1f} % of the cards known on the last day (n = {self.cards})"
        )


def remembered(people: int, days: int, seed: int, *, every: int | None) -> Kept:
    """Sixty days of reviews, by FSRS or every so many days. The same heads for the same seed."""
    kept = Kept()
    for number in range(people):
        heads = random.Random(f"{seed} heads {number}")
        chance = random.Random(f"{seed} answers {number}")
        person = math.exp(heads.gauss(0, 0.3))
        for card in range(15):
            head = Head(3.0 * person * math.exp(heads.gauss(0, 0.6)), 2.2 + heads.random(), card * 2)
            due, memory, nth = card * 2 + 1, Memory(), 0
            while due <= days:
                right, _likely = head.ask(due, chance)
                kept.reviews += 1
                kept.right += right
                if every is None:
                    at = START + timedelta(days=due)
                    grade = Grade.GOOD if right else Grade.AGAIN
                    memory, wait = review(memory, grade, at=at, seed=f"{number} {card} {nth}")
                    due, nth = due + wait, nth + 1
                else:
                    due += every
            kept.known += 2 ** (-(days - head.last) / head.half_life)
            kept.cards += 1
    return kept


def fixed_with_as_many(people: int, days: int, seed: int, reviews: int) -> tuple[int, Kept]:
    """The fixed interval that spends the number of reviews nearest to, and not below, a given one."""
    found = None
    for every in range(1, days):
        kept = remembered(people, days, seed, every=every)
        if kept.reviews < reviews:
            break
        found = (every, kept)
    return found or (1, remembered(people, days, seed, every=1))


def main(arguments: Sequence[str]) -> None:
    """Print everything."""
    people, days, seed = (int(one) for one in (*arguments, *("1000", "60", "1")[len(arguments) :]))
    print(f"{people} people, {days} days, seed {seed}")
    every, later = times(people, days, seed)
    print(f"composer, all sessions:            {every.told()}")
    print(f"  once five lessons are measured:  {later.told()}")
    advised, _later = times(people, days, seed, shape=ADVISED)
    print(f"lessons as authors are advised:    {advised.told()}")
    plain, _later = times(people, days, seed, learns=False)
    print(f"without learning the pace:         {plain.told()}")
    ours = remembered(people, days, seed, every=None)
    interval, fixed = fixed_with_as_many(people, days, seed, ours.reviews)
    print(f"memory, FSRS-6:                    {ours.told()}")
    print(f"  every {interval} days:                    {fixed.told()}")


if __name__ == "__main__":
    main(sys.argv[1:])
