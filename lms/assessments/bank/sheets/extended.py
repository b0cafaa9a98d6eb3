"""The sheet of an extended text: what a marker looks for, and how long it should be."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    lines,
    lines_of,
    number_like,
    said,
    tidy,
)

ROWS: tuple[Rows, ...] = ()


def show(document: Document) -> Sheet:
    """One thing a line."""
    return {
        "look_for": lines(document.get("look_for") or ()),
        "least": said(document.get("least")),
        "most": said(document.get("most")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Numbers as numbers."""
    bounds = [(name, tidy(sheet.get(name))) for name in ("least", "most")]
    return [
        ("look_for", lines_of(sheet, "look_for", base)),
        *((name, number_like(typed, base.get(name)) if typed else ABSENT) for name, typed in bounds),
    ]
