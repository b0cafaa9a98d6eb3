"""The sheet of a statement that is true or false: which, and what to tell a person who chose either."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.bank.sheets.sheet import ABSENT, Document, Rows, Sheet, like, said, tidy

ROWS: tuple[Rows, ...] = ()


def show(document: Document) -> Sheet:
    """The answer and both explanations."""
    why = _why(document)
    return {
        "answer": said(document.get("answer")),
        "why_true": said(why.get("true")),
        "why_false": said(why.get("false")),
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """The answer as true or false, and the explanations under the same two."""
    was = _why(base)
    written = base.get("why")
    names = {said(name).lower(): name for name in written} if isinstance(written, Mapping) else {}
    why = {
        names.get(said(right), right): like(typed, was.get(said(right)))
        for right in (True, False)
        if (typed := tidy(sheet.get(f"why_{said(right)}")))
    }
    typed = tidy(sheet.get("answer"))
    return [("answer", {"true": True, "false": False}.get(typed, typed or ABSENT)), ("why", why or ABSENT)]


def _why(document: Document) -> Mapping[str, Any]:
    """The explanations by `true` and `false`, however the two words were written."""
    why = document.get("why")
    return {said(name).lower(): text for name, text in why.items()} if isinstance(why, Mapping) else {}
