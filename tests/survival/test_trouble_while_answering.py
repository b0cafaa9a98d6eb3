"""A person answers while something is wrong: they are told so, nothing is half done, and the repeat is told “saved” once."""

import dataclasses
import re
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.assessments.models import Response
from lms.assessments.queries.answering import KEEP_IF_OPEN, glimpse
from lms.assessments.services import answering, start_attempt, submit_attempt
from lms.settings import Settings
from lms.web.request import db
from tests.house import C05, House, Someone


@dataclass
class Sitting:
    """Somebody in the midst of an attempt."""

    house: House
    agent: Someone
    client: FlaskClient
    attempt_id: uuid.UUID
    fields: dict[int, dict[str, list[str]]]

    def send(self, id: uuid.UUID, position: int = 1, order: int = 1) -> TestResponse:
        return self.client.post(
            f"/attempts/{self.attempt_id}/responses/{position}",
            data=self.fields[position] | {"response_id": str(id), "order": str(order)},
            headers={"X-Partial": "1"},
        )

    def kept(self) -> list[uuid.UUID]:
        """What is in the database."""
        with self.house.writing(self.agent.firm_id) as session:
            statement = select(Response.id).where(Response.firm_id == self.agent.firm_id)
            return list(session.scalars(statement.order_by(Response.sequence)))


@pytest.fixture
def sitting(house: House) -> Sitting:
    """An attempt that has begun."""
    agent = house.person(house.firm())
    attempt = house.act(
        agent,
        start_attempt,
        assessment_id=house.assessment(house.course(folder=C05)),
        attempt_id=uuid.uuid4(),
    )
    return Sitting(house, agent, house.client(agent), attempt.id, house.right_answers(agent, attempt.id))


@contextmanager
def on_every_connection(house: House, pragma: str) -> Iterator[None]:
    """SQLite told so, on each connection that is opened meanwhile."""

    def tell(raw: Any, _record: object) -> None:
        raw.execute(f"PRAGMA {pragma}")

    with house.app.app_context():
        db.engine.dispose()
        event.listen(db.engine, "connect", tell)
    yield
    with house.app.app_context():
        event.remove(db.engine, "connect", tell)
        db.engine.dispose()


def only_sqlite(settings: Settings) -> str:
    """The file; PostgreSQL is told of such trouble by its own system."""
    if not settings.database.startswith("sqlite"):
        pytest.skip("SQLite's own trouble")
    return settings.database.removeprefix("sqlite:///")


def check_told_and_kept(sitting: Sitting, refused: TestResponse, id: uuid.UUID) -> None:
    """The refusal was kind, nothing was kept of it; once all is well the same answer is saved, once."""
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert refused.get_json()["error"].startswith("What was saved is safe.")
    assert id not in sitting.kept()


@pytest.mark.parametrize("pragma", ["query_only=1", "max_page_count=1"])
def test_a_disk_that_is_full_or_read_only_keeps_nothing_and_says_so(
    sitting: Sitting, settings: Settings, pragma: str
) -> None:
    only_sqlite(settings)
    before, id = uuid.uuid4(), uuid.uuid4()
    assert sitting.send(before).get_json()["saved"] is True
    with on_every_connection(sitting.house, pragma):
        replies = [
            sitting.send(id if number == 0 else uuid.uuid4(), 2, number) for number in range(2, 60)
        ]  # a full database has room for a few rows in the pages that it has
        refused = [one for one in replies if one.status_code != 200]
        assert refused, "the trouble must have been there"
    last = uuid.uuid4()
    check_told_and_kept(sitting, refused[-1], last)
    saved = [uuid.UUID(one.get_json()["id"]) for one in replies if one.status_code == 200]
    assert sitting.send(last, 2, 99).get_json()["saved"] is True
    assert sitting.kept() == [before, *saved, last]


