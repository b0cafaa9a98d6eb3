"""What a person learns: the course they take, how far they are in it, and the facts that say so."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment, employed


class Enrolment(InFirm, Base):
    """A person takes a course, on one version of it until they move."""

    __tablename__ = "enrolment"
    __table_args__ = (
        employed(),
        Index("ix_enrolment_course", "firm_id", "course_id", "completed_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    enrolled_at: Mapped[Moment]
    lessons_done_at: Mapped[Moment | None]
    completed_at: Mapped[Moment | None]
    run: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Which time they take it: from the second on, only what came since `enrolled_at` counts. The earlier are in PastRun."""
    expires_on: Mapped[date | None]
    """The day the latest completion is good until; it stands while they take the course again."""


class PastRun(InFirm, Base):
    """A course as a person completed it before they took it again: `{lessons: {key: {card, moved_at, completed_at, kept}}}`."""

    __tablename__ = "past_run"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    enrolled_at: Mapped[Moment]
    lessons_done_at: Mapped[Moment | None]
    completed_at: Mapped[Moment]
    expires_on: Mapped[date | None]
    lessons: Mapped[Document]


class LessonProgress(InFirm, Base):
    """How far a person is in a lesson. Hangs on the lesson's key, so it outlives a new version."""

    __tablename__ = "lesson_progress"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    lesson_key: Mapped[Key] = mapped_column(primary_key=True)
    card_key: Mapped[Key]
    moved_at: Mapped[Moment]
    completed_at: Mapped[Moment | None]
    kept: Mapped[Document | None]
    """The cards finished on an earlier version that count on the one the person is on now: `{cards: [key]}`."""
    half: Mapped[Document | None]
    """What was half typed when they left: `{check key: {at, fields: [[name, value]]}}`, for their other device."""


class CardFact(InFirm, Base):
    """A card was finished; the id is minted on the device, so a repeat is known for one."""

    __tablename__ = "card_fact"
    __table_args__ = (
        employed(),
        Index("ix_card_fact_person", "firm_id", "person_id", "course_id", "lesson_key"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    lesson_key: Mapped[Key]
    card_key: Mapped[Key]
    device_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment]


class CheckAnswer(InFirm, Base):
    """An answer to a check question inside a lesson: practice, kept for the author and for review, never for a gate."""

    __tablename__ = "check_answer"
    __table_args__ = (
        employed(),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_check_answer_person", "firm_id", "person_id", "course_id", "lesson_key"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    lesson_key: Mapped[Key]
    check_key: Mapped[Key]
    given: Mapped[Document]
    score: Mapped[float]
    arrived_at: Mapped[Moment]


class LessonTime(InFirm, Base):
    """How long a lesson took a person, measured once, when they completed it.

    `ratio` is the logarithm of actual to author's time; `own` their pace as it was known then: what is left between the
    two is the lesson's. Without it a lesson would seem short because quick people come to it first.
    """

    __tablename__ = "lesson_time"
    __table_args__ = (
        employed(),
        Index("ix_lesson_time_lesson", "firm_id", "course_id", "lesson_key", "measured_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    lesson_key: Mapped[Key] = mapped_column(primary_key=True)
    ratio: Mapped[float]
    own: Mapped[float]
    measured_at: Mapped[Moment]


class SyncedFact(InFirm, Base):
    """What became of one fact that a device sent later: the first result, for whoever sends it again or asks why.

    `said` is the fact as it came, and is there only when it does not count. Written once, but for a hand-in that
    waited for its answers: it is settled when the last of them has come.
    """

    __tablename__ = "synced_fact"
    __table_args__ = (
        employed(),
        CheckConstraint("result IN ('counted', 'kept')", name="result_is_known"),
        CheckConstraint("(result = 'kept') = (because IS NOT NULL)", name="kept_has_its_reason"),
        CheckConstraint("(result = 'kept') = (said IS NOT NULL)", name="kept_is_kept_whole"),
        Index("ix_synced_fact_kept", "firm_id", "result", "arrived_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(10))
    because: Mapped[str | None] = mapped_column(String(40))
    said: Mapped[str | None] = mapped_column(Text)
    device_at: Mapped[Moment | None]
    elapsed_ms: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at: Mapped[Moment]
