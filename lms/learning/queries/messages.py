"""What somebody wants to be told on their phone, and the browsers that may be told it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.learning.models import MessageBrowser, MessageWish
from lms.learning.queries.calendar import Day
from lms.learning.rules.messages import Peace, Wish
from lms.people import queries as people
from lms.people.models import SignIn

SEND = "send a message"
"""The kind of the job that sends one; see `foundation.jobs.OF_ONES_OWN`."""


def find_wish(session: Session, *, actor: Actor, for_update: bool = False) -> MessageWish | None:
    """What the actor wants to be told; none when nothing."""
    statement = select(MessageWish).where(
        MessageWish.firm_id == actor.firm_id, MessageWish.person_id == actor.person_id
    )
    return session.scalar(statement.with_for_update() if for_update else statement)


def wish_of(row: MessageWish) -> Wish:
    """The same as the rules have it."""
    breaks = tuple(one for one in (row.first_break, row.second_break) if one is not None)
    return Wish(row.cards, row.goal, row.hour, row.shift_ends, breaks)


def list_browsers(session: Session, *, actor: Actor, now: datetime) -> Sequence[MessageBrowser]:
    """The actor's browsers that may be told something: still signed in, at this firm, and no shared device."""
    return session.scalars(
        select(MessageBrowser)
        .join(SignIn, SignIn.id == MessageBrowser.sign_in_id)
        .where(
            MessageBrowser.firm_id == actor.firm_id,
            MessageBrowser.person_id == actor.person_id,
            _is_open(actor, now),
        )
        .order_by(MessageBrowser.said_at, MessageBrowser.sign_in_id)
    ).all()


def list_kept_browsers(session: Session, *, actor: Actor, now: datetime) -> Sequence[MessageBrowser]:
    """The actor's browsers whose sign-in goes on, also while it is at another firm of theirs and nothing is sent."""
    return session.scalars(
        select(MessageBrowser)
        .join(SignIn, SignIn.id == MessageBrowser.sign_in_id)
        .where(
            MessageBrowser.firm_id == actor.firm_id,
            MessageBrowser.person_id == actor.person_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
        )
    ).all()


def _is_open(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(
        SignIn.person_id == actor.person_id,
        SignIn.firm_id == actor.firm_id,
        SignIn.ended_at.is_(None),
        SignIn.expires_at > now,
        SignIn.shared_device_id.is_(None),
    )


def find_browser(session: Session, *, actor: Actor, sign_in_id: uuid.UUID) -> MessageBrowser | None:
    """The browser of one of the actor's sign-ins, when it said yes."""
    return session.scalar(
        select(MessageBrowser).where(
            MessageBrowser.firm_id == actor.firm_id,
            MessageBrowser.person_id == actor.person_id,
            MessageBrowser.sign_in_id == sign_in_id,
        )
    )


def has_own_device(session: Session, *, actor: Actor, sign_in_id: uuid.UUID, now: datetime) -> bool:
    """Whether a sign-in is the actor's, open, at this firm, and on no shared device."""
    found = session.scalar(select(SignIn.id).where(SignIn.id == sign_in_id, _is_open(actor, now)))
    return found is not None


def find_peace(session: Session, *, actor: Actor, day: Day) -> Peace:
    """What keeps the actor in peace. One statement."""
    away = people.list_days_away(session, firm_id=actor.firm_id, person_ids=[actor.person_id])
    return Peace(day.zone, day.terms, day.calendar, [(since, until) for _person, since, until in away])
