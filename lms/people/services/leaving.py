"""The last day at a firm, and coming back."""

import uuid
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid
from lms.people import queries
from lms.people.models import OneTimeLink, Team
from lms.people.services.audit import record_act
from lms.people.services.employments import person_to_change
from lms.people.services.firm_keeps import check_not_last
from lms.people.services.sign_in import end_all_sign_ins


def end_employment(
    session: Session, *, actor: Actor, person_id: uuid.UUID, last_day: date, seen: str, now: datetime
) -> None:
    """Give a person their last day. When it is today they are signed out at this firm now and cannot enter again.

    Nothing recorded about them is touched. Raises NotFound, NotAllowed, Conflict, Invalid (a day that is over).
    """
    found = person_to_change(session, actor=actor, person_id=person_id, seen=seen)
    today = queries.find_today(session, actor=actor, now=now)
    if found.locked_at is not None or (found.ended_on is not None and found.ended_on < today):
        raise Conflict("%(name)s has left already.", name=found.name)
    if last_day < today:
        raise Invalid("The last day is today or later.")
    if last_day < found.started_on:
        raise Invalid("The last day cannot be before the first one.")
    check_not_last(
        session, actor=actor, employment=found, losing=[Role(one.role) for one in found.roles], now=now
    )
    was, found.ended_on = found.ended_on, last_day
    led: list[str] = []
    if last_day == today:
        found.locked_at = now
        end_all_sign_ins(session, person_id=person_id, firm_id=actor.firm_id, now=now)
        session.execute(
            update(OneTimeLink)
            .where(
                OneTimeLink.firm_id == actor.firm_id,
                OneTimeLink.person_id == person_id,
                OneTimeLink.used_at.is_(None),
            )
            .values(used_at=now)
        )
        led = _leave_teams_without_lead(session, actor, person_id)
    record_act(
        session,
        actor=actor,
        act="last day given",
        subject=str(person_id),
        detail={
            "name": found.name,
            "changed": {"ended_on": [was.isoformat() if was else None, last_day.isoformat()]},
            "teams_led": led,
        },
        now=now,
    )


def _leave_teams_without_lead(session: Session, actor: Actor, person_id: uuid.UUID) -> list[str]:
    teams = session.scalars(
        select(Team).where(Team.firm_id == actor.firm_id, Team.lead_id == person_id).order_by(Team.name)
    ).all()
    for team in teams:
        team.lead_id = None
    return [team.name for team in teams]


def take_back(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    again_from: date | None,
    seen: str,
    now: datetime,
) -> None:
    """Take a last day back, or hire a person again from a day. What is recorded about them is still theirs.

    Raises NotFound, NotAllowed, Conflict (they have no last day), Invalid (a first day before the last one).
    """
    found = person_to_change(session, actor=actor, person_id=person_id, seen=seen)
    if found.ended_on is None:
        raise Conflict("%(name)s works here.", name=found.name)
    if again_from is not None and again_from < found.ended_on:
        raise Invalid("They start again on or after the day they left.")
    changed = {"ended_on": [found.ended_on.isoformat(), None]}
    if again_from is not None:
        changed["started_on"] = [found.started_on.isoformat(), again_from.isoformat()]
        found.started_on = found.role_started_on = again_from
    found.ended_on = found.locked_at = None
    record_act(
        session,
        actor=actor,
        act="taken back",
        subject=str(person_id),
        detail={"name": found.name, "changed": changed},
        now=now,
    )
