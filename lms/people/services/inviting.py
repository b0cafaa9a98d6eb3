"""Invitations for many people in one go, to be printed or sent."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.policy import require
from lms.people.models import Employment
from lms.people.policy import POLICY, PeoplePermission
from lms.people.queries.inviting import Awaited, list_awaited
from lms.people.services.audit import Act, record_acts
from lms.people.services.links import MadeLink, write_link


@dataclass(frozen=True)
class Handed:
    """An invitation and whom it is for, as it is shown, once."""

    line: Awaited
    made: MadeLink


def invite_many(
    session: Session,
    *,
    actor: Actor,
    person_ids: Collection[uuid.UUID],
    team: uuid.UUID | None,
    today: date,
    now: datetime,
) -> Sequence[Handed]:
    """An invitation for each of those who still wait for one; whoever came in meanwhile, or left, is passed over.

    Earlier invitations of this firm for them stop working. Raises NotAllowed, Invalid (nobody chosen), Conflict (nobody
    of them waits any more).
    """
    require(POLICY, actor, PeoplePermission.RESET)
    if not person_ids:
        raise Invalid("Tick at least one person.")
    chosen = [
        line
        for line in list_awaited(session, actor=actor, team=team, today=today, now=now)
        if line.person_id in person_ids
    ]
    if not chosen:
        raise Conflict("They have all come in, or left, since you opened this page.")
    found = {
        one.person_id: one
        for one in session.scalars(
            select(Employment).where(
                Employment.firm_id == actor.firm_id,
                Employment.person_id.in_([line.person_id for line in chosen]),
            )
        )
    }
    handed = [
        Handed(
            line,
            write_link(session, actor=actor, employment=found[line.person_id], purpose="invitation", now=now),
        )
        for line in chosen
    ]
    acts = [Act("invitation made", str(line.person_id), {"name": line.name}) for line in chosen]
    record_acts(session, actor=actor, acts=acts, now=now)
    return handed
