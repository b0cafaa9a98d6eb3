"""What `lms import` needs for files that are huge or made to do harm: memory, time, and what it says.

usage: .venv/bin/python -m bench.imports [NAME ...] [--json]

Each file is written piece by piece into a temporary folder and looked at by `lms import FILE --dry-run` in a process of
its own; the memory is that process's largest resident set (`wait4`). This program imports nothing of Ladder, so that
what a child inherits from it before it begins stays small. Exit 1 when one needs more than 300 MB, takes longer than two
minutes, or ends without a sentence.
"""

import argparse
import gzip
import json
import os
import random
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

MB = 1024 * 1024
MOST_MB = 300
LONGEST = 120.0


@dataclass(frozen=True)
class Outcome:
    """One file, looked at."""

    name: str
    megabytes: float
    memory: int
    seconds: float
    exit: int
    said: str

    @property
    def good(self) -> bool:
        """Whether it was told in a sentence, soon enough and in little memory."""
        told = bool(self.said) and "Traceback" not in self.said
        return told and self.exit in (0, 1) and self.memory <= MOST_MB and self.seconds <= LONGEST


def written(path: Path, parts: Iterator[bytes]) -> Path:
    """The parts as a file."""
    with path.open("wb") as file:
        file.writelines(parts)
    return path


def many(part: Callable[[int], bytes], size: int, start: bytes = b"", end: bytes = b"") -> Iterator[bytes]:
    """Numbered parts until there are so many bytes."""
    yield start
    count = number = 0
    while count < size:
        block = b"".join(part(number + place) for place in range(1000))
        number, count = number + 1000, count + len(block)
        yield block
    yield end


def gift(number: int) -> bytes:
    """A question in GIFT."""
    return b"::Question %d::Which of these is number %d? {=%d#Yes ~%d#No ~%d#No}\n\n" % (
        number,
        number,
        number,
        number + 1,
        number + 2,
    )


def moodle(number: int) -> bytes:
    """A question in Moodle XML."""
    return (
        b'<question type="truefalse"><name><text>Q%d</text></name><questiontext format="html"><text>Is %d even?</text>'
        b'</questiontext><answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
        b"</question>\n" % (number, number)
    )


def row(number: int) -> bytes:
    """A question as a row."""
    return b"Which is %d?,%d,%d,%d,a\n" % (number, number, number + 1, number + 2)


HEADER = b"question,option a,option b,option c,correct\n"


