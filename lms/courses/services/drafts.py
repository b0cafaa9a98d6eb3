"""Verbs of a course's draft: starting one, saving files of it, going back, copying another organisation's to adapt.

A draft is the files of a package, and every save names the revision that its writer had before them. A file that
nobody else has changed since is taken as it is sent, so that two people who work on two lessons never meet; a file that
somebody has changed is not, and the writer is shown both texts. What a save did is kept file by file, for ever.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import Course, CourseDraft, CourseVersion, DraftChange
from lms.courses.packages import MOST_BYTES, MOST_FILES, Package, sort_file, understand
from lms.courses.policy import POLICY, CoursePermission, OwnedBy
from lms.courses.queries.people import Stood
from lms.courses.queries.reviewing import sealed_revision
from lms.courses.rules import Problem, key_from
from lms.courses.rules.placing import Place, place_of
from lms.courses.services.people import name_lead, stand
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.foundation.words import N_
from lms.foundation.yaml import write_yaml
from lms.people.services.audit import record_act


@dataclass(frozen=True)
class Draft:
    """A draft as it is now: its texts, and the stored names of what is in media/."""

    course: Course
    revision: int
    files: Mapping[str, str]
    media: Mapping[str, str]
    saved_at: datetime
    saved_by_id: uuid.UUID | None
    stood: Stood | None = None
    """How the course and whoever opened it stand."""

    def package(self, storage: Storage) -> Package:
        """The draft as a package, with every problem of its own. Raises NotFound when a stored file is gone."""
        return understand(
            self.files, {path: storage.get(name) for path, name in self.media.items()}, found=[]
        )

    def place(self, path: str) -> Place | None:
        """Where a file that a question is about stands while it is a draft; none when there is no such file."""
        if path not in self.media:
            return None
        return place_of(f"/studio/{self.course.id}/files/{path}", 0, (0, 0))


class Stale(Conflict):
    """Somebody changed the same files since: `theirs` are those files as they are now, none where there is no file."""

    def __init__(self, theirs: Mapping[str, str | None], revision: int) -> None:
        super().__init__(
            N_("Somebody changed this since you opened it. Nothing of yours is lost: compare the two texts.")
        )
        self.theirs, self.revision = dict(theirs), revision


@dataclass(frozen=True)
class Changes:
    """What a save changes: texts and media by path, none to take a file away."""

    files: Mapping[str, str | None] = field(default_factory=dict)
    media: Mapping[str, bytes | None] = field(default_factory=dict)


def start_course(session: Session, *, actor: Actor, title: str, language: str, now: datetime) -> Course:
    """A new course of the actor's organisation: nothing in it but its title. Raises NotAllowed, Invalid."""
    require(POLICY, actor, CoursePermission.EDIT, OwnedBy(actor.firm_id))
    title = " ".join(title.split())
    if not title or len(title) > 200:
        raise Invalid("Give the course a title, of 200 characters at most.")
    key = _free_key(session, actor, key_from(title, longest=60) or "course")
    said = {
        "format": 1,
        "key": key,
        "title": title,
        "language": language,
        "summary": "",
        "audience": "",
        "tracks": [],
        "competencies": [],
        "objectives": [],
        "modules": [
            {"key": "module-1", "title": "Module 1" if language == "en" else "Módulo 1", "lessons": []}
        ],
        "completion": {"lessons": "all"},
        "sources": [],
    }
    course = new_course(
        session, actor=actor, key=key, files={"course.yaml": write_yaml(said)}, media={}, now=now
    )
    record_act(session, actor=actor, act=N_("course started"), subject=f"{key}: {title}", now=now)
    return course


def copy_to_adapt(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> Course:
    """The live version of another organisation's course as a draft of the actor's own, which remembers its origin.

    Raises NotFound, NotAllowed, Conflict (the organisation has a course of that key already).
    """
    require(POLICY, actor, CoursePermission.EDIT, OwnedBy(actor.firm_id))
    origin = queries.find_course(session, actor=actor, course_id=course_id)
    if origin is None or origin.live_version_id is None:
        raise NotFound("There is no such course.")
    if queries.find_course_by_key(session, owner_id=actor.firm_id, key=origin.key) is not None:
        raise Conflict("Your organisation has a course of this key already: open that one.")
    version = session.get_one(CourseVersion, origin.live_version_id)
    media = {row.path: row.stored for row in queries.list_media(session, version_id=version.id)}
    course = new_course(
        session, actor=actor, key=origin.key, files=version.document["files"], media=media, now=now
    )
    course.origin_version_id = version.id
    record_act(
        session,
        actor=actor,
        act=N_("course copied"),
        subject=f"{origin.key}: {version.title}",
        now=now,
        detail={"from": str(origin.id), "version": version.number},
    )
    return course


def open_draft(session: Session, *, actor: Actor, course_id: uuid.UUID, lock: bool = False) -> Draft:
    """The draft of a course that the actor may edit. Raises NotFound, NotAllowed."""
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.EDIT)
    return replace(_draft(stood.course, _row(session, stood.course, lock=lock)), stood=stood)


