"""What changed between two documents, part by part and word by word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True)
class Difference:
    """A part that differs: its dotted path, and its words as (same, gone or new; text)."""

    where: str
    pieces: tuple[tuple[str, str], ...]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every part that differs, in the order of the later document, what is gone last."""
    was, now = dict(_parts(before)), dict(_parts(after))
    return [
        Difference(where, tuple(compared(was.get(where, ""), now.get(where, ""))))
        for where in dict.fromkeys((*now, *was))
        if was.get(where) != now.get(where)
    ]


def compared(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Two texts as one: the words both have, those that are gone, those that are new."""
    one, two = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    for act, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if act == "equal":
            yield SAME, "".join(one[a:b])
            continue
        if b > a:
            yield GONE, "".join(one[a:b])
        if d > c:
            yield NEW, "".join(two[c:d])


def _parts(value: object, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _parts(part, f"{where}.{_name(name)}" if where else _name(name))
    elif isinstance(value, list | tuple) and not all(isinstance(part, str | int | float) for part in value):
        for number, part in enumerate(value):
            yield from _parts(part, f"{where}.{number}")
    elif isinstance(value, list | tuple):
        yield where, ", ".join(map(_text, value))
    elif value is not None:
        yield where, _text(value)


def _name(name: object) -> str:
    return str(name).lower() if isinstance(name, bool) else str(name)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
