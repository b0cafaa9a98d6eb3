"""Questions and assessments of a course, and their versions, which are written once."""

import uuid

from sqlalchemy import (
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, Key, Moment


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
