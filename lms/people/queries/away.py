"""Who was away when. What was superseded is in the lists too: an answer about an earlier day needs it."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Employment, Leave

_LEAVE = (
    select(Leave)
    .where(Leave.firm_id == ASKING.firm_id, Leave.person_id == ASKING.person_id)
    .order_by(Leave.entered_at, Leave.id)
)


def list_leave(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[Leave]:
    """Every leave of a person of the actor's firm, as it was entered, oldest entry first."""
    return session.scalars(_LEAVE, {"firm_id": actor.firm_id, "person_id": person_id}).all()


def list_everybodys_leave(
    session: Session, *, actor: Actor, team_ids: frozenset[uuid.UUID] | None
) -> Mapping[uuid.UUID, Sequence[Leave]]:
    """The leave of everybody of the firm or of some teams, by person. One statement."""
    statement = select(Leave).where(Leave.firm_id == actor.firm_id).order_by(Leave.entered_at, Leave.id)
    if team_ids is not None:
        statement = statement.join(
            Employment,
            and_(Employment.firm_id == Leave.firm_id, Employment.person_id == Leave.person_id),
        ).where(Employment.firm_id == actor.firm_id, Employment.team_id.in_(team_ids))
    found: dict[uuid.UUID, list[Leave]] = {}
    for one in session.scalars(statement):
        found.setdefault(one.person_id, []).append(one)
    return found


def in_force(leave: Sequence[Leave]) -> list[Leave]:
    """What stands today: neither superseded nor taken back; latest first."""
    gone = {one.supersedes_id for one in leave}
    return sorted(
        (one for one in leave if one.id not in gone and not one.taken_back),
        key=lambda one: one.since,
        reverse=True,
    )


def list_days_away(
    session: Session, *, firm_id: uuid.UUID, person_ids: Collection[uuid.UUID] | None = None
) -> list[tuple[uuid.UUID, date, date | None]]:
    """Who was away from when to when, of every kind, as it is known today; everybody's when nobody is named."""
    corrected = aliased(Leave)
    statement = (
        select(Leave.person_id, Leave.since, Leave.until)
        .outerjoin(corrected, and_(corrected.firm_id == Leave.firm_id, corrected.supersedes_id == Leave.id))
        .where(Leave.firm_id == firm_id, corrected.id.is_(None), Leave.taken_back.is_(False))
        .order_by(Leave.person_id, Leave.since)
    )
    if person_ids is not None:
        statement = statement.where(Leave.person_id.in_(person_ids))
    return [(row.person_id, row.since, row.until) for row in session.execute(statement)]
