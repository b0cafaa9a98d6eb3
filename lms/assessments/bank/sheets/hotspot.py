"""The sheet of a hotspot: the picture, what it shows, its places."""

from typing import Any

from lms.assessments.bank.sheets import regions
from lms.assessments.bank.sheets.sheet import Document, Rows, Sheet, said, text_of, tick_of

ROWS: tuple[Rows, ...] = (Rows("regions", ("name", "at", "shape", "correct", "why"), most=12, fresh=2),)


def show(document: Document) -> Sheet:
    """Places as rows."""
    return {
        "picture": said(document.get("picture")),
        "shows": said(document.get("shows")),
        "regions": regions.shown(document, ROWS[0]),
        "keep_order": document.get("shuffle") is False,
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Places without the empty rows."""
    order = tick_of({"shuffle": sheet.get("keep_order")}, "shuffle", base, ticked=False)
    return [
        ("picture", text_of(sheet, "picture", base)),
        ("shows", text_of(sheet, "shows", base)),
        ("regions", regions.written(sheet, base, ROWS[0])),
        ("shuffle", order),
    ]
