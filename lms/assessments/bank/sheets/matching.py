"""The sheet of a matching: pairs, and right-hand sides that fit nothing."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    filled,
    lines,
    lines_of,
    row_like,
    rows_in,
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
    known = rows_in(base, "pairs")
    pairs = [row_like(sheet["pairs"][at], ROWS[0].fields, known) for at in filled(sheet, ROWS[0])]
    return [("pairs", pairs or ABSENT), ("extra", lines_of(sheet, "extra", base))]
