"""A code by e-mail that signs somebody in: six digits, ten minutes, once, in the browser that asked.

A row is written for an unknown address too, and every refusal is one sentence with one Argon2id check behind it, so
that nobody learns which addresses are known. A try is counted before the code is looked at.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.ids import new_id
from lms.foundation.jobs import Order, enqueue
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import Firm, MailCode, Person, SignInPolicy
from lms.people.pins import (
    MAIL_CODE_LASTS,
    MAIL_CODE_TRIES,
    MAIL_CODES_AN_HOUR,
    MOST_WRONG_MAIL_CODES,
)
from lms.people.rules import token_hash
from lms.people.services.sign_in import Proved, hash_password, is_right, places_of_own_password

MAILING = "mail a sign-in code"
REFUSED = N_("That code does not work. It works once, for ten minutes, in the browser that asked for it.")
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Addressee:
    """Who a code goes to."""

    email: str
    language: str


@dataclass(frozen=True)
class CodeTry:
    """One try that has been counted. `code_hash`: none when nothing it could match may be opened."""

    id: uuid.UUID | None
    person_id: uuid.UUID | None
    code_hash: str | None


def ask_for_code(session: Session, *, email: str, now: datetime) -> str:
    """Have a code sent, when the address is somebody's and all firms they would enter allow it.

    What the asking browser must hold comes back in any case.
    """
    session.execute(delete(MailCode).where(MailCode.created_at < now - KEPT_FOR))
    person = queries.find_person_by_email(session, email=email)
    firm_id = _door(session, person, now) if person else None
    token = secrets.token_urlsafe(24)
    row = MailCode(
        id=new_id(),
        ask_hash=token_hash(token),
        person_id=person.id if person and firm_id else None,
        created_at=now,
        expires_at=now + MAIL_CODE_LASTS,
        tries=0,
    )
    session.add(row)
    session.flush()  # the job points at it
    if person and firm_id:
        with beyond_the_wall(session, "a sign-in code is sent to somebody who is not signed in"):
            order = Order(new_id(), MAILING, "", {"ask_id": str(row.id)})
            enqueue(session, order, actor=Actor(person.id, firm_id, "", frozenset()), now=now)
    return token


def _door(session: Session, person: Person, now: datetime) -> uuid.UUID | None:
    """The first firm a code would open; none when any firm forbids it, or too many were asked for or typed wrong."""
    places = places_of_own_password(session, person_id=person.id, now=now)
    with beyond_the_wall(session, "whether a person's firms let a code by e-mail in"):
        allowing = set(
            session.scalars(
                select(SignInPolicy.firm_id).where(
                    SignInPolicy.firm_id.in_([place.firm_id for place in places]),
                    SignInPolicy.mail_codes.is_(True),
                )
            )
        )
    if not places or any(place.firm_id not in allowing for place in places):
        return None
    last_used = select(func.max(MailCode.created_at)).where(
        MailCode.person_id == person.id, MailCode.used_at.is_not(None)
    )
    since = session.scalar(last_used) or now - KEPT_FOR
    asked, wrong = session.execute(
        select(
            func.count(MailCode.id).filter(MailCode.created_at > now - timedelta(hours=1)),
            func.coalesce(func.sum(MailCode.tries).filter(MailCode.created_at > since), 0),
        ).where(MailCode.person_id == person.id)
    ).one()
    return None if asked >= MAIL_CODES_AN_HOUR or wrong >= MOST_WRONG_MAIL_CODES else places[0].firm_id


def find_addressee(
    session: Session, *, ask_id: uuid.UUID, firm_id: uuid.UUID, now: datetime
) -> Addressee | None:
    """Who the code that was asked for goes to; nobody when it is too late or was used."""
    row = session.execute(
        select(Person.email, Person.language)
        .join(MailCode, MailCode.person_id == Person.id)
        .where(MailCode.id == ask_id, MailCode.used_at.is_(None), MailCode.expires_at > now)
    ).one_or_none()
    if row is None or row.email is None:
        return None
    language = row.language or session.scalar(select(Firm.language).where(Firm.id == firm_id))
    return Addressee(row.email, language or "en")


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def keep_code(session: Session, *, ask_id: uuid.UUID, code: str) -> None:
    """Let this code open what was asked for, and no code sent before."""
    session.execute(update(MailCode).where(MailCode.id == ask_id).values(code_hash=hash_password(code)))


def count_code_try(session: Session, *, token: str, now: datetime) -> CodeTry:
    """Count a try before it is looked at. Commit it whatever comes after."""
    held = token_hash(token)
    counted = session.execute(
        update(MailCode)
        .where(
            MailCode.ask_hash == held,
            MailCode.tries < MAIL_CODE_TRIES,
            MailCode.used_at.is_(None),
            MailCode.expires_at > now,
        )
        .values(tries=MailCode.tries + 1)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(
        select(MailCode.id, MailCode.person_id, MailCode.code_hash).where(MailCode.ask_hash == held)
    ).one_or_none()
    if not counted.rowcount or row is None:  # type: ignore[attr-defined]
        return CodeTry(None, None, None)
    return CodeTry(row.id, row.person_id, row.code_hash)


def check_mail_code(tried: CodeTry, code: str) -> None:
    """The same work whether or not there is a code to match. Raises Invalid, always in the same words."""
    if not is_right(tried.code_hash, code) or tried.person_id is None:
        raise Invalid(REFUSED)


def use_mail_code(session: Session, *, tried: CodeTry, now: datetime) -> Proved:
    """Take the code up, once. Raises Invalid."""
    done = session.execute(
        update(MailCode)
        .where(MailCode.id == tried.id, MailCode.used_at.is_(None), MailCode.expires_at > now)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    person = session.get(Person, tried.person_id) if tried.person_id else None
    if not done.rowcount or person is None:  # type: ignore[attr-defined]
        raise Invalid(REFUSED)
    places = places_of_own_password(session, person_id=person.id, now=now)
    if not places:
        raise Invalid(REFUSED)
    return Proved(person.id, places)
