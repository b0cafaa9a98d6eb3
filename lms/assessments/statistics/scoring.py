"""Ability from answers and calibrated items: EAP, MAP, ML and WLE with standard errors, and information.

An item is (a, b, c): P(right) = c + (1 - c) / (1 + exp(-a (θ - b))), D = 1. The prior is N(mean, sd²).
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.statistics.arrays import Array, np
from lms.assessments.statistics.responses import Responses
from lms.foundation.errors import Invalid

METHODS = ("eap", "map", "ml", "wle")
POINTS = 121
REACH = 6.0
SEARCH = 20.0
"""ML and WLE look this far on both sides; ML beyond it is not finite and is None."""


@dataclass(frozen=True)
class Bank:
    """Calibrated items: names and three arrays of one number an item; ability is N(`mean`, `sd`²)."""

    names: tuple[str, ...]
    a: Array
    b: Array
    c: Array
    sd: float = 1.0
    mean: float = 0.0
    content: tuple[str, ...] = ()

    def probability(self, theta: Array) -> Array:
        """P(right), thetas × items."""
        z = self.a * (np.asarray(theta)[:, None] - self.b)
        p: Array = self.c + (1 - self.c) * _logistic(z)
        return p

    def information(self, theta: Array) -> Array:
        """Fisher's information, thetas × items: a² (Q/P) ((P - c)/(1 - c))² (Birnbaum 1968; Lord 1980, 5.4)."""
        s = _logistic(self.a * (np.asarray(theta)[:, None] - self.b))
        p = self.c + (1 - self.c) * s
        information: Array = self.a**2 * (1 - self.c) * s**2 * (1 - s) / np.maximum(p, 1e-300)
        return information

    def only(self, keep: Sequence[int]) -> "Bank":
        """Some of the items, in the order given."""
        at = list(keep)
        return Bank(
            tuple(self.names[one] for one in at),
            self.a[at],
            self.b[at],
            self.c[at],
            self.sd,
            self.mean,
            tuple(self.content[one] for one in at) if self.content else (),
        )


def _logistic(z: Array) -> Array:
    value: Array = np.exp(-np.logaddexp(0, -z))
    return value


def read_bank(text: str) -> Bank:
    """Read ITEMS.json: `{"items": [{"item", "a", "b", "c"?, "content"?}], "sd"?, "mean"?}` or the bare list.

    Items whose a or b is null (nobody or everybody was right) are left out. Raises Invalid.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("The items are not a JSON document.") from None
    whole = document if isinstance(document, dict) else {"items": document}
    rows = whole.get("items")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Invalid("The items must be a list of objects with item, a, b and c.")
    names, table, contents, problems = [], [], [], []
    for number, row in enumerate(rows, start=1):
        name = str(row.get("item", f"item {number}"))
        if row.get("b") is None or ("a" in row and row["a"] is None):
            if "b" not in row:
                problems.append(f"{name}: b is missing")
            continue
        values = [row.get("a", 1.0), row["b"], row.get("c") or 0.0]
        if not all(map(_is_finite, values)):
            problems.append(f"{name}: a, b and c must be numbers")
        elif not 0 <= values[2] < 1:
            problems.append(f"{name}: c must be at least 0 and under 1")
        elif name in names:
            problems.append(f"{name} is there twice")
        else:
            names.append(name)
            table.append([float(one) for one in values])
            contents.append(str(row.get("content", "")))
    sd, mean = whole.get("sd", 1.0), whole.get("mean", 0.0)
    if not _is_finite(sd) or sd <= 0:
        problems.append("sd must be a number above 0")
    if not _is_finite(mean):
        problems.append("mean must be a number")
    if problems:
        raise Invalid("The items cannot be used.", problems[:10])
    if not names:
        raise Invalid("None of the items has both a and b.")
    parameters = np.array(table)
    return Bank(
        tuple(names),
        parameters[:, 0],
        parameters[:, 1],
        parameters[:, 2],
        float(sd),
        float(mean),
        tuple(contents) if any(contents) else (),
    )


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def matched(bank: Bank, responses: Responses) -> tuple[Bank, Array, Array]:
    """The bank's items that the file has, with right and answered, persons × items. Raises Invalid when there are none."""
    places = {name: at for at, name in enumerate(responses.items)}
    keep = [at for at, name in enumerate(bank.names) if name in places]
    if not keep:
        raise Invalid("None of the columns of the file is one of the items.")
    at = [places[bank.names[one]] for one in keep]
    given = np.array(
        [[-1 if row[place] is None else row[place] for place in at] for row in responses.marks], dtype=np.int8
    )
    return bank.only(keep), (given == 1).astype(np.float64), (given >= 0).astype(np.float64)


