"""Response files: one row a person, a header that names the items, 0/1 or option letters with a key, blank = missing."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lms.foundation.errors import Invalid

MISSING = frozenset(("", "NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "."))
_MARKS: Mapping[str, int | None] = {
    **dict.fromkeys(("0", "false", "f", "no", "n", "wrong", "incorrect"), 0),
    **dict.fromkeys(("1", "true", "t", "yes", "y", "sí", "si", "right", "correct"), 1),
    **dict.fromkeys(map(str.lower, MISSING)),
}
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
BIGGEST = 200_000_000
"""Bytes; a larger file is not a response matrix that fits in memory here."""

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


@dataclass(frozen=True)
class Table:
    """A file as text: unique column names, and rows of the same length."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def column(self, name: str) -> list[str]:
        """One column. Raises Invalid when there is none of that name."""
        if name not in self.names:
            raise Invalid(
                "There is no column “%(name)s”. The columns are: %(names)s.",
                name=name,
                names=_few(self.names),
            )
        at = self.names.index(name)
        return [row[at] for row in self.rows]


def read_text(path: Path) -> str:
    """A file's text. Raises Invalid when it is not UTF-8 text or is too large; OSError when it cannot be read."""
    if path.is_dir():
        raise Invalid("%(path)s is a folder; a file is needed.", path=path)
    if path.stat().st_size > BIGGEST:
        raise Invalid("%(path)s is larger than 200 MB.", path=path)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-16" if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("%(path)s is not a text file in UTF-8. Save it as CSV.", path=path) from None
    if "\0" in text:
        raise Invalid("%(path)s is not a text file. Save it as CSV.", path=path)
    return text


def read_table(text: str) -> Table:
    """Read CSV (comma, semicolon, tab; spaces where nothing else parts the names) with a header.

    A header that is one name short, as R writes it, stands over rows with labels. Raises Invalid, naming the line.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = next((mark for mark in (",", ";", "\t") if mark in first), ",")
    spaced = _spaced(text) if delimiter not in first and " " in first.strip() else None
    lines = _lines(text, delimiter) if spaced is None else spaced
    while lines and not any(cell.strip() for cell in lines[0]):
        lines.pop(0)
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise Invalid("The file is empty. It needs a first row of names and one row a person.")
    names = tuple(name.strip() for name in lines[0])
    below = [line for line in lines[1:] if line]
    if all(len(line) == len(names) + 1 for line in below) and any(line[-1].strip() for line in below):
        names = ("", *names)
    if (
        names[-1] == ""
        and len(names) > 1
        and all(len(line) < len(names) or not line[-1].strip() for line in lines[1:])
    ):
        names = names[:-1]  # a delimiter at the end of every line
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise Invalid(
            "The first row must give every column its own name; “%(name)s” is there %(count)s times.",
            name=repeated[0],
            count=names.count(repeated[0]),
        )
    if _are_numbers(names):
        raise Invalid(
            "The first row must name the columns; here it holds numbers: %(names)s.", names=_few(names)
        )
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not line and len(names) > 1:
            continue
        cells = [cell.strip() for cell in line] or [""]
        if len(cells) > len(names) and not any(cells[len(names) :]):
            cells = cells[: len(names)]
        if len(cells) != len(names):
            raise Invalid(
                "Row %(row)s has %(cells)s cells; the first row has %(names)s.",
                row=number,
                cells=len(cells),
                names=len(names),
            )
        rows.append(cells)
    if not rows:
        raise Invalid("The file has names but no rows below them.")
    return Table(names, rows)


def _lines(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise Invalid("This is not a CSV file that can be read: %(error)s.", error=error) from None


def _spaced(text: str) -> list[list[str]] | None:
    """The lines of a table parted by spaces: every one has as many cells as the first, or one more (a label); else none."""
    try:
        lines = [line for line in _lines(text, " ") if line]
    except (
        Invalid
    ):  # a comma file whose names hold spaces; it is read as that, and what is wrong is said there
        return None
    counts = {len(line) for line in lines[1:]}
    even = len(lines[0]) > 1 and len(counts) == 1 and counts <= {len(lines[0]), len(lines[0]) + 1}
    return lines if even else None


def read_responses(text: str, *, key: str | None = None, apart: Collection[str] = ()) -> Responses:
    """Read a response file; `apart` names columns that are no items.

    `key` is one option an item, in order: `ABCD`, `A,B,C,D`, or lines of `item,option`. A column of labels (no name, or
    named id, person, …) is left out. A last column named freq or count
    says how many people a row stands for. Raises Invalid with every kind of problem at once.
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
    for name, column in columns.items():
        known = {cell: _plain(cell) for cell in set(column)}
        strange = next((cell for cell in column if known[cell] not in _MARKS), None)
        if strange is None:
            marks.append([_MARKS[known[cell]] for cell in column])
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
    return first and len(column) >= _FEWEST_LABELS and len(set(column)) == len(column)


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
    elif len(pairs) == 2 and pairs[0] == list(items):
        options = pairs[1]
    elif len(pairs) == 1 and len(pairs[0]) == 1 and " " not in lines[0]:
        options = list(pairs[0][0]) if len(items) > 1 else pairs[0]
    else:
        options = [part for pair in pairs for cell in pair for part in cell.split()]
    if len(options) != len(items):
        raise Invalid(
            "The key has %(options)s answers; the file has %(items)s items.",
            options=len(options),
            items=len(items),
        )
    if any(option in MISSING for option in options):
        raise Invalid("The key has an item without an answer.")
    return tuple(options)


def _keyed(
    items: tuple[str, ...], columns: list[list[str]], key: tuple[str, ...], apart: Mapping[str, Sequence[str]]
) -> Responses:
    chosen: list[list[str | None]] = []
    marks: list[list[Mark]] = []
    for column, right in zip(columns, key, strict=True):
        given = [None if cell in MISSING else cell for cell in column]
        if right not in given:
            folded = {cell.upper() for cell in given if cell is not None}
            if right.upper() in folded:
                given = [None if cell is None else cell.upper() for cell in given]
                right = right.upper()
        chosen.append(given)
        marks.append([None if cell is None else int(cell == right) for cell in given])
    return Responses(items, list(zip(*marks, strict=True)), key, list(zip(*chosen, strict=True)), apart)


def numbers(cells: Sequence[str], name: str) -> list[float | None]:
    """A column as numbers, blank as None. Raises Invalid, naming the row."""
    found: list[float | None] = []
    for line, cell in enumerate(cells, start=2):
        if cell in MISSING:
            found.append(None)
            continue
        try:
            number = float(cell)
        except ValueError:
            number = float("nan")
        if number != number or number in (float("inf"), float("-inf")):
            raise Invalid(
                "“%(name)s”, row %(line)s: “%(cell)s” is not a number.", name=name, line=line, cell=cell[:40]
            )
        found.append(number)
    return found


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


def _are_numbers(names: Sequence[str]) -> bool:
    """Whether a first row looks like data: all numbers, and not simply counted from 0 or 1."""
    try:
        values = [float(name) for name in names]
    except ValueError:
        return False
    return values not in (
        [float(at) for at in range(len(values))],
        [float(at + 1) for at in range(len(values))],
    )


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown}, …" if len(names) > 12 else shown
