"""The sheet of a matching: pairs, and right-hand sides that fit nothing."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    lines,
    lines_of,
    rows_in,
    rows_written,
    said,
)

ROWS: tuple[Rows, ...] = (Rows("pairs", ("left", "right", "why"), most=8, fresh=3),)


def show(document: Document) -> Sheet:
    """Pairs as rows, the others one a line."""
    return {
        "pairs": [
            {name: said(row.get(name)) for name in ROWS[0].fields} for row in rows_in(document, "pairs")
        ],
        "extra": lines(document.get("extra") or ()),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Pairs without the empty rows."""
    pairs = rows_written(sheet, ROWS[0], base, ROWS[0].fields)
    return [("pairs", pairs or ABSENT), ("extra", lines_of(sheet, "extra", base))]
