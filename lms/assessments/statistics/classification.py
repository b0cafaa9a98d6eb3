"""How often a pass or a fail is right, and would be repeated: Livingston & Lewis, Lee, Rudner.

Each returns `accuracy` (decision agrees with the truth), `consistency` (two forms agree), `false_pass` and `false_fail`
(shares of everybody; they and accuracy add up to 1), and kappa of the two forms.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lms.assessments.statistics.distributions import binomial_at_least, normal_cdf
from lms.foundation.errors import Invalid

Item = tuple[float, float, float]
"""a, b, c."""


def effective_length(mean: float, variance: float, reliability: float, low: float, high: float) -> float:
    """Livingston & Lewis's (1995) effective test length: how many independent right-or-wrong items would do the same."""
    return ((mean - low) * (high - mean) - reliability * variance) / (variance * (1 - reliability))


def livingston_lewis(
    scores: Sequence[float], *, cut: float, reliability: float, low: float = 0.0, high: float
) -> dict[str, Any]:
    """Livingston & Lewis (1995) from observed scores: four-parameter beta true scores, binomial errors.

    A person passes at `cut` or more. The beta is fitted by the true scores' first four moments (Lord 1965; Hanson 1991),
    and by the first two, on 0 to 1, when those give no proper beta. Raises Invalid when scores do not vary, fall outside
    `low` to `high`, or the reliability or the cut is out of range.
    """
    if not scores or high <= low or min(scores) < low or max(scores) > high:
        raise Invalid("Scores must lie between the lowest and the highest that the test can give.")
    if not 0 < reliability < 1:
        raise Invalid(
            "Decisions cannot be judged at a reliability of %(value)s; it must be over 0 and under 1.",
            value=f"{reliability:.3g}",
        )
    if not low < cut <= high:
        raise Invalid("The cut must be over %(low)s and at most %(high)s.", low=f"{low:g}", high=f"{high:g}")
    n = len(scores)
    mean = math.fsum(scores) / n
    variance = math.fsum((one - mean) ** 2 for one in scores) / max(1, n - 1)
    if variance <= 0:
        raise Invalid("Everybody has the same score, so nothing can be said of decisions.")
    length = max(2, round(effective_length(mean, variance, reliability, low, high)))
    scaled = [(one - low) / (high - low) * length for one in scores]
    alpha, beta, lower, upper, parameters = _true_scores(scaled, length)
    share = (cut - low) / (high - low)
    needed = math.ceil(length * share - 1e-9)

    def passing(true: float) -> float:
        return binomial_at_least(needed, length, true)

    def below(function: Callable[[float], float], start: float, stop: float) -> float:
        return _beta_mean(function, alpha, beta, lower, upper, start, stop)

    edge = min(max(share, lower), upper)
    result = _table(lambda function: (below(function, lower, edge), below(function, edge, upper)), passing)
    return {
        "method": "livingston-lewis",
        "n": n,
        "cut": cut,
        **result,
        "reliability": reliability,
        "effective_length": length,
        "true_scores": {
            "alpha": alpha,
            "beta": beta,
            "lower": lower,
            "upper": upper,
            "parameters": parameters,
        },
    }


def beta_binomial(length: int, share: float, *, mean: float, concentration: float) -> dict[str, Any]:
    """The same indices for a test nobody sat yet: true scores from a beta of this mean, whose two shapes add up to
    `concentration`, and binomial errors. KR-21 of such a test is length / (length + concentration).

    Raises Invalid for a share, a mean or a length out of range.
    """
    if not (0 < share <= 1 and 0 < mean < 1 and length >= 1 and concentration > 0):
        raise Invalid("The cut and the mean are shares over 0, and a test has at least one question.")
    alpha, beta = mean * concentration, (1 - mean) * concentration
    needed = math.ceil(length * share - 1e-9)

    def below(function: Callable[[float], float], start: float, stop: float) -> float:
        return _beta_mean(function, alpha, beta, 0.0, 1.0, start, stop)

    return _table(
        lambda function: (below(function, 0.0, share), below(function, share, 1.0)),
        lambda true: binomial_at_least(needed, length, true),
    )


