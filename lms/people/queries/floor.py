"""Shared devices, and what a firm has decided about signing in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.wall import beyond_the_wall
from lms.people.models import Employment, Firm, Pin, SharedDevice, SignIn, SignInPolicy, Team
from lms.people.pins import IDLE_MINUTES
from lms.people.policy import is_admin, is_manager
from lms.people.queries.arrivals import teams_led
from lms.people.rules import token_hash


@dataclass(frozen=True)
class Policy:
    """What a firm has decided: after how many quiet minutes a shared device locks, and two switches."""

    idle_minutes: int = IDLE_MINUTES
    team_list: bool = False
    mail_codes: bool = False


@dataclass(frozen=True)
class FloorDevice:
    """The shared device a request comes from."""

    id: uuid.UUID
    firm_id: uuid.UUID
    firm_name: str
    time_zone: str
    name: str
    team_id: uuid.UUID | None
    policy: Policy


@dataclass(frozen=True)
class DeviceLine:
    """A shared device as the list shows it. `team_id`: for the policy's sake."""

    id: uuid.UUID
    name: str
    team_id: uuid.UUID | None
    team: str | None
    registered_by: str | None
    registered_at: datetime
    last_at: datetime | None


def find_floor_device(session: Session, *, secret: str) -> FloorDevice | None:
    """The device behind a secret, while it is registered and its firm is open. Who it is must be known before the wall."""
    with beyond_the_wall(session, "a shared device says which it is"):
        row = session.execute(
            select(
                SharedDevice.id,
                SharedDevice.firm_id,
                SharedDevice.name,
                SharedDevice.team_id,
                Firm.name.label("firm_name"),
                Firm.time_zone,
                SignInPolicy.idle_minutes,
                SignInPolicy.team_list,
                SignInPolicy.mail_codes,
            )
            .join(Firm, Firm.id == SharedDevice.firm_id)
            .outerjoin(SignInPolicy, SignInPolicy.firm_id == SharedDevice.firm_id)
            .where(
                SharedDevice.secret_hash == token_hash(secret),
                SharedDevice.revoked_at.is_(None),
                Firm.closed_at.is_(None),
            )
        ).one_or_none()
    if row is None:
        return None
    decided = row.idle_minutes is not None
    policy = Policy(row.idle_minutes, row.team_list, row.mail_codes) if decided else Policy()
    return FloorDevice(row.id, row.firm_id, row.firm_name, row.time_zone, row.name, row.team_id, policy)


def find_sign_in_policy(session: Session, *, firm_id: uuid.UUID) -> Policy:
    """What the firm has decided about signing in, or the defaults."""
    row = session.scalars(select(SignInPolicy).where(SignInPolicy.firm_id == firm_id)).one_or_none()
    return Policy(row.idle_minutes, row.team_list, row.mail_codes) if row else Policy()


def list_shared_devices(session: Session, *, actor: Actor) -> Sequence[DeviceLine]:
    """The registered devices that the actor looks after, by name: all of the firm, or those of the teams they lead. Two statements."""
    statement = (
        select(
            SharedDevice.id,
            SharedDevice.name,
            SharedDevice.team_id,
            Team.name.label("team"),
            Employment.name.label("registered_by"),
            SharedDevice.registered_at,
        )
        .outerjoin(Team, and_(Team.firm_id == SharedDevice.firm_id, Team.id == SharedDevice.team_id))
        .outerjoin(
            Employment,
            and_(
                Employment.firm_id == SharedDevice.firm_id,
                Employment.person_id == SharedDevice.registered_by_id,
            ),
        )
        .where(SharedDevice.firm_id == actor.firm_id, SharedDevice.revoked_at.is_(None))
        .order_by(SharedDevice.name, SharedDevice.id)
    )
    if not (is_admin(actor, None) or is_manager(actor, None)):
        statement = statement.where(SharedDevice.team_id.in_(actor.leads))
    rows = session.execute(statement).all()
    latest = session.execute(
        select(SignIn.shared_device_id, func.max(SignIn.created_at).label("at"))
        .where(SignIn.firm_id == actor.firm_id, SignIn.shared_device_id.in_([row.id for row in rows]))
        .group_by(SignIn.shared_device_id)
    )
    used = {row.shared_device_id: row.at for row in latest}
    return [
        DeviceLine(
            row.id, row.name, row.team_id, row.team, row.registered_by, row.registered_at, used.get(row.id)
        )
        for row in rows
    ]


def find_shared_device(session: Session, *, actor: Actor, device_id: uuid.UUID) -> SharedDevice | None:
    """A registered device of the actor's firm."""
    return session.scalar(
        select(SharedDevice).where(
            SharedDevice.firm_id == actor.firm_id,
            SharedDevice.id == device_id,
            SharedDevice.revoked_at.is_(None),
        )
    )


def find_last_here(session: Session, *, firm_id: uuid.UUID, device_id: uuid.UUID) -> uuid.UUID | None:
    """Who was signed in last on a shared device."""
    return session.scalar(
        select(SignIn.person_id)
        .where(SignIn.firm_id == firm_id, SignIn.shared_device_id == device_id)
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
        .limit(1)
    )


def list_team_here(session: Session, *, device: FloorDevice, today: date) -> Sequence[tuple[uuid.UUID, str]]:
    """Who works today in the device's team or a team beneath it: (person id, name), by name. Nobody when it has no team."""
    if device.team_id is None:
        return ()
    parents = session.execute(select(Team.id, Team.parent_id).where(Team.firm_id == device.firm_id)).all()
    me = uuid.UUID(int=0)
    below = teams_led(
        [(row.id, row.parent_id, me if row.id == device.team_id else None) for row in parents], me
    )
    rows = session.execute(
        select(Employment.person_id, Employment.name)
        .where(
            Employment.firm_id == device.firm_id,
            Employment.team_id.in_(below),
            Employment.accepted.is_(True),
            Employment.locked_at.is_(None),
            Employment.started_on <= today,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .order_by(Employment.sort_name, Employment.person_id)
    )
    return [(row.person_id, row.name) for row in rows]


def find_pin_set_at(session: Session, *, actor: Actor) -> datetime | None:
    """When the actor set the PIN they have here, or None."""
    return session.scalar(
        select(Pin.set_at).where(Pin.firm_id == actor.firm_id, Pin.person_id == actor.person_id)
    )
