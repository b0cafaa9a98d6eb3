"""What people were asked and what they answered. Responses are written once."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class Attempt(InFirm, Base):
    """One sitting of one person, pinned to what they were shown. The id is minted on the device.

    `waiting`: handed in, and people still mark a part of it; score and verdict are not the last word until then.
    `revision`: how often it was judged again after its first verdict.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        employed(),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="scored_when_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (passed IS NULL)", name="judged_when_submitted"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_attempt_person", "firm_id", "person_id", "assessment_id", "started_at"),
        Index("ix_attempt_lately", "firm_id", "assessment_id", "started_at"),
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
    adaptive: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether each next question is chosen by the answers so far; an answer is then given once."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_at: Mapped[Moment | None]
    """Since when its clock stands still, for a break."""
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much of the breaks that the person is granted is used."""


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


class AnswerFile(InFirm, Base):
    """A file that was sent as an answer; its id is that of the response that brought it. `stored`: its name in the storage.

    `name`: as its sender called it; `kind`: what its bytes are. Written once: another file is another row.
    """

    __tablename__ = "answer_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
        ),
        Index("ix_answer_file_attempt", "firm_id", "attempt_id"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    stored: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    arrived_at: Mapped[Moment]
