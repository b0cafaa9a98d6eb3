"""The sheet of a few typed words: accepted forms, what does not matter, known mistakes."""

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
from lms.assessments.kinds.wording import RULES

ROWS: tuple[Rows, ...] = (Rows("mistakes", ("text", "why"), most=10, fresh=0),)


def show(document: Document) -> Sheet:
    """Accepted forms one a line; a tick for each thing that does not matter."""
    ignore = document.get("ignore", RULES)
    return {
        "accepted": lines(document.get("accepted") or ()),
        "ignore": [rule for rule in RULES if isinstance(ignore, list | tuple) and rule in ignore],
        "mistakes": [
            {"text": said(row.get("text")), "why": said(row.get("why"))}
            for row in rows_in(document, "mistakes")
        ],
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """The forms as a list; `ignore` only when it is not everything, or was said before."""
    ticked = [rule for rule in RULES if rule in (sheet.get("ignore") or ())]
    was = base.get("ignore")
    if "ignore" in base and isinstance(was, list) and sorted(ticked) == sorted(map(str, was)):
        ignore: Any = was
    else:
        ignore = ABSENT if tuple(ticked) == RULES and "ignore" not in base else ticked
    mistakes = rows_written(sheet, ROWS[0], base, ROWS[0].fields)
    return [
        ("accepted", lines_of(sheet, "accepted", base)),
        ("ignore", ignore),
        ("mistakes", mistakes or (base["mistakes"] if base.get("mistakes") == [] else ABSENT)),
    ]
