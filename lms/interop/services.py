"""Verbs of the interop room: keep a file, look at it, take it into a course's draft; write a course in other formats."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.kinds import KINDS
from lms.courses import queries as courses
from lms.courses.packages import Package, understand
from lms.courses.services.drafts import Changes, Draft, open_draft, save_draft
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.jobs import ENDED_BADLY, OPEN, Job, JobKind, Order, Run, enqueue
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.foundation.words import N_
from lms.interop import queries
from lms.interop.formats.contract import Found, digest, watched
from lms.interop.formats.reading import read_file
from lms.interop.formats.writing import Written, write_markdown, write_questions
from lms.interop.models import ImportFile
from lms.interop.placing import mark_of, place, what_is_there
from lms.interop.policy import POLICY, InteropPermission
from lms.people.queries.jobs import JobLine, find_job, list_jobs_about
from lms.people.services.audit import record_act


@dataclass(frozen=True)
class Seen:
    """A kept file, everything in it, and which of it is in the draft already (by ref)."""

    row: ImportFile
    draft: Draft
    found: Found
    there: frozenset[str]

    @property
    def fresh(self) -> int:
        """How many questions and lessons would be new in the draft."""
        questions = sum(item.question is not None and item.ref not in self.there for item in self.found.items)
        return questions + sum(bool(page.text) and page.ref not in self.there for page in self.found.pages)


def keep_import(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    file_name: str,
    content: bytes,
    storage: Storage,
    now: datetime,
) -> ImportFile:
    """Read a file for a course's draft and keep it. The same file for the same course is kept once.

    Raises NotFound, NotAllowed, Invalid (a file that we do not read: the sentence says why).
    """
    draft = open_draft(session, actor=actor, course_id=course_id)
    require(POLICY, actor, InteropPermission.IMPORT, draft.course)
    name = _plain(file_name)
    found = read_file(name, content)
    begin_writing(session)
    stored = storage.put(content)
    same = queries.find_same(session, actor=actor, course_id=course_id, stored=stored)
    if same is not None:
        return same
    row = ImportFile(
        firm_id=actor.firm_id,
        course_id=course_id,
        file_name=name,
        stored=stored,
        format=found.format,
        counts=found.counts,
        taken={},
        sent_by_id=actor.person_id,
        sent_at=now,
    )
    session.add(row)
    session.flush()  # the page that follows is at its id
    return row


def _plain(file_name: str) -> str:
    """A file's name as it may be shown."""
    shown = "".join(letter if letter.isprintable() else " " for letter in file_name)
    return " ".join(shown.split())[-200:] or "file"


READ = "read a file"


def ask_to_read(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    order_id: uuid.UUID,
    file_name: str,
    content: bytes,
    storage: Storage,
    now: datetime,
) -> Job:
    """Have a file read for a course's draft, in the background; the same order twice is one job.

    Raises NotFound, NotAllowed, Invalid (an empty file).
    """
    draft = open_draft(session, actor=actor, course_id=course_id)
    require(POLICY, actor, InteropPermission.IMPORT, draft.course)
    if not content.strip():
        raise Invalid("The file is empty.")
    stored, name = storage.put(content), _plain(file_name)
    begin_writing(session)
    arguments = {"course_id": str(course_id), "stored": stored, "file_name": name}
    order = Order(order_id, READ, name, arguments, about_id=course_id)
    return enqueue(session, order, actor=actor, now=now)


def read_in_background(session: Session, run: Run) -> dict[str, str]:
    """The work of `ask_to_read`: read the stored file and keep it with its numbers."""
    said = run.arguments
    content = run.storage.get(said["stored"])
    run.tell(0, 0, N_("Reading the file"))
    with watched(lambda count: run.tell(count, 0, N_("%(count)s questions looked at"), count=count)):
        row = keep_import(
            session,
            actor=run.actor,
            course_id=uuid.UUID(said["course_id"]),
            file_name=said["file_name"],
            content=content,
            storage=run.storage,
            now=run.now,
        )
    return {"bring_id": str(row.id)}


READING = JobKind(READ, N_("Reading a file"), read_in_background)


