"""Courses: a draft that moves, versions that never do."""

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

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment, employed


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
    """The version of another course that this one was copied from, to be adapted."""


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
    begun_at: Mapped[Moment | None]
    """When the first of the saves that a page made while somebody typed was; none for a save that a person asked for."""
    saved_at: Mapped[Moment]
    saved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class CourseVersion(Base):
    """A course as published: the whole document and what the catalogue says of it. Written once."""

    __tablename__ = "course_version"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("number > 0", name="counts_from_one"),
        Index("ix_course_version_translation_of", "translation_of", "id"),
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
    draft_revision: Mapped[int | None]
    """The revision of the draft as it was left by publishing this: what came later is not in it."""
    translation_of: Mapped[Key | None]
    """The key of the original, as the document says it: lists compare it without reading documents."""


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
    __table_args__ = (Index("ix_version_media_stored", "stored"),)

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


class AuthoringPolicy(InFirm, Base):
    """What a firm wants of its authors: who may edit its courses, and whether a second person looks first."""

    __tablename__ = "authoring_policy"

    only_named: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether named authors may edit a course and nobody else; otherwise every trainer may."""
    reviewed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a second person must approve what is published."""
    changed_at: Mapped[Moment]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class CoursePerson(InFirm, Base):
    """What somebody of the owner's people is on a course: its lead author, an author, or a reviewer."""

    __tablename__ = "course_person"
    __table_args__ = (
        employed(ondelete="CASCADE"),
        CheckConstraint("role IN ('lead', 'author', 'reviewer')", name="role_is_known"),
        Index("ix_course_person_person", "firm_id", "person_id"),
    )

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    added_at: Mapped[Moment]
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class ReviewRequest(InFirm, Base):
    """An author asks a second person to look at a draft as it is: `hash` is of all its files. Kept for ever.

    `answer`: approved, changes or withdrawn. `version_id`: the version that was published on this approval.
    """

    __tablename__ = "review_request"
    __table_args__ = (
        CheckConstraint("answer IN ('approved', 'changes', 'withdrawn')", name="answer_is_known"),
        CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint("version_id IS NULL OR answer = 'approved'", name="published_when_approved"),
        Index("ix_review_request_course", "firm_id", "course_id", "asked_at"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    revision: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Moment]
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_note: Mapped[str] = mapped_column(String(500), default="")
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Moment | None]
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_version.id"))


class ReviewComment(InFirm, Base):
    """What a reviewer says of one file of a draft, or of one card of it, until somebody settles it."""

    __tablename__ = "review_comment"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "request_id"], ["review_request.firm_id", "review_request.id"]),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by_somebody"),
        Index("ix_review_comment_course", "firm_id", "course_id", "written_at"),
    )

    id: Mapped[Id]
    request_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    path: Mapped[str] = mapped_column(String(200))
    card: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(String(2000))
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[Moment]
    resolved_at: Mapped[Moment | None]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class UpstreamChoice(InFirm, Base):
    """What became of one file's changes in the course that a copy was made from, up to one version of it.

    `version_id` is the origin's version whose text of the file was last decided on: the base of the next difference.
    """

    __tablename__ = "upstream_choice"
    __table_args__ = (CheckConstraint("choice IN ('taken', 'merged', 'left')", name="choice_is_known"),)

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    choice: Mapped[str] = mapped_column(String(20))
    chosen_at: Mapped[Moment]
    chosen_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
