"""Putting two calibrations on one scale over the items they share: θ_base = A·θ_new + B (Kolen & Brennan 2014, ch. 6)."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lms.assessments.statistics.classification import Item
from lms.assessments.statistics.regression import solve
from lms.foundation.errors import Invalid

METHODS = ("mean-sigma", "mean-mean", "haebara", "stocking-lord")
_POINTS = tuple(-4 + 0.2 * step for step in range(41))


def link(base: Mapping[str, Item], new: Mapping[str, Item], method: str = "stocking-lord") -> dict[str, Any]:
    """A and B from the items in both: mean/sigma (Marco 1977), mean/mean (Loyd & Hoover 1980), Haebara (1980), or
    Stocking & Lord (1983) over 41 points from -4 to 4 weighted as a normal.

    Raises Invalid for fewer than two shared items or difficulties that do not vary.
    """
    if method not in METHODS:
        raise Invalid(
            "There is no method %(method)s; there are %(methods)s.", method=method, methods=", ".join(METHODS)
        )
    shared = [name for name in base if name in new]
    pairs = [(base[name], new[name]) for name in shared]
    if len(pairs) < 2:
        raise Invalid("Linking needs at least two items that both calibrations have.")
    b_base, b_new = [one[1] for one, _other in pairs], [other[1] for _one, other in pairs]
    spread = statistics.pstdev(b_new)
    if spread <= 0 or statistics.pstdev(b_base) <= 0:
        raise Invalid("The shared items all have the same difficulty, so no scale can be found.")
    slope = statistics.pstdev(b_base) / spread
    if method == "mean-mean":
        slope = statistics.fmean(other[0] for _one, other in pairs) / statistics.fmean(
            one[0] for one, _other in pairs
        )
    shift = statistics.fmean(b_base) - slope * statistics.fmean(b_new)
    if method in ("haebara", "stocking-lord"):
        slope, shift = _least_squares(
            lambda a, b: _gaps(pairs, a, b, summed=method == "stocking-lord"), slope, shift
        )
    return {"method": method, "A": slope, "B": shift, "items": shared}


def moved(item: Item, slope: float, shift: float) -> Item:
    """An item of the new calibration on the base scale: a / A, A·b + B, c."""
    a, b, c = item
    return (a / slope, slope * b + shift, c)


def _gaps(pairs: Sequence[tuple[Item, Item]], slope: float, shift: float, *, summed: bool) -> list[float]:
    gaps = []
    for theta in _POINTS:
        weight = math.exp(-theta * theta / 4)  # the root of a normal weight, for squares
        each = [_p(one, theta) - _p(moved(other, slope, shift), theta) for one, other in pairs]
        gaps += [weight * math.fsum(each)] if summed else [weight * one for one in each]
    return gaps


def _p(item: Item, theta: float) -> float:
    a, b, c = item
    return c + (1 - c) / (1 + math.exp(max(-700.0, min(700.0, -a * (theta - b)))))


def _least_squares(
    gaps: Callable[[float, float], list[float]], slope: float, shift: float
) -> tuple[float, float]:
    """Gauss–Newton with Levenberg's damping for two unknowns."""
    here = gaps(slope, shift)
    size, damping, step = math.fsum(one * one for one in here), 1e-3, 1e-6
    for _turn in range(200):
        by_slope = [(x - y) / step for x, y in zip(gaps(slope + step, shift), here, strict=True)]
        by_shift = [(x - y) / step for x, y in zip(gaps(slope, shift + step), here, strict=True)]
        aa, bb = math.fsum(x * x for x in by_slope), math.fsum(x * x for x in by_shift)
        ab = math.fsum(x * y for x, y in zip(by_slope, by_shift, strict=True))
        down = [
            -math.fsum(x * y for x, y in zip(by_slope, here, strict=True)),
            -math.fsum(x * y for x, y in zip(by_shift, here, strict=True)),
        ]
        change = solve([[aa * (1 + damping), ab], [ab, bb * (1 + damping)]], down)
        if change is None or max(map(abs, change)) < 1e-10:
            break
        trial = gaps(slope + change[0], shift + change[1])
        reached = math.fsum(one * one for one in trial)
        if reached <= size and slope + change[0] > 0:
            slope, shift, here, size, damping = (
                slope + change[0],
                shift + change[1],
                trial,
                reached,
                damping / 10,
            )
        else:
            damping *= 10
            if damping > 1e12:
                break
    return slope, shift
