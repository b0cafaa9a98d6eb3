"""Reads of the people room."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, not_, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from lms.foundation.actor import Actor, Role
from lms.people.matching import Details, Known
from lms.people.models import AuditEntry, Employment, EmploymentRole, Firm, PeopleImport, Person, SignIn, Team
from lms.people.rules import folded, token_hash


@dataclass(frozen=True)
class Arrival:
    """What a sign-in token leads to: a device, its person and the firm it is in."""

    sign_in_id: uuid.UUID
    person_id: uuid.UUID
    firm: Firm
    language: str | None


def find_arrival(session: Session, *, token: str, now: datetime) -> Arrival | None:
    """Where a device's token leads, while the sign-in lasts."""
    row = session.execute(
        select(SignIn.id, SignIn.person_id, Firm, Person.language)
        .join(Firm, Firm.id == SignIn.firm_id)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None), SignIn.expires_at > now)
    ).one_or_none()
    return Arrival(row.id, row.person_id, row.Firm, row.language) if row else None


def find_actor(session: Session, *, firm_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> Actor | None:
    """A person as they may act at a firm today, or None when they do not work there (any more, or yet)."""
    rows = session.execute(
        select(Employment.name, EmploymentRole.role)
        .outerjoin(
            EmploymentRole,
            and_(
                EmploymentRole.firm_id == Employment.firm_id, EmploymentRole.person_id == Employment.person_id
            ),
        )
        .where(
            Employment.firm_id == firm_id,
            Employment.person_id == person_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= now.date()),
        )
    ).all()
    if not rows:
        return None
    teams = session.execute(
        select(Team.id, Team.parent_id, Team.lead_id).where(Team.firm_id == firm_id)
    ).all()
    return Actor(
        person_id=person_id,
        firm_id=firm_id,
        name=rows[0].name,
        roles=frozenset(Role(row.role) for row in rows if row.role),
        leads=teams_led([(row.id, row.parent_id, row.lead_id) for row in teams], person_id),
    )


def teams_led(
    teams: Sequence[tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None]], person_id: uuid.UUID
) -> frozenset[uuid.UUID]:
    """The teams a person leads and all the teams beneath them. Each team: (id, parent id, lead id)."""
    led = {team for team, _parent, lead in teams if lead == person_id}
    grown = True
    while grown:
        below = {team for team, parent, _lead in teams if parent in led} - led
        led |= below
        grown = bool(below)
    return frozenset(led)


def find_firm(session: Session, *, key: str) -> Firm | None:
    """A firm by its key or its name, whatever the case."""
    return session.scalar(
        select(Firm).where(or_(Firm.key == key.strip().lower(), func.lower(Firm.name) == key.strip().lower()))
    )


def list_firms(session: Session) -> Sequence[Firm]:
    """All firms, the association first."""
    return session.scalars(select(Firm).order_by(Firm.is_association.desc(), Firm.name)).all()


def find_person_by_email(session: Session, *, email: str) -> Person | None:
    """A person by the e-mail they sign in with."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def find_employment(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Employment | None:
    """A person at the actor's firm, with team, roles and sign-in details."""
    return (
        session.scalars(
            select(Employment)
            .options(joinedload(Employment.roles), joinedload(Employment.person), joinedload(Employment.team))
            .where(Employment.firm_id == actor.firm_id, Employment.person_id == person_id)
        )
        .unique()
        .one_or_none()
    )


def list_teams(session: Session, *, actor: Actor) -> Sequence[Team]:
    """The firm's teams by name."""
    return session.scalars(select(Team).where(Team.firm_id == actor.firm_id).order_by(Team.name)).all()


def list_known(session: Session, *, actor: Actor) -> list[Known]:
    """Everybody who works or worked at the firm, as a file of people is held against them. Two statements."""
    roles: dict[uuid.UUID, set[str]] = {}
    for person_id, role in session.execute(
        select(EmploymentRole.person_id, EmploymentRole.role).where(EmploymentRole.firm_id == actor.firm_id)
    ):
        roles.setdefault(person_id, set()).add(role)
    rows = session.execute(
        _lines()
        .add_columns(Employment.role_started_on, Person.email)
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


def list_sign_ins(session: Session, *, actor: Actor, now: datetime) -> Sequence[SignIn]:
    """The actor's own devices that are signed in, latest first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.person_id == actor.person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.created_at.desc())
    ).all()


def name_matches(text: str) -> str:
    """A LIKE pattern for a typed name, with its wildcards held down."""
    return "%" + folded(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


PAGE = 50


@dataclass(frozen=True)
class Who:
    """What the reader of the directory asked for."""

    text: str = ""
    left: bool = False
    after: str = ""


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


def _lines() -> Select[*tuple[Any, ...]]:
    return select(
        Employment.person_id,
        Employment.name,
        Employment.sort_name,
        Employment.employee_number,
        Employment.job_role,
        Team.name.label("team"),
        Employment.started_on,
        Employment.ended_on,
    ).outerjoin(Team, and_(Team.firm_id == Employment.firm_id, Team.id == Employment.team_id))


def list_people(session: Session, *, actor: Actor, who: Who, today: date) -> PeoplePage:
    """A page of people of the actor's firm (of the teams they lead, for a lead without a wider role). One statement."""
    gone = and_(Employment.ended_on.is_not(None), Employment.ended_on < today)
    statement = (
        _lines()
        .where(Employment.firm_id == actor.firm_id, gone if who.left else not_(gone))
        .order_by(Employment.sort_name, Employment.person_id)
        .limit(PAGE + 1)
    )
    if not actor.has(Role.FIRM_ADMIN, Role.MANAGER, Role.TRAINER, Role.ASSESSOR):
        statement = statement.where(Employment.team_id.in_(actor.leads))
    if who.text.strip():
        statement = statement.where(
            or_(
                Employment.sort_name.like(name_matches(who.text), escape="\\"),
                Employment.employee_number == who.text.strip(),
            )
        )
    if who.after:
        name, _, number = who.after.rpartition("~")
        if is_id(number):
            statement = statement.where(
                tuple_(Employment.sort_name, Employment.person_id)
                > tuple_(literal(name), literal(uuid.UUID(number)))
            )
    found = [PersonLine(**row._mapping) for row in session.execute(statement)]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return PeoplePage(found[:PAGE], f"{last.sort_name}~{last.person_id}" if last else "")


def is_id(text: str) -> bool:
    """Whether a text is an id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def list_everybody(session: Session, *, actor: Actor) -> Sequence[Any]:
    """Everybody who works or worked at the firm, for the file. One statement."""
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
    return session.execute(
        _lines()
        .add_columns(Person.email, roles.label("roles"))
        .join(Person, Person.id == Employment.person_id)
        .where(Employment.firm_id == actor.firm_id)
        .order_by(Employment.sort_name, Employment.person_id)
    ).all()


def list_audit(session: Session, *, actor: Actor, text: str, before: int | None) -> Sequence[AuditEntry]:
    """A page of the firm's log, latest first; `text` is looked for in who, what and about whom."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.firm_id == actor.firm_id)
        .order_by(AuditEntry.number.desc())
        .limit(PAGE)
    )
    if before is not None:
        statement = statement.where(AuditEntry.number < before)
    if text.strip():
        wanted = "%" + text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(
            or_(
                AuditEntry.by_name.ilike(wanted, escape="\\"),
                AuditEntry.act.ilike(wanted, escape="\\"),
                AuditEntry.subject.ilike(wanted, escape="\\"),
            )
        )
    return session.scalars(statement).all()
