"""Files that are no response matrices: ratings, Angoff judgements, scores with grades, plain scores."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lms.assessments.statistics.files import (
    MISSING,
    NUMBERINGS,
    Table,
    are_distinct,
    is_called,
    missing_in,
    number,
    numbers,
    read_table,
    words_of,
)
from lms.foundation.errors import Invalid

UNITS = frozenset(
    (
        "unit", "subject", "target", "contact", "item", "question", "case", "call", "person", "id", "object", "row",
        "patient", "participant", "candidate", "student", "essay", "video",
    )
)  # fmt: skip
SELDOM_RATERS = frozenset(
    (
        "agent", "applicant", "article", "chat", "child", "clip", "conversation", "document", "email", "employee",
        "evaluation", "event", "film", "image", "interaction", "learner", "movie", "observation", "picture", "recording",
        "record", "respondent", "sample", "segment", "sentence", "session", "slide", "specimen", "text", "ticket",
        "trainee", "wine",
    )
)  # fmt: skip
"""What may be rated, or may have rated itself: a column of labels when no two rows say the same in it."""
RATERS = frozenset(
    ("rater", "judge", "coder", "observer", "assessor", "evaluator", "annotator", "panellist", "panelist")
)
SELDOM_ITEMS = frozenset(("expert", "member", "sme", "specialist", "teacher"))
VALUES = frozenset(("value", "rating", "score", "code", "mark", "grade", "category"))
FEWEST_COUNTED = 5
"""Rows from which on a first column that counts them is no rating."""
SCORES = ("score", "total", "mark", "points")
GRADES = ("global", "grade", "rating", "judgement", "judgment", "grs")

Value = float | str


@dataclass(frozen=True)
class Ratings:
    """One row a unit, a column a rater; None where a rater gave nothing."""

    raters: tuple[str, ...]
    units: Sequence[Sequence[Value | None]]

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers."""
        return all(not isinstance(value, str) for unit in self.units for value in unit)


def read_ratings(text: str, *, rows: str | None = None) -> Ratings:
    """Ratings in one of three forms, told apart by the names of the columns.

    Long: columns such as contact, rater, value. Wide: one row a unit and a column a rater, the first column a label when
    it is named contact, unit, `Call ID`, … or is plainly of labels. Turned: one row a rater, when the first column is named
    rater, judge, … or `rows` is "raters". Raises Invalid.
    """
    return _ratings_in(read_table(text), rows)


def _ratings_in(table: Table, rows: str | None) -> Ratings:
    places = _long_places(table)
    if places and rows is None:
        return _long(table, *places)
    if rows is None and _may_be_turned(table):
        raise Invalid(
            "It is not clear whether a row is what was rated or who rated. Say --rows units or --rows raters."
        )
    turned = rows == "raters" or (rows is None and is_called(table.names[0], RATERS))
    labelled = _is_labelled(table, turned=turned)
    cells = [row[1:] if labelled else row for row in table.rows]
    if turned:
        labels = (
            [row[0] for row in table.rows] if labelled else [f"rater {at}" for at in range(1, len(cells) + 1)]
        )
        return Ratings(tuple(labels), _values([list(column) for column in zip(*cells, strict=True)]))
    return Ratings(table.names[1:] if labelled else table.names, _values(cells))


def _long_places(table: Table) -> tuple[int, int, int] | None:
    """Where the unit, the rater and the value stand when there is one column of each, else None.

    Of three columns two need to be known by their names; the third is the value only where units come again and again.
    """
    every = range(len(table.names))
    raters, values, units = (
        [at for at in every if is_called(table.names[at], things)]
        for things in (RATERS, VALUES, UNITS | SELDOM_RATERS)
    )
    if len(raters) != 1:
        return None
    if len(table.names) == 3 and len(values) == 1:
        units = [at for at in every if at not in (raters[0], values[0])]
    elif len(table.names) == 3 and len(units) == 1 and not are_distinct(row[units[0]] for row in table.rows):
        values = [at for at in every if at not in (raters[0], units[0])]
    return (units[0], raters[0], values[0]) if len(units) == len(values) == 1 else None


