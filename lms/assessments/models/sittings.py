"""Gates: the codes that open them, who supervised, and what was decided."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class SittingCode(InFirm, Base):
    """What opens a gate: made by a supervisor, for a time, for the people of a team or for named people.

    It is kept as it is read out; it opens nothing outside its window and for nobody else.
    """

    __tablename__ = "sitting_code"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        employed("made_by_id"),
        employed("revoked_by_id"),
        UniqueConstraint("firm_id", "code"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
        Index("ix_sitting_code_closes", "firm_id", "closes_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12))
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    team_id: Mapped[uuid.UUID | None]
    place: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    made_by_id: Mapped[uuid.UUID]
    made_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_by_id: Mapped[uuid.UUID | None]


class SittingCodePerson(InFirm, Base):
    """A person whom a code is for by name."""

    __tablename__ = "sitting_code_person"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "code_id"], ["sitting_code.firm_id", "sitting_code.id"]),
        employed(),
    )

    code_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Sitting(InFirm, Base):
    """An attempt at a gate: which code opened it, who supervises, which form, the extra time. Written once."""

    __tablename__ = "sitting"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "code_id"], ["sitting_code.firm_id", "sitting_code.id"]),
        employed("supervisor_id"),
        ForeignKeyConstraint(["firm_id", "first_id"], ["attempt.firm_id", "attempt.id"]),
        UniqueConstraint("firm_id", "first_id"),
        CheckConstraint("first_id IS NULL OR first_id <> attempt_id", name="second_to_another"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code_id: Mapped[uuid.UUID]
    supervisor_id: Mapped[uuid.UUID]
    first_id: Mapped[uuid.UUID | None]
    """The attempt that this one is the second form to."""
    time_factor: Mapped[float]


class WrongCode(InFirm, Base):
    """Somebody typed a code that opens nothing for them. What they typed is not kept."""

    __tablename__ = "wrong_code"
    __table_args__ = (
        employed(),
        Index("ix_wrong_code_person", "firm_id", "person_id", "at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    at: Mapped[Moment]


class GateDecision(InFirm, Base):
    """What a gate decided on a person, on how many forms, and how far it can be trusted. Written once.

    `attempt_id`: the form it was decided with, the second where there were two. `revision` counts judgings after marks
    changed. `accuracy`: as it stood that day.
    """

    __tablename__ = "gate_decision"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "first_id"], ["attempt.firm_id", "attempt.id"]),
        employed("closed_by_id"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        CheckConstraint("sure BETWEEN 0 AND 1", name="sure_in_range"),
        CheckConstraint("why IN ('one_form', 'both_forms', 'declined', 'closed')", name="why_is_known"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[uuid.UUID | None]
    why: Mapped[str] = mapped_column(String(20))
    score: Mapped[float]
    error: Mapped[float]
    cut: Mapped[float]
    questions: Mapped[int]
    passed: Mapped[bool]
    sure: Mapped[float]
    accuracy: Mapped[Document]
    closed_by_id: Mapped[uuid.UUID | None]
    at: Mapped[Moment]
