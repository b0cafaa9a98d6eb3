"""Do the tests of survival catch anything? Plant one durability bug after another in a copy, and run what should see it.

usage: .venv/bin/python -m bench.seeded [NAME...]
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
ENGINE = "lms/foundation/engine.py"
TAKING = "lms/assessments/services/taking.py"
BACKUP = "lms/operations/backup.py"


@dataclass(frozen=True)
class Bug:
    """A line as it is, as somebody might write it, and what should see the difference."""

    file: str
    good: str
    bad: str
    seen_by: str


BUGS = {
    "flushes are left to the system": Bug(ENGINE, "synchronous=FULL", "synchronous=OFF", POWER),
    "flushes at checkpoints only": Bug(ENGINE, "synchronous=FULL", "synchronous=NORMAL", POWER),
    "writers do not say so at once": Bug(
        ENGINE,
        'if not connection.get_execution_options().get("ladder_writes"):',
        "if connection is not None:",
        MANY,
    ),
    "nobody waits for a lock": Bug(ENGINE, "PATIENCE = 15.0", "PATIENCE = 0.0", MANY),
    "the commit is left to after the reply": Bug(
        "lms/web/room.py",
        "            current.commit()\n    finally",
        "            reply.call_on_close(current.commit)\n    finally",
        KILL,
    ),
    "an answer has no id of its own": Bug(
        TAKING, "        id=given.id,\n", "        id=uuid.uuid4(),\n", KILL
    ),
    "a repeat gets a new result": Bug(
        TAKING,
        "        return _kept(first, again=True)\n",
        "        first.arrived_at = now\n        return _kept(first, again=True)\n",
        KILL,
    ),
    "another answer's id is told saved": Bug(
        TAKING,
        '            raise Conflict("That answer was already kept for another question.")\n',
        "            return _kept(first, again=True)\n",
        "-m pytest -q -x -p no:randomly "
        "tests/survival/test_trouble_while_answering.py::test_the_id_of_another_answer_is_never_told_saved",
    ),
    "a new answer deletes the older one": Bug(
        TAKING,
        "    session.add(response)\n",
        "    for old in session.scalars(select(Response).where(Response.firm_id == actor.firm_id, "
        "Response.attempt_id == given.attempt_id, Response.position == given.position)):\n"
        "        session.delete(old)\n    session.add(response)\n",
        KILL,
    ),
    "the device's order is forgotten": Bug(TAKING, "sequence=given.sequence", "sequence=0", KILL),
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
    wanted = reader.parse_args().name or list(BUGS)
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
