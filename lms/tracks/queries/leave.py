"""Protected leave as the rule reads it: when, never why."""

import uuid
from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people import queries as people
from lms.people.models import Leave as LeaveRow
from lms.tracks.kpi.leave import Leave as DaysAway
from lms.tracks.kpi.leave import LeaveAsked
from lms.tracks.rules import Leave


def list_protected(session: Session, *, actor: Actor, person_id: uuid.UUID) -> tuple[Leave, ...]:
    """One person's protected leave, with what superseded each. One statement, two when there is any."""
    rows = people.list_leave(session, actor=actor, person_id=person_id)
    return _as_read(rows, people.find_zone(session, firm_id=actor.firm_id)) if rows else ()


def list_everybody_protected(
    session: Session, *, actor: Actor, team_ids: frozenset[uuid.UUID] | None
) -> Mapping[uuid.UUID, tuple[Leave, ...]]:
    """The same for everybody of the firm or of some teams. Two statements."""
    zone = people.find_zone(session, firm_id=actor.firm_id)
    every = people.list_everybodys_leave(session, actor=actor, team_ids=team_ids)
    return {person_id: _as_read(rows, zone) for person_id, rows in every.items()}


def _as_read(rows: Iterable[LeaveRow], zone: ZoneInfo) -> tuple[Leave, ...]:
    """A leave that is not protected stops nothing, but may have superseded one that was."""
    return tuple(
        Leave(
            str(one.id),
            one.since,
            one.until,
            one.entered_at.astimezone(zone),
            str(one.supersedes_id) if one.supersedes_id else None,
            one.taken_back or not one.protected,
        )
        for one in rows
    )


def tell_days_away(session: Session, asked: LeaveAsked) -> list[DaysAway]:
    """Figures ask who was away when, whatever the kind of leave."""
    found = people.list_days_away(session, firm_id=asked.firm_id, person_ids=asked.person_ids)
    return [DaysAway(*one) for one in found]
