"""A spreadsheet: a table with cells to fill in, each checked by its number and tolerance. No formula is run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds import numeric
from lms.assessments.kinds.contract import Json, Mark, Notes, Part, Raw, is_number, one, refs

NAME = "spreadsheet"
CELL = re.compile(r"\[\[([a-z0-9-]+)\]\]")
_BARE = numeric.read({"key": "cell", "kind": "numeric", "stem": "A cell.", "answer": 0})
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20, 8, 20


@dataclass(frozen=True)
class Cell:
    """A cell to fill in: where it stands (`B3`), its number, by how much it may be off, why."""

    place: str
    answer: float
    tolerance: float
    why: str


@dataclass(frozen=True)
class Question:
    """A table of texts and cells."""

    stem: str
    table: tuple[tuple[str | Cell, ...], ...]
    explanation: str

    @property
    def cells(self) -> list[Cell]:
        """The cells to fill in, row by row."""
        return [cell for row in self.table for cell in row if isinstance(cell, Cell)]


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("table", "cells"))
    text = notes.need("table", str, "Write the table, one row a line, with | between the columns.")
    cells = notes.need("cells", dict, "Describe every cell to fill in under “cells”.")
    rows = [[part.strip() for part in line.split("|")] for line in str(text or "").strip().splitlines()]
    named = [key for row in rows for part in row if (found := CELL.fullmatch(part)) for key in found.groups()]
    if isinstance(text, str) and not (
        2 <= len(rows) <= MOST_ROWS
        and 2 <= len(rows[0]) <= MOST_COLUMNS
        and all(len(row) == len(rows[0]) for row in rows)
    ):
        notes.add(
            "table",
            f"A table has 2 to {MOST_ROWS} rows of the same 2 to {MOST_COLUMNS} columns, the first its heads.",
        )
    if isinstance(text, str) and not (1 <= len(named) <= MOST_CELLS and len(set(named)) == len(named)):
        notes.add("table", f"Put 1 to {MOST_CELLS} different cells to fill in into the table: [[total]].")
    known = cells if isinstance(cells, dict) else {}
    for key in set(known) - set(named):
        notes.add(f"cells.{key}", f"The table has no cell [[{key}]].")
    for key in named:
        _check_cell(notes, key, known.get(key))
    notes.close()
    return Question(
        document["stem"],
        tuple(
            tuple(
                _cell(refs(range(26))[across].upper() + str(down), known[found[1]])
                if (found := CELL.fullmatch(part))
                else part
                for across, part in enumerate(row)
            )
            for down, row in enumerate(rows, start=1)
        ),
        document.get("explanation", ""),
    )


def _check_cell(notes: Notes, key: str, entry: object) -> None:
    where = f"cells.{key}"
    if not isinstance(entry, Mapping):
        notes.add(where, f"Say what is right in the cell [[{key}]].")
        return
    notes.only(where, entry, ("answer", "tolerance", "why"))
    notes.why(where, entry)
    if not is_number(entry.get("answer")):
        notes.add(f"{where}.answer", "The answer is a number.")
    if not (is_number(entry.get("tolerance", 0)) and entry.get("tolerance", 0) >= 0):
        notes.add(f"{where}.tolerance", "The tolerance is a number of 0 or more.")


def _cell(place: str, entry: Mapping[str, Any]) -> Cell:
    return Cell(place, entry["answer"], entry.get("tolerance", 0), str(entry.get("why", "")))


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: Question, variant: Json) -> Json:
    """The table; a cell to fill in is known by its place."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "table": [
            [{"cell": one.place} if isinstance(one, Cell) else {"text": one} for one in row]
            for row in question.table
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """What stands in some or all cells, from fields `answer-B3` …"""
    filled = {cell.place: value for cell in question.cells if (value := one(raw, f"answer-{cell.place}"))}
    for typed in filled.values():
        numeric.number_in(typed, _BARE)
    return {"cells": filled} if filled else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The share of cells that are right."""
    if not given:
        return Mark(0.0)
    parts = []
    for cell in question.cells:
        typed = given["cells"].get(cell.place)
        value = numeric.number_in(typed, _BARE) if typed else None
        near = value is not None and abs(value - cell.answer) <= cell.tolerance + 1e-9 * max(
            1.0, abs(cell.answer)
        )
        parts.append(Part(cell.place, near, cell.why, about=cell.place))
    return Mark(sum(part.right for part in parts) / len(parts), tuple(parts))


def answer(question: Question, variant: Json) -> Json:
    """The number of each cell."""
    return {
        "cells": {cell.place: f"{cell.answer:.10g}" for cell in question.cells},
        "right": [f"{cell.place}: {cell.answer:.10g}" for cell in question.cells],
        "why": {cell.place: cell.why for cell in question.cells},
        "explanation": question.explanation,
    }
