"""The sheet of a spreadsheet: the table as text, and each cell to fill in."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    filled,
    free_name,
    row_like,
    said,
    text_of,
    tidy,
)

ROWS: tuple[Rows, ...] = (Rows("cells", ("key", "answer", "tolerance", "why"), most=20, fresh=1, by="key"),)


def show(document: Document) -> Sheet:
    """Cells as rows, by their names."""
    return {
        "table": said(document.get("table")),
        "cells": [
            {name: said(cell.get(name)) for name in ROWS[0].fields} | {"key": said(key)}
            for key, cell in _cells(document).items()
            if isinstance(cell, Mapping)
        ],
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Cells by their names."""
    cells: dict[str, Any] = {}
    for at in filled(sheet, ROWS[0]):
        row = sheet["cells"][at]
        key = free_name(tidy(row.get("key")) or "cell", cells)
        was = _cells(base).get(key)
        known = [was] if isinstance(was, Mapping) else []
        cells[key] = row_like(row, ROWS[0].fields[1:], known, numbers=("answer", "tolerance"))
    return [("table", text_of(sheet, "table", base)), ("cells", cells or ABSENT)]


def _cells(document: Document) -> Mapping[Any, Any]:
    value = document.get("cells")
    return value if isinstance(value, Mapping) else {}
