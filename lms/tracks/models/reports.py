"""Reports that are made on a date, and the files they made."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed


class ReportPlan(InFirm, Base):
    """A list that a manager has made for them each week or month, with its filters, until they end it.

    `said`: {"lines": […]}, the filters in words as they stood when it was planned.
    """

    __tablename__ = "report_plan"
    __table_args__ = (
        employed(),
        CheckConstraint("form IN ('csv', 'xlsx', 'pdf')", name="form_is_known"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_of_a_day"),
        CheckConstraint("day BETWEEN 1 AND 28 AND (monthly OR day <= 7)", name="day_is_one"),
        CheckConstraint("keep_weeks BETWEEN 1 AND 52", name="kept_for_a_while"),
        Index("ix_report_plan_person", "firm_id", "person_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    list: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(String(4))
    filters: Mapped[Document]
    title: Mapped[str] = mapped_column(String(200))
    said: Mapped[Document]
    monthly: Mapped[bool]
    day: Mapped[int]
    hour: Mapped[int]
    keep_weeks: Mapped[int]
    made_at: Mapped[Moment]
    next_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]


class ReportFile(InFirm, Base):
    """One making of a report: the file in base64 until its time is over, or why there is none.

    `above`: {"lines": […]}, the filters and the day as they stand on it. `error`: as a job keeps it.
    """

    __tablename__ = "report_file"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "plan_id"], ["report_plan.firm_id", "report_plan.id"]),
        employed(),
        Index("ix_report_file_person", "firm_id", "person_id", "made_at"),
    )

    id: Mapped[Id]
    plan_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(String(200))
    above: Mapped[Document]
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int]
    made_at: Mapped[Moment]
    keep_until: Mapped[Moment]
    seen_at: Mapped[Moment | None]
    error: Mapped[Document]
