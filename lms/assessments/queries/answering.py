"""Reads of an attempt while it is taken: its questions and the responses that have come."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select
from sqlalchemy.orm import Session

from lms.assessments.models import Attempt, AttemptQuestion, QuestionVersion, Response
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING

# Said once: these are asked for every answer, and putting a statement together costs more than asking it.
_OWN_ATTEMPT = select(Attempt).where(
    Attempt.firm_id == ASKING.firm_id,
    Attempt.id == bindparam("attempt_id"),
    Attempt.person_id == ASKING.person_id,
)
_OWN_ATTEMPT_HELD = _OWN_ATTEMPT.with_for_update()
_HAS_ATTEMPT = select(Attempt.id).where(
    Attempt.firm_id == ASKING.firm_id, Attempt.id == bindparam("attempt_id")
)
_OWN_ATTEMPTS = (
    select(Attempt)
    .where(
        Attempt.firm_id == ASKING.firm_id,
        Attempt.person_id == ASKING.person_id,
        Attempt.assessment_id == bindparam("assessment_id"),
    )
    .order_by(Attempt.started_at.desc(), Attempt.id.desc())
)
_ASKED = (
    select(AttemptQuestion, QuestionVersion)
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(AttemptQuestion.firm_id == ASKING.firm_id, AttemptQuestion.attempt_id == bindparam("attempt_id"))
    .order_by(AttemptQuestion.position)
)
_COUNTED = (
    select(Response)
    .where(
        Response.firm_id == ASKING.firm_id, Response.attempt_id == bindparam("attempt_id"), Response.counted
    )
    .order_by(Response.sequence, Response.arrived_at, Response.id)
)
_KEPT = (
    select(Response)
    .where(
        Response.firm_id == ASKING.firm_id, Response.attempt_id == bindparam("attempt_id"), ~Response.counted
    )
    .order_by(Response.arrived_at)
)


def find_attempt(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, for_update: bool = False
) -> Attempt | None:
    """One of the actor's own attempts. `for_update` holds it, so that answers to one attempt come one at a time."""
    return session.scalar(
        _OWN_ATTEMPT_HELD if for_update else _OWN_ATTEMPT,
        {"firm_id": actor.firm_id, "person_id": actor.person_id, "attempt_id": attempt_id},
    )


def find_attempt_to_mark(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, for_update: bool = True
) -> Attempt | None:
    """An attempt of anybody at the actor's firm; held for whoever marks it."""
    statement = select(Attempt).where(Attempt.firm_id == actor.firm_id, Attempt.id == attempt_id)
    return session.scalar(statement.with_for_update() if for_update else statement)


