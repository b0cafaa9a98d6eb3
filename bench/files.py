"""Trouble with files: backups taken under load and torn, pages of the database gone bad, a worker out of memory."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.faults import Result, judged, worker_ids
from bench.hostile import attack
from bench.stage import Stage, fresh_home, stage
from lms.foundation.errors import Invalid
from lms.operations.backup import restore
from lms.operations.doctor import Finding, examine
from lms.settings import Settings, read_settings


def backed_up(built: Stage, target: Path) -> set[str]:
    """`lms backup` while people answer; the answers that were acknowledged before it began."""
    before = {str(id) for one in built.told for id in list(one.saved)}
    done = subprocess.run(
        built.server.command("backup", str(target), "--json"),
        env=built.server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-600:])
    return before


def elsewhere(folder: Path) -> Settings:
    """Another empty folder, with a secret and a database of its own."""
    return read_settings({"LADDER_HOME": str(folder), "LADDER_SECURE_COOKIES": "off"})


def answers_in(settings: Settings) -> set[str]:
    """Every answer of an SQLite file."""
    with closing(sqlite3.connect(settings.home / "ladder.db")) as connection:
        return {str(uuid.UUID(row[0])) for row in connection.execute("SELECT id FROM response")}


def ill(settings: Settings) -> list[Finding]:
    """What the doctor says is not well; the free disk is this machine's affair."""
    return [one for one in examine(settings, now=datetime.now(UTC)) if not one.well and one.check != "disk"]


def restored_under_load(quick: bool) -> Result:
    """Backups taken while people answer come back in other empty folders: what was acknowledged before is there."""
    with stage(answers=240 if quick else 1200) as built:
        backups: list[tuple[Path, set[str]]] = []

        def trouble() -> int:
            for number in range(3 if quick else 10):
                target = built.settings.home / f"{number}.ladder"
                backups.append((target, backed_up(built, target)))
            return 0

        outcome = built.answer(trouble)
        every = {str(answer.id) for own in built.sent for answer in own}
        missing = strangers = sick = extra = 0
        for number, (backup, before) in enumerate(backups):
            there = elsewhere(built.settings.home / f"there-{number}")
            report = restore(there, backup)
            found = answers_in(there)
            missing += len(before - found)
            strangers += len(found - every)
            extra += len(found - before)
            sick += len(ill(there)) + (report.files == 0)
        note = (
            f"backups {len(backups)} of a house at work, restored elsewhere: acknowledged before they began "
            f"{[len(before) for _file, before in backups]}, missing {missing}, later ones that are in {extra}, from nobody "
            f"{strangers}, chains, files' hashes and pages not well {sick}"
        )
        return judged(built, outcome, note=note, and_also=not missing and not strangers and not sick)


def torn_backup(quick: bool) -> Result:
    """A backup that is cut or bitten anywhere is refused, and nothing of it is written."""
    with stage(answers=120) as built:
        whole = built.settings.home / "whole.ladder"

        def trouble() -> int:
            backed_up(built, whole)
            return 0

        outcome = built.answer(trouble)
        content, chance = whole.read_bytes(), random.Random(1)
        torn, taken, harmless, left = built.settings.home / "torn.ladder", 0, 0, 0
        reference = answers_in(restored(built, whole, "reference"))
        tries = 40 if quick else 400
        for number in range(tries):
            at = chance.randrange(len(content))
            cut = number % 2 == 0
            torn.write_bytes(
                content[:at] if cut else content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
            )
            there = elsewhere(built.settings.home / "there")
            try:
                restore(there, torn)
            except Invalid:
                left += bool((there.home / "ladder.db").exists() and answers_in(there)) + there.files.exists()
            else:  # a byte that says nothing, such as a date in the archive's own list
                same = answers_in(there) == reference and not ill(there)
                harmless, taken = harmless + same, taken + (not same)
            shutil.rmtree(there.home)
        note = (
            f"{tries} torn or bitten: refused {tries - taken - harmless}, whole all the same {harmless}, taken for whole "
            f"{taken}, something left {left}"
        )
        return judged(built, outcome, note=note, and_also=not taken and not left)


