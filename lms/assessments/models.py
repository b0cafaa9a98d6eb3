"""Questions, assessments and what people answered. Versions and responses are written once."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment


class Question(Base):
    """A question of a course's bank; `live_version_id` is null once it is retired."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    key: Mapped[Key]
    live_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("question_version.id", use_alter=True)
    )


class QuestionVersion(Base):
    """A question as it was asked. Written once."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[Id]
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[Document]
    published_at: Mapped[Moment]


class Assessment(Base):
    """An assessment of a course; `live_version_id` is null once it is retired."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    key: Mapped[Key]
    live_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("assessment_version.id", use_alter=True)
    )


class AssessmentVersion(Base):
    """A blueprint as it was. Written once."""

    __tablename__ = "assessment_version"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    id: Mapped[Id]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[Document]
    published_at: Mapped[Moment]


class Attempt(InFirm, Base):
    """One sitting of one person, pinned to what they were shown. The id is minted on the device.

    `waiting`: handed in, and people still mark a part of it; score and verdict are not the last word until then.
    `revision`: how often it was judged again after its first verdict.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="scored_when_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (passed IS NULL)", name="judged_when_submitted"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_attempt_person", "firm_id", "person_id", "assessment_id", "started_at"),
        Index("ix_attempt_version", "assessment_version_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    assessment_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment_version.id"))
    seed: Mapped[int]
    started_at: Mapped[Moment]
    deadline_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    score: Mapped[float | None]
    passed: Mapped[bool | None]
    critical_missed: Mapped[bool] = mapped_column(default=False)
    waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class AttemptQuestion(InFirm, Base):
    """A question of an attempt: the very version, and the variant (order of options, own numbers) this person saw."""

    __tablename__ = "attempt_question"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        Index("ix_attempt_question_version", "question_version_id"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))
    variant: Mapped[Document]
    flagged: Mapped[bool] = mapped_column(default=False)
    score: Mapped[float | None]
    left_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was dropped after people had answered it, and does not count."""


class Response(InFirm, Base):
    """One answer, kept as given; the id is minted on the device. A changed mind is a new row with a higher `sequence`."""

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
        ),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        CheckConstraint("(kept_because IS NULL) = counted", name="uncounted_has_its_reason"),
        Index("ix_response_attempt", "firm_id", "attempt_id", "position", "sequence"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID]
    position: Mapped[int]
    sequence: Mapped[int]
    given: Mapped[Document]
    score: Mapped[float]
    counted: Mapped[bool]
    kept_because: Mapped[str | None] = mapped_column(String(40))
    device_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment]


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
        ForeignKeyConstraint(["firm_id", "marker_id"], ["employment.firm_id", "employment.person_id"]),
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
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
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
