"""Tables that spreadsheets and other systems write: CSV in any encoding, the first sheet of an XLSX. Rows of words, with lines."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from xml.parsers import expat

from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number

SEPARATORS = ",;\t|"
MOST_COLUMNS = 60
DEEPEST = 60
_PIECE = 64 * 1024


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 or Windows-1252, by its mark or by trial. Raises Invalid."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(codec)
            except UnicodeDecodeError:
                raise Invalid(
                    "The file is not in the encoding that it says. Save it again as UTF-8."
                ) from None
    zeros = content[:4000].count(0)
    if zeros:
        codec = (
            "utf-16-le"
            if content[1:4000:2].count(0) > zeros * 0.8
            else "utf-16-be"
            if content[:4000:2].count(0) > zeros * 0.8
            else ""
        )
        if not codec or zeros < len(content[:4000]) // 4:
            raise Invalid("This is not a text: it holds NUL bytes. Save it again as UTF-8.")
        return content.decode(codec, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def rows_of_csv(
    text: str, weigh: Callable[[Sequence[str]], int], *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV with the number of the line that each starts on.

    The separator is the one whose first row weighs most. `strict`: a quotation mark that is not closed, or stands
    inside a text, is an error and not a guess. Raises Invalid.
    """
    lines = io.StringIO(text.lstrip("\ufeff"), newline="")
    first = lines.readline()
    told = re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE)
    if told:
        separator = told[1]
    else:
        separator = max(SEPARATORS, key=lambda one: weigh(next(csv.reader([first], delimiter=one), [])))
        lines.seek(0)
    reader = csv.reader(lines, delimiter=separator, strict=strict)
    try:
        while True:
            start = reader.line_num + 1 + bool(told)
            cells = next(reader, None)
            if cells is None:
                return
            yield start, cells
    except csv.Error as error:
        raise Invalid(
            "The table cannot be read: %(problem)s, near line %(line)s.", problem=error, line=reader.line_num
        ) from None


def is_workbook(names: Sequence[str]) -> bool:
    """Whether an archive with these files is an XLSX."""
    return "xl/workbook.xml" in names


def rows_of_sheet(
    names: Sequence[str], get: Callable[[str], bytes | None]
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a workbook's first sheet: shared strings, numbers, formulas' last values. Nothing is worked out.

    The sheet is read in pieces and never stands as a tree in memory. Raises Invalid.
    """
    sheets = sorted(
        (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
        key=lambda name: int(re.sub(r"\D", "", name)),
    )
    content = get(sheets[0]) if sheets else None
    if content is None:
        raise Invalid("The workbook has no sheet that can be read. Save it again as .xlsx, or as CSV UTF-8.")
    shared_part = get("xl/sharedStrings.xml")
    shared: list[str] = []
    if shared_part is not None:
        strings = _Strings()
        for _none in _parsed(shared_part, strings):
            pass
        shared = strings.found
    yield from _parsed(content, _Sheet(shared))


class _Reader:
    """What listens to the parser; finished rows wait in `ready`."""

    def __init__(self) -> None:
        self.ready: list[tuple[int, list[str]]] = []
        self.depth = 0
        self.text: list[str] = []
        self.keep = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def words(self, text: str) -> None:
        """Some letters, kept where a cell's words are."""
        if self.keep:
            self.text.append(text)


class _Strings(_Reader):
    """The workbook's shared strings."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        if name == "si":
            self.text = []
        self.keep = name == "t"

    def end(self, name: str) -> None:
        self.keep = False
        if name == "si":
            self.found.append("".join(self.text))


class _Sheet(_Reader):
    """A sheet's rows."""

    def __init__(self, shared: Sequence[str]) -> None:
        super().__init__()
        self.shared = shared
        self.cells: list[str] = []
        self.number, self.place, self.kind = 0, 0, "n"

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self.number = whole_number(attributes.get("r", "0"), 0, digits=8)
            self.cells = []
        elif name == "c":
            ref = attributes.get("r", "")
            self.place = _column(ref) if ref else len(self.cells)
            self.kind, self.text = attributes.get("t", "n"), []
        self.keep = name in ("v", "t")

    def end(self, name: str) -> None:
        self.keep = False
        if name == "c" and self.place < MOST_COLUMNS:
            self.cells += [""] * (self.place + 1 - len(self.cells))
            self.cells[self.place] = _words(self.kind, "".join(self.text), self.shared)
        elif name == "row":
            self.ready.append((self.number, self.cells))


def _parsed(content: bytes, reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    """Feed the parser piece by piece: no entities, nothing from outside, depth bounded."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        reader.depth += 1
        if reader.depth > DEEPEST:
            raise Invalid("The XML is nested more than %(most)s deep.", most=DEEPEST)
        reader.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        reader.depth -= 1
        reader.end(name.rpartition(":")[2])

    def entity(*_any: object) -> None:
        raise Invalid("The XML brings entities of its own, which can hide a bomb. Save it without a DTD.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = reader.words
    parser.EntityDeclHandler = entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        for place in range(0, len(content), _PIECE):
            parser.Parse(content[place : place + _PIECE], place + _PIECE >= len(content))
            yield from reader.ready
            reader.ready = []
    except expat.ExpatError as error:
        raise Invalid(
            "This is not whole XML: %(problem)s, on line %(line)s.",
            problem=expat.errors.messages[error.code],
            line=error.lineno,
        ) from None


def _column(ref: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", ref.upper())[:4]:
        number = number * 26 + ord(letter) - 64
    return max(number - 1, 0)


def _words(kind: str, said: str, shared: Sequence[str]) -> str:
    if kind == "s":
        at = whole_number(said, len(shared), digits=8)
        return shared[at] if at < len(shared) else ""
    if kind == "b":
        return "TRUE" if said == "1" else "FALSE"
    if kind == "n" and re.fullmatch(r"-?\d+\.\d{9,}", said):
        return f"{float(said):.10g}"
    return said
