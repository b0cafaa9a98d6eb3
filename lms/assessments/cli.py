"""`lms stats …`: the statistics, from files, as one JSON object each. Needs no database."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from lms.assessments.statistics import agreement as agreements
from lms.assessments.statistics import classical, classification, cuts, dif, tables
from lms.assessments.statistics.files import read_text
from lms.assessments.statistics.responses import Responses, read_responses, with_missing
from lms.assessments.verdicts import judge
from lms.foundation.errors import Invalid

DIGITS = 12
"""Significant digits that are printed: all that is the same on every machine."""

WEIGHTS = ("linear", "quadratic")

_file = click.argument("file", type=click.Path(path_type=Path))
_key = click.option(
    "--key", help="The right options: ABCD, or A,B,C,D, or a file of them or of item,option lines."
)
_skip = click.option(
    "--skip", multiple=True, metavar="COLUMN", help="A column that is no item. May be given again."
)
_json = click.option(
    "--json", "_as_json", is_flag=True, expose_value=False, help="JSON is what is printed anyway."
)


@click.group()
def stats() -> None:
    """Item analysis, item response models, adaptive tests, fairness, agreement, cut scores; from CSV, as JSON."""


@stats.command()
@_file
@_key
@_skip
@click.option(
    "--missing",
    type=click.Choice(["pairwise", "wrong", "listwise"]),
    default="pairwise",
    show_default=True,
    help="Blanks: left out pair by pair, wrong, or the whole person left out.",
)
@click.option("--verdicts", is_flag=True, help="Also say in words what may be wrong with which item.")
@_json
def items(file: Path, key: str | None, skip: Sequence[str], missing: str, verdicts: bool) -> None:
    """Classical item analysis of FILE: facility, discrimination, reliability, and what each option did."""
    responses = with_missing(_responses(file, key, skip), missing)
    found = classical.item_analysis(responses)
    if verdicts:
        found["verdicts"] = [
            {"item": one.item, "kind": one.kind.value, "words": one.words()}
            for one in judge(responses).verdicts
        ]
    _print(found)


@stats.command()
@_file
@click.option("--model", required=True, type=click.Choice(["rasch", "1pl", "2pl", "3pl"]), help="The model.")
@_key
@_skip
@click.option(
    "--sd", type=click.FloatRange(min=0, min_open=True), help="With rasch: the SD of ability, not estimated."
)
@click.option(
    "--guessing-mean", default=-1.5, show_default=True, help="With 3pl: the prior's mean of logit c."
)
@click.option(
    "--guessing-sd",
    default=0.5,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="With 3pl: the prior's SD of logit c.",
)
@click.option("--m2", is_flag=True, help="Also test the fit of the whole model (slow over 60 items).")
@_json
def irt(
    file: Path,
    model: str,
    key: str | None,
    skip: Sequence[str],
    sd: float | None,
    guessing_mean: float,
    guessing_sd: float,
    m2: bool,
) -> None:
    """Fit a model to FILE by marginal maximum likelihood. What is printed is an ITEMS.json for the other commands."""
    from lms.assessments.statistics import irt as models
    from lms.assessments.statistics import itemfit

    responses = _responses(file, key, skip)
    fitted = models.fit(responses, model=model, sd=sd, guessing=(guessing_mean, guessing_sd))
    fits = itemfit.s_x2(fitted, responses)
    _print(
        {
            "model": fitted.model,
            "n": fitted.persons,
            "items": [{**row, **fits.get(row["item"], itemfit.NO_FIT)} for row in fitted.items],
            "loglik": fitted.loglik,
            "parameters": fitted.parameters,
            "aic": 2 * fitted.parameters - 2 * fitted.loglik,
            "bic": fitted.parameters * math.log(fitted.persons) - 2 * fitted.loglik,
            "mean": 0.0,
            "sd": fitted.sd,
            "variance": fitted.sd**2,
            "se_sd": fitted.se_sd,
            "converged": fitted.converged,
            "notes": list(fitted.notes),
            **(itemfit.m2(fitted, responses) if m2 else {}),
        }
    )


@stats.command()
@_file
@click.option("--items", "bank", required=True, type=click.Path(path_type=Path), help="ITEMS.json.")
@click.option(
    "--method", default="eap", show_default=True, type=click.Choice(["eap", "map", "ml", "wle"]), help="How."
)
@_key
@_skip
@_json
def score(file: Path, bank: Path, method: str, key: str | None, skip: Sequence[str]) -> None:
    """Everybody's ability in FILE from calibrated items."""
    from lms.assessments.statistics import scoring

    people = scoring.score(scoring.read_bank(read_text(bank)), _responses(file, key, skip), method)
    _print({"method": method, "people": people, "reliability": scoring.empirical_reliability(people)})


