"""Questions as sheets to fill in, one module a kind: document → sheet → document is the same document."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.bank.sheets import (
    cloze,
    common,
    dictation,
    extended,
    hotspot,
    labels,
    matching,
    matrix,
    multiple,
    numeric,
    ordering,
    short,
    simulation,
    single,
    sjt,
    spreadsheet,
    triage,
    truefalse,
    typed_copy,
    upload,
)
from lms.assessments.bank.sheets.cloze import with_every_gap
from lms.assessments.bank.sheets.sheet import ABSENT, Document, Kind, Rows, Sheet, arrange, filled, tidy
from lms.foundation.numbers import whole_number

SHEETS: Mapping[str, Kind] = {
    "single": single,
    "multiple": multiple,
    "truefalse": truefalse,
    "numeric": numeric,
    "short": short,
    "matching": matching,
    "ordering": ordering,
    "cloze": cloze,
    "simulation": simulation,
    "triage": triage,
    "matrix": matrix,
    "sjt": sjt,
    "spreadsheet": spreadsheet,
    "typing": typed_copy,
    "extended": extended,
    "dictation": dictation,
    "hotspot": hotspot,
    "labels": labels,
    "upload": upload,
}

__all__ = ["SHEETS", "Rows", "Sheet", "arranged", "place", "rows_of", "show", "with_every_gap", "write"]


def show(document: Document) -> Sheet:
    """The sheet of a document. Raises KeyError when there is no such kind."""
    return {**common.show(document), **SHEETS[str(document.get("kind"))].show(document)}


def write(kind: str, sheet: Sheet, base: Document) -> dict[str, Any]:
    """The document of a sheet, made on the one it was shown from: names keep their order, unknown ones stay."""
    own = SHEETS[kind].write(sheet, base)
    stem = tidy(sheet.get("stem"))
    same = "stem" in base and stem == tidy(base["stem"])
    found: dict[str, Any] = {**base, "kind": kind}
    for name, value in (
        ("stem", base["stem"] if same else stem or ABSENT),
        *own,
        *common.write(sheet, base),
    ):
        if value is ABSENT:
            found.pop(name, None)
        else:
            found[name] = value
    return found


def rows_of(kind: str) -> tuple[Rows, ...]:
    """The lists of a kind's sheet."""
    return SHEETS[kind].ROWS


def arranged(kind: str, sheet: Sheet, act: str) -> tuple[Sheet, str]:
    """The sheet after a button of a row, and the field to go on in; see `arrange`."""
    if kind == "simulation" and (found := simulation.arranged(sheet, act)) is not None:
        return found
    return arrange(rows_of(kind), sheet, act)


def place(kind: str, sheet: Sheet, where: str) -> str:
    """The field of a sheet's form that a dotted path of the document stands in; empty when there is none."""
    name, *rest = where.split(".")
    if kind == "truefalse" and name == "why":
        return "why_false" if rest == ["false"] else "why_true"
    if kind == "simulation" and (found := simulation.place(sheet, where)) is not None:
        return found
    name = "keep_order" if name == "shuffle" else name
    rows = next((one for one in rows_of(kind) if one.name == name), None)
    if rows is None or not rest:
        return name
    there = filled(sheet, rows)
    if rows.by:
        at = next((one for one in there if tidy(sheet[name][one].get(rows.by)) == rest[0]), None)
    else:
        number = whole_number(rest[0], len(there), digits=3)
        at = there[number] if number < len(there) else None
    if at is None:
        return name
    field = {"answer": "right", "accepted": "right"}.get(rest[1], rest[1]) if len(rest) > 1 else ""
    if field not in rows.fields:
        field = next(one for one in rows.fields if one != rows.by)
    return f"{name}-{at}-{field}"