def test_a_database_locked_for_too_long_is_a_kind_refusal(sitting: Sitting, settings: Settings) -> None:
    place, id = only_sqlite(settings), uuid.uuid4()
    with on_every_connection(sitting.house, "busy_timeout=50"):
        other = sqlite3.connect(place, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = sitting.send(id)
        page = sitting.client.get(f"/attempts/{sitting.attempt_id}")
        other.execute("ROLLBACK")
        other.close()
        assert page.status_code == 200, "reading goes on while another writes"
        check_told_and_kept(sitting, refused, id)
        first = sitting.send(id).get_json()
    assert sitting.send(id).get_json() == first
    assert sitting.kept() == [id]


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(hours=-3), timedelta(seconds=-1)])
def test_a_clock_that_jumps_back_loses_no_answer_and_keeps_their_order(
    sitting: Sitting, jump: timedelta
) -> None:
    noon: datetime = sitting.house.noon
    ids = [uuid.uuid4() for _one in range(3)]
    told = []
    for order, id in enumerate(ids, start=1):
        sitting.house.app.config["NOW"] = noon + (jump if order == 2 else timedelta())
        told.append(sitting.send(id, 1, order))
    if any(one.status_code != 200 for one in told):  # before the sign-in began nobody is signed in
        assert {one.status_code for one in told} <= {200, 401}
    saved = [id for id, one in zip(ids, told, strict=True) if one.status_code == 200]
    sitting.house.app.config["NOW"] = noon
    assert sitting.kept() == saved
    assert [uuid.UUID(sitting.send(id, 1, 1).get_json()["id"]) for id in saved] == saved
    assert sitting.kept() == saved


def test_ten_taps_of_one_answer_at_once_are_one_answer_and_one_result(sitting: Sitting) -> None:
    id, told = uuid.uuid4(), []
    ready = threading.Barrier(10)
    clients = [sitting.house.client(sitting.agent) for _tap in range(10)]

    def tap(client: FlaskClient) -> None:
        ready.wait()
        told.append(
            client.post(
                f"/attempts/{sitting.attempt_id}/responses/1",
                data=sitting.fields[1] | {"response_id": str(id), "order": "1"},
                headers={"X-Partial": "1"},
            ).get_json()
        )

    threads = [threading.Thread(target=tap, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 10
    assert all(one == told[0] and one["saved"] for one in told)
    assert sitting.kept() == [id]


def test_the_id_of_another_answer_is_never_told_saved(sitting: Sitting) -> None:
    id = uuid.uuid4()
    assert sitting.send(id, 1).get_json()["saved"] is True
    assert sitting.send(id, 2).status_code == 409
    assert sitting.kept() == [id]


def between_reading_and_keeping(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Somebody else acts once, when an answer has been read and is not yet kept."""
    acts = [act]

    def read(session: Session, **asked: Any) -> object:
        seen = glimpse(session, **asked)
        while acts:
            other = threading.Thread(target=acts.pop())
            other.start()
            other.join()
        return seen

    monkeypatch.setattr(answering.queries, "glimpse", read)


def test_an_answer_whose_attempt_is_handed_in_meanwhile_is_kept_and_does_not_count(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    between_reading_and_keeping(
        monkeypatch,
        lambda: sitting.house.act(sitting.agent, submit_attempt, attempt_id=sitting.attempt_id),
    )
    id = uuid.uuid4()
    told = sitting.send(id).get_json()
    assert (told["counted"], told["because"]) == (False, "after_submit")
    assert sitting.kept() == [id]


def test_an_answer_that_comes_twice_at_once_gets_its_first_result(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, other, told = uuid.uuid4(), sitting.house.client(sitting.agent), []
    late = dataclasses.replace(sitting, client=other)

    def first() -> None:
        sitting.house.app.config["NOW"] = sitting.house.noon + timedelta(seconds=3)
        told.append(late.send(id).get_json())
        sitting.house.app.config["NOW"] = sitting.house.noon

    between_reading_and_keeping(monkeypatch, first)
    told.append(sitting.send(id).get_json())
    assert told[0]["at"] != sitting.house.noon.isoformat()
    assert told[1] == told[0]
    assert sitting.kept() == [id]


def test_an_answer_by_itself_holds_the_lock_for_one_statement(sitting: Sitting) -> None:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement.split()[0])

    sitting.send(uuid.uuid4())
    with sitting.house.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    sitting.send(uuid.uuid4(), order=2)
    event.remove(engine, "before_cursor_execute", note)
    assert [word for word in said if word in {"SELECT", "INSERT"}][-2:] == ["SELECT", "INSERT"]
    assert said.count("INSERT") == 1
    assert said.count("SELECT") <= (3 if engine.dialect.name == "sqlite" else 7), (
        "PostgreSQL is told the firm by SELECTs"
    )


def test_an_answers_statement_names_what_has_no_default_so_that_a_later_releases_column_has_its_own() -> None:
    named = re.match(r"INSERT INTO response \((.*?)\)", str(KEEP_IF_OPEN))
    assert named
    expected = {
        one.name
        for one in Response.__table__.columns
        if one.primary_key or not (one.default or one.server_default)
    }
    assert set(named[1].split(", ")) == expected
