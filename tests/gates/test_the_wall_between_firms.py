"""Every route × every role × (own, another firm's, a random) id: nothing of the other firm is told, shown or touched."""

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.assessments.models import AnswerFile, Attempt, Question, SittingCode
from lms.assessments.rescoring import Change
from lms.assessments.rescoring import Rule as Scoring
from lms.assessments.services import start_attempt
from lms.assessments.services.cutting import open_cut_panel
from lms.assessments.services.rescoring import Wish, decide_rescoring
from lms.courses.archives import write_archive
from lms.courses.models import CourseDraft, CourseVersion
from lms.courses.packages import read_folder, understand
from lms.courses.services import keep_upload, publish_package
from lms.courses.services.people import put_on_course
from lms.courses.services.reviewing import ask_for_review, comment
from lms.foundation.actor import Role
from lms.foundation.db import Base, InFirm
from lms.foundation.jobs import Order, enqueue
from lms.foundation.policy import Door
from lms.foundation.wall import WallBreach, enter
from lms.interop.services import keep_import
from lms.learning.models import ReviewCard
from lms.learning.services import FinishedCard, enrol, finish_card
from lms.learning.services.assigning import assign
from lms.learning.services.cohorts import CohortFacts, Whom, add_people, ask_to_go_on, make_cohort
from lms.learning.services.extending import give_more_time
from lms.learning.services.keeping_days import add_holiday
from lms.learning.services.memory import Answered, answer_card
from lms.learning.services.moving import move_people
from lms.learning.services.ruling import RuleFacts, make_rule, switch_on
from lms.people.models import ApiKey, Passkey, SignIn
from lms.people.queries.floor import find_floor_device
from lms.people.rules import TimeAway
from lms.people.services import by_phone, floor, importing
from lms.people.services.api_keys import make_key
from lms.people.services.away import enter_leave
from lms.people.services.pins import set_pin
from lms.tracks import services as tracks
from lms.tracks.framework_files import shipped_gold
from lms.tracks.models import EvidenceRow
from lms.tracks.rules import EvidenceKind
from lms.tracks.rules.reports import When
from lms.tracks.services import framework, kpi, kpi_metrics
from lms.tracks.services.calibration import NewGold, rate_gold, write_gold
from lms.tracks.services.coaching import NewNote, write_note
from lms.tracks.services.passports import Wanted, give_consent, make_own
from lms.tracks.services.rating import Subject, call_panel
from lms.tracks.services.reports import NewPlan, Written, keep_report, plan_report
from lms.tracks.services.taking import Brought, take_in
from lms.web.request import db
from tests.house import SAMPLE_COURSE, House, Someone
from tests.promotion import Promotion

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
        file = AnswerFile(
            id=uuid.uuid4(),
            firm_id=firm,
            attempt_id=attempt_id,
            position=1,
            name=f"{word}.txt",
            kind="txt",
            stored=house.app.extensions["storage"].put(f"{word} wrote this".encode()),
            size=9,
            arrived_at=house.noon,
        )
        session.add(file)
        file_id = file.id
        sign_in_id = session.scalars(select(SignIn.id).where(SignIn.person_id == agent.id)).first()
        assert session.scalars(select(Attempt.id).where(Attempt.firm_id == firm)).one() == attempt_id
    house.act(agent, tracks.contest, evidence_id=evidence_id, reason=f"{word} disagrees")
    admin = house.person(firm, Role.FIRM_ADMIN, name=f"{word} Admin")
    code = SittingCode(
        firm_id=firm,
        code=f"{word}7"[:12],
        assessment_id=assessment_id,
        team_id=team,
        place=f"{word} room",
        opens_at=house.noon,
        closes_at=house.noon + timedelta(hours=1),
        made_by_id=lead.id,
        made_at=house.noon,
    )
    with house.writing(firm) as session:
        session.add(code)
        session.flush()
        code_id = code.id
    cut = house.act(trainer, open_cut_panel, course_id=course_id, key="final", names=(f"{word} Trainer",))
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
    away = house.act(
        admin,
        enter_leave,
        person_id=agent.id,
        away=TimeAway(house.noon.date(), None, protected=True, reason=word),
    )
    second = house.person(firm, Role.ASSESSOR, name=f"{word} Lead")
    panel = house.act(
        lead,
        call_panel,
        about=Subject(agent.id, "grow-coaching", house.noon.date(), "E1", 2),
        raters=[lead.id, second.id],
    )
    layered(house, admin, word)
    figures = figured(house, firm, word)
    note = NewNote(f"{word} agreed to greet", house.noon.date())
    house.act(lead, write_note, person_id=agent.id, note=note)
    job = house.act(
        trainer,
        lambda session, *, actor, now: enqueue(
            session,
            Order(uuid.uuid4(), "read a file", f"{word}.gift", about_id=course_id),
            actor=actor,
            now=now,
        ),
    )
    move_id = moved(house, trainer, agent, course_id, version_id)
    review_id, comment_id = reviewed(house, word, trainer, lead, course_id)
    ids = run_courses(house, trainer, admin, agent, course_id, word) | {
        "review_id": review_id,
        "comment_id": comment_id,
        "course_id": course_id,
        "move_id": move_id,
        "leave_id": away.id,
        "panel_id": panel.id,
        "import_id": sent.id,
        "bring_id": brought.id,
        "kpi_file_id": figures,
        "job_id": job.id,
        "assessment_id": assessment_id,
        "attempt_id": attempt_id,
        "file_id": file_id,
        "person_id": agent.id,
        "team_id": team,
        "firm_id": firm,
        "evidence_id": evidence_id,
        "code_id": code_id,
        "cut_id": cut.id,
        "version_id": version_id,
        "assignment_id": assignment.id,
        "upload_id": upload.id,
        "sign_in_id": sign_in_id,
        **calibrated(house, firm, word),
        **scored_again(house, trainer, course_id, word),
    }
    ids |= {"device_id": shared(house, admin, agent, word), "passkey_id": keyed(house, agent, word)}
    house.act(admin, make_key, name=f"{word} tool")
    with house.writing(firm) as session:
        ids["key_id"] = session.scalars(select(ApiKey.id).where(ApiKey.firm_id == firm)).one()
    ids |= Promotion(house, word, firm, agent).ids() | remembered(house, agent, course_id)
    ids |= left_with(house, word, agent)
    return World(firm, agent, {name: str(value) for name, value in ids.items()})


