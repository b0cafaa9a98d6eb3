"""A device that stays signed in: its token is renewed once a day, and a token that comes back from the dead ends it.

The one before opens until the newest was seen, for a reply may be lost on the way to a phone. Once the newest was seen,
the one before in anybody's hands means that two hold it, so neither goes in again.
"""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import and_, or_, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import SignIn
from lms.people.pins import GRACE
from lms.people.rules import token_hash
from lms.people.services.audit import record_act


def renew(session: Session, *, sign_in_id: uuid.UUID, token: str, now: datetime) -> str | None:
    """A new token in place of `token`; none when another request was quicker, or the sign-in is over."""
    new, held = secrets.token_urlsafe(32), token_hash(token)
    lost = and_(SignIn.previous_hash == held, SignIn.confirmed_at.is_(None), SignIn.rotated_at <= now - GRACE)
    done = session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), or_(SignIn.token_hash == held, lost))
        .values(
            token_hash=token_hash(new),
            previous_hash=held,
            rotated_at=now,
            confirmed_at=None,
            last_seen_at=now,
        )
    )
    return new if done.rowcount else None  # type: ignore[attr-defined]


def see_newest(session: Session, *, sign_in_id: uuid.UUID, token: str, now: datetime) -> None:
    """The newest token has come for the first time: the one before opens nothing from soon on."""
    session.execute(
        update(SignIn)
        .where(
            SignIn.id == sign_in_id,
            SignIn.token_hash == token_hash(token),
            SignIn.confirmed_at.is_(None),
        )
        .values(confirmed_at=now)
    )


def see_person(session: Session, *, sign_in_id: uuid.UUID, now: datetime) -> None:
    """Somebody is there: a shared device does not lock yet."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_seen_at=now))


def end_stolen(
    session: Session, *, sign_in_id: uuid.UUID, person_id: uuid.UUID, firm_id: uuid.UUID, now: datetime
) -> None:
    """A token from before came back: end the sign-in, and write it into the firm's log."""
    done = session.execute(
        update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        return
    actor = queries.find_actor(session, firm_id=firm_id, person_id=person_id, now=now)
    themself = actor or Actor(person_id, firm_id, "", frozenset())
    record_act(
        session,
        actor=themself,
        act=N_("signed out because an old key of the device was used"),
        subject=str(person_id),
        detail={"name": themself.name},
        now=now,
    )
