"""The sheet of an extended text: what a marker looks for, and how long it should be."""

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
    tidy,
)

ROWS: tuple[Rows, ...] = (Rows("rubric", ("key", "text", "points", "anchors"), most=12, fresh=0),)


def show(document: Document) -> Sheet:
    """One thing a line, the rubric as rows with the anchors one a line."""
    return {
        "rubric": [_shown(row) for row in rows_in(document, "rubric")],
        "look_for": lines(document.get("look_for") or ()),
        "least": said(document.get("least")),
        "most": said(document.get("most")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Numbers as numbers."""
    bounds = [(name, tidy(sheet.get(name))) for name in ("least", "most")]
    return [
        ("look_for", lines_of(sheet, "look_for", base)),
        ("rubric", _rubric(sheet, base)),
        *((name, number_like(typed, base.get(name)) if typed else ABSENT) for name, typed in bounds),
    ]


def _shown(row: Row) -> dict[str, str]:
    texts = {name: said(row.get(name)) for name in ("key", "text", "points")}
    return {**texts, "anchors": lines(row.get("anchors") or ())}


def _rubric(sheet: Sheet, base: Document) -> Any:
    """The lines that have something in them; as they were when nobody touched them."""
    rows = ROWS[0]
    if as_shown(sheet, show(base), rows.name):
        return base[rows.name]
    known = rows_in(base, rows.name)
    found = []
    for number, at in enumerate(filled(sheet, rows)):
        row = sheet[rows.name][at]
        near = [*known[number : number + 1], *known]
        line = row_like(row, ("key", "text", "points"), near, numbers=("points",))
        anchors = lines_of(row, "anchors", near[0] if near else {})
        found.append(line if anchors is ABSENT else {**line, "anchors": anchors})
    return found or (base[rows.name] if rows.name in base and not base[rows.name] else ABSENT)