def score(bank: Bank, responses: Responses, method: str) -> list[dict[str, Any]]:
    """Everybody's ability, in file order: `{"row", "theta", "se", "answered", "right"}`; row 1 is the first person.

    `ml` gives None for a person whose likelihood has no top: nothing answered, all right or all wrong.
    Raises Invalid for an unknown method or a file without any of the items.
    """
    if method not in METHODS:
        raise Invalid(
            "There is no method %(method)s; there are %(methods)s.", method=method, methods=", ".join(METHODS)
        )
    bank, right, answered = matched(bank, responses)
    coded = (right + 2 * (1 - answered)).astype(np.int8)
    distinct, back = np.unique(coded, axis=0, return_inverse=True)
    patterns = (distinct == 1).astype(np.float64), (distinct != 2).astype(np.float64)
    ways: dict[str, Callable[[Bank, Array, Array], tuple[Array, Array]]] = {
        "eap": eap,
        "map": modal,
        "ml": likeliest,
        "wle": weighted,
    }
    theta, se = ways[method](bank, *patterns)
    return [
        {
            "row": row,
            "theta": _number(theta[at]),
            "se": _number(se[at]),
            "answered": int(patterns[1][at].sum()),
            "right": int(patterns[0][at].sum()),
        }
        for row, at in enumerate(back.ravel().tolist(), start=1)
    ]


def empirical_reliability(people: Sequence[Mapping[str, Any]]) -> float | None:
    """The share of variance that is not error: var(θ̂) / (var(θ̂) + mean se²) over people with both (Bock & Mislevy 1982,
    for EAP); for ML and WLE, whose estimates hold the error, (var(θ̂) - mean se²) / var(θ̂) would be. None under two."""
    known = [
        (one["theta"], one["se"]) for one in people if one["theta"] is not None and one["se"] is not None
    ]
    if len(known) < 2:
        return None
    thetas = np.array([theta for theta, _se in known])
    spread, error = float(thetas.var()), float(np.mean([se**2 for _theta, se in known]))
    return spread / (spread + error) if spread + error > 0 else None


def log_likelihood(bank: Bank, right: Array, answered: Array, theta: Array) -> Array:
    """persons × thetas."""
    z = bank.a[:, None] * (theta - bank.b[:, None])
    log_wrong = np.log1p(-bank.c)[:, None] - np.logaddexp(0, z)
    p = bank.c[:, None] + (1 - bank.c[:, None]) * _logistic(z)
    log_right = np.where(bank.c[:, None] > 0, np.log(np.maximum(p, 1e-300)), -np.logaddexp(0, -z))
    logs: Array = right @ log_right + (answered - right) @ log_wrong
    return logs


def posterior(logs: Array, theta: Array, weights: Array) -> tuple[Array, Array]:
    """Mean and SD of ability given log likelihoods, persons × thetas, and the prior's weights."""
    with_prior = logs + np.log(weights)
    mass = np.exp(with_prior - with_prior.max(axis=1, keepdims=True))
    mass /= mass.sum(axis=1, keepdims=True)
    mean = mass @ theta
    variance = (mass * (theta - mean[:, None]) ** 2).sum(axis=1)
    return mean, np.sqrt(variance)


def prior_grid(bank: Bank, *, points: int, reach: float) -> tuple[Array, Array]:
    """Equally spaced abilities within `reach` SDs of the mean, and the normal prior's trapezoid weights there."""
    z = np.linspace(-reach, reach, points)
    weights = np.exp(-z * z / 2)
    weights[[0, -1]] /= 2
    return bank.mean + bank.sd * z, weights / weights.sum()


def eap(bank: Bank, right: Array, answered: Array) -> tuple[Array, Array]:
    """Mean and SD of the posterior (Bock & Mislevy 1982), over 121 points within 6 SDs."""
    theta, weights = prior_grid(bank, points=POINTS, reach=REACH)
    return posterior(log_likelihood(bank, right, answered, theta), theta, weights)


def modal(bank: Bank, right: Array, answered: Array) -> tuple[Array, Array]:
    """MAP: the posterior's mode (Samejima 1969); se from the log posterior's curvature there."""

    def slope(theta: Array) -> Array:
        return _score(bank, right, answered, theta) - (theta - bank.mean) / bank.sd**2

    def height(theta: Array) -> Array:
        return log_likelihood(bank, right, answered, theta) - ((theta - bank.mean) / bank.sd) ** 2 / 2

    theta, _edge = _top(height, slope, bank.mean, 8 * bank.sd)
    return theta, _error(slope, theta)


