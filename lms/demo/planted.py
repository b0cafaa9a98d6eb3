"""A test that everybody of the demo sat, with faults planted in four of its questions, so that there is something to find.

The course says in its title that it is simulated. Its questions are copies of the curriculum's; in the copies one key is
wrong and one option is one that nobody would take. One question has leaked, and one is harder for people whose first
language is Spanish than for others who do as well. People answer by what is truly right.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.assessments.models import (
    Assessment,
    Attempt,
    AttemptQuestion,
    Question,
    QuestionVersion,
    Response,
)
from lms.assessments.verdicts import Kind
from lms.courses.models import Course
from lms.courses.packages import understand
from lms.courses.services import publish_package
from lms.demo.acts import moment
from lms.demo.cases import CASES
from lms.demo.people import World
from lms.foundation.actor import Actor, Role
from lms.foundation.ids import derived_id
from lms.foundation.storage import Storage
from lms.foundation.wall import enter, leave
from lms.foundation.yaml import write_yaml
from lms.people.models import Person
from lms.tracks.models import PromotionPolicy, SelfDeclared

QUESTIONS = 40
PASS_MARK = 0.6
KEY = "SIM1"
LANGUAGES = (
    "spanish",
    "kriol",
    "english",
    "spanish",
    "kriol",
    "spanish",
    "garifuna",
    "spanish",
    "maya",
    "spanish",
)
PLANTED: Mapping[str, Kind] = {
    "sim-07": Kind.KEY,
    "sim-14": Kind.DEAD,
    "sim-21": Kind.LEAKED,
    "sim-28": Kind.UNFAIR,
}
"""The questions with a fault, and what the page of figures should say of each."""
LESSON = """---
title: What this course is
minutes: 2
objectives: [floor]
sources: [demo]
---

## Simulated {#simulated}

Nobody real sat this test. It is here so that you can see what the page of figures says of a question that is wrong.

Open it in the studio, under Questions, How they do.
"""


@dataclass(frozen=True)
class Planted:
    """One question of the test: its version, the place of the option that is truly right, how hard and steep it is."""

    key: str
    version_id: Any
    right: int
    others: tuple[int, ...]
    hard: float
    steep: float


def plant(session: Session, *, as_of: date, storage: Storage, now: datetime) -> list[Planted]:
    """Publish the course as the association's; its questions. Leaves every firm."""
    leave(session)
    owner = session.scalars(select(Course.owner_id).where(Course.key == "C05")).one()
    person_id = derived_id("system")
    if session.get(Person, person_id) is None:
        session.add(Person(id=person_id, created_at=now))
    enter(session, owner)
    documents = _documents(session)
    truth = {one["key"]: _right(one) for one in documents}
    _spoil(documents)
    actor = Actor(person_id, owner, "Ladder", frozenset({Role.ASSOCIATION, Role.TRAINER}))
    day = datetime.combine(as_of - timedelta(days=700), now.timetz())
    publish_package(
        session,
        actor=actor,
        package=understand(_files(documents), {}, []),
        storage=storage,
        note="Simulated",
        now=day,
    )
    session.flush()
    chance = random.Random("planted")  # noqa: S311  (a simulation)
    found = []
    rows = session.execute(
        select(Question.key, QuestionVersion.id)
        .join(QuestionVersion, QuestionVersion.id == Question.live_version_id)
        .join(Course, Course.id == Question.course_id)
        .where(Course.key == KEY)
        .order_by(Question.key)
    )
    for key, version_id in rows:
        right = truth[key]
        others = [at for at in range(4) if at != right]
        if PLANTED.get(key) is Kind.DEAD:
            others.remove(_last_wrong(right))
        hard, steep = chance.gauss(-0.4, 0.6), chance.lognormvariate(0.2, 0.2)
        if PLANTED.get(key) is Kind.LEAKED:
            hard = 1.3
        elif PLANTED.get(key) is Kind.UNFAIR:
            hard = -0.8
        found.append(Planted(key, version_id, right, tuple(others), hard, steep))
    leave(session)
    return found


