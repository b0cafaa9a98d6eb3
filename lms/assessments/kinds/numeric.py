"""A number, within a tolerance, in a unit; with parameters, everybody gets numbers of their own."""

import math
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.arithmetic import BadExpression, evaluate
from lms.assessments.kinds.contract import (
    LARGEST,
    BadAnswer,
    Json,
    Mark,
    Notes,
    Part,
    Raw,
    is_number,
    is_words,
    one,
)

NAME = "numeric"
KNOWN = ("parameters", "require", "answer", "tolerance", "decimals", "unit", "units", "solution", "mistakes")
TRIES = 500
MOST_DECIMALS = 6
BRACES = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Question:
    """A calculation. `parameters`: name to (from, to, step)."""

    stem: str
    parameters: Mapping[str, tuple[float, float, float]]
    require: str
    answer: str
    tolerance: float
    decimals: int
    unit: str
    units: Mapping[str, float]
    solution: str
    mistakes: tuple[tuple[str, str], ...]
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=KNOWN)
    parameters = _read_parameters(notes)
    tolerance = document.get("tolerance", 0)
    if not is_number(tolerance) or tolerance < 0:
        notes.add("tolerance", "The tolerance is a number from 0, in the unit of the answer.")
    mistakes = []
    for number, entry in enumerate(notes.some("mistakes", list)):
        if not isinstance(entry, Mapping) or "value" not in entry or not is_words(entry.get("why")):
            notes.add(f"mistakes.{number}", "Write it as {value: an expression, why: a sentence}.")
        else:
            notes.only(f"mistakes.{number}", entry, ("value", "why"))
            mistakes.append((str(entry["value"]), str(entry["why"])))
    if "answer" not in document:
        notes.add("answer", "Give the answer, as a number or an expression.")
    for name in ("require", "unit", "solution"):
        if name in document and (
            isinstance(document[name], bool) or not isinstance(document[name], str | int | float)
        ):
            notes.add(name, f"Write “{name}” as a text.")
    decimals = document.get("decimals", 0)
    if not is_number(decimals) or decimals not in range(MOST_DECIMALS + 1):
        notes.add("decimals", f"The decimals are a whole number from 0 to {MOST_DECIMALS}.")
    units = {str(name): factor for name, factor in notes.some("units", dict).items()}
    if not all(is_number(factor) for factor in units.values()):
        notes.add("units", "Write each unit with the number it is multiplied by: {h: 60}.")
    if any(inside.strip() == "answer" for inside in BRACES.findall(str(document.get("stem")))):
        notes.add("stem", "The question would tell its own answer. Take {answer} out of the stem.")
    notes.close()
    question = Question(
        document["stem"],
        parameters,
        str(document.get("require", "")),
        str(document["answer"]),
        float(tolerance),
        int(decimals),
        str(document.get("unit", "")),
        units,
        str(document.get("solution", "")),
        tuple(mistakes),
        str(document.get("explanation", "")),
    )
    _try_out(notes, question)
    notes.close()
    return question


def _read_parameters(notes: Notes) -> dict[str, tuple[float, float, float]]:
    found = {}
    for name, span in notes.some("parameters", dict).items():
        where = f"parameters.{name}"
        if not isinstance(span, Mapping) or not {"from", "to"} <= set(span):
            notes.add(where, "Write it as {from: 60, to: 120, step: 10}.")
            continue
        notes.only(where, span, ("from", "to", "step"))
        low, high, step = span["from"], span["to"], span.get("step", 1)
        fits = all(is_number(part) for part in (low, high, step)) and step > 0 and low <= high
        if not fits or (high - low) / step > LARGEST:
            notes.add(
                where, "“from” is at most “to”, “step” is more than 0, and all are numbers of a usual size."
            )
            continue
        found[str(name)] = (low, high, step)
    return found