def _true_scores(scaled: Sequence[float], length: int) -> tuple[float, float, float, float, int]:
    """The beta of true scores: its shapes, its ends, and how many of the four were fitted."""
    moments = []
    for order in (1, 2, 3, 4):
        if order > length:
            break
        scale = math.prod(length - j for j in range(order))
        moments.append(
            math.fsum(math.prod(one - j for j in range(order)) for one in scaled) / len(scaled) / scale
        )
    mean, square = moments[0], moments[1]
    variance = square - mean**2
    if variance <= 0:
        raise Invalid("These scores vary less than chance would make them; decisions cannot be judged.")
    if len(moments) == 4:
        third = moments[2] - 3 * mean * square + 2 * mean**3
        fourth = moments[3] - 4 * mean * moments[2] + 6 * mean**2 * square - 3 * mean**4
        fitted = _four_parameters(mean, variance, third / variance**1.5, fourth / variance**2)
        if fitted:
            return (*fitted, 4)
    common = mean * (1 - mean) / variance - 1
    if common <= 0:
        raise Invalid("These scores do not fit a distribution of true scores; decisions cannot be judged.")
    return mean * common, (1 - mean) * common, 0.0, 1.0, 2


def _four_parameters(
    mean: float, variance: float, skew: float, kurtosis: float
) -> tuple[float, float, float, float] | None:
    """Pearson's type I by moments; None when the moments are no beta's or its ends leave 0 to 1."""
    squared = skew * skew
    bottom = 6 + 3 * squared - 2 * kurtosis
    if bottom <= 0:
        return None
    r = 6 * (kurtosis - squared - 1) / bottom
    if r <= 0:
        return None
    lean = (r + 2) * math.sqrt(squared / ((r + 2) ** 2 * squared + 16 * (r + 1)))
    small, large = r / 2 * (1 - lean), r / 2 * (1 + lean)
    alpha, beta = (large, small) if skew < 0 else (small, large)
    if alpha <= 0 or beta <= 0:
        return None
    width = math.sqrt(variance * (alpha + beta + 1) / (alpha * beta)) * (alpha + beta)
    lower = mean - width * alpha / (alpha + beta)
    upper = lower + width
    if lower < 0 or upper > 1:
        return None
    return alpha, beta, lower, upper


def lee(items: Sequence[Item], *, cut: float, mean: float = 0.0, sd: float = 1.0) -> dict[str, Any]:
    """Lee's (2010) indices for number-right scores over N(mean, sd²), by Lord & Wingersky's (1984) recursion.

    A person truly passes when the expected number right is `cut` or more. Raises Invalid for a cut out of range.
    """
    if not items or not 0 < cut <= len(items):
        raise Invalid("The cut must be over 0 and at most the number of items, %(items)s.", items=len(items))
    needed = math.ceil(cut - 1e-9)

    def passing(theta: float) -> float:
        return math.fsum(number_right([_p(item, theta) for item in items])[needed:])

    edge = _crossing(lambda theta: math.fsum(_p(item, theta) for item in items) - cut, mean, sd)
    return {
        "method": "lee",
        "cut": cut,
        **_over_abilities(passing, edge, mean, sd),
        "theta_cut": edge if abs(edge - mean) < 8 * sd else None,
    }


def rudner(items: Sequence[Item], *, theta_cut: float, mean: float = 0.0, sd: float = 1.0) -> dict[str, Any]:
    """Rudner's (2001, 2005) indices for ability estimates: normal error with SD 1/√I(θ), over N(mean, sd²)."""
    if not items:
        raise Invalid("There are no items.")

    def passing(theta: float) -> float:
        information = math.fsum(item_information(item, theta) for item in items)
        return normal_cdf((theta - theta_cut) * math.sqrt(information))

    edge = min(max(theta_cut, mean - 8 * sd), mean + 8 * sd)
    return {"method": "rudner", "theta_cut": theta_cut, **_over_abilities(passing, edge, mean, sd)}


def theta_at(items: Sequence[Item], cut: float, mean: float = 0.0, sd: float = 1.0) -> float:
    """The ability whose expected number right is `cut`; the far edge when none is."""
    return _crossing(lambda theta: math.fsum(_p(item, theta) for item in items) - cut, mean, sd)


def number_right(chances: Sequence[float]) -> list[float]:
    """P(0), P(1), … right among independent items (Lord & Wingersky 1984)."""
    spread = [1.0]
    for p in chances:
        longer = [0.0] * (len(spread) + 1)
        for score, mass in enumerate(spread):
            longer[score] += mass * (1 - p)
            longer[score + 1] += mass * p
        spread = longer
    return spread


