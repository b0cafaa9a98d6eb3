"""Probability distributions in plain Python: normal, chi-squared, F, t, beta, binomial."""

import math
from collections.abc import Callable
from statistics import NormalDist

_NORMAL = NormalDist()
_TINY = 1e-300


def normal_cdf(z: float) -> float:
    """P(Z ≤ z) for a standard normal Z."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def normal_two_sided(z: float) -> float:
    """P(|Z| ≥ |z|)."""
    return math.erfc(abs(z) / math.sqrt(2))


def normal_quantile(p: float) -> float:
    """The z with P(Z ≤ z) = p."""
    return _NORMAL.inv_cdf(p)


def gamma_upper(shape: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(shape, x); series or continued fraction (Numerical Recipes 6.2)."""
    if x <= 0:
        return 1.0
    front = math.exp(-x + shape * math.log(x) - math.lgamma(shape))
    if x < shape + 1:
        term = total = 1 / shape
        step = shape
        while abs(term) > abs(total) * 1e-16:
            step += 1
            term *= x / step
            total += term
        return max(0.0, 1 - front * total)
    b = x + 1 - shape
    c = 1 / _TINY
    d = 1 / b
    fraction = d
    for i in range(1, 10_000):
        an = -i * (i - shape)
        b += 2
        d = an * d + b
        d = 1 / (d if abs(d) > _TINY else _TINY)
        c = b + an / c
        c = c if abs(c) > _TINY else _TINY
        fraction *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return front * fraction


def chi2_sf(x: float, df: float) -> float:
    """P(X ≥ x) for a chi-squared X with `df` degrees of freedom."""
    return gamma_upper(df / 2, x / 2)


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b); continued fraction (Numerical Recipes 6.4)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    c = 1.0
    d = 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    fraction = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            d = 1 / (d if abs(d) > _TINY else _TINY)
            c = 1 + numerator / c
            c = c if abs(c) > _TINY else _TINY
            fraction *= d * c
        if abs(d * c - 1) < 1e-16:
            break
    return fraction


def f_sf(x: float, df1: float, df2: float) -> float:
    """P(X ≥ x) for an F-distributed X."""
    return 1.0 if x <= 0 else beta_cdf(df2 / (df2 + df1 * x), df2 / 2, df1 / 2)


def f_quantile(p: float, df1: float, df2: float) -> float:
    """The x with P(X ≤ x) = p for an F-distributed X."""
    return _invert(lambda x: 1 - f_sf(x, df1, df2), p)


def t_two_sided(t: float, df: float) -> float:
    """P(|T| ≥ |t|) for Student's T."""
    return beta_cdf(df / (df + t * t), df / 2, 0.5)


def t_quantile(p: float, df: float) -> float:
    """The t with P(T ≤ t) = p, for p ≥ 1/2."""
    return math.sqrt(f_quantile(2 * p - 1, 1, df)) if p > 0.5 else 0.0


def _invert(cdf: Callable[[float], float], p: float) -> float:
    low, high = 0.0, 1.0
    while cdf(high) < p:
        low, high = high, high * 2
    for _halving in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if cdf(middle) < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def binomial_at_least(count: int, trials: int, p: float) -> float:
    """P(X ≥ count) for a binomial X."""
    if count <= 0:
        return 1.0
    if count > trials:
        return 0.0
    return beta_cdf(p, count, trials - count + 1)


def hypergeometric(hits: int, drawn: int, marked: int, total: int) -> float:
    """P(X = hits) when `drawn` are taken from `total`, of which `marked` are marked."""
    if not max(0, drawn - (total - marked)) <= hits <= min(drawn, marked):
        return 0.0
    return math.exp(
        _log_choose(marked, hits) + _log_choose(total - marked, drawn - hits) - _log_choose(total, drawn)
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def wilson(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's (1927) score interval for a proportion."""
    if n <= 0:
        return (0.0, 1.0)
    z = normal_quantile(0.5 + level / 2)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes <= 0 else max(0.0, centre - half)
    return (low, 1.0 if successes >= n else min(1.0, centre + half))
