"""Agreement between raters: Cohen's kappa, weighted kappa, intraclass correlations, Krippendorff's alpha."""

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from lms.assessments.statistics.distributions import f_quantile, f_sf, normal_quantile, normal_two_sided
from lms.foundation.errors import Invalid

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def cross_table(
    first: Sequence[Hashable], second: Sequence[Hashable], categories: Sequence[Hashable]
) -> list[list[float]]:
    """Counts of (first, second) over the categories, one row a category of the first rater."""
    place = {category: at for at, category in enumerate(categories)}
    table = [[0.0] * len(categories) for _row in categories]
    for one, other in zip(first, second, strict=True):
        table[place[one]][place[other]] += 1
    return table


def disagreement(size: int, weights: str) -> list[list[float]]:
    """|i - j| or (i - j)² between categories in order (Cicchetti & Allison 1971; Fleiss & Cohen 1973)."""
    power = 1 if weights == "linear" else 2
    return [[float(abs(i - j) ** power) for j in range(size)] for i in range(size)]


def kappa(
    table: Sequence[Sequence[float]],
    weights: Sequence[Sequence[float]] | None = None,
    *,
    n: float | None = None,
) -> dict[str, Any]:
    """Cohen's (1960) kappa of a square table, or weighted kappa (Cohen 1968) with disagreement `weights`.

    κ = 1 - Σ v·observed / Σ v·expected. The variance is Fleiss, Cohen & Everitt's (1969) for large samples; `n` is the
    number of subjects when the table holds shares. Kappa is None when chance alone would always agree.
    """
    size = len(table)
    total = math.fsum(map(math.fsum, table))
    if size < 1 or any(len(row) != size for row in table) or total <= 0:
        raise Invalid("Kappa needs a square table with at least one rating.")
    if any(cell < 0 for row in table for cell in row):
        raise Invalid("A table of ratings has no negative counts.")
    subjects = n if n is not None else total
    share = [[cell / total for cell in row] for row in table]
    rows = [math.fsum(row) for row in share]
    columns = [math.fsum(row[j] for row in share) for j in range(size)]
    v = weights or [[float(i != j) for j in range(size)] for i in range(size)]
    largest = max((cell for row in v for cell in row), default=0.0)
    cells = [(i, j) for i in range(size) for j in range(size)]
    observed = math.fsum(v[i][j] * share[i][j] for i, j in cells)
    expected = math.fsum(v[i][j] * rows[i] * columns[j] for i, j in cells)
    result: dict[str, Any] = {
        "n": subjects,
        "agreement": math.fsum(share[i][i] for i in range(size)),
        "kappa": None,
        "se": None,
        "ci95": None,
        "se0": None,
        "z": None,
        "p": None,
    }
    if expected <= 0 or largest <= 0:
        return result
    value = 1 - observed / expected
    w = [[1 - v[i][j] / largest for j in range(size)] for i in range(size)]
    pe = 1 - expected / largest
    by_row = [math.fsum(w[i][j] * columns[j] for j in range(size)) for i in range(size)]
    by_column = [math.fsum(w[i][j] * rows[i] for i in range(size)) for j in range(size)]
    spread = (
        math.fsum(share[i][j] * (w[i][j] - (by_row[i] + by_column[j]) * (1 - value)) ** 2 for i, j in cells)
        - (value - pe * (1 - value)) ** 2
    )
    null = (
        math.fsum(rows[i] * columns[j] * (w[i][j] - (by_row[i] + by_column[j])) ** 2 for i, j in cells)
        - pe**2
    )
    variance = max(0.0, spread) / (subjects * (1 - pe) ** 2)
    se, se0 = math.sqrt(variance), math.sqrt(max(0.0, null) / (subjects * (1 - pe) ** 2))
    half = normal_quantile(0.975) * se
    z = value / se0 if se0 > 0 else None
    return result | {
        "kappa": value,
        "variance": variance,
        "se": se,
        "ci95": [max(-1.0, value - half), min(1.0, value + half)],
        "se0": se0,
        "z": z,
        "p": None if z is None else normal_two_sided(z),
    }


