"""Response files: one row a person, a header that names the items, 0/1 or option letters with a key, blank = missing."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lms.assessments.statistics.files import (
    DASHES,
    MISSING,
    NUMBERINGS,
    are_distinct,
    is_called,
    missing_in,
    read_table,
    words_of,
)
from lms.foundation.errors import Invalid

_MARKS: Mapping[str, int | None] = {
    **dict.fromkeys(("0", "false", "f", "no", "n", "wrong", "incorrect"), 0),
    **dict.fromkeys(("1", "true", "t", "yes", "y", "sí", "si", "right", "correct"), 1),
    **dict.fromkeys(MISSING),
}
_SIGNS: Mapping[str, int | None] = {**_MARKS, "+": 1, **dict.fromkeys(DASHES, 0)}
"""Where right is a plus, a dash is a minus, and wrong."""
_FEWEST_LABELS = 10
"""Rows from which on a first column that never says the same twice is of labels: an answer has few values."""
_LABELS = frozenset(
    (
        "",
        "id",
        "ids",
        "row",
        "rowname",
        "rownames",
        "person",
        "personid",
        "name",
        "student",
        "studentid",
        "subject",
        "subjectid",
        "case",
        "caseid",
        "respondent",
        "participant",
        "examinee",
        "candidate",
        "learner",
        "pid",
        "sid",
    )
)
_FREQUENCIES = frozenset(("freq", "frequency", "count", "counts"))
MOST_PEOPLE = 1_000_000
_PEOPLE = _LABELS - {""} | {
    "agent", "applicant", "email", "emp", "employee", "login", "nombre", "staff", "trainee", "user", "username", "worker",
}  # fmt: skip
_HEADS = frozenset(("key", "answer", "answers", "right", "correct", "option"))
"""What may stand over a column of right options."""

Mark = int | None
"""1 right, 0 wrong, None not answered."""


@dataclass(frozen=True)
class Responses:
    """A scored matrix: `marks[person][item]`. `chosen` holds the options as given, when there is a key."""

    items: tuple[str, ...]
    marks: Sequence[Sequence[Mark]]
    key: tuple[str, ...] = ()
    chosen: Sequence[Sequence[str | None]] = ()
    apart: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Columns that are no items, by name: a group."""

    def columns(self) -> list[list[Mark]]:
        """The marks of each item, in order of persons."""
        return (
            [list(column) for column in zip(*self.marks, strict=True)]
            if self.marks
            else [[] for _ in self.items]
        )


def read_responses(text: str, *, key: str | None = None, apart: Collection[str] = ()) -> Responses:
    """Read a response file; `apart` names columns that are no items.

    `key` is one option an item, in order: `ABCD`, `A,B,C,D`, or lines of `item,option`. A column of labels (no name, or
    named id, person, `Agent ID`, …) is left out. A last column named freq or count says how many people a row stands
    for. Raises Invalid with every kind of problem at once.
    """
    table = read_table(text)
    columns: dict[str, list[str]] = {
        name: [row[at] for row in table.rows] for at, name in enumerate(table.names)
    }
    for name in apart:
        table.column(name)
    others = {name: columns.pop(name) for name in dict.fromkeys(apart)}
    for at, name in enumerate(list(columns)):
        if _is_label(name, columns[name], first=at == 0):
            del columns[name]
    if not columns:
        raise Invalid("The file has no column of answers.")
    times = _times(columns)
    if times:
        others = {name: _repeated(column, times) for name, column in others.items()}
        columns = {name: _repeated(column, times) for name, column in list(columns.items())[:-1]}
    items = tuple(columns)
    if key is not None:
        return _keyed(items, list(columns.values()), read_key(key, items), others)
    problems = []
    marks: list[list[Mark]] = []
    said = _SIGNS if any("+" in column for column in columns.values()) else _MARKS
    for name, column in columns.items():
        known = {cell: _plain(cell) for cell in set(column)}
        strange = next((cell for cell in column if known[cell] not in said), None)
        if strange is None:
            marks.append([said[known[cell]] for cell in column])
        else:
            line = next(at for at, cell in enumerate(column, start=2) if cell == strange)
            problems.append(f"{name}, row {line}: “{strange[:40]}”")
    if problems:
        raise Invalid(
            "Every answer must be 0, 1 or blank. Option letters need --key; other columns are left out with --skip.",
            problems[:10],
        )
    return Responses(items, list(zip(*marks, strict=True)), apart=others)


def _times(columns: Mapping[str, Sequence[str]]) -> list[int]:
    """How many people each row stands for, where rows are patterns with their frequency in the last column; else nothing."""
    name, last = list(columns.items())[-1]
    if name.lower() not in _FREQUENCIES or len(columns) < 2:
        return []
    counts = [_plain(cell) for cell in last]
    if not all(count.isdecimal() for count in counts) or not any(int(count) > 1 for count in counts):
        return []
    if sum(map(int, counts)) > MOST_PEOPLE:
        raise Invalid(
            "“%(name)s” adds up to more people than are read: %(most)s at most.", name=name, most=MOST_PEOPLE
        )
    return [int(count) for count in counts]


