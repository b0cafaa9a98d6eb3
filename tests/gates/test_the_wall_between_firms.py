"""Every route × every role × (own, another firm's, a random) id: nothing of the other firm is told, shown or touched."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.assessments.models import Attempt
from lms.assessments.services import start_attempt
from lms.courses.archives import write_archive
from lms.courses.models import CourseVersion
from lms.courses.packages import read_folder, understand
from lms.courses.services import keep_upload, publish_package
from lms.foundation.actor import Role
from lms.foundation.db import Base, InFirm
from lms.foundation.policy import Door
from lms.foundation.wall import WallBreach, enter
from lms.interop.services import keep_import
from lms.learning.services import enrol
from lms.learning.services.assigning import assign
from lms.learning.services.moving import move_people
from lms.people.models import SignIn
from lms.people.services import importing
from lms.tracks import services as tracks
from lms.tracks.models import EvidenceRow
from lms.tracks.rules import EvidenceKind
from lms.web.request import db
from tests.house import SAMPLE_COURSE, House, Someone

CANARY = "Zyxwo"
ROLES = (Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN, Role.ASSOCIATION)


@dataclass
class World:
    """One firm with a row of everything, by the names that routes give to ids."""

    firm_id: uuid.UUID
    someone: Someone
    ids: dict[str, str] = field(default_factory=dict)


def build(house: House, word: str) -> World:
    """A firm whose every text carries `word`."""
    firm = house.firm(f"{word} Firm")
    trainer = house.person(firm, Role.TRAINER, name=f"{word} Trainer")
    lead = house.person(firm, Role.ASSESSOR, name=f"{word} Lead")
    team = house.team(firm, f"{word} Team", lead=lead)
    agent = house.person(firm, name=f"{word} Agent", team_id=team, number=f"{word}-1")
    course_id = house.course(trainer)
    house.client(agent)  # a device that is signed in
    assessment_id = house.assessment(course_id)
    attempt_id = uuid.uuid4()
    house.act(agent, start_attempt, assessment_id=assessment_id, attempt_id=attempt_id)
    seen = tracks.Observation(
        person_id=agent.id,
        competency="A1",
        level=2,
        kind=EvidenceKind.OBSERVED,
        on=house.noon.date(),
        example=f"{word} was seen to greet",
    )
    house.act(lead, tracks.record_evidence, seen=seen)
    assignment = house.act(
        trainer,
        assign,
        course_id=course_id,
        team_id=team,
        person_id=None,
        due_on=None,
        note=f"{word} must take this",
    )
    packed = read_folder(SAMPLE_COURSE)
    upload = house.act(
        trainer,
        keep_upload,
        file_name=f"{word}.zip",
        content=write_archive(packed.files, packed.media.__getitem__, sorted(packed.media)),
        storage=house.app.extensions["storage"],
    )
    with house.writing(firm) as session:
        evidence_id = session.scalars(select(EvidenceRow.id).where(EvidenceRow.firm_id == firm)).one()
        version_id = session.scalars(
            select(CourseVersion.id).where(CourseVersion.course_id == course_id)
        ).one()
        sign_in_id = session.scalars(select(SignIn.id).where(SignIn.person_id == agent.id)).first()
        assert session.scalars(select(Attempt.id).where(Attempt.firm_id == firm)).one() == attempt_id
    house.act(agent, tracks.contest, evidence_id=evidence_id, reason=f"{word} disagrees")
    admin = house.person(firm, Role.FIRM_ADMIN, name=f"{word} Admin")
    sent = house.act(
        admin,
        importing.keep_file,
        file_name=f"{word}.csv",
        content=f"number,name,team\n{word}-9,{word} Fresh,{word} Night\n{word}-8,=1+1,\n".encode(),
        storage=house.app.extensions["storage"],
    )
    brought = house.act(
        trainer,
        keep_import,
        course_id=course_id,
        file_name=f"{word}.gift",
        content=f"::{word}::What is {word}? {{=a#{word} ~b ~c}}".encode(),
        storage=house.app.extensions["storage"],
    )
    move_id = moved(house, trainer, agent, course_id, version_id)
    ids = {
        "course_id": course_id,
        "move_id": move_id,
        "import_id": sent.id,
        "bring_id": brought.id,
        "assessment_id": assessment_id,
        "attempt_id": attempt_id,
        "person_id": agent.id,
        "team_id": team,
        "firm_id": firm,
        "evidence_id": evidence_id,
        "version_id": version_id,
        "assignment_id": assignment.id,
        "upload_id": upload.id,
        "sign_in_id": sign_in_id,
    }
    return World(firm, agent, {name: str(value) for name, value in ids.items()})


def moved(
    house: House, trainer: Someone, agent: Someone, course_id: uuid.UUID, version_id: uuid.UUID
) -> uuid.UUID:
    """The agent begins the course, its next version comes, and they are moved to it; the move's id."""
    house.act(agent, enrol, course_id=course_id)
    whole = read_folder(SAMPLE_COURSE)
    files = {**whole.files, "lessons/hello.md": whole.files["lessons/hello.md"].replace("Hi.", "Hey.")}
    house.act(
        trainer,
        publish_package,
        package=understand(files, whole.media, []),
        storage=house.app.extensions["storage"],
        note="test",
    )
    move = house.act(trainer, move_people, course_id=course_id, version_id=version_id, choices={})
    house.act(house.person(trainer.firm_id, name=agent.name), enrol, course_id=course_id)
    found: uuid.UUID = move.id
    return found


