"""Reads of what devices sent later, and what became of it."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion, Attempt, Response
from lms.foundation.actor import Actor
from lms.learning.models import SyncedFact
from lms.learning.queries.team import sees
from lms.learning.rules.syncing import Fact, read_batch
from lms.people.models import Employment

PAGE = 50


def list_synced(session: Session, *, actor: Actor, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, SyncedFact]:
    """What became of those of the actor's facts that came before, by id."""
    rows = session.scalars(
        select(SyncedFact).where(
            SyncedFact.firm_id == actor.firm_id,
            SyncedFact.person_id == actor.person_id,
            SyncedFact.id.in_(ids),
        )
    )
    return {row.id: row for row in rows}


def list_waiting(session: Session, *, actor: Actor, because: str) -> Sequence[SyncedFact]:
    """The actor's hand-ins that wait, in the order they came."""
    return session.scalars(
        select(SyncedFact)
        .where(
            SyncedFact.firm_id == actor.firm_id,
            SyncedFact.person_id == actor.person_id,
            SyncedFact.result == "kept",
            SyncedFact.because == because,
        )
        .order_by(SyncedFact.arrived_at, SyncedFact.id)
    ).all()


def as_fact(row: SyncedFact) -> Fact:
    """The fact that a kept row holds."""
    [fact] = read_batch(json.dumps({"format": 0, "facts": [json.loads(row.said or "null")]}).encode())
    return fact


def list_not_here(session: Session, *, actor: Actor, ids: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    """Those of the answers named that have not come, neither by sync nor by a plain form."""
    here = set(
        session.scalars(select(Response.id).where(Response.firm_id == actor.firm_id, Response.id.in_(ids)))
    )
    here |= set(list_synced(session, actor=actor, ids=[one for one in ids if one not in here]))
    return [one for one in ids if one not in here]


@dataclass(frozen=True)
class KeptLine:
    """Something a person sent that is kept and not counted, as a list shows it."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: str
    kind: str
    because: str
    title: str
    position: int | None
    given: dict[str, Any] | None
    device_at: datetime | None
    arrived_at: datetime
    said: str


def list_kept(session: Session, *, actor: Actor, most: int = PAGE * 4) -> Sequence[KeptLine]:
    """What came from the people the actor looks after and does not count, latest first. Two statements."""
    late = session.execute(
        select(
            Response.id,
            Employment.person_id,
            Employment.name.label("person"),
            Response.kept_because,
            AssessmentVersion.title,
            Response.position,
            Response.given,
            Response.device_at,
            Response.arrived_at,
        )
        .join(Attempt, and_(Attempt.firm_id == Response.firm_id, Attempt.id == Response.attempt_id))
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .join(
            Employment,
            and_(Employment.firm_id == Attempt.firm_id, Employment.person_id == Attempt.person_id),
        )
        .where(Response.firm_id == actor.firm_id, ~Response.counted, sees(actor))
        .order_by(Response.arrived_at.desc(), Response.id)
        .limit(most)
    )
    found = [
        KeptLine(
            row.id,
            row.person_id,
            row.person,
            "response",
            row.kept_because,
            row.title,
            row.position,
            row.given,
            row.device_at,
            row.arrived_at,
            "",
        )
        for row in late
    ]
    others = session.execute(
        select(SyncedFact, Employment.name.label("person"))
        .join(
            Employment,
            and_(Employment.firm_id == SyncedFact.firm_id, Employment.person_id == SyncedFact.person_id),
        )
        .where(
            SyncedFact.firm_id == actor.firm_id,
            SyncedFact.result == "kept",
            or_(
                SyncedFact.kind != "response", SyncedFact.because.in_(("not_found", "unreadable", "id_taken"))
            ),
            sees(actor),
        )
        .order_by(SyncedFact.arrived_at.desc(), SyncedFact.id)
        .limit(most)
    )
    for row, person in others:
        found.append(
            KeptLine(
                row.id,
                row.person_id,
                person,
                row.kind,
                row.because or "",
                "",
                None,
                None,
                row.device_at,
                row.arrived_at,
                row.said or "",
            )
        )
    return sorted(found, key=lambda one: (one.arrived_at, one.id), reverse=True)[:most]
