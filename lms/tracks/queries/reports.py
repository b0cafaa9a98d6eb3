"""Reads about reports on a date. Each sees their own only."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from lms.foundation.actor import Actor
from lms.foundation.jobs import ENDED_BADLY, Job
from lms.tracks.models.reports import ReportFile, ReportPlan

WRITE = "write a report"
TIDY = "delete a report"
SHOWN = 60


def list_plans(session: Session, *, actor: Actor) -> Sequence[ReportPlan]:
    """The actor's plans that go on, the next one first."""
    return session.scalars(
        select(ReportPlan)
        .where(
            ReportPlan.firm_id == actor.firm_id,
            ReportPlan.person_id == actor.person_id,
            ReportPlan.ended_at.is_(None),
        )
        .order_by(ReportPlan.next_at, ReportPlan.id)
    ).all()


def count_plans(session: Session, *, actor: Actor) -> int:
    """How many plans of the actor's go on."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ReportPlan)
            .where(
                ReportPlan.firm_id == actor.firm_id,
                ReportPlan.person_id == actor.person_id,
                ReportPlan.ended_at.is_(None),
            )
        )
        or 0
    )


def find_plan(session: Session, *, actor: Actor, plan_id: uuid.UUID) -> ReportPlan | None:
    """One of the actor's own plans."""
    return session.scalar(
        select(ReportPlan).where(
            ReportPlan.firm_id == actor.firm_id,
            ReportPlan.person_id == actor.person_id,
            ReportPlan.id == plan_id,
        )
    )


def list_files(session: Session, *, actor: Actor) -> Sequence[ReportFile]:
    """What was made for the actor, latest first, without the files themselves."""
    return session.scalars(
        select(ReportFile)
        .options(defer(ReportFile.content))
        .where(ReportFile.firm_id == actor.firm_id, ReportFile.person_id == actor.person_id)
        .order_by(ReportFile.made_at.desc(), ReportFile.id.desc())
        .limit(SHOWN)
    ).all()


def find_file(session: Session, *, actor: Actor, report_id: uuid.UUID) -> ReportFile | None:
    """One of the actor's own files."""
    return session.scalar(
        select(ReportFile).where(
            ReportFile.firm_id == actor.firm_id,
            ReportFile.person_id == actor.person_id,
            ReportFile.id == report_id,
        )
    )


def find_order(session: Session, *, actor: Actor, job_id: uuid.UUID) -> Job | None:
    """A job of the actor's firm."""
    return session.scalar(select(Job).where(Job.firm_id == actor.firm_id, Job.id == job_id))


def list_stopped(session: Session, *, actor: Actor, ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Job]:
    """The orders that ended badly, by their own id."""
    rows = session.scalars(
        select(Job).where(Job.firm_id == actor.firm_id, Job.id.in_(ids), Job.state.in_(ENDED_BADLY))
    )
    return {one.id: one for one in rows}
