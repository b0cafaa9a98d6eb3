"""How markers compare with one another: pure rules over answers that two people marked, each alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.marks import FAR
from lms.assessments.statistics.agreement import intraclass
from lms.assessments.statistics.distributions import t_quantile

ENOUGH_TO_AGREE = 10
"""Answers that two marked, before it is said how markers agree."""
ENOUGH_TO_DIFFER = 5
"""Answers that somebody marked beside another, before it is said by how much they differ."""


@dataclass(frozen=True)
class Twice:
    """An answer's first two marks: who gave which share of the full marks."""

    marks: tuple[tuple[str, float], tuple[str, float]]

    @property
    def far(self) -> bool:
        """Whether they were so far apart that a third decided."""
        (_one, share), (_other, beside) = self.marks
        return abs(share - beside) > FAR + 1e-9


@dataclass(frozen=True)
class MarkerBeside:
    """A marker: from how many answers, and by how many points of a hundred above others (below: stricter), with its interval."""

    name: str
    n: int
    difference: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Agreement:
    """How far two markers of one answer agree: ICC(1,1), as who marks changes from answer to answer, with its interval."""

    answers: int
    far: int
    icc: float | None
    interval: tuple[float, float] | None
    markers: Sequence[MarkerBeside]


def agreement(twice: Sequence[Twice], names: Mapping[str, str]) -> Agreement:
    """Over all answers that two people marked. `names`: of markers, by what the marks call them."""
    icc = interval = None
    if len(twice) >= ENOUGH_TO_AGREE:
        said = intraclass([[share for _who, share in one.marks] for one in twice])["all"]["ICC1"]
        icc, bounds = said["icc"], said["ci95"]
        interval = (bounds[0], bounds[1]) if bounds else None
    gaps: dict[str, list[float]] = {}
    for one in twice:
        (first, share), (second, beside) = one.marks
        gaps.setdefault(first, []).append(100 * (share - beside))
        gaps.setdefault(second, []).append(100 * (beside - share))
    markers = [_beside(names.get(who, who), those) for who, those in gaps.items()]
    return Agreement(
        len(twice),
        sum(one.far for one in twice),
        icc,
        interval,
        sorted(markers, key=lambda one: one.name.casefold()),
    )


def _beside(name: str, gaps: Sequence[float]) -> MarkerBeside:
    n = len(gaps)
    if n < ENOUGH_TO_DIFFER:
        return MarkerBeside(name, n)
    mean = math.fsum(gaps) / n
    error = math.sqrt(math.fsum((one - mean) ** 2 for one in gaps) / (n - 1) / n)
    half = t_quantile(0.975, n - 1) * error
    return MarkerBeside(name, n, mean, (mean - half, mean + half))
