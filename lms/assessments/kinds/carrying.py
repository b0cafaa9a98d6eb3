"""Carrying an answer over to another version of its question, so that the other version's key can score it.

It can be carried when the other version, in some order of its parts, shows the very page that was answered. The words of the
question itself may differ (a slip of the pen that was mended), and what a typing test asks for.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lms.assessments.kinds import MARKED_BY_PEOPLE, kind_of, numeric
from lms.assessments.kinds.arithmetic import BadExpression
from lms.assessments.kinds.contract import BadAnswer, Json, Unreadable, is_stepwise

NOT_COMPARED = ("stem", "goal", "accuracy")
"""What may be shown otherwise without making another question of it."""

Parts = Callable[[Any], Sequence[str]]
ORDERED: Mapping[str, Mapping[str, Parts]] = {
    "hotspot": {"order": lambda one: [region.name for region in one.regions]},
    "labels": {"order": lambda one: one.choices},
    "matching": {
        "left": lambda one: [left for left, _right, _why in one.pairs],
        "right": lambda one: one.choices,
    },
    "matrix": {"order": lambda one: [text for text, _answer, _why in one.statements]},
    "ordering": {"order": lambda one: [text for text, _why in one.items]},
    "sjt": {"order": lambda one: [act.text for act in one.acts]},
    "triage": {"order": lambda one: [ticket.text for ticket in one.tickets]},
}
"""The parts of each kind that its variant puts into an order, as they read on the page."""


def carry(
    document: Mapping[str, Any],
    other: Mapping[str, Any],
    variant: Mapping[str, Any],
    given: Mapping[str, Any] | None,
) -> tuple[Any, Json, Json | None] | None:
    """The other version's question, its variant that shows the same page, and the answer as it reads it; else none."""
    name = document.get("kind")
    if name != other.get("kind") or name in MARKED_BY_PEOPLE:
        return None
    kind = kind_of(document)
    if is_stepwise(kind):
        return None
    try:
        old, new = kind.read(document), kind.read(other)
    except Unreadable:
        return None
    there = _variant(str(name), old, new, variant)
    if there is None or _page(kind.ask(old, dict(variant))) != _page(kind.ask(new, there)):
        return None
    said = dict(given) if given else None
    try:
        kind.answer(new, there)
        if said and name == "numeric":
            said["value"] = numeric.number_in(str(said["text"]), new)
    except (BadExpression, BadAnswer):  # its numbers, or its unit, are not for this person's
        return None
    return new, there, said


def carries(document: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether answers to a question can be carried over to another version of it."""
    try:
        variant = kind_of(document).vary(kind_of(document).read(document), 1)
    except Unreadable:
        return False
    return carry(document, other, variant, None) is not None


def _page(asked: Json) -> Json:
    return {name: value for name, value in asked.items() if name not in NOT_COMPARED}


def _variant(kind: str, old: Any, new: Any, variant: Mapping[str, Any]) -> Json | None:
    """The new question's variant that puts its parts into the order in which the old one's were shown."""
    there: Json = dict(variant)
    if kind == "cloze":
        if len(old.gaps) != len(new.gaps):
            return None
        orders = [
            _order(one.options, two.options, order)
            for one, two, order in zip(old.gaps, new.gaps, variant["orders"], strict=True)
        ]
        return None if None in orders else {**there, "orders": orders}
    if kind == "numeric" and set(old.parameters) != set(new.parameters):
        return None
    for name, parts in ORDERED.get(kind, {}).items():
        order = _order(parts(old), parts(new), variant[name])
        if order is None:
            return None
        there[name] = order
    return there


def _order(old: Sequence[str], new: Sequence[str], order: Sequence[int]) -> list[int] | None:
    if sorted(old) != sorted(new) or len(set(new)) < len(new):
        return None
    place = {text: at for at, text in enumerate(new)}
    return [place[old[at]] for at in order]
