"""Who works at the invented firms: their teams, who leads them, and the accounts a visitor signs in with."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.demo.cases import CASES
from lms.demo.names import made_up
from lms.foundation.actor import Actor, Role
from lms.foundation.ids import derived_id
from lms.foundation.wall import enter, leave
from lms.people.models import Employment, EmploymentRole, Firm, Person, Team
from lms.people.queries import teams_led
from lms.people.rules import sort_name

PASSWORD = "mango bicycle river moon"  # noqa: S105  (printed on purpose: the data are invented)
FIRMS = ("Toucan Connect", "Blue Hole Support", "Maya Mountain Services")
TEAMS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("Floor", ""),
        ("Billing", "Floor"),
        ("Travel", "Floor"),
        ("Retail", "Floor"),
        ("Back office", ""),
        ("Chat", "Back office"),
        ("Health claims", "Back office"),
    ),
    (
        ("Operations", ""),
        ("Bookings", "Operations"),
        ("Cards", "Operations"),
        ("Technical desk", "Operations"),
        ("Night bookings", "Bookings"),
    ),
    (
        ("Day shift", ""),
        ("Deliveries", "Day shift"),
        ("Tech support", "Day shift"),
        ("Night shift", ""),
        ("Hotels", "Night shift"),
    ),
)
"""Each firm's teams, with the team above each."""


@dataclass(frozen=True)
class Account:
    """Somebody a visitor can sign in as. `firms`: by number; None is the association."""

    email: str
    name: str
    roles: tuple[Role, ...]
    words: str
    firms: tuple[int | None, ...] = (0,)
    teams: tuple[str, ...] = ("",)
    leads: str = ""

    @property
    def person_id(self) -> uuid.UUID:
        """The person behind it, the same at every firm."""
        return derived_id("demo", "account", self.email)


ACCOUNTS = (
    Account(
        "agent@demo.example",
        "Nadia Castillo",
        (Role.AGENT,),
        "learns on a break, is assessed, sees My path",
        teams=("Billing",),
    ),
    Account(
        "lead@demo.example",
        "Marcus Arana",
        (Role.AGENT,),
        "leads Billing: sees that team's readiness and no other, records what he saw",
        teams=("Floor",),
        leads="Billing",
    ),
    Account(
        "assessor@demo.example",
        "Celia Choc",
        (Role.ASSESSOR,),
        "records what was seen on the floor, and looks again when it is contested",
    ),
    Account(
        "manager@demo.example", "Victor Usher", (Role.MANAGER,), "sees who is ready, and why, in every team"
    ),
    Account("trainer@demo.example", "Omar Flowers", (Role.TRAINER,), "looks after courses and assigns them"),
    Account("admin@demo.example", "Paula Gentle", (Role.FIRM_ADMIN,), "people, teams, the audit log"),
    Account(
        "two@demo.example",
        "Inez Palacio",
        (Role.AGENT,),
        "works at two firms and switches under Me; neither sees the other",
        firms=(0, 1),
        teams=("Travel", "Cards"),
    ),
    Account(
        "association@demo.example",
        "Grace Neal",
        (Role.ASSOCIATION,),
        "the association: shared courses and firms, nobody's people",
        firms=(None,),
    ),
)
JOBS = {Role.TRAINER: "trainer", Role.ASSESSOR: "quality analyst", Role.MANAGER: "operations manager"}
STAFF = (Role.MANAGER, Role.TRAINER, Role.FIRM_ADMIN, Role.ASSESSOR, Role.ASSESSOR)
"""Who runs a firm. Where no account does it, an invented person does."""


@dataclass(frozen=True)
class Life:
    """A person of the demo at one firm."""

    person_id: uuid.UUID
    email: str
    name: str
    team_id: uuid.UUID | None
    started_on: date
    ended_on: date | None
    roles: tuple[Role, ...]
    job: str = "agent"
    role_started_on: date | None = None
    leads: uuid.UUID | None = None
    time_factor: float = 1.0
    told: bool = True
    """Whether the year is left to chance; the accounts' and the named cases' is written by hand."""