def see_draft(session: Session, *, actor: Actor, course_id: uuid.UUID, permission: CoursePermission) -> Draft:
    """The draft of a course, to be read by whoever has the permission on it. Raises NotFound, NotAllowed."""
    stood = stand(session, actor=actor, course_id=course_id, permission=permission)
    return replace(_draft(stood.course, _row(session, stood.course, lock=False)), stood=stood)


def save_draft(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    revision: int,
    changes: Changes,
    storage: Storage,
    now: datetime,
    typed: bool = False,
) -> Draft:
    """Save files of a draft that was opened at `revision`; all of them, or none.

    `typed`: a page saves by itself while somebody types, and the history keeps one row for a while of that.
    The same save again (its reply was lost) changes nothing. Raises NotFound, NotAllowed, Invalid (files that a course
    cannot have), Stale.
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if revision > draft.revision or revision < 0:
        raise Invalid("This page is not of this draft. Open the course again.")
    texts = _checked(changes, draft)
    wanted: dict[str, str | None] = {**texts}
    for path, content in changes.media.items():
        wanted[path] = None if content is None else storage.put(content)
    return _write(session, actor, draft, wanted, since=revision, now=now, typed=typed)


def go_back(
    session: Session, *, actor: Actor, course_id: uuid.UUID, revision: int, to: int, now: datetime
) -> Draft:
    """Make the draft what it was at revision `to`, as a new change that can itself be taken back.

    Raises NotFound, NotAllowed, Invalid (no such revision), Stale (somebody changed the same files since `revision`).
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if not 0 < to <= draft.revision:
        raise Invalid("There is no such moment in this draft.")
    wanted: dict[str, str | None] = {}
    for change in reversed(queries.list_draft_changes(session, actor=actor, course_id=course_id, after=to)):
        wanted[change.path] = change.before
    return _write(session, actor, draft, wanted, since=revision, now=now)


def take_back(session: Session, *, actor: Actor, course_id: uuid.UUID, saved: int, now: datetime) -> Draft:
    """Take one save back, and leave all others be; as a new change that can itself be taken back.

    Raises NotFound, NotAllowed, Invalid (no such save), Stale (somebody changed the same files since).
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if not 0 < saved <= draft.revision:
        raise Invalid("There is no such moment in this draft.")
    made = queries.list_draft_changes(session, actor=actor, course_id=course_id, after=saved - 1)
    wanted = {change.path: change.before for change in made if change.revision == saved}
    return _write(session, actor, draft, wanted, since=saved, now=now)


def reset_draft(
    session: Session,
    *,
    actor: Actor,
    course: Course,
    package: Package,
    media: Mapping[str, str],
    now: datetime,
) -> int:
    """The draft starts again from what was just published; its revision."""
    draft = session.scalar(select(CourseDraft).where(CourseDraft.course_id == course.id).with_for_update())
    if draft is None:
        draft = _empty(session, course, now)
    return _write(
        session,
        actor,
        _draft(course, draft),
        dict.fromkeys((*draft.document["files"], *draft.document["media"]))
        | dict(package.files)
        | dict(media),
        since=draft.revision,
        now=now,
    ).revision


def _free_key(session: Session, actor: Actor, key: str) -> str:
    """The key, with a number behind it when the organisation has that one already."""
    taken = set(queries.list_keys(session, owner_id=actor.firm_id))
    return next(one for one in (key, *(f"{key}-{number}" for number in range(2, 10_000))) if one not in taken)


def new_course(
    session: Session,
    *,
    actor: Actor,
    key: str,
    files: Mapping[str, str],
    media: Mapping[str, str],
    now: datetime,
) -> Course:
    """A course of the actor's organisation with these files as its draft, and the actor as its lead author."""
    course = Course(id=new_id(), owner_id=actor.firm_id, key=key)
    session.add(course)
    session.flush()  # the draft points at it
    name_lead(session, actor=actor, course=course, now=now)
    empty = _draft(course, _empty(session, course, now))
    _write(session, actor, empty, {**files, **media}, since=0, now=now)
    return course


def _empty(session: Session, course: Course, now: datetime) -> CourseDraft:
    row = CourseDraft(course_id=course.id, revision=0, document={"files": {}, "media": {}}, saved_at=now)
    session.add(row)
    session.flush()  # it is read again under its lock
    return row


