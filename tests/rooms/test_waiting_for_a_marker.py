"""An answer that people mark waits: no verdict and no evidence until the last mark is in."""

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.assessments.models import Assessment, Attempt
from lms.assessments.pages import door_page, result_page
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.assessments.services.marking import settle_marks
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
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
"""
PLAN = """
key: letter
title: A letter
draws: [{count: 1, kind: extended}]
pass_mark: 0.6
evidence: [{competency: B4, level: 2}]
"""


@pytest.fixture
def firm(house: House) -> uuid.UUID:
    return house.firm()


@pytest.fixture
def agent(house: House, firm: uuid.UUID) -> Someone:
    return house.person(firm)


@pytest.fixture
def assessor(house: House, firm: uuid.UUID) -> Someone:
    return house.person(firm, Role.ASSESSOR)


@pytest.fixture
def letter(house: House, tmp_path: Path) -> uuid.UUID:
    """The assessment that asks for a letter."""
    folder = tmp_path / SAMPLE_COURSE.name
    shutil.copytree(SAMPLE_COURSE, folder)
    (folder / "questions" / "letters.yaml").write_text(QUESTION)
    (folder / "assessments" / "letter.yaml").write_text(PLAN)
    course_id = house.course(folder=folder)
    with house.writing() as session:
        found = session.scalar(
            select(Assessment.id).where(Assessment.course_id == course_id, Assessment.key == "letter")
        )
    assert found is not None
    return found


def handed_in(house: House, agent: Someone, letter: uuid.UUID, text: str) -> Any:
    attempt_id = uuid.uuid4()
    house.act(agent, start_attempt, assessment_id=letter, attempt_id=attempt_id)
    given = Given(uuid.uuid4(), attempt_id, 1, {"answer": [text]}, 1, None)
    house.act(agent, record_response, given=given)
    house.act(agent, submit_attempt, attempt_id=attempt_id)
    return attempt_id


def stands(house: House, agent: Someone, attempt_id: uuid.UUID) -> tuple[bool, bool | None, float | None]:
    with house.writing(agent.firm_id) as session:
        row = session.scalars(
            select(Attempt).where(Attempt.firm_id == agent.firm_id, Attempt.id == attempt_id)
        ).one()
        return row.waiting, row.passed, row.score


def count_evidence(house: House, agent: Someone) -> int:
    with house.writing(agent.firm_id) as session:
        return (
            session.scalar(select(func.count(EvidenceRow.id)).where(EvidenceRow.firm_id == agent.firm_id))
            or 0
        )


def test_an_answer_waits_and_the_mark_brings_verdict_and_evidence(
    house: House, agent: Someone, assessor: Someone, letter: uuid.UUID
) -> None:
    attempt_id = handed_in(house, agent, letter, "Dear Ann, it comes on Friday.")
    assert stands(house, agent, attempt_id) == (True, False, 0)
    assert count_evidence(house, agent) == 0
    page = house.act(agent, result_page, attempt_id=attempt_id)
    assert (page.attempt.waiting, page.shows_key) == (True, False)
    door = house.act(agent, door_page, assessment_id=letter)
    assert "waits for a marker" in door.refused.sentence
    with pytest.raises(Conflict, match="waits for a marker"):
        house.act(agent, start_attempt, assessment_id=letter, attempt_id=uuid.uuid4())

    house.act(assessor, settle_marks, attempt_id=attempt_id, scores={1: 0.8})
    assert stands(house, agent, attempt_id) == (False, True, 0.8)
    assert count_evidence(house, agent) == 1
    assert house.act(agent, result_page, attempt_id=attempt_id).shows_key
    with pytest.raises(Conflict, match="does not wait"):
        house.act(assessor, settle_marks, attempt_id=attempt_id, scores={1: 0.2})


def test_nothing_written_waits_for_nobody(house: House, agent: Someone, letter: uuid.UUID) -> None:
    attempt_id = uuid.uuid4()
    house.act(agent, start_attempt, assessment_id=letter, attempt_id=attempt_id)
    house.act(agent, submit_attempt, attempt_id=attempt_id)
    assert stands(house, agent, attempt_id) == (False, False, 0)


def test_only_a_marker_of_the_firm_and_never_oneself(
    house: House, firm: uuid.UUID, agent: Someone, letter: uuid.UUID
) -> None:
    attempt_id = handed_in(house, agent, letter, "Dear Ann")
    neighbour = house.person(house.firm("Other"), Role.ASSESSOR)
    with pytest.raises(NotFound):
        house.act(neighbour, settle_marks, attempt_id=attempt_id, scores={1: 1})
    with pytest.raises(NotAllowed):
        house.act(house.person(firm), settle_marks, attempt_id=attempt_id, scores={1: 1})
    both = house.person(firm, Role.AGENT, Role.ASSESSOR)
    own = handed_in(house, both, letter, "Dear Ann")
    with pytest.raises(Conflict, match="Somebody else"):
        house.act(both, settle_marks, attempt_id=own, scores={1: 1})
    with pytest.raises(Invalid):
        house.act(house.person(firm, Role.ASSESSOR), settle_marks, attempt_id=attempt_id, scores={1: 7})
