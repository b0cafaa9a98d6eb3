"""Courses: a draft that moves, versions that never do."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment


class Course(Base):
    """A course of the association or of one firm; `live_version_id` is what learners are shown."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("owner_id", "key"),)

    id: Mapped[Id]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("firm.id"))
    key: Mapped[Key]
    live_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_version.id", use_alter=True))
    archived_at: Mapped[Moment | None]
    origin_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("course_version.id", use_alter=True)
    )
    """The version of another course that this one was copied from, to be adapted; moves when a later one is looked at."""


class CourseDraft(Base):
    """The files being edited, `{files: {path: text}, media: {path: stored}}`; every save raises the revision."""

    __tablename__ = "course_draft"

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    revision: Mapped[int]
    document: Mapped[Document]
    saved_at: Mapped[Moment]
    saved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class DraftChange(Base):
    """One file as a save of the draft left it: the history, the way back, and the base that later saves merge on.

    `before` and `after` are the text of a file, or the stored name of one in media/; none where there is no file.
    """

    __tablename__ = "course_draft_change"

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    saved_at: Mapped[Moment]
    saved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class CourseVersion(Base):
    """A course as published: the whole document and what the catalogue says of it. Written once."""

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number > 0", name="counts_from_one"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[Moment]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    minutes: Mapped[int]
    search_text: Mapped[str] = mapped_column(Text)
    document: Mapped[Document]


class CourseTag(Base):
    """What a version can be filtered by: a track or a competency."""

    __tablename__ = "course_tag"
    __table_args__ = (
        CheckConstraint("kind IN ('track', 'competency')", name="kind_is_known"),
        Index("ix_course_tag_value", "kind", "value"),
    )

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[Key] = mapped_column(primary_key=True)


class CourseNeed(Base):
    """A course that a version says must be completed first, by its key."""

    __tablename__ = "course_need"

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    key: Mapped[Key] = mapped_column(primary_key=True)


class LessonVersion(Base):
    """One lesson of a version, rendered once. `cards`: a list of {key, title, parts: [{html} or {check}]}."""

    __tablename__ = "lesson_version"

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    key: Mapped[Key] = mapped_column(primary_key=True)
    position: Mapped[int]
    module: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int]
    cards: Mapped[Document]


class VersionMedia(Base):
    """A file of a version: its path in the package and its name in the storage."""

    __tablename__ = "version_media"

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    stored: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


class CourseUpload(InFirm, Base):
    """A package as it was uploaded, waiting for a yes: the preview and the act read the same bytes."""

    __tablename__ = "course_upload"
    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (version_id IS NULL)", name="published_as_a_version"),
    )

    id: Mapped[Id]
    file_name: Mapped[str] = mapped_column(String(200))
    stored: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[Moment]
    published_at: Mapped[Moment | None]
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_version.id"))
