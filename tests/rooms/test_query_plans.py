"""No page that people open all day reads through a table that grows with people: each statement finds its rows by an index."""

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, event

from lms.foundation.actor import Role
from lms.foundation.db import firm_tables
from lms.settings import Settings
from lms.web.request import db
from tests.house import C05, House

GROWS = firm_tables() | {"person", "sign_in"}
SAID = ("SELECT", "WITH", "UPDATE", "DELETE")


@contextmanager
def overheard(app: Flask) -> Iterator[dict[str, Any]]:
    """Every statement that is asked meanwhile, with what it was asked with the last time."""
    asked: dict[str, Any] = {}

    def note(_line: object, _cursor: object, said: str, given: Any, _context: object, many: bool) -> None:
        if said.startswith(SAID) and not said.startswith("SELECT set_config"):
            asked[said] = given[0] if many else given

    with app.app_context():
        engine: Engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def read_through_on_sqlite(path: str, asked: dict[str, Any]) -> list[str]:
    """What SQLite would read from end to end."""
    found = []
    with sqlite3.connect(path) as connection:
        for said, given in asked.items():
            for *_numbers, step in connection.execute(f"EXPLAIN QUERY PLAN {said}", given):
                scanned = re.match(r"SCAN (\w+?)(_\d+)?( |$)", step)
                if scanned and scanned[1] in GROWS:
                    found.append(f"{step}: {said}")
    return found


def read_through_on_postgresql(address: str, asked: dict[str, Any]) -> list[str]:
    """What PostgreSQL could only read from end to end; on a table of three rows it would do so anyway, so it is told not to."""
    found = []
    owner = address.replace("postgresql+psycopg://web:", "postgresql://postgres:")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET enable_seqscan = off")
        for said, given in asked.items():
            plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {said}".encode(), given))
            found += [f"{one}: {said}" for one in re.findall(r"Seq Scan on (\w+)", plan) if one in GROWS]
    return found


def read_through(settings: Settings, asked: dict[str, Any]) -> list[str]:
    if settings.database.startswith("sqlite"):
        return read_through_on_sqlite(settings.database.removeprefix("sqlite:///"), asked)
    return read_through_on_postgresql(settings.database, asked)


@pytest.fixture
def asked(app: Flask, house: House) -> dict[str, Any]:
    """What a break and a manager's look round ask the database."""
    course = house.course(folder=C05)
    firm = house.firm()
    ana, lead = house.person(firm), house.person(firm, Role.ASSESSOR)
    house.team(firm, lead=lead)
    agent, manager = house.client(ana), house.client(house.person(firm, Role.MANAGER))
    lesson = re.search(r'/courses/[0-9a-f-]+/lessons/[^"#?]+', agent.get("/today").get_data(as_text=True))
    assert lesson is not None
    assessment, attempt = house.assessment(course), uuid.uuid4()
    with overheard(app) as found:
        for page in ("/today", lesson[0], "/me", "/review", f"/assessments/{assessment}"):
            assert agent.get(page).status_code == 200, page
        agent.post(f"/assessments/{assessment}/attempts", data={"attempt_id": str(attempt)})
        right = house.right_answers(ana, attempt)
        for order, (position, fields) in enumerate(right.items()):
            said = {**fields, "response_id": str(uuid.uuid4()), "order": order}
            reply = agent.post(
                f"/attempts/{attempt}/responses/{position}", data=said, headers={"X-Partial": "1"}
            )
            assert reply.get_json()["saved"] is True
        facts = [
            {
                "id": str(uuid.uuid4()),
                "kind": "response",
                "attempt": str(attempt),
                "position": position,
                "order": 99,
                "fields": [[name, value] for name, values in fields.items() for value in values],
            }
            for position, fields in right.items()
        ]
        reply = agent.post(
            "/sync", data=json.dumps({"format": 1, "facts": facts}), headers={"X-Person": str(ana.id)}
        )
        assert {one["result"] for one in reply.get_json()["facts"]} == {"counted"}
        agent.post(f"/attempts/{attempt}/submit")
        for page in ("/path", f"/attempts/{attempt}/result"):
            assert agent.get(page).status_code == 200, page
        for page in ("/board?rung=S1", f"/board/people/{ana.id}", "/people", "/team", "/courses?q=call"):
            assert manager.get(page).status_code == 200, page
        assert house.client(lead).get("/team").status_code == 200
    return found


def test_every_statement_of_a_break_and_of_a_managers_round_finds_its_rows_by_an_index(
    asked: dict[str, Any], settings: Settings
) -> None:
    assert len(asked) > 60, "the round must have asked something"
    assert read_through(settings, asked) == []


def test_a_statement_without_an_index_would_be_seen(settings: Settings) -> None:
    assert len(read_through(settings, {"SELECT name FROM employment WHERE name = 'Ana'": ()})) == 1
