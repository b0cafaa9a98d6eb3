"""Reads of the interop room."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.interop.models import ImportFile

SHOWN = 20


def find_import(
    session: Session, *, actor: Actor, course_id: uuid.UUID, bring_id: uuid.UUID
) -> ImportFile | None:
    """A file that somebody of the actor's firm sent for a course."""
    return session.scalar(
        select(ImportFile)
        .where(
            ImportFile.firm_id == actor.firm_id, ImportFile.id == bring_id, ImportFile.course_id == course_id
        )
        .execution_options(populate_existing=True)
    )


def find_same(session: Session, *, actor: Actor, course_id: uuid.UUID, stored: str) -> ImportFile | None:
    """The same file, sent for the same course before."""
    return session.scalar(
        select(ImportFile).where(
            ImportFile.firm_id == actor.firm_id,
            ImportFile.course_id == course_id,
            ImportFile.stored == stored,
        )
    )


def list_imports(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[ImportFile]:
    """The last files that were sent for a course, latest first."""
    return session.scalars(
        select(ImportFile)
        .where(ImportFile.firm_id == actor.firm_id, ImportFile.course_id == course_id)
        .order_by(ImportFile.sent_at.desc(), ImportFile.id)
        .limit(SHOWN)
    ).all()


def list_taken(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[ImportFile]:
    """The files of which something went into a course's draft."""
    return session.scalars(
        select(ImportFile).where(
            ImportFile.firm_id == actor.firm_id,
            ImportFile.course_id == course_id,
            ImportFile.taken_at.is_not(None),
        )
    ).all()
