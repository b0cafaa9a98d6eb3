"""What the list of a draft's pictures and sounds shows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.courses.pages.studio import CourseHead, course_head
from lms.courses.services.drafts import open_draft
from lms.courses.services.media import asked_in, is_sound, where_used
from lms.foundation.actor import Actor
from lms.foundation.storage import Storage


@dataclass(frozen=True)
class MediumRow:
    """A picture or a sound: how big, the keys of the lessons that show it, whether a question is about it."""

    path: str
    sound: bool
    kilobytes: float
    used: Sequence[str]
    asked: bool


@dataclass(frozen=True)
class MediaPage:
    """A draft's pictures and sounds. `lessons`: the keys of the lessons that one can go into."""

    head: CourseHead
    rows: Sequence[MediumRow]
    kilobytes: float
    lessons: Sequence[str]


def media_page(session: Session, *, actor: Actor, course_id: uuid.UUID, storage: Storage) -> MediaPage:
    """Every picture and sound of a draft. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    sizes = {path: len(storage.get(name)) / 1024 for path, name in draft.media.items()}
    return MediaPage(
        course_head(session, actor=actor, draft=draft),
        [
            MediumRow(
                path,
                is_sound(path),
                round(sizes[path], 1),
                where_used(draft.files, path),
                asked_in(draft.files, path),
            )
            for path in sorted(draft.media)
        ],
        round(sum(sizes.values()), 1),
        sorted(
            name.removeprefix("lessons/").removesuffix(".md")
            for name in draft.files
            if name.startswith("lessons/")
        ),
    )
