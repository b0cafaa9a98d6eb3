"""A question that was wrong, scored again for everybody."""

import uuid

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


class Rescoring(Base):
    """A decision that a version of a question is scored another way for everybody. Written once; taken back by a new row.

    `right`: {"letters": […]} of the corrected key. `done_at`: when everybody's attempt had been looked at.
    """

    __tablename__ = "rescoring"
    __table_args__ = (
        UniqueConstraint("undoes_id"),
        CheckConstraint("change IN ('key', 'all', 'drop', 'undo')", name="change_is_known"),
        CheckConstraint("(change = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_what"),
        Index("ix_rescoring_version", "question_version_id", "at"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))
    change: Mapped[str] = mapped_column(String(10))
    right: Mapped[Document]
    takes_passes: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rescoring.id"))
    done_at: Mapped[Moment | None]


class Rescored(InFirm, Base):
    """What a rescoring meant for one attempt. Written once; `told_at` is when the person had read it.

    `score`: what the attempt comes to by it. `kept`: it would no longer pass, and stays as it was.
    """

    __tablename__ = "rescored"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        employed(),
        CheckConstraint("NOT kept OR (was_passed AND passed)", name="kept_is_a_pass"),
        Index("ix_rescored_person", "firm_id", "person_id", "told_at"),
        Index("ix_rescored_attempt", "firm_id", "attempt_id"),
    )

    rescoring_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rescoring.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID]
    was_score: Mapped[float]
    score: Mapped[float]
    was_passed: Mapped[bool]
    passed: Mapped[bool]
    kept: Mapped[bool]
    at: Mapped[Moment]
    told_at: Mapped[Moment | None]
