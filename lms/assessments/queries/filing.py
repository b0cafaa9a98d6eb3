"""Reads of the files that are answers."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import AnswerFile
from lms.foundation.actor import Actor


def find_file(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, file_id: uuid.UUID
) -> AnswerFile | None:
    """A file of an attempt of the actor's firm."""
    return session.scalar(
        select(AnswerFile).where(
            AnswerFile.firm_id == actor.firm_id,
            AnswerFile.attempt_id == attempt_id,
            AnswerFile.id == file_id,
        )
    )


def list_files(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> Sequence[AnswerFile]:
    """Every file of an attempt of the actor's firm, those that another took the place of too."""
    return session.scalars(
        select(AnswerFile)
        .where(AnswerFile.firm_id == actor.firm_id, AnswerFile.attempt_id == attempt_id)
        .order_by(AnswerFile.arrived_at)
    ).all()


def named(given: dict[str, Any] | None, files: Sequence[AnswerFile]) -> dict[str, Any] | None:
    """An answer with the name, the size and the type of the file that it is, where it is one."""
    row = next((one for one in files if given and str(one.id) == given.get("file")), None)
    return (
        given
        if given is None or row is None
        else {**given, "name": row.name, "size": row.size, "type": row.kind}
    )
