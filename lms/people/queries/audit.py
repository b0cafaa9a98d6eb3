"""The firm's audit log, read."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import AuditEntry

PAGE = 50
FILE_MOST = 100_000
"""Rows in one file: about what a spreadsheet opens without complaint."""


@dataclass(frozen=True)
class Wanted:
    """What the reader of the log asked for: from a moment until before another, older than or newer than a number."""

    text: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class AuditPage:
    """A page of the log, latest first; `older` and `newer` are where its neighbours start, or None."""

    entries: Sequence[AuditEntry]
    older: int | None
    newer: int | None


def _asked(actor: Actor, wanted: Wanted) -> Select[AuditEntry]:
    statement = select(AuditEntry).where(AuditEntry.firm_id == actor.firm_id)
    if wanted.act:
        statement = statement.where(AuditEntry.act == wanted.act)
    if wanted.since is not None:
        statement = statement.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEntry.at < wanted.until)
    if wanted.text.strip():
        like = "%" + wanted.text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns: tuple[Any, ...] = (
            AuditEntry.by_name,
            AuditEntry.act,
            AuditEntry.subject,
            AuditEntry.detail["name"].as_string(),
        )
        statement = statement.where(or_(*(column.ilike(like, escape="\\") for column in columns)))
    return statement


def list_audit(session: Session, *, actor: Actor, wanted: Wanted) -> AuditPage:
    """A page of the firm's log, latest first; `text` is looked for in who, what and about whom. One statement."""
    statement = _asked(actor, wanted)
    if wanted.after is not None:
        statement = statement.where(AuditEntry.number > wanted.after).order_by(AuditEntry.number)
    else:
        statement = statement.order_by(AuditEntry.number.desc())
        if wanted.before is not None:
            statement = statement.where(AuditEntry.number < wanted.before)
    found = session.scalars(statement.limit(PAGE + 1)).all()
    entries = found[:PAGE]
    more = len(found) > PAGE
    if wanted.after is not None:
        entries = entries[::-1]
        older, newer = bool(entries), more
    else:
        older, newer = more, wanted.before is not None and bool(entries)
    return AuditPage(
        entries,
        entries[-1].number if older and entries else None,
        entries[0].number if newer and entries else None,
    )


def list_entries(session: Session, *, actor: Actor, wanted: Wanted) -> Sequence[AuditEntry]:
    """Everything the reader asked for, latest first, for the file. One statement."""
    return session.scalars(_asked(actor, wanted).order_by(AuditEntry.number.desc()).limit(FILE_MOST)).all()


def list_acts(session: Session, *, actor: Actor) -> Sequence[str]:
    """The kinds of act that are in the firm's log. One statement."""
    return session.scalars(
        select(AuditEntry.act).where(AuditEntry.firm_id == actor.firm_id).distinct().order_by(AuditEntry.act)
    ).all()


def list_about(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[AuditEntry]:
    """The latest entries about one person of the firm. One statement."""
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.firm_id == actor.firm_id, AuditEntry.subject == str(person_id))
        .order_by(AuditEntry.number.desc())
        .limit(PAGE)
    ).all()
