"""Signing in and out, devices, passwords.

Sign-in stands before the wall: who somebody is must be known before their firm is. These services therefore look
at employments through the one named door, and only for the person whose secret was just proved.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import LANGUAGES
from lms.people import queries
from lms.people.models import Employment, Firm, Person, SignIn
from lms.people.pins import SHARED_SIGN_IN_LASTS, SHORT_SIGN_IN_LASTS
from lms.people.queries.floor import FloorDevice
from lms.people.rules import SIGN_IN_LASTS, device_name, folded, password_problem, token_hash

# OWASP's minimum for Argon2id (19 MiB, 2 passes, 1 lane): a shift that starts is a storm of sign-ins.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_nobody = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Workplace:
    """One firm a person works at now."""

    firm_id: uuid.UUID
    firm_name: str


@dataclass(frozen=True)
class Proved:
    """A person whose password was right, and the firms it opens. `only_here`: one firm's own password did."""

    person_id: uuid.UUID
    workplaces: tuple[Workplace, ...]
    only_here: bool = False


@dataclass(frozen=True)
class _Lock:
    """A password that is kept, and what it opens."""

    password_hash: str
    opens: Proved


@dataclass(frozen=True)
class Way:
    """How somebody comes in. `remembered`: on their own device, for thirty days; `device`: a shared one, which locks."""

    method: str = "password"
    remembered: bool = True
    device: FloorDevice | None = None

    def lasts(self) -> timedelta:
        """How long the sign-in lasts at most."""
        if self.device is not None:
            return SHARED_SIGN_IN_LASTS
        return SIGN_IN_LASTS if self.remembered else SHORT_SIGN_IN_LASTS


LEAST_WORK = 2
"""Passwords tried before saying no. A person may have two (their own, and one that opens one firm only): whoever fails
must not learn from the clock how many there are, or whether there is an account at all."""


def hash_password(password: str) -> str:
    """The Argon2id hash that is kept."""
    return _hasher.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether the password fits the hash that is kept; the same work when nothing is kept."""
    try:
        return _hasher.verify(kept or _nobody, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def prove(session: Session, *, name: str, firm_key: str, password: str, now: datetime) -> Proved:
    """Check who signs in, by e-mail, or by employee number and firm.

    The same work and the same sentence whether or not the account exists. Raises Invalid.
    """
    person, firm = _find_person(session, name=name, firm_key=firm_key)
    locks = _locks(session, person=person, firm=firm, now=now) if person else []
    for lock in locks:
        if is_right(lock.password_hash, password):
            return lock.opens
    for _missing in range(LEAST_WORK - len(locks)):
        is_right(None, password)
    raise Invalid("That name and password do not match. Check both, or ask your administrator for a code.")


def _find_person(session: Session, *, name: str, firm_key: str) -> tuple[Person | None, Firm | None]:
    firm = queries.find_firm(session, key=firm_key) if firm_key.strip() else None
    if "@" in name:
        return queries.find_person_by_email(session, email=name), firm
    if firm is None:
        return None, None
    with beyond_the_wall(session, "sign-in by employee number"):
        person = session.scalar(
            select(Person)
            .join(Employment, Employment.person_id == Person.id)
            .where(Employment.firm_id == firm.id, Employment.employee_number == name.strip())
        )
    return person, firm


def _locks(session: Session, *, person: Person, firm: Firm | None, now: datetime) -> list[_Lock]:
    """The passwords that open something: those of one firm first, then the person's own."""
    places = _workplaces(session, person_id=person.id, now=now)
    if firm is not None:
        places = [place for place in places if place[0].firm_id == firm.id]
    locks = [_Lock(kept, Proved(person.id, (place,), only_here=True)) for place, kept in places if kept]
    shared = tuple(place for place, kept in places if kept is None)
    if shared and person.password_hash:
        locks.append(_Lock(person.password_hash, Proved(person.id, shared)))
    return locks


def _workplaces(
    session: Session, *, person_id: uuid.UUID, now: datetime
) -> list[tuple[Workplace, str | None]]:
    """Where a person works today and has accepted to, each with the password that opens it alone."""
    with beyond_the_wall(session, "the firms a person may enter"):
        rows = session.execute(
            select(
                Firm.id,
                Firm.name,
                Firm.time_zone,
                Employment.started_on,
                Employment.ended_on,
                Employment.password_hash,
            )
            .join(Employment, Employment.firm_id == Firm.id)
            .where(
                Employment.person_id == person_id,
                Employment.accepted.is_(True),
                Employment.locked_at.is_(None),
                Firm.closed_at.is_(None),
            )
            .order_by(Firm.name)
        ).all()
    return [(Workplace(row.id, row.name), row.password_hash) for row in rows if queries.is_in_force(row, now)]


def places_of_own_password(session: Session, *, person_id: uuid.UUID, now: datetime) -> tuple[Workplace, ...]:
    """The firms that what is the person's own opens; a firm with a password of its own is none of them."""
    return tuple(place for place, kept in _workplaces(session, person_id=person_id, now=now) if kept is None)


