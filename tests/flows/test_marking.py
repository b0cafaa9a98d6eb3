"""People mark written answers: alone, without a name, twice where the plan says so, and again with a reason."""

import re
import shutil
import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.assessments.models import AnswerMark, Assessment, Attempt
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.foundation.actor import Role
from lms.people.models import AuditEntry
from lms.tracks.models import EvidenceRow
from tests.house import SAMPLE_COURSE, House, Someone

QUESTION = """
- key: write-it
  kind: extended
  stem: Write to Ann.
  objective: greet
  competency: B4
  level: 2
  thinking: apply
  difficulty: 0.5
  look_for: [A date]
  rubric:
    - {key: answer, text: Answers first, points: 2, anchors: [Not at all, In the middle, In the first line]}
    - {key: tone, text: A warm tone, points: 3}
"""
PLAN = """
key: letter
title: A letter
draws: [{count: 1, kind: extended}]
pass_mark: 0.6
markers: 2
evidence: [{competency: B4, level: 2}]
"""


class World:
    """A firm with an agent, three who mark and a manager, and an assessment that two people mark."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        shutil.copytree(SAMPLE_COURSE, folder)
        (folder / "questions" / "letters.yaml").write_text(QUESTION)
        (folder / "assessments" / "letter.yaml").write_text(PLAN)
        self.course_id = house.course(folder=folder)
        self.firm = house.firm()
        self.agent = house.person(self.firm, name="Zelda Writer")
        self.markers = [house.person(self.firm, Role.ASSESSOR, name=f"Marker {n}") for n in range(3)]
        self.manager = house.person(self.firm, Role.MANAGER, name="Max Manager")
        with house.writing() as session:
            found = session.scalar(
                select(Assessment.id).where(
                    Assessment.course_id == self.course_id, Assessment.key == "letter"
                )
            )
        assert found is not None
        self.letter = found

    def write(self, who: Someone | None = None) -> uuid.UUID:
        """Hand a letter in; the attempt's id."""
        who, attempt_id = who or self.agent, uuid.uuid4()
        self.house.act(who, start_attempt, assessment_id=self.letter, attempt_id=attempt_id)
        given = Given(uuid.uuid4(), attempt_id, 1, {"answer": ["Dear Ann, it comes on Friday."]}, 1, None)
        self.house.act(who, record_response, given=given)
        self.house.act(who, submit_attempt, attempt_id=attempt_id)
        return attempt_id

    def post(self, who: Someone, attempt_id: uuid.UUID, answer: int, tone: int, **more: str) -> int:
        """Send a marker's form; the status."""
        again = "/again" if "reason" in more else ""
        fields = {"points-answer": str(answer), "points-tone": str(tone), "note": "Good start.", **more}
        return self.house.client(who).post(f"/marking/{attempt_id}/1{again}", data=fields).status_code

    def stands(self, attempt_id: uuid.UUID) -> tuple[bool, bool | None, float | None]:
        """Whether it waits, passed, its score."""
        with self.house.writing(self.firm) as session:
            row = session.scalars(
                select(Attempt).where(Attempt.firm_id == self.firm, Attempt.id == attempt_id)
            ).one()
            return row.waiting, row.passed, row.score and round(row.score, 3)


@pytest.fixture
def world(house: House, tmp_path: Path) -> World:
    return World(house, tmp_path / SAMPLE_COURSE.name)


def test_two_mark_alone_and_what_they_agree_on_counts(world: World) -> None:
    attempt_id = world.write()
    first, second, third = world.markers
    heap = world.house.client(first).get("/marking").get_data(as_text=True)
    assert "1 answer waits for you." in heap
    assert f"/marking/{attempt_id}/1" in heap
    script = world.house.client(first).get(f"/marking/{attempt_id}/1").get_data(as_text=True)
    assert "Dear Ann" in script
    assert "In the first line" in script
    assert "Zelda" not in heap + script

    assert world.post(first, attempt_id, 2, 2, note="Only the first wrote this.") == 302
    assert world.stands(attempt_id) == (True, False, 0)
    assert "Nothing waits for you." in world.house.client(first).get("/marking").get_data(as_text=True)
    assert world.house.client(first).get(f"/marking/{attempt_id}/1").status_code == 409
    blind = world.house.client(second).get(f"/marking/{attempt_id}/1").get_data(as_text=True)
    assert "Only the first" not in blind
    assert "Marker 0" not in blind

    assert world.post(second, attempt_id, 2, 3) == 302
    assert world.stands(attempt_id) == (False, True, 0.9)
    assert world.post(third, attempt_id, 0, 0) == 409
    told = world.house.client(world.agent).get(f"/attempts/{attempt_id}/result").get_data(as_text=True)
    assert "2.5 of 3" in told
    assert "Only the first wrote this." in told
    assert "Marker 0" not in told


