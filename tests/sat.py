"""A course whose test many people sat, with faults planted in some of its questions."""

import math
import random
import shutil
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from lms.assessments.models import (
    Assessment,
    Attempt,
    AttemptQuestion,
    Question,
    QuestionVersion,
    Response,
)
from lms.people.models import Employment, Person
from tests.house import SAMPLE_COURSE, House, Someone

WRONG_KEY, DEAD, LEAKED = "sat-01", "sat-02", "sat-03"
LETTERS = "abcd"


def write_course(folder: Path, questions: int) -> Path:
    """The sample course with so many questions of four options, the first keyed right, and a test of all of them."""
    shutil.copytree(SAMPLE_COURSE, folder)
    lines = []
    for at in range(1, questions + 1):
        options = "".join(
            f"    - {{text: Way {letter} of {at}, why: Because {letter}{', correct: true' if letter == 'a' else ''}}}\n"
            for letter in LETTERS
        )
        lines.append(
            f"- key: sat-{at:02}\n  kind: single\n  stem: What do you do in case {at}?\n  objective: greet\n"
            f"  competency: B4\n  level: 3\n  thinking: judge\n  difficulty: 0.5\n  tags: [sat]\n  options:\n{options}"
        )
    (folder / "questions" / "sat.yaml").write_text("".join(lines))
    (folder / "assessments" / "sat.yaml").write_text(
        f"key: sat\ntitle: The long test\ndraws: [{{count: {questions}, tags: [sat]}}]\npass_mark: 0.6\n"
    )
    return folder


@dataclass(frozen=True)
class Sitting:
    """How many people sat how many questions, by which dice, with or without the faults."""

    people: int = 300
    questions: int = 40
    seed: int = 1
    faults: bool = True


def sit(house: House, firm: uuid.UUID, course_id: uuid.UUID, how: Sitting) -> None:
    """Put the attempts of many people of a firm into the database, as if they had sat the test."""
    dice = random.Random(how.seed)
    with house.writing(firm) as session:
        found: Any = session.execute(
            select(Assessment.id, Assessment.live_version_id).where(
                Assessment.course_id == course_id, Assessment.key == "sat"
            )
        ).one()
        versions = dict(
            session.execute(
                select(Question.key, QuestionVersion.id)
                .join(QuestionVersion, QuestionVersion.id == Question.live_version_id)
                .where(Question.course_id == course_id, Question.key.like("sat-%"))
            ).all()
        )
        hard = {key: dice.gauss(-0.3, 0.7) for key in versions}
        steep = {key: dice.lognormvariate(0.1, 0.2) for key in versions}
        hard[LEAKED] = 1.2 if how.faults else hard[LEAKED]
        rows: dict[type, list[dict[str, Any]]] = {
            one: [] for one in (Person, Employment, Attempt, AttemptQuestion, Response)
        }
        for number in range(how.people):
            able, pace, insider = dice.gauss(0, 1), dice.gauss(0, 0.3), dice.random() < 0.08
            person, attempt = uuid.uuid4(), uuid.uuid4()
            rows[Person].append({"id": person, "created_at": house.noon})
            rows[Employment].append(
                {
                    "firm_id": firm,
                    "person_id": person,
                    "name": f"Sitter {number}",
                    "sort_name": f"sitter {number}",
                    "job_role": "agent",
                    "started_on": house.noon.date(),
                    "role_started_on": house.noon.date(),
                }
            )
            at, right = house.noon - timedelta(days=1), 0
            for position, (key, version_id) in enumerate(sorted(versions.items()), start=1):
                chance = 0.2 + 0.8 / (1 + math.exp(-steep[key] * (able - hard[key])))
                knows = how.faults and key == LEAKED and insider
                wise = knows or dice.random() < chance
                best, others = "a", "bcd"
                if how.faults and key == WRONG_KEY:
                    best, others = "b", "acd"
                elif how.faults and key == DEAD:
                    others = "bd"
                letter = best if wise else dice.choice(others)
                order = [0, 1, 2, 3]
                dice.shuffle(order)
                at += timedelta(seconds=math.exp(3 + pace + dice.gauss(0, 0.35) - (1.8 if knows else 0)))
                mark = float(letter == "a")
                right += int(mark)
                ref = LETTERS[order.index(LETTERS.index(letter))]
                part = {"firm_id": firm, "attempt_id": attempt, "position": position}
                rows[AttemptQuestion].append(
                    {**part, "question_version_id": version_id, "variant": {"order": order}, "score": mark}
                )
                rows[Response].append(
                    {
                        **part,
                        "id": uuid.uuid4(),
                        "sequence": position,
                        "given": {"ref": ref},
                        "score": mark,
                        "counted": True,
                        "arrived_at": at,
                    }
                )
            share = right / len(versions)
            rows[Attempt].append(
                {
                    "firm_id": firm,
                    "id": attempt,
                    "person_id": person,
                    "assessment_id": found.id,
                    "assessment_version_id": found.live_version_id,
                    "seed": number,
                    "started_at": house.noon - timedelta(days=1),
                    "submitted_at": at,
                    "score": share,
                    "passed": share >= 0.6,
                }
            )
        for model, those in rows.items():
            session.execute(insert(model), those)


def trainers_page(house: House, trainer: Someone, course_id: uuid.UUID, more: str = "") -> str:
    """The page of figures as its reader gets it."""
    reply = house.client(trainer).get(f"/studio/{course_id}/questions/analysis{more}")
    assert reply.status_code == 200
    return reply.get_data(as_text=True)
