"""What the history of a draft shows: who saved what when, and what a save changed, word by word."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.courses.pages.studio import CourseHead, course_head
from lms.courses.queries import studio
from lms.courses.queries.studio import HISTORY, SaveLine
from lms.courses.rules.texts import Piece, changes
from lms.courses.services.drafts import open_draft
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.yaml import write_yaml

TOGETHER = timedelta(minutes=10)
"""Saves of one person with no longer pause between them are one entry."""


@dataclass(frozen=True)
class Saves:
    """Saves of one person in one go, from revision `first` to `last`."""

    first: int
    last: int
    saved_at: datetime
    saved_by: str | None
    paths: tuple[str, ...]


@dataclass(frozen=True)
class HistoryPage:
    """A draft's history; `more` is the revision that the next page starts before, or none."""

    head: CourseHead
    entries: Sequence[Saves]
    more: int | None


def history_page(session: Session, *, actor: Actor, course_id: uuid.UUID, before: int | None) -> HistoryPage:
    """Who saved what when, latest first. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    lines = studio.list_saves(session, actor=actor, course_id=course_id, before=before)
    shown = list(lines)
    more = None
    if len(lines) > HISTORY:
        cut = lines[-1].revision
        shown = [line for line in lines if line.revision != cut] or list(lines[:HISTORY])
        more = shown[-1].revision
    return HistoryPage(course_head(session, actor=actor, draft=draft), grouped(shown), more)


def grouped(lines: Sequence[SaveLine]) -> Sequence[Saves]:
    """Saves, latest first, as entries."""
    found: list[Saves] = []
    for line in lines:
        last = found[-1] if found else None
        if last is not None and (
            last.first == line.revision
            or (last.saved_by == line.saved_by and _first_at(lines, last) - line.saved_at <= TOGETHER)
        ):
            paths = last.paths if line.path in last.paths else (*last.paths, line.path)
            found[-1] = replace(last, first=line.revision, paths=paths)
        else:
            found.append(Saves(line.revision, line.revision, line.saved_at, line.saved_by, (line.path,)))
    return found


def _first_at(lines: Sequence[SaveLine], entry: Saves) -> datetime:
    return next(line.saved_at for line in lines if line.revision == entry.first)


@dataclass(frozen=True)
class FileChange:
    """What became of one file. `sort`: came, went or changed; a picture or a sound has no pieces."""

    path: str
    sort: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class SavesPage:
    """What some saves changed. `latest`: whether the draft still is what they left."""

    head: CourseHead
    first: int
    last: int
    saved_at: datetime
    saved_by: str | None
    files: Sequence[FileChange]
    latest: bool


def saves_page(session: Session, *, actor: Actor, course_id: uuid.UUID, first: int, last: int) -> SavesPage:
    """What the saves from one revision to another changed. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    made = studio.list_changes_between(session, actor=actor, course_id=course_id, first=first, last=last)
    if not made:
        raise NotFound("There is no such moment in this draft.")
    before: dict[str, str | None] = {}
    after: dict[str, str | None] = {}
    for change in made:
        before.setdefault(change.path, change.before)
        after[change.path] = change.after
    return SavesPage(
        course_head(session, actor=actor, draft=draft),
        made[0].revision,
        made[-1].revision,
        made[-1].saved_at,
        studio.find_saver(session, actor=actor, person_id=made[-1].saved_by_id),
        [file_change(path, before[path], after[path]) for path in sorted(before)],
        made[-1].revision == draft.revision,
    )


def fields_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FileChange]:
    """What became of each field of a course's settings, under the field's name."""
    return [
        file_change(name, _written(before.get(name)), _written(after[name]))
        for name in after
        if before.get(name) != after[name]
    ]


def _written(value: Any) -> str:
    return f"{value}\n" if isinstance(value, str) else write_yaml(value) if value else ""


def file_change(path: str, before: str | None, after: str | None) -> FileChange:
    """What became of one file."""
    sort = "came" if before is None else "went" if after is None else "changed"
    texts = not path.startswith("media/")
    return FileChange(path, sort, changes(before or "", after or "") if texts else ())
