"""Reads of what is to be published on a date."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.jobs import OPEN, Job, JobState
from lms.people.queries.jobs import list_jobs_about

PUBLISH = "publish a course"


@dataclass(frozen=True)
class Planned:
    """A publication on a date: by whom, of which revision of the draft, and what became of it."""

    id: uuid.UUID
    at: datetime
    by: str | None
    revision: int
    note: str
    state: str
    error: Mapping[str, Any]
    ended_at: datetime | None

    @property
    def ahead(self) -> bool:
        """Whether it is still to come."""
        return self.state in OPEN

    def failed_since(self, published_at: datetime | None) -> bool:
        """Whether it was not done, and nothing was published after that."""
        if self.state not in (JobState.FAILED, JobState.DEAD) or self.ended_at is None:
            return False
        return published_at is None or published_at < self.ended_at


def find_planned(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Planned | None:
    """The last date that was set for a course of the actor's organisation, unless it was cancelled."""
    states = [state for state in JobState if state is not JobState.CANCELLED]
    lines = list_jobs_about(session, actor=actor, about_id=course_id, kind=PUBLISH, states=states, most=1)
    if not lines:
        return None
    job = lines[0].job
    said = job.arguments
    return Planned(
        job.id,
        datetime.fromisoformat(said["at"]),
        lines[0].asked_by,
        int(said["revision"]),
        str(said["note"]),
        job.state,
        job.error,
        job.ended_at,
    )


def list_planned(session: Session, *, actor: Actor) -> Mapping[uuid.UUID, datetime]:
    """When which courses of the actor's organisation are to be published."""
    rows = session.execute(
        select(Job.about_id, Job.not_before).where(
            Job.firm_id == actor.firm_id, Job.kind == PUBLISH, Job.state.in_(OPEN)
        )
    )
    return {row.about_id: row.not_before for row in rows if row.about_id is not None}
