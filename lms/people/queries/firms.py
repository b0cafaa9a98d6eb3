"""Firms as the association sees them: a name and a count, never a person."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lms.foundation.wall import beyond_the_wall
from lms.people.models import Employment, EmploymentRole, Firm


@dataclass(frozen=True)
class FirmLine:
    """A firm as the list shows it. `administrators`: how many have taken up their invitation and are there."""

    id: uuid.UUID
    key: str
    name: str
    is_association: bool
    time_zone: str
    language: str
    created_at: datetime
    closed_at: datetime | None
    people: int
    administrators: int


def list_firm_lines(
    session: Session, *, today: date, text: str = "", after: str = "", limit: int = 50
) -> Sequence[FirmLine]:
    """A page of firms by name, one more than the page to tell whether there is another. Two statements."""
    wanted = "%" + text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = session.scalars(
        select(Firm)
        .where(
            or_(func.lower(Firm.name).like(wanted, escape="\\"), Firm.key.like(wanted, escape="\\")),
            func.lower(Firm.name) > after.lower(),
        )
        .order_by(func.lower(Firm.name))
        .limit(limit + 1)
    ).all()
    return _counted(session, rows, today)


def find_firm_line(session: Session, *, firm_id: uuid.UUID, today: date) -> FirmLine | None:
    """One firm. Two statements."""
    found = session.get(Firm, firm_id)
    return _counted(session, [found], today)[0] if found else None


def _counted(session: Session, firms: Sequence[Firm], today: date) -> list[FirmLine]:
    here: Any = (
        or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        Employment.firm_id.in_([firm.id for firm in firms]),
    )
    with beyond_the_wall(session, "how many people each firm has"):
        counts = session.execute(
            select(
                Employment.firm_id,
                func.count(Employment.person_id).label("people"),
                func.count(EmploymentRole.person_id).label("administrators"),
            )
            .outerjoin(
                EmploymentRole,
                and_(
                    EmploymentRole.firm_id == Employment.firm_id,
                    EmploymentRole.person_id == Employment.person_id,
                    EmploymentRole.role == "firm_admin",
                    Employment.accepted.is_(True),
                    Employment.locked_at.is_(None),
                ),
            )
            .where(*here)
            .group_by(Employment.firm_id)
        ).all()
    by_firm = {row.firm_id: row for row in counts}
    return [
        FirmLine(
            firm.id,
            firm.key,
            firm.name,
            firm.is_association,
            firm.time_zone,
            firm.language,
            firm.created_at,
            firm.closed_at,
            by_firm[firm.id].people if firm.id in by_firm else 0,
            by_firm[firm.id].administrators if firm.id in by_firm else 0,
        )
        for firm in firms
    ]
