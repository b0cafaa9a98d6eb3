"""Files as answers: taken in whole or not at all, kept by their hash under the firm's wall, given out to be saved only."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import upload
from lms.assessments.kinds.contract import BadAnswer
from lms.assessments.models import AnswerFile
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries.filing import find_file, list_files
from lms.assessments.services.answering import Given, Kept, record_response
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.storage import Storage

LONGEST_NAME = 120
MOST_FILES = 20
"""Files that may be sent to one question: each is kept, and a disk is not without end."""


@dataclass(frozen=True)
class Sent:
    """A file as a device sent it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Paper:
    """A file to be saved. `name` says the question and the type, never who wrote it."""

    name: str
    media_type: str
    content: bytes


def keep_file(
    session: Session, *, actor: Actor, given: Given, sent: Sent, storage: Storage, now: datetime
) -> Kept:
    """Keep a file as the answer to a question; the file that was the answer before stays kept.

    The same id again (its reply was lost) gives the first result. A file that arrives after the attempt is over is kept and
    not counted, as any answer. Raises NotFound, Conflict, Invalid (not a file that is taken).
    """
    asked = queries.find_asked(session, actor=actor, attempt_id=given.attempt_id, position=given.position)
    if asked is None or asked[1].kind != upload.NAME:
        raise NotFound("There is no such question in this attempt.")
    try:
        kind = upload.file_type(sent.name, sent.content, upload.read(asked[1].document))
    except BadAnswer as error:
        raise Invalid(error.sentence, **error.values) from None
    stored = storage.put(sent.content)
    begin_writing(session)
    held = queries.find_held(session, actor=actor, attempt_id=given.attempt_id, position=given.position)
    if held is None:
        raise NotFound("There is no such question in this attempt.")
    files = list_files(session, actor=actor, attempt_id=given.attempt_id)
    if given.id not in {one.id for one in files}:
        if sum(one.position == given.position for one in files) >= MOST_FILES:
            raise Conflict("That question has its %(most)s files. The last one stands.", most=MOST_FILES)
        session.add(
            AnswerFile(
                firm_id=actor.firm_id,
                id=given.id,
                attempt_id=given.attempt_id,
                position=given.position,
                name=sent.name[-LONGEST_NAME:],
                kind=kind,
                stored=stored,
                size=len(sent.content),
                arrived_at=now,
            )
        )
        session.flush()  # the answer is looked up by it
    return record_response(session, actor=actor, given=given, now=now)


def own_file(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, file_id: uuid.UUID, storage: Storage
) -> Paper:
    """A file of one's own attempt. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    row = find_file(session, actor=actor, attempt_id=attempt_id, file_id=file_id) if attempt else None
    if row is None:
        raise NotFound("There is no such file.")
    return _paper(row, storage)


def file_to_mark(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int, storage: Storage
) -> Paper:
    """The file that stands as an answer to be marked. Raises NotFound, NotAllowed, Conflict (one's own)."""
    require(POLICY, actor, AssessmentPermission.MARK, actor)
    attempt = queries.find_attempt_to_mark(session, actor=actor, attempt_id=attempt_id, for_update=False)
    standing = (
        queries.find_standing(session, actor=actor, attempt_id=attempt_id, position=position)
        if attempt is not None and attempt.submitted_at is not None
        else None
    )
    said = standing.given.get("file") if standing else None
    row = (
        find_file(session, actor=actor, attempt_id=attempt_id, file_id=uuid.UUID(str(said))) if said else None
    )
    if attempt is None or row is None:
        raise NotFound("There is no such file.")
    if attempt.person_id == actor.person_id:
        raise Conflict("Somebody else marks your own answers.")
    return _paper(row, storage)


def _paper(row: AnswerFile, storage: Storage) -> Paper:
    return Paper(f"answer-{row.position}.{row.kind}", upload.TYPES[row.kind][0], storage.get(row.stored))
