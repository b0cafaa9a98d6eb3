"""What one thing costs, in time of the processor, beside a bare thing of the same run, asked for in turn.

Time of the processor and not of the wall: a busy machine counts less. Each figure is a median with its middle half.
"""

import itertools
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import insert, select

from bench.bare import make_bare
from bench.board import build, life
from lms.app import create_app
from lms.foundation.actor import Role
from lms.migrating import migrate
from lms.people.models import Firm
from lms.people.services import sign_in
from lms.settings import Settings
from lms.tracks.models import EvidenceRow
from tests.house import C05, PASSWORD, House

SEED_COURSES = C05.parent
Act = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One line of the table: a cost, and how many times its baseline's it is."""

    name: str
    milliseconds: float
    low: float
    high: float
    n: int
    baseline: str
    ratio: float
    aim: str = ""


@contextmanager
def world() -> Iterator[tuple[House, Path]]:
    """A new house on SQLite, as it is served: written to disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = f"sqlite:///{folder}/ladder.db"
        migrate(address)
        app = create_app(
            Settings(home=folder, database=address, secret_key="b" * 40, secure_cookies=False, testing=True)
        )
        app.config["WTF_CSRF_ENABLED"] = False
        yield House(app, datetime.now(UTC).replace(microsecond=0)), folder


def in_turn(acts: dict[str, Act], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of the processor for each act, asked for in turn so that all meet the same machine."""
    took: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 2):
        for name, act in acts.items():
            start = time.process_time()
            act()
            if number >= 2:  # the first ones fill caches
                took[name].append(1000 * (time.process_time() - start))
    return took


def figures(took: dict[str, list[float]], baseline: str, aims: dict[str, str]) -> list[Figure]:
    """The figures of one run, each beside the baseline."""
    bare = statistics.median(took[baseline])
    found = []
    for name, times in took.items():
        low, middle, high = statistics.quantiles(times, n=4)
        found.append(Figure(name, middle, low, high, len(times), baseline, middle / bare, aims.get(name, "")))
    return found


def lesson_of(client: FlaskClient) -> str:
    """The address of the first lesson Today offers."""
    found = re.search(r'/courses/[0-9a-f-]+/lessons/[^"#?]+', client.get("/today").get_data(as_text=True))
    assert found is not None
    return found[0]


def pages(rounds: int) -> list[Figure]:
    """An agent's pages against a hello."""
    with world() as (house, folder):
        for course in sorted(SEED_COURSES.iterdir(), key=lambda one: ("-es-" in one.name, one.name))[:5]:
            house.course(folder=course)
        firm = house.firm()
        agent = house.client(house.person(firm, Role.AGENT))
        strangers = iter(house.clients([house.person(firm) for _round in range(rounds + 2)]))
        bare, lesson = make_bare(folder).test_client(), lesson_of(agent)
        brotli = {"Accept-Encoding": "br"}
        took = in_turn(
            {
                "hello": lambda: bare.get("/"),
                "a lesson, to who had it before": lambda: agent.get(lesson, headers=brotli),
                "a lesson, to somebody new": lambda: next(strangers).get(lesson, headers=brotli),
                "Today": lambda: agent.get("/today", headers=brotli),
                "My path": lambda: agent.get("/path", headers=brotli),
                "Me": lambda: agent.get("/me", headers=brotli),
            },
            rounds,
        )
        return figures(took, "hello", {"a lesson, to who had it before": "≤ 2", "Today": "≤ 2.9"})


def answering(
    agent: FlaskClient, attempt: uuid.UUID, right: dict[int, dict[str, list[str]]], count: Iterator[int]
) -> Act:
    """An act that keeps one answer of an attempt, each time to the next question and with the next number of a count."""

    def answer() -> None:
        number = next(count)
        position = list(right)[number % len(right)]
        reply = agent.post(
            f"/attempts/{attempt}/responses/{position}",
            headers={"X-Partial": "1"},
            data={**right[position], "response_id": str(uuid.uuid4()), "order": number},
        )
        assert reply.get_json()["saved"] is True

    return answer


def answers(rounds: int) -> list[Figure]:
    """One answer kept on disk against one bare durable insert."""
    with world() as (house, folder):
        course = house.course(folder=C05)
        someone = house.person(house.firm(), Role.AGENT)
        agent, attempt = house.client(someone), uuid.uuid4()
        agent.post(f"/assessments/{house.assessment(course)}/attempts", data={"attempt_id": str(attempt)})
        right = house.right_answers(someone, attempt)
        bare = make_bare(folder).test_client()
        took = in_turn(
            {
                "bare insert": lambda: bare.post("/", data={"response_id": str(uuid.uuid4()), "answer": "a"}),
                "an answer": answering(agent, attempt, right, itertools.count()),
            },
            rounds,
        )
        return figures(took, "bare insert", {"an answer": "≤ 2"})


def signing_in(rounds: int) -> list[Figure]:
    """A sign-in by its form against one Argon2id hash at the settings Ladder uses."""
    with world() as (house, _folder):
        someone = house.person(house.firm())
        form = {"name": someone.email, "password": PASSWORD, "firm": "", "next": ""}
        took = in_turn(
            {
                "one Argon2id hash": lambda: sign_in.hash_password(PASSWORD),
                "signing in": lambda: house.app.test_client().post("/sign-in", data=form),
            },
            rounds,
        )
        return figures(took, "one Argon2id hash", {"signing in": "≤ 1.5"})


def managers(rounds: int, people: int) -> list[Figure]:
    """A manager's pages in a firm of many, against Me."""
    with world() as (house, _folder):
        chance = random.Random(1)
        manager = build(house, people, chance)
        firm = next(iter(_firms(house)))
        full = house.person(firm, Role.AGENT)
        with house.writing(firm) as session:
            facts: list[dict[str, object]] = []
            while len(facts) < 500:
                facts += life(firm, full.id, [full.id], house.noon, chance)
            session.execute(insert(EvidenceRow), facts[:500])
        took = in_turn(
            {
                "Me": lambda: manager.get("/me"),
                f"the board, {people} people": lambda: manager.get("/board?rung=S1"),
                "a person with 500 pieces of evidence": lambda: manager.get(f"/board/people/{full.id}"),
                "the people of the firm": lambda: manager.get("/people"),
                "the team page": lambda: manager.get("/team"),
            },
            rounds,
        )
        return figures(took, "Me", {})


def _firms(house: House) -> set[uuid.UUID]:
    with house.writing() as session:
        return set(session.scalars(select(Firm.id).where(~Firm.is_association)))


def starting(rounds: int) -> list[Figure]:
    """The start of a process that has read all of Ladder, against one that has read Flask alone; wall time."""

    def wall(code: str) -> list[float]:
        took = []
        for _round in range(rounds):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            took.append(1000 * (time.perf_counter() - start))
        return took

    return figures(
        {"import flask": wall("import flask"), "import of the whole program": wall("import lms.app")},
        "import flask",
        {},
    )
