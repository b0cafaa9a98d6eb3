"""A course as a zip archive. What was uploaded is hostile until read: nothing is unpacked to disk, all is bounded."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence

from lms.courses.packages import MOST_BYTES, MOST_BYTES_A_FILE, MOST_FILES, Package, sort_file, understand
from lms.courses.rules import Problem
from lms.foundation.words import N_

MOST_RATIO = 100
SMALL = 64 * 1024
"""Below this a file may be as repetitive as it likes."""
_END = b"PK\x05\x06"
_END_SIZE = 22
_END_64 = b"PK\x06\x07"
_LONGEST_COMMENT = 65_535
_MOST_DIRECTORY = 2 * 1024 * 1024
JUNK = re.compile(r"(__MACOSX/.*|(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini))")
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


def read_archive(content: bytes) -> Package:
    """Read an archive as a course's package. Never raises for what is in it: `problems` says it all."""
    found: list[Problem] = []
    files: dict[str, str] = {}
    media: dict[str, bytes] = {}
    if problem := directory_problem(content):
        return Package(files, media, problems=(_whole(problem),))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [one for one in archive.infolist() if not one.filename.endswith("/")]
            _read_all(archive, entries, files, media, found)
    except UNREADABLE:
        return Package(
            files, media, problems=(_whole(N_("This is not a whole zip archive. Make it again.")),)
        )
    return understand(files, media, found)


def _whole(sentence: str) -> Problem:
    return Problem("(archive)", 1, sentence)


def directory_problem(content: bytes, most: int = MOST_FILES, what: str = "A course") -> str | None:
    """What is wrong with the archive's table of contents, looked at before a library reads it into memory.

    `what`: of what the archive is, for a person to read.
    """
    place = len(content) - _END_SIZE
    if content[place : place + 4] != _END or content[-2:] != b"\0\0":
        place = content.rfind(_END, max(0, place - _LONGEST_COMMENT))
    if place < 0 or len(content) < place + _END_SIZE:
        return N_("This is not a zip archive. Put the course's folder into a .zip and send that.")
    entries, size = struct.unpack("<HL", content[place + 10 : place + 16])
    if content[max(0, place - 20) :][:4] == _END_64 or size > _MOST_DIRECTORY:
        return N_("This archive is of a kind for very big files. A course needs a plain zip.")
    return N_("%(what)s holds at most %(most)s files.", what=what, most=most) if entries > most else None


def _read_all(
    archive: zipfile.ZipFile,
    entries: Sequence[zipfile.ZipInfo],
    files: dict[str, str],
    media: dict[str, bytes],
    found: list[Problem],
) -> None:
    if len(entries) > MOST_FILES:
        found.append(_whole(N_("A course holds at most %(most)s files.", most=MOST_FILES)))
        return
    junk = [one for one in entries if JUNK.fullmatch(one.filename)]
    entries = [one for one in entries if one not in junk]
    if junk:
        found.append(
            Problem(junk[0].filename, 1, N_("Left out: a file your computer keeps for itself."), advice=True)
        )
    folder = _one_folder([one.filename for one in entries])
    total, seen = 0, set()
    for entry in entries:
        name = entry.filename.removeprefix(folder)
        problem = entry_problem(entry) or _size_problem(entry, total)
        if problem is None and name in seen:
            problem = N_("This file is in the archive twice. Keep one.")
        seen.add(name)
        if problem is not None:
            found.append(Problem(printable(name), 1, problem))
            continue
        content = bounded(archive, entry)
        if content is None:
            found.append(Problem(name, 1, N_("This file is damaged. Make the archive again.")))
            continue
        total += len(content)
        sort_file(name, content, files, media, found)


def _one_folder(names: Sequence[str]) -> str:
    """The one folder that everything is in, when an archive was made of a folder and not of what is in it."""
    first = names[0].partition("/")[0] + "/" if names else ""
    inside = all(name.startswith(first) for name in names)
    return first if inside and first not in ("/", "../", "./") else ""


def entry_problem(entry: zipfile.ZipInfo) -> str | None:
    """Why an entry is not a plain file inside the course's folder, or None."""
    name = entry.orig_filename
    parts = name.split("/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return N_("This name starts at the top of a disk. Name files from the course's folder on.")
    if ".." in parts or "." in parts or "" in parts:
        return N_("This name leads out of the course's folder. Put the file inside it.")
    if "\\" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return N_("This name has a sign that file names cannot have. Rename the file.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return N_("This is a link or a device, not a file. Put the file itself here.")
    if entry.flag_bits & 0x1:
        return N_("This file is locked with a password. Make the archive without one.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return N_("This file is packed in a way we do not read. Make a plain zip.")
    return None


def _size_problem(entry: zipfile.ZipInfo, total: int) -> str | None:
    if entry.file_size > MOST_BYTES_A_FILE or total + entry.file_size > MOST_BYTES:
        return N_("This is too big: 20 MB a file and 100 MB a course are the most.")
    if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        return N_("This unpacks to far more than it is. Put the real file here.")
    return None


def bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | None:
    """An entry's bytes, never more than it said it has; None when it cannot be read or said something else."""
    try:
        with archive.open(entry) as file:
            content = file.read(entry.file_size + 1)
    except UNREADABLE:
        return None
    return content if len(content) == entry.file_size else None


def printable(name: str) -> str:
    """A name that can be shown, whatever it holds."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200] or "?"


def write_archive(files: Mapping[str, str], media: Callable[[str], bytes], paths: Sequence[str]) -> bytes:
    """A package as an archive: the bytes that `write_folder` writes. The same package makes the same archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted((*files, *paths)):
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name].encode() if name in files else media(name))
    return made.getvalue()