def _may_be_turned(table: Table) -> bool:
    """Whether a few named rows stand beside more columns that are only counted: then rows may well be of raters."""
    counted = [str(at) for at in range(1, len(table.names))]
    return table.names[0] == "" and list(table.names[1:]) == counted and len(table.rows) < len(counted)


def _is_labelled(table: Table, *, turned: bool) -> bool:
    """Whether the first column names units (or raters, in a turned table) and is no rating."""
    if len(table.names) <= (1 if turned else 2):
        return False
    name, first = table.names[0], [row[0] for row in table.rows]
    surely, perhaps = (RATERS, SELDOM_ITEMS) if turned else (UNITS, SELDOM_RATERS)
    if name == "" or name.lower() == "id" or is_called(name, surely):
        return True
    words = set(words_of(name))
    if are_distinct(first) and (is_called(name, perhaps) or (words and words <= NUMBERINGS) or name == "#"):
        return True
    return _is_label(table, first)


def _is_label(table: Table, first: Sequence[str]) -> bool:
    """Whether the first column is text and all others are numbers or blank; or, from five rows on, no two rows say the same
    in it and no other column says any of it: other words, or whole numbers that count up or are ten times as large."""
    others = [cell for row in table.rows for cell in row[1:]]
    mine, theirs = _numbers_of(first), _numbers_of(others)
    if mine is None and theirs is not None:
        return True
    if len(first) < FEWEST_COUNTED or not are_distinct(first):
        return False
    if mine is None or theirs is None:
        return mine is None and not set(first) & set(others)
    patterns = {re.sub(r"(?<![A-Za-z])[A-Za-z]$|\d+$", "", name.lower()) for name in table.names[:2]}
    if len(patterns) < 2 or len(mine) < len(first) or any(value != int(value) for value in mine):
        return False  # headed as the others are (A, B; rater1, rater2)
    largest = max(map(abs, theirs), default=0.0)
    counts = mine == [mine[0] + at for at in range(len(mine))]
    return (counts and (mine[0] in (0, 1) or mine[0] > largest)) or min(mine) >= 10 * max(largest, 1.0)


def _numbers_of(cells: Sequence[str]) -> list[float] | None:
    """What is not blank, as numbers; None when some is none."""
    try:
        return [one for one in _values_of(cells) if one is not None]
    except ValueError:
        return None


def _values_of(cells: Sequence[str]) -> list[float | None]:
    return [None if cell.lower() in MISSING else number(cell) for cell in cells]


def _long(table: Table, unit: int, rater: int, value: int) -> Ratings:
    raters = list(dict.fromkeys(row[rater] for row in table.rows))
    units = list(dict.fromkeys(row[unit] for row in table.rows))
    cells: dict[tuple[str, str], str] = {}
    for row in table.rows:
        place = (row[unit], row[rater])
        if place in cells:
            raise Invalid("%(rater)s rated %(unit)s twice.", rater=row[rater], unit=row[unit])
        cells[place] = row[value]
    return Ratings(tuple(raters), _values([[cells.get((one, two), "") for two in raters] for one in units]))


def _values(rows: Sequence[Sequence[str]]) -> list[list[Value | None]]:
    """All as numbers when every cell is one; else all as text."""
    try:
        return [list(_values_of(row)) for row in rows]
    except ValueError:
        missing = missing_in({cell for row in rows for cell in row})
        return [[None if cell.lower() in missing else cell for cell in row] for row in rows]


def is_square(text: str) -> bool:
    """Whether a file is plainly a table of counts: its rows are called what its columns are called, in the same order."""
    table = read_table(text)
    return len(table.names) > 2 and [row[0] for row in table.rows] == list(table.names[1:])


def read_square(text: str) -> tuple[tuple[str, ...], list[list[float]]]:
    """A square table of counts or shares, a first column of labels or none. Raises Invalid."""
    table = read_table(text)
    names, rows = table.names, [list(row) for row in table.rows]
    if len(names) == len(rows) + 1:
        names, rows = names[1:], [row[1:] for row in rows]
    if len(names) != len(rows):
        raise Invalid("The table must be square: as many rows as columns.")
    cells = [numbers([row[at] for row in rows], name) for at, name in enumerate(names)]
    return names, [[cell or 0.0 for cell in row] for row in zip(*cells, strict=True)]


