"""What leaves the firm with a person, and what came with one."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class Consent(InFirm, Base):
    """A person lets something leave the firm: what exactly, for whom, since when. It ends by being withdrawn, never by a change.

    `said`: {"parts": […]}, the keys of `rules.passport.PARTS`.
    """

    __tablename__ = "consent"
    __table_args__ = (
        employed(),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="ends_after_it_begins"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"),
        Index("ix_consent_person", "firm_id", "person_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    said: Mapped[Document]
    recipient: Mapped[str] = mapped_column(String(160))
    by_firm: Mapped[bool]
    """Whether the firm may make the passport; otherwise the person made it, and this says what they chose."""
    given_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class Passport(InFirm, Base):
    """A passport that was handed out: its hash, never its content. Revoked once."""

    __tablename__ = "passport"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "consent_id"], ["consent.firm_id", "consent.id"]),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
        Index("ix_passport_person", "firm_id", "person_id"),
        Index("ix_passport_id", "id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    consent_id: Mapped[uuid.UUID]
    key_id: Mapped[str] = mapped_column(String(16))
    hash: Mapped[str] = mapped_column(String(64))
    facts: Mapped[int]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class PassportTaken(InFirm, Base):
    """A passport that was taken in: who signed it, and what became of each fact. `rows`: {"rows": [{title, kind, on, taken, why}]}."""

    __tablename__ = "passport_taken"
    __table_args__ = (
        employed(),
        UniqueConstraint("firm_id", "person_id", "hash"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    passport_id: Mapped[uuid.UUID]
    hash: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(160))
    key_id: Mapped[str] = mapped_column(String(16))
    key_name: Mapped[str] = mapped_column(String(160))
    """Whose Ladder signed it, as it was trusted here; empty for this one."""
    made_at: Mapped[Moment]
    known_by: Mapped[str] = mapped_column(String(10))
    """How it was known to be theirs: `account`, or `name` when somebody looked at a paper."""
    taken_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[Moment]
    rows: Mapped[Document]
