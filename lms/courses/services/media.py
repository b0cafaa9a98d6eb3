"""Verbs of a draft's pictures and sounds."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from lms.courses.pictures import smaller
from lms.courses.rules import key_from
from lms.courses.rules.blocks import SOUNDS
from lms.courses.rules.lesson_text import put_into_card, rewritten, split_lesson
from lms.courses.rules.media import media_problem
from lms.courses.rules.outline import free_key
from lms.courses.rules.placing import NAMES
from lms.courses.services.drafts import Changes, Draft, open_draft, save_draft
from lms.courses.services.editing import lesson_path
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.storage import Storage

LARGEST_SOUND = 2 * 1024 * 1024
LONGEST_ALTERNATIVE = 400


@dataclass(frozen=True)
class Medium:
    """A picture or a sound that comes in. `words`: what it shows (a picture), or what is said in it (a sound)."""

    file_name: str
    content: bytes
    words: str
    title: str = ""


@dataclass(frozen=True)
class Kept:
    """A medium in the draft, and the block that shows it in a lesson."""

    draft: Draft
    path: str
    block: str


def is_sound(path: str) -> bool:
    """Whether a file of media/ is a sound."""
    return path.lower().endswith(SOUNDS)


def keep_medium(
    session: Session, *, actor: Actor, course_id: uuid.UUID, medium: Medium, storage: Storage, now: datetime
) -> Kept:
    """Keep a picture or a sound in a draft, made small. Raises NotFound, NotAllowed, Invalid."""
    content, suffix = _ready(session, actor, course_id, medium)
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    path = _path(draft, medium, suffix, storage.put(content))
    saved = save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(media={path: content}),
        storage=storage,
        now=now,
    )
    return Kept(saved, path, block_of(path, medium))


def put_into_lesson(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    lesson_key: str,
    card: str,
    medium: Medium,
    storage: Storage,
    now: datetime,
) -> Kept:
    """Keep a picture or a sound and show it at the end of a card. Raises NotFound, NotAllowed, Invalid."""
    content, suffix = _ready(session, actor, course_id, medium)
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    text = draft.files.get(lesson_path(lesson_key))
    if text is None:
        raise NotFound("There is no such lesson.")
    path = _path(draft, medium, suffix, storage.put(content))
    block, halves = block_of(path, medium), split_lesson(text)
    body = put_into_card(halves.body, card, block)
    saved = save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(
            {lesson_path(lesson_key): rewritten(text, halves.head, body) if halves.head else body},
            {path: content},
        ),
        storage=storage,
        now=now,
    )
    return Kept(saved, path, block)


def _ready(session: Session, actor: Actor, course_id: uuid.UUID, medium: Medium) -> tuple[bytes, str]:
    """A medium as it will be kept, and its ending; then the writing begins: decoding a picture holds nobody up."""
    open_draft(session, actor=actor, course_id=course_id)
    suffix = PurePosixPath(medium.file_name).suffix.lower()
    if not medium.words.strip():
        if suffix in SOUNDS:
            raise Invalid("Write what is said in it: sound needs its transcript.")
        raise Invalid("Say what the picture shows, for whoever cannot see it.")
    content = medium.content
    if suffix in SOUNDS:
        if len(content) > LARGEST_SOUND:
            raise Invalid("This sound is too big: 2 MB are the most, about two minutes of speech.")
    elif suffix != ".svg":
        content, suffix = smaller(content), ".webp"
    if problem := media_problem(f"media/x{suffix}", content):
        raise Invalid("This cannot be taken. %(problem)s", problem=problem)
    begin_writing(session)
    return content, suffix


def _path(draft: Draft, medium: Medium, suffix: str, stored: str) -> str:
    """Where a medium is kept: the same bytes once, under the name they have."""
    same = next((path for path, name in draft.media.items() if name == stored), None)
    if same is not None:
        return same
    stem = key_from(PurePosixPath(medium.file_name).stem, longest=60) or "picture"
    return f"media/{free_key(stem, [PurePosixPath(path).stem for path in draft.media])}{suffix}"


def block_of(path: str, medium: Medium) -> str:
    """The block of a lesson that shows a medium."""
    words = medium.words.replace("\r\n", "\n").strip()
    title = " ".join(medium.title.replace('"', "'").split())
    if is_sound(path):
        told = re.sub(r"(?m)^:::", r"\\:::", words)
        return f"::: audio {path} {title}".rstrip() + f"\n{told}\n:::"
    told = " ".join(words.replace("[", "(").replace("]", ")").split())[:LONGEST_ALTERNATIVE]
    return f'![{told}]({path} "{title}")' if title else f"![{told}]({path})"


def where_used(files: Mapping[str, str], path: str) -> tuple[str, ...]:
    """The keys of the lessons that show a medium, in their prose or in a check question."""
    shown = re.compile(
        rf"""(?m)(?:\]\(|^::: *audio +|^(?:{"|".join(NAMES)}): *["']?){re.escape(path)}(?=[\s)"']|$)"""
    )
    return tuple(
        PurePosixPath(name).stem
        for name, text in files.items()
        if name.startswith("lessons/") and shown.search(text)
    )


def asked_in(files: Mapping[str, str], path: str) -> bool:
    """Whether a question of the bank is about a medium."""
    about = re.compile(rf"""(?m)^[ -]*(?:{"|".join(NAMES)}): *["']?{re.escape(path)}["']? *$""")
    return any(about.search(text) for name, text in files.items() if name.startswith("questions/"))


def remove_medium(
    session: Session, *, actor: Actor, course_id: uuid.UUID, path: str, storage: Storage, now: datetime
) -> Draft:
    """Take a picture or a sound that no lesson shows out of a draft. Raises NotFound, NotAllowed, Conflict."""
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if path not in draft.media:
        raise NotFound("There is no such file.")
    if where_used(draft.files, path):
        raise Conflict("A lesson shows this. Take it out of the lesson first.")
    if asked_in(draft.files, path):
        raise Conflict("A question is about this. Take it out of the question first.")
    return save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(media={path: None}),
        storage=storage,
        now=now,
    )
