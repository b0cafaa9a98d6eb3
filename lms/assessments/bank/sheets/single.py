"""The sheet of a single choice: options, one of them right."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    filled,
    row_like,
    rows_in,
    said,
    tick_of,
)

ROWS: tuple[Rows, ...] = (Rows("options", ("text", "why", "correct"), most=6, fresh=3),)


def show(document: Document) -> Sheet:
    """Options, and whether they keep their order."""
    return {
        "options": [
            {
                "text": said(row.get("text")),
                "why": said(row.get("why")),
                "correct": row.get("correct") is True,
            }
            for row in rows_in(document, "options")
        ],
        "keep_order": document.get("shuffle") is False,
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Options without the empty rows."""
    known = rows_in(base, "options")
    options = []
    for at in filled(sheet, ROWS[0]):
        row = sheet["options"][at]
        option = row_like(row, ("text", "why"), known)
        if row.get("correct"):
            option["correct"] = True
        elif any(one.get("correct") is False and one.get("text") == option.get("text") for one in known):
            option["correct"] = False
        options.append(option)
    order = tick_of({"shuffle": sheet.get("keep_order")}, "shuffle", base, ticked=False)
    return [("options", options or ABSENT), ("shuffle", order)]
