"""A zip of somebody else's, read one entry at a time: nothing is unpacked to disk, all is bounded, every refusal is named."""

import io
import zipfile
from typing import Protocol

from lms.courses.archives import (
    JUNK,
    MOST_RATIO,
    SMALL,
    UNREADABLE,
    bounded,
    directory_problem,
    entry_problem,
    printable,
)
from lms.foundation.errors import Invalid
from lms.foundation.words import N_

MOST_ENTRIES = 5_000
MOST_BYTES = 64 * 1024 * 1024
MOST_BYTES_AN_ENTRY = 40 * 1024 * 1024
DEEPEST = 20
_DAMAGED = N_("This is not a whole zip archive. Make it again.")


class Archive(Protocol):
    """Files by name, whatever holds them."""

    @property
    def names(self) -> list[str]:
        """The names of the files that can be read, in the archive's order."""

    @property
    def refused(self) -> list[tuple[str, str]]:
        """What was not taken, and why."""

    def get(self, name: str) -> bytes | None:
        """A file, or None when there is none of that name."""


class Zip:
    """A zip archive. Raises Invalid when it is none, or one that could only do harm."""

    def __init__(self, content: bytes) -> None:
        problem = directory_problem(content, MOST_ENTRIES, "An archive")
        if problem:
            raise Invalid("This archive cannot be read.", [problem])
        self.refused: list[tuple[str, str]] = []
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._folded: dict[str, str] = {}
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._look()
        except UNREADABLE:
            raise Invalid(_DAMAGED) from None

    def _look(self) -> None:
        total = 0
        for entry in self._archive.infolist():
            name = entry.filename
            if name.endswith("/") or JUNK.fullmatch(name):
                continue
            problem = entry_problem(entry) or self._size_problem(entry, total)
            if problem is None and name.casefold() in self._folded:
                problem = "Another file has this name, but for capital letters. Keep one."
            if problem is None and name.count("/") > DEEPEST:
                problem = "This is in too many folders, one in another."
            if problem is not None:
                self.refused.append((printable(name), problem))
                continue
            total += entry.file_size
            self._entries[name] = entry
            self._folded[name.casefold()] = name

    def _size_problem(self, entry: zipfile.ZipInfo, total: int) -> str | None:
        if entry.file_size > MOST_BYTES_AN_ENTRY or total + entry.file_size > MOST_BYTES:
            return "This is too big: 40 MB a file and 64 MB together are the most."
        if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            return "This unpacks to far more than it is. Put the real file here."
        return None

    @property
    def names(self) -> list[str]:
        """The names of the files that can be read, in the archive's order."""
        return list(self._entries)

    def get(self, name: str) -> bytes | None:
        """A file; None when it is not there, or damaged."""
        entry = self._entries.get(name) or self._entries.get(self._folded.get(name.casefold(), ""))
        return bounded(self._archive, entry) if entry is not None else None
