"""The import of 100,000 rows of figures with every fault we know of: time, memory, and the second import.

usage: .venv/bin/python -m bench.kpi [ROWS] [--people N]

The work is `lms import kpi` in processes of its own, so that each one's peak of memory is its own; the time is the
processor's, so that a busy machine counts less.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert

from lms.app import create_app
from lms.foundation.actor import Role
from lms.foundation.ids import new_id
from lms.migrating import migrate
from lms.people.models import Employment, Person
from lms.settings import Settings
from tests.figures import make, number
from tests.house import House

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def build(home: Path, people: int) -> None:
    """A firm of so many people with employee numbers."""
    database = f"sqlite:///{home / 'ladder.db'}"
    migrate(database)
    app = create_app(
        Settings(home=home, database=database, secret_key="k" * 40, secure_cookies=False, testing=True)
    )
    house = House(app, NOON)
    firm = house.firm()
    house.person(firm, Role.MANAGER)
    ids = [new_id() for _one in range(people)]
    with house.writing(firm) as session:
        session.execute(insert(Person), [{"id": one, "created_at": NOON} for one in ids])
        session.execute(
            insert(Employment),
            [
                {
                    "firm_id": firm,
                    "person_id": one,
                    "name": f"Person {place}",
                    "sort_name": f"person {place}",
                    "employee_number": number(place),
                    "started_on": date(2024, 1, 8),
                    "role_started_on": date(2024, 1, 8),
                }
                for place, one in enumerate(ids)
            ],
        )


def run(home: Path, *words: str) -> tuple[dict[str, object], float, float, int]:
    """A command: its report, its processor time and wall time in seconds, its peak of memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    environment = {
        **os.environ,
        "LADDER_HOME": str(home),
        "LADDER_DATABASE": f"sqlite:///{home / 'ladder.db'}",
    }
    program = (
        "import resource, sys; from lms.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout[:2000])
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(done.stdout), spent, wall, int(done.stderr.split()[-1]) // 1024


def counts(home: Path) -> dict[str, int]:
    """How many rows each table holds."""
    with sqlite3.connect(home / "ladder.db") as base:
        names = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        build(home, asked.people)
        made = make(asked.rows, asked.people)
        path = home / "figures.csv"
        path.write_text(made.text)
        smallest, spent, _wall, memory = run(
            home, "import", "kpi", str(path_of_two(home)), "--dry-run", "--json"
        )
        print(f"two rows                {spent:6.1f} s of processor  {memory:5} MB  {smallest['counts']}")
        words = ("import", "kpi", str(path), "--source", "tool", "--map", "fcr.n=FCR contacts", "--json")
        print(f"{asked.rows} rows, {len(made.kinds)} kinds of fault, {path.stat().st_size / 1e6:.1f} MB")
        before = counts(home)
        for name, more in (("dry run", ("--dry-run",)), ("first import", ()), ("second import", ())):
            report, spent, wall, memory = run(home, *words, *more)
            after = counts(home)
            changed = sum(abs(after[table] - before[table]) for table in after)
            print(
                f"{name:22} {spent:6.1f} s of processor ({wall:.1f} s)  {memory:5} MB"
                f"  {report['counts']}  rows written: {changed}"
            )
            check(report, made.expected, asked.rows)
            before = after


def path_of_two(home: Path) -> Path:
    """A file of two rows, to compare with."""
    path = home / "two.csv"
    path.write_text("\n".join(make(2, 2).text.splitlines()) + "\n")
    return path


def check(report: dict[str, object], expected: dict[int, str], rows: int) -> None:
    """That the report names every row, and each fault by its reason."""
    told = {row["line"]: row for row in report["rows"]}  # type: ignore[attr-defined]
    assert len(told) == rows, "the report is not whole"
    for line, why in expected.items():
        assert why in " ".join(told[line]["why"]), (line, why, told[line])
    skipped = {line for line, row in told.items() if row["status"] == "skipped"}
    assert skipped == set(expected), sorted(skipped ^ set(expected))[:5]


if __name__ == "__main__":
    main()
