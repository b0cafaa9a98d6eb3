"""Whether a fitted model fits each item: S-X² (Orlando & Thissen 2000, 2003)."""

from collections.abc import Mapping

from lms.assessments.statistics.arrays import Array, np
from lms.assessments.statistics.distributions import chi2_sf
from lms.assessments.statistics.fitting import POINTS, REACH
from lms.assessments.statistics.irt import Fit, as_arrays
from lms.assessments.statistics.responses import Responses

NO_FIT: Mapping[str, None] = {"s_x2": None, "df_s_x2": None, "p_s_x2": None}
FEWEST_EXPECTED = 1.0
_FREE = {"rasch": 1, "1pl": 1, "2pl": 2, "3pl": 3}


def s_x2(fit: Fit, responses: Responses) -> dict[str, dict[str, float | int | None]]:
    """For each item with an estimate: `{"s_x2", "df_s_x2", "p_s_x2"}`, from persons who answered all of these items.

    Right answers at each number-right score are compared with the model's, the score's distribution given ability coming
    from Lord & Wingersky's (1984) recursion. Neighbouring scores are merged from the ends until every cell is expected
    to hold at least one person. Without degrees of freedom left, the test is None.
    """
    places = [at for at, row in enumerate(fit.items) if row["b"] is not None]
    right, answered = as_arrays(responses.marks)
    complete = answered[:, places].all(axis=1)
    right = right[complete][:, places]
    names = [str(fit.items[at]["item"]) for at in places]
    if len(places) < 3 or not len(right):
        return {name: dict(NO_FIT) for name in names}
    theta = np.linspace(-REACH, REACH, POINTS)
    weights = np.exp(-theta * theta / 2)
    weights /= weights.sum()
    a, b, c = (np.array([float(fit.items[at][one]) for at in places])[:, None] for one in "abc")
    p = c + (1 - c) * np.exp(-np.logaddexp(0, -a * (theta * fit.sd - b)))
    scores = right.sum(axis=1).astype(int)
    size = len(places)
    whole = _number_right(p)
    people: Array = np.bincount(scores, minlength=size + 1)[1:size].astype(np.float64)
    results = {}
    for item, name in enumerate(names):
        rest = _number_right(np.delete(p, item, axis=0))
        expected = (rest[: size - 1] * p[item] @ weights) / (whole[1:size] @ weights)
        hits: Array = np.bincount(scores, weights=right[:, item], minlength=size + 1)[1:size].astype(
            np.float64
        )
        cells = _merged(people, hits, people * expected)
        chi2 = sum((hit - e) ** 2 / e + (hit - e) ** 2 / (n - e) for n, hit, e in cells)
        df = len(cells) - _FREE[fit.model]
        results[name] = {
            "s_x2": float(chi2),
            "df_s_x2": df,
            "p_s_x2": chi2_sf(float(chi2), df) if df > 0 else None,
        }
    return results


def _number_right(p: Array) -> Array:
    """P(score) given each ability: scores × abilities."""
    spread = np.ones((1, p.shape[1]))
    for row in p:
        longer = np.zeros((len(spread) + 1, p.shape[1]))
        longer[:-1] += spread * (1 - row)
        longer[1:] += spread * row
        spread = longer
    return spread


def _merged(people: Array, hits: Array, expected: Array) -> list[tuple[float, float, float]]:
    """People, right answers and expected right answers in score groups with enough expected in both cells."""
    cells = [
        (float(n), float(hit), float(e)) for n, hit, e in zip(people, hits, expected, strict=True) if n > 0
    ]
    while len(cells) > 1:
        thin = [at for at, (n, _hit, e) in enumerate(cells) if min(e, n - e) < FEWEST_EXPECTED]
        if not thin:
            break
        at = thin[0] if thin[0] < len(cells) / 2 else thin[-1]
        with_ = at + 1 if at < len(cells) / 2 and at + 1 < len(cells) else at - 1
        low, high = sorted((at, with_))
        merged = tuple(x + y for x, y in zip(cells[low], cells[high], strict=True))
        cells[low : high + 1] = [(merged[0], merged[1], merged[2])]
    return [one for one in cells if one[0] > one[2] > 0]


def m2(fit: Fit, responses: Responses) -> dict[str, float | int | None]:
    """Whether the whole model fits: M2 (Maydeu-Olivares & Joe 2005, 2006), from how often each item and each pair of
    items is right among persons who answered all of them.

    `{"m2", "df", "p", "rmsea"}`, all None for 3PL fits (whose prior the statistic does not know) and when no degrees of
    freedom are left. RMSEA is √(max(0, (M2 - df) / (df (n - 1)))).
    """
    nothing: dict[str, float | int | None] = dict.fromkeys(("m2", "df_m2", "p_m2", "rmsea"))
    places = [at for at, row in enumerate(fit.items) if row["b"] is not None]
    right, answered = as_arrays(responses.marks)
    right = right[answered[:, places].all(axis=1)][:, places]
    persons, size = right.shape
    pairs = [(i, j) for j in range(size) for i in range(j)]
    df = size + len(pairs) - fit.parameters
    if fit.model == "3pl" or persons < 2 or df < 1 or not fit.converged:
        return nothing
    theta = np.linspace(-REACH, REACH, POINTS)
    weights = np.exp(-theta * theta / 2)
    weights /= weights.sum()
    a, b = (np.array([float(fit.items[at][one]) for at in places])[:, None] for one in "ab")
    p = np.maximum(np.exp(-np.logaddexp(0, -(a * fit.sd * theta - a * b))), 1e-300)
    members = np.zeros((size + len(pairs), size))
    members[np.arange(size), np.arange(size)] = 1
    for row, (i, j) in enumerate(pairs, start=size):
        members[row, i] = members[row, j] = 1
    products = np.exp(members @ np.log(p))
    expected = products @ weights
    covariance = -np.outer(expected, expected)
    for at, weight in enumerate(weights):
        both = (members * np.log(p[:, at])) @ members.T  # of items in both margins, which must count once
        covariance += weight * np.exp(-both) * np.outer(products[:, at], products[:, at])
    steep = p * (1 - p)
    by_intercept = members * ((products * weights) @ (steep / p).T)
    by_slope = members * ((products * weights) @ (steep / p * theta).T)
    if fit.model == "2pl":
        slopes = np.concatenate([by_slope, by_intercept], axis=1)
    elif fit.se_sd is None and fit.model == "rasch":
        slopes = by_intercept
    else:
        slopes = np.concatenate([by_slope.sum(axis=1, keepdims=True), by_intercept], axis=1)
    observed = (members @ right.T == members.sum(axis=1, keepdims=True)).mean(axis=1)
    gap = observed - expected
    try:
        inner = np.linalg.solve(covariance, np.column_stack([gap, slopes]))
        plain, across = inner[:, 0], inner[:, 1:]
        taken = np.linalg.solve(slopes.T @ across, slopes.T @ plain)
    except np.linalg.LinAlgError:
        return nothing
    value = persons * float(gap @ plain - (slopes.T @ plain) @ taken)
    return {
        "m2": value,
        "df_m2": df,
        "p_m2": chi2_sf(value, df),
        "rmsea": float(np.sqrt(max(0.0, (value - df) / (df * (persons - 1))))),
    }
