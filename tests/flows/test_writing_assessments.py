"""A trainer plans assessments over the bank of a draft: counts, refusals, a sample paper, what completes the course."""

import re
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms.assessments.bank.drafted import Drafted
from lms.assessments.services.writing import open_bank
from lms.foundation.actor import Role
from tests.house import C05, House, Someone

PLAN = {
    "q-title": "Night shift check",
    "q-purpose": "course",
    "q-draws-0-count": "2",
    "q-draws-0-objective": "greet",
    "q-draws-1-count": "4",
    "q-draws-1-thinking": "know",
    "q-shuffle_questions": "y",
    "q-shuffle_options": "y",
    "q-allowed": "3",
    "q-feedback": "after_submit",
    "q-pass_mark": "75",
    "q-evidence-0-competency": "B4",
    "q-evidence-0-level": "2",
}


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Tania Trainer")


@pytest.fixture
def course(house: House, trainer: Someone) -> uuid.UUID:
    return house.course(trainer)


@pytest.fixture
def desk(house: House, trainer: Someone) -> FlaskClient:
    return house.client(trainer)


def read(house: House, someone: Someone, course_id: uuid.UUID) -> Drafted:
    def act(session: Any, *, actor: Any, now: Any) -> Drafted:
        return open_bank(session, actor=actor, course_id=course_id)[1]

    found: Drafted = house.act(someone, act)
    return found


def seen(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(q-seen)"[^>]*value="([^"]*)"', page))


def test_an_assessment_is_planned_and_completes_the_course(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    assert "Hello, final" in desk.get(f"/studio/{course}/assessments").get_data(as_text=True)
    made = desk.post(f"/studio/{course}/assessments/new", data={**PLAN, "q-completes": "y"})
    assert made.status_code == 302, made.get_data(as_text=True)
    assert made.location.endswith("/assessments/night-shift-check")
    draft = read(house, trainer, course)
    assert draft.completed_by == "night-shift-check"
    entry = draft.assessment("night-shift-check")
    assert entry is not None
    assert entry.document == {
        "key": "night-shift-check",
        "title": "Night shift check",
        "draws": [{"count": 2, "objective": "greet"}, {"count": 4, "thinking": "know"}],
        "attempts": {"allowed": 3},
        "pass_mark": 0.75,
        "evidence": [{"competency": "B4", "level": 2}],
    }
    page = desk.get(made.location).get_data(as_text=True)
    assert "6 questions in the paper" in page
    assert page.count("4 left after the draws before") == 2, "beside the draw and beside the form"
    assert "expected to score 60" in page
    again = desk.post(f"/studio/{course}/assessments/new", data={**PLAN, "q-completes": "y"})
    assert again.location == made.location
    without = desk.post(made.location, data={**PLAN, **seen(page), "q-pass_mark": "60"})
    assert without.status_code == 302
    draft = read(house, trainer, course)
    assert draft.completed_by == ""
    assert draft.course["completion"] == {"lessons": "all"}
    assert draft.course["title"] == "Say hello"


def test_an_impossible_one_is_refused_in_words_and_nothing_typed_is_lost(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/assessments/new"
    for change, words in (
        ({"q-draws-1-count": "5"}, "The draws compete for the same questions."),
        ({"q-draws-0-count": "9"}, "This draw wants 9 questions and 6 fit."),
        ({"q-draws-0-count": "lots"}, "a whole number from 1 to 500"),
        ({"q-pass_mark": "175"}, "The pass mark is more than 0 and at most 100."),
        ({"q-purpose": "gate"}, "A promotion draws 30 questions or more; this one draws 6."),
        ({"q-title": ""}, "Title: Fill this in."),
    ):
        refused = desk.post(address, data={**PLAN, **change})
        page = refused.get_data(as_text=True)
        assert refused.status_code == 422, change
        assert words in page, change
        assert 'value="75"' in page or "q-pass_mark" in change
    assert [entry.key for entry in read(house, trainer, course).assessments] == ["final"]


def test_the_counts_follow_what_is_typed_before_anything_is_saved(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/assessments/new"
    page = desk.post(address, data={**PLAN, "do": "preview"}, headers={"X-Partial": "1"})
    assert b"<html" not in page.data
    assert b"4 left after the draws before" in page.data
    page = desk.post(address, data={**PLAN, "q-draws-0-count": "4", "do": "preview"})
    assert b"Too few" in page.data
    page = desk.post(address, data={**PLAN, "do": "add:draws"})
    assert b'name="q-draws-2-count"' in page.data
    assert len(read(house, trainer, course).assessments) == 1


def test_two_people_on_one_assessment_see_both(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/assessments/final"
    mark = seen(desk.get(address).get_data(as_text=True))
    other = house.client(house.person(trainer.firm_id, Role.TRAINER))
    theirs = seen(other.get(address).get_data(as_text=True))
    assert other.post(address, data={**PLAN, **theirs, "q-title": "Theirs now"}).status_code == 302
    stale = desk.post(address, data={**PLAN, **mark, "q-title": "Mine then"})
    page = stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine then"' in page
    assert desk.post(address, data={**PLAN, **seen(page), "q-title": "Mine then"}).status_code == 302


def test_the_one_that_completes_the_course_is_not_deleted_and_another_is(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    kept = desk.post(f"/studio/{course}/assessments/final/delete", follow_redirects=True)
    assert "This assessment completes the course." in kept.get_data(as_text=True)
    made = desk.post(f"/studio/{course}/assessments/new", data=PLAN)
    assert "Night shift check" in desk.get(f"{made.location}/delete").get_data(as_text=True)
    desk.post(f"{made.location}/delete")
    assert [entry.key for entry in read(house, trainer, course).assessments] == ["final"]
    assert desk.post(f"{made.location}/delete").status_code == 404


def test_a_sample_paper_is_what_a_learner_would_get_and_never_has_the_key(
    house: House, trainer: Someone, desk: FlaskClient
) -> None:
    course_id = house.course(trainer, folder=C05)
    address = f"/studio/{course_id}/assessments/final/paper"
    one, two = (desk.get(f"{address}?seed={seed}").get_data(as_text=True) for seed in (1, 2))
    assert one.count("<fieldset>") == two.count("<fieldset>") == 12
    assert re.findall(r"<legend>.*?</legend>", one) != re.findall(r"<legend>.*?</legend>", two)
    assert desk.get(f"{address}?seed=1").get_data(as_text=True) == one
    assert 'class="why"' not in one


def test_a_course_without_questions_says_where_to_begin(
    house: House, trainer: Someone, desk: FlaskClient
) -> None:
    from lms.courses.services.drafts import start_course

    course_id = house.act(trainer, start_course, title="Empty", language="en").id
    assert "No questions yet" in desk.get(f"/studio/{course_id}/questions").get_data(as_text=True)
    page = desk.get(f"/studio/{course_id}/assessments").get_data(as_text=True)
    assert "No assessments yet" in page
    assert "To the questions" in page
    assert desk.get(f"/studio/{course_id}/assessments/new").status_code == 200
