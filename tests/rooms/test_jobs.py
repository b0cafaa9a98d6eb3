"""Jobs: done once whoever does them, tried again when they break, buried with a reason, done at their time."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.job_queue import LEASE, LeaseLost, cancel, try_again
from lms.foundation.jobs import OF_ONES_OWN, Job, JobKind, Order, Run, enqueue, wait_after
from lms.operations.working import Worker
from lms.people.models import AuditEntry, Employment
from lms.people.services.audit import record_act
from tests.house import House, Someone

Do = Callable[[Session, Run], Mapping[str, Any]]


@pytest.fixture
def asker(house: House) -> Someone:
    return house.person(house.firm())


def write(session: Session, run: Run) -> Mapping[str, Any]:
    """The work of these tests: one entry in the firm's log, as who asked."""
    begin_writing(session)
    record_act(session, actor=run.actor, act="worked", subject=str(run.job_id), now=run.now)
    return {"said": run.arguments.get("word", "")}


def worker(house: House, do: Do = write, **options: Any) -> Worker:
    return Worker(house.app, kinds={"test": JobKind("test", "A test", do, most_attempts=3)}, **options)


def asked(house: House, by: Someone, job_id: uuid.UUID | None = None, **more: Any) -> uuid.UUID:
    order = Order(job_id or new_id(), "test", "a subject", **more)
    job: Job = house.act(by, lambda session, *, actor, now: enqueue(session, order, actor=actor, now=now))
    return job.id


def row(house: House, by: Someone, job_id: uuid.UUID) -> Job:
    with house.writing(by.firm_id) as session:
        return session.scalars(select(Job).where(Job.firm_id == by.firm_id, Job.id == job_id)).one()


def worked(house: House, by: Someone) -> list[str]:
    with house.writing(by.firm_id) as session:
        found = select(AuditEntry.subject).where(AuditEntry.firm_id == by.firm_id, AuditEntry.act == "worked")
        return sorted(session.scalars(found))


def later(house: House, by: timedelta) -> None:
    house.app.config["NOW"] += by


def test_a_job_is_done_as_who_asked_and_keeps_its_result(house: House, asker: Someone) -> None:
    job_id = asked(house, asker, arguments={"word": "hello"})
    assert worker(house).run_due() == 1
    job = row(house, asker, job_id)
    assert (job.state, job.result, job.attempts, job.ended_at) == ("done", {"said": "hello"}, 1, house.noon)
    assert worked(house, asker) == [str(job_id)]
    assert worker(house).run_due() == 0


def test_asking_twice_with_one_id_is_asking_once(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)
    assert asked(house, asker, job_id) == job_id
    worker(house).run_due()
    asked(house, asker, job_id)
    assert worker(house).run_due() == 0
    assert worked(house, asker) == [str(job_id)]
    with pytest.raises(Conflict):
        house.act(
            asker,
            lambda session, *, actor, now: enqueue(session, Order(job_id, "other", ""), actor=actor, now=now),
        )


def test_an_order_that_is_rolled_back_was_never_given(house: House, asker: Someone) -> None:
    actor = house.actor(asker)
    with house.writing(asker.firm_id) as session:
        enqueue(session, Order(new_id(), "test", ""), actor=actor, now=house.noon)
        session.flush()
        session.rollback()
    assert worker(house).run_due() == 0


def test_four_workers_do_twenty_jobs_once_each(house: House, asker: Someone) -> None:
    ids = sorted(str(asked(house, asker)) for _ in range(20))
    taken: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        taken.append(worker(house).run_due())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 20
    assert worked(house, asker) == ids


def test_a_worker_that_was_too_slow_keeps_nothing(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)

    def slowly(session: Session, run: Run) -> Mapping[str, Any]:
        later(house, LEASE + timedelta(seconds=1))
        other = threading.Thread(target=worker(house).run_one)
        other.start()
        other.join()
        return write(session, run)

    assert worker(house, slowly).run_one()
    assert worked(house, asker) == [str(job_id)]
    assert row(house, asker, job_id).attempts == 2


