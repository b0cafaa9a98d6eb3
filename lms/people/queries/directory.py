"""The directory: people of a firm by name or hire date, searched and filtered."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, not_, or_, select, tuple_
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.people.models import Employment, EmploymentRole, Person, Team
from lms.people.rules import folded

PAGE = 50
WIDE = (Role.FIRM_ADMIN, Role.MANAGER, Role.TRAINER, Role.ASSESSOR)
"""Who sees everybody of the firm; a lead without one of these sees the teams they lead. Twin of `PeoplePermission.SEE`."""


@dataclass(frozen=True)
class Who:
    """What the reader of the directory asked for. `sort`: name or hired."""

    text: str = ""
    left: bool = False
    after: str = ""
    team: uuid.UUID | None = None
    role: Role | None = None
    sort: str = "name"


@dataclass(frozen=True)
class PersonLine:
    """A person as a list shows them."""

    person_id: uuid.UUID
    name: str
    sort_name: str
    employee_number: str | None
    job_role: str
    team: str | None
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class PeoplePage:
    """A page of the directory; `more` is where the next one starts."""

    people: Sequence[PersonLine]
    more: str


def name_matches(text: str) -> str:
    """A LIKE pattern for a typed name, with its wildcards held down."""
    return "%" + folded(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def is_id(text: str) -> bool:
    """Whether a text is an id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def lines(*more: Any) -> Select[*tuple[Any, ...]]:
    return select(
        Employment.person_id,
        Employment.name,
        Employment.sort_name,
        Employment.employee_number,
        Employment.job_role,
        Team.name.label("team"),
        Employment.started_on,
        Employment.ended_on,
        *more,
    ).outerjoin(Team, and_(Team.firm_id == Employment.firm_id, Team.id == Employment.team_id))


def _asked(
    statement: Select[*tuple[Any, ...]], actor: Actor, who: Who, today: date
) -> Select[*tuple[Any, ...]]:
    """Narrow to what the actor may see and what they asked for, in the order they asked for."""
    gone = and_(Employment.ended_on.is_not(None), Employment.ended_on < today)
    statement = statement.join(Person, Person.id == Employment.person_id).where(
        Employment.firm_id == actor.firm_id, gone if who.left else not_(gone)
    )
    if not actor.has(*WIDE):
        statement = statement.where(
            or_(Employment.team_id.in_(actor.leads), Employment.person_id == actor.person_id)
        )
    if who.text.strip():
        wanted = who.text.strip()
        words = [Employment.sort_name.like(name_matches(word), escape="\\") for word in wanted.split()]
        statement = statement.where(
            or_(
                and_(*words),
                func.lower(Employment.employee_number) == wanted.lower(),
                Person.email.like(name_matches(wanted), escape="\\"),
            )
        )
    if who.team is not None:
        statement = statement.where(Employment.team_id == who.team)
    if who.role is not None:
        statement = statement.where(
            exists().where(
                EmploymentRole.firm_id == actor.firm_id,
                EmploymentRole.person_id == Employment.person_id,
                EmploymentRole.role == who.role.value,
            )
        )
    key = Employment.started_on if who.sort == "hired" else Employment.sort_name
    return statement.order_by(key, Employment.person_id)


def list_people(session: Session, *, actor: Actor, who: Who, today: date) -> PeoplePage:
    """A page of people of the actor's firm (of the teams they lead, for a lead without a wider role). One statement."""
    statement = _asked(lines(), actor, who, today).limit(PAGE + 1)
    start, _, number = who.after.rpartition("~")
    if is_id(number):
        key: Any = Employment.started_on if who.sort == "hired" else Employment.sort_name
        value: Any = _day(start) if who.sort == "hired" else start
        if value is not None:
            statement = statement.where(
                tuple_(key, Employment.person_id)
                > tuple_(literal(value, key.type), literal(uuid.UUID(number)))
            )
    found = [PersonLine(**row._mapping) for row in session.execute(statement)]
    last = found[PAGE - 1] if len(found) > PAGE else None
    if last is None:
        return PeoplePage(found[:PAGE], "")
    key_shown = last.started_on.isoformat() if who.sort == "hired" else last.sort_name
    return PeoplePage(found[:PAGE], f"{key_shown}~{last.person_id}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def count_people(session: Session, *, actor: Actor, who: Who, today: date) -> int:
    """How many the reader would find, leafing through every page. One statement."""
    asked = _asked(lines(), actor, who, today).order_by(None)
    return (
        session.scalar(asked.with_only_columns(func.count(Employment.person_id), maintain_column_froms=True))
        or 0
    )


def list_everybody(session: Session, *, actor: Actor, who: Who, today: date) -> Sequence[Any]:
    """Everybody the reader would find, for the file, with e-mail and roles. One statement."""
    roles = (
        select(
            func.group_concat(EmploymentRole.role)
            if session.get_bind().dialect.name == "sqlite"
            else func.string_agg(EmploymentRole.role, ",")
        )
        .where(EmploymentRole.firm_id == actor.firm_id, EmploymentRole.person_id == Employment.person_id)
        .correlate(Employment)
        .scalar_subquery()
    )
    return session.execute(_asked(lines(Person.email, roles.label("roles")), actor, who, today)).all()


def list_job_roles(session: Session, *, actor: Actor) -> Sequence[str]:
    """The job roles in use at the firm, to choose from again."""
    return session.scalars(
        select(Employment.job_role)
        .where(Employment.firm_id == actor.firm_id)
        .distinct()
        .order_by(Employment.job_role)
    ).all()
