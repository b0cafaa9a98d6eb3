"""Who learns what, how far they are, and the facts that say so."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment

PERSON = (["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"])


class Enrolment(InFirm, Base):
    """A person takes a course, on one version of it until they move."""

    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(*PERSON),
        Index("ix_enrolment_course", "firm_id", "course_id", "completed_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    enrolled_at: Mapped[Moment]
    lessons_done_at: Mapped[Moment | None]
    completed_at: Mapped[Moment | None]


class LessonProgress(InFirm, Base):
    """How far a person is in a lesson. Hangs on the lesson's key, so it outlives a new version."""

    __tablename__ = "lesson_progress"
    __table_args__ = (ForeignKeyConstraint(*PERSON),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    lesson_key: Mapped[Key] = mapped_column(primary_key=True)
    card_key: Mapped[Key]
    moved_at: Mapped[Moment]
    completed_at: Mapped[Moment | None]
    kept: Mapped[Document | None]
    """The cards finished on an earlier version that count on the one the person is on now: `{cards: [key]}`."""


class CardFact(InFirm, Base):
    """A card was finished; the id is minted on the device, so a repeat is known for one."""

    __tablename__ = "card_fact"
    __table_args__ = (
        ForeignKeyConstraint(*PERSON),
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
        ForeignKeyConstraint(*PERSON),
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


class Assignment(InFirm, Base):
    """Who must take what by when: a team or one person."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        ForeignKeyConstraint(*PERSON),
        CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="for_a_team_or_a_person"),
        Index("ix_assignment_person", "firm_id", "person_id"),
        Index("ix_assignment_team", "firm_id", "team_id"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    team_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    assigned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]


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
        ForeignKeyConstraint(*PERSON),
    )

    move_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    before: Mapped[Document]


class SyncedFact(InFirm, Base):
    """What became of one fact that a device sent later: the first result, for whoever sends it again or asks why.

    `said` is the fact as it came, and is there only when it does not count. Written once, but for a hand-in that
    waited for its answers: it is settled when the last of them has come.
    """

    __tablename__ = "synced_fact"
    __table_args__ = (
        ForeignKeyConstraint(*PERSON),
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
