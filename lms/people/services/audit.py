"""Writing the firm's audit chain, in the transaction of the act."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import AuditEntry, Firm
from lms.people.rules import audit_hash

BATCH = 1000


@dataclass(frozen=True)
class Act:
    """One act to be logged with others."""

    act: str
    subject: str
    detail: Mapping[str, Any]


def record_act(
    session: Session,
    *,
    actor: Actor,
    act: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an act to the firm's chain."""
    record_acts(session, actor=actor, acts=[Act(act, subject, detail or {})], now=now)


def record_acts(session: Session, *, actor: Actor, acts: Sequence[Act], now: datetime) -> None:
    """Add acts to the firm's chain: its end is read once, and the hashes follow one another in memory.

    The firm's row is held meanwhile, so that two acts cannot take one number.
    """
    session.execute(select(Firm.id).where(Firm.id == actor.firm_id).with_for_update())
    last = session.execute(
        select(AuditEntry.number, AuditEntry.hash)
        .where(AuditEntry.firm_id == actor.firm_id)
        .order_by(AuditEntry.number.desc())
        .limit(1)
    ).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, "")
    rows: list[dict[str, Any]] = []
    for one in acts:
        number += 1
        subject, detail = one.subject[:200], dict(one.detail)
        mark = audit_hash(
            previous,
            number=number,
            at=now,
            by=str(actor.person_id),
            act=one.act,
            subject=subject,
            detail=detail,
        )
        rows.append(
            {
                "firm_id": actor.firm_id,
                "number": number,
                "at": now,
                "by_id": actor.person_id,
                "by_name": actor.name,
                "act": one.act,
                "subject": subject,
                "detail": detail,
                "previous_hash": previous,
                "hash": mark,
            }
        )
        previous = mark
        if len(rows) == BATCH:
            session.execute(insert(AuditEntry), rows)
            rows = []
    if rows:
        session.execute(insert(AuditEntry), rows)


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
