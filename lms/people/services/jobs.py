"""What an office may do about its firm's work in the background: try it again, take it off the list."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation import job_queue
from lms.foundation.actor import Actor
from lms.foundation.jobs import Job
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people.policy import POLICY, PeoplePermission
from lms.people.services.audit import record_act


def try_again(session: Session, *, actor: Actor, job_id: uuid.UUID, now: datetime) -> Job:
    """Put a job that ended badly back on the list, for who asked for it. Raises NotAllowed, NotFound, Conflict."""
    require(POLICY, actor, PeoplePermission.JOBS)
    job = job_queue.try_again(session, firm_id=actor.firm_id, job_id=job_id, now=now)
    record_act(session, actor=actor, act=N_("job tried again"), subject=f"{job.kind}: {job.subject}", now=now)
    return job


def cancel(session: Session, *, actor: Actor, job_id: uuid.UUID, now: datetime) -> Job:
    """Take a job that waits off the list. Raises NotAllowed, NotFound, Conflict (it has begun, or is over)."""
    require(POLICY, actor, PeoplePermission.JOBS)
    job = job_queue.cancel(session, firm_id=actor.firm_id, job_id=job_id, now=now)
    record_act(session, actor=actor, act=N_("job cancelled"), subject=f"{job.kind}: {job.subject}", now=now)
    return job