def layered(house: House, admin: Someone, word: str) -> None:
    """An administrator publishes a competency of the firm's own, and begins another draft."""
    anchors = {str(level): f"{word} {level}" for level in range(1, 6)}
    for key in ("X-one", "X-two"):
        whole = {"key": key, "name": f"{word} competency", "group": word, "anchors": anchors}
        house.act(admin, framework.save_entry, part="competencies", whole=whole, revision=0, new=True)
        if key == "X-one":
            house.act(
                admin,
                framework.publish_draft,
                note=f"{word} asks for it",
                starts_on=house.noon.date(),
                revision=1,
            )


def left_with(house: House, word: str, agent: Someone) -> dict[str, uuid.UUID]:
    """The agent lets a passport leave and brings it back, a manager has a list made on a date; the ids of all."""
    keys, wanted = house.app.extensions["keys"], Wanted(("seen",), f"{word} Next")
    consent = house.act(agent, give_consent, wanted=wanted)
    made = house.act(agent, make_own, wanted=wanted, keys=keys, key_at="")
    taken = house.act(agent, take_in, person_id=agent.id, brought=Brought(made.content), keys=keys)
    manager = house.person(agent.firm_id, Role.MANAGER, name=f"{word} Planner")
    new = NewPlan("board", "csv", {"rung": "S1"}, When(False, 1, 7), 4, f"{word} list", [f"{word} filter"])
    plan = house.act(manager, plan_report, new=new, plan_id=uuid.uuid4())
    written = Written(f"{word}.csv", word.encode(), f"{word} list", [word])
    file = house.act(manager, keep_report, plan_id=plan.id, written=written)
    return {
        "consent_id": consent.id,
        "passport_id": made.row.id,
        "taken_id": taken.id,
        "plan_id": plan.id,
        "report_id": file.id,
    }


def figured(house: House, firm: uuid.UUID, word: str) -> uuid.UUID:
    """A manager sends figures in and takes them, names a metric and sets a target; the file's id."""
    manager = house.person(firm, Role.MANAGER, name=f"{word} Manager")
    metric = kpi_metrics.NewMetric(f"{word} metric", "", "score", "higher", word, 100, 3)
    house.act(manager, kpi_metrics.name_metric, new=metric)
    house.act(
        manager,
        kpi_metrics.set_target,
        queue=f"{word} queue",
        metric="qa",
        value=80,
        from_on=house.noon.date(),
    )
    storage = house.app.extensions["storage"]
    text = f"Agent,Queue,Shift,Month,QA,Evaluations,AHT,Calls\n{word}-1,{word} queue,{word} shift,2026-01,90,12,300,90\n"
    kept = house.act(
        manager,
        kpi.keep_file,
        file_name=f"{word}.csv",
        content=text.encode(),
        source=word,
        pairs=(),
        storage=storage,
    )
    house.act(manager, kpi.apply_file, file_id=kept.id, storage=storage)
    found: uuid.UUID = kept.id
    return found


