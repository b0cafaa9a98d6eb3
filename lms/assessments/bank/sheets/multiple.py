"""The sheet of a multiple response: options, one or more of them right, and how it is marked."""

from typing import Any

from lms.assessments.bank.sheets import single
from lms.assessments.bank.sheets.sheet import ABSENT, Document, Rows, Sheet, said, tidy

ROWS: tuple[Rows, ...] = single.ROWS


def show(document: Document) -> Sheet:
    """Options, their order, the marking."""
    return {**single.show(document), "marking": said(document.get("marking", "all"))}


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Options and marking; what stands anyway is left out."""
    return [*single.write(sheet, base), ("marking", marking(sheet, base))]


def marking(sheet: Sheet, base: Document) -> Any:
    """How it is marked, when that is not the usual way or was said before."""
    typed = tidy(sheet.get("marking")) or "all"
    return ABSENT if typed == "all" and "marking" not in base else typed
