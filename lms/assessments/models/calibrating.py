"""The parameters of questions, and the attempts that adapt by them."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Id, InFirm, Moment


class Calibration(Base):
    """One calibration of a course's questions: the model, from whom, when. Written once; the newest is used.

    `pooled`: over firms, without telling one of another's people. `simulated`: some answers are of a demonstration firm.
    `firm_id`: whose answers, when not pooled; content is above firms, so it is read through its course.
    """

    __tablename__ = "calibration"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("model IN ('rasch', '2pl')", name="model_is_known"),
        CheckConstraint("people >= 1", name="people_answered"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    model: Mapped[str] = mapped_column(String(8))
    people: Mapped[int]
    pooled: Mapped[bool]
    simulated: Mapped[bool]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]


class CalibrationItem(Base):
    """A question version's parameters in one calibration, on the scale on which ability is N(0, 1); `n` answered it."""

    __tablename__ = "calibration_item"
    __table_args__ = (CheckConstraint("n >= 1", name="somebody_answered"),)

    calibration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calibration.id"), primary_key=True)
    question_version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("question_version.id"), primary_key=True
    )
    a: Mapped[float]
    b: Mapped[float]
    se_a: Mapped[float | None]
    se_b: Mapped[float | None]
    n: Mapped[int]


class AdaptiveRun(InFirm, Base):
    """How an attempt that adapts stands: by which calibration, the ability so far, and why it ended (se, length, bank)."""

    __tablename__ = "adaptive_run"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        CheckConstraint("stopped IN ('se', 'length', 'bank')", name="stopped_is_known"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    calibration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calibration.id"))
    theta: Mapped[float]
    se: Mapped[float]
    answered: Mapped[int]
    stopped: Mapped[str | None] = mapped_column(String(8))
