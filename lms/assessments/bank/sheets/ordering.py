"""The sheet of an ordering: things in their right order, and how it is marked."""

from typing import Any

from lms.assessments.bank.sheets.multiple import marking
from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    rows_in,
    rows_written,
    said,
)

ROWS: tuple[Rows, ...] = (Rows("items", ("text", "why"), most=7, fresh=3),)


def show(document: Document) -> Sheet:
    """Things as rows."""
    return {
        "items": [
            {"text": said(row.get("text")), "why": said(row.get("why"))} for row in rows_in(document, "items")
        ],
        "marking": said(document.get("marking", "all")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Things without the empty rows."""
    things = rows_written(sheet, ROWS[0], base, ROWS[0].fields)
    return [("items", things or ABSENT), ("marking", marking(sheet, base))]
