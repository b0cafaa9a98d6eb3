"""Who works at the invented firms. All names are made up from common ones."""

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.foundation.actor import Role
from lms.foundation.ids import derived_id
from lms.foundation.wall import enter, leave
from lms.people.models import Employment, EmploymentRole, Firm, Person, Team
from lms.people.rules import sort_name

PASSWORD = "mango bicycle river moon"  # noqa: S105  (printed on purpose: the data are invented)
FIRMS = ("Toucan Connect", "Blue Hole Support", "Maya Mountain Services")
TEAMS = ("Billing", "Travel", "Retail", "Health", "Tech support", "Chat")
FIRST = (
    "Ana",
    "Luis",
    "Marisol",
    "Keisha",
    "Jamal",
    "Rosa",
    "Delroy",
    "Shanice",
    "Carlos",
    "Ixchel",
    "Tyrone",
    "Elena",
    "Marlon",
    "Yesenia",
    "Kareem",
    "Gloria",
    "Andre",
    "Lucia",
    "Devon",
    "Nelly",
    "Hector",
    "Tanya",
    "Orlando",
    "Felicia",
    "Rene",
    "Kimberly",
    "Abner",
    "Sonia",
    "Winston",
    "Mirna",
    "Egbert",
    "Dalila",
)
LAST = (
    "Chi",
    "Pott",
    "Castillo",
    "Usher",
    "Choc",
    "Flowers",
    "Martinez",
    "Arana",
    "Gentle",
    "Coc",
    "Young",
    "Palacio",
    "Tillett",
    "Cal",
    "Novelo",
    "Bowen",
    "Requena",
    "Smith",
    "Pech",
    "Lopez",
    "Ramirez",
    "Augustine",
    "Caal",
    "Neal",
    "Guerra",
    "Teul",
    "Williams",
    "Avila",
    "Zuniga",
    "Cayetano",
    "Penner",
    "Sho",
)


@dataclass(frozen=True)
class Life:
    """A person of the demo and when they started."""

    person_id: uuid.UUID
    name: str
    team_id: uuid.UUID | None
    started_on: date
    ended_on: date | None
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class World:
    """One invented firm."""

    firm_id: uuid.UUID
    name: str
    lives: tuple[Life, ...]


ACCOUNTS = (
    ("agent@demo.example", "Nadia Castillo", (Role.AGENT,), "learns, is assessed, sees My path"),
    ("trainer@demo.example", "Omar Flowers", (Role.TRAINER,), "looks after courses"),
    ("assessor@demo.example", "Celia Choc", (Role.ASSESSOR,), "records what was seen on the floor"),
    ("manager@demo.example", "Victor Usher", (Role.MANAGER,), "sees who is ready, and why"),
    ("admin@demo.example", "Paula Gentle", (Role.FIRM_ADMIN,), "people, audit log"),
)


def build_firm(
    session: Session, *, number: int, size: int, seed: int, as_of: date, now: datetime, password_hash: str
) -> World:
    """Write a firm, its teams and its people. The first firm holds the demo accounts."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311  (a simulation)
    firm_id, name = derived_id("demo", "firm", number), FIRMS[number]
    leave(session)
    session.add(
        Firm(
            id=firm_id,
            key=name.lower().replace(" ", "-"),
            name=name,
            is_simulated=True,
            created_at=now - timedelta(days=400),
        )
    )
    session.flush()
    enter(session, firm_id)
    teams = [derived_id("demo", "team", number, one) for one in TEAMS]
    for team_id, label in zip(teams, TEAMS, strict=True):
        session.add(Team(firm_id=firm_id, id=team_id, name=label))
    session.flush()
    lives: list[Life] = []
    if number == 0:
        started = as_of - timedelta(days=300)
        for email, who, roles, _what in ACCOUNTS:
            team = teams[0] if roles == (Role.AGENT,) else None
            lives.append(Life(derived_id("demo", "account", email), who, team, started, None, roles))
    leads: list[Life] = []
    while len(lives) < size:
        place = len(lives)
        days = chance.choice((20, 60, 120, 200, 260, 330, 420, 600, 900))
        left = place % 13 == 12
        days = max(days, 200) if left else days
        team_place = place % len(teams)
        is_lead = len(leads) < len(teams) and place >= 6
        does: tuple[Role, ...] = (Role.AGENT, Role.ASSESSOR) if is_lead else (Role.AGENT,)
        life = Life(
            derived_id("demo", "person", number, place),
            f"{FIRST[(place * 7 + number * 3) % len(FIRST)]} {LAST[(place * 5 + place // 32 + number * 11) % len(LAST)]}",
            teams[len(leads) if is_lead else team_place],
            as_of - timedelta(days=max(days, 700) if is_lead else days),
            as_of - timedelta(days=chance.randint(5, 90)) if left and not is_lead else None,
            does,
        )
        if is_lead:
            leads.append(life)
        lives.append(life)
    emails = {derived_id("demo", "account", email): email for email, *_rest in ACCOUNTS}
    for place, life in enumerate(lives):
        email = emails.get(life.person_id) or f"person{place}.{number}@demo.example"
        session.add(Person(id=life.person_id, email=email, password_hash=password_hash, created_at=now))
    session.flush()
    for place, life in enumerate(lives):
        session.add(
            Employment(
                firm_id=firm_id,
                person_id=life.person_id,
                name=life.name,
                sort_name=sort_name(life.name),
                employee_number=f"{number + 1}{place:04d}",
                job_role="team lead" if Role.ASSESSOR in life.roles else "agent",
                team_id=life.team_id,
                started_on=life.started_on,
                role_started_on=life.started_on,
                ended_on=life.ended_on,
                roles=[
                    EmploymentRole(firm_id=firm_id, person_id=life.person_id, role=role)
                    for role in life.roles
                ],
            )
        )
    session.flush()
    for lead in leads:
        session.execute(
            update(Team)
            .where(Team.firm_id == firm_id, Team.id == lead.team_id)
            .values(lead_id=lead.person_id)
        )
    session.flush()
    return World(firm_id, name, tuple(lives))
