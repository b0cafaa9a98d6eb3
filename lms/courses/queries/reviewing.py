"""Reads of reviews: what waits for whom, what was asked and answered, what was said of which place."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseDraft, CourseVersion, DraftChange, ReviewComment, ReviewRequest
from lms.courses.queries.people import may_review
from lms.foundation.actor import Actor
from lms.people.models import Employment

Asker, Answerer = aliased(Employment), aliased(Employment)


@dataclass(frozen=True)
class RequestLine:
    """A request for review with the names of its people."""

    id: uuid.UUID
    course_id: uuid.UUID
    revision: int
    hash: str
    note: str
    asked_by: str | None
    asked_by_id: uuid.UUID
    asked_at: datetime
    answer: str | None
    answer_note: str
    answered_by: str | None
    answered_by_id: uuid.UUID | None
    answered_at: datetime | None
    number: int | None


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ReviewRequest.id,
            ReviewRequest.course_id,
            ReviewRequest.revision,
            ReviewRequest.hash,
            ReviewRequest.note,
            Asker.name.label("asked_by"),
            ReviewRequest.asked_by_id,
            ReviewRequest.asked_at,
            ReviewRequest.answer,
            ReviewRequest.answer_note,
            Answerer.name.label("answered_by"),
            ReviewRequest.answered_by_id,
            ReviewRequest.answered_at,
            CourseVersion.number,
        )
        .outerjoin(Asker, and_(Asker.firm_id == actor.firm_id, Asker.person_id == ReviewRequest.asked_by_id))
        .outerjoin(
            Answerer,
            and_(Answerer.firm_id == actor.firm_id, Answerer.person_id == ReviewRequest.answered_by_id),
        )
        .outerjoin(CourseVersion, CourseVersion.id == ReviewRequest.version_id)
        .where(ReviewRequest.firm_id == actor.firm_id)
    )


MOST = 50


def list_requests(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[RequestLine]:
    """The requests for review of a course, latest first, the last 50."""
    rows = session.execute(
        _lines(actor)
        .where(ReviewRequest.course_id == course_id)
        .order_by(ReviewRequest.asked_at.desc(), ReviewRequest.revision.desc(), ReviewRequest.id.desc())
        .limit(MOST)
    )
    return [RequestLine(**row._mapping) for row in rows]


def find_request(
    session: Session, *, actor: Actor, course_id: uuid.UUID, review_id: uuid.UUID
) -> ReviewRequest | None:
    """A request for review of a course of the actor's firm, held until the transaction ends: it is answered once."""
    return session.scalar(
        select(ReviewRequest)
        .where(
            ReviewRequest.firm_id == actor.firm_id,
            ReviewRequest.id == review_id,
            ReviewRequest.course_id == course_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def find_latest(session: Session, *, actor: Actor, course_id: uuid.UUID) -> ReviewRequest | None:
    """The latest request for review of a course that was not withdrawn."""
    return session.scalar(
        select(ReviewRequest)
        .where(
            ReviewRequest.firm_id == actor.firm_id,
            ReviewRequest.course_id == course_id,
            or_(ReviewRequest.answer.is_(None), ReviewRequest.answer != "withdrawn"),
        )
        .order_by(ReviewRequest.asked_at.desc(), ReviewRequest.revision.desc(), ReviewRequest.id.desc())
        .limit(1)
    )


def _since_live() -> ColumnElement[bool]:
    """Whether a change of a draft came after the live version. Needs the course's live version outer-joined."""
    return or_(
        CourseVersion.id.is_(None),
        DraftChange.revision > CourseVersion.draft_revision,
        and_(CourseVersion.draft_revision.is_(None), DraftChange.saved_at > CourseVersion.published_at),
    )


def list_changers(session: Session, *, actor: Actor, course_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Who changed a draft of the actor's firm since its live version."""
    found = session.scalars(
        select(DraftChange.saved_by_id)
        .join(Course, Course.id == DraftChange.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(
            DraftChange.course_id == course_id,
            Course.owner_id == actor.firm_id,
            _since_live(),
        )
        .distinct()
    )
    return frozenset(one for one in found if one is not None)


@dataclass(frozen=True)
class Waiting:
    """A request that waits. `text`: the draft's course.yaml; `mine`: the reader made one of the changes or sent it."""

    course_id: uuid.UUID
    key: str
    text: str | None
    note: str
    asked_by: str | None
    asked_at: datetime
    mine: bool


def list_waiting(session: Session, *, actor: Actor) -> Sequence[Waiting]:
    """Requests without an answer that the actor may review, the oldest first; theirs among them are marked."""
    changed = (
        exists()
        .where(
            DraftChange.course_id == Course.id,
            DraftChange.saved_by_id == actor.person_id,
            _since_live(),
        )
        .correlate(Course, CourseVersion)
    )
    rows = session.execute(
        select(
            Course.id.label("course_id"),
            Course.key,
            CourseDraft.document[("files", "course.yaml")].as_string().label("text"),
            ReviewRequest.note,
            Asker.name.label("asked_by"),
            ReviewRequest.asked_at,
            or_(changed, ReviewRequest.asked_by_id == actor.person_id).label("mine"),
        )
        .join(Course, Course.id == ReviewRequest.course_id)
        .join(CourseDraft, CourseDraft.course_id == Course.id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(Asker, and_(Asker.firm_id == actor.firm_id, Asker.person_id == ReviewRequest.asked_by_id))
        .where(
            ReviewRequest.firm_id == actor.firm_id,
            ReviewRequest.answer.is_(None),
            Course.archived_at.is_(None),
            may_review(actor),
        )
        .order_by(ReviewRequest.asked_at, ReviewRequest.id)
    )
    return [Waiting(**row._mapping) for row in rows]


@dataclass(frozen=True)
class SentBack:
    """A request of the reader's that came back for changes. `text`: the draft's course.yaml; `note`: what to change."""

    course_id: uuid.UUID
    key: str
    text: str | None
    note: str
    answered_by: str | None
    answered_at: datetime


def list_sent_back(session: Session, *, actor: Actor) -> Sequence[SentBack]:
    """What the actor asked a review of and is to change, the longest ago first: until the draft is saved again."""
    later = aliased(ReviewRequest)
    rows = session.execute(
        select(
            Course.id.label("course_id"),
            Course.key,
            CourseDraft.document[("files", "course.yaml")].as_string().label("text"),
            ReviewRequest.answer_note.label("note"),
            Answerer.name.label("answered_by"),
            ReviewRequest.answered_at,
        )
        .join(Course, Course.id == ReviewRequest.course_id)
        .join(CourseDraft, CourseDraft.course_id == Course.id)
        .outerjoin(
            Answerer,
            and_(Answerer.firm_id == actor.firm_id, Answerer.person_id == ReviewRequest.answered_by_id),
        )
        .where(
            ReviewRequest.firm_id == actor.firm_id,
            ReviewRequest.asked_by_id == actor.person_id,
            ReviewRequest.answer == "changes",
            ReviewRequest.answered_at >= CourseDraft.saved_at,
            Course.archived_at.is_(None),
            ~exists().where(
                later.firm_id == actor.firm_id,
                later.course_id == ReviewRequest.course_id,
                later.asked_at > ReviewRequest.asked_at,
            ),
        )
        .order_by(ReviewRequest.answered_at, ReviewRequest.id)
    )
    return [SentBack(**row._mapping) for row in rows]


@dataclass(frozen=True)
class CommentLine:
    """What somebody said of a place of a draft."""

    id: uuid.UUID
    path: str
    card: str
    text: str
    written_by: str | None
    written_at: datetime
    resolved_by: str | None
    resolved_at: datetime | None


def list_comments(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[CommentLine]:
    """What was said of a course's draft, the open ones first, then by when it was written."""
    rows = session.execute(
        select(
            ReviewComment.id,
            ReviewComment.path,
            ReviewComment.card,
            ReviewComment.text,
            Asker.name.label("written_by"),
            ReviewComment.written_at,
            Answerer.name.label("resolved_by"),
            ReviewComment.resolved_at,
        )
        .outerjoin(
            Asker, and_(Asker.firm_id == actor.firm_id, Asker.person_id == ReviewComment.written_by_id)
        )
        .outerjoin(
            Answerer,
            and_(Answerer.firm_id == actor.firm_id, Answerer.person_id == ReviewComment.resolved_by_id),
        )
        .where(ReviewComment.firm_id == actor.firm_id, ReviewComment.course_id == course_id)
        .order_by(ReviewComment.resolved_at.is_not(None), ReviewComment.written_at, ReviewComment.id)
    )
    return [CommentLine(**row._mapping) for row in rows]


def find_comment(
    session: Session, *, actor: Actor, course_id: uuid.UUID, comment_id: uuid.UUID
) -> ReviewComment | None:
    """Something said of a draft of the actor's firm."""
    return session.scalar(
        select(ReviewComment).where(
            ReviewComment.firm_id == actor.firm_id,
            ReviewComment.id == comment_id,
            ReviewComment.course_id == course_id,
        )
    )


def sealed_revision(session: Session, *, actor: Actor, course_id: uuid.UUID) -> int:
    """The latest revision of a draft that a version or a request for review was made of; 0 when there is none."""
    asked = (
        select(func.max(ReviewRequest.revision))
        .where(ReviewRequest.firm_id == actor.firm_id, ReviewRequest.course_id == course_id)
        .scalar_subquery()
    )
    row = session.execute(
        select(func.max(CourseVersion.draft_revision), asked).where(CourseVersion.course_id == course_id)
    ).one()
    return max(row[0] or 0, row[1] or 0)