def item_information(item: Item, theta: float) -> float:
    """Fisher's information of a 3PL item (Birnbaum 1968)."""
    a, _b, c = item
    p = _p(item, theta)
    s = (p - c) / (1 - c)
    return a * a * (1 - c) * s * s * (1 - s) / p if p > 0 else 0.0


def _p(item: Item, theta: float) -> float:
    a, b, c = item
    z = a * (theta - b)
    s = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
    return c + (1 - c) * s


def _crossing(function: Callable[[float], float], mean: float, sd: float) -> float:
    low, high = mean - 8 * sd, mean + 8 * sd
    if function(low) >= 0:
        return low
    if function(high) < 0:
        return high
    for _halving in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if function(middle) >= 0 else (middle, high)
    return (low + high) / 2


def _over_abilities(
    passing: Callable[[float], float], edge: float, mean: float, sd: float
) -> dict[str, float | None]:
    def density(theta: float) -> float:
        return math.exp(-(((theta - mean) / sd) ** 2) / 2) / (sd * math.sqrt(2 * math.pi))

    def halves(function: Callable[[float], float]) -> tuple[float, float]:
        return (
            _simpson(lambda t: function(passing(t)) * density(t), mean - 8 * sd, edge),
            _simpson(lambda t: function(passing(t)) * density(t), edge, mean + 8 * sd),
        )

    return _from_halves(halves)


def _table(
    halves: Callable[[Callable[[float], float]], tuple[float, float]], passing: Callable[[float], float]
) -> dict[str, float | None]:
    return _from_halves(lambda function: halves(lambda true: function(passing(true))))


def _from_halves(
    halves: Callable[[Callable[[float], float]], tuple[float, float]],
) -> dict[str, float | None]:
    """From integrals of a function of P(pass), over those who truly fail and over those who truly pass."""
    all_fail, all_pass = halves(lambda _p: 1.0)
    false_pass, true_pass = halves(lambda p: p)
    both = sum(halves(lambda p: p * p + (1 - p) * (1 - p)))
    whole = all_fail + all_pass
    rate = (false_pass + true_pass) / whole
    chance = rate * rate + (1 - rate) * (1 - rate)
    false_fail = (all_pass - true_pass) / whole
    return {
        "accuracy": 1 - false_pass / whole - false_fail,
        "consistency": both / whole,
        "false_pass": false_pass / whole,
        "false_fail": false_fail,
        "pass_rate": rate,
        "true_pass_rate": all_pass / whole,
        "chance_consistency": chance,
        "kappa": (both / whole - chance) / (1 - chance) if chance < 1 else None,
    }


_CACHED_STEPS = 120


def _simpson(function: Callable[[float], float], start: float, stop: float) -> float:
    if stop <= start:
        return 0.0
    step = (stop - start) / _CACHED_STEPS
    inner = math.fsum((4 if at % 2 else 2) * function(start + at * step) for at in range(1, _CACHED_STEPS))
    return step / 3 * (function(start) + inner + function(stop))


def _beta_mean(
    function: Callable[[float], float],
    alpha: float,
    beta: float,
    lower: float,
    upper: float,
    start: float,
    stop: float,
) -> float:
    """∫ function(t) dBeta(t) from start to stop, by the tanh-sinh rule, which bears infinite densities at the ends."""
    if stop <= start:
        return 0.0
    width = upper - lower
    left, right = (start - lower) / width, (upper - stop) / width
    span = (stop - start) / width
    constant = math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta)
    total, step = [], 1 / 32
    for at in range(-160, 161):
        u = at * step
        sinh = math.pi / 2 * math.sinh(u)
        if abs(sinh) > 300:
            continue
        near, far = 1 / (1 + math.exp(-2 * sinh)), 1 / (1 + math.exp(2 * sinh))
        weight = math.pi * math.cosh(u) * near * far
        x, y = left + span * near, right + span * far
        if x <= 0 or y <= 0 or weight == 0:
            continue
        density = math.exp(constant + (alpha - 1) * math.log(x) + (beta - 1) * math.log(y))
        total.append(weight * density * function(start + (stop - start) * near))
    return math.fsum(total) * step * span
