"""People's own goals, and those that teams share."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.learning.models import TeamGoal, TeamGoalMember, WeeklyGoal
from lms.learning.rules.habit import Goal, Part
from lms.people.models import Employment


def list_goals(session: Session, *, actor: Actor) -> Mapping[date, Goal]:
    """The actor's own goals, by the Monday each counts from."""
    rows = session.scalars(
        select(WeeklyGoal).where(WeeklyGoal.firm_id == actor.firm_id, WeeklyGoal.person_id == actor.person_id)
    )
    return {row.from_week: Goal(row.kind, row.amount) for row in rows}


def find_goal(session: Session, *, actor: Actor, from_week: date) -> WeeklyGoal | None:
    """What the actor said in a week."""
    return session.scalar(
        select(WeeklyGoal).where(
            WeeklyGoal.firm_id == actor.firm_id,
            WeeklyGoal.person_id == actor.person_id,
            WeeklyGoal.from_week == from_week,
        )
    )


def find_team_goal(session: Session, *, actor: Actor, team_id: uuid.UUID) -> TeamGoal | None:
    """A team's goal."""
    return session.scalar(
        select(TeamGoal).where(TeamGoal.firm_id == actor.firm_id, TeamGoal.team_id == team_id)
    )


def find_part(session: Session, *, actor: Actor, team_id: uuid.UUID) -> TeamGoalMember | None:
    """The actor's own part in a team's goal, also one they have left."""
    return session.scalar(
        select(TeamGoalMember).where(
            TeamGoalMember.firm_id == actor.firm_id,
            TeamGoalMember.team_id == team_id,
            TeamGoalMember.person_id == actor.person_id,
        )
    )


@dataclass(frozen=True)
class Shared:
    """A team's goal, and who takes part in it; who has left is in it too."""

    team_id: uuid.UUID
    minutes: int
    parts: Mapping[uuid.UUID, Part]


def list_shared(
    session: Session, *, actor: Actor, team_ids: Sequence[uuid.UUID], today: date
) -> Mapping[uuid.UUID, Shared]:
    """The goals of some teams of the firm, with the parts of those who work in them today. One statement."""
    rows = session.execute(
        select(
            TeamGoal.team_id,
            TeamGoal.minutes,
            Employment.person_id,
            TeamGoalMember.from_week,
            TeamGoalMember.left_week,
        )
        .outerjoin(
            TeamGoalMember,
            and_(TeamGoalMember.firm_id == TeamGoal.firm_id, TeamGoalMember.team_id == TeamGoal.team_id),
        )
        .outerjoin(
            Employment,
            and_(
                Employment.firm_id == TeamGoalMember.firm_id,
                Employment.person_id == TeamGoalMember.person_id,
                Employment.team_id == TeamGoalMember.team_id,
                or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            ),
        )
        .where(TeamGoal.firm_id == actor.firm_id, TeamGoal.team_id.in_(team_ids))
    ).all()
    found: dict[uuid.UUID, dict[uuid.UUID, Part]] = {}
    minutes: dict[uuid.UUID, int] = {}
    for row in rows:
        minutes[row.team_id] = row.minutes
        parts = found.setdefault(row.team_id, {})
        if row.person_id is not None:
            parts[row.person_id] = Part(row.from_week, row.left_week)
    return {team_id: Shared(team_id, minutes[team_id], parts) for team_id, parts in found.items()}