def test_two_who_are_far_apart_bring_a_third_whose_marks_decide(world: World) -> None:
    attempt_id = world.write()
    first, second, third = world.markers
    world.post(first, attempt_id, 2, 3)
    world.post(second, attempt_id, 0, 1)
    assert world.stands(attempt_id)[0]
    assert world.post(third, attempt_id, 1, 1) == 302
    assert world.stands(attempt_id) == (False, False, 0.4)
    with world.house.writing(world.firm) as session:
        rows = session.scalars(select(AnswerMark).where(AnswerMark.firm_id == world.firm)).all()
        assert sorted(row.turn for row in rows) == [1, 2, 3]
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.firm_id == world.firm)).all()
    assert acts.count("answer marked") == 3
    beside = world.house.client(world.manager).get("/marking/done").text
    assert "1 answer was marked by two people, each alone;" in beside
    assert "1 was so far apart that a third decided." in beside
    assert "not enough data yet (n = 1 of 10)" in beside
    assert "Marker 0" in beside
    assert "Marker 2" not in beside, "the third saw that two had differed"
    neighbour = world.house.person(world.house.firm("Other"), Role.MANAGER)
    assert "Markers beside one another" not in world.house.client(neighbour).get("/marking/done").text
    assert world.house.client(first).get("/marking/done").status_code == 403


def test_a_manager_marks_again_with_a_reason_and_the_ledger_says_what_is_superseded(world: World) -> None:
    attempt_id = world.write()
    first, second, _third = world.markers
    world.post(first, attempt_id, 1, 1)
    world.post(second, attempt_id, 1, 1)
    assert world.stands(attempt_id) == (False, False, 0.4)
    assert world.post(first, attempt_id, 2, 3, reason="I think so") == 403
    assert world.post(world.manager, attempt_id, 2, 3, reason="") == 422
    for points in (3, 2):
        assert world.post(world.manager, attempt_id, 2, points, reason="The tone was fine") == 302
    assert world.stands(attempt_id) == (False, True, 0.8)
    with world.house.writing(world.firm) as session:
        rows = session.scalars(
            select(EvidenceRow).where(EvidenceRow.firm_id == world.firm).order_by(EvidenceRow.score)
        ).all()
        chain = {row.id: row.supersedes_id for row in rows}
        scores = [row.score for row in rows]
    assert scores == pytest.approx([0.4, 0.8, 1.0])
    assert chain[rows[0].id] is None
    assert chain[rows[2].id] == rows[0].id
    assert chain[rows[1].id] == rows[2].id
    page = world.house.client(world.manager).get(f"/marking/{attempt_id}/1/again").get_data(as_text=True)
    assert "The tone was fine" in page
    assert "Marker 0" in page
    assert len(re.findall("<tr>", page)) == 5
    assert "marked again" in world.house.client(world.manager).get("/marking/done").get_data(as_text=True)


def test_a_mark_that_is_missing_or_out_of_the_rubric_is_said_and_nothing_is_kept(world: World) -> None:
    attempt_id = world.write()
    client = world.house.client(world.markers[0])
    reply = client.post(f"/marking/{attempt_id}/1", data={"points-answer": "9", "points-tone": "1"})
    assert reply.status_code == 422
    assert b"Give every line of the rubric its points." in reply.data
    with world.house.writing(world.firm) as session:
        assert session.scalars(select(AnswerMark).where(AnswerMark.firm_id == world.firm)).all() == []


def test_nobody_marks_for_another_firm_or_themself_and_an_agent_never(world: World) -> None:
    attempt_id = world.write()
    neighbour = world.house.person(world.house.firm("Other"), Role.ASSESSOR, Role.MANAGER)
    assert str(attempt_id) not in world.house.client(neighbour).get("/marking").get_data(as_text=True)
    assert world.post(neighbour, attempt_id, 1, 1) == 404
    assert world.post(neighbour, attempt_id, 1, 1, reason="why") == 404
    for path in ("/marking", f"/marking/{attempt_id}/1", "/marking/done"):
        assert world.house.client(world.agent).get(path).status_code == 403
    both = world.house.person(world.firm, Role.AGENT, Role.ASSESSOR, Role.MANAGER)
    own = world.write(both)
    heap = world.house.client(both).get("/marking").get_data(as_text=True)
    assert str(own) not in heap
    assert str(attempt_id) in heap
    assert world.post(both, own, 2, 3) == 409
    assert world.house.client(both).get(f"/marking/{own}/1").status_code == 409
