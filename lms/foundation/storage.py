"""Files by their content: the name of a file is the hash of its bytes, so that it is written once and cached for ever."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

from lms.foundation.errors import NotFound


class Storage(Protocol):
    """Where uploaded and published files are kept."""

    def put(self, content: bytes) -> str:
        """Keep the bytes; return their name. The same bytes are kept once."""

    def get(self, name: str) -> bytes:
        """The bytes of that name. Raises NotFound."""


def flush_to_disk(path: Path) -> None:
    """What the system has of a file, or of a folder's names, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FolderStorage:
    """A folder on this machine; the default."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Write to a temporary name, flush to disk, then rename: a kill leaves the whole file or none.

        The name is on the disk too when this returns: a row that leads to it may be told “saved”.
        """
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        if path.exists():
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        flush_to_disk(path.parent)
        flush_to_disk(self.folder)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that name. Raises NotFound."""
        path = self._path(name)
        if not re.fullmatch(r"[0-9a-f]{64}", name) or not path.is_file():
            raise NotFound("There is no such file.")
        return path.read_bytes()

    def names(self) -> list[str]:
        """Every file kept here."""
        return sorted(path.name for path in self.folder.glob("??/*") if len(path.name) == 64)

    def is_whole(self, name: str) -> bool:
        """Whether the bytes are still those that the name is the hash of."""
        with self._path(name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == name

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name
