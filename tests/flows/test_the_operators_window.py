"""What the operator sees of a running server: health, numbers, log lines; and what people see when the database is away."""

import json
import logging
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from lms.app import create_app
from lms.foundation.actor import Role
from lms.foundation.errors import Invalid
from lms.settings import Settings, read_settings
from lms.web.request import db
from lms.web.telemetry import LOG, write_log
from tests.house import House

TOKEN = "a-token-of-more-than-16"


@pytest.fixture
def away(app: Flask) -> Iterator[None]:
    """A database that does not answer."""

    def refuse(*_anything: object) -> None:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


def test_a_balancer_is_told_that_the_process_lives_and_that_it_is_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/health/live").get_json() == {"live": True}
    assert client.get("/health/ready").get_json() == {"ready": True}


@pytest.mark.usefixtures("away")
def test_without_its_database_it_lives_but_is_not_ready(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/health/live").status_code == 200
    reply = client.get("/health/ready")
    assert reply.status_code == 503
    assert not reply.get_json()["ready"]


@pytest.mark.parametrize(("revision", "status"), [("0001", 503), ("9999", 200)])
def test_it_is_ready_for_the_shape_of_a_later_release_which_only_adds_and_not_for_an_earlier_ones(
    app: Flask, revision: str, status: int
) -> None:
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
        assert app.test_client().get("/health/ready").status_code == status


def test_people_are_told_kindly_when_the_database_is_away(
    house: House, request: pytest.FixtureRequest
) -> None:
    reader = house.client(house.person(house.firm(), Role.AGENT))
    request.getfixturevalue("away")
    reply = reader.get("/today")
    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "5"
    assert "What was saved is safe" in reply.get_data(as_text=True)
    assert reader.get("/nowhere").status_code == 503
    part = reader.post("/sign-out", headers={"X-Partial": "1"})
    assert part.status_code == 503
    assert part.get_json()["error"]


def test_every_reply_carries_an_id_and_a_proxys_sound_id_is_kept(app: Flask) -> None:
    client = app.test_client()
    first, second = client.get("/sign-in"), client.get("/sign-in")
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
    assert (
        client.get("/", headers={"X-Request-ID": "edge-12345678"}).headers["X-Request-ID"] == "edge-12345678"
    )
    for unsound in ("short", "with space and more", "x" * 65, "<script>alert(1)"):
        assert client.get("/", headers={"X-Request-ID": unsound}).headers["X-Request-ID"] != unsound


def test_a_line_of_the_log_names_the_endpoint_and_no_person(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    ana = house.person(house.firm(), Role.MANAGER, name="Ana Tzul")
    client = house.client(ana)
    write_log(True)
    try:
        LOG.addHandler(caplog.handler)
        with caplog.at_level(logging.INFO, "ladder.requests"):
            client.get(f"/people/{ana.id}?q=Tzul")
    finally:
        write_log(False)
    line = json.loads(caplog.messages[-1])
    assert {"at", "request", "endpoint", "method", "status", "ms", "bytes"} == set(line)
    for private in (str(ana.id), ana.id.hex, "Tzul", ana.email):
        assert private not in caplog.text


def test_numbers_are_for_whoever_has_the_token_and_for_nobody_when_there_is_none(
    app: Flask, settings: Settings
) -> None:
    assert app.test_client().get("/metrics").status_code == 404
    counted = create_app(Settings(**{**vars(settings), "metrics_token": TOKEN})).test_client()
    counted.get("/health/live")
    assert counted.get("/metrics").status_code == 401
    assert counted.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    told = counted.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).get_data(as_text=True)
    assert 'ladder_requests_total{endpoint="telemetry.live",status="200"} 1.0' in told
    assert "ladder_request_seconds_bucket" in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LADDER_METRICS_TOKEN", "short"),
        ("LADDER_BACKUP_PASSPHRASE", "too short"),
        ("LADDER_REDIS", "localhost:6379"),
        ("LADDER_LOG_REQUESTS", "perhaps"),
        ("LADDER_SECURE_COOKIES", "perhaps"),
        ("LADDER_DATABASE", "mysql://here"),
    ],
)
def test_a_wrong_setting_is_refused_by_the_name_of_its_variable(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        read_settings({"LADDER_HOME": str(tmp_path_factory.mktemp("home")), name: value})
    assert name in str(refused.value)