PLAIN = {
    "lesson_key": "hello",
    "check_key": "t01-check",
    "position": "1",
    "path": "media/wave.svg",
    "revision": "1",
    "rung": "S1",
    "token": "not-a-token",
    "question_key": "t01-q1",
    "assessment_key": "final",
    "mark": "0" * 16,
}


def address(rule: Rule, ids: dict[str, str], stranger: str) -> str:
    """The rule's address with ids of a world, or with a random one for what the world does not know."""
    path = str(rule)
    for name in rule.arguments:
        value = ids.get(name) or PLAIN.get(name) or stranger
        path = re.sub(rf"<(?:[a-z]+:)?{name}>", value, path)
    return path


def told(reply: TestResponse, ids: dict[str, str]) -> tuple[int, str, bytes]:
    """A reply without what differs by chance: the ids asked for, form tokens, minted ids."""
    body = reply.get_data()
    location = reply.headers.get("Location", "")
    for value in ids.values():
        body = body.replace(value.encode(), b"#")
        location = location.replace(value, "#")
    body = re.sub(rb'name="csrf_token"[^>]*value="[^"]*"', b"", body)
    body = re.sub(rb'nonce="[^"]*"', b"", body)
    return reply.status_code, location, body


def footprint(house: House, firm_id: uuid.UUID) -> str:
    """A hash over every row of a firm, in every table that is behind the wall."""
    digest = hashlib.sha256()
    with house.writing(firm_id) as session:
        for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__name__):
            if not issubclass(mapper.class_, InFirm):
                continue
            columns = [attribute.columns[0] for attribute in mapper.column_attrs]
            keys = list(inspect(mapper.class_).primary_key)
            for row in session.execute(
                select(*columns).where(mapper.class_.firm_id == firm_id).order_by(*keys)
            ):
                digest.update(json.dumps([str(value) for value in row]).encode())
    return digest.hexdigest()


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every rule with its method, static files aside."""
    found = []
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"OPTIONS", "HEAD"}
        found += [(rule, method) for method in sorted(methods) if rule.endpoint != "assets.file"]
    return sorted(found, key=str)


ABOVE = (
    "people.firms",
    "people.firm",
    "people.new_administrator",
    "people.closing_firm",
    "people.change_firm",
    "people.invite_administrator",
    "people.close_firm",
    "people.reopen_firm",
)
"""Where the association sees firms by name, on purpose; tests/rooms/test_firms.py walks these for what they must not show."""


def ask(client: FlaskClient, method: str, path: str) -> TestResponse:
    form = {
        "fact_id": str(uuid.uuid4()),
        "answer": "a",
        "card": "hook",
        "reason": "x",
        "order": "1",
        "refused": "skip",
    }
    return client.get(path) if method == "GET" else client.post(path, data=form)


def test_no_route_tells_shows_or_touches_anything_of_another_firm(
    app: Flask, house: House, record_property: Callable[[str, object], None]
) -> None:
    ours, theirs = build(house, "Ours"), build(house, CANARY)
    before = footprint(house, theirs.firm_id)
    asked = canaries = differing = entered = 0
    complaints: list[str] = []
    for role in (None, *ROLES):
        one = house.person(ours.firm_id, role, name=f"Reader {role}") if role else None
        for rule, method in routes(app):
            if rule.endpoint in ("people.sign_out", "people.switch_firm") and role:
                continue  # ends or moves this reader's own sign-in; walked below by name
            if role is Role.ASSOCIATION and rule.endpoint in ABOVE:
                continue
            stranger = str(uuid.uuid4())
            random_ids = {name: stranger for name in rule.arguments if name in theirs.ids}
            replies = []
            for ids in (ours.ids, theirs.ids, random_ids):
                client = house.client(one)
                reply = ask(client, method, address(rule, ids, stranger))
                replies.append(reply)
                asked += 1
                entered += ids is ours.ids and reply.status_code in (200, 302)
                if reply.status_code >= 500:
                    complaints.append(f"{role} {method} {rule}: {reply.status_code}")
                if CANARY.encode() in reply.get_data():
                    canaries += 1
                    complaints.append(f"{role} {method} {rule}: canary")
            if random_ids and told(replies[1], theirs.ids) != told(replies[2], random_ids):
                differing += 1
                complaints.append(f"{role} {method} {rule}: another firm's id and a random one differ")
    record_property(
        "wall", f"{len(routes(app))} routes, {asked} requests, {canaries} canaries, {differing} differing"
    )
    assert complaints == []
    assert footprint(house, theirs.firm_id) == before
    assert asked > 500
    assert entered > 100, "the walk must get in where it may, or it proves nothing"


def test_nobody_can_switch_into_a_firm_they_do_not_work_for(house: House) -> None:
    ours, theirs = build(house, "Ours"), build(house, CANARY)
    client = house.client(ours.someone)
    other = client.post(f"/me/firms/{theirs.firm_id}")
    random = client.post(f"/me/firms/{uuid.uuid4()}")
    assert other.status_code == random.status_code == 404
    assert told(other, theirs.ids) == told(random, {})
    assert b"Ours" in client.get("/me").data


def test_every_route_says_who_may_enter(app: Flask) -> None:
    for rule, method in routes(app):
        allow = getattr(app.view_functions[rule.endpoint], "allow", None)
        assert allow is not None, f"{method} {rule} has no allow="


def test_the_doors_open_to_the_public_are_known_by_name(app: Flask) -> None:
    public = {
        rule.endpoint
        for rule, _method in routes(app)
        if app.view_functions[rule.endpoint].allow is Door.PUBLIC  # type: ignore[attr-defined]
    }
    assert public <= {
        "people.home",
        "people.sign_in",
        "people.enter",
        "people.speak",
        "people.code",
        "people.use_code",
        "people.link",
        "people.use_link",
        "learning.worker",
        "learning.manifest",
        "learning.offline",
    }


def test_the_database_session_refuses_what_does_not_name_a_firm(app: Flask, house: House) -> None:
    world = build(house, "Ours")
    with app.app_context():
        session = db.session()
        session.rollback()
        enter(session, world.firm_id)
        with pytest.raises(WallBreach):
            session.execute(select(EvidenceRow.id)).all()
        session.rollback()
