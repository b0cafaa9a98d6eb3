"""Calibrating by itself: a job that looks each night at the questions of an organisation's courses, and orders the next night.

It calibrates only where enough people have handed in since the last time, so doing it twice changes nothing. It acts as
whoever turned it on, with the roles they have that night.
"""

import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.queries.adapting import count_handed_in, find_calibration, list_owned_courses
from lms.assessments.services.calibrating import (
    ENOUGH,
    NOT_ENOUGH,
    Fitted,
    fit_questions,
    is_over_firms,
    keep_fitted,
)
from lms.courses.services.drafts import open_draft
from lms.foundation import job_queue
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.ids import derived_id
from lms.foundation.jobs import OPEN, Job, JobKind, Order, Run, enqueue, in_words
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_
from lms.people.models import Firm
from lms.people.queries import find_zone
from lms.people.queries.jobs import list_jobs
from lms.people.services.audit import record_act

CALIBRATE = "calibrate questions"
HOUR = 2
"""In the organisation's own night."""
FEWEST_NEW = 25
SHARE_NEW = 0.1
"""So many people more, and this share more than last time, are worth another calibration."""


def next_night(zone: tzinfo, now: datetime) -> datetime:
    """The next time it is two at night there."""
    here = now.astimezone(zone)
    at = datetime.combine(here.date(), time(HOUR), zone)
    if at <= here:
        at = datetime.combine(here.date() + timedelta(days=1), time(HOUR), zone)
    return at.astimezone(UTC)


def is_due(people_then: int | None, handed_in_since: int) -> bool:
    """Whether a calibration would tell something new; `people_then`: whom the newest one is from, none while there is none."""
    if people_then is None:
        return handed_in_since >= ENOUGH
    return handed_in_since >= max(FEWEST_NEW, SHARE_NEW * people_then)


def start_nights(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> Job:
    """Calibrate each night from now on, for every course of the organisation; nothing new while it is on.

    Raises NotFound, NotAllowed.
    """
    _check(session, actor, course_id)
    jobs = [line.job for line in list_jobs(session, actor=actor, kind=CALIBRATE).lines]
    running = next((one for one in jobs if one.state in OPEN), None)
    if running is not None:
        return running
    # the same order for two who ask at the same moment, another one after it was stopped
    order_id = derived_id(actor.firm_id, CALIBRATE, jobs[0].id if jobs else "")
    job = _order(session, actor, order_id, now)
    record_act(
        session, actor=actor, act=N_("nightly calibration turned on"), subject=str(actor.firm_id), now=now
    )
    return job


def stop_nights(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> None:
    """Calibrate no more by itself. Raises NotFound, NotAllowed, Conflict (it is off, or at it just now)."""
    _check(session, actor, course_id)
    jobs = [line.job for line in list_jobs(session, actor=actor, kind=CALIBRATE).lines]
    waiting = next((one for one in jobs if one.state in OPEN), None)
    if waiting is None:
        raise Conflict("It is off already.")
    job_queue.cancel(session, firm_id=actor.firm_id, job_id=waiting.id, now=now)
    record_act(
        session, actor=actor, act=N_("nightly calibration turned off"), subject=str(actor.firm_id), now=now
    )


def _check(session: Session, actor: Actor, course_id: uuid.UUID) -> None:
    if open_draft(session, actor=actor, course_id=course_id).course.owner_id != actor.firm_id:
        raise NotFound("There is no such course.")


def _order(session: Session, actor: Actor, order_id: uuid.UUID, now: datetime) -> Job:
    at = next_night(find_zone(session, firm_id=actor.firm_id), now)
    name = session.get_one(Firm, actor.firm_id).name
    return enqueue(session, Order(order_id, CALIBRATE, name, at=at), actor=actor, now=now)


def calibrate_by_night(session: Session, run: Run) -> dict[str, Any]:
    """One night's work: what is worth it is calibrated, all in one transaction, and the next night is ordered.

    A course that whoever turned it on may no longer edit is passed over. Raises NotAllowed when that is true of all.
    """
    actor = run.actor
    courses = list_owned_courses(session, owner_id=actor.firm_id)
    fitted: list[tuple[uuid.UUID, str, Fitted]] = []
    unsettled: list[dict[str, Any]] = []
    waiting = closed = 0
    for number, (course_id, key) in enumerate(courses):
        run.tell(number, len(courses), N_("Looking at %(course)s"), course=key)
        try:
            if not _is_due(session, actor, course_id):
                waiting += 1
                continue
            fitted.append((course_id, key, fit_questions(session, actor=actor, course_id=course_id)))
        except (NotFound, NotAllowed):
            closed += 1
        except Invalid as error:
            if error.sentence == NOT_ENOUGH:
                waiting += 1
            else:
                unsettled.append({"course": key, **in_words(error)})
    if courses and closed == len(courses):
        raise NotAllowed(
            "Whoever turned this on may no longer edit any course here, so nothing was calibrated."
        )
    begin_writing(session)
    kept = _keep(session, actor, fitted, run.now)
    _order(session, actor, derived_id(actor.firm_id, CALIBRATE, run.job_id), run.now)
    return {"calibrated": kept, "waiting": waiting, "unsettled": unsettled}


def _is_due(session: Session, actor: Actor, course_id: uuid.UUID) -> bool:
    open_draft(session, actor=actor, course_id=course_id)
    latest = find_calibration(session, course_id=course_id)
    pooled = is_over_firms(session, actor)
    with beyond_the_wall(session, "calibration pooled over firms") if pooled else nullcontext():
        since = count_handed_in(
            session,
            course_id=course_id,
            firm_id=None if pooled else actor.firm_id,
            since=latest.made_at if latest else None,
        )
    return is_due(latest.people if latest else None, since)


def _keep(
    session: Session, actor: Actor, fitted: Sequence[tuple[uuid.UUID, str, Fitted]], now: datetime
) -> list[str]:
    """Keep what was fitted, but where somebody calibrated meanwhile or the course is no longer theirs; the courses' keys."""
    kept = []
    for course_id, key, found in fitted:
        try:
            open_draft(session, actor=actor, course_id=course_id, lock=True)
        except (NotFound, NotAllowed):
            continue  # archived, or another's, since it was fitted
        latest = find_calibration(session, course_id=course_id)
        if (latest.number if latest else 0) == found.after:
            keep_fitted(session, found, actor=actor, course_id=course_id, now=now)
            kept.append(key)
    return kept


CALIBRATING = JobKind(CALIBRATE, N_("Calibrating questions at night"), calibrate_by_night)
