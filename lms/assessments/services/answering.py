"""Keeping answers: each once, by the id its device gave it, and told “saved” only when it is on disk."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds.contract import BadAnswer, Stepwise, is_stepwise
from lms.assessments.models import Response
from lms.assessments.queries.answering import KEEP_IF_OPEN
from lms.assessments.queries.filing import find_file
from lms.assessments.queries.live import question_of, read_question
from lms.assessments.rules import TAKEN_BACK, Clocks, kept_because
from lms.assessments.services.breaks import deadline_now
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True)
class Given:
    """An answer as it came from a device."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    position: int
    raw: Mapping[str, list[str]]
    sequence: int
    device_at: datetime | None
    flagged: bool | None = None
    clocks: Clocks | None = None
    """Of a device that held a pack; none when it is judged by its arrival."""


@dataclass(frozen=True)
class Kept:
    """What became of an answer: kept on disk (once the request commits), and whether it counts."""

    id: uuid.UUID
    position: int
    at: datetime
    counted: bool
    because: str | None
    again: bool


@dataclass(frozen=True)
class Together:
    """What several answers to one attempt need, read at once: its questions by position, and what of them has come."""

    held: Mapping[int, queries.Held]
    here: dict[uuid.UUID, queries.Come]


def hold_together(
    session: Session,
    *,
    actor: Actor,
    attempt_id: uuid.UUID,
    positions: Collection[int],
    ids: Collection[uuid.UUID],
) -> Together:
    """Hold an attempt for several answers, each still kept by `record_response`."""
    held = queries.list_held(session, actor=actor, attempt_id=attempt_id, positions=positions)
    return Together(held, queries.list_responses(session, actor=actor, ids=ids))


# Written as a plain row: putting an object for it into the session and flushing it costs four times as much.
_KEEP = insert(Response.__table__)  # type: ignore[arg-type]


def record_response(
    session: Session, *, actor: Actor, given: Given, now: datetime, together: Together | None = None
) -> Kept:
    """Keep one answer, and the mark to come back to its question when the device says something about it.

    The first arrival of an id counts; a repeat gets the first one's result; order does not matter. `together`: what was
    read for a batch that holds this answer. Refuses before it writes.
    Raises NotFound, Conflict (the id is another answer's), Invalid (the answer cannot be read).
    """
    if together is None:
        held = queries.find_held(session, actor=actor, attempt_id=given.attempt_id, position=given.position)
    else:
        held = together.held.get(given.position)
    if held is None:
        raise NotFound("There is no such question in this attempt.")
    attempt, row, version = held
    if together is None:
        first = queries.find_response(session, actor=actor, response_id=given.id)
    else:
        first = together.here.get(given.id)
    if first is not None:
        if (first.attempt_id, first.position) != (given.attempt_id, given.position):
            raise Conflict("That answer was already kept for another question.")
        return _kept(first, again=True)
    kind, question = read_question(version)
    try:
        answer = kind.given(question, row.variant, given.raw)
    except BadAnswer as error:
        raise Invalid(error.sentence, **error.values) from None
    if answer and "file" in answer and not _has_file(session, actor, given, str(answer["file"])):
        raise Invalid("That file is not here. Send it again.")
    until = deadline_now(session, actor=actor, attempt=attempt, now=now)
    because = kept_because(submitted_at=attempt.submitted_at, deadline_at=until, now=now, clocks=given.clocks)
    if because is None and is_stepwise(kind):
        standing = queries.find_standing(
            session, actor=actor, attempt_id=given.attempt_id, position=given.position
        )
        if standing is not None and not _goes_on(kind, standing, answer or {}, given.sequence):
            because = TAKEN_BACK
    if because is None and attempt.adaptive and is_committed(session, actor, given):
        because = TAKEN_BACK
    come = _come(given, because, now)
    score = kind.mark(question, row.variant, answer).score
    session.connection().execute(_KEEP, _row(actor, given, come, answer, score))
    if together is not None:
        together.here[given.id] = come
    if come.counted and given.flagged not in (None, row.flagged):
        row.flagged = given.flagged
    return _kept(come, again=False)


def _come(given: Given, because: str | None, now: datetime) -> queries.Come:
    return queries.Come(given.id, given.attempt_id, given.position, now, because is None, because)


def _row(
    actor: Actor, given: Given, come: queries.Come, answer: Mapping[str, Any] | None, score: float
) -> dict[str, Any]:
    """The row of an answer."""
    return vars(come) | {
        "firm_id": actor.firm_id,
        "sequence": given.sequence,
        "given": answer or {},
        "score": score,
        "device_at": given.device_at,
    }


def keep_answer(session: Session, *, actor: Actor, given: Given, now: datetime) -> Kept:
    """Keep one answer that comes by itself, as `record_response` does, in a transaction of its own.

    Every writer on SQLite waits for one lock. So what an answer needs is read, understood and scored before, and where it is
    plain that it counts, one statement keeps it if its attempt is still open. All else is decided under the lock.
    Raises what `record_response` raises.
    """
    row = _if_plain(session, actor, given, now)
    begin_writing(session)
    if row is not None:
        try:
            kept = session.connection().execute(KEEP_IF_OPEN, row | {"person_id": actor.person_id}).rowcount
        except IntegrityError:  # the same answer arrived at the same moment
            session.rollback()
            begin_writing(session)
        else:
            if kept == 1:
                return Kept(given.id, given.position, now, counted=True, because=None, again=False)
    return record_response(session, actor=actor, given=given, now=now)


def _if_plain(session: Session, actor: Actor, given: Given, now: datetime) -> dict[str, Any] | None:
    """The row of an answer that counts and changes nothing else; none when that has to be looked at under the lock."""
    seen = queries.glimpse(
        session,
        actor=actor,
        attempt_id=given.attempt_id,
        position=given.position,
        response_id=given.id,
    )
    if seen is None or seen.response_id or seen.adaptive or seen.paused_at:
        return None
    if kept_because(
        submitted_at=seen.submitted_at, deadline_at=seen.deadline_at, now=now, clocks=given.clocks
    ):
        return None
    kind, question = question_of(session, version_id=seen.question_version_id)
    if is_stepwise(kind) or given.flagged not in (None, seen.flagged):
        return None
    try:
        answer = kind.given(question, seen.variant, given.raw)
    except BadAnswer:
        return None  # said under the lock, unless the id has come before
    if answer and "file" in answer:
        return None
    return _row(
        actor, given, _come(given, None, now), answer, kind.mark(question, seen.variant, answer).score
    )


def is_committed(session: Session, actor: Actor, given: Given) -> bool:
    """Whether a question of a test that adapts has its answer: the next one was chosen by it."""
    standing = queries.find_standing(
        session, actor=actor, attempt_id=given.attempt_id, position=given.position
    )
    return standing is not None and bool(standing.given)


def _has_file(session: Session, actor: Actor, given: Given, said: str) -> bool:
    """Whether the file that an answer names has arrived for this question."""
    row = find_file(session, actor=actor, attempt_id=given.attempt_id, file_id=uuid.UUID(said))
    return row is not None and row.position == given.position


def _goes_on(kind: Stepwise, standing: Response, answer: Mapping[str, Any], sequence: int) -> bool:
    """Whether a step goes on from what stands; or is one of its earlier steps that arrives late."""
    if sequence < standing.sequence:
        return kind.goes_on(dict(answer), standing.given)
    return kind.goes_on(standing.given, dict(answer))


def _kept(come: queries.Come, *, again: bool) -> Kept:
    return Kept(come.id, come.position, come.arrived_at, come.counted, come.kept_because, again)
