"""One command is enough: the server that serves pages does the work in the background too, unless it is told not to."""

import sys
import threading
import uuid
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from bench.kill import Server
from lms.foundation.actor import Role
from lms.foundation.clock import read_clock
from lms.foundation.jobs import Job
from lms.interop.services import ask_to_read
from lms.operations.working import work_in_this_process
from lms.settings import Settings, read_settings
from tests.house import House


def in_the_background() -> int:
    return sum(thread.name == "jobs" for thread in threading.enumerate())


def test_the_server_that_serves_pages_reads_the_file(house: House, settings: Settings) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    course_id = house.course(trainer)
    server = Server(settings)
    server.start()
    try:
        job: Job = house.act(
            trainer,
            ask_to_read,
            course_id=course_id,
            order_id=uuid.uuid4(),
            file_name="a.gift",
            content=b"::A::Is it? {T}",
            storage=house.app.extensions["storage"],
            now=read_clock(),
        )
        state = ""
        for _look in range(300):
            with house.writing(trainer.firm_id) as session:
                found = select(Job.state).where(Job.firm_id == trainer.firm_id, Job.id == job.id)
                state = session.scalars(found).one()
            if state == "done":
                break
            threading.Event().wait(0.1)
        assert state == "done", server.log.read_text()
    finally:
        server.kill()


def test_nothing_is_done_in_a_process_that_only_commands_or_is_told_not_to(
    house: House, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.client().get("/sign-in")
    assert in_the_background() == 0
    off = read_settings({"LADDER_HOME": str(tmp_path / "home"), "LADDER_JOBS": "off"})
    assert not off.jobs
    monkeypatch.setitem(app.extensions, "settings", off)
    work_in_this_process(app)
    assert in_the_background() == 0
    assert "wsgi" not in sys.modules
