"""What the pages of reviews show: what waits for a reader, and one draft's review with its differences and comments."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.courses.pages.publishing import PublishPage, beside_live
from lms.courses.pages.studio import said_in
from lms.courses.policy import POLICY, CoursePermission
from lms.courses.queries import reviewing as queries
from lms.courses.queries.reviewing import CommentLine, RequestLine, Waiting
from lms.courses.rules import outline
from lms.courses.rules.lesson_text import cards_of, split_lesson
from lms.courses.rules.reviewing import ReviewState
from lms.courses.services.drafts import Draft, see_draft
from lms.courses.services.editing import course_of, lesson_path
from lms.foundation.actor import Actor
from lms.foundation.policy import Permissions
from lms.foundation.storage import Storage


@dataclass(frozen=True)
class WaitingRow:
    """A request that waits, with its course's title and language."""

    waiting: Waiting
    title: str
    language: str


@dataclass(frozen=True)
class ReviewsPage:
    """What waits for the reader, and what they sent or changed themselves and somebody else must look at."""

    waiting: Sequence[WaitingRow]
    sent: Sequence[WaitingRow]


def reviews_page(session: Session, *, actor: Actor) -> ReviewsPage:
    """What waits for the actor."""
    rows = [
        WaitingRow(one, said_in(one.text or "", "title") or one.key, said_in(one.text or "", "language"))
        for one in queries.list_waiting(session, actor=actor)
    ]
    return ReviewsPage(
        [one for one in rows if not one.waiting.mine], [one for one in rows if one.waiting.mine]
    )


@dataclass(frozen=True)
class LessonToRead:
    """A lesson of the draft: what became of it since the live version, or empty when nothing did."""

    key: str
    title: str
    sort: str


@dataclass(frozen=True)
class ReviewPage:
    """One draft's review. `waiting`: the request that waits, or none; `places`: what a comment can be about, with words."""

    publish: PublishPage
    waiting: RequestLine | None
    requests: Sequence[RequestLine]
    comments: Sequence[CommentLine]
    lessons: Sequence[LessonToRead]
    places: Sequence[tuple[str, str]]
    may_edit: bool
    own: bool

    @property
    def may_answer(self) -> bool:
        """Whether the reader may answer the request that waits."""
        return self.waiting is not None and not self.own and self.publish.review.state is ReviewState.WAITING


def review_page(session: Session, *, actor: Actor, course_id: uuid.UUID, storage: Storage) -> ReviewPage:
    """A draft beside the live version, for whoever reviews it and for its authors. Raises NotFound, NotAllowed."""
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.REVIEW)
    publish = beside_live(session, actor=actor, draft=draft, storage=storage)
    standing = draft.stood.standing if draft.stood else None
    requests = queries.list_requests(session, actor=actor, course_id=course_id)
    sorts = {one.key: one.change.sort for one in publish.lessons}
    return ReviewPage(
        publish,
        next((one for one in requests if one.answer is None), None),
        requests,
        queries.list_comments(session, actor=actor, course_id=course_id),
        [LessonToRead(key, title, sorts.get(key, "")) for key, title in _lessons(draft)],
        list(_places(draft)),
        Permissions(POLICY).allows(actor, CoursePermission.EDIT, standing),
        actor.person_id in queries.list_changers(session, actor=actor, course_id=course_id),
    )


def _lessons(draft: Draft) -> list[tuple[str, str]]:
    """The lessons of a draft that have a text, with their titles, as they stand."""
    found = []
    for key in outline.lesson_keys(course_of(draft)):
        text = draft.files.get(lesson_path(key))
        if text is not None:
            head = split_lesson(text).head
            found.append((key, head.title if head and head.title else key))
    return found


def _places(draft: Draft) -> list[tuple[str, str]]:
    """What a comment can be about: the course, each lesson, each card of it, each file of questions."""
    found = [("course.yaml", "")]
    for key, title in _lessons(draft):
        path = lesson_path(key)
        found.append((path, title))
        found += [(f"{path}#{card}", f"{title} · {words}") for card, words in cards_of(draft.files[path])]
    found += [(path, path) for path in sorted(draft.files) if path.startswith(("questions/", "assessments/"))]
    return found
