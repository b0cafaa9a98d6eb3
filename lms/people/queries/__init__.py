"""Reads of the people room."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Employment, Firm, OneTimeLink, Person, SignIn, Team
from lms.people.queries.arrivals import (
    Arrival,
    find_actor,
    find_arrival,
    find_stolen,
    is_in_force,
    teams_led,
)
from lms.people.queries.audit import AuditPage, Wanted, list_about, list_acts, list_audit, list_entries
from lms.people.queries.away import list_days_away, list_everybodys_leave, list_leave
from lms.people.queries.directory import (
    PAGE,
    PeoplePage,
    PersonLine,
    Who,
    count_people,
    is_id,
    list_everybody,
    list_job_roles,
    list_people,
    name_matches,
)
from lms.people.queries.firms import FirmLine, find_firm_line, list_firm_lines
from lms.people.queries.importing import SentFile, find_import, list_imports, list_known
from lms.people.queries.teams import TeamLine, find_team, list_team_lines
from lms.people.rules import day_at, token_hash

__all__ = [
    "PAGE",
    "Arrival",
    "AuditPage",
    "FirmLine",
    "PeoplePage",
    "PersonLine",
    "SentFile",
    "SignInState",
    "TeamLine",
    "Wanted",
    "Who",
    "count_people",
    "find_actor",
    "find_arrival",
    "find_break_minutes",
    "find_employment",
    "find_firm",
    "find_firm_line",
    "find_import",
    "find_language",
    "find_own_job",
    "find_person_by_email",
    "find_sign_in_state",
    "find_stolen",
    "find_team",
    "find_time_factor",
    "is_id",
    "is_in_force",
    "list_about",
    "list_acts",
    "list_audit",
    "list_days_away",
    "list_entries",
    "list_everybody",
    "list_everybodys_leave",
    "list_firm_lines",
    "list_firms",
    "list_imports",
    "list_job_roles",
    "list_known",
    "list_leave",
    "list_people",
    "list_sign_ins",
    "list_team_lines",
    "list_teams",
    "name_matches",
    "teams_led",
]


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


_EMPLOYMENT = (
    select(Employment)
    .options(joinedload(Employment.roles), joinedload(Employment.person), joinedload(Employment.team))
    .where(Employment.firm_id == ASKING.firm_id, Employment.person_id == ASKING.person_id)
)


def find_employment(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Employment | None:
    """A person at the actor's firm, with team, roles and sign-in details."""
    found = session.scalars(_EMPLOYMENT, {"firm_id": actor.firm_id, "person_id": person_id})
    return found.unique().one_or_none()


@dataclass(frozen=True)
class Job:
    """What a person does at the actor's firm, and since when."""

    job_role: str
    started_on: date
    role_started_on: date


_JOB = select(Employment.job_role, Employment.started_on, Employment.role_started_on).where(
    Employment.firm_id == ASKING.firm_id, Employment.person_id == ASKING.person_id
)


def find_own_job(session: Session, *, actor: Actor) -> Job | None:
    """What the actor does at the firm they act for: asked for at every Today, so without all else of an employment."""
    row = session.execute(_JOB, {"firm_id": actor.firm_id, "person_id": actor.person_id}).one_or_none()
    return Job(**row._mapping) if row else None


def list_teams(session: Session, *, actor: Actor) -> Sequence[Team]:
    """The firm's teams by name."""
    return session.scalars(select(Team).where(Team.firm_id == actor.firm_id).order_by(Team.name)).all()


def list_sign_ins(
    session: Session, *, actor: Actor, now: datetime, only_here: bool = False
) -> Sequence[SignIn]:
    """The actor's own devices that are signed in, latest first. `only_here`: by what opens this firm only.

    Who came by what opens all their firms sees the shared devices of each, too.
    """
    shared = SignIn.shared_device_id.is_not(None)
    statement = (
        select(SignIn)
        .where(
            SignIn.person_id == actor.person_id,
            SignIn.only_here.is_(True) if only_here else or_(SignIn.only_here.is_(False), shared),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
        )
        .order_by(SignIn.created_at.desc())
    )
    return session.scalars(statement.where(SignIn.firm_id == actor.firm_id) if only_here else statement).all()


@dataclass(frozen=True)
class SignInState:
    """How a person stands with the firm's door, told from what happened at this firm alone."""

    accepted: bool
    locked: bool
    last_at: datetime | None
    purpose: str | None
    link_ends_at: datetime | None


def find_sign_in_state(
    session: Session, *, actor: Actor, employment: Employment, now: datetime
) -> SignInState:
    """When the person last signed in here, and the link that waits for them. Two statements."""
    last = session.scalar(
        select(func.max(SignIn.created_at)).where(
            SignIn.firm_id == actor.firm_id, SignIn.person_id == employment.person_id
        )
    )
    waiting = session.execute(
        select(OneTimeLink.purpose, OneTimeLink.expires_at)
        .where(
            OneTimeLink.firm_id == actor.firm_id,
            OneTimeLink.person_id == employment.person_id,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .order_by(OneTimeLink.created_at.desc(), OneTimeLink.id.desc())
        .limit(1)
    ).one_or_none()
    return SignInState(
        employment.accepted,
        employment.locked_at is not None,
        last,
        waiting.purpose if waiting else None,
        waiting.expires_at if waiting else None,
    )


_TIME_FACTORS = (
    select(Person.time_factor, Employment.time_factor)
    .join(Employment, Employment.person_id == Person.id)
    .where(Employment.firm_id == ASKING.firm_id, Employment.person_id == ASKING.person_id)
)
_BREAK = select(Employment.break_minutes).where(
    Employment.firm_id == ASKING.firm_id, Employment.person_id == ASKING.person_id
)
_ZONE = select(Firm.time_zone).where(Firm.id == ASKING.firm_id)


def find_time_factor(session: Session, *, actor: Actor) -> float:
    """How much longer the actor may take in timed assessments: the person's own factor or the firm's, the greater."""
    return max(session.execute(_TIME_FACTORS, {"firm_id": actor.firm_id, "person_id": actor.person_id}).one())


def find_break_minutes(session: Session, *, actor: Actor) -> int:
    """For how long the clock stands still when the actor asks for a break in a timed assessment."""
    return session.scalar(_BREAK, {"firm_id": actor.firm_id, "person_id": actor.person_id}) or 0


def find_owner(session: Session, *, token: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The person and firm a device was signed in as, also when that has ended."""
    row = session.execute(
        select(SignIn.person_id, SignIn.firm_id).where(SignIn.token_hash == token_hash(token))
    ).one_or_none()
    return (row.person_id, row.firm_id) if row else None


def find_today(session: Session, *, actor: Actor, now: datetime) -> date:
    """Which day it is where the actor's firm is."""
    if actor.time_zone:
        return day_at(actor.time_zone, now)
    return now.astimezone(find_zone(session, firm_id=actor.firm_id)).date()


def find_language(session: Session, *, actor: Actor) -> str:
    """The language the actor reads in, else their firm's: for what is made while they are not there."""
    chosen = session.scalar(select(Person.language).where(Person.id == actor.person_id))
    return chosen or session.scalar(select(Firm.language).where(Firm.id == actor.firm_id)) or "en"


def find_zone(session: Session, *, firm_id: uuid.UUID) -> ZoneInfo:
    """The firm's time zone: its days, not Greenwich's, are what evidence is dated by."""
    return ZoneInfo(session.scalar(_ZONE, {"firm_id": firm_id}) or "America/Belize")
