"""Cut scores: Angoff, borderline group, borderline regression."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

from lms.assessments.statistics.classical import correlation
from lms.foundation.errors import Invalid


def angoff(ratings: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Angoff's (1971) cut from `ratings[judge][item]`: the chance that a barely passing person gets the item right.

    The cut is the mean over judges of the sums over items. `se_cut` is SD / √judges of those sums; the variance
    components are those of the crossed judge x item design (Brennan & Lockwood 1980). Raises Invalid for an empty or
    ragged table or a chance outside 0 to 1.
    """
    judges, items = len(ratings), len(ratings[0]) if ratings else 0
    if not judges or not items or any(len(row) != items for row in ratings):
        raise Invalid("Angoff's method needs a rating by every judge for every item.")
    for number, row in enumerate(ratings, start=1):
        for at, value in enumerate(row, start=1):
            if not 0 <= value <= 1:
                raise Invalid(
                    "Judge %(judge)s, item %(item)s: %(value)s is not a chance from 0 to 1.",
                    judge=number,
                    item=at,
                    value=value,
                )
    sums = [math.fsum(row) for row in ratings]
    cut = math.fsum(sums) / judges
    item_means = [math.fsum(row[at] for row in ratings) / judges for at in range(items)]
    sd = statistics.stdev(sums) if judges > 1 else None
    components = None
    if judges > 1 and items > 1:
        grand = cut / items
        between_judges = items * math.fsum((one / items - grand) ** 2 for one in sums) / (judges - 1)
        between_items = judges * math.fsum((one - grand) ** 2 for one in item_means) / (items - 1)
        residual = math.fsum(
            (ratings[j][i] - sums[j] / items - item_means[i] + grand) ** 2
            for j in range(judges)
            for i in range(items)
        ) / ((judges - 1) * (items - 1))
        components = {
            "judge": (between_judges - residual) / items,
            "item": (between_items - residual) / judges,
            "residual": residual,
        }
    return {
        "method": "angoff",
        "judges": judges,
        "items": items,
        "cut": cut,
        "cut_raw": cut,
        "cut_pct": 100 * cut / items,
        "judge_sums": sums,
        "item_means": item_means,
        "sd_judges": sd,
        "se_cut": None if sd is None else sd / math.sqrt(judges),
        "variance_components": components,
    }


def borderline_group(scores: Sequence[float]) -> dict[str, Any]:
    """The scores of those judged borderline: `cut` is their mean; the median (Livingston & Zieky 1982) is beside it."""
    if not scores:
        raise Invalid("Nobody was judged borderline, so this method has no cut.")
    n = len(scores)
    sd = statistics.stdev(scores) if n > 1 else None
    mean = math.fsum(scores) / n
    return {
        "method": "borderline-group",
        "n": n,
        "cut": mean,
        "mean": mean,
        "median": statistics.median(scores),
        "sd": sd,
        "se_cut": None if sd is None else sd / math.sqrt(n),
    }


def borderline_regression(
    scores: Sequence[float], grades: Sequence[float], borderline: float = 1.0
) -> dict[str, Any]:
    """Scores regressed on global grades; the cut is the line at the borderline grade (Wood, Humphrey-Murto & Norman 2006).

    `se_cut` is the standard error of the line there. Raises Invalid for fewer than three people or grades all alike.
    """
    n = len(scores)
    if n < 3 or len(set(grades)) < 2:
        raise Invalid("A regression needs at least three people with two different grades.")
    mean_x, mean_y = math.fsum(grades) / n, math.fsum(scores) / n
    xx = math.fsum((x - mean_x) ** 2 for x in grades)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(grades, scores, strict=True)) / xx
    intercept = mean_y - slope * mean_x
    residual = math.fsum((y - intercept - slope * x) ** 2 for x, y in zip(grades, scores, strict=True))
    r = correlation(grades, scores)
    spread = math.sqrt(residual / (n - 2))
    return {
        "method": "borderline-regression",
        "n": n,
        "cut": intercept + slope * borderline,
        "borderline": borderline,
        "slope": slope,
        "intercept": intercept,
        "r": r,
        "r2": None if r is None else r * r,
        "residual_sd": spread,
        "se_cut": spread * math.sqrt(1 / n + (borderline - mean_x) ** 2 / xx),
    }