@stats.command("dif")
@_file
@click.option("--group", required=True, metavar="COLUMN", help="The column that holds the groups.")
@click.option(
    "--focal", required=True, metavar="VALUE", help="The group to protect; everybody else is the reference."
)
@click.option(
    "--method", default="mh", show_default=True, type=click.Choice(["mh", "logistic"]), help="The test."
)
@click.option("--purify", is_flag=True, help="Leave items with DIF out of the matching score.")
@_key
@_skip
@_json
def dif_(
    file: Path, group: str, focal: str, method: str, purify: bool, key: str | None, skip: Sequence[str]
) -> None:
    """Whether items of FILE treat equally able people of two groups alike."""
    responses = read_responses(read_text(file), key=_read_key(key), apart=[group, *skip])
    _print(dif.analyse(responses, responses.apart[group], focal, method=method, purify=purify))


@stats.command()
@click.argument("items", type=click.Path(path_type=Path))
@click.argument("responses", type=click.Path(path_type=Path))
@click.option("--stop-se", required=True, type=click.FloatRange(min=0), help="Stop at this standard error.")
@click.option("--max", "longest", type=click.IntRange(min=1), help="Stop at so many items.")
@click.option("--min", "shortest", default=1, type=click.IntRange(min=1), help="Ask at least so many items.")
@click.option(
    "--randomesque", default=1, show_default=True, type=click.IntRange(min=1), help="Draw among so many best."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="For drawing.")
@click.option("--content", multiple=True, metavar="AREA=SHARE", help="Keep this share of a content area.")
@_key
@_skip
@_json
def cat(
    items: Path,
    responses: Path,
    stop_se: float,
    longest: int | None,
    shortest: int,
    randomesque: int,
    seed: int,
    content: Sequence[str],
    key: str | None,
    skip: Sequence[str],
) -> None:
    """The adaptive test that each person of RESPONSES would have sat from the bank ITEMS."""
    from lms.assessments.statistics import adaptive, scoring

    plan = adaptive.Plan(
        stop_se, longest, min(shortest, longest or shortest), randomesque, seed, dict(map(_quota, content))
    )
    bank = scoring.read_bank(read_text(items))
    people = adaptive.simulate(bank, _responses(responses, key, skip), plan)
    _print({"people": people, "exposure": adaptive.exposure(people, bank)})


@stats.command()
@_file
@click.option(
    "--method",
    required=True,
    type=click.Choice(["kappa", "weighted-kappa", "icc", "krippendorff"]),
    help="The measure.",
)
@click.option(
    "--level", type=click.Choice(list(agreements.LEVELS)), help="With krippendorff. Default: nominal."
)
@click.option("--weights", type=click.Choice(WEIGHTS), help="With weighted-kappa. Default: quadratic.")
@click.option("--categories", help="All categories in order, such as low,middle,high.")
@click.option("--rows", type=click.Choice(["units", "raters"]), help="What a row is, when names do not tell.")
@click.option("--table", is_flag=True, help="FILE is a square table of counts.")
@_json
def agreement(
    file: Path,
    method: str,
    level: str | None,
    weights: str | None,
    categories: str | None,
    rows: str | None,
    table: bool,
) -> None:
    """How far raters agree: FILE has one row a unit and a column a rater, or the columns unit, rater, value."""
    text = read_text(file)
    order = [one.strip() for one in categories.split(",")] if categories else None
    if method in ("kappa", "weighted-kappa"):
        of: Callable[..., dict[str, Any]]
        kind = None if method == "kappa" else weights or "quadratic"
        if table or (rows is None and tables.is_square(text)):
            of = partial(agreements.kappa_of_table, *tables.read_square(text))
        else:
            ratings = tables.read_ratings(text, rows=rows)
            of = partial(agreements.kappa_of_raters, ratings.raters, ratings.units, order)
        found = of(weights=kind)
        value = found["kappa"]
        if kind:
            found |= {"weighted_kappa": value, **{one: of(weights=one)["kappa"] for one in WEIGHTS}}
    elif table:
        raise Invalid("A table of counts is for kappa and weighted-kappa.")
    elif method == "krippendorff":
        ratings = tables.read_ratings(text, rows=rows)
        found = agreements.krippendorff(ratings.units, level or "nominal", order)
        value = found["alpha"]
    else:
        ratings = tables.read_ratings(text, rows=rows)
        if not ratings.numeric:
            raise Invalid("An intraclass correlation needs numbers.")
        complete = [
            [float(one) for one in unit if one is not None] for unit in ratings.units if None not in unit
        ]
        found = {**agreements.intraclass(complete), "dropped": len(ratings.units) - len(complete)}
        value = found["icc"]
    _print({"method": method, "value": value, **found})


@stats.command()
@_file
@click.option(
    "--method",
    required=True,
    type=click.Choice(["angoff", "borderline-group", "borderline-regression"]),
    help="The method.",
)
@click.option(
    "--borderline", metavar="GRADE", help="The borderline grade. Default: 1, or the word borderline."
)
@_json
def cut(file: Path, method: str, borderline: str | None) -> None:
    """A cut score. Angoff: FILE has a row a judge, a column an item. Borderline: columns score and grade."""
    text = read_text(file)
    if method == "angoff":
        names, ratings, scale = tables.read_judgements(text)
        _print({**cuts.angoff(ratings), "scale": scale, "item_names": list(names)})
        return
    scores, grades = tables.read_graded(text)
    if method == "borderline-group":
        _print(
            cuts.borderline_group(
                [one for one, grade in zip(scores, grades, strict=True) if _is(grade, borderline)]
            )
        )
        return
    _print(cuts.borderline_regression(scores, [_grade(grade) for grade in grades], _grade(borderline or "1")))


