"""The ledger of evidence: added, superseded or contested, never edited."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class EvidenceRow(InFirm, Base):
    """One dated, sourced, rated fact about a person. Written once."""

    __tablename__ = "evidence"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "supersedes_id"], ["evidence.firm_id", "evidence.id"]),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),
        CheckConstraint("competency IS NOT NULL OR requirement IS NOT NULL", name="speaks_to_something"),
        Index("ix_evidence_person", "firm_id", "person_id", "on"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(30))
    competency: Mapped[str | None] = mapped_column(String(20))
    level: Mapped[int | None]
    requirement: Mapped[str | None] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(20))
    score: Mapped[float | None]
    error: Mapped[float | None]
    pass_mark: Mapped[float | None]
    on: Mapped[date]
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    rater_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    expires_on: Mapped[date | None]
    supersedes_id: Mapped[uuid.UUID | None]
    source: Mapped[str] = mapped_column(String(120), default="")
    detail: Mapped[Document]


class Contest(InFirm, Base):
    """A person disagrees with evidence about them; it is set aside until somebody else has looked again."""

    __tablename__ = "contest"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "evidence_id"], ["evidence.firm_id", "evidence.id"]),
        CheckConstraint("(resolved_at IS NULL) = (outcome IS NULL)", name="resolved_with_an_outcome"),
        CheckConstraint("outcome IN ('upheld', 'withdrawn')", name="outcome_is_known"),
        Index("ix_contest_evidence", "firm_id", "evidence_id"),
    )

    id: Mapped[Id]
    evidence_id: Mapped[uuid.UUID]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]
    resolved_at: Mapped[Moment | None]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(Text)


class Panel(InFirm, Base):
    """Several people rate the same thing on one form, each alone: nobody sees another's marks before all are in."""

    __tablename__ = "panel"
    __table_args__ = (
        employed(),
        CheckConstraint("level BETWEEN 1 AND 5", name="level_in_range"),
        CheckConstraint("(competency IS NULL) <> (requirement IS NULL)", name="speaks_to_one_thing"),
        CheckConstraint("(competency IS NULL) = (level IS NULL)", name="competency_at_a_level"),
        Index("ix_panel_person", "firm_id", "person_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    form: Mapped[str] = mapped_column(String(60))
    form_version: Mapped[int]
    competency: Mapped[str | None] = mapped_column(String(20))
    level: Mapped[int | None]
    requirement: Mapped[str | None] = mapped_column(String(80))
    on: Mapped[date]
    called_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    called_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class PanelSeat(InFirm, Base):
    """One rater of a panel, and what they made of it once they have handed in."""

    __tablename__ = "panel_seat"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "panel_id"], ["panel.firm_id", "panel.id"]),
        employed("rater_id"),
        CheckConstraint("(rated_at IS NULL) = (marks IS NULL)", name="rated_with_marks"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rater_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    marks: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    )
    rated_at: Mapped[Moment | None]


class LedgerView(InFirm, Base):
    """Somebody looked at another person's ledger: the first look of a day."""

    __tablename__ = "ledger_view"
    __table_args__ = (
        employed(),
        employed("viewer_id"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    viewer_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[Moment]
