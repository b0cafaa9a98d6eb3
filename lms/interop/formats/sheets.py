"""The first sheet of an XLSX as rows of words: shared strings, numbers, formulas' last values. Nothing is worked out."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from lms.foundation.errors import Invalid
from lms.interop.formats.archive import Archive
from lms.interop.formats.contract import Found
from lms.interop.formats.table import XLSX, read_rows
from lms.interop.formats.xml import read_xml

MOST_COLUMNS = 60


def is_workbook(archive: Archive) -> bool:
    """Whether an archive is an XLSX."""
    return "xl/workbook.xml" in archive.names


def read(archive: Archive) -> Found:
    """The questions of the first sheet. Raises Invalid."""
    return read_rows(_rows(archive), XLSX)


def _rows(archive: Archive) -> Iterator[tuple[int, list[str]]]:
    sheets = sorted(
        (name for name in archive.names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
        key=lambda name: int(re.sub(r"\D", "", name)),
    )
    content = archive.get(sheets[0]) if sheets else None
    if content is None:
        raise Invalid("The workbook has no sheet that can be read. Save it again as .xlsx, or as CSV UTF-8.")
    shared = _shared(archive)
    for row in read_xml(content).iter("row"):
        cells: list[str] = []
        for cell in row.findall("c"):
            place = _column(cell.get("r", "")) if cell.get("r") else len(cells)
            if place >= MOST_COLUMNS:
                continue
            cells += [""] * (place + 1 - len(cells))
            cells[place] = _words(cell, shared)
        number = row.get("r", "0")
        yield int(number) if number.isdigit() and len(number) < 9 else 0, cells


def _shared(archive: Archive) -> list[str]:
    content = archive.get("xl/sharedStrings.xml")
    if content is None:
        return []
    return ["".join(part.text or "" for part in one.iter("t")) for one in read_xml(content).iter("si")]


def _column(ref: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", ref.upper())[:4]:
        number = number * 26 + ord(letter) - 64
    return max(number - 1, 0)


def _words(cell: Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter("t"))
    value = cell.find("v")
    said = (value.text or "") if value is not None else ""
    if kind == "s":
        return shared[int(said)] if said.isdigit() and len(said) < 9 and int(said) < len(shared) else ""
    if kind == "b":
        return "TRUE" if said == "1" else "FALSE"
    if kind == "n" and re.fullmatch(r"-?\d+\.\d{9,}", said):
        return f"{float(said):.10g}"
    return said
