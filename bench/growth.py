"""What pages cost as the house fills: the same firm, while others with a year of history move in beside it.

usage: .venv/bin/python -m bench.growth [--to 100000] [--rounds 7] [--json] [--write]

The firm is the demo's first (its year written through the services that people use). The others are copies of it, row by
row, each under ids of its own, until the house holds so many people. A page of one firm should cost the same however many
live next door. Time of the processor, a median beside Me of the same house, asked for in turn; statements counted.
`--write` puts the table and the picture into docs/performance.md.
"""

import argparse
import json
import math
import os
import platform
import resource
import statistics
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection, Table, Uuid, create_engine, event, func, select, text

from bench.board import statements
from bench.costs import in_turn, lesson_of, world
from lms.demo.cli import build
from lms.foundation.db import Base, firm_tables
from lms.foundation.wall import beyond_the_wall
from lms.people.models import Employment, Person
from lms.web.request import db
from tests.house import C05, House, Someone

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PICTURE = PAGE.parent / "pictures" / "growth.svg"
MARKS = ("<!-- growth: made by bench.growth --write -->", "<!-- end of growth -->")
PEOPLE = 240
LEFT_OUT = frozenset(("audit_entry", "job"))
"""Chains and queues that a copy would break."""
COLOURS = ("#0b5563", "#e4572e", "#6a994e", "#7b4b94", "#b5651d", "#2f6fb5", "#8d8741", "#c2185b")


def copied(table: Table, firm: uuid.UUID, number: int, new_firm: uuid.UUID) -> str:
    """The statement that writes a firm's rows once more under another firm's id: other ids get another ending."""
    walled = firm_tables()
    ending = f"{number:08x}"
    said = []
    for column in table.columns:
        targets = {key.target_fullname.split(".")[0] for key in column.foreign_keys}
        if column.name == "firm_id":
            said.append(f"'{new_firm.hex}'")
        elif isinstance(column.type, Uuid) and not targets - walled - {"person"}:
            said.append(f"substr({column.name}, 1, 24) || '{ending}'")
        elif (table.name, column.name) == ("person", "email"):
            said.append("NULL")
        else:
            said.append(f'"{column.name}"')
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    where = (
        f"id IN (SELECT person_id FROM employment WHERE firm_id = '{firm.hex}')"
        if table.name == "person"
        else f"firm_id = '{firm.hex}'"
    )
    return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(said)} FROM {table.name} WHERE {where}"


def move_in(connection: Connection, firm: uuid.UUID, numbers: Sequence[int]) -> None:
    """So many copies of the firm, each a firm of its own."""
    tables = [
        one
        for one in Base.metadata.sorted_tables
        if (one.name in firm_tables() or one.name == "person") and one.name not in LEFT_OUT
    ]
    for number in numbers:
        new_firm = uuid.uuid4()
        connection.execute(
            text(
                "INSERT INTO firm (id, key, name, is_association, is_simulated, time_zone, language, created_at) "
                "SELECT :new, key || :number, name || :number, 0, is_simulated, time_zone, language, created_at "
                "FROM firm WHERE id = :old"
            ),
            {"new": new_firm.hex, "number": f" {number}", "old": firm.hex},
        )
        for table in tables:
            connection.execute(text(copied(table, firm, number, new_firm)))


def counted(connection: Connection) -> dict[str, int]:
    """How many people, and how many rows in all."""
    rows = sum(
        connection.scalar(select(func.count()).select_from(one)) or 0 for one in Base.metadata.sorted_tables
    )
    return {
        "people": connection.scalar(select(func.count()).select_from(Person.__table__)) or 0,
        "rows": rows,
    }


def pages_of(
    agent: FlaskClient, manager: FlaskClient, person: uuid.UUID
) -> dict[str, tuple[FlaskClient, str]]:
    """The pages that are asked for, by whom."""
    return {
        "Me": (manager, "/me"),
        "Today": (agent, "/today"),
        "a lesson": (agent, lesson_of(agent)),
        "My path": (agent, "/path"),
        "the board": (manager, "/board?rung=S1"),
        "a person": (manager, f"/board/people/{person}"),
        "the pipeline": (manager, "/pipeline?rung=S1"),
        "the people": (manager, "/people"),
        "courses found": (agent, "/courses?q=caller"),
    }


def someone(house: House, email: str) -> Someone:
    """An account of the demo."""
    with house.writing() as session, beyond_the_wall(session, "measuring"):
        row = session.execute(
            select(Employment.person_id, Employment.firm_id, Employment.name)
            .join(Person, Person.id == Employment.person_id)
            .where(Person.email == email)
        ).first()
    assert row is not None
    return Someone(row.person_id, row.firm_id, row.name, email)


