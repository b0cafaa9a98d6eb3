"""People who set a pass mark together."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Id, InFirm, Moment, employed


class CutPanel(InFirm, Base):
    """People of a firm who set a pass mark together: in rounds, each alone. Once closed it is the record of the mark.

    `method`, `cut` (a share), `se` (of the cut), `n` (judges, or people who were graded) are set when it is closed.
    """

    __tablename__ = "cut_panel"
    __table_args__ = (
        employed("opened_by_id"),
        employed("closed_by_id"),
        CheckConstraint("round >= 1", name="rounds_count"),
        CheckConstraint("cut > 0 AND cut <= 1", name="cut_is_a_share"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (cut IS NULL)"
            " AND (closed_at IS NULL) = (method IS NULL) AND (closed_at IS NULL) = (n IS NULL)",
            name="closed_with_its_cut",
        ),
        Index("ix_cut_panel_assessment", "firm_id", "assessment_id"),
    )

    id: Mapped[Id]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    assessment_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment_version.id"))
    round: Mapped[int]
    opened_by_id: Mapped[uuid.UUID]
    opened_at: Mapped[Moment]
    method: Mapped[str | None] = mapped_column(String(24))
    cut: Mapped[float | None]
    se: Mapped[float | None]
    n: Mapped[int | None]
    closed_by_id: Mapped[uuid.UUID | None]
    closed_at: Mapped[Moment | None]


class CutItem(InFirm, Base):
    """A question that a panel looks at, in the version it looks at."""

    __tablename__ = "cut_item"
    __table_args__ = (ForeignKeyConstraint(["firm_id", "panel_id"], ["cut_panel.firm_id", "cut_panel.id"]),)

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))


class CutJudge(InFirm, Base):
    """Somebody on a panel."""

    __tablename__ = "cut_judge"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "panel_id"], ["cut_panel.firm_id", "cut_panel.id"]),
        employed(),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class CutRating(InFirm, Base):
    """The chance that one judge gives somebody who can just do the job on one question, in one round."""

    __tablename__ = "cut_rating"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "panel_id", "judge_id"],
            ["cut_judge.firm_id", "cut_judge.panel_id", "cut_judge.person_id"],
        ),
        ForeignKeyConstraint(
            ["firm_id", "panel_id", "position"],
            ["cut_item.firm_id", "cut_item.panel_id", "cut_item.position"],
        ),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_in_range"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    judge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    share: Mapped[float]
    at: Mapped[Moment]


class CutGrade(InFirm, Base):
    """What a judge says of somebody's work who sat the test, without seeing the score: 0 below, 1 borderline, 2 above."""

    __tablename__ = "cut_grade"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "panel_id", "judge_id"],
            ["cut_judge.firm_id", "cut_judge.panel_id", "cut_judge.person_id"],
        ),
        employed(),
        CheckConstraint("grade BETWEEN 0 AND 2", name="grade_is_known"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    grade: Mapped[int]
    at: Mapped[Moment]
