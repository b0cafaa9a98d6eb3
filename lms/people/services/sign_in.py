"""Signing in and out, devices, one-time links, passwords.

Sign-in stands before the wall: who somebody is must be known before their firm is. These services therefore look
at employments through the one named door, and only for the person whose secret was just proved.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import LANGUAGES
from lms.people import queries
from lms.people.models import Employment, Firm, OneTimeLink, Person, SignIn
from lms.people.rules import (
    INVITATION_LASTS,
    RESET_LASTS,
    SIGN_IN_LASTS,
    device_name,
    folded,
    password_problem,
    token_hash,
)

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
    """A person whose password was right, and the firms they may enter."""

    person_id: uuid.UUID
    workplaces: tuple[Workplace, ...]


def hash_password(password: str) -> str:
    """The Argon2id hash that is kept."""
    return _hasher.hash(password)


def prove(session: Session, *, name: str, firm_key: str, password: str, now: datetime) -> Proved:
    """Check who signs in, by e-mail, or by employee number and firm.

    The same work and the same sentence whether or not the account exists. Raises Invalid.
    """
    person, firm = _find_person(session, name=name, firm_key=firm_key)
    try:
        _hasher.verify(person.password_hash if person and person.password_hash else _nobody, password)
    except (VerifyMismatchError, InvalidHashError):
        person = None
    if person is None:
        raise Invalid(
            "That name and password do not match. Check both, or ask your administrator for a code."
        )
    places = _workplaces(session, person_id=person.id, now=now)
    if firm is not None:
        places = tuple(place for place in places if place.firm_id == firm.id)
    if not places:
        raise Invalid(
            "That name and password do not match. Check both, or ask your administrator for a code."
        )
    return Proved(person.id, places)


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


def _workplaces(session: Session, *, person_id: uuid.UUID, now: datetime) -> tuple[Workplace, ...]:
    with beyond_the_wall(session, "the firms a person may enter"):
        rows = session.execute(
            select(Firm.id, Firm.name)
            .join(Employment, Employment.firm_id == Firm.id)
            .where(
                Employment.person_id == person_id,
                Employment.started_on <= now.date(),
                or_(Employment.ended_on.is_(None), Employment.ended_on >= now.date()),
            )
            .order_by(Firm.name)
        ).all()
    return tuple(Workplace(row.id, row.name) for row in rows)


def workplaces(session: Session, *, actor: Actor, now: datetime) -> tuple[Workplace, ...]:
    """The firms the actor may enter."""
    return _workplaces(session, person_id=actor.person_id, now=now)


def open_sign_in(
    session: Session,
    *,
    person_id: uuid.UUID,
    firm_id: uuid.UUID,
    user_agent: str,
    now: datetime,
    language: str | None = None,
) -> str:
    """Sign a device in; returns its token, which is kept nowhere but on the device.

    `language`: what was chosen on the device, which becomes the person's own when they have chosen none.
    """
    token = secrets.token_urlsafe(32)
    if language in LANGUAGES:
        session.execute(
            update(Person).where(Person.id == person_id, Person.language.is_(None)).values(language=language)
        )
    session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person_id,
            firm_id=firm_id,
            device=device_name(user_agent),
            created_at=now,
            last_seen_at=now,
            expires_at=now + SIGN_IN_LASTS,
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
) -> None:
    """Sign a person out everywhere, or everywhere at one firm, or everywhere but on one device."""
    statement = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if firm_id is not None:
        statement = statement.where(SignIn.firm_id == firm_id)
    if but is not None:
        statement = statement.where(SignIn.id != but)
    session.execute(statement.values(ended_at=now))


def switch_firm(
    session: Session, *, actor: Actor, sign_in_id: uuid.UUID, firm_id: uuid.UUID, now: datetime
) -> None:
    """Take the device into another firm the person works at. Raises NotFound."""
    if firm_id not in {place.firm_id for place in _workplaces(session, person_id=actor.person_id, now=now)}:
        raise NotFound("You do not work there.")
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == actor.person_id)
        .values(firm_id=firm_id)
    )


def make_link(session: Session, *, actor: Actor, person_id: uuid.UUID, purpose: str, now: datetime) -> str:
    """A one-time link's secret for a person of the actor's firm; earlier unused ones of that purpose stop working.

    Raises NotFound, or Invalid when the person also works elsewhere: one firm does not reset another's sign-in.
    """
    if queries.find_employment(session, actor=actor, person_id=person_id) is None:
        raise NotFound("There is no such person.")
    if any(place.firm_id != actor.firm_id for place in _workplaces(session, person_id=person_id, now=now)):
        raise Invalid("This person must reset the password from the sign-in page.")
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.person_id == person_id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
        )
        .values(used_at=now)
    )
    token = secrets.token_urlsafe(24)
    lasts = INVITATION_LASTS if purpose == "invitation" else RESET_LASTS
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            purpose=purpose,
            person_id=person_id,
            firm_id=actor.firm_id,
            made_by_id=actor.person_id,
            created_at=now,
            expires_at=now + lasts,
        )
    )
    return token


def find_link(session: Session, *, token: str, now: datetime) -> OneTimeLink:
    """The link behind a secret. Raises NotFound when it was used, is too old or never was: all told alike."""
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == token_hash(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )
    if link is None:
        raise NotFound("This link was used already or is too old. Ask your administrator for a new one.")
    return link


def use_link(session: Session, *, token: str, password: str, user_agent: str, now: datetime) -> str:
    """Set the password a link was made for, sign out everywhere, sign this device in; returns its token.

    Raises NotFound, Invalid.
    """
    link = find_link(session, token=token, now=now)
    taken = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Conflict("This link was just used.")
    _set_password(session, person_id=link.person_id, password=password)
    end_all_sign_ins(session, person_id=link.person_id, now=now)
    return open_sign_in(
        session, person_id=link.person_id, firm_id=link.firm_id, user_agent=user_agent, now=now
    )


def change_password(
    session: Session, *, actor: Actor, old: str, new: str, sign_in_id: uuid.UUID, now: datetime
) -> None:
    """Change one's own password; every other device is signed out. Raises Invalid."""
    person = session.get_one(Person, actor.person_id)
    try:
        _hasher.verify(person.password_hash or _nobody, old)
    except (VerifyMismatchError, InvalidHashError):
        raise Invalid("The present password is not right.") from None
    _set_password(session, person_id=actor.person_id, password=new)
    end_all_sign_ins(session, person_id=actor.person_id, now=now, but=sign_in_id)


def _set_password(session: Session, *, person_id: uuid.UUID, password: str) -> None:
    person = session.get_one(Person, person_id)
    own = tuple(folded(word) for word in (person.email or "", (person.email or "").split("@")[0]))
    if problem := password_problem(password, own_words=own):
        raise Invalid(problem)
    person.password_hash = hash_password(password)
