"""Differential item functioning: does an item treat equally able people of two groups alike?

Ability is matched on the number right, the studied item always included (Holland & Thayer 1988); a blank counts
nothing towards the number right, and who left the studied item blank is left out of its tables.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.statistics.classical import Masks
from lms.assessments.statistics.distributions import chi2_sf, normal_quantile
from lms.assessments.statistics.files import missing_in
from lms.assessments.statistics.regression import logistic_fit
from lms.assessments.statistics.responses import Responses
from lms.foundation.errors import Invalid

METHODS = ("mh", "logistic")
MOST_ROUNDS = 10
"""Purification stops after so many rounds when it goes in circles."""
ETS_CONSTANT = 2.35
"""D-DIF = -2.35 ln(α): the delta scale of ETS (Holland & Thayer 1985)."""


@dataclass(frozen=True)
class MantelHaenszel:
    """The common odds ratio over strata, its test and its standard error; what is not defined is None."""

    odds_ratio: float | None
    chi2: float | None
    p: float | None
    se_log: float | None
    chi2_uncorrected: float | None
    strata: int

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Of the odds ratio, from ln α ± z·se."""
        if not self.odds_ratio or self.se_log is None:
            return None
        half = normal_quantile(0.5 + level / 2) * self.se_log
        return (self.odds_ratio * math.exp(-half), self.odds_ratio * math.exp(half))


Stratum = tuple[float, float, float, float]
"""Right and wrong in the reference group, right and wrong in the focal group."""


def mantel_haenszel(strata: Sequence[Stratum]) -> MantelHaenszel:
    """Mantel & Haenszel (1959): χ² = (|Σ(A - E)| - ½)² / ΣVar with 1 df, α = Σ(AD/T) / Σ(BC/T).

    The standard error of ln α is Robins, Breslow & Greenland's (1986). Strata of one person are left out.
    """
    used = [one for one in strata if sum(one) > 1]
    excess = variance = top = bottom = 0.0
    pr = ps_qr = qs = 0.0
    for a, b, c, d in used:
        total = a + b + c + d
        excess += a - (a + b) * (a + c) / total
        variance += (a + b) * (c + d) * (a + c) * (b + d) / (total * total * (total - 1))
        r, s = a * d / total, b * c / total
        p, q = (a + d) / total, (b + c) / total
        top += r
        bottom += s
        pr += p * r
        ps_qr += p * s + q * r
        qs += q * s
    ratio = top / bottom if bottom > 0 else None
    se = None
    if top > 0 and bottom > 0:
        se = math.sqrt(pr / (2 * top**2) + ps_qr / (2 * top * bottom) + qs / (2 * bottom**2))
    if variance <= 0:
        return MantelHaenszel(ratio, None, None, se, None, len(used))
    chi2 = (abs(excess) - 0.5) ** 2 / variance
    return MantelHaenszel(ratio, chi2, chi2_sf(chi2, 1), se, excess**2 / variance, len(used))


def ets_class(delta: float | None, se_delta: float | None, p: float | None) -> str | None:
    """A, B or C (Zieky 1993; Zwick 2012).

    A: not different from 0 at .05, or |Δ| < 1. C: |Δ| ≥ 1.5 and more than 1 at .05 (one-sided). B: between. Where one
    group is never right beside the other, Δ is beyond all numbers (None), and p alone says A or C.
    """
    if p is None:
        return None
    if delta is None or se_delta is None:  # the odds ratio is 0 or infinite
        return "A" if p >= 0.05 else "C"
    if p >= 0.05 or abs(delta) < 1:
        return "A"
    if abs(delta) >= 1.5 and abs(delta) - normal_quantile(0.95) * se_delta > 1:
        return "C"
    return "B"


def size_class(delta: float | None) -> str | None:
    """A, B or C by the size of Δ alone, as programs that ignore its error print it."""
    if delta is None:
        return None
    return "A" if abs(delta) < 1 else "B" if abs(delta) < 1.5 else "C"


