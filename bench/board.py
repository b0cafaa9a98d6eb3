"""The readiness board with many people, against the smallest page of the same server, in one run.

usage: .venv/bin/python -m bench.board [PEOPLE] [--rounds N] [--profile]

The firm is true to life: teams of some twelve with leads, every agent with about a dozen facts of several kinds and
ages, some near the pass mark, some stale, some superseded, a few contested. Pages are asked for in turn; the time is
the processor's, so that a busy machine counts less.
"""

import argparse
import cProfile
import pstats
import random
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert

from lms.app import create_app
from lms.foundation.actor import Role
from lms.foundation.ids import new_id
from lms.migrating import migrate
from lms.people.models import Employment, EmploymentRole, Person
from lms.people.rules import sort_name
from lms.settings import Settings
from lms.tracks.framework_files import find_rung, shipped_framework
from lms.tracks.models import Contest, EvidenceRow
from lms.web.request import db
from tests.house import House

RUNG = "S1"
TEAM = 12


def build(house: House, people: int, chance: random.Random) -> FlaskClient:
    """A firm of so many people; its manager's browser."""
    firm = house.firm()
    manager = house.person(firm, Role.MANAGER)
    leads = [house.person(firm, Role.ASSESSOR) for _team in range(max(1, people // TEAM))]
    teams = [house.team(firm, f"Team {number}", lead=lead) for number, lead in enumerate(leads, start=1)]
    ids = [new_id() for _person in range(people - len(leads) - 1)]
    today = house.noon.date()
    with house.writing(firm) as session:
        session.execute(insert(Person), [{"id": one, "created_at": house.noon} for one in ids])
        session.execute(
            insert(Employment),
            [
                {
                    "firm_id": firm,
                    "person_id": one,
                    "name": (name := f"Person {number:04} {chance.choice('ABCDEFGH')}. Cal"),
                    "sort_name": sort_name(name),
                    "team_id": chance.choice(teams),
                    "started_on": (start := today - timedelta(days=chance.randint(20, 1600))),
                    "role_started_on": start,
                }
                for number, one in enumerate(ids)
            ],
        )
        session.execute(
            insert(EmploymentRole), [{"firm_id": firm, "person_id": one, "role": Role.AGENT} for one in ids]
        )
        facts = [
            fact for one in ids for fact in life(firm, one, [lead.id for lead in leads], house.noon, chance)
        ]
        session.execute(insert(EvidenceRow), facts)
        session.execute(
            insert(Contest),
            [
                {
                    "firm_id": firm,
                    "id": new_id(),
                    "evidence_id": fact["id"],
                    "by_id": fact["person_id"],
                    "reason": "That call was handed to me half way.",
                    "at": house.noon,
                }
                for fact in chance.sample(facts, k=max(1, len(facts) // 400))
            ],
        )
    return house.client(manager)


def life(
    firm: uuid.UUID, person: uuid.UUID, raters: list[uuid.UUID], noon: datetime, chance: random.Random
) -> list[dict[str, object]]:
    """What is recorded about one person: about twelve facts."""
    framework = shipped_framework()
    competencies = [one["key"] for one in framework["competencies"]]
    found = find_rung(framework, RUNG)
    assert found is not None
    wanted = [one["key"] for one in found[1]["requirements"]]
    courses = [one.get("course") for one in found[1]["requirements"] if one.get("course")] or ["C01"]
    rows: list[dict[str, object]] = []
    for _fact in range(chance.randint(8, 16)):
        kind = chance.choice(
            ("course", "assessment", "assessment", "observed", "observed", "attestation", "kpi")
        )
        at = noon - timedelta(days=chance.randint(1, 800), minutes=chance.randint(0, 600))
        score = round(chance.uniform(0.4, 1.0), 2) if kind in ("assessment", "kpi") else None
        seen = kind in ("observed", "attestation")
        same = [one["id"] for one in rows if one["kind"] == kind and one["supersedes_id"] is None]
        rows.append(
            {
                "firm_id": firm,
                "id": new_id(),
                "person_id": person,
                "kind": kind,
                "competency": chance.choice(competencies),
                "level": 1 if kind == "course" else chance.randint(1, 4),
                "requirement": chance.choice(courses if kind == "course" else wanted),
                "outcome": "completed"
                if kind == "course"
                else "rated"
                if seen
                else "passed"
                if score and score >= 0.75
                else "failed",
                "score": score,
                "error": 0.08 if score else None,
                "pass_mark": 0.75 if score else None,
                "on": at.date(),
                "recorded_at": at,
                "rater_id": chance.choice(raters) if seen else None,
                "supersedes_id": chance.choice(same) if same and chance.random() < 0.08 else None,
                "detail": {"title": "A fact"},
            }
        )
    return rows


def statements(app: Flask, client: FlaskClient, path: str) -> int:
    """How many statements a page costs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SELECT set_config", "SET ")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def main() -> None:
    """Build a firm, ask for the pages in turn, print medians with their spread and the ratio."""
    reader = argparse.ArgumentParser(prog="bench.board", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("people", nargs="?", type=int, default=1000)
    reader.add_argument("--rounds", type=int, default=11)
    reader.add_argument("--profile", action="store_true", help="Where the board's time goes.")
    wanted = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/ladder.db"
        migrate(address)
        app = create_app(
            Settings(
                home=Path(folder), database=address, secret_key="b" * 40, secure_cookies=False, testing=True
            )
        )
        house = House(app, datetime.now(UTC).replace(microsecond=0))
        client = build(house, wanted.people, random.Random(1))
        took: dict[str, list[float]] = {"/me": [], f"/board?rung={RUNG}": []}
        size = {
            path: len(client.get(path).get_data()) for path in took
        }  # the first time also warms templates
        for _round in range(wanted.rounds):
            for path, times in took.items():
                start = time.process_time()
                reply = client.get(path)
                times.append(time.process_time() - start)
                assert reply.status_code == 200
        for path, times in took.items():
            low, middle, high = (1000 * one for one in statistics.quantiles(times, n=4))
            print(
                f"{path}: median {middle:.1f} ms (middle half {low:.1f} to {high:.1f}, n {wanted.rounds}), "
                f"{statements(app, client, path)} statements, {size[path] // 1024} KB of HTML"
            )
        trivial, board = (statistics.median(times) for times in took.values())
        print(f"people {wanted.people}: ratio {board / trivial:.0f}")
        if wanted.profile:
            profile = cProfile.Profile()
            profile.runcall(client.get, f"/board?rung={RUNG}")
            pstats.Stats(profile).sort_stats("tottime").print_stats(22)


if __name__ == "__main__":
    main()
