"""What comes back to a person until it is known."""

import uuid
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment, employed


class ReviewCard(InFirm, Base):
    """A question that comes back to a person until it is known: one check of a lesson, or one missed in an assessment.

    `since` is the day it was scheduled on, `due_on` the day without leave. Stability in days and difficulty from 1 to
    10, as FSRS-6 has them, are there from the first review on.
    """

    __tablename__ = "review_card"
    __table_args__ = (
        employed(),
        UniqueConstraint("firm_id", "person_id", "course_id", "source", "key"),
        CheckConstraint("source IN ('check', 'question')", name="source_is_known"),
        CheckConstraint("(source = 'check') = (version_id IS NOT NULL)", name="check_has_its_version"),
        CheckConstraint(
            "(source = 'question') = (question_version_id IS NOT NULL)", name="question_has_its_version"
        ),
        CheckConstraint("(stability IS NULL) = (last_at IS NULL)", name="known_since_a_review"),
        CheckConstraint("(stability IS NULL) = (difficulty IS NULL)", name="known_with_a_difficulty"),
        Index("ix_review_card_due", "firm_id", "person_id", "due_on"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    source: Mapped[str] = mapped_column(String(10))
    key: Mapped[Key]
    about: Mapped[str] = mapped_column(String(200))
    """The lesson or the assessment it comes from, by its title then."""
    lesson_key: Mapped[Key]
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_version.id"))
    question_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_version.id"))
    made_at: Mapped[Moment]
    since: Mapped[date]
    due_on: Mapped[date]
    stability: Mapped[float | None]
    difficulty: Mapped[float | None]
    last_at: Mapped[Moment | None]
    last_grade: Mapped[int | None]
    reviews: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    lapses: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    buried_until: Mapped[date | None]
    suspended_at: Mapped[Moment | None]


class ReviewLog(InFirm, Base):
    """A card was answered, or its person said how well they knew it (`of_id`: that answer). Written once, ids from the device.

    `before` is the card as it was, `{stability, difficulty, last_at, lapses}`: what a later word on the same answer is counted from.
    """

    __tablename__ = "review_log"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "card_id"], ["review_card.firm_id", "review_card.id"]),
        ForeignKeyConstraint(["firm_id", "of_id"], ["review_log.firm_id", "review_log.id"]),
        UniqueConstraint("firm_id", "of_id"),
        CheckConstraint("grade BETWEEN 1 AND 4", name="grade_in_range"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_review_log_person", "firm_id", "person_id", "arrived_at"),
        Index("ix_review_log_card", "firm_id", "card_id", "arrived_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    card_id: Mapped[uuid.UUID]
    of_id: Mapped[uuid.UUID | None]
    nth: Mapped[int]
    given: Mapped[Document]
    before: Mapped[Document]
    score: Mapped[float]
    grade: Mapped[int]
    at: Mapped[Moment]
    device_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment]
