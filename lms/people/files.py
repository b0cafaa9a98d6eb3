"""Reading a file of people: bytes to rows. Whatever the bytes are, the answer is a sheet or a sentence."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from lms.foundation.errors import Invalid
from lms.people.cells import Unfit, shown
from lms.people.rules import folded

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
LONGEST_LINE = 20_000
COLUMNS = ("employee_number", "name", "email", "team", "job_role", "roles", "started_on", "ended_on")
REQUIRED = ("employee_number", "name")
_LEFT_OFF = frozenset(("ended_on", ""))
"""Columns whose cells may be missing at a row's end: Excel leaves off what is empty there."""
_NAMES = {
    "employee_number": "employeenumber employeeno employeeid empno empid number no id staffnumber"
    " numero numerodeempleado numeroempleado noempleado nodeempleado codigo codigodeempleado",
    "name": "name fullname employeename nombre nombrecompleto nombredelempleado nombreyapellido",
    "email": "email emailaddress mail correo correoelectronico",
    "team": "team teamname equipo",
    "job_role": "jobrole job jobtitle position puesto cargo",
    "roles": "roles role rol",
    "started_on": "startedon started start startdate hiredate hiredon hired since"
    " fechadeinicio fechainicio fechadeingreso fechaingreso inicio ingreso desde",
    "ended_on": "endedon ended end enddate lefton left lastday until"
    " fechadesalida fechasalida fechadefin fechafin fechadebaja fin salida hasta",
}
"""What people call each column, in English and Spanish, without spaces, signs, accents and capitals."""
_COLUMN_OF = {alias: column for column, aliases in _NAMES.items() for alias in aliases.split()}
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32"),
    (codecs.BOM_UTF8, "UTF-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16"),
)
_KINDS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
)
_SHARED_LINE = re.compile(r'"?sep=([,;\t])"?[\r\n]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was written: its number in the file, its cells by column, and why it is no row, if so."""

    number: int
    cells: Mapping[str, str]
    unfit: Unfit | None = None


@dataclass(frozen=True)
class Sheet:
    """A file of people as it was read."""

    rows: Sequence[Row]
    columns: frozenset[str]
    unread: tuple[str, ...]
    encoding: str
    separator: str


def read_bounded(stream: BinaryIO) -> bytes:
    """The bytes of a stream, never more than one over the most that is taken. Raises Invalid."""
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Invalid(
            "The file is larger than %(most)s MB. A list of people is far smaller: check that it is the right file, or split it.",
            most=MOST_BYTES // 1024 // 1024,
        )
    return content


def read_sheet(content: bytes) -> Sheet:
    """The rows of a file. Raises Invalid with one sentence when it is not a table of people."""
    read_bounded(io.BytesIO(content))
    if not content.strip():
        raise Invalid(
            "The file is empty. Its first row names the columns, and each row after it is a person."
        )
    _refuse_other_kinds(content)
    text, encoding = _decoded(content)
    lines = _lines(text)
    header, separator, before = _header(lines)
    columns = _columns(header)
    rows: list[Row] = []
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number = before
    try:
        for cells in reader:
            number += 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == MOST_ROWS:
                raise Invalid("There are more than %(most)s people in the file. Split it.", most=MOST_ROWS)
            rows.append(_row(number, cells, columns))
    except csv.Error:
        raise _bad_quotes(number + 1) from None
    if not rows:
        raise Invalid("The file names its columns, but there is nobody under them.")
    unread = tuple(shown(name) for name, column in zip(header, columns, strict=True) if not column and name)
    return Sheet(rows, frozenset(columns) - {""}, unread, encoding, separator)


def _refuse_other_kinds(content: bytes) -> None:
    kind = next((kind for start, kind in _KINDS if content.startswith(start)), "")
    if content.startswith(b"PK\x03\x04"):
        kind = "a ZIP archive"
        if b"xl/" in content:
            kind = "an Excel workbook"
        elif b"opendocument.spreadsheet" in content[:200]:
            kind = "an OpenDocument spreadsheet"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "a WebP picture"
    if (
        content[:300]
        .lstrip(b"\xef\xbb\xbf \t\r\n")
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml", b"<table"))
    ):
        kind = "a web page or XML"
    if kind:
        raise Invalid(
            "This looks like %(kind)s, not a CSV file. Open the list of people in a spreadsheet and save it as “CSV UTF-8”.",
            kind=kind,
        )


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding it was in. UTF-8 first; what is not is Windows-1252, unless it is a mixture."""
    for mark, name, codec in _MARKS:
        if content.startswith(mark):
            try:
                text = content.decode(codec)
            except UnicodeDecodeError as error:
                raise Invalid(
                    "The file is marked as %(encoding)s, but it is not on line %(line)s. Save it again as “CSV UTF-8”.",
                    encoding=name,
                    line=_line_at(content, error.start),
                ) from None
            _refuse_nul("\0" in text)
            return text.lstrip("\ufeff"), name
    if b"\0" in content:
        zeros = max(content[::2].count(0), content[1::2].count(0))
        if zeros > len(content) // 4:
            raise Invalid("This looks like UTF-16 without its mark. Save the file again as “CSV UTF-8”.")
        _refuse_nul(True)
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        line = _line_at(content, error.start)
    loosely = content.decode("utf-8", errors="surrogateescape")
    if any(letter > "\x7f" and not "\udc80" <= letter <= "\udcff" for letter in loosely):
        raise Invalid(
            "The file mixes two encodings: line %(line)s is not UTF-8 and other lines are. Save it again as “CSV UTF-8”.",
            line=line,
        )
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        raise Invalid(
            "Line %(line)s is neither UTF-8 nor Windows-1252. Save the file again as “CSV UTF-8”.",
            line=_line_at(content, error.start),
        ) from None


def _refuse_nul(found: bool) -> None:
    if found:
        raise Invalid("The file holds NUL bytes, so it is damaged or no text. Save it again as “CSV UTF-8”.")


def _line_at(content: bytes, place: int) -> int:
    return content.count(b"\n", 0, place) + 1


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise Invalid(
                "Line %(line)s is longer than %(most)s characters. This is not a list of people.",
                line=number,
                most=LONGEST_LINE,
            )
        yield line


def _header(lines: Iterator[str]) -> tuple[list[str], str, int]:
    """The names of the columns, what parts them, and the number of their row."""
    told = ""
    number = 0
    for line in lines:
        if found := _SHARED_LINE.fullmatch(line):
            told = found.group(1)  # Excel's own first line, which it does not show as a row
            continue
        number += 1
        if line.strip(" ,;\t\r\n"):
            break
    else:
        raise Invalid(
            "The file is empty. Its first row names the columns, and each row after it is a person."
        )
    best: list[str] = []
    separator = told or ","
    for one in (told,) if told else (",", ";", "\t"):
        try:
            cells = next(csv.reader([line], delimiter=one, strict=True))
        except csv.Error:
            continue
        if not best or _known(cells) > _known(best):
            best, separator = cells, one
    if not best:
        raise _bad_quotes(number)
    while best and not best[-1].strip():
        best.pop()
    return [name.strip() for name in best], separator, number


def _known(names: Sequence[str]) -> int:
    return sum(_plain(name) in _COLUMN_OF for name in names)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", folded(name[:100]))


def _columns(header: Sequence[str]) -> tuple[str, ...]:
    """For each cell of the header the column it stands for; empty for one that is not read. Raises Invalid."""
    columns = tuple(_COLUMN_OF.get(_plain(name), "") for name in header)
    for column in COLUMNS:
        same = [name for name, one in zip(header, columns, strict=True) if one == column]
        if len(same) > 1:
            raise Invalid(
                "Two columns are read as %(column)s: “%(one)s” and “%(other)s”. Take one of them out.",
                column=column,
                one=shown(same[0]),
                other=shown(same[1]),
            )
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise Invalid(
            "There is no column %(columns)s. The first row must name the columns; it reads: %(found)s",
            columns=", ".join(missing),
            found=shown(" | ".join(header[:20]), 200),
        )
    return columns


def _row(number: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    read = {column: cell for column, cell in zip(columns, cells, strict=False) if column}
    over = any(cell.strip() for cell in cells[len(columns) :])
    short = any(column not in _LEFT_OFF for column in columns[len(cells) :])
    if not (over or short):
        return Row(number, read)
    return Row(
        number,
        read,
        Unfit(
            "The row has %(cells)s cells and the header %(columns)s. A text with a separator in it needs quotation marks round it.",
            cells=len(cells),
            columns=len(columns),
        ),
    )


def _bad_quotes(row: int) -> Invalid:
    return Invalid(
        "The quotation marks in row %(row)s do not match. Close what is opened, and double a mark inside a text.",
        row=row,
    )
