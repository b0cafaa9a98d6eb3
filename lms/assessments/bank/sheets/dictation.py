"""The sheet of a dictation: the recording, what is said, other ways to write parts of it."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Row,
    Rows,
    Sheet,
    as_shown,
    filled,
    lines,
    lines_of,
    number_like,
    row_like,
    rows_in,
    said,
    text_of,
    tidy,
)

ROWS: tuple[Rows, ...] = (Rows("variants", ("text", "also"), most=30, fresh=1),)


def show(document: Document) -> Sheet:
    """Texts, and variants as rows with the other ways one a line."""
    return {
        "sound": said(document.get("sound")),
        "text": said(document.get("text")),
        "plays": said(document.get("plays")),
        "variants": [_shown(row) for row in rows_in(document, "variants")],
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Variants without the empty rows."""
    plays = tidy(sheet.get("plays"))
    return [
        ("sound", text_of(sheet, "sound", base)),
        ("text", text_of(sheet, "text", base)),
        ("plays", number_like(plays, base.get("plays")) if plays else ABSENT),
        ("variants", _variants(sheet, base)),
    ]


def _shown(row: Row) -> dict[str, str]:
    return {"text": said(row.get("text")), "also": lines(row.get("also") or ())}


def _variants(sheet: Sheet, base: Document) -> Any:
    """The rows that have something in them; as they were when nobody touched them."""
    rows = ROWS[0]
    if as_shown(sheet, show(base), rows.name):
        return base[rows.name]
    known = rows_in(base, rows.name)
    found = []
    for number, at in enumerate(filled(sheet, rows)):
        was = known[number] if number < len(known) else {}
        row = row_like(sheet[rows.name][at], ("text",), [was, *known])
        also = lines_of(sheet[rows.name][at], "also", was)
        found.append(row if also is ABSENT else {**row, "also": also})
    return found or ABSENT
