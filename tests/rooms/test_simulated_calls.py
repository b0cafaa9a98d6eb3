"""A simulated call in an assessment: each step is a fact, and nothing that was said can be taken back."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from lms.assessments.models import Assessment, AttemptQuestion
from lms.assessments.pages import result_page
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.foundation.errors import Invalid
from tests.house import C05, House, Someone


@pytest.fixture
def agent(house: House) -> Someone:
    return house.person(house.firm())


@pytest.fixture
def attempt(house: House, agent: Someone) -> uuid.UUID:
    """An attempt at the simulated call of C05, its choices in authored order."""
    course_id = house.course(folder=C05)
    with house.writing() as session:
        assessment_id = session.scalar(
            select(Assessment.id).where(Assessment.course_id == course_id, Assessment.key == "simulated-call")
        )
    attempt_id = uuid.uuid4()
    house.act(agent, start_attempt, assessment_id=assessment_id, attempt_id=attempt_id)
    with house.writing(agent.firm_id) as session:
        row = session.scalars(
            select(AttemptQuestion).where(
                AttemptQuestion.firm_id == agent.firm_id, AttemptQuestion.attempt_id == attempt_id
            )
        ).one()
        row.variant = {"orders": [list(range(len(order))) for order in row.variant["orders"]]}
    return attempt_id


def say(house: House, agent: Someone, attempt: uuid.UUID, path: str, sequence: int) -> Any:
    *before, last = path
    raw = {"answer-path": [".".join(before)], "answer": [last]}
    return house.act(agent, record_response, given=Given(uuid.uuid4(), attempt, 1, raw, sequence, None))


def result(house: House, agent: Someone, attempt: uuid.UUID) -> Any:
    house.act(agent, submit_attempt, attempt_id=attempt)
    return house.act(agent, result_page, attempt_id=attempt)


def test_the_best_path_step_by_step_passes(house: House, agent: Someone, attempt: uuid.UUID) -> None:
    for number in range(1, 5):
        assert say(house, agent, attempt, "a" * number, number).counted
    page = result(house, agent, attempt)
    assert page.attempt.passed
    assert page.attempt.score == 1
    assert page.questions[0].ask["end"].startswith("The account is safe")


def test_what_was_said_cannot_be_taken_back(house: House, agent: Someone, attempt: uuid.UUID) -> None:
    assert say(house, agent, attempt, "b", 1).counted
    other = say(house, agent, attempt, "a", 2)
    assert (other.counted, other.because) == (False, "taken_back")
    page = result(house, agent, attempt)
    assert page.attempt.score == 0
    assert (page.taken_back, list(page.kept)) == (1, [])


def test_steps_that_arrive_in_another_order_are_the_same_path(
    house: House, agent: Someone, attempt: uuid.UUID
) -> None:
    assert say(house, agent, attempt, "aa", 2).counted
    assert say(house, agent, attempt, "a", 1).counted
    assert not say(house, agent, attempt, "a", 3).counted
    assert len(result(house, agent, attempt).questions[0].given["path"]) == 2


def test_a_choice_that_is_not_on_offer_is_refused_and_nothing_is_kept(
    house: House, agent: Someone, attempt: uuid.UUID
) -> None:
    with pytest.raises(Invalid, match="not on offer"):
        say(house, agent, attempt, "e", 1)
    assert result(house, agent, attempt).questions[0].given is None
