"""Keys for other programs of the firm: made once, shown once, ended by anybody who may make them.

A key acts as the person who made it, with the roles they hold today, and only where a page says that keys may come. It
ends when they leave. Its secret is 32 random bytes, so a plain hash keeps it (nobody can guess what a password needs
slow hashing against).
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.foundation.policy import require
from lms.foundation.wall import beyond_the_wall, enter
from lms.foundation.words import N_
from lms.people.models import ApiKey, Employment, Firm
from lms.people.policy import POLICY, PeoplePermission
from lms.people.queries.arrivals import MAY_COME, find_actor, is_in_force
from lms.people.rules import token_hash
from lms.people.services.audit import record_act

BEGINS = "ladder_"
"""How every key begins, so that a key in the wrong place is found by who looks for lost ones."""
MOST = 20
"""Keys of a firm at one time."""
SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class KeyLine:
    """A key as the list shows it; `made_by` has left when `works` is false."""

    id: uuid.UUID
    name: str
    made_by: str
    made_at: datetime
    last_used_at: datetime | None
    works: bool


def list_keys(session: Session, *, actor: Actor, now: datetime) -> list[KeyLine]:
    """The firm's keys that were not ended, newest first. Raises NotAllowed."""
    require(POLICY, actor, PeoplePermission.KEYS)
    rows = session.execute(
        select(
            ApiKey.id,
            ApiKey.name,
            Employment.name.label("made_by"),
            ApiKey.made_at,
            ApiKey.last_used_at,
            MAY_COME.label("may_come"),
            Employment.started_on,
            Employment.ended_on,
            Firm.time_zone,
        )
        .join(
            Employment,
            (Employment.firm_id == ApiKey.firm_id) & (Employment.person_id == ApiKey.person_id),
        )
        .join(Firm, Firm.id == ApiKey.firm_id)
        .where(ApiKey.firm_id == actor.firm_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.made_at.desc(), ApiKey.id)
    )
    return [
        KeyLine(
            row.id,
            row.name,
            row.made_by,
            row.made_at,
            row.last_used_at,
            row.may_come and is_in_force(row, now),
        )
        for row in rows
    ]


def make_key(session: Session, *, actor: Actor, name: str, now: datetime) -> str:
    """A new key, to be shown once. Raises NotAllowed, Conflict (the name is taken; too many)."""
    require(POLICY, actor, PeoplePermission.KEYS)
    name = " ".join(name.split())
    taken = session.scalars(
        select(ApiKey.name).where(ApiKey.firm_id == actor.firm_id, ApiKey.revoked_at.is_(None))
    ).all()
    if name in taken:
        raise Conflict("There is a key called %(name)s already. Give this one another name.", name=name)
    if len(taken) >= MOST:
        raise Conflict("A firm has %(most)s keys at most. End one that is not needed.", most=MOST)
    secret = BEGINS + secrets.token_urlsafe(32)
    key = ApiKey(
        firm_id=actor.firm_id,
        person_id=actor.person_id,
        name=name,
        secret_hash=token_hash(secret),
        made_at=now,
    )
    session.add(key)
    session.flush()  # the log names it by its id
    record_act(session, actor=actor, act=N_("key made"), subject=str(key.id), detail={"name": name}, now=now)
    return secret


def end_key(session: Session, *, actor: Actor, key_id: uuid.UUID, now: datetime) -> str:
    """End a key at once; its name. Raises NotAllowed, NotFound."""
    require(POLICY, actor, PeoplePermission.KEYS)
    key = session.scalar(
        select(ApiKey).where(
            ApiKey.firm_id == actor.firm_id, ApiKey.id == key_id, ApiKey.revoked_at.is_(None)
        )
    )
    if key is None:
        raise NotFound("There is no such key.")
    key.revoked_at, key.revoked_by_id = now, actor.person_id
    record_act(
        session,
        actor=actor,
        act=N_("key ended"),
        subject=str(key.id),
        detail={"name": key.name},
        now=now,
    )
    return key.name


def come_in(session: Session, *, secret: str, now: datetime) -> Actor | None:
    """Whom a key acts as, while it and its maker's employment last; the session then stands in that firm."""
    with beyond_the_wall(session, "a key says whose it is"):
        key = session.scalar(
            select(ApiKey)
            .join(Firm, Firm.id == ApiKey.firm_id)
            .where(
                ApiKey.secret_hash == token_hash(secret),
                ApiKey.revoked_at.is_(None),
                Firm.closed_at.is_(None),
            )
        )
    if key is None:
        return None
    enter(session, key.firm_id)
    actor = find_actor(session, firm_id=key.firm_id, person_id=key.person_id, now=now)
    if actor is not None and (key.last_used_at is None or key.last_used_at < now - SEEN_EVERY):
        key.last_used_at = now
    return actor
