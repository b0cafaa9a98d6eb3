"""The firm's work in the background, read."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.jobs import OF_ONES_OWN, Job
from lms.people.models import Employment

PAGE = 50


@dataclass(frozen=True)
class JobLine:
    """A job, and who of the firm asked for it."""

    job: Job
    asked_by: str | None


@dataclass(frozen=True)
class JobsPage:
    """A page of the firm's jobs, latest first; `older` is the job that the next page starts after, or None."""

    lines: Sequence[JobLine]
    older: uuid.UUID | None


def _lines(actor: Actor) -> Any:
    return (
        select(Job, Employment.name)
        .outerjoin(
            Employment, and_(Employment.firm_id == actor.firm_id, Employment.person_id == Job.asked_by_id)
        )
        .where(Job.firm_id == actor.firm_id, Job.kind.not_in(OF_ONES_OWN))
        .execution_options(populate_existing=True)
    )


def list_jobs(
    session: Session, *, actor: Actor, state: str = "", kind: str = "", after: uuid.UUID | None = None
) -> JobsPage:
    """A page of the firm's jobs, latest first. One statement, and one for where the page starts."""
    statement = _lines(actor).order_by(Job.asked_at.desc(), Job.id.desc()).limit(PAGE + 1)
    if state:
        statement = statement.where(Job.state == state)
    if kind:
        statement = statement.where(Job.kind == kind)
    last = find_job(session, actor=actor, job_id=after) if after else None
    if last is not None:
        at = last.job.asked_at
        statement = statement.where(or_(Job.asked_at < at, and_(Job.asked_at == at, Job.id < last.job.id)))
    found = [JobLine(*row) for row in session.execute(statement)]
    return JobsPage(found[:PAGE], found[PAGE - 1].job.id if len(found) > PAGE else None)


def find_job(session: Session, *, actor: Actor, job_id: uuid.UUID) -> JobLine | None:
    """A job of the actor's firm."""
    row = session.execute(_lines(actor).where(Job.id == job_id)).one_or_none()
    return JobLine(*row) if row else None


def list_jobs_about(
    session: Session, *, actor: Actor, about_id: uuid.UUID, kind: str, states: Sequence[str], most: int = 20
) -> Sequence[JobLine]:
    """The firm's jobs of one kind about one thing, latest first."""
    rows = session.execute(
        _lines(actor)
        .where(Job.about_id == about_id, Job.kind == kind, Job.state.in_(states))
        .order_by(Job.asked_at.desc(), Job.id.desc())
        .limit(most)
    )
    return [JobLine(*row) for row in rows]