def intraclass(ratings: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The six intraclass correlations of Shrout & Fleiss (1979): one row a target, a column a rater, nothing missing.

    `icc` is ICC(2,1): raters drawn at random, one rater, absolute agreement. Each has F, its degrees of freedom, p and a
    95 % interval. Raises Invalid for fewer than two targets or raters, or rows of different length.
    """
    n = len(ratings)
    k = len(ratings[0]) if n else 0
    if n < 2 or k < 2 or any(len(row) != k for row in ratings):
        raise Invalid(
            "An intraclass correlation needs at least two people or contacts, each rated by the same two raters or more."
        )
    grand = math.fsum(map(math.fsum, ratings)) / (n * k)
    row_means = [math.fsum(row) / k for row in ratings]
    column_means = [math.fsum(row[j] for row in ratings) / n for j in range(k)]
    between = k * math.fsum((one - grand) ** 2 for one in row_means)
    judges = n * math.fsum((one - grand) ** 2 for one in column_means)
    whole = math.fsum((cell - grand) ** 2 for row in ratings for cell in row)
    error = max(0.0, whole - between - judges)
    if error < 1e-12 * whole:
        error = 0.0
    bms, jms, ems = between / (n - 1), judges / (k - 1), error / ((n - 1) * (k - 1))
    wms = (judges + error) / (n * (k - 1))
    df1, df_within, df_error = n - 1, n * (k - 1), (n - 1) * (k - 1)

    single = {
        "ICC1": _over(bms - wms, bms + (k - 1) * wms),
        "ICC2": _over(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n),
        "ICC3": _over(bms - ems, bms + (k - 1) * ems),
        "ICC1k": _over(bms - wms, bms),
        "ICC2k": _over(bms - ems, bms + (jms - ems) / n),
        "ICC3k": _over(bms - ems, bms),
    }
    limits = {name: _limits(name[:4], bms, jms, ems, wms, n, k) for name in single}
    results = {}
    for name, value in single.items():
        within = name.startswith("ICC1")
        f = _over(bms, wms if within else ems)
        df2 = df_within if within else df_error
        bounds = limits[name]
        if bounds and name.endswith("k"):
            scales = [1 + one * (k - 1) for one in bounds]
            bounds = (
                tuple(one * k / scale for one, scale in zip(bounds, scales, strict=True))
                if min(map(abs, scales)) > 1e-12
                else None
            )
        results[name] = {
            "icc": value,
            "f": f,
            "df1": df1,
            "df2": df2,
            "p": None if f is None else f_sf(f, df1, df2),
            "ci95": list(bounds) if bounds else None,
        }
    return {
        "n": n,
        "raters": k,
        "icc": single["ICC2"],
        "ci95": results["ICC2"]["ci95"],
        "all": results,
        "mean_squares": {"targets": bms, "raters": jms, "error": ems, "within": wms},
    }


def _over(top: float, bottom: float) -> float | None:
    return top / bottom if bottom > 0 else None


def _limits(
    kind: str, bms: float, jms: float, ems: float, wms: float, n: int, k: int
) -> tuple[float, ...] | None:
    df1 = n - 1
    if kind in ("ICC1", "ICC3"):
        under, df2 = (wms, n * (k - 1)) if kind == "ICC1" else (ems, (n - 1) * (k - 1))
        if under <= 0:
            return None
        f = bms / under
        low, high = f / f_quantile(0.975, df1, df2), f * f_quantile(0.975, df2, df1)
        return ((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    value = _over(bms - ems, bms + (k - 1) * ems + k * (jms - ems) / n)
    if value is None or ems <= 0:
        return None
    fj = jms / ems
    inner = n * (1 + (k - 1) * value) - k * value
    top = (k - 1) * (n - 1) * (k * value * fj + inner) ** 2
    bottom = (n - 1) * k**2 * value**2 * fj**2 + inner**2
    if top <= 0 or bottom <= 0:
        return None
    v = top / bottom
    upper, lower = f_quantile(0.975, df1, v), f_quantile(0.975, v, df1)
    mixed = k * jms + (k * n - k - n) * ems
    scales = (upper * mixed + n * bms, mixed + n * lower * bms)
    if min(scales) <= 0:
        return None
    return (n * (bms - upper * ems) / scales[0], n * (lower * bms - ems) / scales[1])


def krippendorff(
    units: Sequence[Sequence[Hashable | None]], level: str = "nominal", order: Sequence[str] | None = None
) -> dict[str, Any]:
    """Krippendorff's (2004, 2011) alpha: one row a unit, a column a rater, None where a rater gave nothing.

    Any number of raters; `level` is how far apart two values are: nominal, ordinal, interval or ratio. Units with fewer
    than two values pair nothing and are left out. Alpha is None when all paired values are the same. Words have an
    ordinal alpha only with `order`, which names them all. Raises Invalid.
    """
    if level not in LEVELS:
        raise Invalid(
            "There is no level %(level)s; there are %(levels)s.", level=level, levels=", ".join(LEVELS)
        )
    paired = [[value for value in unit if value is not None] for unit in units]
    paired = [unit for unit in paired if len(unit) > 1]
    if not paired:
        raise Invalid("No unit has two ratings, so there is nothing to compare.")
    values: list[Any] = _categories(paired, order, ordered=level == "ordinal")
    place = {value: at for at, value in enumerate(values)}
    coincidences = [[0.0] * len(values) for _value in values]
    for unit in paired:
        counts: dict[int, int] = {}
        for value in unit:
            counts[place[value]] = counts.get(place[value], 0) + 1
        for i, many in counts.items():
            for j, others in counts.items():
                coincidences[i][j] += many * (others - (i == j)) / (len(unit) - 1)
    margin = [math.fsum(row) for row in coincidences]
    n = math.fsum(margin)
    distance = _distance(level, values, margin)
    pairs = [(i, j) for i in range(len(values)) for j in range(i)]
    observed = math.fsum(coincidences[i][j] * distance(i, j) for i, j in pairs)
    expected = math.fsum(margin[i] * margin[j] * distance(i, j) for i, j in pairs)
    return {
        "alpha": 1 - (n - 1) * observed / expected if expected > 0 else None,
        "level": level,
        "units": len(paired),
        "pairable": n,
        "values": sum(one > 0 for one in margin),
    }


def _order(value: Any) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))


def _distance(level: str, values: Sequence[Any], margin: Sequence[float]) -> Callable[[int, int], float]:
    if level == "nominal":
        return lambda i, j: float(i != j)
    if level == "ordinal":
        running = [0.0]
        for many in margin:
            running.append(running[-1] + many)

        def ranks(i: int, j: int) -> float:
            low, high = min(i, j), max(i, j)
            between = running[high + 1] - running[low]
            return (between - (margin[low] + margin[high]) / 2) ** 2

        return ranks
    if not all(isinstance(value, int | float) for value in values):
        raise Invalid("The level %(level)s needs numbers.", level=level)
    if level == "interval":
        return lambda i, j: float(values[i] - values[j]) ** 2

    def ratio(i: int, j: int) -> float:
        both = values[i] + values[j]
        return ((values[i] - values[j]) / both) ** 2 if both else 0.0

    return ratio


def kappa_of_table(
    names: Sequence[str], table: Sequence[Sequence[float]], *, weights: str | None
) -> dict[str, Any]:
    """Kappa, or weighted kappa, of a square table of counts; `names` are the categories in order.

    A table of shares that add up to 1 has a kappa and no standard error: nobody knows of how many.
    """
    matrix = disagreement(len(names), weights) if weights else None
    found = kappa(table, matrix)
    shares = abs(math.fsum(map(math.fsum, table)) - 1) < 0.02 and any(
        cell != round(cell) for row in table for cell in row
    )
    if shares:
        found |= dict.fromkeys(("n", "se", "se0", "variance", "z", "p", "ci95"))
    return {**found, "categories": list(names), "weights": weights}


def kappa_of_raters(
    raters: Sequence[str],
    units: Sequence[Sequence[Hashable | None]],
    order: Sequence[str] | None = None,
    *,
    weights: str | None,
) -> dict[str, Any]:
    """Kappa of two raters over the units that both rated, or of several raters.

    For several, `kappa` is the mean over pairs (Light 1971), with the pairs beside it, and `fleiss` is Fleiss's (1971)
    over the units that all rated. Categories are those seen, numbers in order; weights count steps between them, so text
    needs `order` for weighted kappa. Raises Invalid.
    """
    if len(raters) < 2:
        raise Invalid("Agreement needs at least two raters; there is one column.")
    categories = _categories(units, order, ordered=weights is not None)
    matrix = disagreement(len(categories), weights) if weights else None
    pairs = []
    for i in range(len(raters)):
        for j in range(i + 1, len(raters)):
            both = [(unit[i], unit[j]) for unit in units if unit[i] is not None and unit[j] is not None]
            if both:
                table = cross_table([one for one, _two in both], [two for _one, two in both], categories)
                pairs.append({"raters": [raters[i], raters[j]], **kappa(table, matrix), "table": table})
    if not pairs:
        raise Invalid("No unit has been rated by two raters.")
    shared = {"categories": [_shown(one) for one in categories], "weights": weights}
    if len(raters) == 2:
        return {**pairs[0], **shared}
    known = [pair["kappa"] for pair in pairs if pair["kappa"] is not None]
    complete = [unit for unit in units if None not in unit]
    return {
        "n": len(units),
        "kappa": math.fsum(known) / len(known) if known else None,
        "fleiss": fleiss(complete, categories) if complete and not weights else None,
        "pairs": pairs,
        **shared,
    }


def fleiss(units: Sequence[Sequence[Hashable]], categories: Sequence[Hashable]) -> float | None:
    """Fleiss's (1971) kappa of as many ratings for every unit; None when chance alone would always agree."""
    n, k = len(units), len(units[0])
    counts = [[list(unit).count(category) for category in categories] for unit in units]
    share = [math.fsum(row[at] for row in counts) / (n * k) for at in range(len(categories))]
    observed = math.fsum(math.fsum(one * (one - 1) for one in row) / (k * (k - 1)) for row in counts) / n
    expected = math.fsum(one * one for one in share)
    return (observed - expected) / (1 - expected) if expected < 1 else None


def _categories(
    units: Sequence[Sequence[Hashable | None]], order: Sequence[str] | None, *, ordered: bool
) -> list[Hashable]:
    seen: set[Any] = {value for unit in units for value in unit if value is not None}
    if not seen:
        raise Invalid("There are no ratings in the file.")
    text = any(isinstance(one, str) for one in seen)
    if order is not None:
        named: list[Hashable] = []
        for one in order:
            try:
                named.append(one if text else float(one))
            except ValueError:
                named.append(one)
        strange = sorted(map(str, seen - set(named)))
        if strange:
            raise Invalid("“%(value)s” is in the file but not among the categories.", value=strange[0])
        return named
    if ordered and text:
        raise Invalid(
            "Words have no order by themselves. Name the categories in order, such as --categories low,middle,high."
        )
    return sorted(seen, key=_order)


def _shown(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
