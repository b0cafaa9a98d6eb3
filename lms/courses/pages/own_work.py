"""What an author has in hand: drafts that are not live, reviews that wait for them, what came back for changes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses.pages.reviewing import ReviewsPage, reviews_page
from lms.courses.pages.studio import said_in
from lms.courses.policy import POLICY, CoursePermission
from lms.courses.queries.reviewing import list_sent_back
from lms.courses.queries.studio import list_own_courses
from lms.foundation.actor import Actor
from lms.foundation.policy import Permissions

MOST_DRAFTS = 6
"""The studio lists them all."""


@dataclass(frozen=True)
class DraftLine:
    """A draft that is not live as it stands. `state`: "draft", or "changed" since it went live."""

    course_id: uuid.UUID
    title: str
    language: str
    state: str
    saved_at: datetime
    saved_by: str | None


@dataclass(frozen=True)
class SentBackLine:
    """A draft that came back from its review. `note`: what is to be changed."""

    course_id: uuid.UUID
    title: str
    language: str
    note: str
    answered_by: str | None
    answered_at: datetime


@dataclass(frozen=True)
class OwnWork:
    """Drafts: those the reader saved last before the others', each the latest first."""

    drafts: Sequence[DraftLine]
    reviews: ReviewsPage
    sent_back: Sequence[SentBackLine]


def own_work(session: Session, *, actor: Actor) -> OwnWork:
    """What the actor may edit or review and has not finished. Three statements for an author, two for a reviewer."""
    own = (
        list_own_courses(session, actor=actor)
        if Permissions(POLICY).could(actor, CoursePermission.EDIT)
        else ()
    )
    unfinished = sorted(
        (one for one in own if one.editable and (one.live_number is None or one.changed)),
        key=lambda one: (one.saved_by_id == actor.person_id, one.saved_at),
        reverse=True,
    )
    return OwnWork(
        [
            DraftLine(
                one.id,
                said_in(one.text or "", "title") or one.key,
                said_in(one.text or "", "language"),
                "draft" if one.live_number is None else "changed",
                one.saved_at,
                one.saved_by,
            )
            for one in unfinished[:MOST_DRAFTS]
        ],
        reviews_page(session, actor=actor),
        [
            SentBackLine(
                one.course_id,
                said_in(one.text or "", "title") or one.key,
                said_in(one.text or "", "language"),
                one.note,
                one.answered_by,
                one.answered_at,
            )
            for one in list_sent_back(session, actor=actor)
        ],
    )
