"""Messages to somebody's own phone: saying yes, saying no, and what is noted when one was sent."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.jobs import Job, JobState, Order, enqueue
from lms.foundation.policy import require
from lms.foundation.push import Browser, check_browser
from lms.foundation.words import N_
from lms.learning.models import MessageBrowser, MessageWish
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import messages as queries
from lms.learning.queries.calendar import find_day
from lms.learning.rules.messages import Say, Wish, in_window, may_disturb, next_moment

MOST_TRIES = 4
"""So often a message is tried on one day while the services cannot take it."""
SPREAD = 1800
"""Within so many seconds people's messages are spread, each person's at the same one."""
NO_SUCH = N_("This browser gets no messages.")


@dataclass(frozen=True)
class Here:
    """The browser that asks: the sign-in there, where it says it can be told, and the services that may be called."""

    sign_in_id: uuid.UUID
    browser: Browser | None
    hosts: Sequence[str]


def ask_for_messages(session: Session, *, actor: Actor, wish: Wish, here: Here, now: datetime) -> MessageWish:
    """Say what the actor wants to be told, and that this browser may be told it. Nobody else learns of it.

    Raises NotFound (no device of the actor's own), Invalid (nothing chosen, no address, or no permitted moment).
    """
    require(POLICY, actor, LearningPermission.LEARN)
    if not queries.has_own_device(session, actor=actor, sign_in_id=here.sign_in_id, now=now):
        raise NotFound(NO_SUCH)
    if not wish.says_something:
        raise Invalid("Choose what you want to be told, or stop the messages.")
    row = queries.find_wish(session, actor=actor, for_update=True)
    peace = queries.find_peace(session, actor=actor, day=find_day(session, actor=actor, now=now))
    if not peace.terms.reminds:
        raise Invalid("Your firm sends no reminders, so nothing would come.")
    if next_moment(now, wish=wish, peace=peace, sent_on=row.sent_on if row else None) is None:
        raise Invalid("At that hour nothing may be sent: it is quiet then. Choose another one.")
    row = row or _first_wish(session, actor, wish, now)
    kept = queries.find_browser(session, actor=actor, sign_in_id=here.sign_in_id)
    if here.browser is not None:
        _keep_browser(session, actor, kept, here, here.browser, now)
    elif kept is None:
        raise Invalid(
            "This browser has not said where messages should go. Try again, and let it show notifications."
        )
    row.cards, row.goal, row.hour, row.shift_ends = wish.cards, wish.goal, wish.hour, wish.shift_ends
    row.first_break, row.second_break = (*wish.breaks, None, None)[:2]
    row.said_at = now
    session.flush()  # the next order looks at it
    order_next(session, actor=actor, now=now)
    return row


def _first_wish(session: Session, actor: Actor, wish: Wish, now: datetime) -> MessageWish:
    row = MessageWish(
        firm_id=actor.firm_id,
        person_id=actor.person_id,
        cards=wish.cards,
        goal=wish.goal,
        hour=wish.hour,
        said_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same yes arrived at the same moment
        found = queries.find_wish(session, actor=actor, for_update=True)
        if found is None:
            raise
        return found
    return row


def _keep_browser(
    session: Session,
    actor: Actor,
    kept: MessageBrowser | None,
    here: Here,
    browser: Browser,
    now: datetime,
) -> None:
    browser = check_browser(browser, here.hosts)
    if kept is None:
        kept = MessageBrowser(
            firm_id=actor.firm_id, sign_in_id=here.sign_in_id, person_id=actor.person_id, said_at=now
        )
        session.add(kept)
    kept.endpoint, kept.p256dh, kept.auth = browser.endpoint, browser.p256dh, browser.auth


def renew_browser(session: Session, *, actor: Actor, here: Here, now: datetime) -> None:
    """The browser has another address now. Only for one that said yes. Raises NotFound, Invalid."""
    kept = queries.find_browser(session, actor=actor, sign_in_id=here.sign_in_id)
    if (
        kept is None
        or here.browser is None
        or not queries.has_own_device(session, actor=actor, sign_in_id=here.sign_in_id, now=now)
    ):
        raise NotFound(NO_SUCH)
    _keep_browser(session, actor, kept, here, here.browser, now)


def stop_messages(session: Session, *, actor: Actor) -> None:
    """Send the actor nothing more, in no browser. Said twice it is the same."""
    firm, person = actor.firm_id, actor.person_id
    for table in (MessageWish, MessageBrowser):
        session.execute(delete(table).where(table.firm_id == firm, table.person_id == person))
    _take_orders_back(session, actor)


def _take_orders_back(session: Session, actor: Actor) -> None:
    """Also what is over: nobody need be able to read when somebody was told something."""
    session.execute(
        delete(Job)
        .where(
            Job.firm_id == actor.firm_id,
            Job.kind == queries.SEND,
            Job.asked_by_id == actor.person_id,
            Job.state != JobState.RUNNING,
        )
        .execution_options(synchronize_session=False)
    )


def order_next(
    session: Session, *, actor: Actor, now: datetime, tries: int = 0, not_before: datetime | None = None
) -> datetime | None:
    """Have it looked at the next permitted moment whether there is something to say; when that is.

    There is never more than one such order: whoever calls this holds the lock on the row of the wish.
    None when the actor wants nothing, or no browser of theirs is kept.
    A look that fell due when nothing may be sent within two weeks comes again in a week.
    """
    row = queries.find_wish(session, actor=actor)
    _take_orders_back(session, actor)
    if row is None or not queries.list_kept_browsers(session, actor=actor, now=now):
        return None
    peace = queries.find_peace(session, actor=actor, day=find_day(session, actor=actor, now=now))
    after = not_before or now
    at = next_moment(after, wish=queries.wish_of(row), peace=peace, sent_on=row.sent_on)
    if at is not None and not tries:
        spread, wish = at + timedelta(seconds=actor.person_id.int % SPREAD), queries.wish_of(row)
        if may_disturb(spread, wish=wish, peace=peace, sent_on=row.sent_on) and in_window(
            spread, wish=wish, peace=peace, sent_on=row.sent_on
        ):
            at = spread
    at = at or after + timedelta(days=7)
    order = Order(new_id(), queries.SEND, "", {"tries": tries}, at=at)
    enqueue(session, order, actor=actor, now=now)
    return at


def note_sent(
    session: Session, *, actor: Actor, said: Say, day: date, monday: date, gone: Collection[uuid.UUID]
) -> None:
    """Note that something was said (or nothing) at or after the chosen hour of a day, and forget the browsers that are gone."""
    row = queries.find_wish(session, actor=actor, for_update=True)
    if row is not None and said is not Say.NOTHING:
        row.sent_on = day
        if said in (Say.GOAL, Say.BOTH):
            row.goal_week = monday
    session.execute(
        delete(MessageBrowser).where(
            MessageBrowser.firm_id == actor.firm_id,
            MessageBrowser.person_id == actor.person_id,
            MessageBrowser.sign_in_id.in_(gone),
        )
    )


def forget_signed_out(session: Session, *, actor: Actor, now: datetime) -> None:
    """Forget the browsers of the actor whose sign-in has ended; a wish that no browser is left for goes too."""
    alive = [one.sign_in_id for one in queries.list_kept_browsers(session, actor=actor, now=now)]
    if not alive:
        return stop_messages(session, actor=actor)
    session.execute(
        delete(MessageBrowser).where(
            MessageBrowser.firm_id == actor.firm_id,
            MessageBrowser.person_id == actor.person_id,
            MessageBrowser.sign_in_id.not_in(alive),
        )
    )
    return None
