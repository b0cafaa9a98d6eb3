"""Adaptive testing one question at a time, in plain Python, for pages: what `adaptive` does for whole files with numpy.

Ability is the EAP over 33 points on [-4, 4] under N(0, 1). A test holds the two to the same numbers.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.statistics.classification import Item, item_information

POINTS = tuple(-4 + at / 4 for at in range(33))
_PRIOR = tuple(math.exp(-t * t / 2) * (0.5 if abs(t) == 4 else 1.0) for t in POINTS)
RANDOMESQUE = 5
"""One of so many of the best is drawn (Kingsbury & Zara 1989), so that not everybody begins with the same."""


@dataclass(frozen=True)
class Calibrated:
    """A question that can be chosen: a, b, c, and its content area (the place of a draw)."""

    parameters: Item
    area: int


def right(item: Item, theta: float) -> float:
    """The chance of a right answer."""
    a, b, c = item
    return c + (1 - c) / (1 + math.exp(-max(-500.0, min(500.0, a * (theta - b)))))


def ability(answers: Sequence[tuple[Item, bool]]) -> tuple[float, float]:
    """EAP and its standard error from answered questions."""
    logs = [
        math.fsum(
            math.log(max(1e-300, right(item, t) if got else 1 - right(item, t))) for item, got in answers
        )
        for t in POINTS
    ]
    top = max(logs)
    weights = [prior * math.exp(one - top) for prior, one in zip(_PRIOR, logs, strict=True)]
    whole = math.fsum(weights)
    mean = math.fsum(w * t for w, t in zip(weights, POINTS, strict=True)) / whole
    spread = math.fsum(w * (t - mean) ** 2 for w, t in zip(weights, POINTS, strict=True)) / whole
    return mean, math.sqrt(spread)


def next_question(
    bank: Sequence[Calibrated],
    theta: float,
    asked: Sequence[int],
    *,
    shares: Mapping[int, float],
    barred: Collection[int] = (),
    chance: float = 0.0,
) -> int | None:
    """The place in the bank of the question to ask next, or none when none is left.

    From the content area that lags most behind its share; of its most informative ones `chance` draws. Those `barred`,
    which too many have seen, are asked only when nothing else is left.
    """
    gone = set(asked)
    open_ones = [at for at in range(len(bank)) if at not in gone and bank[at].area in shares]
    rested = [at for at in open_ones if at not in barred]
    usable = rested or open_ones
    if not usable:
        return None
    count = {area: sum(bank[at].area == area for at in asked) for area in shares}
    whole, total = math.fsum(shares.values()), max(1, sum(count.values()))
    areas = sorted({bank[at].area for at in usable})
    wanted = max(areas, key=lambda area: (shares[area] / whole - count[area] / total, -area))
    best = sorted(
        (at for at in usable if bank[at].area == wanted),
        key=lambda at: (-item_information(bank[at].parameters, theta), at),
    )[:RANDOMESQUE]
    return best[min(int(chance * len(best)), len(best) - 1)]


def expected_share(bank: Sequence[Item], theta: float, error: float) -> tuple[float, float]:
    """The share of the whole bank that somebody of this ability gets right, and its standard error (delta method)."""
    share = math.fsum(right(item, theta) for item in bank) / len(bank)
    slope = math.fsum(
        a * (right((a, b, c), theta) - c) * (1 - right((a, b, c), theta)) / (1 - c) for a, b, c in bank
    ) / len(bank)
    return share, abs(slope) * error
