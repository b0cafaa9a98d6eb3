"""PINs on shared devices: setting one, and signing in with it.

A guesser is counted before the PIN is looked at, in a transaction of its own, so that a hundred tries at once are a
hundred tries. Every refusal is one sentence, with one Argon2id check behind it, whatever the reason.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import Employment, Pin, SharedDevice
from lms.people.pins import (
    DEVICE_FORGETS,
    WRONG_BEFORE_GONE,
    pin_problem,
    wait_of_device,
    wait_of_person,
)
from lms.people.queries.floor import FloorDevice
from lms.people.rules import day_at
from lms.people.services.audit import record_act
from lms.people.services.sign_in import hash_password, is_right

REFUSED = N_(
    "That does not match, or it was tried too often. Check your number and PIN, or wait a while. Your phone can sign you in too."
)


@dataclass(frozen=True)
class Try:
    """One try that has been counted. `pin_hash`: none when nothing it could match may be opened."""

    person_id: uuid.UUID | None
    pin_hash: str | None


def set_pin(session: Session, *, actor: Actor, pin: str, now: datetime) -> None:
    """Set the actor's PIN at this firm, or another one. Raises Invalid, Conflict (nobody could type it with a number)."""
    employment = queries.find_employment(session, actor=actor, person_id=actor.person_id)
    if employment is None or not employment.employee_number:
        raise Conflict("You have no employee number here, and a PIN goes with one. Ask your administrator.")
    if problem := pin_problem(pin, own=[employment.employee_number]):
        raise Invalid(problem)
    row = _pin(session, actor.firm_id, actor.person_id)
    if row is None:
        row = Pin(firm_id=actor.firm_id, person_id=actor.person_id)
        session.add(row)
    row.pin_hash, row.set_at, row.wrong_pins, row.waits_until = hash_password(pin), now, 0, None
    _log(session, actor, N_("PIN set"), now)


def drop_pin(session: Session, *, actor: Actor, now: datetime) -> None:
    """Take the actor's PIN away. Raises Conflict when there is none."""
    row = _pin(session, actor.firm_id, actor.person_id)
    if row is None:
        raise Conflict("You have no PIN here.")
    session.delete(row)
    _log(session, actor, N_("PIN taken away"), now)


def _pin(session: Session, firm_id: uuid.UUID, person_id: uuid.UUID) -> Pin | None:
    return session.scalars(
        select(Pin).where(Pin.firm_id == firm_id, Pin.person_id == person_id)
    ).one_or_none()


def _log(session: Session, actor: Actor, act: str, now: datetime) -> None:
    record_act(
        session, actor=actor, act=act, subject=str(actor.person_id), detail={"name": actor.name}, now=now
    )


def count_try(
    session: Session, *, device: FloorDevice, number: str, person_id: uuid.UUID | None, now: datetime
) -> Try:
    """Count a try as a wrong one, before it is looked at. Commit it whatever comes after.

    `person_id`: who was chosen from the team's list, where the firm shows one; else the typed `number` says who.
    """
    here = session.scalars(
        select(SharedDevice)
        .where(SharedDevice.firm_id == device.firm_id, SharedDevice.id == device.id)
        .with_for_update()
    ).one()
    closed = here.waits_until is not None and here.waits_until > now
    if not closed:
        lately = here.wrong_pin_at is not None and now - here.wrong_pin_at < DEVICE_FORGETS
        here.wrong_pins = here.wrong_pins + 1 if lately else 1
        here.wrong_pin_at = now
        here.waits_until = now + wait_of_device(here.wrong_pins)
    who = Employment.person_id == person_id if person_id else Employment.employee_number == number.strip()
    found = session.execute(
        select(Employment.person_id, Employment.name, Employment.started_on, Employment.ended_on, Pin)
        .join(Pin, (Pin.firm_id == Employment.firm_id) & (Pin.person_id == Employment.person_id))
        .where(
            Employment.firm_id == device.firm_id,
            who,
            Employment.accepted.is_(True),
            Employment.locked_at.is_(None),
        )
        .with_for_update(of=Pin)
    ).one_or_none()
    today = day_at(device.time_zone, now)
    if (
        found is None
        or closed
        or found.started_on > today
        or (found.ended_on is not None and found.ended_on < today)
    ):
        return Try(None, None)
    pin: Pin = found.Pin
    if pin.wrong_pins >= WRONG_BEFORE_GONE or (pin.waits_until is not None and pin.waits_until > now):
        return Try(None, None)
    pin.wrong_pins += 1
    pin.waits_until = now + wait_of_person(pin.wrong_pins)
    if pin.wrong_pins >= WRONG_BEFORE_GONE:
        themself = Actor(found.person_id, device.firm_id, found.name, frozenset())
        _log(session, themself, N_("PIN closed after too many wrong tries"), now)
    return Try(found.person_id, pin.pin_hash)


def check_pin(tried: Try, pin: str) -> uuid.UUID:
    """Whose PIN it is; the same work whether or not there is one. Raises Invalid, always in the same words."""
    if not is_right(tried.pin_hash, pin) or tried.person_id is None:
        raise Invalid(REFUSED)
    return tried.person_id


def forget_wrong_tries(session: Session, *, device: FloorDevice, person_id: uuid.UUID) -> None:
    """The PIN was right: its owner begins from nought, and the device takes this one try back.

    The device does not begin from nought: whoever has a PIN of their own could guess others' for ever.
    """
    session.execute(
        update(Pin)
        .where(Pin.firm_id == device.firm_id, Pin.person_id == person_id)
        .values(wrong_pins=0, waits_until=None)
    )
    session.execute(
        update(SharedDevice)
        .where(
            SharedDevice.firm_id == device.firm_id, SharedDevice.id == device.id, SharedDevice.wrong_pins > 0
        )
        .values(wrong_pins=SharedDevice.wrong_pins - 1, waits_until=None)
    )
