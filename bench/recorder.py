"""A server whose database writes are written down: each write, each flush, each reply, in their order.

usage: .venv/bin/python -m bench.recorder LOG serve …      (the words after LOG are `lms`'s own)

SQLite's own layer over the operating system is wrapped from inside the process, so that what is recorded is what SQLite
asked the system for, and what it waited for. A write is noted before it is done and a flush after it: whoever reads the
log never believes more to be on disk than was. The same layer can be told to behave badly, by one word in LOG.mood:
`full` (no byte more), `readonly`, `unflushable` (each flush fails) or `slow` (each flush takes a fifth of a second).
"""

import ctypes
import os
import struct
import sys
import time
from collections.abc import Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = struct.Struct("<cBqi")
FILES = ("", "-wal", "-journal")
REFUSED_WRITES = {"full": 13, "readonly": 8}
FLUSH_FAILED = 1034
_WAL, _MAIN, _JOURNAL = 0x80000, 0x100, 0x800
_SLOTS, _WRITE, _TRUNCATE, _SYNC = 19, 3, 4, 5
_POINTER = ctypes.c_void_p
_Open = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, _POINTER, ctypes.c_int, _POINTER)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, _POINTER, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, _POINTER, ctypes.c_int)


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("size", ctypes.c_int),
        ("longest", ctypes.c_int),
        ("next", _POINTER),
        ("name", ctypes.c_char_p),
        ("data", _POINTER),
        ("open", _POINTER),
    )


@dataclass(frozen=True)
class Entry:
    """One line of the log: `W`rite, `T`runcate, `S`ync of a file (an index into FILES), or a `R`eply that left."""

    what: str
    file: int
    offset: int
    data: bytes


def read_log(path: Path) -> Iterator[Entry]:
    """The log's whole entries."""
    text, at = path.read_bytes(), 0
    while at + HEAD.size <= len(text):
        what, file, offset, length = HEAD.unpack_from(text, at)
        at += HEAD.size
        if at + length > len(text):
            return  # the process was killed while it wrote this one
        yield Entry(what.decode(), file, offset, text[at : at + length])
        at += length


class Recorder:
    """Wraps SQLite's layer in this process. It must live as long as the process does."""

    def __init__(self, log: Path) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.mood_file = str(log) + ".mood"
        self.kept: list[Any] = []
        self.methods: dict[tuple[int, int], int] = {}
        sqlite = ctypes.CDLL(find_library("sqlite3"))
        sqlite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        vfs = sqlite.sqlite3_vfs_find(None).contents
        original = _Open(vfs.open)

        def opened(own: int, name: int, file: int, flags: int, out: int) -> int:
            done: int = original(own, name, file, flags, out)
            if done == 0 and flags & (_WAL | _MAIN | _JOURNAL):
                which = 1 if flags & _WAL else 2 if flags & _JOURNAL else 0
                place = ctypes.cast(file, ctypes.POINTER(ctypes.c_uint64))
                place[0] = self._wrapped(place[0], which)
            return done

        self.opened = _Open(opened)
        vfs.open = ctypes.cast(self.opened, _POINTER)

    def note(self, what: bytes, file: int = 0, offset: int = 0, data: bytes = b"") -> None:
        """Append one entry."""
        os.write(self.log, HEAD.pack(what, file, offset, len(data)) + data)

    def mood(self) -> str:
        """How the disk behaves just now."""
        place = Path(self.mood_file)
        return place.read_text() if place.exists() else ""

    def _wrapped(self, methods: int, which: int) -> int:
        if (methods, which) not in self.methods:
            table = (ctypes.c_uint64 * _SLOTS).from_buffer_copy(ctypes.string_at(methods, 8 * _SLOTS))
            write, truncate, sync = _Write(table[_WRITE]), _Truncate(table[_TRUNCATE]), _Sync(table[_SYNC])

            def noted_write(file: int, data: int, length: int, offset: int) -> int:
                if (refusal := REFUSED_WRITES.get(self.mood())) is not None:
                    return refusal
                self.note(b"W", which, offset, ctypes.string_at(data, length))
                done: int = write(file, data, length, offset)
                return done

            def noted_truncate(file: int, size: int) -> int:
                self.note(b"T", which, size)
                done: int = truncate(file, size)
                return done

            def noted_sync(file: int, flags: int) -> int:
                mood = self.mood()
                if mood == "unflushable":
                    return FLUSH_FAILED
                if mood == "slow":
                    time.sleep(0.2)
                done: int = sync(file, flags)
                if done == 0:
                    self.note(b"S", which)
                return done

            own = (_Write(noted_write), _Truncate(noted_truncate), _Sync(noted_sync))
            for slot, function in zip((_WRITE, _TRUNCATE, _SYNC), own, strict=True):
                table[slot] = ctypes.cast(function, _POINTER).value or 0
            self.kept += [table, own, write, truncate, sync]
            self.methods[methods, which] = ctypes.addressof(table)
        return self.methods[methods, which]

    def note_replies(self) -> None:
        """Note each reply at the moment before its bytes leave."""
        from gunicorn import util

        original = util.write

        def noted(sock: Any, data: bytes, chunked: bool = False) -> None:
            self.note(b"R", data=bytes(data[:4000]))
            original(sock, data, chunked)

        util.write = noted


def main() -> None:
    """Wrap, then be `lms`."""
    recorder = Recorder(Path(sys.argv[1]))
    recorder.note_replies()
    sys.argv = ["lms", *sys.argv[2:]]
    from lms.cli import main as lms

    lms()


if __name__ == "__main__":
    main()
