"""Changing one part of a YAML text and nothing else of it: every other line stays as it was written, comments too.

What cannot be changed in place (a list on one line, say) is written anew as a whole; the values are the same.
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from lms.foundation.yaml import BadYaml, nodes_of, read_yaml, write_yaml

Span = tuple[int, int, int]
"""First line, line after the last, and the column at which the part begins; all counted from 0."""


def replace_entry(text: str, at: int, value: Any) -> str:
    """The text of a list with its entry `at` replaced, or taken out when the value is None. Raises BadYaml, IndexError."""
    listed = _listed(text)
    wanted = [*listed[:at], *([] if value is None else [value]), *listed[at + 1 :]]
    first, stop, column = _spans(text, len(listed))[at] if _in_lines(text) else (0, 0, -1)
    if column >= 0:
        lines = lines_of(text)
        if value is None:
            while stop < len(lines) and not lines[stop].strip():
                stop += 1
        written = "" if value is None else _indented(write_yaml([value]), column)
        found = "".join((*lines[:first], written, *lines[stop:]))
        if _says(found, wanted):
            return found
    return write_yaml(wanted) if wanted else "[]\n"


def append_entry(text: str, value: Any) -> str:
    """The text of a list with one more entry at its end. Raises BadYaml."""
    listed = _listed(text)
    if listed and _in_lines(text):
        column = _spans(text, len(listed))[-1][2]
        found = f"{text.rstrip()}\n\n{_indented(write_yaml([value]), column)}"
        if _says(found, [*listed, value]):
            return found
    return write_yaml([*listed, value])


def set_value(text: str, name: str, value: Any) -> str:
    """The text of names and values with one of them set. Raises BadYaml."""
    said = read_yaml(text)
    if not isinstance(said, dict):
        raise BadYaml(1, "Write this file as “name: value” lines.")
    wanted = {**said, name: value}
    written = write_yaml({name: value})
    node = nodes_of(text)
    lines = lines_of(text)
    starts = [(str(key.value), key.start_mark.line) for key, _value in node.value]
    place = next((number for number, (key, _line) in enumerate(starts) if key == name), None)
    if place is None:
        found = f"{text.rstrip()}\n{written}"
    else:
        after = starts[place + 1][1] if place + 1 < len(starts) else len(lines)
        stop = _without_trail(lines, starts[place][1], after)
        found = "".join((*lines[: starts[place][1]], written, *lines[stop:]))
    return found if _says(found, wanted) else write_yaml(wanted)


def lines_of(text: str) -> list[str]:
    """The lines of a text as YAML counts them, each with its end."""
    return re.findall("[^\n\x85\u2028\u2029]*[\n\x85\u2028\u2029]|[^\n\x85\u2028\u2029]+$", text)


def _listed(text: str) -> list[Any]:
    said = read_yaml(text)
    if said is None:
        return []
    if not isinstance(said, list):
        raise BadYaml(1, "Write this file as a list of questions, each starting with “- key: …”.")
    return said


def _says(text: str, wanted: object) -> bool:
    try:
        return bool(read_yaml(text) == wanted)
    except BadYaml:
        return False


def _in_lines(text: str) -> bool:
    node = nodes_of(text)
    return isinstance(node, yaml.SequenceNode) and not node.flow_style


def _spans(text: str, count: int) -> Sequence[Span]:
    """Where each entry of a list in lines stands; what follows it (blank lines, comments) is no part of it."""
    lines = lines_of(text)
    dashes = []
    for node in nodes_of(text).value:
        line = node.start_mark.line
        while line > 0 and not re.match(r"\s*-(\s|$)", lines[line]):
            line -= 1
        dashes.append((line, len(lines[line]) - len(lines[line].lstrip(" "))))
    stops = [line for line, _column in dashes[1:]] + [len(lines)]
    return [
        (first, _without_trail(lines, first, stop), column)
        for (first, column), stop in zip(dashes, stops, strict=True)
    ][:count]


def _without_trail(lines: Sequence[str], first: int, stop: int) -> int:
    while stop > first + 1 and (not lines[stop - 1].strip() or re.match(r" {0,1}#", lines[stop - 1])):
        stop -= 1
    return stop


def _indented(text: str, column: int) -> str:
    pad = " " * column
    return "".join(pad + line if line.strip() else line for line in lines_of(text))