def place_of_firm(
    session: Session, *, person_id: uuid.UUID, firm_id: uuid.UUID, now: datetime
) -> Workplace | None:
    """One firm, while the person may enter it."""
    places = _workplaces(session, person_id=person_id, now=now)
    return next((place for place, _kept in places if place.firm_id == firm_id), None)


def workplaces(
    session: Session, *, actor: Actor, now: datetime, only_here: bool = False
) -> tuple[Workplace, ...]:
    """The firms the actor may enter without proving anything more. `only_here`: this one, by its own password."""
    places = _workplaces(session, person_id=actor.person_id, now=now)
    if only_here:
        return tuple(place for place, _kept in places if place.firm_id == actor.firm_id)
    return tuple(place for place, kept in places if kept is None)


def open_sign_in(
    session: Session,
    *,
    person_id: uuid.UUID,
    firm_id: uuid.UUID,
    user_agent: str,
    now: datetime,
    only_here: bool = False,
    language: str | None = None,
    way: Way = Way(),
) -> str:
    """Sign a device in; returns its token, which is kept nowhere but on the device.

    `language`: what was chosen on the device, which becomes the person's own when they have chosen none. A shared
    device opens its own firm only, and ends whoever was signed in there before.
    """
    device = way.device
    if device is not None:
        firm_id, only_here = device.firm_id, True
        session.execute(
            update(SignIn)
            .where(SignIn.shared_device_id == device.id, SignIn.ended_at.is_(None))
            .values(ended_at=now)
        )
    token = secrets.token_urlsafe(32)
    here = None
    if device is not None:  # what was chosen on it is nobody's own
        here = session.scalar(select(Person.language).where(Person.id == person_id))
    elif language in LANGUAGES:
        session.execute(
            update(Person).where(Person.id == person_id, Person.language.is_(None)).values(language=language)
        )
    session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person_id,
            firm_id=firm_id,
            device=device.name if device else device_name(user_agent),
            created_at=now,
            last_seen_at=now,
            expires_at=now + way.lasts(),
            only_here=only_here,
            language=here,
            method=way.method,
            remembered=way.remembered and device is None,
            shared_device_id=device.id if device else None,
            idle_minutes=device.policy.idle_minutes if device else None,
        )
    )
    return token


def end_sign_in(session: Session, *, actor: Actor, sign_in_id: uuid.UUID, now: datetime) -> None:
    """Sign one of the actor's own devices out. Raises NotFound."""
    done = session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == actor.person_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise NotFound("That device is not signed in.")


def end_all_sign_ins(
    session: Session,
    *,
    person_id: uuid.UUID,
    now: datetime,
    firm_id: uuid.UUID | None = None,
    but: uuid.UUID | None = None,
    only_here: bool | None = None,
) -> None:
    """Sign a person out: everywhere, at one firm, but on one device, by one kind of password (and on shared devices)."""
    statement = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if firm_id is not None:
        statement = statement.where(SignIn.firm_id == firm_id)
    if but is not None:
        statement = statement.where(SignIn.id != but)
    if only_here is not None:
        shared = SignIn.shared_device_id.is_not(None)
        statement = statement.where(or_(SignIn.only_here.is_(only_here), shared))
    session.execute(statement.values(ended_at=now))


def switch_firm(
    session: Session,
    *,
    actor: Actor,
    sign_in_id: uuid.UUID,
    firm_id: uuid.UUID,
    now: datetime,
    only_here: bool = False,
) -> None:
    """Take the device into another firm the person works at. Raises NotFound."""
    places = workplaces(session, actor=actor, now=now, only_here=only_here)
    if firm_id not in {place.firm_id for place in places}:
        raise NotFound("You do not work there.")
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == actor.person_id)
        .values(firm_id=firm_id)
    )


def change_password(
    session: Session,
    *,
    actor: Actor,
    old: str,
    new: str,
    sign_in_id: uuid.UUID,
    now: datetime,
    only_here: bool = False,
) -> None:
    """Change the password one came by; every other device it opened is signed out. Raises Invalid."""
    person = session.get_one(Person, actor.person_id)
    employment = queries.find_employment(session, actor=actor, person_id=actor.person_id)
    owner = employment if only_here and employment is not None else person
    if not is_right(owner.password_hash, old):
        raise Invalid("The present password is not right.")
    owner.password_hash = checked_hash(new, person=person, employment=employment)
    end_all_sign_ins(
        session,
        person_id=actor.person_id,
        now=now,
        firm_id=actor.firm_id if only_here else None,
        but=sign_in_id,
        only_here=only_here,
    )


def checked_hash(password: str, *, person: Person, employment: Employment | None) -> str:
    """The hash of a password that may be taken. Raises Invalid."""
    email = person.email or ""
    words = [email, email.split("@")[0]]
    if employment is not None:
        words += [employment.name, employment.employee_number or ""]
    if problem := password_problem(password, own_words=tuple(folded(word) for word in words)):
        raise Invalid(problem)
    return hash_password(password)
