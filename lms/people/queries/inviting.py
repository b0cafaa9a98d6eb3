"""Who was added at a firm and has not come in yet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import Employment, OneTimeLink
from lms.people.queries.directory import lines

MOST = 200
"""How many invitations one page makes: so many are printed and handed out in one go."""


@dataclass(frozen=True)
class Awaited:
    """A person nobody has seen yet. `until`: the end of the invitation they have; none when they have none."""

    person_id: uuid.UUID
    name: str
    employee_number: str | None
    team: str | None
    started_on: date
    until: datetime | None


def list_awaited(
    session: Session, *, actor: Actor, team: uuid.UUID | None, today: date, now: datetime
) -> Sequence[Awaited]:
    """The firm's people who took up no invitation and have not left, those without one first. `MOST` of them. One statement."""
    until = (
        select(func.max(OneTimeLink.expires_at))
        .where(
            OneTimeLink.firm_id == actor.firm_id,
            OneTimeLink.person_id == Employment.person_id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .correlate(Employment)
        .scalar_subquery()
    )
    statement = lines(until.label("until")).where(
        Employment.firm_id == actor.firm_id,
        Employment.accepted.is_(False),
        Employment.locked_at.is_(None),
        or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
    )
    if team is not None:
        statement = statement.where(Employment.team_id == team)
    rows = session.execute(
        statement.order_by(until.is_not(None), Employment.sort_name, Employment.person_id).limit(MOST)
    )
    return [
        Awaited(row.person_id, row.name, row.employee_number, row.team, row.started_on, row.until)
        for row in rows
    ]
