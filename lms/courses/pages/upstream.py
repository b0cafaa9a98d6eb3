"""What the page of an origin's changes shows: each file, what changed there, what is mine, and both together."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.courses.pages.history import FileChange, file_change
from lms.courses.pages.studio import CourseHead, course_head
from lms.courses.queries import upstream as queries
from lms.courses.queries.upstream import Decided, Origin
from lms.courses.rules.lesson_text import split_lesson
from lms.courses.rules.upstream import Upstream
from lms.courses.services.drafts import open_draft
from lms.courses.services.upstream import moved_origin
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound


@dataclass(frozen=True)
class UpstreamRow:
    """A file of the origin that waits. `theirs`: what changed there; `mine`: what changed here, or none; `both`: from mine on."""

    change: Upstream
    title: str
    theirs: FileChange
    mine: FileChange | None
    both: FileChange | None


@dataclass(frozen=True)
class UpstreamPage:
    """What a copied course's origin changed. `clean`: how many of them can be taken at once."""

    head: CourseHead
    origin: Origin
    rows: Sequence[UpstreamRow]
    lessons: int
    clean: int
    decided: Sequence[Decided]


def upstream_page(session: Session, *, actor: Actor, course_id: uuid.UUID) -> UpstreamPage:
    """What the origin of a copied course changed. Raises NotFound (not copied), NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    moved = moved_origin(session, actor=actor, draft=draft)
    if moved is None:
        raise NotFound("This course was not copied from another.")
    texts = {**draft.files, **moved.theirs}
    return UpstreamPage(
        course_head(session, actor=actor, draft=draft),
        moved.origin,
        [_row(one, texts) for one in moved.changes],
        moved.lessons,
        len(moved.clean),
        queries.list_decided(session, actor=actor, course_id=course_id),
    )


def _row(one: Upstream, texts: Mapping[str, str]) -> UpstreamRow:
    title = ""
    if one.path.startswith("lessons/"):
        head = split_lesson(texts.get(one.path, "")).head
        title = head.title if head else ""
    return UpstreamRow(
        one,
        title,
        file_change(one.path, one.base, one.theirs),
        file_change(one.path, one.base, one.mine) if one.mine != one.base else None,
        file_change(one.path, one.mine, one.both) if one.both is not None else None,
    )
