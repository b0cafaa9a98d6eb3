"""The day it is at a firm, its days off and its policy for running courses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.learning.models import Holiday, LearningPolicy
from lms.learning.rules.calendar import Calendar, calendar_of
from lms.learning.rules.running import Terms
from lms.people.models import Firm


@dataclass(frozen=True)
class Day:
    """A day at a firm: the date there, on what days nothing falls due, and the firm's policy."""

    today: date
    zone: ZoneInfo
    calendar: Calendar
    terms: Terms

    @property
    def late_from(self) -> date:
        """The first date that is not late yet."""
        return self.calendar.late_from(self.today)

    @property
    def retake_until(self) -> date:
        """What runs out by then is to be taken again now."""
        return self.today + timedelta(days=self.terms.retake_days)


_DAY = (
    select(Firm.time_zone, LearningPolicy, Holiday.on)
    .select_from(Firm)
    .outerjoin(LearningPolicy, LearningPolicy.firm_id == ASKING.firm_id)
    .outerjoin(Holiday, Holiday.firm_id == ASKING.firm_id)
    .where(Firm.id == ASKING.firm_id)
)


def find_day(session: Session, *, actor: Actor, now: datetime) -> Day:
    """What day it is where the actor's firm is. One statement."""
    rows = session.execute(_DAY, {"firm_id": actor.firm_id}).all()
    zone = ZoneInfo(rows[0].time_zone)
    row = rows[0].LearningPolicy
    terms = (
        Terms(
            row.skip_weekends,
            row.skip_holidays,
            row.reminders,
            row.quiet_from,
            row.quiet_to,
            row.retake_days,
            row.retention,
            row.reviews_a_day,
            row.paid,
        )
        if row
        else Terms()
    )
    calendar = calendar_of(
        skip_weekends=terms.skip_weekends,
        skip_holidays=terms.skip_holidays,
        holidays=[one.on for one in rows if one.on is not None],
    )
    return Day(now.astimezone(zone).date(), zone, calendar, terms)


def find_policy(session: Session, *, actor: Actor) -> LearningPolicy | None:
    """The firm's policy row, held so that two changes come one after the other."""
    return session.scalar(
        select(LearningPolicy).where(LearningPolicy.firm_id == actor.firm_id).with_for_update()
    )


def list_holidays(session: Session, *, actor: Actor) -> Sequence[Holiday]:
    """The firm's holidays, earliest first."""
    return session.scalars(select(Holiday).where(Holiday.firm_id == actor.firm_id).order_by(Holiday.on)).all()