def has_attempt(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> bool:
    """Whether an attempt of anybody at the actor's firm has this id."""
    return bool(session.scalar(_HAS_ATTEMPT, {"firm_id": actor.firm_id, "attempt_id": attempt_id}))


def list_attempts(session: Session, *, actor: Actor, assessment_id: uuid.UUID) -> Sequence[Attempt]:
    """The actor's own attempts at an assessment, latest first."""
    return session.scalars(
        _OWN_ATTEMPTS,
        {"firm_id": actor.firm_id, "person_id": actor.person_id, "assessment_id": assessment_id},
    ).all()


@dataclass(frozen=True)
class Asked:
    """A question of an attempt with the answer that stands: the counted one with the highest sequence."""

    position: int
    row: AttemptQuestion
    version: QuestionVersion
    response: Response | None


def list_asked(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> Sequence[Asked]:
    """The questions of one attempt in order, each with the response that stands. Two statements."""
    this = {"firm_id": actor.firm_id, "attempt_id": attempt_id}
    rows = session.execute(_ASKED, this).all()
    standing = {response.position: response for response in session.scalars(_COUNTED, this)}
    return [Asked(row.position, row, version, standing.get(row.position)) for row, version in rows]


def find_asked(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int
) -> tuple[AttemptQuestion, QuestionVersion] | None:
    """One question of an attempt."""
    row = session.execute(
        select(AttemptQuestion, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(
            AttemptQuestion.firm_id == actor.firm_id,
            AttemptQuestion.attempt_id == attempt_id,
            AttemptQuestion.position == position,
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


_HELD_ANY = (
    select(Attempt, AttemptQuestion, QuestionVersion)
    .join(
        AttemptQuestion,
        and_(AttemptQuestion.firm_id == Attempt.firm_id, AttemptQuestion.attempt_id == Attempt.id),
    )
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(
        Attempt.firm_id == ASKING.firm_id,
        Attempt.id == bindparam("attempt_id"),
        Attempt.person_id == ASKING.person_id,
    )
    .with_for_update(of=Attempt)
)
_HELD = _HELD_ANY.where(AttemptQuestion.position == bindparam("position"))
_HELD_SEVERAL = _HELD_ANY.where(AttemptQuestion.position.in_(bindparam("positions", expanding=True)))
_AN_ATTEMPT, _A_QUESTION, _COME = Attempt.__table__.c, AttemptQuestion.__table__.c, Response.__table__.c
_RESPONSES = select(
    _COME.id, _COME.attempt_id, _COME.position, _COME.arrived_at, _COME.counted, _COME.kept_because
).where(_COME.firm_id == ASKING.firm_id)
_RESPONSE = _RESPONSES.where(_COME.id == bindparam("response_id"))
_RESPONSES_NAMED = _RESPONSES.where(_COME.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class Come:
    """A response that has come: its place, and what became of it."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    position: int
    arrived_at: datetime
    counted: bool
    kept_because: str | None


def find_held(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int
) -> tuple[Attempt, AttemptQuestion, QuestionVersion] | None:
    """One question of one of the actor's own attempts, held so that answers to one attempt come one at a time."""
    row = session.execute(
        _HELD,
        {
            "firm_id": actor.firm_id,
            "attempt_id": attempt_id,
            "person_id": actor.person_id,
            "position": position,
        },
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


Held = tuple[Attempt, AttemptQuestion, QuestionVersion]


def list_held(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, positions: Collection[int]
) -> dict[int, Held]:
    """Several questions of one of the actor's own attempts, by position, held as `find_held` holds one."""
    rows = session.execute(
        _HELD_SEVERAL,
        {
            "firm_id": actor.firm_id,
            "attempt_id": attempt_id,
            "person_id": actor.person_id,
            "positions": sorted(positions),
        },
    )
    return {row[1].position: (row[0], row[1], row[2]) for row in rows}


def list_responses(session: Session, *, actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Come]:
    """Those of the responses named that have come, by id. Asked after `list_held`."""
    found = session.connection().execute(_RESPONSES_NAMED, {"firm_id": actor.firm_id, "ids": list(ids)})
    return {one.id: Come(*one) for one in found}


@dataclass(frozen=True)
class Glimpse:
    """A question of an attempt as it was a moment ago, while nothing was held, and the response if it had come."""

    submitted_at: datetime | None
    deadline_at: datetime | None
    paused_at: datetime | None
    adaptive: bool
    variant: dict[str, Any]
    flagged: bool
    question_version_id: uuid.UUID
    response_id: uuid.UUID | None


_GLIMPSE = (
    select(
        _AN_ATTEMPT.submitted_at,
        _AN_ATTEMPT.deadline_at,
        _AN_ATTEMPT.paused_at,
        _AN_ATTEMPT.adaptive,
        _A_QUESTION.variant,
        _A_QUESTION.flagged,
        _A_QUESTION.question_version_id,
        _COME.id,
    )
    .join_from(
        _AN_ATTEMPT.id.table,
        _A_QUESTION.position.table,
        and_(_A_QUESTION.firm_id == _AN_ATTEMPT.firm_id, _A_QUESTION.attempt_id == _AN_ATTEMPT.id),
    )
    .outerjoin(
        _COME.id.table, and_(_COME.firm_id == _AN_ATTEMPT.firm_id, _COME.id == bindparam("response_id"))
    )
    .where(
        _AN_ATTEMPT.firm_id == ASKING.firm_id,
        _AN_ATTEMPT.id == bindparam("attempt_id"),
        _AN_ATTEMPT.person_id == ASKING.person_id,
        _A_QUESTION.position == bindparam("position"),
    )
)

_KEPT_OF_IT = (
    "firm_id",
    "id",
    "attempt_id",
    "position",
    "sequence",
    "given",
    "score",
    "counted",
    "kept_because",
    "device_at",
    "arrived_at",
)
KEEP_IF_OPEN = (
    insert(Response.__table__)  # type: ignore[arg-type]
    .from_select(
        _KEPT_OF_IT,  # by name: what a later release adds has its default
        select(*(bindparam(name, type_=_COME[name].type) for name in _KEPT_OF_IT))
        .where(
            _AN_ATTEMPT.firm_id == bindparam("firm_id"),
            _AN_ATTEMPT.id == bindparam("attempt_id"),
            _AN_ATTEMPT.person_id == ASKING.person_id,
            _AN_ATTEMPT.submitted_at.is_(None),
        )
        .with_for_update(),
    )
    .execution_options(preserve_rowcount=True)
)
"""Keeps one response if its attempt is not handed in, after waiting for who holds the attempt. One statement: the lock that every
writer on SQLite waits for is held for no longer than that and the flush."""


def glimpse(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int, response_id: uuid.UUID
) -> Glimpse | None:
    """One question of one of the actor's own attempts, without holding it."""
    row = (
        session.connection()
        .execute(
            _GLIMPSE,
            {
                "firm_id": actor.firm_id,
                "person_id": actor.person_id,
                "attempt_id": attempt_id,
                "position": position,
                "response_id": response_id,
            },
        )
        .one_or_none()
    )
    return Glimpse(*row) if row else None


def find_response(session: Session, *, actor: Actor, response_id: uuid.UUID) -> Come | None:
    """A response by the id its device gave it. Asked after `find_held`: what another tap wrote is seen then."""
    row = (
        session.connection()
        .execute(_RESPONSE, {"firm_id": actor.firm_id, "response_id": response_id})
        .one_or_none()
    )
    return Come(*row) if row else None


def find_standing(session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int) -> Response | None:
    """The response to one question of an attempt that stands now."""
    return session.scalars(
        select(Response)
        .where(
            Response.firm_id == actor.firm_id,
            Response.attempt_id == attempt_id,
            Response.position == position,
            Response.counted,
        )
        .order_by(Response.sequence.desc(), Response.arrived_at.desc(), Response.id.desc())
        .limit(1)
    ).first()


def list_kept(session: Session, *, actor: Actor, attempt_id: uuid.UUID) -> Sequence[Response]:
    """The responses of an attempt that were kept but not counted."""
    return session.scalars(_KEPT, {"firm_id": actor.firm_id, "attempt_id": attempt_id}).all()
