"""Classical test theory: facility, discrimination, reliability, error of measurement, and what each option did.

Persons and items are held as whole-number bit masks, so that a count over ten thousand people is one operation.
Blanks are left out pairwise: each mean, variance and covariance uses the people who answered the items in it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.statistics.distributions import f_quantile, normal_quantile, wilson
from lms.assessments.statistics.responses import Mark, Responses

_Group = tuple[int, int, float]  # wholly in, tied at the edge, and the part that the tied count for

EXTREME_SHARE = 0.27
"""Upper and lower groups for D: Kelley (1939), The selection of upper and lower groups for the validation of test items."""


@dataclass(frozen=True)
class Masks:
    """Who answered each item and who was right, as bit masks over persons."""

    answered: tuple[int, ...]
    right: tuple[int, ...]
    persons: int

    @classmethod
    def of(cls, marks: Sequence[Sequence[Mark]], items: int) -> "Masks":
        """From `marks[person][item]`."""
        answered, right = [], []
        for at in range(items):
            column = [row[at] for row in marks]
            answered.append(_mask([mark is not None for mark in column]))
            right.append(_mask([mark == 1 for mark in column]))
        return cls(tuple(answered), tuple(right), len(marks))

    def covariances(self) -> list[list[float]]:
        """The items' covariance matrix (n - 1), each cell from the persons who answered both; 0 under two persons."""
        size = len(self.right)
        matrix = [[0.0] * size for _item in range(size)]
        for i in range(size):
            for j in range(i, size):
                both = self.answered[i] & self.answered[j]
                n = both.bit_count()
                if n > 1:
                    together = (self.right[i] & self.right[j]).bit_count()
                    product = (self.right[i] & both).bit_count() * (self.right[j] & both).bit_count()
                    matrix[i][j] = matrix[j][i] = (together - product / n) / (n - 1)
        return matrix


def facility(right: int, answered: int) -> float | None:
    """The share who are right, or None when nobody answered (Lord & Novick 1968, 15.2)."""
    return right / answered if answered else None


