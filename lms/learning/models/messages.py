"""What somebody wants to be told on their own phone, and where it is sent."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, InFirm, Moment, employed


class MessageWish(InFirm, Base):
    """What somebody wants to be told on their own phone, and when not; there is a row only while they want it.

    Times are minutes after midnight by the firm's clock. `sent_on`: the day of the last chosen
    hour at or after which something was sent; `goal_week`: the Monday of the last week of which their goal was spoken.
    """

    __tablename__ = "message_wish"
    __table_args__ = (
        employed(),
        CheckConstraint("cards OR goal", name="something_is_wanted"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_of_a_day"),
        CheckConstraint("shift_ends BETWEEN 0 AND 1439", name="shift_ends_within_a_day"),
        CheckConstraint("first_break BETWEEN 0 AND 1439", name="first_break_within_a_day"),
        CheckConstraint("second_break BETWEEN 0 AND 1439", name="second_break_within_a_day"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cards: Mapped[bool]
    goal: Mapped[bool]
    hour: Mapped[int]
    shift_ends: Mapped[int | None]
    first_break: Mapped[int | None]
    second_break: Mapped[int | None]
    said_at: Mapped[Moment]
    sent_on: Mapped[date | None]
    goal_week: Mapped[date | None]


class MessageBrowser(InFirm, Base):
    """A browser in which somebody said yes to messages, and how they are sealed for it. It hangs on the sign-in there:
    when that has ended, by whoever and however, nothing is sent to it any more.
    """

    __tablename__ = "message_browser"
    __table_args__ = (
        employed(),
        Index("ix_message_browser_person", "firm_id", "person_id"),
    )

    sign_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_in.id"), primary_key=True)
    person_id: Mapped[uuid.UUID]
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    said_at: Mapped[Moment]
