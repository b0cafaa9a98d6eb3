"""What people gave an answer."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class AnswerMark(InFirm, Base):
    """What one person gave one answer, by criterion. Written once: whoever marks again adds a row, with the reason.

    `turn`: the first, second or third to mark it, or a later one who marks it `again`. `points`: by criterion.
    """

    __tablename__ = "answer_mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
        ),
        employed("marker_id"),
        UniqueConstraint("firm_id", "attempt_id", "position", "turn"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_in_range"),
        CheckConstraint("turn >= 1", name="turn_counts"),
        CheckConstraint("again = (reason IS NOT NULL)", name="again_with_a_reason"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID]
    position: Mapped[int]
    turn: Mapped[int]
    marker_id: Mapped[uuid.UUID]
    points: Mapped[Document]
    share: Mapped[float]
    note: Mapped[str] = mapped_column(Text)
    again: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Moment]
