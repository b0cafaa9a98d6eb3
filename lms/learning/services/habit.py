"""Goals that people set themselves, and that a team shares with whoever wants to take part."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import TeamGoal, TeamGoalMember, WeeklyGoal
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import habit as queries
from lms.learning.queries.calendar import find_day
from lms.learning.rules.habit import MOST, WEEK, Goal, Part, monday_of
from lms.people import queries as people
from lms.people.services.audit import record_act

TEAM_MINUTES = (10, 20_000)


def choose_goal(session: Session, *, actor: Actor, goal: Goal, now: datetime) -> WeeklyGoal:
    """Say what the actor wants to do each week from this one on; 0 is no goal. Nobody else is told. Raises Invalid."""
    require(POLICY, actor, LearningPermission.LEARN)
    if goal.kind not in MOST:
        raise Invalid("Choose minutes or days.")
    if goal.amount and goal.kind == "minutes" and not 5 <= goal.amount <= MOST["minutes"]:
        raise Invalid("Choose 5 to 600 minutes a week.")
    if goal.amount and goal.kind == "days" and not 1 <= goal.amount <= MOST["days"]:
        raise Invalid("Choose 1 to 7 days a week.")
    monday = monday_of(find_day(session, actor=actor, now=now).today)
    row = queries.find_goal(session, actor=actor, from_week=monday)
    if row is None:
        row = WeeklyGoal(firm_id=actor.firm_id, person_id=actor.person_id, from_week=monday)
        session.add(row)
    row.kind, row.amount, row.said_at = goal.kind, goal.amount, now
    return row


@dataclass(frozen=True)
class _Of:
    """A team as the subject of `leads_them`."""

    team_id: uuid.UUID
    name: str


def set_team_goal(session: Session, *, actor: Actor, team_id: uuid.UUID, minutes: int, now: datetime) -> None:
    """Offer a team a goal for each week, change it, or take it back with 0. Nobody is put into it.

    Raises NotFound, NotAllowed, Invalid.
    """
    team = people.find_team(session, actor=actor, team_id=team_id)
    if team is None:
        raise NotFound("There is no such team.")
    require(POLICY, actor, LearningPermission.ASSIGN, _Of(team.id, team.name))
    if minutes and not TEAM_MINUTES[0] <= minutes <= TEAM_MINUTES[1]:
        raise Invalid("Choose 10 to 20,000 minutes a week, or 0 for none.")
    row = queries.find_team_goal(session, actor=actor, team_id=team_id)
    if not minutes:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(
            TeamGoal(
                firm_id=actor.firm_id, team_id=team_id, minutes=minutes, set_by_id=actor.person_id, set_at=now
            )
        )
    else:
        row.minutes, row.set_by_id, row.set_at = minutes, actor.person_id, now
    record_act(
        session,
        actor=actor,
        act=N_("team goal changed"),
        subject=team.name,
        detail={"minutes": minutes},
        now=now,
    )


def take_part(session: Session, *, actor: Actor, takes_part: bool, now: datetime) -> None:
    """Join the goal of the actor's own team from next week on, or stop at once. Raises Conflict (there is none)."""
    require(POLICY, actor, LearningPermission.LEARN)
    person = people.find_employment(session, actor=actor, person_id=actor.person_id)
    team_id = person.team_id if person else None
    goal = queries.find_team_goal(session, actor=actor, team_id=team_id) if team_id else None
    if team_id is None or goal is None:
        raise Conflict("Your team has no goal just now.")
    monday = monday_of(find_day(session, actor=actor, now=now).today)
    part = queries.find_part(session, actor=actor, team_id=team_id)
    in_it = part is not None and Part(part.from_week, part.left_week).stands
    if takes_part and not in_it:
        if part is None:
            part = TeamGoalMember(firm_id=actor.firm_id, team_id=team_id, person_id=actor.person_id)
            session.add(part)
        part.from_week, part.joined_at = monday + WEEK, now
    elif part is not None and in_it and not takes_part:
        if part.from_week <= monday:
            part.left_week = monday
        elif part.left_week is None:  # it had not begun to count
            session.delete(part)
        else:
            part.from_week = part.left_week
