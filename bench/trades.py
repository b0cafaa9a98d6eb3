"""What the rarer, larger works cost: reading readiness, composing a break, publishing, importing, searching, analysing.

Each beside a bare thing that touches the same rows or files, asked for in turn, in time of the processor.
"""

import csv
import io
import itertools
import json
import random
import statistics
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from bench.bare import make_bare
from bench.board import RUNG, build, life
from bench.costs import SEED_COURSES, Figure, answering, figures, in_turn, world
from lms.assessments.pages.analysis import analysis_page
from lms.courses import services as courses
from lms.courses.models import Course, CourseVersion, LessonVersion
from lms.courses.packages import read_folder
from lms.foundation.actor import Role
from lms.foundation.ids import new_id
from lms.learning.rules.composing import Possible, compose
from lms.people.models import Person
from lms.people.services import importing
from lms.tracks.framework_files import find_rung, framework_on
from lms.tracks.models import EvidenceRow
from lms.tracks.queries import list_ledger
from lms.tracks.rules.readiness import readiness
from tests.house import C05, House, Someone
from tests.sat import Sitting, sit, write_course

BATCH = 10
LESSONS = 20
"""Lessons of each course in the large catalogue."""


def share(took: list[float], parts: int) -> list[float]:
    """The cost of one part of each."""
    return [one / parts for one in took]


def syncing(rounds: int) -> list[Figure]:
    """An answer sent by itself, and one of ten in a batch; both on disk before they are told."""
    with world() as (house, folder):
        course = house.course(folder=C05)
        someone = house.person(house.firm(), Role.AGENT)
        agent, attempt = house.client(someone), uuid.uuid4()
        agent.post(f"/assessments/{house.assessment(course)}/attempts", data={"attempt_id": str(attempt)})
        right, count = house.right_answers(someone, attempt), itertools.count(1)
        bare = make_bare(folder).test_client()

        def together() -> None:
            facts = batch(attempt, right, count)
            reply = agent.post(
                "/sync",
                data=json.dumps({"format": 1, "facts": facts}),
                content_type="application/json",
                headers={"X-Person": str(someone.id), "X-Partial": "1"},
            )
            assert [one["result"] for one in reply.get_json()["facts"]] == ["counted"] * BATCH

        took = in_turn(
            {
                "bare insert": lambda: bare.post("/", data={"response_id": str(uuid.uuid4()), "answer": "a"}),
                "an answer sent by itself": answering(agent, attempt, right, count),
                "an answer, one of ten in one sync": together,
            },
            rounds,
        )
        took["an answer, one of ten in one sync"] = share(took["an answer, one of ten in one sync"], BATCH)
        alone_costs = statistics.median(took["an answer sent by itself"])
        found = figures(took, "bare insert", {})[1:]
        saving = figures(
            {"an answer sent by itself": took["an answer sent by itself"], **_only(took, found[1].name)},
            "an answer sent by itself",
            {found[1].name: "≤ 0.33"},
        )[1]
        assert alone_costs > 0
        return [*found[1:], saving]


def _only(took: dict[str, list[float]], name: str) -> dict[str, list[float]]:
    return {name: took[name]}


def batch(
    attempt: uuid.UUID, right: dict[int, dict[str, list[str]]], count: "itertools.count[int]"
) -> list[dict[str, Any]]:
    """Ten answers as a phone keeps them."""
    facts = []
    for number in itertools.islice(count, BATCH):
        position = list(right)[number % len(right)]
        facts.append(
            {
                "id": str(uuid.uuid4()),
                "kind": "response",
                "attempt": str(attempt),
                "position": position,
                "order": number,
                "fields": [[name, value] for name, values in right[position].items() for value in values],
                "device_at": datetime.now(UTC).isoformat(),
            }
        )
    return facts


