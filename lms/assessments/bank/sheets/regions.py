"""The regions of a picture as rows: a shape, and its numbers in one line."""

from collections.abc import Sequence
from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Row,
    Rows,
    Sheet,
    as_shown,
    filled,
    number,
    row_like,
    rows_in,
    said,
    tidy,
)

TICK = "correct"
PLAIN = "rectangle"
"""The shape of a region that says none; a form shows it as nothing chosen."""


def numbers(value: object) -> str:
    """The numbers of a region, with spaces between."""
    return " ".join(said(one) for one in value) if isinstance(value, list | tuple) else said(value)


def shown(document: Document, rows: Rows) -> list[dict[str, Any]]:
    """The regions of a document."""
    return [_shown(row, rows) for row in rows_in(document, rows.name)]


def _shown(row: Row, rows: Rows) -> dict[str, Any]:
    texts: dict[str, Any] = {name: said(row.get(name)) for name in rows.fields}
    if TICK in rows.fields:
        texts[TICK] = row.get(TICK) is True
    return {**texts, "shape": _shape(row), "at": numbers(row.get("at"))}


def _shape(row: Row) -> str:
    shape = said(row.get("shape"))
    return "" if shape == PLAIN else shape


def written(sheet: Sheet, base: Document, rows: Rows) -> Any:
    """The regions that have something in them; as they were when nobody touched them."""
    if as_shown(sheet, {rows.name: shown(base, rows)}, rows.name):
        return base[rows.name]
    known = rows_in(base, rows.name)
    texts = [name for name in rows.fields if name not in ("shape", "at", TICK)]
    found = []
    for place, at in enumerate(filled(sheet, rows)):
        row, was = sheet[rows.name][at], known[place] if place < len(known) else {}
        made = row_like(row, texts, [was, *known])
        shape = tidy(row.get("shape"))
        if shape or "shape" in was:
            made["shape"] = shape or PLAIN
        if typed := _typed(tidy(row.get("at")), was.get("at")):
            made["at"] = typed
        if row.get(TICK):
            made[TICK] = True
        elif TICK in was and was[TICK] is not True:
            made[TICK] = was[TICK]
        found.append(made)
    return found or ABSENT


def _typed(text: str, was: object) -> object:
    if text == tidy(numbers(was)):
        return was
    pieces: Sequence[str] = text.replace(",", " ").split()
    return [number(piece) for piece in pieces]
