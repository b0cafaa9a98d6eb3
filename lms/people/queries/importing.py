"""Reads for files of people."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.matching import Details, Known
from lms.people.models import Employment, EmploymentRole, PeopleImport, Person
from lms.people.queries.directory import lines


def list_known(session: Session, *, actor: Actor) -> list[Known]:
    """Everybody who works or worked at the firm, as a file of people is held against them. Two statements."""
    roles: dict[uuid.UUID, set[str]] = {}
    for person_id, role in session.execute(
        select(EmploymentRole.person_id, EmploymentRole.role).where(EmploymentRole.firm_id == actor.firm_id)
    ):
        roles.setdefault(person_id, set()).add(role)
    rows = session.execute(
        lines(Employment.role_started_on, Person.email)
        .join(Person, Person.id == Employment.person_id)
        .where(Employment.firm_id == actor.firm_id)
    )
    return [
        Known(
            row.person_id,
            Details(
                employee_number=row.employee_number or "",
                name=row.name,
                email=(row.email or "").lower(),
                team=row.team or "",
                job_role=row.job_role,
                roles=frozenset(roles.get(row.person_id, ())),
                started_on=row.started_on,
                role_started_on=row.role_started_on,
                ended_on=row.ended_on,
            ),
        )
        for row in rows
    ]


def find_import(session: Session, *, actor: Actor, import_id: uuid.UUID) -> PeopleImport | None:
    """A file of people that was sent in at the actor's firm."""
    return session.scalar(
        select(PeopleImport).where(PeopleImport.firm_id == actor.firm_id, PeopleImport.id == import_id)
    )


@dataclass(frozen=True)
class SentFile:
    """A file of people, and who sent it in."""

    file: PeopleImport
    by: str | None


def list_imports(session: Session, *, actor: Actor) -> Sequence[SentFile]:
    """The firm's last files of people, latest first."""
    rows = session.execute(
        select(PeopleImport, Employment.name)
        .outerjoin(
            Employment,
            and_(
                Employment.firm_id == PeopleImport.firm_id,
                Employment.person_id == PeopleImport.uploaded_by_id,
            ),
        )
        .where(PeopleImport.firm_id == actor.firm_id)
        .order_by(PeopleImport.uploaded_at.desc(), PeopleImport.id.desc())
        .limit(10)
    )
    return [SentFile(file, by) for file, by in rows]