def test_work_that_lost_its_lease_is_told_so_when_it_says_how_far_it_is(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)
    stopped = threading.Event()

    def told(_session: Session, run: Run) -> Mapping[str, Any]:
        house.act(asker, lambda session, **_: _steal(session, asker, job_id))
        try:
            for number in range(10_000):
                run.tell(number, 10_000, "Going on")
                threading.Event().wait(0.01)
        except LeaseLost:
            stopped.set()
            raise
        return {}

    worker(house, told).run_one()
    assert stopped.is_set()


def _steal(session: Session, by: Someone, job_id: uuid.UUID) -> None:
    job = session.scalars(select(Job).where(Job.firm_id == by.firm_id, Job.id == job_id)).one()
    job.lease_id = new_id()


def test_how_far_a_job_is_can_be_read_while_it_works(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)
    seen: list[tuple[int, int, str]] = []

    def look(_session: Session, run: Run) -> Mapping[str, Any]:
        run.tell(3, 8, "Reading %(name)s", name="a.gift")
        for _ in range(200):
            job = row(house, asker, job_id)
            if job.done:
                seen.append((job.done, job.total, job.saying["sentence"] % job.saying["values"]))
                break
            threading.Event().wait(0.02)
        return {}

    worker(house, look).run_one()
    assert seen == [(3, 8, "Reading a.gift")]


def test_what_is_refused_says_why_and_is_not_tried_again_by_itself(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)

    def refuse(session: Session, run: Run) -> Mapping[str, Any]:
        write(session, run)
        raise Invalid("The file has %(count)s holes.", ["one", "two"], count=2)

    assert worker(house, refuse).run_due() == 1
    later(house, timedelta(days=1))
    assert worker(house, refuse).run_due() == 0
    job = row(house, asker, job_id)
    assert (job.state, job.error["sentence"] % job.error["values"]) == ("failed", "The file has 2 holes.")
    assert job.error["problems"] == ["one", "two"]
    assert worked(house, asker) == []


def test_what_breaks_is_tried_again_after_growing_waits_and_is_dead_in_the_end(
    house: House, asker: Someone
) -> None:
    job_id = asked(house, asker)

    def break_down(session: Session, run: Run) -> Mapping[str, Any]:
        write(session, run)
        raise ZeroDivisionError("Ana Chi, ana@example.bz")

    one = worker(house, break_down)
    assert wait_after(1) < wait_after(2) < wait_after(3) <= wait_after(30) == timedelta(hours=1)
    for attempt in (1, 2):
        assert one.run_due() == 1
        assert row(house, asker, job_id).state == "queued"
        later(house, wait_after(attempt) - timedelta(seconds=1))
        assert one.run_due() == 0
        later(house, timedelta(seconds=2))
    assert one.run_due() == 1
    job = row(house, asker, job_id)
    assert (job.state, job.attempts) == ("dead", 3)
    assert "ZeroDivisionError, test_jobs.py:" in job.error["values"]["what"]
    assert "Ana" not in str(job.error)
    assert worked(house, asker) == []
    later(house, timedelta(days=1))
    assert one.run_due() == 0

    house.act(
        asker, lambda session, *, now, **_: try_again(session, firm_id=asker.firm_id, job_id=job_id, now=now)
    )
    assert worker(house).run_due() == 1
    assert row(house, asker, job_id).state == "done"


def test_a_job_waits_for_its_time(house: House, asker: Someone) -> None:
    job_id = asked(house, asker, at=house.noon + timedelta(hours=2))
    assert worker(house).run_due() == 0
    later(house, timedelta(hours=2))
    assert worker(house).run_due() == 1
    assert row(house, asker, job_id).state == "done"


def test_what_waits_can_be_cancelled_and_what_is_over_cannot(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)

    def call_off(session: Session, *, now: Any, **_: Any) -> None:
        cancel(session, firm_id=asker.firm_id, job_id=job_id, now=now)

    house.act(asker, call_off)
    assert worker(house).run_due() == 0
    with pytest.raises(Conflict):
        house.act(asker, call_off)
    stranger = house.person(house.firm("Other Firm"))
    with pytest.raises(NotFound):
        house.act(
            stranger,
            lambda session, *, now, **_: cancel(session, firm_id=stranger.firm_id, job_id=job_id, now=now),
        )