def _try_out(notes: Notes, question: Question) -> None:
    """Work the question out once, so that an author hears of a wrong expression before a learner does."""
    try:
        values = vary(question, 1)["values"]
        if question.parameters and not values:
            notes.add("require", "No combination of the parameters fits. Ask for less.")
            return
        right = evaluate(question.answer, values)
        for wrong, _why in question.mistakes:
            evaluate(wrong, values)
        filled(question.stem, question, values, right)
        filled(question.solution, question, values, right)
    except BadExpression as error:
        notes.add("answer", str(error))


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Numbers for the parameters: the first random combination that `require` lets through."""
    chance = random.Random(seed)  # noqa: S311  (numbers in an exercise guard nothing)
    for _ in range(TRIES):
        values = {
            name: _tidy(low + step * chance.randrange(int((high - low) / step + 1e-9) + 1))
            for name, (low, high, step) in question.parameters.items()
        }
        if not question.require or evaluate(question.require, values):
            return {"values": values}
    return {"values": {}}


def _tidy(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 6)


def show(value: float, decimals: int) -> str:
    """A number as it is printed: thousands separated, halves rounded away from zero."""
    factor = 10**decimals
    rounded = math.copysign(math.floor(abs(value) * factor + 0.5 + 1e-9) / factor, value) or 0.0  # no “-0”
    return f"{rounded:,.{decimals}f}"


def filled(text: str, question: Question, values: Mapping[str, float], right: float) -> str:
    """A text with its braces worked out; `{answer}` is the rounded answer."""

    def work_out(found: re.Match[str]) -> str:
        inside = found.group(1).strip()
        if inside == "answer":
            return show(right, question.decimals)
        value = evaluate(inside, values)
        return show(value, 0 if float(value).is_integer() else 2)

    return BRACES.sub(work_out, text)


def ask(question: Question, variant: Json) -> Json:
    """The stem with this person's numbers, and the unit."""
    stem = filled(question.stem, question, variant["values"], 0.0)
    return {"kind": NAME, "stem": stem, "unit": question.unit, "units": [question.unit, *question.units]}


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The number that was typed, in the question's own unit, beside the text as typed."""
    text = one(raw, "answer")
    if not text:
        return None
    return {"text": text, "value": number_in(text, question)}


def number_in(text: str, question: Question) -> float:
    """Read `1,234.5`, `1 234`, `83,3`, `83 %`, `2 min`. Raises BadAnswer."""
    plain = text.replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ").strip()
    found = re.fullmatch(r"([+-]?[\d., ']*\d)\s*([^\d\s.,][^\d]*)?", plain) or re.fullmatch(
        r"([+-]?\.\d+)\s*(\D*)", plain
    )
    if not found or len(found.group(1)) > 30:
        raise BadAnswer(
            "We could not read “%(text)s” as a number. Type digits, such as 83 or 12.5.", text=text
        )
    unit = (found.group(2) or "").strip().casefold().rstrip(".")
    factors = {name.casefold(): factor for name, factor in question.units.items()}
    if unit and unit != question.unit.casefold() and unit not in factors:
        typed = found.group(2).strip()
        if not question.unit:
            raise BadAnswer("We expect a plain number, without “%(typed)s”.", typed=typed)
        raise BadAnswer(
            "We expect the answer in %(unit)s, not in “%(typed)s”.", unit=question.unit, typed=typed
        )
    try:
        value = float(_with_a_point(found.group(1).replace(" ", "").replace("'", "")))
    except ValueError:
        raise BadAnswer(
            "We could not read “%(text)s” as a number. Type digits, such as 83 or 12.5.", text=text
        ) from None
    return value * factors.get(unit, 1.0) if unit != question.unit.casefold() else value


def _with_a_point(digits: str) -> str:
    """Decide what a comma means: with a point, or in threes, it separates thousands; else it is the decimal mark."""
    if "," not in digits:
        return digits
    if "." in digits or re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", digits):
        return digits.replace(",", "")
    if digits.count(",") == 1:
        return digits.replace(",", ".")
    return digits


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """1 within the tolerance; a known mistake is told by its name."""
    if not given:
        return Mark(0.0)
    values = variant["values"]
    if _near(given["value"], evaluate(question.answer, values), question.tolerance):
        return Mark(1.0, (Part("answer", right=True),))
    for wrong, why in question.mistakes:
        try:
            slip = evaluate(wrong, values)
        except BadExpression:  # a mistake that divides by zero for these numbers is nobody's mistake
            continue
        if _near(given["value"], slip, question.tolerance):
            return Mark(0.0, (Part("answer", right=False, why=why),))
    return Mark(0.0, (Part("answer", right=False),))


def _near(one_value: float, other: float, tolerance: float) -> bool:
    return abs(one_value - other) <= tolerance + 1e-9 * max(1.0, abs(other))


def answer(question: Question, variant: Json) -> Json:
    """The answer with its tolerance, and the worked solution in this person's numbers."""
    values = variant["values"]
    right = evaluate(question.answer, values)
    shown = f"{show(right, question.decimals)}{'' if question.unit == '%' else ' '}{question.unit}".strip()
    return {
        "right": [shown],
        "tolerance": question.tolerance,
        "solution": filled(question.solution, question, values, right),
        "explanation": filled(question.explanation, question, values, right),
        "why": {},
    }
