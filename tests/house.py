"""A builder of small worlds. Each call commits, so that clients and sessions alike see what was built."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.assessments.models import Assessment
from lms.assessments.queries import list_asked
from lms.courses import services as courses
from lms.courses.packages import Package, read_folder
from lms.demo.answers import right_fields
from lms.foundation.actor import Actor, Role
from lms.foundation.engine import begin_writing
from lms.foundation.ids import derived_id, new_id
from lms.foundation.wall import enter, leave
from lms.operations.working import Worker
from lms.people import queries as people
from lms.people.models import Employment, EmploymentRole, Firm, Person, Team
from lms.people.rules import sort_name
from lms.people.services import sign_in
from lms.web.request import db

PASSWORD = "purple mango bicycle rain"
ASSOCIATION = derived_id("association")
ROOT = Path(__file__).parents[1]
SAMPLE_COURSE = ROOT / "tests" / "data" / "course"
C05 = ROOT / "seed_courses" / "C05-social-engineering"


@dataclass(frozen=True)
class Someone:
    """A person of a built world."""

    id: uuid.UUID
    firm_id: uuid.UUID
    name: str
    email: str


@cache
def read_once(folder: Path) -> Package:
    """A course of the project: read once a run. One that a test writes is read each time."""
    return read_folder(folder)


@cache
def _hash() -> str:
    """The hash of everybody's password: made once a run, for it is slow on purpose."""
    return sign_in.hash_password(PASSWORD)


class House:
    """Worlds, one sentence at a time."""

    def __init__(self, app: Flask, noon: datetime) -> None:
        self.app, self.noon = app, noon
        self.count = 0

    @contextmanager
    def writing(self, firm_id: uuid.UUID | None = None) -> Iterator[Session]:
        """A session inside a firm, committed at the end."""
        with self.app.app_context():
            session = db.session()
            session.rollback()
            leave(session)
            if firm_id is not None:
                enter(session, firm_id)
            begin_writing(session)
            yield session
            session.commit()
            leave(session)

    def firm(self, name: str = "Toucan Connect", *, association: bool = False) -> uuid.UUID:
        """A firm; its id."""
        firm_id = ASSOCIATION if association else new_id()
        with self.writing() as session:
            session.add(
                Firm(
                    id=firm_id,
                    key=name.lower().replace(" ", "-"),
                    name=name,
                    is_association=association,
                    created_at=self.noon,
                )
            )
        return firm_id

    def team(
        self,
        firm_id: uuid.UUID,
        name: str = "Billing",
        *,
        lead: Someone | None = None,
        parent: uuid.UUID | None = None,
    ) -> uuid.UUID:
        """A team; its id."""
        team_id = new_id()
        with self.writing(firm_id) as session:
            session.add(
                Team(
                    firm_id=firm_id,
                    id=team_id,
                    name=name,
                    lead_id=lead.id if lead else None,
                    parent_id=parent,
                )
            )
        return team_id

    def person(
        self,
        firm_id: uuid.UUID,
        *roles: Role,
        name: str = "",
        team_id: uuid.UUID | None = None,
        started_on: date = date(2025, 1, 6),
        number: str | None = None,
        job_role: str = "agent",
        at: Someone | None = None,
    ) -> Someone:
        """A person at a firm in these roles (an agent when none is named). `at`: somebody who already works elsewhere."""
        self.count += 1
        name = name or f"Person {self.count}"
        email = at.email if at else f"p{self.count}-{uuid.uuid4().hex[:6]}@example.bz"
        person_id = at.id if at else new_id()
        with self.writing(firm_id) as session:
            if at is None:
                session.add(Person(id=person_id, email=email, password_hash=_hash(), created_at=self.noon))
                session.flush()
            session.add(
                Employment(
                    firm_id=firm_id,
                    person_id=person_id,
                    name=name,
                    sort_name=sort_name(name),
                    employee_number=number,
                    job_role=job_role,
                    team_id=team_id,
                    started_on=started_on,
                    role_started_on=started_on,
                    roles=[
                        EmploymentRole(firm_id=firm_id, person_id=person_id, role=role)
                        for role in (roles or (Role.AGENT,))
                    ],
                )
            )
        return Someone(person_id, firm_id, name, email)

    def actor(self, someone: Someone) -> Actor:
        """The person as services see them."""
        with self.app.app_context():
            session = db.session()
            session.rollback()
            leave(session)
            enter(session, someone.firm_id)
            actor = people.find_actor(session, firm_id=someone.firm_id, person_id=someone.id, now=self.noon)
            session.rollback()
            leave(session)
        assert actor is not None
        return actor

    def act(self, someone: Someone, service: Callable[..., Any], **arguments: Any) -> Any:
        """Call a service as somebody, at noon unless told otherwise, and commit."""
        actor = self.actor(someone)
        arguments.setdefault("now", self.noon)
        with self.writing(someone.firm_id) as session:
            return service(session, actor=actor, **arguments)

    def client(self, someone: Someone | None = None) -> FlaskClient:
        """A browser, signed in as somebody or as nobody."""
        client = self.app.test_client()
        if someone is not None:
            with self.writing(someone.firm_id) as session:
                token = sign_in.open_sign_in(
                    session, person_id=someone.id, firm_id=someone.firm_id, user_agent="test", now=self.noon
                )
            client.set_cookie("ladder", token)
        return client

    def clients(self, people_: Sequence[Someone]) -> list[FlaskClient]:
        """A browser for each."""
        return [self.client(one) for one in people_]

    def work(self) -> int:
        """Do the work in the background that is due; how many jobs."""
        return Worker(self.app).run_due()

    def course(self, owner: Someone | None = None, folder: Path = SAMPLE_COURSE) -> uuid.UUID:
        """Publish a course folder as somebody's firm's, or as the association's; its id."""
        if owner is None:
            actor = Actor(self._author(), ASSOCIATION, "Author", frozenset({Role.ASSOCIATION, Role.TRAINER}))
        else:
            actor = self.actor(owner)
        with self.writing(actor.firm_id) as session:
            version, _new = courses.publish_package(
                session,
                actor=actor,
                package=read_once(folder) if folder.is_relative_to(ROOT) else read_folder(folder),
                storage=self.app.extensions["storage"],
                note="test",
                now=self.noon,
            )
            return version.course_id

    def _author(self) -> uuid.UUID:
        person_id = derived_id("author")
        with self.writing() as session:
            if session.get(Firm, ASSOCIATION) is None:
                session.add(
                    Firm(
                        id=ASSOCIATION,
                        key="association",
                        name="Association",
                        is_association=True,
                        created_at=self.noon,
                    )
                )
            if session.get(Person, person_id) is None:
                session.add(Person(id=person_id, created_at=self.noon))
        return person_id

    def assessment(self, course_id: uuid.UUID) -> uuid.UUID:
        """The id of a course's first assessment, by its key: rows come in any order from a database that was emptied."""
        with self.writing() as session:
            found = session.scalar(
                select(Assessment.id).where(Assessment.course_id == course_id).order_by(Assessment.key)
            )
        assert found is not None
        return found

    def right_answers(self, someone: Someone, attempt_id: uuid.UUID) -> dict[int, dict[str, list[str]]]:
        """The form fields that answer each question of an attempt rightly."""
        actor = self.actor(someone)
        with self.writing(someone.firm_id) as session:
            found = {}
            for one in list_asked(session, actor=actor, attempt_id=attempt_id):
                kind = kind_of(one.version.document)
                question = kind.read(one.version.document)
                found[one.position] = right_fields(kind, question, one.row.variant)
        return found
