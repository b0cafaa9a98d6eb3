"""A simulated call as a map: boxes for its moments, lines for its choices. Drawn from whatever a draft says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, ACROSS, DOWN = 132, 40, 152, 84
LONGEST = 17


@dataclass(frozen=True)
class Box:
    """A moment. `kind`: start, end, lost (no way leads here) or plain; `leads`: the words of each choice and where it goes."""

    number: int
    key: str
    kind: str
    x: int
    y: int
    leads: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """The key, short enough for the box."""
        return self.key if len(self.key) <= LONGEST else self.key[: LONGEST - 1] + "…"


@dataclass(frozen=True)
class Line:
    """A choice, from the foot of one box to the head of another; `back`: it leads up again."""

    x1: int
    y1: int
    x2: int
    y2: int
    back: bool


@dataclass(frozen=True)
class Map:
    """A drawing in its own units."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def map_of(document: Mapping[str, Any]) -> Map:
    """The map of a simulation's document: layers by the fewest steps from the opening, what nobody reaches last."""
    said = document.get("nodes")
    nodes = [one for one in said if isinstance(one, Mapping)] if isinstance(said, list) else []
    leads = {str(node.get("key")): _leads(node) for node in reversed(nodes)}
    layers = _layers(nodes, leads)
    boxes = []
    for depth, layer in enumerate(layers):
        for place, number in enumerate(layer):
            key = str(nodes[number].get("key"))
            lost = depth == len(layers) - 1 and depth > 0 and number not in _reached(nodes, leads)
            kind = "lost" if lost else "end" if nodes[number].get("end") else "plain" if number else "start"
            boxes.append(Box(number, key, kind, place * ACROSS + 8, depth * DOWN + 8, _leads(nodes[number])))
    at = {box.key: box for box in reversed(boxes)}
    lines = [
        Line(
            box.x + WIDTH // 2,
            box.y + HEIGHT,
            at[to].x + WIDTH // 2,
            at[to].y,
            at[to].y <= box.y,
        )
        for box in boxes
        for _words, to in box.leads
        if to in at
    ]
    across = max((len(layer) for layer in layers), default=1)
    return Map(
        across * ACROSS,
        max(1, len(layers)) * DOWN,
        tuple(sorted(boxes, key=lambda box: box.number)),
        tuple(lines),
    )


def _leads(node: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    choices = node.get("choices")
    return tuple(
        (str(one.get("text") or ""), str(one.get("to") or ""))
        for one in (choices if isinstance(choices, list) else ())
        if isinstance(one, Mapping)
    )


def _depths(
    nodes: list[Mapping[str, Any]], leads: Mapping[str, tuple[tuple[str, str], ...]]
) -> dict[str, int]:
    depths: dict[str, int] = {}
    waiting = [(str(nodes[0].get("key")), 0)] if nodes else []
    while waiting:
        key, depth = waiting.pop(0)
        if key in depths or key not in leads:
            continue
        depths[key] = depth
        waiting += [(to, depth + 1) for _words, to in leads[key]]
    return depths


def _reached(nodes: list[Mapping[str, Any]], leads: Mapping[str, tuple[tuple[str, str], ...]]) -> set[int]:
    depths = _depths(nodes, leads)
    return {number for number, node in enumerate(nodes) if str(node.get("key")) in depths}


def _layers(
    nodes: list[Mapping[str, Any]], leads: Mapping[str, tuple[tuple[str, str], ...]]
) -> list[list[int]]:
    depths = _depths(nodes, leads)
    last = max(depths.values(), default=-1) + 1
    layers: list[list[int]] = [[] for _depth in range(last + 1)]
    for number, node in enumerate(nodes):
        layers[depths.get(str(node.get("key")), last)].append(number)
    return [layer for layer in layers if layer]
