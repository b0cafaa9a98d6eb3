"""The sheet of a situational judgement: what one could do, with the experts' weights."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    rows_in,
    rows_written,
    said,
    tick_of,
    tidy,
)

ROWS: tuple[Rows, ...] = (Rows("options", ("text", "value", "why"), most=6, fresh=4),)


def show(document: Document) -> Sheet:
    """Options as rows."""
    return {
        "options": [
            {name: said(row.get(name)) for name in ROWS[0].fields} for row in rows_in(document, "options")
        ],
        "pick": said(document.get("pick", "both")),
        "keep_order": document.get("shuffle") is False,
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Options without the empty rows."""
    options = rows_written(sheet, ROWS[0], base, ROWS[0].fields, numbers=("value",))
    typed = tidy(sheet.get("pick"))
    order = tick_of({"shuffle": sheet.get("keep_order")}, "shuffle", base, ticked=False)
    return [
        ("options", options or ABSENT),
        ("pick", ABSENT if typed in ("", "both") and "pick" not in base else typed or ABSENT),
        ("shuffle", order),
    ]
