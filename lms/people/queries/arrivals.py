"""Who stands at the door: from a device's token to a person who acts. Asked by every request, so said once and kept."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.db import ASKING
from lms.people.models import Employment, EmploymentRole, Firm, Person, SignIn, Team
from lms.people.pins import GRACE, Renewal, renewal
from lms.people.rules import day_at, token_hash

MAY_COME = and_(Employment.accepted.is_(True), Employment.locked_at.is_(None))
"""Whether somebody said yes to an employment and is not locked out of it; its days are asked by `is_in_force`."""

# Statements are put together once: for one row by its key, putting together costs more than asking.
_ARRIVAL = (
    select(
        SignIn.id,
        SignIn.person_id,
        SignIn.only_here,
        SignIn.language.label("here"),
        Person.language,
        Firm.id.label("firm_id"),
        Firm.name.label("firm_name"),
        Firm.time_zone,
        Firm.is_simulated,
        SignIn.method,
        SignIn.remembered,
        SignIn.shared_device_id,
        SignIn.idle_minutes,
        SignIn.token_hash,
        SignIn.created_at,
        SignIn.last_seen_at,
        SignIn.rotated_at,
        SignIn.confirmed_at,
    )
    .join(Firm, Firm.id == SignIn.firm_id)
    .join(Person, Person.id == SignIn.person_id)
    .where(
        or_(
            SignIn.token_hash == bindparam("token_hash"),
            and_(
                SignIn.previous_hash == bindparam("token_hash"),
                or_(SignIn.confirmed_at.is_(None), SignIn.confirmed_at > bindparam("grace")),
            ),
        ),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > bindparam("now"),
        Firm.closed_at.is_(None),
    )
)
_ACTOR = (
    select(
        Employment.name,
        Employment.started_on,
        Employment.ended_on,
        Employment.large_print,
        Employment.read_aloud,
        EmploymentRole.role,
        Firm.time_zone,
        select(Team.id)
        .where(Team.firm_id == ASKING.firm_id, Team.lead_id == ASKING.person_id)
        .exists()
        .label("leads"),
    )
    .join(Firm, Firm.id == Employment.firm_id)
    .outerjoin(
        EmploymentRole,
        and_(EmploymentRole.firm_id == Employment.firm_id, EmploymentRole.person_id == Employment.person_id),
    )
    .where(Employment.firm_id == ASKING.firm_id, Employment.person_id == ASKING.person_id, MAY_COME)
)
_TEAMS = select(Team.id, Team.parent_id, Team.lead_id).where(Team.firm_id == ASKING.firm_id)


@dataclass(frozen=True)
class Arrival:
    """What a sign-in token leads to: a device, its person and the firm it is in."""

    sign_in_id: uuid.UUID
    person_id: uuid.UUID
    firm_id: uuid.UUID
    firm_name: str
    time_zone: str
    simulated: bool
    language: str | None
    only_here: bool
    method: str
    shared_device_id: uuid.UUID | None
    idle_minutes: int | None
    last_seen_at: datetime
    renewal: Renewal


def find_arrival(session: Session, *, token: str, now: datetime) -> Arrival | None:
    """Where a device's token leads, while the sign-in lasts and, on a shared device, somebody is there."""
    hash_ = token_hash(token)
    row = (
        session.connection()
        .execute(_ARRIVAL, {"token_hash": hash_, "now": now, "grace": now - GRACE})
        .one_or_none()
    )
    if row is None or _is_idle(row, now):
        return None
    return Arrival(
        row.id,
        row.person_id,
        row.firm_id,
        row.firm_name,
        row.time_zone,
        row.is_simulated,
        row.here if row.only_here else row.language,
        row.only_here,
        row.method,
        row.shared_device_id,
        row.idle_minutes,
        row.last_seen_at,
        Renewal.NOTHING
        if not row.remembered
        else renewal(
            by_previous=row.token_hash != hash_,
            since=row.rotated_at or row.created_at,
            confirmed=row.confirmed_at is not None,
            renewed=row.rotated_at is not None,
            now=now,
        ),
    )


def _is_idle(row: Any, now: datetime) -> bool:
    return row.idle_minutes is not None and now >= row.last_seen_at + timedelta(minutes=row.idle_minutes)


def find_stolen(
    session: Session, *, token: str, now: datetime
) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID] | None:
    """The sign-in, person and firm whose token of before comes back though the newest one was seen: two hold it."""
    row = session.execute(
        select(SignIn.id, SignIn.person_id, SignIn.firm_id).where(
            SignIn.previous_hash == token_hash(token),
            SignIn.ended_at.is_(None),
            SignIn.confirmed_at <= now - GRACE,
        )
    ).one_or_none()
    return (row.id, row.person_id, row.firm_id) if row else None


def find_actor(session: Session, *, firm_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> Actor | None:
    """A person as they may act at a firm today, or None when they do not work there (any more, or yet)."""
    rows = session.connection().execute(_ACTOR, {"firm_id": firm_id, "person_id": person_id}).all()
    if not rows or not is_in_force(rows[0], now):
        return None
    leads: frozenset[uuid.UUID] = frozenset()
    if rows[0].leads:
        teams = session.execute(_TEAMS, {"firm_id": firm_id})
        leads = teams_led([(row.id, row.parent_id, row.lead_id) for row in teams], person_id)
    return Actor(
        person_id=person_id,
        firm_id=firm_id,
        name=rows[0].name,
        roles=frozenset(Role(row.role) for row in rows if row.role),
        leads=leads,
        time_zone=rows[0].time_zone,
        large_print=rows[0].large_print,
        read_aloud=rows[0].read_aloud,
    )


def is_in_force(row: Any, now: datetime) -> bool:
    """Whether a row with `started_on`, `ended_on` and `time_zone` is an employment of this day, where the firm is."""
    today = day_at(row.time_zone, now)
    return bool(row.started_on <= today and (row.ended_on is None or row.ended_on >= today))


def teams_led(
    teams: Sequence[tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]], person_id: uuid.UUID
) -> frozenset[uuid.UUID]:
    """The teams a person leads and all the teams beneath them. Each team: (id, parent id, lead id)."""
    led = {team for team, _parent, lead in teams if lead == person_id}
    grown = True
    while grown:
        below = {team for team, parent, _lead in teams if parent in led} - led
        led |= below
        grown = bool(below)
    return frozenset(led)
