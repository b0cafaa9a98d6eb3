"""Writing the firm's audit chain, in the transaction of the act."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import AuditEntry, Firm
from lms.people.rules import audit_hash


def record_act(
    session: Session,
    *,
    actor: Actor,
    act: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add an act to the firm's chain. The firm's row is held meanwhile, so that two acts cannot take one number."""
    session.execute(select(Firm.id).where(Firm.id == actor.firm_id).with_for_update())
    last = session.execute(
        select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.firm_id == actor.firm_id)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    detail = dict(detail or {})
    entry = AuditEntry(
        firm_id=actor.firm_id,
        number=number,
        at=now,
        by_id=actor.person_id,
        by_name=actor.name,
        act=act,
        subject=subject[:200],
        detail=detail,
        previous_hash=previous,
        hash=audit_hash(
            previous,
            number=number,
            at=now,
            by=str(actor.person_id),
            act=act,
            subject=subject[:200],
            detail=detail,
        ),
    )
    session.add(entry)
    session.flush()  # the next act in this transaction reads the chain's end
    return entry


def first_broken_entry(session: Session, *, firm_id: uuid.UUID) -> int | None:
    """The number of the first entry of the firm's chain that does not fit, or None when the chain is whole."""
    previous, expected = "", 1
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.firm_id == firm_id).order_by(AuditEntry.number)
    )
    for entry in entries:
        right = audit_hash(
            previous,
            number=entry.number,
            at=entry.at,
            by=str(entry.by_id),
            act=entry.act,
            subject=entry.subject,
            detail=entry.detail,
        )
        if entry.number != expected or entry.previous_hash != previous or entry.hash != right:
            return entry.number
        previous, expected = entry.hash, expected + 1
    return None