def alpha(covariances: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's (1951) alpha, which is KR-20 for 0/1 items (Kuder & Richardson 1937); None when it is not defined."""
    items = len(covariances)
    total = sum(map(sum, covariances))
    if items < 2 or total <= 0:
        return None
    return items / (items - 1) * (1 - sum(covariances[i][i] for i in range(items)) / total)


def kr21(items: int, mean: float, variance: float) -> float | None:
    """Kuder & Richardson's (1937) formula 21: reliability if all items were equally hard; None when not defined.

    `variance` is the total's with divisor n, as in the article.
    """
    if items < 2 or variance <= 0:
        return None
    return items / (items - 1) * (1 - mean * (items - mean) / (items * variance))


def alpha_interval(value: float, persons: int, items: int, level: float = 0.95) -> tuple[float, float] | None:
    """Feldt's (1965) interval for alpha, from F with n - 1 and (n - 1)(k - 1) degrees of freedom."""
    if persons < 3 or items < 2:
        return None
    df1, df2 = persons - 1, (persons - 1) * (items - 1)
    tail = (1 - level) / 2
    return (
        1 - (1 - value) * f_quantile(1 - tail, df1, df2),
        1 - (1 - value) * f_quantile(tail, df1, df2),
    )


def omega(covariances: Sequence[Sequence[float]]) -> float | None:
    """McDonald's (1999) omega total of one common factor, fitted by principal axes; None when no factor fits."""
    items = len(covariances)
    total = sum(map(sum, covariances))
    if items < 3 or total <= 0:
        return None
    loadings = [math.sqrt(max(covariances[i][i], 0.0) / 2) for i in range(items)]
    for _round in range(2000):
        vector = [
            sum(covariances[i][j] * loadings[j] for j in range(items) if j != i) + loadings[i] ** 3
            for i in range(items)
        ]
        square = sum(one * one for one in loadings)
        if square <= 0:
            return None
        changed = [one / square for one in vector]
        moved = max(abs(a - b) for a, b in zip(changed, loadings, strict=True))
        loadings = changed
        if moved < 1e-10:
            break
    else:
        return None
    common = sum(loadings) ** 2
    unique = sum(covariances[i][i] - loadings[i] ** 2 for i in range(items))
    if any(covariances[i][i] < loadings[i] ** 2 for i in range(items)):
        return None
    return common / (common + unique)


def correlation_interval(r: float, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """Fisher's (1921) z interval for a correlation over n persons."""
    if n < 4 or abs(r) >= 1:
        return None
    half = normal_quantile(0.5 + level / 2) / math.sqrt(n - 3)
    return (math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half))


def item_analysis(responses: Responses) -> dict[str, Any]:
    """The whole table: items, options, and the test's mean, SD, alpha, KR-21 and SEM.

    `item_total` is the point-biserial with the total, `item_rest` with the total of the other items (corrected for
    overlap: Henrysson 1963). Of persons with blanks, means and covariances use what is there, and `mean` and `sd` are of
    the total so estimated; with complete data they are the plain mean and SD (n - 1) of total scores. `sem` is
    sd·√(1 - alpha). What is not defined (a constant item's correlation, one item's alpha) is None.
    """
    size = len(responses.items)
    masks = Masks.of(responses.marks, size)
    covariances = masks.covariances()
    sums = [sum(row) for row in covariances]
    variance = sum(sums)
    value = alpha(covariances)
    totals = [sum(mark or 0 for mark in row) for row in responses.marks]
    upper, lower = _extremes(totals)
    rows: list[dict[str, Any]] = []
    for i, name in enumerate(responses.items):
        answered, right = masks.answered[i].bit_count(), masks.right[i].bit_count()
        own = covariances[i][i]
        item_rest = _ratio(sums[i] - own, own, variance - 2 * sums[i] + own)
        others = [[row[j] for j in range(size) if j != i] for k, row in enumerate(covariances) if k != i]
        interval = wilson(right, answered) if answered else None
        rows.append(
            {
                "item": name,
                "n": answered,
                "missing": masks.persons - answered,
                "facility": facility(right, answered),
                "facility_ci95": list(interval) if interval else None,
                "item_rest": item_rest,
                "item_rest_ci95": None if item_rest is None else correlation_interval(item_rest, answered),
                "item_total": _ratio(sums[i], own, variance),
                "upper_lower_d": _share(masks.right[i], masks.answered[i], upper, lower),
                "alpha_if_dropped": alpha(others),
                "options": _options(responses, i, totals) if responses.chosen else {},
            }
        )
    mean = sum(row["facility"] or 0.0 for row in rows)
    interval = alpha_interval(value, masks.persons, size) if value is not None and value < 1 else None
    sd = math.sqrt(variance) if variance > 0 else 0.0
    return {
        "n": masks.persons,
        "items": rows,
        "alpha": value,
        "alpha_ci95": list(interval) if interval else None,
        "omega": omega(covariances),
        "kr21": kr21(size, mean, variance * (masks.persons - 1) / masks.persons),
        "sem": None if value is None else sd * math.sqrt(max(0.0, 1 - value)),
        "mean": mean,
        "sd": sd if masks.persons > 1 else None,
    }


def _options(responses: Responses, item: int, totals: Sequence[int]) -> dict[str, Any]:
    """Each option of an item: how many chose it, their mean total, and its correlation with the rest score."""
    given = [row[item] for row in responses.chosen]
    rest = [total - (row[item] or 0) for total, row in zip(totals, responses.marks, strict=True)]
    answered = [at for at, option in enumerate(given) if option is not None]
    table = {}
    for option in sorted({given[at] or "" for at in answered} | {responses.key[item]}):
        takers = [at for at in answered if given[at] == option]
        table[option] = {
            "n": len(takers),
            "p": len(takers) / len(answered) if answered else None,
            "mean_score": sum(totals[at] for at in takers) / len(takers) if takers else None,
            "r": correlation(
                [float(given[at] == option) for at in answered], [float(rest[at]) for at in answered]
            ),
            "key": option == responses.key[item],
        }
    return table


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's correlation; None when either does not vary."""
    n = len(first)
    if n < 2:
        return None
    mean_x, mean_y = math.fsum(first) / n, math.fsum(second) / n
    xx = math.fsum((x - mean_x) ** 2 for x in first)
    yy = math.fsum((y - mean_y) ** 2 for y in second)
    xy = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(first, second, strict=True))
    return xy / math.sqrt(xx * yy) if xx > 0 and yy > 0 else None


def _ratio(covariance: float, first: float, second: float) -> float | None:
    if first <= 1e-12 or second <= 1e-12:
        return None
    return max(-1.0, min(1.0, covariance / math.sqrt(first * second)))


def _mask(flags: Sequence[bool]) -> int:
    return int("".join("1" if flag else "0" for flag in reversed(flags)) or "0", 2)


def _extremes(totals: Sequence[int]) -> tuple[_Group, _Group]:
    """The upper and lower 27 %; of those who tie at the edge, each counts for a part, so that order does not matter."""
    count = round(EXTREME_SHARE * len(totals))
    groups = []
    for sign in (1, -1):
        signed = [sign * total for total in totals]
        ordered = sorted(signed, reverse=True)
        edge = ordered[count - 1] if count else ordered[0] + 1
        tied = [total == edge for total in signed]
        part = ordered[:count].count(edge) / max(1, sum(tied))
        groups.append((_mask([total > edge for total in signed]), _mask(tied), part))
    return groups[0], groups[1]


def _share(right: int, answered: int, upper: _Group, lower: _Group) -> float | None:
    shares = []
    for beyond, tied, part in (upper, lower):
        base = (answered & beyond).bit_count() + part * (answered & tied).bit_count()
        if not base:
            return None
        shares.append(((right & beyond).bit_count() + part * (right & tied).bit_count()) / base)
    return shares[0] - shares[1]