def read_judgements(text: str) -> tuple[tuple[str, ...], list[list[float]], str]:
    """Angoff ratings as `ratings[judge][item]`, with the items' names and whether they were shares or percents.

    One row a judge and a column an item; or one row an item, when the first column is named item or question; or long,
    with columns judge, item and rating. Numbers over 1 are percents. Raises Invalid, also for a blank or a mixture.
    """
    table = read_table(text)
    lower = [name.lower() for name in table.names]
    places = _long_places(table)
    by_item = is_called(table.names[0], ("item", "question")) and not any(name in RATERS for name in lower)
    ratings = _ratings_in(table, None if by_item or places else "raters")
    if places:
        items = tuple(dict.fromkeys(row[places[0]] for row in table.rows))
    elif by_item:
        items = tuple(row[0] for row in table.rows)
    else:
        items = table.names[1:] if _is_labelled(table, turned=True) else table.names
    judged: list[list[float]] = []
    for rater, column in zip(ratings.raters, zip(*ratings.units, strict=True), strict=True):
        row = []
        for item, value in zip(items, column, strict=True):
            if value is None:
                raise Invalid("%(judge)s has no rating for %(item)s.", judge=rater, item=item)
            if isinstance(value, str):
                raise Invalid(
                    "%(judge)s, %(item)s: “%(value)s” is not a number.",
                    judge=rater,
                    item=item,
                    value=value[:40],
                )
            row.append(value)
        judged.append(row)
    highest = max(max(row) for row in judged)
    part = next((value for row in judged for value in row if 0 < value < 1), None)
    if part is not None and highest > 1:
        raise Invalid(
            "Some ratings are shares, such as %(share)s, and some are over 1, such as %(other)s. Give all as shares or all "
            "as percents, and name a column of labels judge or item.",
            share=f"{part:g}",
            other=f"{highest:g}",
        )
    if 1 < highest <= 100:
        return items, [[value / 100 for value in row] for row in judged], "percent"
    return items, judged, "share"


def read_graded(text: str) -> tuple[list[float], list[str]]:
    """Scores and global grades, from the columns so named, or from the first and the second of two.

    Rows without both are left out. Raises Invalid.
    """
    table = read_table(text)
    lower = [name.lower() for name in table.names]
    grade = _named(lower, GRADES, ())
    score = _named(lower, (*SCORES, "checklist"), (grade,))
    if score is None:
        score = _named([" ".join(reversed(words_of(name))) for name in table.names], SCORES, (grade,))
    if score is None or grade is None:
        if len(lower) != 2:
            raise Invalid("The file needs a column named score and one named grade.")
        score, grade = 0, 1
    scores = numbers([row[score] for row in table.rows], table.names[score])
    grades = [row[grade] for row in table.rows]
    pairs = [
        (one, other)
        for one, other in zip(scores, grades, strict=True)
        if one is not None and other.lower() not in MISSING
    ]
    if not pairs:
        raise Invalid("Nobody has both a score and a grade.")
    return [one for one, _other in pairs], [other for _one, other in pairs]


def _named(lower: Sequence[str], names: Sequence[str], taken: Sequence[int | None]) -> int | None:
    """The column that is called one of the names, or else the only one that begins with one."""
    for exact in (True, False):
        places = [
            at
            for at, column in enumerate(lower)
            if at not in taken and any(column == name if exact else column.startswith(name) for name in names)
        ]
        if len(places) == 1:
            return places[0]
    return None


def read_scores(text: str, skip: Sequence[str] = ()) -> list[float] | None:
    """The column named score or total, or the only column when it is not 0/1; None when the file is a matrix."""
    table = read_table(text)
    kept = [at for at, name in enumerate(table.names) if name not in skip]
    lower = [table.names[at].lower() for at in kept]
    place = _named(lower, SCORES, ()) if len(lower) <= 3 else None
    if place is None:
        if len(lower) != 1 or all(row[kept[0]].lower() in ("0", "1", *MISSING) for row in table.rows):
            return None
        place = 0
    cells = [row[kept[place]] for row in table.rows]
    return [one for one in numbers(cells, table.names[kept[place]]) if one is not None]
