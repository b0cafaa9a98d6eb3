"""Files as text and as tables: what parts the cells, what is blank, what is a number, which column only names the rows."""

import codecs
import csv
import io
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.foundation.errors import Invalid

DASHES = frozenset(("-", "–", "—", "−"))
MISSING = frozenset(("", "na", "n/a", "#n/a", "<na>", "nan", "null", ".", "--", "*")) | DASHES
"""What stands for nothing, in small letters."""
BIGGEST = 200_000_000
"""Bytes; a larger file is not a response matrix that fits in memory here."""
NUMBERINGS = frozenset(
    ("id", "ids", "no", "nr", "num", "number", "name", "code", "label", "index", "ref", "reference")
)
"""What a column of labels is called beside, or instead of, the thing it names: `call_id`, `Contact no`."""
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 20
_CONTROLS = re.compile("[\0-\x08\x0e-\x1f]")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))")


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
                names=few(self.names),
            )
        at = self.names.index(name)
        return [row[at] for row in self.rows]


def read_text(path: Path) -> str:
    """A file's text, in UTF-8, UTF-16 with its mark, or Windows's Western letters. Raises Invalid when it is none or is too
    large; OSError when it cannot be read."""
    if path.is_dir():
        raise Invalid("%(path)s is a folder; a file is needed.", path=path)
    if path.stat().st_size > BIGGEST:
        raise Invalid("%(path)s is larger than 200 MB.", path=path)
    try:
        text = _decoded(path.read_bytes()).removesuffix("\x1a")  # how old systems end a file
    except UnicodeDecodeError:
        raise Invalid("%(path)s is not a text file in UTF-8. Save it as CSV.", path=path) from None
    if _CONTROLS.search(text):
        raise Invalid("%(path)s is not a text file. Save it as CSV.", path=path)
    return text


def _decoded(raw: bytes) -> str:
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def read_table(text: str) -> Table:
    """Read CSV (comma, semicolon, tab, bar; spaces where nothing else parts the names) with a header.

    A header that is one name short, as R writes it, stands over rows with labels. Raises Invalid, naming the line.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = _delimiter(text)
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
    if _are_numbers(names):
        raise Invalid(
            "The first row must name the columns; here it holds numbers: %(names)s.", names=few(names)
        )
    repeated = [name for name, count in Counter(names).items() if count > 1 and name]
    if repeated:
        raise Invalid(
            "The first row must give every column its own name; “%(name)s” is there %(count)s times.",
            name=repeated[0],
            count=names.count(repeated[0]),
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
    nameless = [at for at, name in enumerate(names) if at and not name]
    if any(row[at] for row in rows for at in nameless):
        raise Invalid(
            "The first row must give every column its own name; column %(at)s has none.", at=nameless[0] + 1
        )
    kept = [at for at in range(len(names)) if at not in nameless]
    return Table(
        tuple(names[at] for at in kept), [[row[at] for at in kept] for row in rows] if nameless else rows
    )


def _delimiter(text: str) -> str:
    """What parts the cells: of the marks in the first line that no quotes hold, the first that parts all lines alike."""
    sample = text.lstrip("\n").split("\n", _SAMPLE)[:_SAMPLE]
    first = re.sub(r'"[^"]*"', "", sample[0])
    found = [mark for mark in _DELIMITERS if mark in first]
    for mark in found if len(found) > 1 else ():
        try:
            lines = [line for line in _lines("\n".join(sample), mark) if line]
        except Invalid:  # quotes that close in another place: not this mark
            continue
        widths = {len(line) for line in lines[1:]}
        if len(widths) == 1 and widths <= {len(lines[0]), len(lines[0]) + 1}:
            return mark
    return found[0] if found else ","


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
    ):  # a comma file whose names hold spaces: it is read as that, and what is wrong is said there
        return None
    counts = {len(line) for line in lines[1:]}
    even = len(lines[0]) > 1 and len(counts) == 1 and counts <= {len(lines[0]), len(lines[0]) + 1}
    return lines if even else None


def missing_in(cells: Collection[str]) -> frozenset[str]:
    """What stands for nothing among these cells, in small letters: a dash does, unless there is a plus beside it."""
    return MISSING - DASHES if "+" in cells else MISSING


def number(cell: str) -> float:
    """A cell as a number: `3.5`, `3,5`, `35 %` is 35. Raises ValueError when it is none."""
    plain = cell.removesuffix("%").rstrip()
    value = float(plain.replace(",", ".") if _DECIMAL_COMMA.fullmatch(plain) else plain)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def numbers(cells: Sequence[str], name: str) -> list[float | None]:
    """A column as numbers, blank as None. Raises Invalid, naming the row."""
    found: list[float | None] = []
    for line, cell in enumerate(cells, start=2):
        try:
            found.append(None if cell.lower() in MISSING else number(cell))
        except ValueError:
            raise Invalid(
                "“%(name)s”, row %(line)s: “%(cell)s” is not a number.", name=name, line=line, cell=cell[:40]
            ) from None
    return found


def words_of(name: str) -> list[str]:
    """The words of a column's name in small letters, one of `_`, spaces or capitals between them; none when it has digits."""
    if any(one.isdigit() for one in name):
        return []
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.findall(r"[^\W_]+", parted)]


def is_called(name: str, things: Collection[str]) -> bool:
    """Whether a column is called one of the things, with or without `id`, `no`, … beside it."""
    words = [word if word in things else word.removesuffix("s") for word in words_of(name)]
    return any(word in things for word in words) and all(
        word in things or word in NUMBERINGS for word in words
    )


def are_distinct(cells: Iterable[str]) -> bool:
    """Whether two rows or more each say something else, as labels do."""
    column = list(cells)
    return len(column) > 1 and len(set(column)) == len(column)


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


def few(names: Sequence[str]) -> str:
    """The first dozen of some names, for a sentence."""
    shown = ", ".join(names[:12])
    return f"{shown}, …" if len(names) > 12 else shown
