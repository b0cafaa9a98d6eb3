"""`lms jobs work|list|retry`: the work in the background, for whoever holds this machine."""

import signal
import uuid
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.foundation import job_queue as queue
from lms.foundation.actor import Actor, Role
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import NotFound
from lms.foundation.ids import derived_id
from lms.foundation.jobs import Job, JobState
from lms.foundation.wall import beyond_the_wall, enter
from lms.foundation.words import N_
from lms.operations.working import Worker
from lms.people.models import Firm, Person
from lms.people.services.audit import record_act
from lms.web.command import json_option, tell
from lms.web.request import db

SYSTEM = derived_id("system")


@click.group()
def jobs() -> None:
    """Do, list and try again the work in the background."""


@jobs.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@json_option
@with_appcontext
def work(once: bool, as_json: bool) -> None:
    """Do jobs until stopped (Ctrl+C or SIGTERM: after the job in hand).

    `lms serve` does them by itself; this is for a machine of its own, with LADDER_JOBS=off where pages are served.
    """
    worker = Worker(current_app._get_current_object())  # type: ignore[attr-defined]
    if once:
        count = worker.run_due()
        tell({"taken": count}, f"{count} jobs were taken." if count else "Nothing is due.", as_json=as_json)
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    tell({"working": True}, "Waiting for jobs  (stop with Ctrl+C)", as_json=as_json)
    worker.run()


@jobs.command("list")
@click.option("--state", type=click.Choice([one.value for one in JobState]), help="Only those that stand so.")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), help="At most so many."
)
@json_option
@with_appcontext
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """List the jobs of every firm, latest first."""
    session = db.session()
    with beyond_the_wall(session, "lms jobs list"):
        statement = (
            select(Job, Firm.key).join(Firm, Firm.id == Job.firm_id).order_by(Job.asked_at.desc(), Job.id)
        )
        if state:
            statement = statement.where(Job.state == state)
        told = [_told(job, firm) for job, firm in session.execute(statement.limit(limit))]
    words = "\n".join(
        f"{one['id']}  {one['state']:9}  {one['firm']}  {one['kind']}: {one['subject']}"
        + (f" — {one['error']}" if one["error"] else "")
        for one in told
    )
    tell({"jobs": told}, words or "There are no jobs.", as_json=as_json)


def _told(job: Job, firm: str) -> dict[str, Any]:
    said = job.error.get("sentence", "")
    return {
        "id": str(job.id),
        "firm": firm,
        "kind": job.kind,
        "subject": job.subject,
        "state": str(job.state),
        "attempts": job.attempts,
        "done": job.done,
        "total": job.total,
        "not_before": job.not_before.isoformat(),
        "asked_at": job.asked_at.isoformat(),
        "error": said % job.error.get("values", {}) if said else "",
    }


@jobs.command()
@click.argument("job_id", type=click.UUID)
@json_option
@with_appcontext
def retry(job_id: uuid.UUID, as_json: bool) -> None:
    """Put the job JOB_ID, which was refused or is dead, back on the list."""
    session = db.session()
    with beyond_the_wall(session, "lms jobs retry"):
        firm_id = session.scalar(select(Job.firm_id).where(Job.id == job_id))
    if firm_id is None:
        raise NotFound("There is no such job.")
    now = read_clock()
    begin_writing(session)
    enter(session, firm_id)
    job = queue.try_again(session, firm_id=firm_id, job_id=job_id, now=now)
    if session.get(Person, SYSTEM) is None:
        session.add(Person(id=SYSTEM, created_at=now))
        session.flush()  # the log's entry points to it
    operator = Actor(SYSTEM, firm_id, "operator", frozenset({Role.FIRM_ADMIN}))
    record_act(
        session, actor=operator, act=N_("job tried again"), subject=f"{job.kind}: {job.subject}", now=now
    )
    session.commit()
    tell({"id": str(job_id), "state": str(job.state)}, "It is on the list again.", as_json=as_json)