def see_reading(session: Session, *, actor: Actor, course_id: uuid.UUID, job_id: uuid.UUID) -> JobLine:
    """How far a file of a course's draft is. Raises NotFound, NotAllowed."""
    open_draft(session, actor=actor, course_id=course_id)
    line = find_job(session, actor=actor, job_id=job_id)
    if line is None or line.job.kind != READ or line.job.about_id != course_id:
        raise NotFound("There is no such file.")
    return line


def list_readings(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[JobLine]:
    """The files of a course's draft that are being read or could not be, latest first."""
    return list_jobs_about(
        session, actor=actor, about_id=course_id, kind=READ, states=(*OPEN, *ENDED_BADLY), most=8
    )


def see_import(
    session: Session, *, actor: Actor, course_id: uuid.UUID, bring_id: uuid.UUID, storage: Storage
) -> Seen:
    """A kept file and everything in it. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    row = queries.find_import(session, actor=actor, course_id=course_id, bring_id=bring_id)
    if row is None:
        raise NotFound("There is no such file.")
    found = read_file(row.file_name, storage.get(row.stored))
    taken = [one.taken for one in queries.list_taken(session, actor=actor, course_id=course_id)]
    return Seen(row, draft, found, _there(found, draft, taken))


def _there(found: Found, draft: Draft, taken: list[dict[str, object]]) -> frozenset[str]:
    marks = what_is_there(draft.files, taken).marks
    refs = {item.ref for item in found.items if item.question is not None and digest(item.question) in marks}
    return frozenset(refs | {page.ref for page in found.pages if page.text and mark_of(page.text) in marks})


def take_import(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    bring_id: uuid.UUID,
    left: Collection[str],
    storage: Storage,
    now: datetime,
) -> tuple[ImportFile, int]:
    """Take a kept file into the course's draft, without what is `left` (by ref) and what is there already.

    Returns the row and how many questions and lessons are new. Raises NotFound, NotAllowed, Conflict (nothing is new),
    Invalid (the draft cannot hold it).
    """
    seen = see_import(session, actor=actor, course_id=course_id, bring_id=bring_id, storage=storage)
    require(POLICY, actor, InteropPermission.IMPORT, seen.draft.course)
    begin_writing(session)
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    row = queries.find_import(session, actor=actor, course_id=course_id, bring_id=bring_id)
    if row is None:
        raise NotFound("There is no such file.")
    taken = [one.taken for one in queries.list_taken(session, actor=actor, course_id=course_id)]
    placed = place(seen.found, files=draft.files, taken=taken, left=left, name=f"imported-{row.stored[:8]}")
    count = len(placed.questions) + len(placed.lessons)
    if not count:
        raise Conflict("Nothing in it is new: all of it is in the draft already, or was left.")
    save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(files=placed.files, media=placed.media),
        storage=storage,
        now=now,
    )
    row.taken = {
        "questions": {**(row.taken.get("questions") or {}), **placed.questions},
        "lessons": {**(row.taken.get("lessons") or {}), **placed.lessons},
    }
    row.taken_at, row.taken_by_id = now, actor.person_id
    record_act(
        session,
        actor=actor,
        act="file brought in",
        subject=f"{draft.course.key}: {row.file_name}",
        now=now,
        detail={"format": row.format, "questions": len(placed.questions), "lessons": len(placed.lessons)},
    )
    return row, count


def export_course(session: Session, *, actor: Actor, key: str, form: str, storage: Storage) -> Written:
    """A course's live version in another format. Raises NotFound."""
    live = courses.find_live_by_key(session, actor=actor, keys=[key]).get(key)
    version = courses.find_version(session, actor=actor, version_id=live.version_id) if live else None
    if version is None:
        raise NotFound("There is no course %(key)s.", key=key)
    media = {one.path: storage.get(one.stored) for one in courses.list_media(session, version_id=version.id)}
    package: Package = understand(version.document["files"], media, [])
    if form == "markdown":
        return Written(write_markdown(package.files, media), ())
    bank = [dict(one.document) for one in package.questions if one.document.get("kind") in KINDS]
    if not bank:
        raise Invalid("The course has no questions to write.")
    return write_questions(form, bank, media)
