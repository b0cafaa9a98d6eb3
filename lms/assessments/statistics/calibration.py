"""Assessor calibration: how severe each assessor is, and whether that drifts."""

import math
from collections.abc import Hashable, Sequence
from typing import Any

from lms.assessments.statistics.distributions import t_quantile, t_two_sided
from lms.assessments.statistics.regression import solve
from lms.foundation.errors import Invalid

Rating = tuple[Hashable, str, float]
"""Contact, assessor, mark."""


def severity(ratings: Sequence[Rating]) -> dict[str, Any]:
    """Each assessor's severity against the others on the same contacts, by least squares of mark = contact + assessor.

    Severity is in marks: above 0 is stricter than the average assessor. Contacts need not be marked by everybody, but
    contacts must link all assessors; severities add up to 0 (the additive form of Linacre's 1989 facets). Raises
    Invalid when there is nothing to compare or assessors fall into groups that share no contact.
    """
    contacts: dict[Hashable, list[tuple[str, float]]] = {}
    for contact, rater, mark in ratings:
        contacts.setdefault(contact, []).append((rater, mark))
    shared = {key: marks for key, marks in contacts.items() if len({rater for rater, _mark in marks}) > 1}
    raters = sorted({rater for marks in shared.values() for rater, _mark in marks})
    if len(raters) < 2:
        raise Invalid("Severity needs contacts that two assessors or more have marked.")
    place = {rater: at for at, rater in enumerate(raters)}
    size = len(raters)
    matrix = [[1 / size] * size for _rater in raters]  # the average of severities is 0
    values = [0.0] * size
    for marks in shared.values():
        mean = math.fsum(mark for _rater, mark in marks) / len(marks)
        for rater, mark in marks:
            at = place[rater]
            values[at] += mark - mean
            matrix[at][at] += 1
            for other, _mark in marks:
                matrix[at][place[other]] -= 1 / len(marks)
    leniency = solve(matrix, values)
    if leniency is None:
        raise Invalid("Some assessors share no contact with the rest, so they cannot be compared.")
    residual = 0.0
    count = 0
    for marks in shared.values():
        level = math.fsum(mark - leniency[place[rater]] for rater, mark in marks) / len(marks)
        residual += math.fsum((mark - level - leniency[place[rater]]) ** 2 for rater, mark in marks)
        count += len(marks)
    df = count - len(shared) - size + 1
    spread = residual / df if df > 0 else None
    rows = []
    for rater, at in place.items():
        unit = [float(one == at) for one in range(size)]
        inverse = solve(matrix, unit)
        se = (
            None
            if spread is None or inverse is None
            else math.sqrt(max(0.0, spread * (inverse[at] - 1 / size)))
        )
        value = -leniency[at]
        rows.append(
            {
                "rater": rater,
                "n": sum(one == rater for marks in shared.values() for one, _mark in marks),
                "severity": value,
                "se": se,
                "p": t_two_sided(value / se, df) if se else None,
            }
        )
    return {
        "raters": rows,
        "contacts": len(shared),
        "residual_sd": None if spread is None else math.sqrt(spread),
        "df": df,
    }


def drift(when: Sequence[float], gaps: Sequence[float]) -> dict[str, Any]:
    """Whether one assessor's gap (gold or others' mean, less given) changes with time: slope per unit, its t test.

    Raises Invalid for fewer than three marks or one moment only.
    """
    n = len(gaps)
    if n < 3 or len(set(when)) < 2:
        raise Invalid("Drift needs at least three marks at two different times.")
    mean_x, mean_y = math.fsum(when) / n, math.fsum(gaps) / n
    xx = math.fsum((x - mean_x) ** 2 for x in when)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(when, gaps, strict=True)) / xx
    residual = math.fsum(
        (y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(when, gaps, strict=True)
    ) / (n - 2)
    se = math.sqrt(residual / xx)
    half = t_quantile(0.975, n - 2) * se
    return {
        "n": n,
        "slope": slope,
        "se": se,
        "ci95": [slope - half, slope + half],
        "p": t_two_sided(slope / se, n - 2) if se > 0 else (1.0 if slope == 0 else 0.0),
    }
