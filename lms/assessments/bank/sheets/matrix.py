"""The sheet of a matrix: columns, and statements with their column."""

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
    tick_of,
)

ROWS: tuple[Rows, ...] = (Rows("statements", ("text", "answer", "why"), most=10, fresh=3),)


def show(document: Document) -> Sheet:
    """Columns one a line, statements as rows."""
    return {
        "columns": lines(document.get("columns") or ()),
        "statements": [
            {name: said(row.get(name)) for name in ROWS[0].fields} for row in rows_in(document, "statements")
        ],
        "keep_order": document.get("shuffle") is False,
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Statements without the empty rows."""
    statements = rows_written(sheet, ROWS[0], base, ROWS[0].fields)
    order = tick_of({"shuffle": sheet.get("keep_order")}, "shuffle", base, ticked=False)
    return [
        ("columns", lines_of(sheet, "columns", base)),
        ("statements", statements or ABSENT),
        ("shuffle", order),
    ]