def zipped(path: Path, entries: Iterator[tuple[str, Iterator[bytes]]]) -> Path:
    """An archive, and a good question in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.gift", gift(1))
        for name, parts in entries:
            with archive.open(name, "w", force_zip64=False) as file:
                for part in parts:
                    file.write(part)
    return path


def zeros(size: int) -> Iterator[bytes]:
    """So many bytes that pack to nothing."""
    block = b"0" * MB
    return (block for _ in range(size // MB))


def noise(size: int) -> Iterator[bytes]:
    """So many bytes that do not pack."""
    chance = random.Random(1)
    return (chance.randbytes(MB) for _ in range(size // MB))


def png(wide: int, high: int) -> bytes:
    """A whole, empty PNG of that size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    packer = zlib.compressobj(9)
    line = b"\0" + b"\0" * ((wide + 7) // 8)
    body = b"".join(packer.compress(line) for _ in range(high)) + packer.flush()
    head = struct.pack(">IIBBBBB", wide, high, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tarred(path: Path, entries: list[tuple[str, int]]) -> Path:
    """A Moodle backup with files of zeros."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for name, size in entries:
            entry = tarfile.TarInfo(name)
            entry.size = size
            with tempfile.TemporaryFile() as file:
                file.truncate(size)
                archive.addfile(entry, file)
    return path


def office(path: Path, name: str, parts: Iterator[bytes]) -> Path:
    """A Word or Excel file whose one part is made of these."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as file:
        for part in parts:
            file.write(part)
    if name.startswith("xl/"):
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
    return path


def wide_picture(path: Path) -> Path:
    """A question that shows a picture 60,000 pixels wide."""
    question = b'::Wide::Is <img src\\="wide.png" alt\\="a line"> wide? {=yes#a ~no#b ~maybe#c}\n'
    entries = [("wide.gift", iter([question])), ("wide.png", iter([png(60_000, 60)]))]
    return zipped(path, iter(entries))


def cells(number: int) -> bytes:
    """A row of a worksheet."""
    return b'<row><c t="inlineStr"><is><t>Which is %d?</t></is></c><c><v>%d</v></c></row>' % (number, number)


def paragraph(number: int) -> bytes:
    """A paragraph of a Word document."""
    return b"<w:p><w:r><w:t>Paragraph %d says something.</w:t></w:r></w:p>" % number


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
Make = Callable[[Path], Path]
CASES: dict[str, tuple[str, Make]] = {
    "GIFT, 500 MB": ("a.gift", lambda path: written(path, many(gift, 500 * MB))),
    "GIFT, 500 MB on one line": ("a.gift", lambda path: written(path, zeros(500 * MB))),
    "GIFT, 10 MB": ("a.gift", lambda path: written(path, many(gift, 10 * MB - 200_000))),
    "CSV, 10 million lines": (
        "a.csv",
        lambda path: written(path, many(row, 10_000_000 * 34, HEADER)),
    ),
    "CSV, 10 million empty lines": (
        "a.csv",
        lambda path: written(path, many(lambda _number: b",,,,\n", 50_000_000, HEADER)),
    ),
    "CSV, one open quote, 500 MB": (
        "a.csv",
        lambda path: written(path, many(row, 500 * MB, HEADER + b'"')),
    ),
    "Moodle XML, 500 MB": (
        "a.xml",
        lambda path: written(path, many(moodle, 500 * MB, b"<quiz>", b"</quiz>")),
    ),
    "Moodle XML, 39 MB": ("a.xml", lambda path: written(path, many(moodle, 39 * MB, b"<quiz>", b"</quiz>"))),
    "XML, one text of 39 MB": (
        "a.xml",
        lambda path: written(
            path,
            many(
                lambda _number: b"x" * 100,
                39 * MB,
                b'<quiz><question type="truefalse"><questiontext><text>',
                b"</text></questiontext></question></quiz>",
            ),
        ),
    ),
    "XML, one name with 39 MB of attributes": (
        "a.xml",
        lambda path: written(
            path, many(lambda number: b' a%d="x"' % number, 39 * MB, b"<quiz><question", b"/></quiz>")
        ),
    ),
    "HTML, 10 MB of tags": (
        "a.html",
        lambda path: written(path, many(lambda _number: b"<p><b>x", 10 * MB - 7100, b"<html>")),
    ),
    "Markdown, 10 MB": (
        "a.md",
        lambda path: written(
            path, many(lambda number: b"# Card %d\n\nWords.\n\n" % number, 10 * MB - 30_000)
        ),
    ),
    "zip bomb, 1 GB of nothing": ("a.zip", lambda path: zipped(path, iter([("bomb.md", zeros(1024 * MB))]))),
    "zip bomb, 5,000 files": (
        "a.zip",
        lambda path: zipped(path, ((f"{number}.md", zeros(2 * MB)) for number in range(1000))),
    ),
    "zip, 63 MB that does not pack": (
        "a.zip",
        lambda path: zipped(path, iter([("a.md", noise(31 * MB)), ("b.png", noise(31 * MB))])),
    ),
    "zip with a zip of 60 MB in it": (
        "a.zip",
        lambda path: zipped(path, iter([("inner.zip", noise(38 * MB))])),
    ),
    "Moodle backup, 5 GB of nothing": (
        "a.mbz",
        lambda path: tarred(
            path, [("moodle_backup.xml", 100), *((f"files/aa/{n}", 500 * MB) for n in range(10))]
        ),
    ),
    "gzip, 10 GB of nothing": (
        "a.mbz",
        lambda path: written(path, iter([gzip.compress(bytes(100 * MB)) * 100])),
    ),
    "XLSX, a sheet of 39 MB": (
        "a.xlsx",
        lambda path: office(
            path, "xl/worksheets/sheet1.xml", many(cells, 39 * MB, SHEET, b"</sheetData></worksheet>")
        ),
    ),
    "DOCX, a text of 39 MB": (
        "a.docx",
        lambda path: office(
            path, "word/document.xml", many(paragraph, 39 * MB, WORD, b"</w:body></w:document>")
        ),
    ),
    "a picture 60,000 px wide": ("a.zip", wide_picture),
}


def look(name: str) -> Outcome:
    """Write a file and have it looked at."""
    file_name, make = CASES[name]
    with tempfile.TemporaryDirectory(prefix="ladder-imports-") as folder:
        path = make(Path(folder) / file_name)
        size = path.stat().st_size / MB
        home = Path(folder) / "home"
        told = Path(folder) / "told"
        command = ["-c", "from lms.cli import main; main()", "import", str(path), "--dry-run"]
        environment = os.environ | {"LADDER_HOME": str(home)}
        begun = time.monotonic()
        with told.open("wb") as file:
            child = subprocess.Popen([sys.executable, *command], env=environment, stdout=file, stderr=file)
            _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        lines = last_lines(told)
        return Outcome(
            name, round(size, 1), usage.ru_maxrss // 1024, round(seconds, 1), child.returncode, lines
        )


def last_lines(path: Path) -> str:
    """What is said of the file as a whole: its notes and its last line."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4000))
        lines = file.read().decode("utf-8", "replace").strip().split("\n")
    kept = [line.removeprefix("note").strip() for line in lines if line.startswith("note")][-3:]
    return " / ".join([*kept, *(line.strip() for line in lines[-2:] if not line.startswith("note"))])[-400:]


def main() -> int:
    """Look at every file and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="Parts of the names of what to look at; else everything.")
    parser.add_argument("--json", action="store_true", help="Print one JSON object.")
    options = parser.parse_args()
    chosen = [one for one in CASES if not options.names or any(name in one for name in options.names)]
    outcomes = []
    for name in chosen:
        outcomes.append(look(name))
        if not options.json:
            one = outcomes[-1]
            mark = "  " if one.good else "! "
            print(
                f"{mark}{one.name:40} {one.megabytes:7} MB file  {one.memory:4} MB memory  {one.seconds:5} s  exit {one.exit}"
            )
            print(f"    {one.said}", flush=True)
    if options.json:
        print(json.dumps({"files": [asdict(one) | {"good": one.good} for one in outcomes]}, indent=1))
    return 0 if all(one.good for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