def _documents(session: Session) -> list[dict[str, Any]]:
    """Forty questions of the curriculum with four options, as they are asked."""
    rows = session.scalars(
        select(QuestionVersion)
        .join(Question, Question.live_version_id == QuestionVersion.id)
        .join(Course, Course.id == Question.course_id)
        .where(QuestionVersion.kind == "single", Course.key.in_(("C01", "C05", "C06")))
        .order_by(Course.key, Question.key)
    )
    whole = [row.document for row in rows if len(row.document["options"]) == 4]
    kept = ("kind", "stem", "options", "competency", "level", "thinking", "difficulty", "explanation")
    return [
        {
            "key": f"sim-{at:02}",
            "objective": "floor",
            "tags": ["simulated"],
            **{name: one[name] for name in kept if name in one},
        }
        for at, one in enumerate(whole[:QUESTIONS], start=1)
    ]


def _right(document: Mapping[str, Any]) -> int:
    return next(at for at, one in enumerate(document["options"]) if one.get("correct"))


def _last_wrong(right: int) -> int:
    return 2 if right == 3 else 3


def _spoil(documents: Sequence[dict[str, Any]]) -> None:
    """The faults that lie in the words: a key on the wrong option, and an option that nobody would take."""
    for one in documents:
        options = [dict(option) for option in one["options"]]
        right = _right(one)
        if PLANTED.get(one["key"]) is Kind.KEY:
            del options[right]["correct"]
            options[(right + 1) % 4]["correct"] = True
        elif PLANTED.get(one["key"]) is Kind.DEAD:
            options[_last_wrong(right)] = {
                "text": "Hang up and go home",
                "why": "Nobody would do that, so it tells nothing.",
            }
        one["options"] = options


