"""Who does which job: claiming, keeping and losing a lease, ending, trying again.

Each function is one short transaction's worth; the caller commits. Workers see every firm's jobs, through the named
door in the wall; what a job does happens inside its own firm.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.foundation.errors import Conflict, NotFound
from lms.foundation.ids import new_id
from lms.foundation.jobs import ENDED_BADLY, MOST_ATTEMPTS, OF_ONES_OWN, Job, JobKind, JobState, wait_after
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_

LEASE = timedelta(seconds=60)
STOPPED = N_("The program stopped in the middle of this, %(attempts)s times. Nothing of it was kept.")

BROKE = N_("This broke on our side (%(what)s). It is tried again by itself, a few times.")
GONE = N_("Who asked for this can no longer sign in here, so it was not done.")


class LeaseLost(Exception):
    """Somebody else has the job now (this worker was silent for too long): what was done here must be undone."""


@dataclass(frozen=True)
class Claimed:
    """A job in this worker's hands, until its lease ends."""

    firm_id: uuid.UUID
    id: uuid.UUID
    lease_id: uuid.UUID
    kind: str
    arguments: Mapping[str, Any]
    asked_by_id: uuid.UUID
    attempts: int


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether a job waits, or hangs: a look that takes no lock."""
    with beyond_the_wall(session, "looking for jobs"):
        due = or_(
            (Job.state == JobState.QUEUED) & (Job.not_before <= now),
            (Job.state == JobState.RUNNING) & (Job.lease_until < now),
        )
        return session.scalar(select(Job.id).where(due).limit(1)) is not None


def sweep(session: Session, *, kinds: Mapping[str, JobKind], now: datetime) -> int:
    """Put jobs back whose worker was silent for too long, or bury them after too many times; how many."""
    with beyond_the_wall(session, "taking back jobs whose worker is gone"):
        hanging = session.scalars(
            select(Job)
            .where(Job.state == JobState.RUNNING, Job.lease_until < now)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()
        for job in hanging:
            _put_back(
                job,
                most=kinds[job.kind].most_attempts if job.kind in kinds else MOST_ATTEMPTS,
                at=now if job.attempts == 1 else now + wait_after(job.attempts),
                error={"sentence": STOPPED, "values": {"attempts": str(job.attempts)}},
                now=now,
            )
        session.flush()
    return len(hanging)


def _put_back(job: Job, *, most: int, at: datetime, error: dict[str, Any], now: datetime) -> None:
    job.lease_id = job.lease_until = None
    job.error = error
    if job.attempts >= most:
        job.state, job.ended_at = JobState.DEAD, now
    else:
        job.state, job.not_before = JobState.QUEUED, at


def claim(
    session: Session, *, kinds: Sequence[str], now: datetime, lease: timedelta = LEASE
) -> Claimed | None:
    """Take the job that has waited longest, of the kinds this program knows; None when none is due.

    Those between Ladder and one person come last: many fall due at once, and nobody waits for them.
    """
    last = [kind for kind in kinds if kind in OF_ONES_OWN]
    first = [kind for kind in kinds if kind not in last]
    with beyond_the_wall(session, "claiming a job"):
        job = _longest_waiting(session, first, now) or _longest_waiting(session, last, now)
        if job is None:
            return None
        job.state, job.attempts, job.begun_at = JobState.RUNNING, job.attempts + 1, now
        job.lease_id, job.lease_until = new_id(), now + lease
        job.done, job.total, job.saying = 0, 0, {}
        session.flush()
        return Claimed(
            job.firm_id, job.id, job.lease_id, job.kind, job.arguments, job.asked_by_id, job.attempts
        )


def _longest_waiting(session: Session, kinds: Sequence[str], now: datetime) -> Job | None:
    if not kinds:
        return None
    return session.scalars(
        select(Job)
        .where(Job.state == JobState.QUEUED, Job.not_before <= now, Job.kind.in_(kinds))
        .order_by(Job.not_before, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()


def _write(session: Session, claimed: Claimed, **values: Any) -> None:
    done = session.execute(
        update(Job)
        .where(Job.firm_id == claimed.firm_id, Job.id == claimed.id, Job.lease_id == claimed.lease_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost


def beat(
    session: Session, claimed: Claimed, *, until: datetime, told: Mapping[str, Any] | None = None
) -> None:
    """Keep the lease until then, and say how far the job is (`done`, `total`, `saying`). Raises LeaseLost."""
    _write(session, claimed, lease_until=until, **(told or {}))


def finish(session: Session, claimed: Claimed, *, result: Mapping[str, Any], now: datetime) -> None:
    """The job is done, in the transaction of what it did. Raises LeaseLost: then nothing of it may be kept."""
    _write(
        session,
        claimed,
        state=JobState.DONE,
        result=dict(result),
        error={},
        ended_at=now,
        lease_id=None,
        lease_until=None,
    )


def refuse(session: Session, claimed: Claimed, *, error: Mapping[str, Any], now: datetime) -> None:
    """The job was refused with a sentence, and is not tried again by itself. Raises LeaseLost."""
    _write(
        session,
        claimed,
        state=JobState.FAILED,
        error=dict(error),
        ended_at=now,
        lease_id=None,
        lease_until=None,
    )


def broke(
    session: Session, claimed: Claimed, *, most: int, error: Mapping[str, Any], now: datetime
) -> JobState:
    """The job broke on our side: it waits to be tried again, or is dead after `most` times. Raises LeaseLost."""
    dead = claimed.attempts >= most
    state = JobState.DEAD if dead else JobState.QUEUED
    _write(
        session,
        claimed,
        state=state,
        error=dict(error),
        not_before=now if dead else now + wait_after(claimed.attempts),
        ended_at=now if dead else None,
        lease_id=None,
        lease_until=None,
    )
    return state


def _locked(session: Session, firm_id: uuid.UUID, job_id: uuid.UUID) -> Job:
    job = session.scalar(
        select(Job)
        .where(Job.firm_id == firm_id, Job.id == job_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if job is None:
        raise NotFound("There is no such job.")
    return job


def try_again(session: Session, *, firm_id: uuid.UUID, job_id: uuid.UUID, now: datetime) -> Job:
    """Put a job that ended badly back, from its first attempt on. Raises NotFound, Conflict (it did not end badly)."""
    job = _locked(session, firm_id, job_id)
    if job.state not in ENDED_BADLY:
        raise Conflict("Only what was refused or broke can be tried again.")
    job.state, job.attempts, job.not_before, job.ended_at = JobState.QUEUED, 0, now, None
    job.error, job.saying, job.done, job.total = {}, {}, 0, 0
    return job


def cancel(session: Session, *, firm_id: uuid.UUID, job_id: uuid.UUID, now: datetime) -> Job:
    """Take a job that waits off the list. Raises NotFound, Conflict (it has begun, or is over)."""
    job = _locked(session, firm_id, job_id)
    if job.state != JobState.QUEUED:
        raise Conflict("It has begun or is over, so it can no longer be cancelled.")
    job.state, job.ended_at = JobState.CANCELLED, now
    return job
