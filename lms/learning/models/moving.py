"""People under way who were moved to a later version of their course, and the way back."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class CourseMove(InFirm, Base):
    """A firm's people under way were moved to a later version of a course: what was chosen, and whether it was undone."""

    __tablename__ = "course_move"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_somebody"),
        Index("ix_course_move_course", "firm_id", "course_id", "moved_at"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    from_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    to_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    choices: Mapped[Document]
    people: Mapped[int]
    moved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    moved_at: Mapped[Moment]
    undone_at: Mapped[Moment | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class MovedPerson(InFirm, Base):
    """One person of a move, and where they stood before it: `{lessons: {key: {…}}, lessons_done_at}`, for the way back."""

    __tablename__ = "moved_person"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "move_id"], ["course_move.firm_id", "course_move.id"]),
        employed(),
    )

    move_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    before: Mapped[Document]
