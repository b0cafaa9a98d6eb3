"""Figures of the working day: append-only facts with their corrections, targets, a firm's own metrics, files, coaching notes."""

import uuid
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class KpiMetric(InFirm, Base):
    """A metric that a firm named itself, with its unit and which way is good."""

    __tablename__ = "kpi_metric"
    __table_args__ = (
        UniqueConstraint("firm_id", "key"),
        CheckConstraint("shape IN ('rate', 'score', 'amount')", name="shape_is_known"),
        CheckConstraint("better IN ('higher', 'lower', 'neither')", name="better_is_known"),
        CheckConstraint("least >= 1", name="least_is_some"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(20))
    shape: Mapped[str] = mapped_column(String(10))
    better: Mapped[str] = mapped_column(String(10))
    counted: Mapped[str] = mapped_column(String(40))
    most: Mapped[float]
    least: Mapped[int]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]


class KpiMapping(InFirm, Base):
    """Which column is what in the files of one source. Written anew, the last one holds; older ones stay."""

    __tablename__ = "kpi_mapping"
    __table_args__ = (Index("ix_kpi_mapping_source", "firm_id", "source", "saved_at"),)

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[Document]
    saved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    saved_at: Mapped[Moment]


class KpiFile(InFirm, Base):
    """A file of figures as it was sent, waiting for a yes; once taken, `counts` says what was really done."""

    __tablename__ = "kpi_file"
    __table_args__ = (
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", name="taken_by_somebody"),
        Index("ix_kpi_file_sent", "firm_id", "sent_at"),
    )

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(200))
    stored: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[Document]
    counts: Mapped[Document]
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[Moment]
    taken_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[Moment | None]


class KpiFact(InFirm, Base):
    """One figure of one person in a queue, shift and period, as sums. Written once; a correction is a new row.

    `subject` is made of what the figure is about, so that the same figure is found again; `revision` counts its
    corrections from 1. `squares`: the sum of squared values, where the file told their spread.
    """

    __tablename__ = "kpi_fact"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "file_id"], ["kpi_file.firm_id", "kpi_file.id"]),
        ForeignKeyConstraint(["firm_id", "supersedes_id"], ["kpi_fact.firm_id", "kpi_fact.id"]),
        UniqueConstraint("firm_id", "subject", "revision"),
        UniqueConstraint("firm_id", "supersedes_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        CheckConstraint("n >= 1 AND total >= 0", name="counts_something"),
        CheckConstraint("(revision = 1) = (supersedes_id IS NULL)", name="corrections_supersede"),
        Index("ix_kpi_fact_person", "firm_id", "person_id", "ends_on"),
        Index("ix_kpi_fact_period", "firm_id", "ends_on", "starts_on"),
    )

    id: Mapped[Id]
    subject: Mapped[uuid.UUID]
    revision: Mapped[int]
    supersedes_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID]
    queue: Mapped[str] = mapped_column(String(80))
    shift: Mapped[str] = mapped_column(String(80))
    metric: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    total: Mapped[float]
    n: Mapped[int]
    squares: Mapped[float | None]
    file_id: Mapped[uuid.UUID]
    line: Mapped[int]
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class KpiTarget(InFirm, Base):
    """What a queue is asked to reach, from a day on. Written once; a new target is a new row."""

    __tablename__ = "kpi_target"
    __table_args__ = (
        UniqueConstraint("firm_id", "queue", "metric", "from_on", "set_at"),
        Index("ix_kpi_target_queue", "firm_id", "queue", "metric", "from_on"),
    )

    id: Mapped[Id]
    queue: Mapped[str] = mapped_column(String(80))
    metric: Mapped[str] = mapped_column(String(40))
    value: Mapped[float]
    from_on: Mapped[date]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[Moment]


class CoachingNote(InFirm, Base):
    """What a lead and a person agreed, with a day to look again. The person reads it; a follow-up is a note of its own."""

    __tablename__ = "coaching_note"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "follows_id"], ["coaching_note.firm_id", "coaching_note.id"]),
        UniqueConstraint("firm_id", "follows_id"),
        Index("ix_coaching_note_person", "firm_id", "person_id", "made_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    look_again_on: Mapped[date | None]
    follows_id: Mapped[uuid.UUID | None]
    made_at: Mapped[Moment]