def analyse(
    responses: Responses,
    group: Sequence[str],
    focal: str,
    *,
    method: str = "mh",
    purify: bool = False,
    anchor: Collection[str] | None = None,
) -> dict[str, Any]:
    """Every item's DIF against the focal group; the reference group is everybody else with a group.

    `delta` under 0 means that the item is harder for the focal group than for equally able others. With `purify`, items
    significant at .05 leave the matching score until the set of them settles (Clauser, Mazor & Hambleton 1993). `anchor`
    names the items that are matched on to begin with; all when it is none.
    Raises Invalid when one of the groups is empty.
    """
    if method not in METHODS:
        raise Invalid(
            "There is no method %(method)s; there are %(methods)s.", method=method, methods=", ".join(METHODS)
        )
    in_focal, in_reference = _groups(group, focal)
    masks = Masks.of(responses.marks, len(responses.items))
    study = _mantel if method == "mh" else _logistic
    every = frozenset(range(len(responses.items)))
    matched = (
        every if anchor is None else frozenset(at for at in every if responses.items[at] in anchor) or every
    )
    rounds = 0
    while True:
        scores = _scores(responses, matched)
        results = [
            study(masks, item, scores[item], in_reference, in_focal) for item in range(len(responses.items))
        ]
        flagged = frozenset(at for at, one in enumerate(results) if one["p"] is not None and one["p"] < 0.05)
        following = every - flagged
        if not purify or following == matched or rounds == MOST_ROUNDS or not following:
            break
        rounds += 1
        matched = following
    return {
        "method": method,
        "focal": focal,
        "n_focal": in_focal.bit_count(),
        "n_reference": in_reference.bit_count(),
        "purified": purify,
        "rounds": rounds,
        "settled": not purify or following == matched,
        "anchor": [responses.items[at] for at in sorted(matched)],
        "items": [{"item": name, **result} for name, result in zip(responses.items, results, strict=True)],
    }


def _groups(group: Sequence[str], focal: str) -> tuple[int, int]:
    def same(cell: str) -> bool:
        if cell == focal:
            return True
        try:
            return float(cell) == float(focal)
        except ValueError:
            return False

    said = [cell.strip() for cell in group]
    missing = missing_in(set(said))
    named = [cell if same(cell) or cell.lower() not in missing else "" for cell in said]
    in_focal = sum(1 << at for at, cell in enumerate(named) if cell and same(cell))
    in_reference = sum(1 << at for at, cell in enumerate(named) if cell and not same(cell))
    values = ", ".join(sorted({cell for cell in named if cell})[:12])
    if not in_focal:
        raise Invalid(
            "Nobody is in the group “%(focal)s”. The groups are: %(values)s.", focal=focal, values=values
        )
    if not in_reference:
        raise Invalid("Everybody is in the group “%(focal)s”: there is nobody to compare with.", focal=focal)
    return in_focal, in_reference


def _scores(responses: Responses, anchor: frozenset[int]) -> list[dict[int, int]]:
    """For each item, the persons (as a mask) at each matching score: the anchor's number right, with the item itself."""
    inside = sorted(anchor)
    base = [sum(row[at] or 0 for at in inside) for row in responses.marks]
    shared = _by_score(base)
    return [
        shared
        if item in anchor
        else _by_score([score + (row[item] or 0) for score, row in zip(base, responses.marks, strict=True)])
        for item in range(len(responses.items))
    ]


def _by_score(scores: Sequence[int]) -> dict[int, int]:
    flags = {score: bytearray(len(scores)) for score in sorted(set(scores))}
    for at, score in enumerate(scores):
        flags[score][len(scores) - 1 - at] = 1
    return {score: int(bytes(one).translate(_DIGITS), 2) for score, one in flags.items()}


_DIGITS = bytes.maketrans(b"\0\1", b"01")


def _cells(
    masks: Masks, item: int, strata: dict[int, int], reference: int, focal: int
) -> list[tuple[int, Stratum]]:
    right, answered = masks.right[item], masks.answered[item]
    wrong = answered & ~right
    return [
        (
            score,
            (
                (persons & reference & right).bit_count(),
                (persons & reference & wrong).bit_count(),
                (persons & focal & right).bit_count(),
                (persons & focal & wrong).bit_count(),
            ),
        )
        for score, persons in strata.items()
    ]


