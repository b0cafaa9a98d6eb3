"""What a person fills in for a question, and how it becomes the question's document and comes back.

A sheet holds texts, ticks, and rows of these: what a form can hold. A value that was not touched goes back exactly as it
was, whatever its type (a number that reads like a text, a tick that was left out); names a sheet does not know stay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from lms.foundation.numbers import whole_number

Sheet = dict[str, Any]
Document = Mapping[str, Any]
Row = Mapping[str, Any]
NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?")


class _Absent:
    """No value: the name is left out of the document."""


ABSENT = _Absent()


@dataclass(frozen=True)
class Rows:
    """A list of a sheet: its name, the fields of a row, how many a document may hold, how many a fresh form shows.

    `by`: the field that names the row, where the document keeps names with values instead of a list.
    """

    name: str
    fields: tuple[str, ...]
    most: int
    fresh: int
    by: str = ""


class Kind(Protocol):
    """What the sheet of a kind offers beside the common fields."""

    ROWS: tuple[Rows, ...]

    def show(self, document: Document) -> Sheet:
        """The kind's own part of a document, as texts and ticks."""

    def write(self, sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
        """The same part as names and values of the document; ABSENT takes a name out."""


def said(value: object) -> str:
    """A value of a document as a form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def tidy(value: object) -> str:
    """A typed text without what browsers add and what stands round it."""
    return said(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def like(text: str, *known: object) -> Any:
    """The known value that is shown as this text, so that it stays what it was; else the text."""
    return next((one for one in known if one is not None and tidy(one) == text), text)


def number_like(text: str, *known: object) -> Any:
    """As `like`; a new text that is a number becomes one."""
    found = like(text, *known)
    return number(found) if isinstance(found, str) and not any(found is one for one in known) else found


def number(text: str) -> Any:
    """The number a text is; the text itself when it is none."""
    if not NUMBER.fullmatch(text) or len(text) > 16:
        return text
    return float(text) if "." in text else int(text)


def text_of(sheet: Sheet, name: str, base: Document) -> Any:
    """A text of the sheet for the document: as it was when nobody touched it, absent when there is none."""
    typed = tidy(sheet.get(name))
    if name in base and typed == tidy(base[name]):
        return base[name]
    return typed or ABSENT


def tick_of(sheet: Sheet, name: str, base: Document, *, ticked: bool = True) -> Any:
    """A tick of the sheet: as it was when nobody touched it, absent when it is what stands anyway."""
    on = bool(sheet.get(name))
    was = base.get(name, not ticked)
    if name in base and (was is ticked) == on:
        return was
    return ticked if on else ABSENT


def lines(values: object) -> str:
    """A list of short texts, one a line."""
    return "\n".join(said(one) for one in values) if isinstance(values, list | tuple) else said(values)


def lines_of(sheet: Sheet, name: str, base: Document) -> Any:
    """The list that the lines of a text are."""
    typed = tidy(sheet.get(name))
    known = base.get(name)
    if name in base and typed == tidy(lines(known)):
        return known
    values = known if isinstance(known, list) else []
    return [like(line.strip(), *values) for line in typed.split("\n") if line.strip()] or ABSENT


def named_lines(values: object) -> str:
    """Names with their values, one `name: value` a line."""
    if not isinstance(values, Mapping):
        return said(values)
    return "\n".join(f"{said(name)}: {said(value)}" for name, value in values.items())


def named_lines_of(sheet: Sheet, name: str, base: Document) -> Any:
    """The names and values that such lines are; what is no such line gives a name without a value."""
    typed = tidy(sheet.get(name))
    if name in base and typed == tidy(named_lines(base[name])):
        return base[name]
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, typed.split("\n"))):
        key, _colon, value = line.partition(":")
        found[free_name(key.strip(), found)] = value.strip()
    return found or ABSENT


def as_shown(sheet: Sheet, shown: Sheet, name: str) -> bool:
    """Whether the rows of a list are those that were shown, and there were any."""
    mine, theirs = list(sheet.get(name) or ()), list(shown.get(name) or ())
    return (
        bool(theirs)
        and len(mine) == len(theirs)
        and all(
            {key: tidy(value) for key, value in one.items() if key in other}
            == {key: tidy(value) for key, value in other.items()}
            for one, other in zip(mine, theirs, strict=True)
        )
    )


def rows_in(document: Document, name: str) -> list[Row]:
    """The rows of a document's list; what is no row is shown by its words, so that it can be put right."""
    value = document.get(name)
    return (
        [one if isinstance(one, Mapping) else {"text": one} for one in value]
        if isinstance(value, list)
        else []
    )


def filled(sheet: Sheet, rows: Rows) -> list[int]:
    """Which rows of a list have something in them."""
    there = enumerate(sheet.get(rows.name) or ())
    return [at for at, row in there if any(tidy(row.get(name) or "") for name in rows.fields)]


def row_like(
    row: Row, names: Sequence[str], known: Sequence[Row], *, numbers: Sequence[str] = ()
) -> dict[str, Any]:
    """The texts of a row by name, without the empty ones."""
    found = {}
    for name in names:
        if typed := tidy(row.get(name)):
            take = number_like if name in numbers else like
            found[name] = take(typed, *(one.get(name) for one in known))
    return found


def rows_written(
    sheet: Sheet, rows: Rows, base: Document, names: Sequence[str], *, numbers: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The rows of a list that have something in them, each as near as can be to the row it was shown from."""
    known = rows_in(base, rows.name)
    return [
        row_like(sheet[rows.name][at], names, [*known[number : number + 1], *known], numbers=numbers)
        for number, at in enumerate(filled(sheet, rows))
    ]


def free_name(name: str, taken: object) -> str:
    """The name, with a number behind it when it is taken: nothing typed may be lost."""
    if name not in taken:  # type: ignore[operator]
        return name
    return next(one for number in range(2, 1000) if (one := f"{name}-{number}") not in taken)  # type: ignore[operator]


def percent(value: object) -> str:
    """A share as a percentage to type; what is no number as it stands."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return said(value)
    return f"{(Decimal(str(value)) * 100).normalize():f}"


def share_of(sheet: Sheet, name: str, base: Document) -> Any:
    """The share that a typed percentage is; what is no number stays a text, so that the problem is told."""
    typed = tidy(sheet.get(name)).removesuffix("%").strip().replace(",", ".")
    if name in base and typed == percent(base[name]):
        return base[name]
    if not typed:
        return ABSENT
    try:
        value = Decimal(typed) if len(typed) <= 12 else None
    except InvalidOperation:
        value = None
    return float(value / 100) if value is not None and value.is_finite() else typed


def arrange(lists: Sequence[Rows], sheet: Sheet, act: str) -> tuple[Sheet, str]:
    """The sheet with a row added, taken out or moved, and where to go on writing.

    `act`: `add:options`, `drop:options:2`, `up:options:2` or `down:options:2`; anything else changes nothing.
    """
    verb, _colon, rest = act.partition(":")
    name, _colon, number = rest.partition(":")
    rows = next((one for one in lists if one.name == name), None)
    if rows is None:
        return sheet, ""
    there = list(sheet.get(name) or ())
    at = whole_number(number, -1, digits=3)
    if verb == "add" and len(there) < rows.most:
        there.append(dict.fromkeys(rows.fields, ""))
        at = len(there) - 1
    elif verb == "drop" and 0 <= at < len(there):
        there.pop(at)
        at = min(at, len(there) - 1)
    elif verb in ("up", "down") and 0 <= at < len(there):
        to = at + (1 if verb == "down" else -1)
        if 0 <= to < len(there):
            there[at], there[to] = there[to], there[at]
            at = to
    return {**sheet, name: there}, f"{name}-{at}-{rows.fields[0]}" if at >= 0 else name