def _repeated(column: Sequence[str], times: Sequence[int]) -> list[str]:
    return [cell for cell, many in zip(column, times, strict=True) for _one in range(many)]


def _plain(cell: str) -> str:
    """A cell as marks are looked up: `1.0`, `1,00` and `TRUE` are 1."""
    word = cell.lower().replace(",", ".")
    whole, point, rest = word.partition(".")
    return whole if point and whole in ("0", "1") and rest and not rest.strip("0") else word


def _is_label(name: str, column: Sequence[str], *, first: bool) -> bool:
    """Whether a column names people: by its own name, or the first one because no two rows say the same in it."""
    if name == "":
        return True
    if all(_plain(cell) in _MARKS for cell in set(column)):
        return False
    if "".join(one for one in name.lower() if one.isalnum()) in _LABELS:
        return True
    named = is_called(name, _PEOPLE) or (words_of(name) and set(words_of(name)) <= NUMBERINGS)
    return (named or (first and len(column) >= _FEWEST_LABELS)) and are_distinct(column)


def read_key(text: str, items: Sequence[str]) -> tuple[str, ...]:
    """The right option of each item, from `ABCD`, `A,B,C,D`, or lines of `item,option`. Raises Invalid."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    pairs = [
        [cell.strip().strip('"') for cell in line.replace(";", ",").replace("\t", ",").split(",")]
        for line in lines
    ]
    if (
        len(items) > 1
        and pairs
        and all(len(pair) == 2 for pair in pairs)
        and {pair[0] for pair in pairs} >= set(items)
    ):
        named = dict(pairs)
        options = [named[item] for item in items]
    elif len(pairs) == 2 and pairs[0][-len(items) :] == list(items) and len(pairs[1]) == len(pairs[0]):
        options = pairs[1][-len(items) :]
    elif len(pairs) == 1 and len(pairs[0]) == 1 and " " not in lines[0]:
        options = list(pairs[0][0]) if len(items) > 1 else pairs[0]
    else:
        options = [part for pair in pairs for cell in pair for part in cell.split()]
    if len(options) == len(items) + 1 and options[0].lower() in _HEADS:
        del options[0]
    if len(options) != len(items):
        raise Invalid(
            "The key has %(options)s answers; the file has %(items)s items.",
            options=len(options),
            items=len(items),
        )
    if any(option.lower() in missing_in(options) for option in options):
        raise Invalid("The key has an item without an answer.")
    return tuple(options)


def _keyed(
    items: tuple[str, ...], columns: list[list[str]], key: tuple[str, ...], apart: Mapping[str, Sequence[str]]
) -> Responses:
    chosen: list[list[str | None]] = []
    marks: list[list[Mark]] = []
    shared: list[str] = []
    missing = missing_in({*key, *(cell for column in columns for cell in set(column))}) - {
        "*"
    }  # two options at once
    for column, right in zip(columns, key, strict=True):
        shown = _options({right, *(cell for cell in set(column) if cell.lower() not in missing)})
        given = [shown.get(cell) for cell in column]
        shared.append(shown[right])
        chosen.append(given)
        marks.append([None if cell is None else int(cell == shared[-1]) for cell in given])
    return Responses(
        items, list(zip(*marks, strict=True)), tuple(shared), list(zip(*chosen, strict=True)), apart
    )


def _options(cells: set[str]) -> dict[str, str]:
    """How each cell is shown: `2.0` is 2, and where two differ only in their case all are in capitals."""
    plain = {cell: re.sub(r"(?<=\d)\.0+$", "", cell) for cell in cells}
    if len({one.upper() for one in plain.values()}) < len(set(plain.values())):
        return {cell: one.upper() for cell, one in plain.items()}
    return plain


def with_missing(responses: Responses, rule: str) -> Responses:
    """`pairwise`: as it is; `wrong`: blanks are wrong answers; `listwise`: only persons who answered everything."""
    if rule == "pairwise":
        return responses
    if rule == "wrong":
        return Responses(
            responses.items,
            [[mark or 0 for mark in row] for row in responses.marks],
            responses.key,
            responses.chosen,
            responses.apart,
        )
    keep = [at for at, row in enumerate(responses.marks) if None not in row]
    if not keep:
        raise Invalid("Nobody answered every item.")
    return Responses(
        responses.items,
        [responses.marks[at] for at in keep],
        responses.key,
        [responses.chosen[at] for at in keep] if responses.chosen else (),
        {name: [column[at] for at in keep] for name, column in responses.apart.items()},
    )
