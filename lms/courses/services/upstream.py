"""Verbs of a course that was copied to be adapted: what its origin changed since is taken, put together, or left."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses.models import Course, UpstreamChoice
from lms.courses.queries import upstream as queries
from lms.courses.queries.upstream import Origin
from lms.courses.rules.upstream import CLEAN, Upstream, media_in, reads, upstream_changes
from lms.courses.services.drafts import Changes, Draft, open_draft, save_draft
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.storage import Storage
from lms.foundation.words import N_
from lms.people.services.audit import record_act


@dataclass(frozen=True)
class Moved:
    """An origin that moved on, and every file of it that waits for a decision. `theirs`: all its files of today."""

    origin: Origin
    changes: Sequence[Upstream]
    theirs: Mapping[str, str]

    def of(self, path: str) -> Upstream | None:
        """The change of one file."""
        return next((one for one in self.changes if one.path == path), None)

    @property
    def clean(self) -> Sequence[Upstream]:
        """What can be taken as it is, because the copy has not changed it."""
        return [one for one in self.changes if one.sort == CLEAN]

    @property
    def lessons(self) -> int:
        """How many lessons wait for a decision."""
        return sum(one.path.startswith("lessons/") for one in self.changes)


def moved_origin(session: Session, *, actor: Actor, draft: Draft) -> Moved | None:
    """What a draft's origin changed since it was copied or last decided on; none when it was not copied."""
    course = draft.course
    origin = queries.find_origin(session, actor=actor, course=course)
    if origin is None or course.origin_version_id is None:
        return None
    decided = {
        one.path: one.version_id for one in queries.list_choices(session, actor=actor, course_id=course.id)
    }
    if origin.version_id == course.origin_version_id and not decided:
        return Moved(origin, (), {})
    ids = {course.origin_version_id, origin.version_id, *decided.values()}
    documents = queries.list_documents(session, actor=actor, version_ids=list(ids))
    theirs = documents.get(origin.version_id, {})
    bases = dict(documents.get(course.origin_version_id, {}))
    for path, version_id in decided.items():
        text = documents.get(version_id, {}).get(path)
        if text is None:
            bases.pop(path, None)
        else:
            bases[path] = text
    mine = {**draft.files, **draft.media}
    return Moved(origin, tuple(upstream_changes(bases, mine, theirs)), theirs)


@dataclass(frozen=True)
class Decision:
    """What becomes of one file. `choice`: take, both or leave; `text`: both, as it was put together by hand.

    `version_id` and `revision`: the origin's version and the draft's revision that were looked at.
    """

    path: str
    choice: str
    version_id: uuid.UUID
    revision: int
    text: str = ""


def decide_upstream(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    decision: Decision,
    storage: Storage,
    now: datetime,
) -> Draft:
    """Take, put together or leave the origin's change of one file; the pictures that a text shows come along.

    A save of the draft like any other, which its history takes back. Raises NotFound, NotAllowed, Conflict (the origin
    moved on again, or it was decided already), Invalid, Stale (somebody saved the same file since).
    """
    draft, moved = _opened(session, actor, course_id, decision.version_id)
    change = moved.of(decision.path)
    if change is None:
        raise Conflict("This was decided already.")
    if decision.choice == "leave":
        _remember(session, actor, draft.course, moved.origin, [change.path], "left", now)
        return draft
    if decision.choice == "take":
        wanted, kept = change.theirs, "taken"
    elif decision.choice == "both" and (decision.text or change.both):
        text = decision.text.replace("\r\n", "\n") or change.both
        if not reads(change.path, text or ""):
            raise Invalid(
                "This cannot be read as it is put together. Put it right, or choose one of the two."
            )
        wanted, kept = text, "merged"
    else:
        raise Invalid("Choose what becomes of it.")
    files = {change.path: wanted, **_pictures(wanted or "", change.path, draft, moved)}
    return _save(session, actor, draft, moved, files, decision.revision, storage, kept, now)


def take_clean(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    version_id: uuid.UUID,
    revision: int,
    storage: Storage,
    now: datetime,
) -> Draft:
    """Take every change of a file that the copy has not changed itself, as one save.

    Raises NotFound, NotAllowed, Conflict (the origin moved on again, or nothing is left), Stale.
    """
    draft, moved = _opened(session, actor, course_id, version_id)
    if not moved.clean:
        raise Conflict("This was decided already.")
    files = {one.path: one.theirs for one in moved.clean}
    return _save(session, actor, draft, moved, files, revision, storage, "taken", now)


def ask_again(session: Session, *, actor: Actor, course_id: uuid.UUID, path: str) -> None:
    """Forget what was decided on a file, so that all since the copy is shown again. Raises NotFound, NotAllowed."""
    open_draft(session, actor=actor, course_id=course_id, lock=True)
    for row in queries.list_choices(session, actor=actor, course_id=course_id):
        if row.path == path:
            session.delete(row)
            return
    raise NotFound("There is no such decision.")


def _opened(
    session: Session, actor: Actor, course_id: uuid.UUID, version_id: uuid.UUID
) -> tuple[Draft, Moved]:
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    moved = moved_origin(session, actor=actor, draft=draft)
    if moved is None:
        raise NotFound("This course was not copied from another.")
    if moved.origin.version_id != version_id:
        raise Conflict("A newer version was published while you looked. Look at what is new, then decide.")
    return draft, moved


def _pictures(text: str, path: str, draft: Draft, moved: Moved) -> dict[str, str | None]:
    """The media that a text of the origin shows and the copy has not got, or has as they were copied."""
    if not path.startswith("lessons/"):
        return {}
    found: dict[str, str | None] = {}
    for name in media_in(text):
        change = moved.of(name)
        missing = name not in draft.media and name in moved.theirs
        if missing or (change is not None and change.sort == CLEAN and change.theirs is not None):
            found[name] = moved.theirs[name]
    return found


def _save(
    session: Session,
    actor: Actor,
    draft: Draft,
    moved: Moved,
    files: Mapping[str, str | None],
    revision: int,
    storage: Storage,
    kept: str,
    now: datetime,
) -> Draft:
    texts = {path: text for path, text in files.items() if not path.startswith("media/")}
    media = {
        path: None if name is None else storage.get(name)
        for path, name in files.items()
        if path.startswith("media/")
    }
    saved = save_draft(
        session,
        actor=actor,
        course_id=draft.course.id,
        revision=revision,
        changes=Changes(texts, media),
        storage=storage,
        now=now,
    )
    _remember(session, actor, draft.course, moved.origin, list(files), kept, now)
    return saved


def _remember(
    session: Session,
    actor: Actor,
    course: Course,
    origin: Origin,
    paths: Sequence[str],
    choice: str,
    now: datetime,
) -> None:
    rows = {one.path: one for one in queries.list_choices(session, actor=actor, course_id=course.id)}
    for path in paths:
        row = rows.get(path)
        if row is None:
            row = UpstreamChoice(firm_id=actor.firm_id, course_id=course.id, path=path)
            session.add(row)
        row.version_id, row.choice = origin.version_id, choice
        row.chosen_at, row.chosen_by_id = now, actor.person_id
    record_act(
        session,
        actor=actor,
        act=N_("change of the origin left") if choice == "left" else N_("change of the origin taken"),
        subject=f"{course.key}: {', '.join(sorted(paths))}",
        now=now,
        detail={"course": str(course.id), "version": origin.number, "choice": choice},
    )
