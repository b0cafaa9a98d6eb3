"""What must be learnt by when: whoever asks for it, for whom, and how much longer somebody has."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Id, InFirm, Moment, employed


class Assignment(InFirm, Base):
    """Who must take what by when: a team or one person."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        employed(),
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


class EnrolmentRule(InFirm, Base):
    """Everyone with a job role, in a team, hired since a day must take a course within some days of becoming so.

    Nothing is written for the people it catches: who they are and by when is read from it (see docs/decisions/0010).
    """

    __tablename__ = "enrolment_rule"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        CheckConstraint("within_days BETWEEN 1 AND 730", name="within_days_in_range"),
        CheckConstraint("ended_at IS NULL OR from_on IS NOT NULL", name="ended_after_it_was_on"),
        CheckConstraint("paused_at IS NULL OR from_on IS NOT NULL", name="paused_after_it_was_on"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    job_role: Mapped[str | None] = mapped_column(String(60))
    team_id: Mapped[uuid.UUID | None]
    hired_from: Mapped[date | None]
    within_days: Mapped[int]
    from_on: Mapped[date | None]
    """The day it was switched on: nobody's days are counted from before it."""
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    paused_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]


class Extension(InFirm, Base):
    """More time for one person in one course, whoever asked for it: an assignment, a cohort or a rule."""

    __tablename__ = "extension"
    __table_args__ = (
        employed(),
        Index("ix_extension_person", "firm_id", "person_id", "course_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]
