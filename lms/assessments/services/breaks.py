"""Breaks: the clock of a timed attempt stands still for as long as the person is granted."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.models import Attempt
from lms.assessments.rules import break_left, break_took
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.people import queries as people


def left_of(session: Session, *, actor: Actor, attempt: Attempt) -> timedelta:
    """How much of the actor's breaks is left in an attempt of theirs."""
    granted = timedelta(minutes=people.find_break_minutes(session, actor=actor))
    return break_left(granted, timedelta(seconds=attempt.paused_seconds))


def deadline_now(session: Session, *, actor: Actor, attempt: Attempt, now: datetime) -> datetime | None:
    """When the time of an attempt is up, if the break it may be in ended now."""
    if attempt.deadline_at is None or attempt.paused_at is None:
        return attempt.deadline_at
    left = left_of(session, actor=actor, attempt=attempt)
    return attempt.deadline_at + break_took(attempt.paused_at, left=left, now=now)


def take_break(session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """Let the clock stand; in a break already, nothing changes. Raises NotFound, Conflict (no clock, no break left)."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id, for_update=True)
    if attempt is None or attempt.submitted_at is not None:
        raise NotFound("There is no such attempt.")
    if attempt.paused_at is not None:
        return attempt
    if attempt.deadline_at is None or now >= attempt.deadline_at:
        raise Conflict("There is no clock to stop.")
    if not left_of(session, actor=actor, attempt=attempt):
        raise Conflict("You have no break left in this assessment.")
    attempt.paused_at = now
    return attempt


def end_break(session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """Let the clock run again. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id, for_update=True)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    if attempt.paused_at is not None and attempt.deadline_at is not None:
        took = break_took(attempt.paused_at, left=left_of(session, actor=actor, attempt=attempt), now=now)
        attempt.deadline_at += took
        attempt.paused_seconds += round(took.total_seconds())
        attempt.paused_at = None
    return attempt