def restored(built: Stage, backup: Path, name: str) -> Settings:
    """A backup, restored into a folder of that name."""
    there = elsewhere(built.settings.home / name)
    restore(there, backup)
    return there


def bad_page(quick: bool) -> Result:
    """A page of the database goes bad; the doctor finds it. (A changed byte inside a row is no bad page to SQLite.)"""
    with stage(answers=60) as built:
        outcome = built.answer()
        place = built.settings.home / "ladder.db"
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            [size] = connection.execute("PRAGMA page_size").fetchone()
            roots = [
                row[0]
                for row in connection.execute(
                    "SELECT rootpage FROM sqlite_master WHERE rootpage > 0 AND type = 'table'"
                )
            ]
        content, chance = place.read_bytes(), random.Random(1)
        pages = chance.sample(roots, 12 if quick else min(len(roots), 100))
        found = 0
        for page in pages:
            harmed = bytearray(content)
            harmed[(page - 1) * size + (100 if page == 1 else 0)] ^= 0xFF
            place.write_bytes(harmed)
            found += any(one.check in ("pages", "database") for one in ill(built.settings))
        place.write_bytes(content)
        note = f"pages harmed {len(pages)}, found by the doctor {found}; the whole one again well: {not ill(built.settings)}"
        return judged(built, outcome, note=note, and_also=found == len(pages) and not ill(built.settings))


def out_of_memory(quick: bool) -> Result:
    """The system kills a serving process for its memory; gunicorn's parent puts another in its place by itself."""
    with stage(answers=120 if quick else 600) as built:

        def trouble() -> int:
            for _kill in range(2 if quick else 6):
                [worker] = worker_ids(built)
                os.kill(worker, signal.SIGKILL)
                for _look in range(600):
                    if worker not in (now := worker_ids(built)) and now:
                        break
                    time.sleep(0.05)
                built.wait_for(built.acknowledged() + 10)
            return 0

        return judged(built, built.answer(trouble))


def full_outbox(quick: bool) -> Result:
    """A phone that was away for long sends thousands of facts: some batches twice, too many at once refused in words."""
    with stage(answers=60) as built:
        phone, someone = built.phones[0], built.people[0]
        facts = [
            {"id": str(uuid.uuid4()), "kind": "other", "n": number, "words": "from a later release"}
            for number in range(600 if quick else 5000)
        ]
        told: dict[str, int] = {}

        def send(batch: list[dict[str, object]]) -> int:
            line = phone.lines[1]
            body = json.dumps({"format": 1, "facts": batch})
            cookies = "; ".join(f"{name}={value}" for name, value in phone.cookies.items())
            line.request(
                "POST",
                "/sync",
                body,
                {
                    "Cookie": cookies,
                    "Content-Type": "application/json",
                    "X-Person": str(someone.id),
                    "X-Partial": "1",
                },
            )
            reply = line.getresponse()
            text = json.loads(reply.read())
            for one in text.get("facts", ()):
                told[one["id"]] = told.get(one["id"], 0) + 1
            return reply.status

        too_many = send(facts[:101])
        batches = [facts[start : start + 100] for start in range(0, len(facts), 100)]
        statuses = [send(batch) for batch in [*batches, *batches[::3]]]
        outcome = built.answer()
        with closing(sqlite3.connect(built.settings.home / "ladder.db")) as connection:
            kept = [str(uuid.UUID(row[0])) for row in connection.execute("SELECT id FROM synced_fact")]
        lost = set(told) - set(kept)
        note = f"facts {len(facts)}, told of {len(told)}, lost {len(lost)}, doubled {len(kept) - len(set(kept))}; 101 at once: {too_many}"
        good = set(statuses) == {200} and len(told) == len(facts) and not lost and 400 <= too_many < 500
        return judged(built, outcome, note=note, and_also=good and len(kept) == len(set(kept)))


def hostile(quick: bool) -> Result:
    """Requests that mean harm; see `bench.hostile`."""
    with tempfile.TemporaryDirectory(prefix="ladder-hostile-") as folder:
        found = attack(fresh_home(Path(folder)), count=600 if quick else 10_000, seed=1)
    return Result(found.good, note=f"{found}; {found.seen.complaints[:2]}")