@dataclass(frozen=True)
class World:
    """One invented firm."""

    number: int
    firm_id: uuid.UUID
    name: str
    lives: tuple[Life, ...]
    teams: tuple[tuple[uuid.UUID, str, uuid.UUID | None], ...]

    def actor(self, life: Life) -> Actor:
        """A person as services see them."""
        lines = [
            (team, parent, next((one.person_id for one in self.lives if one.leads == team), None))
            for team, _name, parent in self.teams
        ]
        led = teams_led(lines, life.person_id)
        return Actor(life.person_id, self.firm_id, life.name, frozenset(life.roles), led)

    def named(self, name: str) -> Life:
        """Somebody by name."""
        return next(life for life in self.lives if life.name == name)

    def team(self, name: str) -> uuid.UUID:
        """A team by name."""
        return next(team for team, label, _parent in self.teams if label == name)

    def with_role(self, role: Role) -> list[Life]:
        """Everybody with a role."""
        return [life for life in self.lives if role in life.roles]


def build_firm(
    session: Session, *, number: int, size: int, seed: int, as_of: date, now: datetime, password_hash: str
) -> World:
    """Write a firm, its teams and its people. The first firm holds most accounts and the named cases."""
    firm_id, name = derived_id("demo", "firm", number), FIRMS[number]
    leave(session)
    session.add(
        Firm(
            id=firm_id,
            key=name.lower().replace(" ", "-"),
            name=name,
            is_simulated=True,
            created_at=now - timedelta(days=1000),
        )
    )
    session.flush()
    enter(session, firm_id)
    ids = {label: derived_id("demo", "team", number, label) for label, _above in TEAMS[number]}
    teams = tuple((ids[label], label, ids.get(above)) for label, above in TEAMS[number])
    for team_id, label, parent in teams:
        session.add(Team(firm_id=firm_id, id=team_id, name=label, parent_id=parent))
        session.flush()  # a team hangs under one that is there
    people = _people(number, ids, teams, seed, as_of)
    lives = tuple(life for life, _place in zip(people, range(size), strict=False))
    _add_persons(session, lives, now, password_hash)
    _add_employments(session, firm_id, number, lives)
    for life in lives:
        if life.leads:
            session.execute(
                update(Team)
                .where(Team.firm_id == firm_id, Team.id == life.leads)
                .values(lead_id=life.person_id)
            )
    return World(number, firm_id, name, lives, teams)