def measure(to: int, rounds: int) -> dict[str, Any]:
    """Every size up to `to` people, ten times as many at each step."""
    with world() as (house, folder):
        app = house.app
        for course in sorted(C05.parent.iterdir(), key=lambda one: ("-es-" in one.name, one.name)):
            house.course(folder=course)
        with app.app_context():
            build(db.session(), people=PEOPLE, seed=1, as_of=date.today())
        agent, manager = (someone(house, f"{one}@demo.example") for one in ("agent", "manager"))
        asked = pages_of(house.client(agent), house.client(manager), agent.id)
        engine = create_engine(f"sqlite:///{folder}/ladder.db")
        event.listen(engine, "connect", _in_a_hurry)
        found: list[dict[str, Any]] = []
        number = 0
        with engine.begin() as connection:
            per_firm = connection.scalar(
                select(func.count())
                .select_from(Employment.__table__)
                .where(Employment.firm_id == agent.firm_id)
            )
        assert per_firm
        for size in [10**step for step in range(3, round(math.log10(to)) + 1)]:
            with engine.begin() as connection:
                have = counted(connection)["people"]
                more = max(0, round((size - have) / per_firm))
                move_in(connection, agent.firm_id, range(number + 1, number + more + 1))
                number += more
            with engine.connect() as connection:
                connection.execute(text("ANALYZE"))
                connection.commit()
                counts = counted(connection)
            took = in_turn({name: _ask(*one) for name, one in asked.items()}, rounds)
            bare = statistics.median(took["Me"])
            found.append(
                {
                    **counts,
                    "pages": {
                        name: {
                            "ms": statistics.median(times),
                            "times_me": statistics.median(times) / bare,
                            "statements": statements(app, *asked[name]),
                        }
                        for name, times in took.items()
                    },
                    "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                }
            )
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}",
        "rounds": rounds,
        "sizes": found,
    }


def _ask(client: FlaskClient, path: str) -> Any:
    def ask() -> None:
        assert client.get(path).status_code == 200, path

    return ask


def _in_a_hurry(raw: Any, _record: object) -> None:
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("PRAGMA synchronous=OFF")


def as_markdown(found: Mapping[str, Any]) -> str:
    """The table: a page a line, a size a column."""
    sizes = found["sizes"]
    lines = [
        f"Measured {found['at']} on {found['machine']}, SQLite, n {found['rounds']} each; at the largest the process held "
        f"{sizes[-1]['memory_mb']:.0f} MB at most.",
        "",
        "| milliseconds of the processor (times Me) | statements | "
        + " | ".join(f"{one['people']:,} people, {one['rows']:,} rows" for one in sizes)
        + " | largest to smallest |",
        "|---|--:|" + "--:|" * (len(sizes) + 1),
    ]
    for name in sizes[0]["pages"]:
        own = [one["pages"][name] for one in sizes]
        counts = sorted({one["statements"] for one in own})
        lines.append(
            f"| {name} | {' to '.join(map(str, (counts[0], counts[-1]) if len(counts) > 1 else counts))} | "
            + " | ".join(f"{one['ms']:.1f} ({one['times_me']:.1f})" for one in own)
            + f" | {own[-1]['ms'] / own[0]['ms']:.2f} |"
        )
    return "\n".join(lines)


def as_picture(found: Mapping[str, Any]) -> str:
    """Lines on logarithmic axes: a flat one does not grow."""
    sizes = found["sizes"]
    wide, high, left, top = 720, 380, 60, 20
    costs = [page["ms"] for one in sizes for page in one["pages"].values()]
    low, far = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    first, last = math.log10(sizes[0]["people"]), math.log10(sizes[-1]["people"])

    def x(people: float) -> float:
        return left + (wide - left - 190) * (math.log10(people) - first) / max(last - first, 0.01)

    def y(ms: float) -> float:
        return top + (high - top - 50) * (far - math.log10(ms)) / max(far - low, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">'
        f'<rect width="{wide}" height="{high}" fill="#fffdf8"/>'
    ]
    for power in range(low, far + 1):
        parts.append(
            f'<path d="M{left} {y(10**power):.0f}H{wide - 190}" stroke="#ddd6c8"/>'
            f'<text x="{left - 8}" y="{y(10**power) + 4:.0f}" text-anchor="end">{10.0**power:g} ms</text>'
        )
    for one in sizes:
        parts.append(
            f'<text x="{x(one["people"]):.0f}" y="{high - 22}" text-anchor="middle">{one["people"]:,}</text>'
        )
    parts.append(f'<text x="{left}" y="{high - 5}">people in the house</text>')
    ends = sorted((sizes[-1]["pages"][name]["ms"], name) for name in sizes[0]["pages"])
    places: dict[str, float] = {}
    below = math.inf
    for ms, name in ends:
        below = min(y(ms), below - 14)
        places[name] = below
    for colour, name in zip(COLOURS * 2, sizes[0]["pages"], strict=False):
        points = " ".join(f"{x(one['people']):.0f},{y(one['pages'][name]['ms']):.0f}" for one in sizes)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{wide - 180}" y="{places[name] + 4:.0f}" fill="{colour}">{name}</text>'
        )
    return "".join(parts) + "</svg>\n"


def main() -> None:
    """Measure, print, and put both into the page when asked."""
    reader = argparse.ArgumentParser(prog="bench.growth", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--to", type=int, default=100_000, help="People at the largest.")
    reader.add_argument("--rounds", type=int, default=7)
    reader.add_argument("--json", action="store_true", help="Print one JSON object.")
    reader.add_argument(
        "--write", action="store_true", help="Put table and picture into docs/performance.md."
    )
    wanted = reader.parse_args()
    found = measure(wanted.to, wanted.rounds)
    print(json.dumps(found) if wanted.json else as_markdown(found))
    if wanted.write:
        before, rest = PAGE.read_text().split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        PAGE.write_text(
            f"{before}{MARKS[0]}\n{as_markdown(found)}\n\n![Cost of each page by people in the house](pictures/growth.svg)\n{MARKS[1]}{after}"
        )
        PICTURE.write_text(as_picture(found))


if __name__ == "__main__":
    main()
