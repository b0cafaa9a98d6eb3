"""Which format a file is, whatever its name says, and everything in it. One door for the command line and the page."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lms.foundation.errors import Invalid
from lms.foundation.tables import decoded, rows_of_csv
from lms.foundation.words import N_
from lms.interop.formats import (
    aiken,
    backup,
    beginnings,
    docx,
    gift,
    lessons,
    moodle_xml,
    package,
    qti1,
    qti2,
    sheets,
    table,
)
from lms.interop.formats.archive import MOST_BYTES, Archive, Zip
from lms.interop.formats.contract import MOST_ITEMS, Found, Gathering, Reason
from lms.interop.formats.texts import has_markup
from lms.interop.formats.xml import read_xml, root_of

FORMATS: Mapping[str, str] = {
    "gift": "GIFT",
    "moodle-xml": "Moodle XML",
    "aiken": "Aiken",
    "qti-1.2": "QTI 1.2",
    "qti-2.0": "QTI 2.0",
    "qti-2.1": "QTI 2.1",
    "qti-2.2": "QTI 2.2",
    "qti-3.0": "QTI 3.0",
    "qti": "QTI",
    "common-cartridge": "Common Cartridge",
    "csv": "CSV",
    "xlsx": "XLSX",
    "markdown": "Markdown",
    "html": "HTML",
    "docx": "Word",
    "moodle-backup": "Moodle backup",
    "ladder": "Ladder",
}
_OTHERS = (
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel file"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
)
UNKNOWN = N_(
    "We do not know what this file is. We read GIFT, Moodle XML, Aiken, QTI, Common Cartridge, CSV, XLSX, Markdown, Word, "
    "HTML and Moodle backups."
)


class Folder:
    """A folder on this machine as an archive; links and what is too big are named and not followed."""

    def __init__(self, folder: Path) -> None:
        self.refused: list[tuple[str, str]] = []
        self._paths: dict[str, Path] = {}
        total = 0
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(folder).parts):
                continue
            if path.is_symlink():
                self.refused.append((name, "This is a link to another place. Put the file itself here."))
            elif path.is_file() and not any(
                parent.is_symlink() for parent in path.parents if parent.is_relative_to(folder)
            ):
                total += path.stat().st_size
                if len(self._paths) >= 5_000 or total > MOST_BYTES:
                    self.refused.append((name, "This is too much: 5,000 files and 64 MB are the most."))
                    break
                self._paths[name] = path

    @property
    def names(self) -> list[str]:
        """The names of the files."""
        return list(self._paths)

    def get(self, name: str) -> bytes | None:
        """A file, or None."""
        path = self._paths.get(name)
        return path.read_bytes() if path is not None else None


def read_path(path: Path) -> Found:
    """Everything in a file or a folder of this machine. Raises Invalid with a sentence."""
    if path.is_dir():
        return package.read(Folder(path))
    return read_file(path.name, readable_part(path))


def readable_part(path: Path) -> bytes:
    """The bytes of a file of this machine, or the first part of a text that is too big. Raises Invalid (no text of lines)."""
    if path.stat().st_size <= MOST_BYTES:
        return path.read_bytes()
    with path.open("rb") as file:
        start = file.read(beginnings.MOST_BYTES + 1)
    packed = start.startswith((b"PK", b"\x1f\x8b")) or any(start.startswith(mark) for mark, _kind in _OTHERS)
    if packed or root_of(start) or path.suffix.lower() in (".md", ".markdown", ".html", ".htm"):
        raise _too_big()
    return start


def read_file(name: str, content: bytes) -> Found:
    """Everything in a file. Raises Invalid with a sentence when it is none that we read, or would only do harm."""
    if len(content) > MOST_BYTES:
        raise _too_big()
    if not content or content.isspace():
        raise Invalid("The file is empty.")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_archive(name, Zip(content))
    if content.startswith(b"\x1f\x8b"):
        return _read_archive(name, backup.Tar(content))
    kind = next((kind for mark, kind in _OTHERS if content.startswith(mark)), "")
    if kind:
        raise Invalid(
            "This looks like %(kind)s, which we do not read. Save it as Word (.docx), CSV or text.", kind=kind
        )
    root = (
        root_of(content)
        if content[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
        or content[:2] in (b"\xff\xfe", b"\xfe\xff")
        else ""
    )
    if root and root.lower() not in (
        "html",
        "head",
        "body",
        "p",
        "div",
        "h1",
        "h2",
        "section",
        "article",
        "table",
        "ul",
    ):
        return _read_xml(root, content)
    return _read_text(name, content, html=bool(root))


def _too_big() -> Invalid:
    return Invalid(
        "The file has more than %(most)s MB. Split it, or leave the films out.",
        most=MOST_BYTES // 1024 // 1024,
    )


def _read_archive(name: str, archive: Archive) -> Found:
    if backup.is_backup(archive):
        return backup.read(archive)
    if docx.is_document(archive):
        return docx.read(archive, PurePosixPath(name).stem)
    return sheets.read(archive) if sheets.is_workbook(archive) else package.read(archive)


def _read_xml(root_name: str, content: bytes) -> Found:
    if root_name == "quiz":
        return moodle_xml.read(content)
    if root_name == "questestinterop":
        return qti1.read(read_xml(content))
    if root_name in ("assessmentItem", "qti-assessment-item"):
        root = read_xml(content)
        gathering = Gathering(package.version_of(root))
        qti2.take(root, gathering, f"item {root.get('identifier', '')}")
        return gathering.found()
    read_xml(content)
    if root_name in ("assessmentTest", "qti-assessment-test", "manifest"):
        raise Invalid("This file only names others. Send the whole package (.zip) that it came in.")
    raise Invalid(
        "This is XML of a kind that we do not read (<%(name)s>). We read Moodle XML and QTI.",
        name=root_name[:60],
    )


def _read_beginning(name: str, content: bytes, *, html: bool) -> Found:
    """The first part of a text that is too long, when it is of lines; where it was cut is said. Raises Invalid."""
    text = decoded(beginnings.first_lines(content))
    ending = PurePosixPath(name).suffix.lower()
    if not html and ending not in (".md", ".markdown", ".html", ".htm"):
        if table.looks_like(text) and ending != ".gift":
            part = beginnings.to_a_whole_row(text)
            if part.line < 2:
                raise Invalid("A quotation mark near the first line of the table is never closed.")
            return _cut(table.read_rows(rows_of_csv(part.text, table.known_columns), table.CSV), part)
        if ending != ".gift" and aiken.looks_like(text):
            part = beginnings.to_an_empty_line(text)
            return _cut(aiken.read(part.text), part)
        if gift.looks_like(text):
            part = beginnings.to_an_empty_line(text)
            return _cut(gift.read(part.text), part)
    if len(content) > beginnings.MOST_BYTES:
        raise Invalid(
            "The file has more than %(most)s MB of text. Split it.",
            most=beginnings.MOST_BYTES // 1024 // 1024,
        )
    raise Invalid("The file has more than %(most)s lines. Split it.", most=f"{beginnings.MOST_LINES:,}")


def _cut(found: Found, part: beginnings.Beginning) -> Found:
    """What was found in the first part, and where the rest begins."""
    if len(found.items) >= MOST_ITEMS:
        return found  # it says itself from where on it was left
    said = Reason(
        N_(
            "The file is too long: it was read up to line %(line)s, and the rest was left. Split it there and bring in the rest."
        ),
        line=part.line,
    )
    return replace(found, remarks=(said, *found.remarks))


def _read_text(name: str, content: bytes, *, html: bool) -> Found:
    if beginnings.is_long(content):
        return _read_beginning(name, content, html=html)
    text = decoded(content)
    if not text.strip("\ufeff \t\r\n"):
        raise Invalid("The file is empty.")
    ending, title = PurePosixPath(name).suffix.lower(), PurePosixPath(name).stem
    if html or ending in (".html", ".htm"):
        gathering = Gathering(package.HTML)
        lessons.take_html(gathering, name, text, title=package.title_of(text))
        return gathering.found()
    if table.looks_like(text) and ending not in (".gift", ".md"):
        return table.read_csv(content)
    if ending == ".md":
        gathering = Gathering(package.MARKDOWN)
        lessons.take_markdown(gathering, name, text, title=title)
        return gathering.found()
    if ending == ".gift":
        return gift.read(text)
    if aiken.looks_like(text):
        return aiken.read(text)
    if gift.looks_like(text):
        return gift.read(text)
    if ending in (".csv", ".tsv"):
        return table.read_csv(content)
    if "{" in text and ending == ".txt":
        return gift.read(text)  # a broken GIFT says where it is broken
    if ending == ".markdown" or text.lstrip().startswith(("#", "---\n")):
        gathering = Gathering(package.MARKDOWN)
        lessons.take_markdown(gathering, name, text, title=title)
        return gathering.found()
    if has_markup(text) and "</" in text:
        gathering = Gathering(package.HTML)
        lessons.take_html(gathering, name, text)
        return gathering.found()
    raise Invalid(UNKNOWN)