def _people(
    number: int,
    ids: dict[str, uuid.UUID],
    teams: tuple[tuple[uuid.UUID, str, uuid.UUID | None], ...],
    seed: int,
    as_of: date,
) -> Iterator[Life]:
    """A firm's people: accounts, named cases, who runs it, who leads a team, then agents without end."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311  (a simulation)
    free = _free_names(number)

    def new(days: int, **said: object) -> Life:
        place, name = next(free)
        return Life(
            person_id=derived_id("demo", "person", number, place),
            email=f"person{place}.{number}@demo.example",
            name=name,
            started_on=as_of - timedelta(days=days),
            **{"team_id": None, "ended_on": None, "roles": (Role.AGENT,), **said},  # type: ignore[arg-type]
        )

    accounts = [one for one in ACCOUNTS if number in one.firms]
    for one in accounts:
        team = ids.get(dict(zip(one.firms, one.teams, strict=True))[number])
        job = "team lead" if one.leads else JOBS.get(one.roles[0], "agent")
        leads = ids[one.leads] if one.leads else None
        day = as_of - timedelta(days=300 if number == 0 else 120)
        yield Life(
            one.person_id, one.email, one.name, team, day, None, one.roles, job, leads=leads, told=False
        )
    for case in CASES if number == 0 else ():
        yield Life(
            person_id=derived_id("demo", "case", case.key),
            email=f"{case.key.replace('_', '.')}@demo.example",
            name=case.name,
            team_id=ids["Billing"],
            started_on=as_of - timedelta(days=case.days),
            ended_on=as_of - timedelta(days=case.left) if case.left else None,
            roles=(Role.AGENT,),
            role_started_on=as_of - timedelta(days=case.role_days or case.days),
            time_factor=case.time_factor,
            told=False,
        )
    if number == 0:
        yield Life(
            person_id=derived_id("demo", "second manager"),
            email="second.manager@demo.example",
            name="Lorna Tillett",
            team_id=None,
            started_on=as_of - timedelta(days=1100),
            ended_on=None,
            roles=(Role.MANAGER,),
            job="operations manager",
            told=False,
        )
    needed = list(STAFF)
    for role in (role for one in accounts for role in one.roles if role in STAFF):
        needed.remove(role)
    for role in needed:
        yield new(chance.randint(400, 900), roles=(role,), job=JOBS.get(role, "administrator"))
    led = {ids[one.leads] for one in accounts if one.leads}
    for team_id, _label, parent in teams:
        if team_id not in led:
            job = "team lead" if parent else "operations supervisor"
            yield new(chance.randint(700, 1100), team_id=parent, leads=team_id, job=job)
    floors = [
        team_id for team_id, _label, _parent in teams if team_id not in {above for *_rest, above in teams}
    ]
    for place in count():
        days = chance.choice((20, 60, 120, 200, 260, 330, 420, 600, 900))
        gone = place % 13 == 12
        days = max(days, 200) if gone else days
        role_days = min(days, 150) if place % 17 == 16 else days
        yield new(
            days,
            team_id=floors[place % len(floors)],
            ended_on=as_of - timedelta(days=chance.randint(5, 90)) if gone else None,
            role_started_on=as_of - timedelta(days=role_days),
            time_factor=1.25 if place % 41 == 40 else 1.0,
        )


def _free_names(number: int) -> Iterator[tuple[int, str]]:
    """Places with a name that nobody written by hand has."""
    taken = {one.name for one in (*ACCOUNTS, *CASES)}
    for place in count():
        name = made_up(number, place)
        if name not in taken:
            taken.add(name)
            yield place, name


def _add_persons(session: Session, lives: tuple[Life, ...], now: datetime, password_hash: str) -> None:
    there = set(
        session.scalars(select(Person.id).where(Person.id.in_([life.person_id for life in lives]))).all()
    )
    for life in lives:
        if life.person_id not in there:
            session.add(
                Person(
                    id=life.person_id,
                    email=life.email,
                    password_hash=password_hash,
                    time_factor=life.time_factor,
                    created_at=now - timedelta(days=1),
                )
            )
    session.flush()


def _add_employments(session: Session, firm_id: uuid.UUID, number: int, lives: tuple[Life, ...]) -> None:
    for place, life in enumerate(lives):
        session.add(
            Employment(
                firm_id=firm_id,
                person_id=life.person_id,
                name=life.name,
                sort_name=sort_name(life.name),
                employee_number=f"{number + 1}{place:04d}",
                job_role=life.job,
                team_id=life.team_id,
                started_on=life.started_on,
                role_started_on=life.role_started_on or life.started_on,
                ended_on=life.ended_on,
                roles=[
                    EmploymentRole(firm_id=firm_id, person_id=life.person_id, role=role)
                    for role in life.roles
                ],
            )
        )
    session.flush()


def add_association(session: Session, *, as_of: date, now: datetime, password_hash: str) -> None:
    """Put the association's administrator into the association, whose screens show simulated firms from now on."""
    leave(session)
    firm = session.scalars(select(Firm).where(Firm.is_association.is_(True))).one()
    firm.is_simulated = True
    enter(session, firm.id)
    lives = tuple(
        Life(
            one.person_id,
            one.email,
            one.name,
            None,
            as_of - timedelta(days=300),
            None,
            one.roles,
            "administrator",
        )
        for one in ACCOUNTS
        if None in one.firms
    )
    _add_persons(session, lives, now, password_hash)
    _add_employments(session, firm.id, 8, lives)
    leave(session)