@stats.command()
@_file
@click.option(
    "--cut",
    "at",
    required=True,
    type=float,
    help="Pass at this score or more; under 1, a share of the highest.",
)
@click.option(
    "--method",
    default="livingston-lewis",
    show_default=True,
    type=click.Choice(["livingston-lewis", "lee", "rudner"]),
    help="Rudner's cut is an ability only with --theta.",
)
@click.option("--items", "bank", type=click.Path(path_type=Path), help="ITEMS.json, for lee and rudner.")
@click.option("--reliability", type=float, help="Of the scores. Default: alpha.")
@click.option("--lowest", default=0.0, show_default=True, help="The lowest score there can be.")
@click.option("--highest", type=float, help="The highest score there can be. Default: the number of items.")
@click.option("--theta", is_flag=True, help="The cut is an ability (rudner).")
@_key
@_skip
@_json
def classify(
    file: Path,
    at: float,
    method: str,
    bank: Path | None,
    reliability: float | None,
    lowest: float,
    highest: float | None,
    theta: bool,
    key: str | None,
    skip: Sequence[str],
) -> None:
    """How often pass and fail are right and repeatable: FILE is a response matrix, or has one column, score."""
    text = read_text(file)
    if method != "livingston-lewis":
        if bank is None:
            raise Invalid("%(method)s needs calibrated items: --items ITEMS.json.", method=method)
        _print(_by_model(_responses(file, key, skip), read_text(bank), method, at, theta=theta))
        return
    scores = None if key else tables.read_scores(text, skip)
    if scores is None:
        responses = read_responses(text, key=_read_key(key), apart=skip)
        scores = [float(sum(mark or 0 for mark in row)) for row in responses.marks]
        highest = float(len(responses.items)) if highest is None else highest
        if reliability is None:
            reliability = classical.item_analysis(responses)["alpha"]
            if reliability is None:
                raise Invalid("Alpha is not defined for this file: give the --reliability of its scores.")
    if highest is None or reliability is None:
        raise Invalid("Plain scores need --reliability and --highest.")
    raw = lowest + at * (highest - lowest) if 0 < at < 1 and highest - lowest > 1 else at
    _print(
        classification.livingston_lewis(scores, cut=raw, reliability=reliability, low=lowest, high=highest)
    )


def _by_model(responses: Responses, text: str, method: str, at: float, *, theta: bool) -> Mapping[str, Any]:
    from lms.assessments.statistics import scoring

    bank, _right, answered = scoring.matched(scoring.read_bank(text), responses)
    calibrated = [(float(a), float(b), float(c)) for a, b, c in zip(bank.a, bank.b, bank.c, strict=True)]
    if theta and method == "lee":
        raise Invalid("Lee's cut is a score. For an ability use --method rudner.")
    raw = at * len(calibrated) if 0 < at < 1 else at
    if method == "lee":
        return {"n": len(answered), **classification.lee(calibrated, cut=raw, mean=bank.mean, sd=bank.sd)}
    ability = at if theta else classification.theta_at(calibrated, raw, bank.mean, bank.sd)
    if not theta and not 0 < raw <= len(calibrated):
        raise Invalid(
            "The cut must be over 0 and at most the number of items, %(items)s.", items=len(calibrated)
        )
    found = classification.rudner(calibrated, theta_cut=ability, mean=bank.mean, sd=bank.sd)
    return {"n": len(answered), **found, "cut": None if theta else raw}


def _responses(file: Path, key: str | None, skip: Sequence[str]) -> Responses:
    return read_responses(read_text(file), key=_read_key(key), apart=skip)


def _read_key(key: str | None) -> str | None:
    """A key as it was typed, or what is in the file that it names."""
    if key is None:
        return None
    path = Path(key)
    try:
        named = path.is_file()
    except OSError:  # too long for a name: a key
        named = False
    if not named and path.suffix.lower() in (".csv", ".txt", ".key", ".tsv", ".json"):
        raise Invalid("There is no file %(path)s. Give a key, or a file that holds one.", path=path)
    return read_text(path) if named else key


def _quota(text: str) -> tuple[str, float]:
    area, _, share = text.rpartition("=")
    try:
        return area, float(share)
    except ValueError:
        raise Invalid("Write a content area as AREA=SHARE, such as Security=0.25.") from None


def _is(grade: str, borderline: str | None) -> bool:
    wanted = ("1", "borderline") if borderline is None else (borderline.lower(),)
    if grade.lower() in wanted:
        return True
    try:
        return float(grade) in {float(one) for one in wanted if one != "borderline"}
    except ValueError:
        return False


def _grade(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(
            "The regression needs grades as numbers; “%(grade)s” is none.", grade=text[:40]
        ) from None


def _print(result: Mapping[str, Any]) -> None:
    click.echo(json.dumps(_plain(result), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False))


def _plain(value: Any) -> Any:
    """Numbers to twelve digits, and null for what is no number."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
