"""The sheet of a number: parameters, the answer, what is near enough, units, known mistakes."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from lms.assessments.bank.sheets.sheet import (
    ABSENT,
    Document,
    Rows,
    Sheet,
    filled,
    free_name,
    number_like,
    row_like,
    rows_in,
    rows_written,
    said,
    text_of,
    tidy,
)

ROWS: tuple[Rows, ...] = (
    Rows("parameters", ("name", "from", "to", "step"), most=12, fresh=0, by="name"),
    Rows("mistakes", ("value", "why"), most=10, fresh=0),
    Rows("units", ("name", "factor"), most=6, fresh=0, by="name"),
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def show(document: Document) -> Sheet:
    """Numbers and expressions as they are written."""
    return {
        "parameters": [
            {"name": said(name), **{part: said(span.get(part)) for part in ("from", "to", "step")}}
            for name, span in _named(document, "parameters").items()
            if isinstance(span, Mapping)
        ],
        "units": [
            {"name": said(name), "factor": said(factor)} for name, factor in _named(document, "units").items()
        ],
        "mistakes": [
            {"value": said(row.get("value", row.get("text"))), "why": said(row.get("why"))}
            for row in rows_in(document, "mistakes")
        ],
        **{name: said(document.get(name)) for name in ("require", "answer", "tolerance", "decimals")},
        **{name: said(document.get(name)) for name in ("unit", "solution")},
    }


def write(sheet: Sheet, base: Document) -> list[tuple[str, Any]]:
    """Parameters and units by name; numbers as numbers, everything else as the text it is."""
    known = [span for span in _named(base, "parameters").values() if isinstance(span, Mapping)]
    parameters: dict[Any, Any] = {}
    for at in filled(sheet, ROWS[0]):
        row = sheet["parameters"][at]
        name = free_name(tidy(row.get("name")) or _letter(parameters), parameters)
        was = _named(base, "parameters").get(name)
        near = [was, *known] if isinstance(was, Mapping) else known
        parameters[name] = row_like(row, ROWS[0].fields[1:], near, numbers=ROWS[0].fields[1:])
    units: dict[Any, Any] = {}
    for at in filled(sheet, ROWS[2]):
        row = sheet["units"][at]
        name = free_name(tidy(row.get("name")) or _letter(units), units)
        units[name] = number_like(tidy(row.get("factor")), _named(base, "units").get(name))
    mistakes = rows_written(sheet, ROWS[1], base, ROWS[1].fields, numbers=("value",))
    return [
        ("parameters", _or_as_it_was(parameters, "parameters", base)),
        ("require", text_of(sheet, "require", base)),
        ("answer", _number(sheet, "answer", base)),
        ("tolerance", _number(sheet, "tolerance", base)),
        ("decimals", _number(sheet, "decimals", base)),
        ("unit", text_of(sheet, "unit", base)),
        ("units", _or_as_it_was(units, "units", base)),
        ("solution", text_of(sheet, "solution", base)),
        ("mistakes", _or_as_it_was(mistakes, "mistakes", base)),
    ]


def _named(document: Document, name: str) -> Mapping[Any, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _number(sheet: Sheet, name: str, base: Document) -> Any:
    typed = tidy(sheet.get(name))
    return number_like(typed, base.get(name)) if typed else ABSENT


def _or_as_it_was(value: Any, name: str, base: Document) -> Any:
    """The value; when it is empty, the empty value the document had, or none."""
    return value or (base[name] if name in base and not base[name] else ABSENT)


def _letter(taken: Mapping[Any, Any]) -> str:
    """A name for a row that has none."""
    return next(one for one in chain(LETTERS, map(str, range(1000))) if one not in taken)