def _row(session: Session, course: Course, *, lock: bool) -> CourseDraft:
    statement = select(CourseDraft).where(CourseDraft.course_id == course.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(statement)
    if row is None:
        raise NotFound("There is no such course.")
    return row


def _draft(course: Course, row: CourseDraft) -> Draft:
    return Draft(
        course, row.revision, row.document["files"], row.document["media"], row.saved_at, row.saved_by_id
    )


def _checked(changes: Changes, draft: Draft) -> dict[str, str | None]:
    """The texts to save, tidied; every path a place of a course, every size within bounds. Raises Invalid."""
    found: list[Problem] = []
    stay = {name: text for name, text in draft.files.items() if name not in changes.files}
    kept = {name: b"" for name in draft.media if name not in changes.media}
    sent: list[tuple[str, bytes]] = [
        (name, text.encode("utf-8", "replace")) for name, text in changes.files.items() if text is not None
    ]
    sent += [(name, content) for name, content in changes.media.items() if content is not None]
    for name, content in sent:
        if name.startswith("media/") != (name in changes.media):
            found.append(
                Problem(name, 1, N_("A text does not belong in media/, and a picture or sound only there."))
            )
        sort_file(name, content, stay, kept, found)
    if len(stay) + len(kept) > MOST_FILES:
        found.append(Problem("course.yaml", 1, N_("A course holds at most %(most)s files.", most=MOST_FILES)))
    if sum(len(text) for text in stay.values()) + sum(map(len, kept.values())) > MOST_BYTES:
        found.append(
            Problem("course.yaml", 1, N_("This is too big: 20 MB a file and 100 MB a course are the most."))
        )
    if stopping := [problem for problem in found if not problem.advice]:
        raise Invalid("This cannot be part of a course. Nothing was saved.", stopping)
    return {name: None if text is None else stay[name] for name, text in changes.files.items()}


def _write(
    session: Session,
    actor: Actor,
    draft: Draft,
    wanted: Mapping[str, str | None],
    *,
    since: int,
    now: datetime,
    typed: bool = False,
) -> Draft:
    current = {**draft.files, **draft.media}
    changed = {path: after for path, after in wanted.items() if current.get(path) != after}
    if since < draft.revision and changed:
        others = queries.list_draft_changes(session, actor=actor, course_id=draft.course.id, after=since)
        if met := sorted({change.path for change in others} & set(changed)):
            raise Stale({path: current.get(path) for path in met}, draft.revision)
    if not changed:
        return draft
    row = _row(session, draft.course, lock=False)
    row.revision, row.saved_at, row.saved_by_id = draft.revision + 1, now, actor.person_id
    joined = _typed_before(session, actor, draft, changed, now) if typed else None
    for path, after in changed.items():
        session.add(
            DraftChange(
                course_id=draft.course.id,
                revision=row.revision,
                path=path,
                before=joined.before if joined else current.get(path),
                after=after,
                begun_at=joined.begun_at if joined else now if typed else None,
                saved_at=now,
                saved_by_id=actor.person_id,
            )
        )
        current[path] = after or ""
    left = {path: text for path, text in current.items() if path not in changed or changed[path] is not None}
    row.document = {
        "files": {path: text for path, text in left.items() if not path.startswith("media/")},
        "media": {path: name for path, name in left.items() if path.startswith("media/")},
    }
    session.flush()  # whoever saves next in this transaction reads the history
    return _draft(draft.course, row)


TYPING_PAUSE = timedelta(minutes=2)
TYPING_TOGETHER = timedelta(minutes=10)
"""A pause this long, or so long since its first save, ends what the history keeps as one row."""


def _typed_before(
    session: Session, actor: Actor, draft: Draft, changed: Mapping[str, str | None], now: datetime
) -> DraftChange | None:
    """The row that a save of somebody who goes on typing takes the place of: its `before` stays, nothing is lost.

    None when the last save was of another person or file, is too long ago, or is what a version or a request for review
    was made of.
    """
    made = queries.list_draft_changes(
        session, actor=actor, course_id=draft.course.id, after=draft.revision - 1
    )
    if len(made) != 1 or list(changed) != [made[0].path]:
        return None
    last, after = made[0], changed[made[0].path]
    fits = (
        last.begun_at is not None
        and last.saved_by_id == actor.person_id
        and last.after is not None
        and after not in (None, last.before)
        and now - last.saved_at <= TYPING_PAUSE
        and now - last.begun_at <= TYPING_TOGETHER
        and last.revision > sealed_revision(session, actor=actor, course_id=draft.course.id)
    )
    if not fits:
        return None
    session.delete(last)
    return last
