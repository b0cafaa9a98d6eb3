"""Carrying an answer over to another version of its question, so that the other version's key can score it.

It can be carried when the other version, in some order of its parts, shows the very page that was answered. The words of the
question itself may differ (a slip of the pen that was mended), and what a typing test asks for. A simulated call is carried
when the other version holds the same conversation: only what its choices earn, and why, may differ.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lms.assessments.kinds import MARKED_BY_PEOPLE, kind_of, numeric, simulation
from lms.assessments.kinds.arithmetic import BadExpression
from lms.assessments.kinds.contract import BadAnswer, Json, Unreadable
from lms.assessments.kinds.graph import Choice, Node

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
    if kind == simulation.NAME:
        return _same_conversation(old, new, variant)
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


def _same_conversation(
    old: simulation.Question, new: simulation.Question, variant: Mapping[str, Any]
) -> Json | None:
    """The variant under which the same letters are the same choices all the way, when nothing is said or led otherwise."""
    was, now = old.graph, new.graph
    if (old.channel, was.mood, dict(was.facts)) != (new.channel, now.mood, dict(now.facts)):
        return None
    if was.nodes[0].key != now.nodes[0].key or len(was.nodes) != len(now.nodes):
        return None
    before = {node.key: (node, order) for node, order in zip(was.nodes, variant["orders"], strict=True)}
    orders = []
    for node in now.nodes:
        there, order = before.get(node.key, (None, ()))
        if there is None or _moment(there) != _moment(node):
            return None
        carried = _order([_act(one) for one in there.choices], [_act(one) for one in node.choices], order)
        if carried is None:
            return None
        orders.append(carried)
    return {**variant, "orders": orders}


def _moment(node: Node) -> tuple[object, ...]:
    """What is heard and seen at a moment of a conversation."""
    return (node.says, node.who, node.end, node.seconds, node.late)


def _act(choice: Choice) -> str:
    """What a choice says and does, without what it earns and why."""
    return repr(
        (choice.text, choice.to, choice.when, choice.mood, sorted(choice.learns), sorted(choice.sets))
    )
