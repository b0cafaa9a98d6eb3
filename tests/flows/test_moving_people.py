"""A trainer moves people to the live version, sees what becomes of each first, and takes it back."""

import re
import shutil
import uuid
from pathlib import Path

import pytest

from lms.foundation.actor import Role
from lms.learning import services
from lms.learning.services import FinishedCard
from tests.house import SAMPLE_COURSE, House, Someone


@pytest.fixture
def world(house: House, tmp_path: Path) -> tuple[Someone, uuid.UUID, str]:
    """A trainer, and the address of the move of Ana Chi, who has done a lesson that changed since."""
    trainer = house.person(house.firm(), Role.TRAINER)
    course_id = house.course(trainer)
    agent = house.person(trainer.firm_id, name="Ana Chi")
    for card in ("hook", "say", "next-call"):
        house.act(agent, services.finish_card, fact=FinishedCard(uuid.uuid4(), course_id, "hello", card))
    later = tmp_path / "course"
    shutil.copytree(SAMPLE_COURSE, later)
    lesson = later / "lessons" / "hello.md"
    lesson.write_text(lesson.read_text().replace("Hi.", "Hey."))
    house.course(trainer, later)
    versions = house.client(trainer).get(f"/courses/{course_id}/versions").text
    found = re.search(r'href="(/courses/[^"]+/move)"', versions)
    assert found is not None
    return trainer, course_id, found[1]


def test_the_choice_shows_its_effect_and_is_kept_by_the_act(
    house: House, world: tuple[Someone, uuid.UUID, str]
) -> None:
    trainer, _course_id, address = world
    client = house.client(trainer)
    usual = client.get(address).text
    assert "1 card of 3 is new or changed" in usual
    assert re.search(r"1 of 1</td><td[^>]*>0 of 1", usual)
    kept = client.get(address, query_string={"keep-hello": "counts"}).text
    assert re.search(r"1 of 1</td><td[^>]*>1 of 1", kept)
    assert '<input type="hidden" name="keep-hello" value="counts">' in kept
    moved = client.post(address, data={"keep-hello": "counts"}, follow_redirects=True).text
    assert "1 person is on the live version now." in moved
    assert client.post(address, data={"keep-hello": "counts"}).status_code == 409
    undo = re.search(r'action="(/courses/[^"]+/undo)"', moved)
    assert undo is not None
    back = client.post(undo[1], follow_redirects=True).text
    assert "1 person is back on the version they came from." in back
    assert "Taken back on" in back
    assert client.post(undo[1]).status_code == 409


def test_a_choice_that_there_is_not_is_told_and_moves_nobody(
    house: House, world: tuple[Someone, uuid.UUID, str]
) -> None:
    trainer, _course_id, address = world
    client = house.client(trainer)
    reply = client.post(address, data={"keep-hello": "sideways"})
    assert reply.status_code == 422
    assert "Choose what is kept of each lesson that changed." in reply.text
    assert "Move 1 person" in reply.text


def test_nobody_left_to_move_is_said(house: House, world: tuple[Someone, uuid.UUID, str]) -> None:
    trainer, _course_id, address = world
    client = house.client(trainer)
    client.post(address)
    assert "Nobody is under way on this version" in client.get(address).text


def test_an_agent_does_not_get_in_and_another_firm_finds_nothing(
    house: House, world: tuple[Someone, uuid.UUID, str]
) -> None:
    trainer, _course_id, address = world
    assert house.client(house.person(trainer.firm_id)).get(address).status_code == 403
    neighbour = house.client(house.person(house.firm("Other"), Role.TRAINER))
    assert neighbour.get(address).status_code == 404
    assert neighbour.post(address).status_code == 404
