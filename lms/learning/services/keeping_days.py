"""A firm's policy for running courses, and its holidays."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import Holiday, LearningPolicy
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.calendar import find_day, find_policy, list_holidays
from lms.learning.rules.calendar import MOST_HOLIDAYS, HolidayRow, read_holidays
from lms.learning.rules.memory import MOST_REVIEWS, RETENTIONS
from lms.learning.rules.running import Terms
from lms.learning.rules.time_log import Paid
from lms.people.rules import changes
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import hold_firm


def change_terms(session: Session, *, actor: Actor, terms: Terms, now: datetime) -> None:
    """Write how the firm runs its courses. Raises NotAllowed, Invalid."""
    require(POLICY, actor, LearningPermission.DAYS)
    if terms.reminders not in ("app", "none"):
        raise Invalid("Choose whether people are reminded.")
    if not (0 <= terms.quiet_from <= 23 and 0 <= terms.quiet_to <= 23):
        raise Invalid("Quiet hours are whole hours from 0 to 23.")
    if not 1 <= terms.retake_days <= 180:
        raise Invalid("Ask people 1 to 180 days before a completion runs out.")
    if not RETENTIONS[0] <= terms.retention <= RETENTIONS[1]:
        raise Invalid("Ask for 70 to 97 percent.")
    if not 0 <= terms.reviews_a_day <= MOST_REVIEWS:
        raise Invalid("Ask at most 0 to 200 review cards a day.")
    if terms.paid not in list(Paid):
        raise Invalid("Choose which learning is paid.")
    hold_firm(session, actor)
    before = asdict(find_day(session, actor=actor, now=now).terms)
    row = find_policy(session, actor=actor)
    if row is None:
        row = LearningPolicy(firm_id=actor.firm_id)
        session.add(row)
    for name, value in asdict(terms).items():
        setattr(row, name, value)
    row.changed_by_id, row.changed_at = actor.person_id, now
    if changed := changes(before, asdict(terms)):
        record_act(
            session, actor=actor, act=N_("running courses changed"), subject="", detail=changed, now=now
        )


def add_holiday(session: Session, *, actor: Actor, on: date, name: str, now: datetime) -> None:
    """Write a holiday down. Raises NotAllowed, Invalid, Conflict (the day is one already)."""
    require(POLICY, actor, LearningPermission.DAYS)
    if not name.strip():
        raise Invalid("Write the holiday's name.")
    hold_firm(session, actor)
    there = {one.on: one.name for one in list_holidays(session, actor=actor)}
    if on in there:
        raise Conflict("That day is %(name)s already.", name=there[on])
    _check_room(len(there) + 1)
    session.add(Holiday(firm_id=actor.firm_id, on=on, name=name.strip()[:120]))
    _log(session, actor, N_("holiday added"), on, name.strip()[:120], now)


def remove_holiday(session: Session, *, actor: Actor, on: date, now: datetime) -> None:
    """Take a holiday off the list. Raises NotAllowed, NotFound."""
    require(POLICY, actor, LearningPermission.DAYS)
    hold_firm(session, actor)
    row = next((one for one in list_holidays(session, actor=actor) if one.on == on), None)
    if row is None:
        raise NotFound("There is no such holiday.")
    session.delete(row)
    _log(session, actor, N_("holiday removed"), on, row.name, now)


@dataclass(frozen=True)
class HolidaysRead:
    """What became of a file of holidays."""

    added: Sequence[HolidayRow]
    known: Sequence[HolidayRow]
    refused: Sequence[HolidayRow]


def import_holidays(session: Session, *, actor: Actor, text: str, now: datetime) -> HolidaysRead:
    """Take the holidays of a CSV; a day that is on the list keeps its name. Raises NotAllowed, Invalid (nothing in it)."""
    require(POLICY, actor, LearningPermission.DAYS)
    rows = read_holidays(text)
    if not rows:
        raise Invalid("There is nothing to take. Write one holiday a line: 2026-09-21, Independence Day.")
    hold_firm(session, actor)
    there = {one.on for one in list_holidays(session, actor=actor)}
    added: list[HolidayRow] = []
    known: list[HolidayRow] = []
    for row in rows:
        if row.on is None:
            continue
        if row.on in there:
            known.append(row)
            continue
        there.add(row.on)
        added.append(row)
        session.add(Holiday(firm_id=actor.firm_id, on=row.on, name=row.name))
    _check_room(len(there))
    if added:
        record_act(
            session,
            actor=actor,
            act=N_("holidays imported"),
            subject="",
            detail={"days": [f"{one.on} {one.name}" for one in added]},
            now=now,
        )
    return HolidaysRead(added, known, [row for row in rows if row.on is None])


def _check_room(count: int) -> None:
    if count > MOST_HOLIDAYS:
        raise Invalid("A firm keeps at most %(most)s holidays. Take old ones off first.", most=MOST_HOLIDAYS)


def _log(session: Session, actor: Actor, act: str, on: date, name: str, now: datetime) -> None:
    record_act(session, actor=actor, act=act, subject=name, detail={"on": on.isoformat()}, now=now)
