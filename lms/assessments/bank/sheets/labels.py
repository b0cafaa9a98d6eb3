"""The sheet of labels on a picture: the picture, what it shows, its places with their labels, labels that belong nowhere."""

from typing import Any

from lms.assessments.bank.sheets import regions
from lms.assessments.bank.sheets.sheet import Document, Rows, Sheet, lines, lines_of, said, text_of

ROWS: tuple[Rows, ...] = (Rows("zones", ("name", "at", "shape", "label", "why"), most=12, fresh=2),)


def show(document: Document) -> Sheet:
    """Places as rows, the other labels one a line."""
    return {
        "picture": said(document.get("picture")),
        "shows": said(document.get("shows")),
        "zones": regions.shown(document, ROWS[0]),
        "extra": lines(document.get("extra") or ()),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Places without the empty rows."""
    return [
        ("picture", text_of(sheet, "picture", base)),
        ("shows", text_of(sheet, "shows", base)),
        ("zones", regions.written(sheet, base, ROWS[0])),
        ("extra", lines_of(sheet, "extra", base)),
    ]
