"""Signing a shared device in from one's own phone: the device shows a QR code, the phone says yes, the device goes in."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.words import N_
from lms.people.models import SharedDevice, SignInRequest
from lms.people.pins import CLAIM_LASTS, REQUEST_LASTS
from lms.people.queries.floor import FloorDevice
from lms.people.rules import token_hash
from lms.people.services.audit import record_act

GONE = N_("This code does not work any more. Show a new one on the PC and scan that.")


@dataclass(frozen=True)
class Asking:
    """What the phone is asked: which device, and the two digits that stand on its screen."""

    device_name: str
    digits: str


@dataclass(frozen=True)
class Standing:
    """Where a request stands for the device that made it."""

    digits: str
    approved: bool


def ask(session: Session, *, device: FloorDevice, now: datetime) -> str:
    """Make a request for this device; its token. Earlier ones of the device stop working."""
    session.execute(
        delete(SignInRequest).where(
            SignInRequest.firm_id == device.firm_id,
            SignInRequest.shared_device_id == device.id,
            SignInRequest.used_at.is_(None),
        )
    )
    token = secrets.token_urlsafe(24)
    session.add(
        SignInRequest(
            firm_id=device.firm_id,
            shared_device_id=device.id,
            token_hash=token_hash(token),
            digits=secrets.randbelow(90) + 10,
            created_at=now,
            expires_at=now + REQUEST_LASTS,
        )
    )
    return token


def standing(session: Session, *, device: FloorDevice, token: str, now: datetime) -> Standing:
    """Where the device's own request stands. Raises NotFound: used, too old, another device's, never made."""
    row = session.scalars(
        select(SignInRequest).where(
            SignInRequest.firm_id == device.firm_id,
            SignInRequest.shared_device_id == device.id,
            SignInRequest.token_hash == token_hash(token),
            SignInRequest.used_at.is_(None),
        )
    ).one_or_none()
    fresh = row is not None and (row.approved_at + CLAIM_LASTS if row.approved_at else row.expires_at) > now
    if row is None or not fresh:
        raise NotFound(GONE)
    return Standing(f"{row.digits:02}", row.approved_at is not None)


def asking(session: Session, *, actor: Actor, token: str, now: datetime) -> Asking:
    """What a scanned code asks the actor. Raises NotFound: used, too old, another firm's, never made, all told alike."""
    _request, device = _open_request(session, actor, token, now)
    return Asking(device.name, f"{_request.digits:02}")


def approve(session: Session, *, actor: Actor, token: str, now: datetime) -> None:
    """Say yes: the device that asked goes in as the actor. Once. Raises NotFound."""
    request, device = _open_request(session, actor, token, now)
    done = session.execute(
        update(SignInRequest)
        .where(
            SignInRequest.firm_id == actor.firm_id,
            SignInRequest.id == request.id,
            SignInRequest.approved_at.is_(None),
        )
        .values(approved_at=now, approved_by_id=actor.person_id)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise NotFound(GONE)
    record_act(
        session,
        actor=actor,
        act=N_("signed a shared device in by phone"),
        subject=str(actor.person_id),
        detail={"name": actor.name, "device": device.name},
        now=now,
    )


def _open_request(
    session: Session, actor: Actor, token: str, now: datetime
) -> tuple[SignInRequest, SharedDevice]:
    row = session.execute(
        select(SignInRequest, SharedDevice)
        .join(
            SharedDevice,
            (SharedDevice.firm_id == SignInRequest.firm_id)
            & (SharedDevice.id == SignInRequest.shared_device_id),
        )
        .where(
            SignInRequest.firm_id == actor.firm_id,
            SignInRequest.token_hash == token_hash(token),
            SignInRequest.approved_at.is_(None),
            SignInRequest.expires_at > now,
            SharedDevice.revoked_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(GONE)
    return row.SignInRequest, row.SharedDevice


def claim(session: Session, *, device: FloorDevice, token: str, now: datetime) -> uuid.UUID:
    """The device goes in: who said yes. Once, and soon after the yes. Raises NotFound."""
    if not standing(session, device=device, token=token, now=now).approved:
        raise NotFound(GONE)
    mine = (
        SignInRequest.firm_id == device.firm_id,
        SignInRequest.shared_device_id == device.id,
        SignInRequest.token_hash == token_hash(token),
    )
    who = session.scalars(select(SignInRequest.approved_by_id).where(*mine)).one()
    done = session.execute(
        update(SignInRequest)
        .where(*mine, SignInRequest.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount or who is None:  # type: ignore[attr-defined]
        raise NotFound(GONE)
    return who
