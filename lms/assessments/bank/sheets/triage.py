"""The sheet of a triage: what can be chosen, and tickets with what is right."""

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

LISTS = ("priorities", "queues", "actions")
ROWS: tuple[Rows, ...] = (
    Rows("tickets", ("text", "impact", "urgency", "priority", "queue", "action", "why"), most=15, fresh=3),
)


def show(document: Document) -> Sheet:
    """Lists one a line, tickets as rows."""
    return {name: lines(document.get(name) or ()) for name in LISTS} | {
        "tickets": [
            {name: said(row.get(name)) for name in ROWS[0].fields} for row in rows_in(document, "tickets")
        ]
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Tickets without the empty rows."""
    tickets = rows_written(sheet, ROWS[0], base, ROWS[0].fields)
    return [*((name, lines_of(sheet, name, base)) for name in LISTS), ("tickets", tickets or ABSENT)]