def test_the_longest_waiting_comes_first_and_what_is_between_ladder_and_one_person_last(
    house: House, asker: Someone
) -> None:
    (own,) = OF_ONES_OWN
    begun: list[str] = []

    def note(_session: Session, run: Run) -> Mapping[str, Any]:
        begun.append(run.arguments["word"])
        return {}

    for word, kind, minutes in (
        ("own, early", own, 0),
        ("late", "test", 20),
        ("unheard of", "other", 0),
        ("early", "test", 10),
        ("own, late", own, 15),
        ("not yet", "test", 31),
    ):
        order = Order(new_id(), kind, "x", {"word": word}, at=house.noon + timedelta(minutes=minutes))
        house.act(
            asker,
            lambda session, *, actor, now, order=order: enqueue(session, order, actor=actor, now=now),
        )
    later(house, timedelta(minutes=30))
    kinds = {name: JobKind(name, "A test", note) for name in (own, "test")}
    assert Worker(house.app, kinds=kinds).run_due() == 4
    assert begun == ["early", "late", "own, early", "own, late"]


def test_a_kind_that_this_release_does_not_know_waits_for_one_that_does(house: House, asker: Someone) -> None:
    job_id = asked(house, asker)
    assert Worker(house.app, kinds={}).run_due() == 0
    assert row(house, asker, job_id).state == "queued"


def test_nothing_is_done_for_who_no_longer_works_here(house: House, asker: Someone) -> None:
    gone = house.person(asker.firm_id)
    job_id = asked(house, gone)
    with house.writing(asker.firm_id) as session:
        session.scalars(
            select(Employment).where(Employment.firm_id == gone.firm_id, Employment.person_id == gone.id)
        ).one().locked_at = house.noon
    worker(house).run_due()
    job = row(house, gone, job_id)
    assert job.state == "failed"
    assert "can no longer sign in" in job.error["sentence"]
    assert worked(house, gone) == []


CHILD = """
import sys, threading
from pathlib import Path
from lms.app import create_app
from lms.foundation.jobs import JobKind
from lms.operations.working import Worker
from tests.rooms.test_jobs import write

def half(session, run):
    write(session, run)
    session.flush()
    print("in the middle", flush=True)
    threading.Event().wait(60)
    return {}

Worker(create_app(), kinds={"test": JobKind("test", "A test", half, 3)}).run_due()
"""


def test_a_job_whose_worker_is_killed_is_taken_again_and_done_once(
    house: House, asker: Someone, app: Flask
) -> None:
    app.config["NOW"] = read_clock() - timedelta(seconds=1)
    job_id = asked(house, asker)
    settings = app.extensions["settings"]
    environment = os.environ | {
        "LADDER_HOME": str(settings.home),
        "LADDER_DATABASE": settings.database,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "in the middle\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert row(house, asker, job_id).state == "running"
    assert worker(house).run_due() == 0, "its lease has not ended"
    assert worked(house, asker) == []
    later(house, 2 * LEASE)
    assert worker(house).run_due() == 1
    job = row(house, asker, job_id)
    assert (job.state, job.attempts) == ("done", 2)
    assert worked(house, asker) == [str(job_id)]


def test_a_job_that_kills_its_worker_every_time_is_dead_with_the_reason(house: House, asker: Someone) -> None:
    class PowerCut(BaseException):
        """What no handler sees."""

    def cut(_session: Session, _run: Run) -> Mapping[str, Any]:
        raise PowerCut

    job_id, one = asked(house, asker), worker(house, cut)
    with pytest.raises(PowerCut):
        one.run_one()
    later(house, 2 * LEASE)
    with pytest.raises(PowerCut):
        one.run_one()  # taken again at once
    later(house, 2 * LEASE)
    assert not one.run_one(), "the second time it waits"
    later(house, wait_after(2))
    with pytest.raises(PowerCut):
        one.run_one()
    later(house, 2 * LEASE)
    assert not one.run_one()
    job = row(house, asker, job_id)
    assert (job.state, job.attempts) == ("dead", 3)
    assert "stopped in the middle" in job.error["sentence"]
