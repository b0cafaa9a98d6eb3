"""Reads for the pipeline."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, distinct, func, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.people.models import Employment, EmploymentRole


def count_assessors(session: Session, *, actor: Actor, roles: Sequence[Role], today: date) -> int:
    """How many people who work here today hold one of the roles."""
    found = session.scalar(
        select(func.count(distinct(EmploymentRole.person_id)))
        .join(
            Employment,
            and_(
                Employment.firm_id == EmploymentRole.firm_id,
                Employment.person_id == EmploymentRole.person_id,
            ),
        )
        .where(
            EmploymentRole.firm_id == actor.firm_id,
            Employment.firm_id == actor.firm_id,
            EmploymentRole.role.in_(roles),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
    )
    return int(found or 0)
