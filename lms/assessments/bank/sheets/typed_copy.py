"""The sheet of a typing test: the text to copy, the goal, the lowest accuracy."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    number_like,
    percent,
    said,
    share_of,
    text_of,
    tidy,
)

ROWS: tuple[Rows, ...] = ()


def show(document: Document) -> Sheet:
    """Texts."""
    return {
        "text": said(document.get("text")),
        "goal": said(document.get("goal")),
        "accuracy": percent(document.get("accuracy")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Numbers as numbers."""
    goal = tidy(sheet.get("goal"))
    return [
        ("text", text_of(sheet, "text", base)),
        ("goal", number_like(goal, base.get("goal")) if goal else ABSENT),
        ("accuracy", share_of(sheet, "accuracy", base)),
    ]