def calibrated(house: House, firm: uuid.UUID, word: str) -> dict[str, uuid.UUID]:
    """An assessor rates a gold contact, and a manager writes one; its id."""
    assessor = house.person(firm, Role.ASSESSOR, name=f"{word} Assessor")
    manager = house.person(firm, Role.MANAGER, name=f"{word} Manager")
    gold = shipped_gold()[0]
    house.act(assessor, rate_gold, form_key=gold.form, contact=gold.key, marks=gold.marks)
    new = NewGold(
        uuid.uuid4(), gold.form, f"{word} called", word, f"Agent: {word}\nCaller: Hi", word, gold.marks, word
    )
    return {"gold_id": house.act(manager, write_gold, new=new).id}


def scored_again(house: House, trainer: Someone, course_id: uuid.UUID, word: str) -> dict[str, uuid.UUID]:
    """A question of the course is scored again; the decision's id."""
    with house.writing(trainer.firm_id) as session:
        version_id = session.scalars(
            select(Question.live_version_id).where(Question.course_id == course_id, Question.key == "t01-q1")
        ).one()
    wish = Wish(uuid.uuid4(), version_id, Scoring(Change.ALL), f"{word} was wrong")
    return {"rescoring_id": house.act(trainer, decide_rescoring, course_id=course_id, wish=wish).id}


def reviewed(
    house: House, word: str, trainer: Someone, reviewer: Someone, course_id: uuid.UUID
) -> tuple[uuid.UUID, uuid.UUID]:
    """A reviewer of the course is asked to look at its draft and says something; the ids of both."""
    house.act(trainer, put_on_course, course_id=course_id, person_id=reviewer.id, role="reviewer")
    with house.writing(trainer.firm_id) as session:
        revision = session.scalars(
            select(CourseDraft.revision).where(CourseDraft.course_id == course_id)
        ).one()
    asked = house.act(
        trainer, ask_for_review, course_id=course_id, revision=revision, note=f"{word} wants a look"
    )
    said = house.act(
        reviewer,
        comment,
        course_id=course_id,
        review_id=asked.id,
        place="lessons/hello.md",
        text=f"{word} is too long",
    )
    return asked.id, said.id


def shared(house: House, admin: Someone, agent: Someone, word: str) -> uuid.UUID:
    """A shared PC that asks for somebody, and a PIN; the PC's id."""
    secret = house.act(admin, floor.register_device, name=f"{word} PC", team_id=None)
    house.act(agent, set_pin, pin="740268")
    with house.writing() as session:
        device = find_floor_device(session, secret=secret)
    assert device is not None
    with house.writing(admin.firm_id) as session:
        by_phone.ask(session, device=device, now=house.noon)
    return device.id


def keyed(house: House, agent: Someone, word: str) -> uuid.UUID:
    """A passkey of the agent's; its id."""
    with house.writing() as session:
        row = Passkey(
            person_id=agent.id,
            credential_id=uuid.uuid4().hex,
            public_key="",
            sign_count=0,
            name=f"{word} phone",
            created_at=house.noon,
        )
        session.add(row)
        session.flush()  # its id
        return row.id


def run_courses(
    house: House, trainer: Someone, admin: Someone, agent: Someone, course_id: uuid.UUID, word: str
) -> dict[str, uuid.UUID]:
    """A group, a rule, a holiday and more time, each with the word in it; their ids."""
    today = house.noon.date()
    facts = CohortFacts(f"{word} Group", trainer.id, today, today, (course_id,), f"{word} note")
    group = house.act(trainer, make_cohort, facts=facts)
    house.act(trainer, add_people, cohort_id=group.id, whom=Whom(numbers=f"{word}-1"))
    rule = house.act(trainer, make_rule, facts=RuleFacts(course_id, None, None, None, 10))
    house.act(trainer, switch_on, rule_id=rule.id)
    house.act(admin, add_holiday, on=today, name=f"{word} Day")
    more = house.act(
        trainer,
        give_more_time,
        person_id=agent.id,
        course_id=course_id,
        until=today + timedelta(days=30),
        reason=f"{word} was ill",
    )
    house.act(trainer, ask_to_go_on, cohort_id=group.id, person_id=agent.id, course_id=course_id)
    return {"cohort_id": group.id, "rule_id": rule.id, "extension_id": more.id}


