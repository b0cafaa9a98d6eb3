"""What somebody wants to be told on their phone, as they see it, and what a look finds to say."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.learning.pages.habit import own_goal
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import messages as queries
from lms.learning.queries.calendar import find_day
from lms.learning.queries.memory import list_due_cards
from lms.learning.rules.messages import Peace, Say, Wish, what_to_say


@dataclass(frozen=True)
class OwnMessages:
    """The actor's wish, or none; whether this browser is told, and how many others are; what keeps them in peace."""

    wish: Wish | None
    here: bool
    elsewhere: int
    peace: Peace


def own_messages(session: Session, *, actor: Actor, sign_in_id: uuid.UUID, now: datetime) -> OwnMessages:
    """The page about messages, on a device of one's own. Raises NotFound on a shared one."""
    require(POLICY, actor, LearningPermission.LEARN)
    if not queries.has_own_device(session, actor=actor, sign_in_id=sign_in_id, now=now):
        raise NotFound("There are no messages here.")
    row = queries.find_wish(session, actor=actor)
    browsers = [one.sign_in_id for one in queries.list_browsers(session, actor=actor, now=now)]
    peace = queries.find_peace(session, actor=actor, day=find_day(session, actor=actor, now=now))
    here = sign_in_id in browsers
    return OwnMessages(queries.wish_of(row) if row else None, here, len(browsers) - here, peace)


@dataclass(frozen=True)
class Found:
    """What a look found to say, and of which day and week."""

    say: Say
    today: date
    monday: date


def something_to_say(session: Session, *, actor: Actor, now: datetime) -> Found:
    """What there is to say to the actor of what they chose."""
    day = find_day(session, actor=actor, now=now)
    week = own_goal(session, actor=actor, now=now).week
    row = queries.find_wish(session, actor=actor)
    if row is None:
        return Found(Say.NOTHING, day.today, week.monday)
    due = bool(list_due_cards(session, actor=actor, day=day, now=now).cards)
    say = what_to_say(
        queries.wish_of(row), cards_due=due, week=week, today=day.today, goal_week=row.goal_week
    )
    return Found(say, day.today, week.monday)
