"""Invitations and resets: a code that an administrator makes, and a person takes up once.

What a firm's link does ends at that firm's door. If the person's own password opens another firm too, the link does not
touch it: it sets a password that opens this firm only. Nothing in the page or the reply differs, so neither the
administrator nor whoever holds the link can tell whether the person is known elsewhere. See docs/decisions/0004.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import Employment, Firm, OneTimeLink, Person
from lms.people.policy import POLICY, PeoplePermission
from lms.people.rules import (
    CODE_LENGTH,
    CODE_LETTERS,
    INVITATION_LASTS,
    RESET_LASTS,
    day_at,
    plain_code,
    token_hash,
)
from lms.people.services.audit import record_act
from lms.people.services.sign_in import checked_hash, end_all_sign_ins, is_right, open_sign_in

GONE = N_("This link was used already or is too old. Ask your administrator for a new one.")


@dataclass(frozen=True)
class MadeLink:
    """A link as it is shown, once."""

    code: str
    purpose: str
    ends_at: datetime
    name: str


@dataclass(frozen=True)
class Entered:
    """What taking a link up came to: a device's token, or the day from which the person may sign in."""

    token: str | None
    starts_on: date


def make_link(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> MadeLink:
    """A link for a person of the actor's firm: an invitation until they have taken one up, a reset after that.

    Earlier links of this firm for them stop working; a reset signs them out at this firm. Raises NotFound, NotAllowed,
    Conflict (they have left).
    """
    found = queries.find_employment(session, actor=actor, person_id=person_id)
    if found is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, PeoplePermission.RESET, found)
    if found.locked_at is not None or _has_left(session, found, now):
        raise Conflict("%(name)s has left. Take them back first.", name=found.name)
    purpose = "reset" if found.accepted else "invitation"
    if purpose == "reset":
        end_all_sign_ins(session, person_id=person_id, firm_id=actor.firm_id, now=now)
    made = write_link(session, actor=actor, employment=found, purpose=purpose, now=now)
    record_act(
        session,
        actor=actor,
        act=f"{purpose} made",
        subject=str(person_id),
        detail={"name": found.name},
        now=now,
    )
    return made


def write_link(
    session: Session, *, actor: Actor, employment: Employment, purpose: str, now: datetime
) -> MadeLink:
    """Write a link; the firm's earlier ones for the person stop working."""
    _end_links(session, firm_id=employment.firm_id, person_id=employment.person_id, now=now)
    code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(CODE_LENGTH))
    ends_at = now + (INVITATION_LASTS if purpose == "invitation" else RESET_LASTS)
    session.add(
        OneTimeLink(
            token_hash=token_hash(code),
            purpose=purpose,
            person_id=employment.person_id,
            firm_id=employment.firm_id,
            made_by_id=actor.person_id,
            created_at=now,
            expires_at=ends_at,
        )
    )
    return MadeLink(code, purpose, ends_at, employment.name)


def _end_links(session: Session, *, firm_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> None:
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.firm_id == firm_id, OneTimeLink.person_id == person_id, OneTimeLink.used_at.is_(None)
        )
        .values(used_at=now)
    )


def _has_left(session: Session, employment: Employment, now: datetime) -> bool:
    firm = session.get_one(Firm, employment.firm_id)
    return employment.ended_on is not None and employment.ended_on < day_at(firm.time_zone, now)


def find_link(session: Session, *, token: str, now: datetime) -> OneTimeLink:
    """The link behind a code. Raises NotFound when it was used, is too old or never was: all told alike."""
    link = session.scalar(
        select(OneTimeLink)
        .join(Firm, Firm.id == OneTimeLink.firm_id)
        .where(
            OneTimeLink.token_hash == token_hash(plain_code(token)),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
            Firm.closed_at.is_(None),
        )
    )
    if link is None:
        raise NotFound(GONE)
    return link


def check_code(session: Session, *, code: str, now: datetime) -> None:
    """Tell a person who typed a code whether it leads anywhere. Raises Invalid, so that the form keeps what they typed."""
    try:
        find_link(session, token=code, now=now)
    except NotFound:
        raise Invalid(
            "That code does not work. Check each letter; a code works once and ends after a while. "
            "Your administrator can give you a new one."
        ) from None


def use_link(session: Session, *, token: str, password: str, user_agent: str, now: datetime) -> Entered:
    """Set the password a link was made for, sign out what it opened, sign this device in.

    Raises NotFound, Conflict, Invalid.
    """
    link = find_link(session, token=token, now=now)
    taken = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise Conflict("This link was just used.")
    firm, person = session.get_one(Firm, link.firm_id), session.get_one(Person, link.person_id)
    with beyond_the_wall(session, "a person takes up a firm's link"):
        employment = session.scalars(
            select(Employment).where(Employment.firm_id == firm.id, Employment.person_id == person.id)
        ).one_or_none()
        if employment is None or employment.locked_at is not None or _has_left(session, employment, now):
            raise NotFound(GONE)
        only_here = _set_password(session, person=person, employment=employment, password=password, now=now)
        employment.accepted = True
        actor = Actor(person.id, firm.id, employment.name, frozenset())
        record_act(
            session,
            actor=actor,
            act=f"{link.purpose} taken up",
            subject=str(person.id),
            detail={"name": employment.name},
            now=now,
        )
        _end_links(session, firm_id=firm.id, person_id=person.id, now=now)
    if employment.started_on > day_at(firm.time_zone, now):
        return Entered(None, employment.started_on)
    device = open_sign_in(
        session,
        person_id=person.id,
        firm_id=firm.id,
        user_agent=user_agent,
        now=now,
        only_here=only_here,
    )
    return Entered(device, employment.started_on)


def _set_password(
    session: Session, *, person: Person, employment: Employment, password: str, now: datetime
) -> bool:
    """Let the password open this firm; whether it opens only this one. The work is the same on every way through.

    Somebody who takes up a first invitation and types the password they have goes on with that one.
    """
    known = is_right(person.password_hash, password) and not employment.accepted
    new = checked_hash(password, person=person, employment=employment)
    if known:
        employment.password_hash = None
        return False
    elsewhere = session.scalar(
        select(Employment.firm_id)
        .where(
            Employment.person_id == person.id,
            Employment.firm_id != employment.firm_id,
            Employment.accepted.is_(True),
        )
        .limit(1)
    )
    if person.password_hash is not None and elsewhere is not None:
        employment.password_hash = new
        end_all_sign_ins(session, person_id=person.id, firm_id=employment.firm_id, now=now)
        return True
    person.password_hash, employment.password_hash = new, None
    end_all_sign_ins(session, person_id=person.id, now=now)
    return False