def thinking(rounds: int) -> list[Figure]:
    """The pure rules: readiness of a person with twelve facts and with 500, a session out of sixty lessons."""
    chance = random.Random(1)
    with world() as (house, _folder):
        firm = house.firm()
        people = [house.person(firm), house.person(firm)]
        with house.writing(firm) as session:
            facts: list[dict[str, object]] = []
            while len(facts) < 500:
                facts += life(firm, people[1].id, [people[1].id], house.noon, chance)
            few = life(firm, people[0].id, [people[0].id], house.noon, chance)
            session.execute(insert(EvidenceRow), [*few, *facts[:500]])
        ledgers = []
        for someone in people:
            actor = house.actor(someone)
            with house.writing(firm) as session:
                ledgers.append(list_ledger(session, actor=actor, person_id=someone.id))
        today = house.noon.date()
        framework = framework_on(today)
    rung = find_rung(framework, RUNG)
    assert rung is not None
    profile = next(one for one in framework["profiles"] if one["key"] == rung[1]["profile"])["levels"]
    lessons = [
        Possible(
            f"Lesson {number}",
            f"Course {number // 6}",
            chance.randint(3, 9),
            "assigned",
            chance.randint(1, 5),
            uuid.UUID(int=number // 6),
            f"lesson-{number}",
            chance.randint(2, 9),
            9,
        )
        for number in range(60)
    ]

    def grouped(facts: list[Any]) -> object:
        found: dict[object, list[Any]] = {}
        for fact in sorted(facts, key=lambda one: one.on):
            found.setdefault(fact.competency, []).append(fact)
        return found

    took = in_turn(
        {
            "12 facts in order, grouped": lambda: [grouped(ledgers[0]) for _one in range(20)],
            f"readiness of a person with {len(ledgers[0])} facts": lambda: [
                readiness(profile, framework["competencies"], ledgers[0], today) for _one in range(20)
            ],
            "readiness of a person with 500 facts": lambda: [
                readiness(profile, framework["competencies"], ledgers[1], today) for _one in range(20)
            ],
            "a break of ten minutes out of 60 lessons": lambda: [
                compose(lessons, minutes=10, due_cards=30) for _one in range(20)
            ],
        },
        rounds,
    )
    return figures({name: share(times, 20) for name, times in took.items()}, "12 facts in order, grouped", {})


def publishing(courses_wanted: int) -> list[Figure]:
    """A seed course read, checked, frozen and rendered, against its files read and parsed; each course once."""
    folders = [one for one in sorted(SEED_COURSES.iterdir()) if one.is_dir() and "-es-" not in one.name][
        :courses_wanted
    ]
    with world() as (house, _folder):
        trainer = house.person(house.firm(), Role.TRAINER)
        house.course(folder=folders[0])
        actor = house.actor(trainer)
        left = {name: itertools.cycle(folders) for name in ("read", "publish")}

        def publish() -> None:
            package = read_folder(next(left["publish"]))
            with house.writing(actor.firm_id) as session:
                courses.publish_package(
                    session,
                    actor=actor,
                    package=package,
                    storage=house.app.extensions["storage"],
                    note=uuid.uuid4().hex,
                    now=house.noon,
                )

        took = in_turn(
            {"a course's files read": lambda: read_folder(next(left["read"])), "publishing it": publish},
            len(folders) - 2,
        )
        return figures(took, "a course's files read", {})


def importing_people(rounds: int, people: int) -> list[Figure]:
    """A file of many people planned and taken, against as many bare rows written in one transaction."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("employee_number", "name", "email", "team", "roles", "started_on", "ended_on"))
    for number in range(people):
        rows.writerow(
            (
                f"E{number}",
                f"Person {number} Cal",
                f"p{number}@example.bz",
                f"Team {number % 40}",
                "agent",
                "",
                "",
            )
        )
    content = out.getvalue().encode()
    with world() as (house, _folder):

        def bare() -> None:
            with house.writing() as session:
                session.execute(
                    insert(Person), [{"id": new_id(), "created_at": house.noon} for _one in range(people)]
                )

        def take() -> None:
            admin = house.actor(house.person(house.firm(uuid.uuid4().hex), Role.FIRM_ADMIN))
            with house.writing(admin.firm_id) as session:
                plan = importing.plan_for(session, actor=admin, content=content, today=house.noon.date())
                importing.take_file(
                    session,
                    actor=admin,
                    file_name="people.csv",
                    content=content,
                    plan=plan,
                    storage=house.app.extensions["storage"],
                    now=house.noon,
                )

        took = in_turn({f"{people} bare rows": bare, f"import of {people} people": take}, rounds)
        return figures(took, f"{people} bare rows", {})


def searching(rounds: int, lessons: int) -> list[Figure]:
    """A search in a catalogue of many lessons, against Me."""
    with world() as (house, _folder):
        manager = build(house, 20, random.Random(1))
        house.course(folder=C05)
        fill_catalogue(house, lessons)
        words = ("call", "refund angry", "nothing holds this word")
        took = in_turn(
            {
                "Me": lambda: manager.get("/me"),
                **{
                    f"search over {lessons} lessons: “{one}”": lambda one=one: found(manager, one)  # type: ignore[misc]
                    for one in words
                },
            },
            rounds,
        )
        return figures(took, "Me", {})


def found(client: FlaskClient, words: str) -> None:
    """A page of the catalogue."""
    reply = client.get("/courses", query_string={"q": words})
    assert reply.status_code == 200


def fill_catalogue(house: House, lessons: int) -> None:
    """Courses of twenty lessons each, their words drawn from a real one's."""
    chance = random.Random(2)
    with house.writing() as session:
        course = session.scalars(select(Course)).first()
        assert course is not None
        version = session.get_one(CourseVersion, course.live_version_id)
        lesson = session.scalars(select(LessonVersion).where(LessonVersion.version_id == version.id)).first()
        assert lesson is not None
        words = version.search_text.split()
        ids = [(new_id(), new_id(), number) for number in range(lessons // LESSONS)]
        session.execute(
            insert(Course),
            [{"id": one, "owner_id": course.owner_id, "key": f"many-{number}"} for one, _its, number in ids],
        )
        session.execute(
            insert(CourseVersion),
            [
                {
                    "id": its,
                    "course_id": one,
                    "number": 1,
                    "hash": f"{number:064x}",
                    "note": "",
                    "published_at": house.noon,
                    "title": f"Course {number} {chance.choice(words)}",
                    "summary": " ".join(chance.choices(words, k=30)),
                    "language": "en",
                    "minutes": 60,
                    "search_text": " ".join(chance.choices(words, k=400)),
                    "document": version.document,
                }
                for one, its, number in ids
            ],
        )
        session.execute(
            insert(LessonVersion),
            [
                {
                    "version_id": its,
                    "key": f"lesson-{place}",
                    "position": place,
                    "module": "One",
                    "title": f"Lesson {place} {chance.choice(words)}",
                    "minutes": 3,
                    "cards": lesson.cards,
                }
                for _one, its, _number in ids
                for place in range(LESSONS)
            ],
        )
        for one, its, _number in ids:
            session.execute(
                text("UPDATE course SET live_version_id = :its WHERE id = :one"),
                {"its": its.hex, "one": one.hex},
            )


def analysing(rounds: int, attempts: int) -> list[Figure]:
    """Item analysis of many attempts at twenty questions, against the sums alone."""
    with world() as (house, folder):
        firm = house.firm()
        trainer = house.person(firm, Role.TRAINER)
        course_id = house.course(trainer, write_course(folder / "course", 20))
        sit(house, firm, course_id, Sitting(people=attempts, seed=1))

        def sums() -> None:
            with house.writing(firm) as session:
                session.execute(
                    text(
                        "SELECT position, avg(score), count(*) FROM response WHERE firm_id = :firm_id GROUP BY position"
                    ),
                    {"firm_id": firm.hex},
                ).all()

        took = in_turn(
            {
                f"sums over {attempts} attempts": sums,
                f"item analysis of {attempts} attempts": lambda: analysed(house, trainer, course_id),
            },
            rounds,
        )
        return figures(took, f"sums over {attempts} attempts", {})


def analysed(house: House, trainer: Someone, course_id: uuid.UUID) -> object:
    """The figures that the page shows."""
    actor = house.actor(trainer)
    with house.writing(actor.firm_id) as session:
        return analysis_page(
            session, actor=actor, course_id=course_id, assessment_key="sat", only="", now=house.noon
        )


if __name__ == "__main__":
    for name in sys.argv[1:] or [
        "syncing",
        "thinking",
        "publishing",
        "searching",
        "importing_people",
        "analysing",
    ]:
        small = {"searching": (3, 1000), "importing_people": (2, 500), "analysing": (2, 300)}
        for one in globals()[name](*small.get(name, (5,))):
            print(one)
