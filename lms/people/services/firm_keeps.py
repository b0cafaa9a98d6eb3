"""What a firm keeps true while its people change: one number each, somebody to look after it, its own roles."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import Employment, EmploymentRole, Firm
from lms.people.rules import sort_name

LAST = N_("%(name)s is the last one who can look after this firm. Make somebody else an administrator first.")
GUARDED = (Role.FIRM_ADMIN, Role.ASSOCIATION)
"""Roles that a firm never loses its last holder of."""


def hold_firm(session: Session, actor: Actor) -> None:
    """Let nobody else change this firm's people meanwhile: two acts at once could take its last administrator."""
    session.execute(select(Firm.id).where(Firm.id == actor.firm_id).with_for_update())


def check_number(session: Session, *, actor: Actor, number: str | None, but: uuid.UUID | None = None) -> None:
    """Raise Conflict when an employee number is somebody else's at this firm."""
    if number is None:
        return
    holder = session.execute(
        select(Employment.person_id, Employment.name).where(
            Employment.firm_id == actor.firm_id, Employment.employee_number == number
        )
    ).one_or_none()
    if holder is not None and holder.person_id != but:
        raise Conflict(
            "%(name)s has employee number %(number)s. Two people cannot share one.",
            name=holder.name,
            number=number,
        )


def settled_roles(actor: Actor, wanted: Iterable[Role], had: frozenset[Role]) -> frozenset[Role]:
    """The roles a person has afterwards: only the association gives or takes its own role. Raises Invalid when none."""
    given = frozenset(wanted)
    if not actor.has(Role.ASSOCIATION):
        own = frozenset({Role.ASSOCIATION})
        given = (given - own) | (had & own)
    if not given:
        raise Invalid("Choose at least one role.")
    return given


def check_not_last(
    session: Session, *, actor: Actor, employment: Employment, losing: Iterable[Role], now: datetime
) -> None:
    """Raise Conflict when nobody else could look after the firm: somebody who is here, entered once and is not leaving."""
    today = queries.find_today(session, actor=actor, now=now)
    for role in frozenset(losing) & frozenset(GUARDED):
        others = session.scalar(
            select(func.count(Employment.person_id))
            .join(
                EmploymentRole,
                (EmploymentRole.firm_id == Employment.firm_id)
                & (EmploymentRole.person_id == Employment.person_id),
            )
            .where(
                Employment.firm_id == actor.firm_id,
                Employment.person_id != employment.person_id,
                EmploymentRole.role == role.value,
                Employment.started_on <= today,
                Employment.ended_on.is_(None),
                Employment.locked_at.is_(None),
                Employment.accepted.is_(True),
            )
        )
        if not others:
            raise Conflict(LAST, name=employment.name)


def find_by_name_or_number(session: Session, *, actor: Actor, typed: str, now: datetime) -> Employment:
    """Somebody who works here, by employee number or whole name. Raises Invalid when nobody or several fit."""
    today = queries.find_today(session, actor=actor, now=now)
    found = session.scalars(
        select(Employment).where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.employee_number == typed, Employment.sort_name == sort_name(typed)),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            Employment.locked_at.is_(None),
        )
    ).all()
    if not found:
        raise Invalid("Nobody who works here is called %(typed)s or has that employee number.", typed=typed)
    if len(found) > 1:
        raise Invalid("More than one person here is called %(typed)s. Type the employee number.", typed=typed)
    return found[0]
