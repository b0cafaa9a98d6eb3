"""Reads of the evidence that figures became."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.tracks.models import EvidenceRow

COLUMNS = (
    "firm_id",
    "id",
    "person_id",
    "kind",
    "competency",
    "level",
    "requirement",
    "outcome",
    "score",
    "error",
    "pass_mark",
    "on",
    "recorded_at",
    "recorded_by_id",
    "rater_id",
    "expires_on",
    "source",
    "supersedes_id",
    "detail",
)


@dataclass(frozen=True)
class Written:
    """A row that figures wrote, as plain values."""

    row: dict[str, Any]

    @property
    def person_id(self) -> uuid.UUID:
        """Whose it is."""
        found: uuid.UUID = self.row["person_id"]
        return found

    @property
    def on(self) -> date:
        """The last day of its window."""
        found: date = self.row["on"]
        return found

    @property
    def seq(self) -> int:
        """Its place in the line of one person and requirement."""
        return int(self.row["detail"]["seq"])

    @property
    def mark(self) -> str:
        """What it says, as a mark: two rows that say the same have the same."""
        return str(self.row["detail"]["mark"])


def list_written(
    session: Session, *, actor: Actor, requirement: str, person_ids: Collection[uuid.UUID]
) -> Sequence[Written]:
    """What figures wrote about some people for a requirement, in the order of the line."""
    rows = session.execute(
        select(*(getattr(EvidenceRow, name) for name in COLUMNS)).where(
            EvidenceRow.firm_id == actor.firm_id,
            EvidenceRow.requirement == requirement,
            EvidenceRow.source == "kpi",
            EvidenceRow.person_id.in_(person_ids),
        )
    )
    return sorted((Written(dict(row._mapping)) for row in rows), key=lambda one: one.seq)
