"""A power cut, replayed: which answers that were told “saved” are there when only what was flushed is sure to be?

usage: .venv/bin/python -m bench.power [--cuts 400] [--answers 300] [--seed N]

A server answers phones over HTTP while each write, flush and reply is written down (`bench.recorder`). Then the log is cut
at random entries, as often as wanted. At each cut a file holds what was flushed, and of what was written since: nothing;
or a beginning, the last write torn at any byte; or any of its 512-byte sectors, the others as they were. The database is
opened, checked by SQLite, and compared with the replies that had left before the cut.

What this shows: that the order of write, flush and reply is right, with whatever the disk does to what was not flushed.
What it cannot show: a disk that says “flushed” and lies, the directory's own entries (taken as kept), the file system's
own mending, PostgreSQL (its log is its makers' promise).
"""

import argparse
import json
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.kill import Answer
from bench.recorder import FILES, Entry, read_log
from bench.stage import RecordedServer, Stage, fresh_home

SECTOR = 512
WAYS = ("nothing", "beginning", "sectors")


@dataclass
class Disk:
    """One file: what is sure to be there, and what was written since the last flush."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[Entry] = field(default_factory=list)

    def take(self, entry: Entry) -> None:
        """A write, a truncation or a flush."""
        if entry.what != "S":
            self.since.append(entry)
            return
        for one in self.since:
            put(self.sure, one)
        self.since = []

    def after_the_cut(self, way: str, chance: random.Random) -> bytearray:
        """What may be found."""
        found = bytearray(self.sure)
        if way == "nothing" or not self.since:
            return found
        if way == "sectors":
            for entry in self.since:
                for piece in sectors(entry):
                    if chance.random() < 0.5:
                        put(found, piece)
            return found
        whole = chance.randrange(len(self.since))
        for entry in self.since[:whole]:
            put(found, entry)
        last = self.since[whole]
        put(
            found,
            Entry(last.what, last.file, last.offset, last.data[: chance.randrange(len(last.data) + 1)]),
        )
        return found


def put(content: bytearray, entry: Entry) -> None:
    """Do what the entry says."""
    if entry.what == "T":
        del content[entry.offset :]
        return
    if len(content) < entry.offset:
        content.extend(bytes(entry.offset - len(content)))
    content[entry.offset : entry.offset + len(entry.data)] = entry.data


def sectors(entry: Entry) -> list[Entry]:
    """A write in the pieces that a disk keeps or loses one by one."""
    if entry.what == "T":
        return [entry]
    pieces, at = [], 0
    while at < len(entry.data):
        length = SECTOR - (entry.offset + at) % SECTOR
        pieces.append(
            Entry(entry.what, entry.file, entry.offset + at, entry.data[at : at + length]),
        )
        at += length
    return pieces


@dataclass(frozen=True)
class Found:
    """All cuts, counted."""

    cuts: int
    acknowledged: int
    flushes: int
    checkpoints: int
    unflushed: int
    lost: int
    changed: int
    strangers: int
    doubled: int
    damaged: int

    @property
    def good(self) -> bool:
        """Whether each cut left all that had been told."""
        return self.lost + self.changed + self.strangers + self.doubled + self.damaged == 0

    def __str__(self) -> str:
        return (
            f"cuts {self.cuts} ({self.unflushed} of them with writes that were not flushed), acknowledged before the last "
            f"cut {self.acknowledged}, flushes {self.flushes}, checkpoints {self.checkpoints}; lost {self.lost}, changed "
            f"{self.changed}, from nobody {self.strangers}, doubled {self.doubled}, damaged databases {self.damaged}"
        )


def told_saved(data: bytes) -> tuple[str, str] | None:
    """The id and the moment of a reply that says “saved”."""
    if not re.search(rb'"saved":\s*true', data):
        return None
    document = json.loads(data)
    return document["id"], document["at"]


def replay(
    base: bytes, entries: Sequence[Entry], sent: dict[str, Answer], *, cuts: int, seed: int, folder: Path
) -> Found:
    """Cut the log so often and look each time."""
    chance = random.Random(seed)
    first = next(number for number, one in enumerate(entries) if one.what == "R" and told_saved(one.data))
    moments = sorted(chance.randrange(first, len(entries)) for _cut in range(cuts))
    disks = [Disk(bytearray(base)), Disk(), Disk()]
    told: dict[str, str] = {}
    wrong = dict.fromkeys(("lost", "changed", "strangers", "doubled", "damaged"), 0)
    at = unflushed = 0
    for moment in moments:
        for entry in entries[at : moment + 1]:
            if entry.what != "R":
                disks[entry.file].take(entry)
            elif saved := told_saved(entry.data):
                told.setdefault(*saved)
        at = moment + 1
        unflushed += any(disk.since for disk in disks)
        for disk, name in zip(disks, FILES, strict=True):
            content = disk.after_the_cut(chance.choice(WAYS), chance)
            place = folder / f"cut.db{name}"
            place.unlink(missing_ok=True)
            if content or not name:
                place.write_bytes(content)
        (folder / "cut.db-shm").unlink(missing_ok=True)
        for what, times in look(folder / "cut.db", told, sent).items():
            wrong[what] += times
    flushed = [one.file for one in entries if one.what == "S"]
    return Found(
        cuts=cuts,
        acknowledged=len(told),
        flushes=len(flushed),
        checkpoints=flushed.count(0),
        unflushed=unflushed,
        **wrong,
    )


def look(database: Path, told: dict[str, str], sent: dict[str, Answer]) -> dict[str, int]:
    """Open the database as after a start, and compare."""
    try:
        connection = sqlite3.connect(database)
        well = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
        rows = connection.execute(
            "SELECT id, attempt_id, sequence, given, arrived_at FROM response"
        ).fetchall()
        connection.close()
    except sqlite3.DatabaseError:
        return {"damaged": 1, "lost": len(told)}
    found = {str(uuid.UUID(row[0])): row for row in rows}
    changed = 0
    for id in told.keys() & found.keys():
        _id, attempt, order, given, arrived = found[id]
        answer = sent[id]
        kept = (uuid.UUID(attempt), order, json.loads(given), arrived.replace(" ", "T") + "+00:00")
        moment = told[id] if "." in told[id] else told[id].replace("+00:00", ".000000+00:00")
        changed += kept != (answer.attempt_id, answer.order, answer.means, moment)
    return {
        "damaged": int(well != ["ok"]),
        "lost": len(told.keys() - found.keys()),
        "changed": changed,
        "strangers": len(found.keys() - sent.keys()),
        "doubled": len(rows) - len({row[1:3] for row in rows}),
    }


def run(*, cuts: int, answers: int, seed: int) -> Found:
    """Record a server at work, then cut its power."""
    with tempfile.TemporaryDirectory(prefix="ladder-power-") as name:
        folder = Path(name)
        built = Stage(fresh_home(folder / "home"), seed=seed, server=RecordedServer)
        server = built.server
        assert isinstance(server, RecordedServer)
        database = built.settings.home / "ladder.db"
        if Path(f"{database}-wal").exists():
            raise RuntimeError("the database was not closed before the recording")
        shutil.copy(database, folder / "base.db")
        try:
            built.begin(answers)
            outcome = built.answer()
            if not outcome.good:
                raise RuntimeError(f"something is wrong without any cut: {outcome}")
        finally:
            if server.process.poll() is None:
                server.kill()
            built.let_go()
        sent = {str(answer.id): answer for own in built.sent for answer in own}
        entries = list(read_log(server.writes))
        return replay((folder / "base.db").read_bytes(), entries, sent, cuts=cuts, seed=seed, folder=folder)


def main() -> None:
    """One recording, so many cuts."""
    reader = argparse.ArgumentParser(prog="bench.power", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--cuts", type=int, default=400)
    reader.add_argument("--answers", type=int, default=300)
    reader.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    wanted = reader.parse_args()
    begun = time.monotonic()
    found = run(cuts=wanted.cuts, answers=wanted.answers, seed=wanted.seed)
    print(f"{found} (seed {wanted.seed}, {time.monotonic() - begun:.0f} s)")
    sys.exit(0 if found.good else 1)


if __name__ == "__main__":
    main()
