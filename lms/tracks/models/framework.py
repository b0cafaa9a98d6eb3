"""The framework's layers: a draft that is edited, and versions that are written once."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, InFirm, Moment


class FrameworkDraft(InFirm, Base):
    """What a firm's administrators (or the association's, for what is shared) are writing. One for each layer."""

    __tablename__ = "framework_draft"
    __table_args__ = (
        CheckConstraint("layer IN ('firm', 'shared')", name="layer_is_known"),
        CheckConstraint("revision >= 1", name="revision_counts"),
    )

    layer: Mapped[str] = mapped_column(String(10), primary_key=True)
    base: Mapped[int]
    """The number of the published version that it began from; 0 for none."""
    revision: Mapped[int]
    document: Mapped[Document]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Moment]


class FrameworkVersion(InFirm, Base):
    """What a firm published on top of the shared framework. Written once; `hash` is of its document."""

    __tablename__ = "framework_version"
    __table_args__ = (CheckConstraint("number >= 1", name="number_counts"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text)
    document: Mapped[Document]
    hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[Moment]


class SharedFrameworkVersion(Base):
    """What the association published over the framework that ships, for every firm to read. Written once."""

    __tablename__ = "shared_framework_version"
    __table_args__ = (CheckConstraint("number >= 1", name="number_counts"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text)
    document: Mapped[Document]
    hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[Moment]