def likeliest(bank: Bank, right: Array, answered: Array) -> tuple[Array, Array]:
    """ML (Birnbaum 1968); se from the observed information. Not a number where the likelihood rises for ever."""

    def slope(theta: Array) -> Array:
        return _score(bank, right, answered, theta)

    theta, edge = _top(lambda at: log_likelihood(bank, right, answered, at), slope, 0.0, SEARCH)
    se = _error(slope, theta)
    return np.where(edge, np.nan, theta), np.where(edge, np.nan, se)


def weighted(bank: Bank, right: Array, answered: Array) -> tuple[Array, Array]:
    """Warm's (1989) weighted likelihood: l' + J/2I = 0, J = Σ P'P''/PQ; se from the curvature there.

    Warm's asymptotic 1/√I, the same as ML's, is larger in the tails; both are used, and they agree on long tests.
    """

    def slopes(theta: Array) -> Array:
        """The same for everybody at each theta of a grid, persons × thetas."""
        first, second = _derivatives(bank, theta)
        p = bank.probability(theta)
        variance = np.maximum(p * (1 - p), 1e-300)
        gained, lost = first / variance, first * p / variance
        j, information = answered @ (first * second / variance).T, answered @ (first**2 / variance).T
        bias = np.where(information > 1e-300, j / (2 * np.maximum(information, 1e-300)), 0.0)
        whole: Array = right @ gained.T - answered @ lost.T + bias
        return whole

    def slope(theta: Array) -> Array:
        first, second = _derivatives(bank, theta)
        p = bank.probability(theta)
        variance = np.maximum(p * (1 - p), 1e-300)
        j = (answered * first * second / variance).sum(axis=1)
        information = (answered * first**2 / variance).sum(axis=1)
        bias = np.where(information > 1e-300, j / (2 * np.maximum(information, 1e-300)), 0.0)
        whole: Array = _score(bank, right, answered, theta) + bias
        return whole

    def height(theta: Array) -> Array:
        steps = slopes(theta)
        middle = (steps[:, 1:] + steps[:, :-1]) / 2 * np.diff(theta)
        whole: Array = np.concatenate([np.zeros((len(right), 1)), np.cumsum(middle, axis=1)], axis=1)
        return whole

    theta, edge = _top(height, slope, 0.0, SEARCH)
    nowhere = edge | (answered.sum(axis=1) == 0)
    se = _error(slope, theta)
    return np.where(nowhere, np.nan, theta), np.where(nowhere, np.nan, se)


def _derivatives(bank: Bank, theta: Array) -> tuple[Array, Array]:
    s = _logistic(bank.a * (theta[:, None] - bank.b))
    first = (1 - bank.c) * bank.a * s * (1 - s)
    return first, first * bank.a * (1 - 2 * s)


def _score(bank: Bank, right: Array, answered: Array, theta: Array) -> Array:
    """The log likelihood's slope, one theta a person: Σ (u - P) a (P - c) / (P (1 - c))."""
    s = _logistic(bank.a * (theta[:, None] - bank.b))
    p = bank.c + (1 - bank.c) * s
    weight = bank.a * s / np.maximum(p, 1e-300)
    slope: Array = ((right - answered * p) * weight).sum(axis=1)
    return slope


def _error(slope: Callable[[Array], Array], theta: Array) -> Array:
    """1/√(minus the slope's slope); not a number where the curve is not a top."""
    step = 1e-4
    curvature = (slope(theta - step) - slope(theta + step)) / (2 * step)
    error: Array = 1 / np.sqrt(np.where(curvature > 0, curvature, np.nan))
    return error


def _top(
    height: Callable[[Array], Array], slope: Callable[[Array], Array], centre: float, reach: float
) -> tuple[Array, Array]:
    """Where each person's curve is highest: the best of a grid, then its slope's zero beside it by halving.

    Returns the places and whether the top is at the edge, which is to say nowhere.
    """
    grid = np.linspace(centre - reach, centre + reach, 401)
    values = height(grid)
    best = values.argmax(axis=1)
    flat = values.max(axis=1) - values.min(axis=1) < 1e-12
    last = len(grid) - 1
    edge = (best == 0) | (best == last) | flat
    low, high = grid[np.maximum(best - 1, 0)].copy(), grid[np.minimum(best + 1, last)].copy()
    for _halving in range(60):
        middle = (low + high) / 2
        up = slope(middle) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return (low + high) / 2, edge


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
