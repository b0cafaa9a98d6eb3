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
    undecided: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it lies within one standard error of a gate's mark, and a second form may still be sat."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_at: Mapped[Moment | None]
    """Since when its clock stands still, for a break."""
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much of the breaks that the person is granted is used."""


class AttemptQuestion(InFirm, Base):
    """A question of an attempt: the very version, and the variant (order of options, own numbers) this person saw."""

    __tablename__ = "attempt_question"
    __table_args__ = (ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),)

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))
    variant: Mapped[Document]
    flagged: Mapped[bool] = mapped_column(default=False)
    score: Mapped[float | None]


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


class SittingCode(InFirm, Base):
    """What opens a gate: made by a supervisor, for a time, for the people of a team or for named people.

    It is kept as it is read out; it opens nothing outside its window and for nobody else.
    """

    __tablename__ = "sitting_code"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        ForeignKeyConstraint(["firm_id", "made_by_id"], ["employment.firm_id", "employment.person_id"]),
        ForeignKeyConstraint(["firm_id", "revoked_by_id"], ["employment.firm_id", "employment.person_id"]),
        UniqueConstraint("firm_id", "code"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
        Index("ix_sitting_code_closes", "firm_id", "closes_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12))
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    team_id: Mapped[uuid.UUID | None]
    place: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    made_by_id: Mapped[uuid.UUID]
    made_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_by_id: Mapped[uuid.UUID | None]


class SittingCodePerson(InFirm, Base):
    """A person whom a code is for by name."""

    __tablename__ = "sitting_code_person"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "code_id"], ["sitting_code.firm_id", "sitting_code.id"]),
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
    )

    code_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Sitting(InFirm, Base):
    """An attempt at a gate: which code opened it, who supervises, which form, the extra time. Written once."""

    __tablename__ = "sitting"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "code_id"], ["sitting_code.firm_id", "sitting_code.id"]),
        ForeignKeyConstraint(["firm_id", "supervisor_id"], ["employment.firm_id", "employment.person_id"]),
        ForeignKeyConstraint(["firm_id", "first_id"], ["attempt.firm_id", "attempt.id"]),
        UniqueConstraint("firm_id", "first_id"),
        CheckConstraint("first_id IS NULL OR first_id <> attempt_id", name="second_to_another"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code_id: Mapped[uuid.UUID]
    supervisor_id: Mapped[uuid.UUID]
    first_id: Mapped[uuid.UUID | None]
    """The attempt that this one is the second form to."""
    time_factor: Mapped[float]


class WrongCode(InFirm, Base):
    """Somebody typed a code that opens nothing for them. What they typed is not kept."""

    __tablename__ = "wrong_code"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
        Index("ix_wrong_code_person", "firm_id", "person_id", "at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    at: Mapped[Moment]


class GateDecision(InFirm, Base):
    """What a gate decided on a person, on how many forms, and how far it can be trusted. Written once.

    `attempt_id`: the form it was decided with, the second where there were two. `revision` counts judgings after marks
    changed. `accuracy`: as it stood that day.
    """

    __tablename__ = "gate_decision"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "first_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "closed_by_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        CheckConstraint("sure BETWEEN 0 AND 1", name="sure_in_range"),
        CheckConstraint("why IN ('one_form', 'both_forms', 'declined', 'closed')", name="why_is_known"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[uuid.UUID | None]
    why: Mapped[str] = mapped_column(String(20))
    score: Mapped[float]
    error: Mapped[float]
    cut: Mapped[float]
    questions: Mapped[int]
    passed: Mapped[bool]
    sure: Mapped[float]
    accuracy: Mapped[Document]
    closed_by_id: Mapped[uuid.UUID | None]
    at: Mapped[Moment]
