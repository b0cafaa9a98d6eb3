"""Adverse impact: whether one group is selected less often than another, with counts and uncertainty. Pure rules.

The four-fifths rule is the United States' (29 CFR 1607.4 D); it flags, and never decides. Show the counts with it.
"""

import math
from dataclasses import dataclass

from lms.assessments.statistics.distributions import hypergeometric, normal_two_sided
from lms.foundation.errors import Invalid

FOUR_FIFTHS = 0.8
Z95 = 1.96
"""As tables of adverse impact print it, not 1.95996…: so that our intervals can be checked against theirs."""


@dataclass(frozen=True)
class Impact:
    """One group beside the reference group. What is not defined, such as a ratio to a rate of 0, is None."""

    rate_reference: float
    rate_group: float
    ratio: float | None
    """The group's rate over the reference group's."""
    ratio_ci95: tuple[float, float] | None
    impact_ratio: float | None
    """The lower of the two rates over the higher."""
    flagged: bool
    z: float | None
    """Two-proportion test with the pooled rate."""
    z_p: float | None
    fisher_p: float
    cohens_h: float
    shortfall: float
    """How many more of the group the common rate would have selected; under 0 when it had more than that."""
    one_more: "OneMore"


@dataclass(frozen=True)
class OneMore:
    """How much hangs on one person: the ratio and flag had one more of the lower-rate group been selected, and one
    fewer of the other group besides. A ratio is None when the numbers leave no room for it."""

    ratio: float | None
    flagged: bool | None
    changes_flag: bool


def adverse_impact(reference: tuple[int, int], group: tuple[int, int]) -> Impact:
    """Compare (selected, considered) of a group with the reference group's.

    Ratio's interval: Katz et al. (1978), on the log scale. Fisher's (1935) exact test is two-sided, summing tables no
    likelier than the one seen. Cohen's (1988) h = 2 asin √p - 2 asin √q. Raises Invalid for impossible counts.
    """
    for selected, considered in (reference, group):
        if considered < 1 or not 0 <= selected <= considered:
            raise Invalid("Each group needs at least one person, and no more selected than considered.")
    (sel_a, n_a), (sel_b, n_b) = reference, group
    p, q = sel_a / n_a, sel_b / n_b
    pooled = (sel_a + sel_b) / (n_a + n_b)
    z = None
    if 0 < pooled < 1:
        z = (p - q) / math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    ratio = q / p if p > 0 else None
    lower_over_higher = _impact_ratio(reference, group)
    return Impact(
        rate_reference=p,
        rate_group=q,
        ratio=ratio,
        ratio_ci95=_interval(reference, group),
        impact_ratio=lower_over_higher,
        flagged=_flagged(lower_over_higher),
        z=z,
        z_p=None if z is None else normal_two_sided(z),
        fisher_p=fisher_exact(reference, group),
        cohens_h=2 * math.asin(math.sqrt(p)) - 2 * math.asin(math.sqrt(q)),
        shortfall=n_b * pooled - sel_b,
        one_more=_one_more(reference, group),
    )


def fisher_exact(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Fisher's two-sided exact p for two (selected, considered)."""
    total, marked, drawn = first[1] + second[1], first[0] + second[0], first[1]
    seen = hypergeometric(first[0], drawn, marked, total)
    masses = (
        hypergeometric(hits, drawn, marked, total)
        for hits in range(max(0, drawn + marked - total), min(drawn, marked) + 1)
    )
    return min(1.0, math.fsum(mass for mass in masses if mass <= seen * (1 + 1e-7)))


def _interval(reference: tuple[int, int], group: tuple[int, int]) -> tuple[float, float] | None:
    (sel_a, n_a), (sel_b, n_b) = reference, group
    if not sel_a or not sel_b:
        return None
    ratio = (sel_b / n_b) / (sel_a / n_a)
    half = Z95 * math.sqrt(1 / sel_a - 1 / n_a + 1 / sel_b - 1 / n_b)
    return (ratio * math.exp(-half), ratio * math.exp(half))


def _impact_ratio(first: tuple[int, int], second: tuple[int, int]) -> float | None:
    low, high = sorted((first[0] / first[1], second[0] / second[1]))
    return low / high if high > 0 else None


def _flagged(ratio: float | None) -> bool:
    return ratio is not None and ratio < FOUR_FIFTHS - 1e-9


def _one_more(reference: tuple[int, int], group: tuple[int, int]) -> OneMore:
    before = _flagged(_impact_ratio(reference, group))
    low, high = sorted((reference, group), key=lambda one: one[0] / one[1])
    more = _impact_ratio((low[0] + 1, low[1]), high) if low[0] < low[1] else None
    swapped = (
        _impact_ratio((low[0] + 1, low[1]), (high[0] - 1, high[1])) if low[0] < low[1] and high[0] else None
    )
    flags = [None if one is None else _flagged(one) for one in (more, swapped)]
    return OneMore(more, flags[0], any(flag is not None and flag != before for flag in flags))