def _files(documents: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    course = {
        "format": 1,
        "key": KEY,
        "title": "Floor test with planted faults (simulated)",
        "language": "en",
        "summary": "Invented history: a test in which four questions have a fault to be found.",
        "audience": "Whoever looks at how Ladder finds questions that are wrong.",
        "tracks": ["supervisory"],
        "competencies": [{"id": "B4", "level": 1}],
        "objectives": [{"key": "floor", "text": "See what figures say of a question"}],
        "modules": [{"key": "one", "title": "What this is", "lessons": ["simulated"]}],
        "completion": {"lessons": "all", "assessment": "floor"},
        "sources": [{"key": "demo", "text": "Made for the demo", "tag": "J"}],
    }
    test = {
        "key": "floor",
        "title": "Floor test (simulated)",
        "purpose": "course",
        "draws": [{"count": QUESTIONS, "tags": ["simulated"]}],
        "pass_mark": PASS_MARK,
        "feedback": "after_submit",
    }
    return {
        "course.yaml": write_yaml(course),
        "lessons/simulated.md": LESSON,
        "questions/floor.yaml": write_yaml([dict(one) for one in documents]),
        "assessments/floor.yaml": write_yaml(test),
    }


def sit_planted(
    session: Session, world: World, questions: Sequence[Planted], *, seed: int, as_of: date
) -> None:
    """Everybody of a firm who has been there for three weeks sat it once, but for those whose history is written by hand."""
    found = session.execute(
        select(Assessment.id, Assessment.live_version_id)
        .join(Course, Course.id == Assessment.course_id)
        .where(Course.key == KEY)
    ).one()
    documents = dict(
        session.execute(
            select(QuestionVersion.id, QuestionVersion.document).where(
                QuestionVersion.id.in_([one.version_id for one in questions])
            )
        ).all()
    )
    read = {
        one.version_id: kind_of(documents[one.version_id]).read(documents[one.version_id])
        for one in questions
    }
    rows: dict[type, list[dict[str, Any]]] = {
        one: [] for one in (Attempt, AttemptQuestion, Response, SelfDeclared)
    }
    by_hand = {derived_id("demo", "case", one.key) for one in CASES}
    for place, life in enumerate(world.lives):
        last = life.ended_on or as_of
        if life.person_id in by_hand:
            continue
        if (last - life.started_on).days < 20 or life.job not in ("agent", "team lead"):
            continue
        chance = random.Random(f"{seed}:planted:{life.person_id}")  # noqa: S311  (a simulation)
        day = last - timedelta(days=chance.randint(2, min((last - life.started_on).days - 1, 300)))
        language = LANGUAGES[place % len(LANGUAGES)]
        rows[SelfDeclared].append(
            {
                "firm_id": world.firm_id,
                "person_id": life.person_id,
                "first_language": language,
                "for_questions": True,
                "declared_at": moment(day, chance),
            }
        )
        _sit(world, life.person_id, questions, read, rows, (found, moment(day, chance), language), chance)
    manager = world.with_role(Role.MANAGER)[0]
    session.add(
        PromotionPolicy(
            firm_id=world.firm_id,
            appeal_days=10,
            holds_groups=True,
            licences_from=None,
            changed_at=moment(as_of - timedelta(days=600), random.Random(seed)),  # noqa: S311  (a simulation)
            changed_by_id=manager.person_id,
        )
    )
    session.flush()
    for model, those in rows.items():
        if those:
            session.execute(insert(model), those)


def _sit(
    world: World,
    person_id: Any,
    questions: Sequence[Planted],
    read: Mapping[Any, Any],
    rows: Mapping[type, list[dict[str, Any]]],
    when: tuple[Any, datetime, str],
    chance: random.Random,
) -> None:
    """One person's attempt, as rows: each answer with its time, right as often as their skill says."""
    found, at, language = when
    began = at
    attempt_id = derived_id("demo", "planted", world.number, person_id)
    able, pace, insider = chance.gauss(0.1, 1), chance.gauss(0, 0.3), chance.random() < 0.12
    points = 0.0
    order = list(range(len(questions)))
    chance.shuffle(order)
    for position, place in enumerate(order, start=1):
        one = questions[place]
        fault = PLANTED.get(one.key)
        knows = fault is Kind.LEAKED and insider
        hard = one.hard + (1.9 if fault is Kind.UNFAIR and language == "spanish" else 0.0)
        likely = 0.2 + 0.8 / (1 + math.exp(-one.steep * (able - hard)))
        option = one.right if knows or chance.random() < likely else chance.choice(one.others)
        variant = kind_of({"kind": "single"}).vary(read[one.version_id], attempt_id.int % 10**9 + position)
        given = {"ref": "abcdef"[variant["order"].index(option)]}
        mark = kind_of({"kind": "single"}).mark(read[one.version_id], variant, given).score
        at += timedelta(
            seconds=max(2.0, math.exp(3.2 + pace + chance.gauss(0, 0.35) - (1.9 if knows else 0)))
        )
        points += mark
        part = {"firm_id": world.firm_id, "attempt_id": attempt_id, "position": position}
        rows[AttemptQuestion].append(
            {**part, "question_version_id": one.version_id, "variant": variant, "score": mark}
        )
        rows[Response].append(
            {
                **part,
                "id": derived_id("demo", "planted response", attempt_id, position),
                "sequence": position,
                "given": given,
                "score": mark,
                "counted": True,
                "arrived_at": at,
            }
        )
    score = points / len(questions)
    rows[Attempt].append(
        {
            "firm_id": world.firm_id,
            "id": attempt_id,
            "person_id": person_id,
            "assessment_id": found.id,
            "assessment_version_id": found.live_version_id,
            "seed": attempt_id.int & 0x7FFFFFFF,
            "started_at": began,
            "submitted_at": at,
            "score": score,
            "passed": score >= PASS_MARK,
        }
    )
