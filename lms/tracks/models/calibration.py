"""Gold contacts of a firm's own, what assessors made of gold contacts, and the licences that came of it."""

import uuid
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment, employed


class GoldContact(InFirm, Base):
    """A contact that a firm's assessors rate, with what was agreed of it. Never changed; retired when it is worn."""

    __tablename__ = "gold_contact"
    __table_args__ = (
        CheckConstraint("(retired_at IS NULL) = (retired_by_id IS NULL)", name="retired_by_somebody"),
    )

    id: Mapped[Id]
    form: Mapped[Key]
    form_version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    knows: Mapped[str] = mapped_column(Text)
    call: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    marks: Mapped[Document]
    why: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[Moment]
    retired_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    retired_at: Mapped[Moment | None]


class GoldRating(InFirm, Base):
    """What one assessor made of one gold contact, blind, in one round. Written once; `agreed` is as it was then."""

    __tablename__ = "gold_rating"
    __table_args__ = (
        employed(),
        UniqueConstraint("firm_id", "person_id", "form", "round", "contact"),
        CheckConstraint("round >= 1", name="round_counts"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    form: Mapped[Key]
    form_version: Mapped[int]
    round: Mapped[int]
    contact: Mapped[Key]
    marks: Mapped[Document]
    agreed: Mapped[Document]
    ends_round: Mapped[bool]
    at: Mapped[Moment]


class RaterLicence(InFirm, Base):
    """That somebody's ratings on a form are evidence until a day. Written once; a refresh is another row."""

    __tablename__ = "rater_licence"
    __table_args__ = (
        employed(),
        UniqueConstraint("firm_id", "person_id", "form", "round"),
        CheckConstraint("expires_on >= issued_on", name="expires_after_it_began"),
        Index("ix_rater_licence_person", "firm_id", "person_id", "form", "expires_on"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    form: Mapped[Key]
    round: Mapped[int]
    contacts: Mapped[int]
    icc: Mapped[float]
    issued_on: Mapped[date]
    expires_on: Mapped[date]
    at: Mapped[Moment]
