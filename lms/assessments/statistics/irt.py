"""Item response models for 0/1 items, fitted by marginal maximum likelihood (Bock & Aitkin 1981).

P(right) = c + (1 - c) / (1 + exp(-a (θ - b))), logistic metric, D = 1, θ ~ N(0, 1). Inside, an item is (a, d, g) with
d = -a·b and g = logit c. The fit starts with EM-gradient steps (Lange 1995) and ends with Newton steps on the marginal
likelihood; standard errors come from the observed information (Louis 1982), those of b and c by the delta method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.statistics.arrays import Array, Flags, np
from lms.assessments.statistics.fitting import POINTS, STEEPEST, Fitter, State, patterns
from lms.assessments.statistics.responses import Mark, Responses
from lms.foundation.errors import Invalid

MODELS = ("rasch", "1pl", "2pl", "3pl")
GUESSING_PRIOR = (-1.5, 0.5)
"""Mean and SD of the normal prior on logit c of the 3PL: centred on c = .18."""
FEWEST_PERSONS = 10
SENSIBLE = {"rasch": 100, "1pl": 100, "2pl": 250, "3pl": 1000}
"""Under so many persons a fit is printed with a note that it should not be relied on."""


@dataclass(frozen=True)
class Fit:
    """A fitted model. `items` are dictionaries ready to print; `notes` are sentences about what did not go well."""

    model: str
    items: tuple[Mapping[str, Any], ...]
    loglik: float
    sd: float
    se_sd: float | None
    parameters: int
    persons: int
    converged: bool
    notes: tuple[str, ...]


def fit(
    responses: Responses,
    *,
    model: str,
    sd: float | None = None,
    guessing: tuple[float, float] = GUESSING_PRIOR,
    points: int = POINTS,
) -> Fit:
    """Fit `model` to a response matrix; blanks are missing at random.

    `rasch` has a = 1 and a free SD of ability (or `sd`, when given); `1pl` one common a; `3pl` a normal prior
    `guessing` (mean, SD) on logit c. `loglik` is without the prior. Items that everybody or nobody got right have no
    estimate: a, b and c are None. Raises Invalid when there is too little to fit.
    """
    if model not in MODELS:
        raise Invalid(
            "There is no model %(model)s; there are %(models)s.", model=model, models=", ".join(MODELS)
        )
    right, answered = as_arrays(responses.marks)
    if len(right) < FEWEST_PERSONS:
        raise Invalid(
            "A model needs at least %(least)s people, and %(good)s to be relied on; there are %(persons)s.",
            least=FEWEST_PERSONS,
            good=SENSIBLE[model],
            persons=len(right),
        )
    total, count = right.sum(axis=0), answered.sum(axis=0)
    varied = (total > 0) & (total < count)
    if int(varied.sum()) < 2:
        raise Invalid("A model needs at least two items that some got right and some wrong.")
    data = patterns(right[:, varied], answered[:, varied], points)
    share = (total[varied] + 0.5) / (count[varied] + 1)
    fitted = Fitter(data, model=model, sd=sd, guessing=guessing)
    state, converged = fitted.run(share)
    persons = int((answered[:, varied].sum(axis=1) > 0).sum())
    return _report(fitted, state, converged, responses.items, varied, total, count, persons)


def as_arrays(marks: Sequence[Sequence[Mark]]) -> tuple[Array, Array]:
    """Right and answered as two arrays of 0 and 1, persons × items."""
    given = np.array([[-1 if mark is None else mark for mark in row] for row in marks], dtype=np.int8)
    return (given == 1).astype(np.float64), (given >= 0).astype(np.float64)


def _report(
    fitted: Fitter,
    state: State,
    converged: bool,
    names: Sequence[str],
    varied: Flags,
    total: Array,
    count: Array,
    persons: int,
) -> Fit:
    notes: list[str] = []
    covariance = _covariance(fitted, state)
    width, rasch = fitted.width, fitted.model == "rasch"
    rows: list[Mapping[str, Any]] = []
    at = 0
    for place, name in enumerate(names):
        if not varied[place]:
            rows.append(
                {"item": name, "a": None, "b": None, "c": None, "se_a": None, "se_b": None, "se_c": None}
            )
            who = "Nobody answered" if not count[place] else "Everybody got" if total[place] else "Nobody got"
            notes.append(f"{who} {name}{' right' if count[place] else ''}: it has no estimate.")
            continue
        a, d = float(state.full[at, 0]), float(state.full[at, 1])
        block = covariance[at * width : (at + 1) * width, at * width : (at + 1) * width]
        row = _item(name, a, d, block, rasch=rasch)
        if width == 3:
            c = float(1 / (1 + np.exp(-state.full[at, 2])))
            row |= {"c": c, "se_c": _root(block[2, 2], c * (1 - c))}
        if abs(a) >= STEEPEST:
            row |= {"se_a": None, "se_b": None}
            notes.append(f"The slope of {name} ran away and was stopped at {STEEPEST:g}.")
        rows.append(row)
        at += 1
    sd = float(state.full[0, 0]) if rasch else 1.0
    if persons < SENSIBLE[fitted.model]:
        notes.append(f"{persons} people are few for this model: it wants {SENSIBLE[fitted.model]}.")
    if not converged:
        notes.append("The fit did not settle; do not use these numbers.")
    return Fit(
        model=fitted.model,
        items=tuple(rows),
        loglik=state.loglik,
        sd=sd,
        se_sd=_root(covariance[0, 0], 1.0) if rasch and fitted.fixed_sd is None else None,
        parameters=fitted.map.shape[1],
        persons=persons,
        converged=converged,
        notes=tuple(notes),
    )


def _item(name: str, a: float, d: float, block: Array, *, rasch: bool) -> dict[str, Any]:
    if rasch:
        return {
            "item": name, "a": 1.0, "b": -d, "c": 0.0, "se_a": None, "se_b": _root(block[1, 1], 1.0), "se_c": None,
        }  # fmt: skip
    b = -d / a if a else float("inf")
    spread = b * b * block[0, 0] + 2 * b * block[0, 1] + block[1, 1]
    return {
        "item": name,
        "a": a,
        "b": b,
        "c": 0.0,
        "se_a": _root(block[0, 0], 1.0),
        "se_b": _root(spread, 1 / abs(a)) if a else None,
        "se_c": None,
    }


def _root(variance: float, scale: float) -> float | None:
    return float(np.sqrt(variance)) * scale if np.isfinite(variance) and variance > 0 else None


def _covariance(fitted: Fitter, state: State) -> Array:
    """Of (a, d, g) of all items; not a number where the information cannot be inverted."""
    information = fitted.observed_information(state)
    runaway = np.zeros(len(information), dtype=bool)
    if len(information) == fitted.size * fitted.width:
        runaway[0 :: fitted.width] = np.abs(state.full[:, 0]) >= STEEPEST
    at = np.flatnonzero(~runaway)
    covariance = np.full_like(information, np.nan)
    try:
        np.linalg.cholesky(information[np.ix_(at, at)])
        covariance[np.ix_(at, at)] = np.linalg.inv(information[np.ix_(at, at)])
    except np.linalg.LinAlgError:
        pass
    if fitted.map.shape[0] == fitted.map.shape[1]:
        return covariance
    whole: Array = fitted.map @ covariance @ fitted.map.T
    return whole
