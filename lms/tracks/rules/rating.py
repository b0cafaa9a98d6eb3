"""Rating on a form: what each choice is worth, what fails the whole, and what several raters say together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.foundation.words import N_

NOT_APPLICABLE = "na"
SCALES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "done": (("0", N_("No")), ("1", N_("Yes"))),
    "shown": (("0", N_("Not shown")), ("1", N_("Partly")), ("2", N_("Shown")), ("3", N_("Shown well"))),
    "rubric": (("0", N_("Not there")), ("1", N_("In part")), ("2", N_("Whole"))),
    "anchored": (
        ("0", N_("No example, or one that speaks against it")),
        ("1", N_("A general answer without an example")),
        ("2", N_("One example, with what they did themselves")),
        ("3", N_("An example with what came of it")),
        ("4", N_("An example, what came of it, and what they do differently since")),
    ),
}
"""The choices of each scale, from the lowest; a choice is worth its number."""


@dataclass(frozen=True)
class Rated:
    """What a rating came to."""

    score: float
    critical: tuple[str, ...]
    """The texts of the critical items that were at their lowest."""
    passed: bool


def items_of(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every item of a form, in order."""
    return [item for section in form["sections"] for item in section["items"]]


def choices_of(form: Mapping[str, Any], item: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an item can be marked with: each choice's value, and what it looks like there or is called everywhere."""
    scale = SCALES[form["scale"]]
    anchors = item.get("anchors") or [words for _value, words in scale]
    return [(value, words) for (value, _words), words in zip(scale, anchors, strict=True)]


def marks_problem(form: Mapping[str, Any], marks: Mapping[str, str]) -> str | None:
    """Why these marks cannot be taken, in a sentence, or None."""
    allowed = {value for value, _words in SCALES[form["scale"]]}
    items = items_of(form)
    if set(marks) - {item["key"] for item in items}:
        return N_("These marks are for another form.")
    for item in items:
        given = marks.get(item["key"])
        if given is None or given == NOT_APPLICABLE:
            if given is None or item.get("critical"):
                return N_("Mark every line. A critical line cannot be left out.")
        elif given not in allowed:
            return N_("These marks are for another form.")
    if all(given == NOT_APPLICABLE for given in marks.values()):
        return N_("Mark at least one line.")
    return None


def rate(form: Mapping[str, Any], marks: Mapping[str, str]) -> Rated:
    """The share of points among the lines that applied, and whether that passes. `marks`: without a problem."""
    most = len(SCALES[form["scale"]]) - 1
    counted = [
        (item, int(marks[item["key"]])) for item in items_of(form) if marks[item["key"]] != NOT_APPLICABLE
    ]
    score = sum(points for _item, points in counted) / (most * len(counted))
    critical = tuple(item["text"] for item, points in counted if item.get("critical") and points == 0)
    return Rated(score, critical, not critical and score >= form["pass_mark"])


@dataclass(frozen=True)
class Together:
    """What several raters came to, each alone: their mean, how far apart they were, and whether that passes."""

    mean: float
    apart: float
    passed: bool


def together(form: Mapping[str, Any], ratings: Sequence[Rated]) -> Together:
    """The mean decides; a critical error that any of them saw fails it."""
    scores = [one.score for one in ratings]
    mean = sum(scores) / len(scores)
    failed = any(one.critical for one in ratings)
    return Together(mean, max(scores) - min(scores), not failed and mean >= form["pass_mark"])
