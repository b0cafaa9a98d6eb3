"""Do the measurements catch anything? Plant one bug after another in a copy, and run what should see it.

usage: .venv/bin/python -m bench.seeded [--all-of survival|schedules] [NAME...]

The first half are bugs of durability, the second of facts that arrive later.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = (
    "lms",
    "bench",
    "tests",
    "migrations",
    "seed_courses",
    "docs",
    "setup.cfg",
    "pyproject.toml",
    "wsgi.py",
)
POWER = "-m bench.power --cuts 60 --answers 60 --seed 1"
MANY = "-m bench.survive --quick many-at-once"
KILL = "-m bench.kill --runs 1 --answers 60 --kills 1 --seed 1"
TORN = "-m pytest -q -x -p no:randomly tests/survival/test_torn_files.py::"
PYTEST = "-m pytest -q -x -p no:randomly "
STORAGE = "lms/foundation/storage.py"
ENGINE = "lms/foundation/engine.py"
ANSWERING = "lms/assessments/services/answering.py"
BACKUP = "lms/operations/backup.py"
SCHEDULES = "-m bench.offline --schedules 300 --seed 1"
SYNCING = "lms/learning/services/syncing.py"
MEMORY = "lms/learning/services/memory.py"
TIMING = "lms/assessments/rules/timing.py"
OUTBOX = "lms/static/js/outbox.js"
BROWSER = "-m pytest -q -x -p no:randomly tests/browser/"


@dataclass(frozen=True)
class Bug:
    """A line as it is, as somebody might write it, and what should see the difference."""

    file: str
    good: str
    bad: str
    seen_by: str


SURVIVAL = {
    "flushes are left to the system": Bug(ENGINE, "synchronous=FULL", "synchronous=OFF", POWER),
    "flushes at checkpoints only": Bug(ENGINE, "synchronous=FULL", "synchronous=NORMAL", POWER),
    "writers do not say so at once": Bug(
        ENGINE,
        'if not connection.get_execution_options().get("ladder_writes"):',
        "if connection is not None:",
        PYTEST + "tests/rooms/test_durability.py -k too_long",
    ),
    "nobody waits for a lock": Bug(ENGINE, "PATIENCE = 15.0", "PATIENCE = 0.0", MANY),
    "the commit is left to after the reply": Bug(
        "lms/web/room.py",
        "            current.commit()\n    finally",
        "            reply.call_on_close(current.commit)\n    finally",
        KILL,
    ),
    "an answer has no id of its own": Bug(
        ANSWERING, "queries.Come(given.id,", "queries.Come(uuid.uuid4(),", KILL
    ),
    "a repeat gets a new result": Bug(
        ANSWERING,
        "        return _kept(first, again=True)\n",
        "        first = queries.Come(first.id, first.attempt_id, first.position, now, first.counted, "
        "first.kept_because)\n        return _kept(first, again=True)\n",
        KILL,
    ),
    "another answer's id is told saved": Bug(
        ANSWERING,
        '            raise Conflict("That answer was already kept for another question.")\n',
        "            return _kept(first, again=True)\n",
        "-m pytest -q -x -p no:randomly "
        "tests/survival/test_trouble_while_answering.py::test_the_id_of_another_answer_is_never_told_saved",
    ),
    "a new answer deletes the older one": Bug(
        ANSWERING,
        "            kept = session.connection().execute(KEEP_IF_OPEN,",
        "            old = Response.__table__\n"
        "            session.execute(old.delete().where(old.c.firm_id == actor.firm_id, "
        "old.c.attempt_id == given.attempt_id, old.c.position == given.position))\n"
        "            kept = session.connection().execute(KEEP_IF_OPEN,",
        KILL,
    ),
    "an answer counts though its attempt was handed in meanwhile": Bug(
        "lms/assessments/queries/answering.py",
        "            _AN_ATTEMPT.submitted_at.is_(None),\n        )",
        "        )",
        PYTEST + "tests/survival/test_trouble_while_answering.py -k handed_in",
    ),
    "an answer that comes twice at once breaks": Bug(
        ANSWERING,
        "        except IntegrityError:",
        "        except ZeroDivisionError:",
        PYTEST + "tests/survival/test_trouble_while_answering.py -k twice_at_once",
    ),
    "the device's order is forgotten": Bug(ANSWERING, '"sequence": given.sequence,', '"sequence": 0,', KILL),
    "restoring skips a table": Bug(
        BACKUP,
        "        batch: list[dict[str, Any]] = []\n",
        '        if table.name == "response":\n            continue\n        batch: list[dict[str, Any]] = []\n',
        TORN + "test_an_answer_is_in_the_backup_and_comes_back",
    ),
    "a backup is not one moment's": Bug(
        BACKUP,
        "                for table in Base.metadata.sorted_tables:\n                    name = ",
        "                for table in Base.metadata.sorted_tables:\n                    connection.commit()\n"
        "                    name = ",
        TORN + "test_a_backup_is_one_moment_even_while_people_go_on_working",
    ),
    "a backup's hashes are not looked at": Bug(
        BACKUP,
        "_hash_of(archive, name) == wanted for",
        "wanted or _hash_of(archive, name) for",
        TORN + "test_a_backup_whose_rows_were_changed_is_refused",
    ),
    "a backup has its name before it is whole": Bug(
        BACKUP,
        'temporary = target.with_suffix(target.suffix + ".part")',
        "temporary = target",
        TORN + "test_a_backup_that_breaks_off_leaves_the_last_one_whole",
    ),
    "a damaged database is a traceback": Bug(
        "lms/operations/doctor.py",
        "except DatabaseError as error",
        "except OperationalError as error",
        TORN + "test_a_page_that_went_bad_is_found_by_the_doctor",
    ),
}

SURVIVAL |= {
    "a stored file is not flushed": Bug(
        STORAGE,
        "            os.fsync(file.fileno())\n",
        "",
        TORN + "test_a_stored_file_and_its_name_are_on_the_disk_before_its_row_can_be",
    ),
    "a stored file's name is not flushed": Bug(
        STORAGE,
        "        flush_to_disk(path.parent)\n",
        "",
        TORN + "test_a_stored_file_and_its_name_are_on_the_disk_before_its_row_can_be",
    ),
    "a job ends whoever has it by now": Bug(
        "lms/foundation/job_queue.py",
        "        raise LeaseLost\n",
        "        return\n",
        PYTEST + "tests/rooms/test_jobs.py::test_a_worker_that_was_too_slow_keeps_nothing",
    ),
    "a phone's fact is told kept and is not": Bug(
        "lms/learning/services/syncing.py",
        "    desk.session.add(row)\n",
        "",
        "-m bench.survive --quick full-outbox",
    ),
    "the end of a sealed backup is not marked": Bug(
        "lms/operations/sealing.py",
        'number.to_bytes(11, "big") + bytes([last])',
        'number.to_bytes(11, "big") + bytes([bool(last) and False])',
        PYTEST + "tests/survival/test_sealed_backups.py",
    ),
    "a changed file is well": Bug(
        STORAGE,
        'hashlib.file_digest(file, "sha256").hexdigest() == name',
        'bool(hashlib.file_digest(file, "sha256").hexdigest())',
        PYTEST + "tests/rooms/test_backups.py::test_a_file_whose_bytes_were_changed_is_found",
    ),
}

LATER = {
    "the phone's order of answers is forgotten": Bug(
        SYNCING, 'fact.a_number("order", most=2_000_000_000)', "0", SCHEDULES
    ),
    "an answer after the deadline counts": Bug(
        TIMING,
        "    return late_because(clocks, deadline_at=deadline_at, now=now)\n",
        "    return None\n",
        SCHEDULES,
    ),
    "a clock that was set back is believed": Bug(
        TIMING, "    if clocks.wall is not None and (\n", "    if False and (\n", SCHEDULES
    ),
    "the second phone's answer to a card counts again": Bug(
        SYNCING, "    if first is not None and first.id != fact.id:\n", "    if False:\n", SCHEDULES
    ),
    "a word on a wrong answer moves the card": Bug(
        MEMORY, "    if answer.score >= 1 and card.last_at == ", "    if card.last_at == ", SCHEDULES
    ),
    "a card of the version that was left counts": Bug(
        "lms/learning/services/__init__.py",
        "    counted = (known.version_id if known else version_id) == enrolment.version_id\n",
        "    counted = True\n",
        SCHEDULES,
    ),
    "a hand-in does not wait for its answers": Bug(
        SYNCING,
        "    if queries.list_not_here(desk.session, actor=desk.actor, ids=wanted):\n",
        "    if False:\n",
        SCHEDULES,
    ),
    "a hand-in that waited is left waiting": Bug(
        SYNCING,
        "    settled = _settle_waiting(desk)\n",
        "    settled: dict[uuid.UUID, SyncedFact] = {}\n",
        SCHEDULES,
    ),
    "each fact of a batch is committed by itself": Bug(
        SYNCING,
        "            known[fact.id], found[id(fact)] = _take(desk, fact)\n",
        "            known[fact.id], found[id(fact)] = _take(desk, fact)\n            session.commit()\n",
        SCHEDULES,
    ),
    "whoever is signed in sends what another left on the phone": Bug(
        "lms/web/room.py",
        "    return named is not None and named != str(signed_in().actor.person_id)\n",
        "    return False\n",
        SCHEDULES,
    ),
    "the end of a sign-in drops what waits": Bug(
        OUTBOX,
        '    if (reply.status === 401) return "signed-out";\n',
        '    if (reply.status === 401) { batch.forEach((entry) => forget(entry.id)); return "signed-out"; }\n',
        BROWSER + "test_expired_sign_in.py",
    ),
    "an answer that a hand-in names is replaced": Bug(
        OUTBOX, " && !isNamed(one.id)", "", BROWSER + "test_without_a_network.py"
    ),
}
BUGS = SURVIVAL | LATER
GROUPS = {"survival": SURVIVAL, "schedules": LATER}


def plant(bug: Bug, copy: Path) -> None:
    """Put the bug into the copy. Raises RuntimeError when the good line is no longer there, once."""
    place = copy / bug.file
    text = place.read_text()
    if text.count(bug.good) != 1:
        raise RuntimeError(f"{bug.file} holds {text.count(bug.good)} times: {bug.good}")
    place.write_text(text.replace(bug.good, bug.bad))


def caught(bug: Bug) -> tuple[bool, str]:
    """Whether what should see the bug does, and its last words."""
    with tempfile.TemporaryDirectory(prefix="ladder-seeded-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        plant(bug, copy)
        done = subprocess.run(
            [sys.executable, *bug.seen_by.split()],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    words = (done.stdout.strip() or done.stderr.strip()).splitlines()
    return done.returncode != 0, next((one for one in reversed(words) if "FAILED" in one), words[-1])


def main() -> None:
    """Plant each; exit 1 when one was not caught."""
    reader = argparse.ArgumentParser(prog="bench.seeded", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("name", nargs="*", help="; ".join(BUGS))
    reader.add_argument("--all-of", choices=list(GROUPS))
    said = reader.parse_args()
    wanted = said.name or list(GROUPS.get(said.all_of, BUGS))
    missed = 0
    for name in wanted:
        begun = time.monotonic()
        seen, words = caught(BUGS[name])
        missed += not seen
        print(
            f"{'caught' if seen else 'MISSED'}  {name}  [{BUGS[name].seen_by}] {words[:260]} ({time.monotonic() - begun:.0f} s)",
            flush=True,
        )
    print(f"{len(wanted) - missed} of {len(wanted)} caught")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
