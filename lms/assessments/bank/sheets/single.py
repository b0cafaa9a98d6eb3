"""The sheet of a single choice: options, one of them right."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    filled,
    rows_in,
    rows_written,
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
    options = rows_written(sheet, ROWS[0], base, ("text", "why"))
    for number, (option, at) in enumerate(zip(options, filled(sheet, ROWS[0]), strict=True)):
        near = [*known[number : number + 1], *known]
        shown = next((one for one in near if one.get("text") == option.get("text")), {})
        if sheet["options"][at].get("correct"):
            option["correct"] = True
        elif shown.get("correct") is False:
            option["correct"] = False
    order = tick_of({"shuffle": sheet.get("keep_order")}, "shuffle", base, ticked=False)
    return [("options", options or ABSENT), ("shuffle", order)]