def _mantel(masks: Masks, item: int, strata: dict[int, int], reference: int, focal: int) -> dict[str, Any]:
    found = mantel_haenszel([cell for _score, cell in _cells(masks, item, strata, reference, focal)])
    alpha = found.odds_ratio
    delta = -ETS_CONSTANT * math.log(alpha) if alpha else None
    se = ETS_CONSTANT * found.se_log if found.se_log is not None else None
    interval = found.interval()
    return {
        "chi2": found.chi2,
        "p": found.p,
        "alpha_mh": alpha,
        "alpha_ci95": list(interval) if interval else None,
        "delta": delta,
        "se_delta": se,
        "class": ets_class(delta, se, found.p),
        "class_by_size": size_class(delta),
    }


def _logistic(masks: Masks, item: int, strata: dict[int, int], reference: int, focal: int) -> dict[str, Any]:
    """Swaminathan & Rogers (1990): likelihood-ratio tests of group (uniform) and group x score (non-uniform)."""
    rows: list[tuple[list[float], float, float]] = []
    cells = _cells(masks, item, strata, reference, focal)
    weight = sum(sum(cell) for _score, cell in cells)
    centre = sum(score * sum(cell) for score, cell in cells) / weight if weight else 0.0
    for score, (a, b, c, d) in cells:
        x = score - centre
        if a + b:
            rows.append(([1.0, x, 0.0, 0.0], a, a + b))
        if c + d:
            rows.append(([1.0, x, 1.0, x], c, c + d))
    groups = {row[0][2] for row in rows}
    fits: list[tuple[list[float], float] | None] = []
    for size in (1, 2, 3, 4):
        before = fits[-1][0] if fits and fits[-1] else ()
        fits.append(logistic_fit([(x[:size], hit, n) for x, hit, n in rows], size, start=before))
    if len(groups) < 2 or any(one is None for one in fits):
        return dict.fromkeys(
            (
                "chi2", "p", "alpha_mh", "delta", "class", "chi2_uniform", "p_uniform", "chi2_nonuniform",
                "p_nonuniform", "odds_ratio", "r2_change", "class_zumbo_thomas",
            )
        )  # fmt: skip
    null, matched, uniform, both = (one for one in fits if one is not None)
    chi2, first, second = (
        max(0.0, 2 * (more[1] - less[1]))
        for more, less in ((both, matched), (uniform, matched), (both, uniform))
    )
    p = chi2_sf(chi2, 2)
    change = _nagelkerke(both[1], null[1], weight) - _nagelkerke(matched[1], null[1], weight)
    log_odds = -uniform[0][2]  # reference against focal, as in Mantel–Haenszel
    return {
        "chi2": chi2,
        "p": p,
        "alpha_mh": None,
        "delta": -ETS_CONSTANT * log_odds,
        "class": _by_change(change, p, 0.035, 0.070),
        "chi2_uniform": first,
        "p_uniform": chi2_sf(first, 1),
        "chi2_nonuniform": second,
        "p_nonuniform": chi2_sf(second, 1),
        "odds_ratio": math.exp(log_odds) if abs(log_odds) < 700 else None,
        "r2_change": change,
        "class_zumbo_thomas": _by_change(change, p, 0.13, 0.26),
    }


def _by_change(change: float, p: float, medium: float, large: float) -> str:
    """By Nagelkerke's R² change: Jodoin & Gierl (2001) .035/.070, Zumbo & Thomas (1997) .13/.26."""
    if p >= 0.05 or change < medium:
        return "A"
    return "B" if change < large else "C"


def _nagelkerke(loglik: float, null: float, n: float) -> float:
    """Nagelkerke's (1991) R²."""
    ceiling = 1 - math.exp(2 * null / n)
    return (1 - math.exp(2 * (null - loglik) / n)) / ceiling if ceiling > 0 else 0.0
