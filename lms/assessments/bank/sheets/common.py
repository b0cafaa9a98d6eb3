"""What every question has, whatever its kind."""

from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Sheet,
    like,
    number_like,
    percent,
    said,
    share_of,
    text_of,
    tick_of,
    tidy,
)


def show(document: Document) -> Sheet:
    """The common part of a document, as texts and ticks."""
    tags = document.get("tags")
    return {
        "stem": said(document.get("stem")),
        "objective": said(document.get("objective")),
        "competency": said(document.get("competency")),
        "level": said(document.get("level")),
        "thinking": said(document.get("thinking")),
        "difficulty": percent(document.get("difficulty")),
        "critical": document.get("critical") is True,
        "tags": _joined(tags),
        "explanation": said(document.get("explanation")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """The same part as names and values."""
    level = tidy(sheet.get("level"))
    return [
        ("objective", text_of(sheet, "objective", base)),
        ("competency", text_of(sheet, "competency", base)),
        ("level", number_like(level, base.get("level")) if level else ABSENT),
        ("thinking", text_of(sheet, "thinking", base)),
        ("difficulty", share_of(sheet, "difficulty", base)),
        ("critical", tick_of(sheet, "critical", base)),
        ("tags", _tags(sheet, base)),
        ("explanation", text_of(sheet, "explanation", base)),
    ]


def _joined(tags: object) -> str:
    return ", ".join(said(tag) for tag in tags) if isinstance(tags, list) else said(tags)


def _tags(sheet: Sheet, base: Document) -> Any:
    typed = tidy(sheet.get("tags"))
    known = base.get("tags")
    if "tags" in base and typed == tidy(_joined(known)):
        return known
    values = known if isinstance(known, list) else []
    words = [" ".join(one.split()) for one in typed.split(",")]
    return [like(one, *values) for one in dict.fromkeys(words) if one] or ABSENT
