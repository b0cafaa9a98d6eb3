"""People who learn together, and how a trainer asks one of them to go on."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Id, InFirm, Moment, employed


class Cohort(InFirm, Base):
    """People who follow a list of courses together, between two days, with a trainer."""

    __tablename__ = "cohort"
    __table_args__ = (
        employed("trainer_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        UniqueConstraint("firm_id", "name"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    trainer_id: Mapped[uuid.UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class CohortCourse(InFirm, Base):
    """A course that a cohort follows."""

    __tablename__ = "cohort_course"
    __table_args__ = (ForeignKeyConstraint(["firm_id", "cohort_id"], ["cohort.firm_id", "cohort.id"]),)

    cohort_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    position: Mapped[int]


class CohortMember(InFirm, Base):
    """A person of a cohort."""

    __tablename__ = "cohort_member"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "cohort_id"], ["cohort.firm_id", "cohort.id"]),
        employed(),
        Index("ix_cohort_member_person", "firm_id", "person_id"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[Moment]


class Nudge(InFirm, Base):
    """A trainer asks a person, by hand, to go on with a course: a note on their Today, from `shown_from`."""

    __tablename__ = "nudge"
    __table_args__ = (
        employed(),
        Index("ix_nudge_person", "firm_id", "person_id", "course_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    shown_from: Mapped[Moment]
