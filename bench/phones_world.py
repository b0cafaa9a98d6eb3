"""Where the generated schedules of `bench.offline` happen: a server with a course in two versions, firms, people, phones."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.assessments.kinds import kind_of
from lms.assessments.models import Question, QuestionVersion
from lms.courses import services as courses
from lms.courses.models import Course, LessonVersion
from lms.courses.packages import Package, read_folder, understand
from lms.demo.answers import right_fields
from lms.foundation.actor import Role
from lms.foundation.ids import new_id
from lms.learning.models import Enrolment, ReviewCard
from lms.learning.rules.syncing import FORMAT
from lms.learning.services import find_check
from lms.learning.services.memory import seed_of
from lms.people.models import Employment, EmploymentRole, Firm, Person
from lms.people.rules import SIGN_IN_LASTS
from lms.people.services import sign_in
from tests.house import ROOT, SAMPLE_COURSE, House, Someone

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
CHECK = "t01-check"
SPOKEN = ROOT / "seed_courses" / "C01-handle-the-call"


def edition(newer: bool, *, heard: bool = False) -> Package:
    """The sample course with an assessment that may be taken without a network; a newer one has another last card.

    `heard`: its last question is a dictation.
    """
    whole = read_folder(SAMPLE_COURSE)
    files, media = dict(whole.files), dict(whole.media)
    plan = yaml.safe_load(files["assessments/final.yaml"]) | {"offline": True, "time_limit_minutes": 10}
    if heard:
        bank = yaml.safe_load((SPOKEN / "questions" / "dictation.yaml").read_text())
        files["questions/heard.yaml"] = yaml.safe_dump([bank[0] | {"objective": "greet", "competency": "B4"}])
        media[bank[0]["sound"]] = (SPOKEN / bank[0]["sound"]).read_bytes()
        plan["draws"] = [*plan["draws"], {"count": 1, "kind": "dictation"}]
        plan["shuffle"] = {"questions": False}
    files["assessments/final.yaml"] = yaml.safe_dump(plan)
    if newer:
        files["lessons/hello.md"] = files["lessons/hello.md"].replace("{#next-call}", "{#try-it}")
    return understand(files, media, [])


@dataclass(frozen=True)
class Card:
    """A review card that a person has from the beginning."""

    id: uuid.UUID
    source: str
    key: str
    document: Mapping[str, Any]

    def right(self, nth: int) -> str:
        """The option that is right when the card is shown for this time: its options stand in another order each time."""
        kind = kind_of(self.document)
        question = kind.read(self.document)
        return right_fields(kind, question, kind.vary(question, seed_of(self.id, nth)))["answer"][0]


@dataclass(frozen=True)
class Cast:
    """Who plays in one schedule: a firm of their own, a person with two phones, and another who borrows one."""

    person: Someone
    other: Someone
    trainer: Someone
    cards: tuple[Card, ...]
    tokens: tuple[str, str]


@dataclass
class World:
    """One server with a course in two versions; each schedule gets a firm of its own. `apps`: its processes."""

    house: House
    apps: tuple[Flask, ...]
    course_id: uuid.UUID
    versions: tuple[uuid.UUID, uuid.UUID]
    assessment_id: uuid.UUID
    documents: Mapping[tuple[str, str], tuple[uuid.UUID, Mapping[str, Any]]]
    """The questions that come back, by source and key: the version each hangs on, and what it asks."""
    firms: int = 0

    def show(self, version_id: uuid.UUID) -> None:
        """Make a version the live one."""
        with self.house.writing() as session:
            session.execute(
                update(Course).where(Course.id == self.course_id).values(live_version_id=version_id)
            )

    def cast(self, card_ids: tuple[uuid.UUID, ...]) -> Cast:
        """A firm with its people, one of them on the first version with cards to review and two sign-ins: one commit."""
        self.firms += 1
        firm_id = new_id()
        with self.house.writing(firm_id) as session:
            session.execute(
                update(Course).where(Course.id == self.course_id).values(live_version_id=self.versions[0])
            )
            session.add(Firm(id=firm_id, key=f"firm-{firm_id}", name=f"Firm {self.firms}", created_at=NOON))
            roles = {"Ana": Role.AGENT, "Ben": Role.AGENT, "Tia": Role.TRAINER}
            someones = [Someone(one := new_id(), firm_id, name, f"{one}@example.bz") for name in roles]
            session.add_all(Person(id=one.id, email=one.email, created_at=NOON) for one in someones)
            session.flush()  # the employments point at them
            session.add_all(
                Employment(
                    firm_id=firm_id,
                    person_id=one.id,
                    name=one.name,
                    sort_name=one.name.lower(),
                    job_role="agent",
                    started_on=date(2025, 1, 6),
                    role_started_on=date(2025, 1, 6),
                    roles=[EmploymentRole(firm_id=firm_id, person_id=one.id, role=roles[one.name])],
                )
                for one in someones
            )
            session.flush()  # what is theirs points at them
            person, other, trainer = someones
            session.add(
                Enrolment(
                    firm_id=firm_id,
                    person_id=person.id,
                    course_id=self.course_id,
                    version_id=self.versions[0],
                    enrolled_at=NOON,
                )
            )
            cards = []
            for card_id, ((source, key), (hangs_on, document)) in zip(
                card_ids, self.documents.items(), strict=False
            ):
                session.add(
                    ReviewCard(
                        firm_id=firm_id,
                        id=card_id,
                        person_id=person.id,
                        course_id=self.course_id,
                        source=source,
                        key=key,
                        about="Hello",
                        lesson_key="hello",
                        version_id=hangs_on if source == "check" else None,
                        question_version_id=hangs_on if source == "question" else None,
                        made_at=NOON,
                        since=NOON.date(),
                        due_on=NOON.date(),
                    )
                )
                cards.append(Card(card_id, source, key, document))
            first, second = (
                sign_in.open_sign_in(
                    session, person_id=person.id, firm_id=firm_id, user_agent="test", now=NOON
                )
                for _device in range(2)
            )
        return Cast(person, other, trainer, tuple(cards), (first, second))


def build(house: House, *processes: Flask, heard: bool = False) -> World:
    """Publish both versions. `processes`: more of the same server, over the same database; `heard`: with a dictation."""
    author = house.person(house.firm("Authors", association=True), Role.ASSOCIATION, Role.TRAINER)
    made = [
        house.act(
            author,
            courses.publish_package,
            package=edition(newer, heard=heard),
            storage=house.app.extensions["storage"],
            note="test",
        )[0]
        for newer in (False, True)
    ]
    course_id = made[0].course_id
    with house.writing() as session:
        lesson = session.scalars(
            select(LessonVersion).where(LessonVersion.version_id == made[0].id, LessonVersion.key == "hello")
        ).one()
        documents = {("check", CHECK): (made[0].id, find_check(lesson, CHECK))}
        for key, version_id, document in session.execute(
            select(Question.key, QuestionVersion.id, QuestionVersion.document)
            .join(QuestionVersion, QuestionVersion.question_id == Question.id)
            .where(Question.course_id == course_id, Question.key.in_(("t01-q1", "t01-q2")))
        ):
            documents["question", key] = (version_id, document)
    return World(
        house,
        (house.app, *processes),
        course_id,
        (made[0].id, made[1].id),
        house.assessment(course_id),
        documents,
    )


@dataclass
class Device:
    """A phone: a sign-in, two clocks, an outbox, the pack and the cards it holds.

    `ran` is how long its page says the pack has been there: by a clock that nobody sets while the page is open, and by
    the one on the screen while it was closed, as `attempt.js` counts.
    """

    client: FlaskClient
    until: datetime | None = NOON + SIGN_IN_LASTS
    format: int = FORMAT
    wall_offset: timedelta = timedelta()
    ran: timedelta = timedelta()
    asleep: bool = False
    closed_at: datetime | None = None
    outbox: list[dict[str, Any]] = field(default_factory=list)
    seal: str = ""
    issued_at: datetime = NOON
    ran_then: timedelta = timedelta()
    wall_then: datetime = NOON
    order: int = 0
    answers: dict[int, str] = field(default_factory=dict)
    shown: dict[uuid.UUID, int] = field(default_factory=dict)
    reviewed: set[tuple[uuid.UUID, int]] = field(default_factory=set)
