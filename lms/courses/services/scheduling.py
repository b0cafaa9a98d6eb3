"""Verbs of publishing on a date: setting it, taking it back, and doing it when its time has come.

What is published is the draft as it was when the date was set, or nothing: a draft that has moved on since is nobody's
decision yet, and is said so.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.courses.policy import CoursePermission
from lms.courses.queries.scheduling import PUBLISH, find_planned
from lms.courses.services import package_hash, problems_of, publish_draft
from lms.courses.services.drafts import Stale, open_draft
from lms.courses.services.editing import live_version_of
from lms.courses.services.people import stand
from lms.courses.services.reviewing import approval_for
from lms.foundation import job_queue
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.jobs import Job, JobKind, Order, Run, enqueue
from lms.foundation.storage import Storage
from lms.foundation.words import N_
from lms.people.services.audit import record_act

FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Plan:
    """What is asked for: an id minted with the page, the draft's revision as it was looked at, the note, the moment."""

    id: uuid.UUID
    revision: int
    note: str
    at: datetime


def schedule_publishing(
    session: Session, *, actor: Actor, course_id: uuid.UUID, plan: Plan, storage: Storage, now: datetime
) -> Job:
    """Have a draft published at a moment, as it is now and as the actor.

    Raises NotFound, NotAllowed, Invalid (no note, no such moment, problems, a review that is missing), Stale, Conflict (a date is set already, or
    the draft is what is live).
    """
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if not plan.note.strip():
        raise Invalid("Say in a sentence what is new.")
    if not now < plan.at <= now + FURTHEST:
        raise Invalid("Choose a moment that is still to come, a year from now at most.")
    if plan.revision != draft.revision:
        raise Stale({}, draft.revision)
    before = find_planned(session, actor=actor, course_id=course_id)
    if before is not None and before.ahead and before.id != plan.id:
        raise Conflict("There is a date for this course already. Cancel it first.")
    package = draft.package(storage)
    if stopping := [problem for problem in problems_of(session, package) if not problem.advice]:
        raise Invalid("This course has problems. No date was set.", stopping)
    approval_for(session, actor=actor, stood=stood, draft=draft)
    live = live_version_of(session, actor=actor, draft=draft)
    if live is not None and live.hash == package_hash(package):
        raise Conflict("This is what is live already.")
    arguments = {
        "course_id": str(course_id),
        "revision": plan.revision,
        "note": plan.note.strip(),
        "at": plan.at.isoformat(),
    }
    order = Order(plan.id, PUBLISH, draft.course.key, arguments, about_id=course_id, at=plan.at)
    new = before is None or before.id != plan.id
    job = enqueue(session, order, actor=actor, now=now)
    if new:
        _log(session, actor, N_("publishing scheduled"), job, now)
    return job


def cancel_publishing(
    session: Session, *, actor: Actor, course_id: uuid.UUID, job_id: uuid.UUID, now: datetime
) -> Job:
    """Take a date back. Raises NotFound, NotAllowed, Conflict (it has come, or was taken back)."""
    stand(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    planned = find_planned(session, actor=actor, course_id=course_id)
    if planned is None or planned.id != job_id:
        raise NotFound("There is no such date.")
    job = job_queue.cancel(session, firm_id=actor.firm_id, job_id=job_id, now=now)
    _log(session, actor, N_("publishing cancelled"), job, now)
    return job


def publish_at_its_time(session: Session, run: Run) -> dict[str, Any]:
    """The work of `schedule_publishing`: the very revision for which the date was set, or nothing."""
    said = run.arguments
    begin_writing(session)
    try:
        version, new = publish_draft(
            session,
            actor=run.actor,
            course_id=uuid.UUID(said["course_id"]),
            revision=int(said["revision"]),
            note=str(said["note"]),
            storage=run.storage,
            now=run.now,
        )
    except Stale:
        raise Conflict(
            "The draft was changed after the date was set, so nothing was published. Look at it and set a new date."
        ) from None
    return {"version": version.number, "new": new}


PUBLISHING = JobKind(PUBLISH, N_("Publishing a course"), publish_at_its_time)


def _log(session: Session, actor: Actor, act: str, job: Job, now: datetime) -> None:
    detail = {name: job.arguments[name] for name in ("at", "revision", "note")}
    record_act(session, actor=actor, act=act, subject=job.subject, now=now, detail=detail)
