"""The page of the firm's work in the background, and the commands for whoever holds the machine."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from lms.cli import main
from lms.foundation.actor import Role
from lms.foundation.errors import Invalid
from lms.foundation.jobs import JobKind, Order, Run, enqueue
from lms.operations.working import Worker
from tests.house import House, Someone


@pytest.fixture
def admin(house: House) -> Someone:
    return house.person(house.firm(), Role.FIRM_ADMIN, name="Paula Gentle")


@pytest.fixture(autouse=True)
def _kinds(app: Flask) -> None:
    """A kind of job that is refused, and one that is done."""

    def refuse(_session: Session, _run: Run) -> Mapping[str, Any]:
        raise Invalid("The file has %(count)s holes.", ["line 3"], count=2)

    app.extensions["job_kinds"] = {
        "refused": JobKind("refused", "To be refused", refuse),
        "done": JobKind("done", "To be done", lambda _session, _run: {}),
    }


def asked(house: House, by: Someone, kind: str, subject: str, **more: Any) -> uuid.UUID:
    order = Order(uuid.uuid4(), kind, subject, **more)
    house.act(by, lambda session, *, actor, now: enqueue(session, order, actor=actor, now=now))
    return order.id


def test_an_administrator_sees_what_waits_and_what_went_wrong_and_does_something_about_it(
    house: House, admin: Someone
) -> None:
    client = house.client(admin)
    assert "No work in the background" in client.get("/jobs").text
    refused = asked(house, admin, "refused", "a.gift")
    waiting = asked(house, admin, "done", "C05", at=house.noon + timedelta(days=1))
    asked(house, admin, "done", "C06")
    Worker(house.app).run_due()
    page = client.get("/jobs").text
    for words in ("To be refused", "The file has 2 holes.", "line 3", "Not before", "Paula Gentle", "Done"):
        assert words in page
    only = client.get("/jobs?state=failed").text
    assert "a.gift" in only
    assert "C06" not in only
    assert "Nothing found" in client.get("/jobs?kind=refused&state=done").text
    assert "Nothing found" in client.get("/jobs?state=nonsense").text

    assert "It is on the list again." in client.post(f"/jobs/{refused}/retry", follow_redirects=True).text
    assert client.post(f"/jobs/{refused}/retry").status_code == 409
    done = client.post(f"/jobs/{waiting}/cancel", follow_redirects=True).text
    assert "It is cancelled and will not be done." in done
    assert client.post(f"/jobs/{waiting}/cancel").status_code == 409
    log = client.get("/audit").text
    assert "Tried background work again" in log
    assert "Cancelled background work" in log


def test_a_long_list_has_pages(house: House, admin: Someone) -> None:
    for number in range(55):
        asked(house, admin, "done", f"subject-{number:02}")
    client = house.client(admin)
    first = client.get("/jobs").text
    (href,) = [part.split('"')[0] for part in first.split('href="') if "after=" in part.split('"')[0]]
    second = client.get(href.replace("&amp;", "&")).text
    assert (first.count("<tr>"), second.count("<tr>")) == (51, 6)


def test_the_list_is_the_offices_and_ends_at_the_firm(house: House, admin: Someone) -> None:
    job_id = asked(house, admin, "refused", "secret.gift")
    Worker(house.app).run_due()
    trainer = house.person(admin.firm_id, Role.TRAINER)
    assert house.client(trainer).get("/jobs").status_code == 403
    assert house.client(trainer).post(f"/jobs/{job_id}/retry").status_code == 403
    for firm, role in (
        (house.firm("Other Firm"), Role.FIRM_ADMIN),
        (house.firm("A", association=True), Role.ASSOCIATION),
    ):
        stranger = house.client(house.person(firm, role))
        assert "secret" not in stranger.get("/jobs").text
        assert stranger.post(f"/jobs/{job_id}/retry").status_code == 404


Run_ = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run_:
    """Give the command line an order, in this test's house."""
    monkeypatch.setattr(main, "create_app", lambda *_: app)

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def test_the_commands_do_list_and_try_again(run: Run_, house: House, admin: Someone) -> None:
    assert "There are no jobs." in run("jobs", "list").output
    job_id = asked(house, admin, "refused", "a.gift")
    assert json.loads(run("jobs", "work", "--once", "--json").stdout) == {"taken": 1}
    assert "Nothing is due." in run("jobs", "work", "--once").output
    (told,) = json.loads(run("jobs", "list", "--state", "failed", "--json").stdout)["jobs"]
    assert (told["id"], told["firm"], told["error"]) == (
        str(job_id),
        "toucan-connect",
        "The file has 2 holes.",
    )
    assert json.loads(run("jobs", "retry", job_id, "--json").stdout)["state"] == "queued"
    log = house.client(admin).get("/audit").text
    assert "operator" in log
    assert "Tried background work again" in log
    assert run("jobs", "retry", job_id).exit_code == 1
    assert run("jobs", "retry", uuid.uuid4()).exit_code == 1
    assert run("jobs", "retry", "x").exit_code == 2
    house.app.config["NOW"] += timedelta(days=3650)
    assert "1 jobs were taken." in run("jobs", "work", "--once").output
