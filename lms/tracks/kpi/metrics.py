"""What a KPI is, and what its numbers can say: sums, never means of means; an interval at each; "too few" under the floor."""

import enum
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from lms.assessments.statistics.distributions import normal_quantile, t_quantile, wilson
from lms.foundation.words import N_


class Shape(enum.StrEnum):
    """How a metric's number comes about."""

    RATE = "rate"
    """So many of so many: the total is a count of those that went well."""
    SCORE = "score"
    """A mean of scores from nothing to a most."""
    AMOUNT = "amount"
    """A mean of amounts with no most, such as seconds a contact."""


class Better(enum.StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of the working day."""

    key: str
    name: str
    unit: str
    shape: Shape
    better: Better
    counted: str
    """What `n` counts."""
    least: int
    """Under so many it is too few to say."""
    why_least: str
    most: float = 100.0
    """The greatest score; a rate is told in percent."""
    longest: float = math.inf
    """An amount above this is a mistake of units."""
    shortest: float = 0.0


_PACK = N_("A promotion asks for at least 12 evaluations over three months (the framework, rung S1).")
_OURS = N_("Our own judgement: with fewer than %(least)s the interval is wider than what people differ by.")

BUILT_IN: tuple[Metric, ...] = (
    Metric(
        "aht",
        N_("Average handle time"),
        "s",
        Shape.AMOUNT,
        Better.NEITHER,
        N_("contacts"),
        30,
        _OURS,
        longest=4 * 3600,
        shortest=5,
    ),
    Metric("qa", N_("Quality score"), "", Shape.SCORE, Better.HIGHER, N_("evaluations"), 12, _PACK),
    Metric("csat", N_("Customer satisfaction"), "%", Shape.RATE, Better.HIGHER, N_("answers"), 30, _OURS),
    Metric("fcr", N_("First-contact resolution"), "%", Shape.RATE, Better.HIGHER, N_("contacts"), 30, _OURS),
    Metric("adherence", N_("Adherence"), "%", Shape.SCORE, Better.HIGHER, N_("shifts"), 10, _OURS),
    Metric(
        "critical",
        N_("Evaluations with a critical error"),
        "%",
        Shape.RATE,
        Better.LOWER,
        N_("evaluations"),
        12,
        _PACK,
    ),
)
"""AHT = (talk + hold + after-contact work) / contacts handled. Lower is not better, so it is never judged.
Adherence: the share of the planned time in the planned place, over shifts."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over some contacts, evaluations or shifts: of their values, their number, and their squares when known."""

    total: float = 0.0
    n: int = 0
    squares: float | None = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        known = self.squares is not None and other.squares is not None
        squares = (self.squares or 0) + (other.squares or 0) if known else None
        return Tally(self.total + other.total, self.n + other.n, squares)

    @property
    def mean(self) -> float:
        """The ratio of the sums."""
        return self.total / self.n if self.n else 0.0


def pooled(tallies: Iterable[Tally]) -> Tally:
    """Several periods as one: Σ total / Σ n, so that a period with ten times the contacts weighs ten times as much."""
    found = Tally()
    for one in tallies:
        found += one
    return found


def tally_of(mean: float, n: int, deviation: float | None = None) -> Tally:
    """The sums behind a mean, a number and a standard deviation."""
    squares = None if deviation is None else (n - 1) * deviation**2 + n * mean**2
    return Tally(mean * n, n, squares)


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where the true value lies with 95 % confidence, in the metric's own unit; and by whose method."""

    low: float
    high: float
    source: str


WILSON = N_("Wilson (1927), the score interval of a proportion")
BOUNDED = N_(
    "Wilson (1927) on the bounded mean: among all spreads of such scores none is wider (Bhatia and Davis 2000)"
)
STUDENT = N_("Student (1908), from the standard deviation in the file")
EXPONENTIAL = N_(
    "exact for exponential handle times, as Erlang C takes them (Epstein and Sobel 1953; chi-squared by Wilson and"
    " Hilferty 1931); real handle times spread less, so the true interval is narrower"
)


def shown_value(metric: Metric, tally: Tally) -> float:
    """The value in the metric's unit: rates in percent."""
    return 100 * tally.mean if metric.shape is Shape.RATE else tally.mean


def interval(metric: Metric, tally: Tally) -> Interval:
    """The 95 % interval round a value. Nothing is drawn by lot: the same sums give the same interval for ever."""
    if metric.shape is Shape.RATE:
        low, high = wilson(min(max(tally.total, 0), tally.n), tally.n)
        return Interval(100 * low, 100 * high, WILSON)
    top = metric.most if metric.shape is Shape.SCORE else math.inf
    if tally.squares is not None and tally.n >= 2:
        variance = max(0.0, (tally.squares - tally.total**2 / tally.n) / (tally.n - 1))
        half = t_quantile(0.975, tally.n - 1) * math.sqrt(variance / tally.n)
        return Interval(max(0.0, tally.mean - half), min(top, tally.mean + half), STUDENT)
    if metric.shape is Shape.SCORE:
        low, high = wilson(min(max(tally.total / top, 0), tally.n), tally.n)
        return Interval(top * low, top * high, BOUNDED)
    return Interval(
        2 * tally.total / _chi_squared(0.975, 2 * tally.n),
        2 * tally.total / _chi_squared(0.025, 2 * tally.n),
        EXPONENTIAL,
    )


def _chi_squared(p: float, df: int) -> float:
    """The quantile by Wilson and Hilferty (1931): within 0.3 % from 20 degrees of freedom on."""
    part = 2 / (9 * df)
    return df * max(1e-9, 1 - part + normal_quantile(p) * math.sqrt(part)) ** 3


@dataclass(frozen=True, slots=True)
class Band:
    """The middle half of the people of one queue and shift in one period, and how many they are."""

    low: float
    middle: float
    high: float
    people: int


LEAST_PEOPLE = 8
"""With fewer, a band would show single people (our own judgement)."""


def band(metric: Metric, people: Sequence[Tally]) -> Band | None:
    """The quartiles of those who have enough to say; None when they are too few to be a band."""
    values = sorted(shown_value(metric, one) for one in people if one.n >= metric.least)
    if len(values) < LEAST_PEOPLE:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return Band(low, middle, high, len(values))