def remembered(house: House, agent: Someone, course_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """The agent completes the lesson and answers its review card; the ids of both."""
    for card in ("hook", "say", "next-call"):
        house.act(agent, finish_card, fact=FinishedCard(uuid.uuid4(), course_id, "hello", card))
    with house.writing(agent.firm_id) as session:
        card_id = session.scalars(
            select(ReviewCard.id).where(ReviewCard.firm_id == agent.firm_id).limit(1)
        ).one()
    answered = Answered(uuid.uuid4(), card_id, 0, {"answer": ["a"]})
    kept = house.act(agent, answer_card, answered=answered)
    return {"card_id": card_id, "answer_id": kept.log.id}


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
    "form_key": "call-scorecard",
    "form": "csv",
    "guide": "course-format",
    "entry_key": "X-one",
    "mark": "0" * 16,
    "contact_key": "lost-parcel",
    "number": "1",
}


def address(rule: Rule, ids: dict[str, str], stranger: str) -> str:
    """The rule's address with ids of a world, or with a random one for what the world does not know."""
    path = str(rule)
    for name in rule.arguments:
        value = ids.get(name) or PLAIN.get(name) or stranger
        path = re.sub(rf"<(?:[a-z]+(?:\([^)]*\))?:)?{name}>", value, path)
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
    "tracks.framework_effect",
)
"""Where the association sees firms by name, on purpose; tests/rooms/test_firms.py and test_the_framework_in_layers.py walk them for
what they must not show."""


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


def another(client: FlaskClient) -> FlaskClient:
    """Another browser with the same sign-in and nothing else."""
    fresh: FlaskClient = client.application.test_client()
    if kept := client.get_cookie("ladder"):
        fresh.set_cookie("ladder", kept.value)
    return fresh


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
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
            if rule.endpoint in ("people.sign_out", "people.floor_lock", "people.switch_firm") and role:
                continue  # ends or moves this reader's own sign-in; walked below by name
            if role is Role.ASSOCIATION and rule.endpoint in ABOVE:
                continue
            stranger = str(uuid.uuid4())
            random_ids = {name: stranger for name in rule.arguments if name in theirs.ids}
            replies = []
            first = house.client(one)
            # Who names nothing of a firm asks the same thing three times: once is enough. What is our own comes last,
            # for it may end the sign-in that the three share.
            for ids in (theirs.ids, random_ids, ours.ids) if random_ids else (ours.ids,):
                client = another(first)
                reply = ask(client, method, address(rule, ids, stranger))
                replies.append(reply)
                asked += 1
                entered += ids is ours.ids and reply.status_code in (200, 302)
                if reply.status_code >= 500:
                    complaints.append(f"{role} {method} {rule}: {reply.status_code}")
                if CANARY.encode() in reply.get_data():
                    canaries += 1
                    complaints.append(f"{role} {method} {rule}: canary")
            if random_ids and told(replies[0], theirs.ids) != told(replies[1], random_ids):
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
    ours, theirs = house.firm("Ours"), house.firm(CANARY)
    house.person(theirs)
    client = house.client(house.person(ours))
    other = client.post(f"/me/firms/{theirs}")
    random = client.post(f"/me/firms/{uuid.uuid4()}")
    assert other.status_code == random.status_code == 404
    assert told(other, {"firm_id": str(theirs)}) == told(random, {})
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
        "people.by_mail",
        "people.ask_by_mail",
        "people.mail_code",
        "people.enter_by_mail",
        "people.by_passkey",
        "people.ask_for_passkey",
        "people.enter_by_passkey",
        "people.floor",
        "people.floor_enter",
        "people.floor_ask",
        "people.floor_wait",
        "people.floor_claim",
        "telemetry.live",
        "telemetry.ready",
        "telemetry.metrics",
        "tracks.figures_by_key",  # opened by the key that is sent
        "tracks.passport_key",
        "tracks.passport_revoked",
        "learning.worker",
        "learning.manifest",
        "learning.offline",
    }


def test_the_database_session_refuses_what_does_not_name_a_firm(app: Flask, house: House) -> None:
    firm = house.firm()
    with app.app_context():
        session = db.session()
        session.rollback()
        enter(session, firm)
        with pytest.raises(WallBreach):
            session.execute(select(EvidenceRow.id)).all()
        session.rollback()
