"""How a firm runs its courses: its days and reminders, how long a completion is good, what comes before what."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, InFirm, Moment, employed


class LearningPolicy(InFirm, Base):
    """How a firm runs its courses: one row a firm, and what is usual while there is none."""

    __tablename__ = "learning_policy"
    __table_args__ = (
        CheckConstraint("reminders IN ('app', 'none')", name="reminders_are_known"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_to BETWEEN 0 AND 23", name="hours_of_a_day"),
        CheckConstraint("retake_days BETWEEN 1 AND 180", name="retake_days_in_range"),
        CheckConstraint("retention BETWEEN 70 AND 97", name="retention_in_range"),
        CheckConstraint("reviews_a_day BETWEEN 0 AND 200", name="reviews_a_day_in_range"),
        CheckConstraint("paid IN ('required', 'all', 'none')", name="paid_is_known"),
    )

    skip_weekends: Mapped[bool]
    skip_holidays: Mapped[bool]
    reminders: Mapped[str] = mapped_column(String(10))
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]
    retake_days: Mapped[int]
    retention: Mapped[int] = mapped_column(default=90, server_default=text("90"))
    """In percent: how likely a review card should still be known when it comes back."""
    reviews_a_day: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    paid: Mapped[str] = mapped_column(String(10), default="required", server_default=text("'required'"))
    """Which learning minutes the time log marks as paid."""
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Moment]


class Holiday(InFirm, Base):
    """A day on which nothing falls due at a firm, when its policy says so."""

    __tablename__ = "holiday"

    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class CourseTerms(InFirm, Base):
    """For how many months a completion of a course is good at a firm; its own word stands before the course's."""

    __tablename__ = "course_terms"
    __table_args__ = (CheckConstraint("valid_months BETWEEN 0 AND 120", name="valid_months_in_range"),)

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    valid_months: Mapped[int]
    """0: for ever, whatever the course says."""
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Moment]


class Prerequisite(InFirm, Base):
    """At a firm a course comes after another, besides what the course itself says."""

    __tablename__ = "prerequisite"
    __table_args__ = (CheckConstraint("course_id <> needs_id", name="not_itself"),)

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    needs_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]


class Waiver(InFirm, Base):
    """One person may begin a course without what comes first, and why."""

    __tablename__ = "waiver"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Moment]
