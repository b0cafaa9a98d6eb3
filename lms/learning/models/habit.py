"""What people want to do each week, by themselves and with their team."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, InFirm, Moment, employed


class WeeklyGoal(InFirm, Base):
    """What a person wants to do each week, from a week (its Monday) on: minutes or days of learning; 0 is no goal.

    A change counts from its own week on, so an earlier week keeps the goal it had.
    """

    __tablename__ = "weekly_goal"
    __table_args__ = (
        employed(),
        CheckConstraint("kind IN ('minutes', 'days')", name="kind_is_known"),
        CheckConstraint("amount BETWEEN 0 AND 600", name="amount_in_range"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    from_week: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    said_at: Mapped[Moment]


class TeamGoal(InFirm, Base):
    """How many minutes those of a team who take part want to learn together each week."""

    __tablename__ = "team_goal"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"], ondelete="CASCADE"),
        CheckConstraint("minutes BETWEEN 10 AND 20000", name="minutes_in_range"),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[Moment]


class TeamGoalMember(InFirm, Base):
    """A person takes part in their team's goal, because they said so; their minutes are in the sum from a week on.

    `left_week`: the week in which they last stopped. Then no sum is shown, or it would tell what they had brought to it.
    """

    __tablename__ = "team_goal_member"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"], ondelete="CASCADE"),
        employed(),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    from_week: Mapped[date]
    left_week: Mapped[date | None]
    joined_at: Mapped[Moment]
