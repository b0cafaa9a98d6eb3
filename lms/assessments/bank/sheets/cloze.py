"""The sheet of a text with gaps: the text, and for each gap what is right, what can be chosen, and why."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    filled,
    free_name,
    like,
    lines,
    lines_of,
    said,
    text_of,
    tidy,
)
from lms.assessments.kinds.cloze import GAP

ROWS: tuple[Rows, ...] = (Rows("gaps", ("key", "right", "options", "why"), most=12, fresh=0, by="key"),)


def show(document: Document) -> Sheet:
    """Gaps as rows, in the order of the text where the text has them."""
    return {
        "text": said(document.get("text")),
        "gaps": [
            {
                "key": said(key),
                "right": lines(gap.get("accepted") or ([gap["answer"]] if "answer" in gap else [])),
                "options": lines(gap.get("options") or ()),
                "why": said(gap.get("why")),
            }
            for key, gap in _gaps(document).items()
            if isinstance(gap, Mapping)
        ],
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Gaps by their names; a chosen one with a single right option says it as its answer."""
    gaps: dict[Any, Any] = {}
    for at in filled(sheet, ROWS[0]):
        row = sheet["gaps"][at]
        key = free_name(tidy(row.get("key")) or "gap", gaps)
        was = _gaps(base).get(key)
        gaps[key] = _gap(row, was if isinstance(was, Mapping) else {})
    return [("text", text_of(sheet, "text", base)), ("gaps", gaps or ABSENT)]


def _gap(row: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    accepted = lines_of({"accepted": row.get("right")}, "accepted", was)
    options = lines_of(dict(row), "options", was)
    typed = tidy(row.get("why"))
    said_as_answer = options is not ABSENT and "accepted" not in was
    if said_as_answer and accepted is not ABSENT and len(accepted) == 1:
        found = {"options": options, "answer": like(accepted[0], was.get("answer"))}
    else:
        found = {"accepted": accepted, "options": options}
    found["why"] = like(typed, was.get("why")) if typed else ABSENT
    return {name: value for name, value in found.items() if value is not ABSENT}


def _gaps(document: Document) -> Mapping[Any, Any]:
    value = document.get("gaps")
    return value if isinstance(value, Mapping) else {}


def with_every_gap(sheet: Sheet) -> Sheet:
    """The sheet with a row for each gap of the text that has none yet."""
    there = {tidy(row.get("key")) for row in sheet.get("gaps") or ()}
    missing = [key for key in dict.fromkeys(GAP.findall(tidy(sheet.get("text")))) if key not in there]
    fresh = [{"key": key, "right": "", "options": "", "why": ""} for key in missing]
    return {**sheet, "gaps": [*(sheet.get("gaps") or ()), *fresh]}
