"""Shared devices of the floor: registering, revoking, and what the firm decides about signing in."""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import SharedDevice, SignIn, SignInPolicy
from lms.people.policy import POLICY, PeoplePermission
from lms.people.queries.floor import Policy, find_shared_device, find_sign_in_policy
from lms.people.rules import changes, token_hash
from lms.people.services.audit import record_act


def register_device(
    session: Session, *, actor: Actor, name: str, team_id: uuid.UUID | None, now: datetime
) -> str:
    """Register the device in front of the actor as one that people share; its secret, kept nowhere but on the device.

    Raises NotAllowed (a lead registers for a team they lead), NotFound (no such team), Conflict (the name is taken).
    """
    name = " ".join(name.split())
    secret = secrets.token_urlsafe(32)
    if team_id is not None and queries.find_team(session, actor=actor, team_id=team_id) is None:
        raise NotFound("There is no such team.")
    device = SharedDevice(
        firm_id=actor.firm_id,
        name=name,
        team_id=team_id,
        secret_hash=token_hash(secret),
        registered_by_id=actor.person_id,
        registered_at=now,
        wrong_pins=0,
    )
    require(POLICY, actor, PeoplePermission.DEVICES, device)
    taken = session.scalar(
        select(SharedDevice.id).where(
            SharedDevice.firm_id == actor.firm_id,
            SharedDevice.name == name,
            SharedDevice.revoked_at.is_(None),
        )
    )
    if taken is not None:
        raise Conflict("There is a device called %(name)s already. Give this one another name.", name=name)
    session.add(device)
    session.flush()  # the log names it by its id
    record_act(
        session,
        actor=actor,
        act=N_("shared device registered"),
        subject=str(device.id),
        detail={"name": name},
        now=now,
    )
    return secret


def revoke_device(session: Session, *, actor: Actor, device_id: uuid.UUID, now: datetime) -> None:
    """Take a device's registration away; whoever is signed in there is signed out. Raises NotFound, NotAllowed."""
    device = find_shared_device(session, actor=actor, device_id=device_id)
    if device is None:
        raise NotFound("There is no such device.")
    require(POLICY, actor, PeoplePermission.DEVICES, device)
    device.revoked_at, device.revoked_by_id = now, actor.person_id
    session.execute(
        update(SignIn)
        .where(
            SignIn.firm_id == actor.firm_id,
            SignIn.shared_device_id == device_id,
            SignIn.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    record_act(
        session,
        actor=actor,
        act=N_("shared device revoked"),
        subject=str(device_id),
        detail={"name": device.name},
        now=now,
    )


def decide_policy(session: Session, *, actor: Actor, decided: Policy, now: datetime) -> None:
    """Set what the firm decides about signing in. Raises NotAllowed, Invalid."""
    require(POLICY, actor, PeoplePermission.SIGN_IN_POLICY)
    if not 1 <= decided.idle_minutes <= 30:
        raise Invalid("Lock after 1 to 30 minutes.")
    before = find_sign_in_policy(session, firm_id=actor.firm_id)
    changed = changes(vars(before), vars(decided))
    if not changed:
        return
    row = session.scalars(select(SignInPolicy).where(SignInPolicy.firm_id == actor.firm_id)).one_or_none()
    if row is None:
        row = SignInPolicy(firm_id=actor.firm_id)
        session.add(row)
    row.idle_minutes, row.team_list, row.mail_codes = (
        decided.idle_minutes,
        decided.team_list,
        decided.mail_codes,
    )
    row.changed_by_id, row.changed_at = actor.person_id, now
    record_act(
        session,
        actor=actor,
        act=N_("sign-in rules changed"),
        subject=str(actor.firm_id),
        detail={"changed": changed},
        now=now,
    )
