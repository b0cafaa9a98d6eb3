"""Files of other systems that were brought in, and what became of them."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment


class ImportFile(InFirm, Base):
    """A file as it was sent for a course's draft. The original is kept; the report is read from it again.

    `counts`: how many questions were taken, changed, skipped; how many lessons and pictures. `taken`: for what went into
    the draft, the mark of its content and the key it got: {"questions": {mark: key}, "lessons": {mark: key}}.
    """

    __tablename__ = "import_file"
    __table_args__ = (
        UniqueConstraint("firm_id", "course_id", "stored"),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", name="taken_by_somebody"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    stored: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(40))
    counts: Mapped[Document]
    taken: Mapped[Document]
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[Moment]
    taken_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[Moment | None]
