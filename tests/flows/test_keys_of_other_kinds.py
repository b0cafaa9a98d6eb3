"""A number or an order whose key was wrong: corrected, published, and its new key counts for those who were asked before."""

import shutil
import uuid
from pathlib import Path

from sqlalchemy import select

from lms.assessments.models import Assessment, Attempt, Question, QuestionVersion, Rescoring
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.foundation.actor import Role
from lms.foundation.ids import new_id
from lms.foundation.yaml import write_yaml
from lms.tracks.models import EvidenceRow
from tests.house import SAMPLE_COURSE, House, Someone

PLAN = {
    "key": "odd",
    "title": "Odd kinds",
    "draws": [{"count": 1, "kind": "numeric"}, {"count": 1, "kind": "ordering"}],
    "shuffle": {"questions": False},
    "pass_mark": 0.9,
    "feedback": "after_submit",
    "evidence": [{"competency": "B4", "level": 3}],
}


def write_bank(folder: Path, *, minutes: int, steps: tuple[str, ...]) -> None:
    """A question of a number and one of an order; `minutes` and `steps` are their keys."""
    common = {"objective": "greet", "competency": "B4", "level": 3, "difficulty": 0.5}
    bank = [
        {
            "key": "odd-number",
            "kind": "numeric",
            "stem": "120 calls of 30 seconds: how many minutes?",
            "answer": minutes,
            "unit": "min",
            "solution": "120 × 30 ÷ 60 = {answer}",
        },
        {
            "key": "odd-order",
            "kind": "ordering",
            "stem": "What comes first?",
            "items": [{"text": text} for text in steps],
        },
    ]
    (folder / "questions" / "odd.yaml").write_text(write_yaml([common | one for one in bank]))


def sat(house: House, who: Someone, test: uuid.UUID, number: str, steps: tuple[str, ...]) -> uuid.UUID:
    """Somebody answers both, with a number and with the order they think right, and hands it in."""
    attempt_id = uuid.uuid4()
    house.act(who, start_attempt, assessment_id=test, attempt_id=attempt_id, seed=4)
    key = house.right_answers(who, attempt_id)[2]
    # the key of that day holds Verify before Greet; whoever thinks otherwise swaps the two
    one, two = (name for name, places in key.items() if places in (["1"], ["2"]))
    other = {**key, one: key[two], two: key[one]}
    said = key if steps[0] == "Verify" else other
    for position, fields in ((1, {"answer": [number]}), (2, said)):
        house.act(who, record_response, given=Given(uuid.uuid4(), attempt_id, position, fields, 1, None))
    house.act(who, submit_attempt, attempt_id=attempt_id)
    return attempt_id


def test_the_key_of_a_corrected_version_scores_those_who_were_asked_the_wrong_one(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / SAMPLE_COURSE.name
    shutil.copytree(SAMPLE_COURSE, folder)
    (folder / "assessments" / "odd.yaml").write_text(write_yaml(PLAN))
    write_bank(folder, minutes=3600, steps=("Verify", "Greet", "Solve"))
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    with house.writing() as session:
        test = session.scalars(
            select(Assessment.id).where(Assessment.course_id == course_id, Assessment.key == "odd")
        ).one()
    wise = sat(house, house.person(firm, name="Wise One"), test, "60", ("Greet",))
    fooled = sat(house, house.person(firm, name="Fooled One"), test, "3,600 min", ("Verify",))
    client = house.client(trainer)
    for key in ("odd-number", "odd-order"):
        page = client.get(f"/studio/{course_id}/questions/{key}/score-again").text
        assert "correct the question in its editor without changing what people see" in page
        assert 'value="key"' not in page

    write_bank(folder, minutes=60, steps=("Greet", "Verify", "Solve"))
    house.course(trainer, folder)
    with house.writing() as session:
        versions = {
            (key, number): version_id
            for key, number, version_id in session.execute(
                select(Question.key, QuestionVersion.number, QuestionVersion.id)
                .join(QuestionVersion, QuestionVersion.question_id == Question.id)
                .where(Question.course_id == course_id)
            )
        }
    for key in ("odd-number", "odd-order"):
        where = f"/studio/{course_id}/questions/{key}/score-again"
        old, new = versions[key, 1], versions[key, 2]
        looked = client.get(f"{where}?version={old}&change=key&by={new}").text
        assert "The key of a corrected version counts" in looked
        assert "Wise One" in looked
        assert "keeps pass and result" in looked or key == "odd-order"
        wrong = {"id": new_id(), "version": old, "change": "key", "reason": "It was in seconds."}
        assert client.post(where, data=wrong | {"by": versions["odd-number", 1]}).status_code == 422
        assert client.post(where, data=wrong | {"by": uuid.uuid4()}).status_code == 422
        assert client.post(where, data=wrong | {"id": new_id(), "by": new}).status_code == 302
        assert "by the key of version 2" in client.get(where).text
    with house.writing(firm) as session:
        after = {one.id: one for one in session.scalars(select(Attempt).where(Attempt.firm_id == firm))}
        decided = session.scalars(select(Rescoring)).all()
        ledger = session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == firm)).all()
    assert [one.right["version"] for one in decided] == [2, 2]
    assert (after[wise].score, after[wise].passed) == (1.0, True)
    assert (after[fooled].score, after[fooled].passed) == (1.0, True), (
        "who passed keeps it, to the last point"
    )
    assert {row.person_id for row in ledger} == {one.person_id for one in after.values()}
    with house.writing(firm) as session:
        who = session.get_one(Attempt, (firm, wise)).person_id
    result = house.client(Someone(who, firm, "Wise One", "")).get(f"/attempts/{wise}/result").text
    assert "A question of this test was looked at again" in result
    assert "60\N{NO-BREAK SPACE}min" in result
    assert "3,600 min" not in result, "the old key is told to nobody as the right answer"
