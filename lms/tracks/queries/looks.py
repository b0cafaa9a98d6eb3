"""Who looked at a person's ledger, and which facts have a document."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import Employment
from lms.tracks.models import EvidenceRow, LedgerView


def has_looked(session: Session, *, actor: Actor, person_id: uuid.UUID, today: date) -> bool:
    """Whether the actor's look at this person is noted for today."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    LedgerView.firm_id == actor.firm_id,
                    LedgerView.person_id == person_id,
                    LedgerView.viewer_id == actor.person_id,
                    LedgerView.on == today,
                )
            )
        )
    )


@dataclass(frozen=True)
class Look:
    """Somebody's first look of a day."""

    name: str
    at: datetime


def list_looks(session: Session, *, actor: Actor, person_id: uuid.UUID, most: int = 100) -> Sequence[Look]:
    """Who looked at a person's ledger and when, latest first. One statement."""
    rows = session.execute(
        select(Employment.name, LedgerView.at)
        .join(
            Employment,
            and_(Employment.firm_id == LedgerView.firm_id, Employment.person_id == LedgerView.viewer_id),
        )
        .where(LedgerView.firm_id == actor.firm_id, LedgerView.person_id == person_id)
        .order_by(LedgerView.at.desc(), LedgerView.viewer_id)
        .limit(most)
    )
    return [Look(**row._mapping) for row in rows]


def list_with_document(session: Session, *, actor: Actor, person_id: uuid.UUID) -> frozenset[str]:
    """The ids of a person's facts that have a document. One statement."""
    rows = session.scalars(
        select(EvidenceRow.id).where(
            EvidenceRow.firm_id == actor.firm_id,
            EvidenceRow.person_id == person_id,
            EvidenceRow.detail["document"].as_string().is_not(None),
        )
    )
    return frozenset(map(str, rows))
