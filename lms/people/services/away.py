"""Entering when somebody is away, and correcting it: the entry before stays as it was."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.people import queries
from lms.people.models import Leave
from lms.people.policy import POLICY, PeoplePermission
from lms.people.queries.away import in_force
from lms.people.rules import TimeAway
from lms.people.services.audit import record_act


def enter_leave(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    away: TimeAway,
    now: datetime,
    instead_of: uuid.UUID | None = None,
) -> Leave:
    """Write that somebody is away, or what is right instead of an earlier entry.

    Raises NotFound, NotAllowed, Invalid (no such time, or it overlaps another), Conflict (corrected meanwhile).
    """
    standing = _standing(session, actor, person_id, instead_of)
    if away.until is not None and away.until < away.since:
        raise Invalid("The last day is not before the first one.")
    for one in standing:
        if one.id != instead_of and _overlap(one, away):
            raise Invalid("That overlaps another leave. Correct that one instead.")
    return _add(session, actor, person_id, away, instead_of, now)


def take_leave_back(
    session: Session, *, actor: Actor, person_id: uuid.UUID, leave_id: uuid.UUID, now: datetime
) -> Leave:
    """Write that an entry was wrong and there was no leave. Raises NotFound, NotAllowed, Conflict (corrected meanwhile)."""
    standing = _standing(session, actor, person_id, leave_id)
    one = next(found for found in standing if found.id == leave_id)
    return _add(
        session,
        actor,
        person_id,
        TimeAway(one.since, one.until, one.protected),
        leave_id,
        now,
        taken_back=True,
    )


def _standing(
    session: Session, actor: Actor, person_id: uuid.UUID, instead_of: uuid.UUID | None
) -> list[Leave]:
    person = queries.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, PeoplePermission.AWAY, person)
    every = queries.list_leave(session, actor=actor, person_id=person_id)
    standing = in_force(every)
    if instead_of is not None and instead_of not in {one.id for one in standing}:
        if instead_of in {one.id for one in every}:
            raise Conflict("Somebody has corrected this meanwhile. Look at the list again.")
        raise NotFound("There is no such leave.")
    return standing


def _overlap(one: Leave, away: TimeAway) -> bool:
    return (one.until is None or one.until >= away.since) and (away.until is None or away.until >= one.since)


def _add(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    away: TimeAway,
    instead_of: uuid.UUID | None,
    now: datetime,
    *,
    taken_back: bool = False,
) -> Leave:
    made = Leave(
        firm_id=actor.firm_id,
        id=new_id(),
        person_id=person_id,
        since=away.since,
        until=away.until,
        protected=away.protected,
        reason="" if taken_back else away.reason.strip(),
        supersedes_id=instead_of,
        taken_back=taken_back,
        entered_by_id=actor.person_id,
        entered_at=now,
    )
    session.add(made)
    act = "leave taken back" if taken_back else "leave corrected" if instead_of else "leave entered"
    person = queries.find_employment(session, actor=actor, person_id=person_id)
    # Not why, and not which kind: the log is read by more people than the leave is.
    detail = {
        "name": person.name if person else "",
        "since_on": away.since.isoformat(),
        "until_on": away.until.isoformat() if away.until else "",
    }
    record_act(session, actor=actor, act=act, subject=str(person_id), detail=detail, now=now)
    return made


def find_standing_leave(
    session: Session, *, actor: Actor, person_id: uuid.UUID, leave_id: uuid.UUID
) -> Leave:
    """An entry that may be corrected. Raises NotFound, NotAllowed, Conflict."""
    return next(one for one in _standing(session, actor, person_id, leave_id) if one.id == leave_id)
