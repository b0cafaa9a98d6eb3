"""How long things really take somebody: from their first cards on, and never by one odd moment.

Times are logarithms of actual to author's time. What somebody takes for a lesson is their own pace plus what the lesson takes
everybody, and both are known only so well. So each is a guess with a variance that every measurement narrows: the cards
of a lesson that is not finished count as one that is, by as much as there are of them, and tell most about the cards that are left of
that very lesson. Review cards are one more such thing. Where nothing was measured, the author's estimate stands.
"""

import math
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median

LONGEST_GAP = 300.0
"""Seconds: between two cards of a lesson, whoever is away for longer was not learning."""
CLIP = math.log(4)
"""A ratio beyond a quarter or four times the author's estimate says more about the day than about the pace."""
PERSON_SPREAD, LESSON_SPREAD, CARD_SPREAD = 0.35, 0.3, 0.3
"""How far people, lessons and single cards usually lie from what is expected, in logarithms."""
SITTING_SPREAD = 0.1
"""How far a whole sitting lies from what is expected: a good day and a bad one."""
PRIOR = 1.0
"""As many people's times of a lesson as the author's estimate counts for."""
USUAL_CARDS, USUAL_SITTINGS = 6, 2
"""Of a finished lesson only the ratio is kept: it is taken for one of so many cards, learnt in so many sittings."""
FAR = 1.5
"""Standard deviations: what lies further off counts less, the further the less."""
ROUNDS = 8
"""So often a pace is drawn closer to what most measurements say."""
CARD_SECONDS = 30.0
"""A review card with its explanation, for somebody of the author's pace; where a person begins."""

Lesson = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Moment:
    """When a card was done, and the seconds the author gives it. `lesson`: None for a review card."""

    at: datetime
    expected: float = CARD_SECONDS
    lesson: Lesson | None = None


@dataclass(frozen=True)
class Took:
    """What one person took for one thing: the logarithm of actual to author's time, and what is behind it."""

    ratio: float
    cards: int = USUAL_CARDS
    sittings: int = USUAL_SITTINGS

    @property
    def variance(self) -> float:
        """How far it may lie from what they usually take for that thing."""
        return CARD_SPREAD**2 / self.cards + SITTING_SPREAD**2 / self.sittings


@dataclass(frozen=True)
class Known:
    """What is known of a thing for one person: its logarithm is `shift` and so much `of_own` pace, give or take `variance`.

    The more somebody did of a lesson themselves, the less their pace elsewhere matters for the rest of it.
    """

    shift: float = 0.0
    of_own: float = 1.0
    variance: float = LESSON_SPREAD**2

    def after(self, took: Took) -> "Known":
        """The same when the person took so long for a part of it."""
        gain = self.variance / (self.variance + took.variance)
        rest = 1 - gain
        return Known(self.shift * rest + took.ratio * gain, self.of_own * rest, self.variance * rest)


UNKNOWN = Known()


@dataclass(frozen=True)
class Pace:
    """How long things take one person. `own`: their pace, give or take `variance`; `seen`: from so many lessons."""

    own: float = 0.0
    variance: float = PERSON_SPREAD**2
    seen: int = 0
    lessons: Mapping[Lesson, Known] = field(default_factory=dict)
    cards: Known = UNKNOWN

    def lesson(self, lesson: Lesson) -> Known:
        """What is known of a lesson."""
        return self.lessons.get(lesson, UNKNOWN)

    def seconds(self, lesson: Lesson, minutes: float) -> float:
        """How many seconds a lesson of the author's minutes takes this person."""
        return minutes * 60 * self._times(self.lesson(lesson))

    def card_seconds(self) -> float:
        """How many seconds a review card takes this person."""
        return CARD_SECONDS * self._times(self.cards)

    def _times(self, known: Known) -> float:
        return math.exp(known.shift + known.of_own * self.own)


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
    return _clipped(actual / (minutes * 60 * len(counted) / cards))


def took(moments: Sequence[Moment]) -> dict[Lesson | None, Took]:
    """What somebody took for each lesson, and for review cards (None), from the moments at which cards were done.

    Whatever lies between two moments belongs to the later: reading a lesson's card, or the explanation of one review card
    and the question of the next. What follows a long gap has no beginning and is left out.
    """
    ratios: dict[Lesson | None, list[float]] = defaultdict(list)
    sittings: dict[Lesson | None, set[int]] = defaultdict(set)
    sitting = 0
    for before, after in pairwise(sorted(moments, key=lambda one: one.at)):
        gap = (after.at - before.at).total_seconds()
        sitting += gap > LONGEST_GAP
        if 0 < gap <= LONGEST_GAP and after.expected > 0:
            ratios[after.lesson].append(_clipped(gap / after.expected))
            sittings[after.lesson].add(sitting)
    return {thing: Took(_usual(logs), len(logs), len(sittings[thing])) for thing, logs in ratios.items()}


def pace_of(
    own: Mapping[Lesson, Took], others: Mapping[Lesson, Sequence[float]], cards: Took | None = None
) -> Pace:
    """A person's pace from what they took for lessons and review cards, and the latest times of others at their firm, by lesson.

    Of others only what their own pace leaves is told, else a lesson would seem short because quick people come to it first.
    """
    lessons = {lesson: _of_everybody(values) for lesson, values in others.items() if values}
    told = [(one, lessons.get(lesson, UNKNOWN)) for lesson, one in own.items()]
    if cards is not None:
        told.append((cards, UNKNOWN))
    pace, variance = _together(
        [(one.ratio - known.shift, known.variance + one.variance) for one, known in told],
        before=1 / PERSON_SPREAD**2,
    )
    begun = {lesson: lessons.get(lesson, UNKNOWN).after(one) for lesson, one in own.items()}
    return Pace(
        pace,
        variance,
        len(own),
        {**lessons, **begun},
        UNKNOWN if cards is None else UNKNOWN.after(cards),
    )


def _of_everybody(values: Sequence[float]) -> Known:
    """A lesson as others took it: their median, drawn to the author's estimate while there are few."""
    share = len(values) / (len(values) + PRIOR)
    return Known(median(values) * share, 1.0, LESSON_SPREAD**2 * (1 - share))


def _together(told: Sequence[tuple[float, float]], before: float = 0.0) -> tuple[float, float]:
    """What several measurements say together, each with its variance, and the variance of that. `before`: the weight of 0 among them.

    What lies far from the rest counts less (Huber's weights): one odd moment moves little, however odd.
    """
    if not told:
        return 0.0, 1 / before
    middle, total = median([value for value, _variance in told]), 1.0
    for _round in range(ROUNDS):
        weights = [
            FAR / max(FAR, abs(value - middle) / math.sqrt(variance)) / variance for value, variance in told
        ]
        total = before + sum(weights)
        middle = sum(weight * value for weight, (value, _) in zip(weights, told, strict=True)) / total
    return middle, 1 / total


def _clipped(ratio: float) -> float:
    return max(-CLIP, min(CLIP, math.log(ratio)))


def _usual(logs: Sequence[float]) -> float:
    """What one of many cards takes on the average, as a logarithm: the middle of them, and what a lognormal's mean lies above it."""
    middle, _variance = _together([(one, CARD_SPREAD**2) for one in logs])
    return middle + CARD_SPREAD**2 / 2
