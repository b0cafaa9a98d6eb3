"""A simulated call in plain forms: as practice in a lesson, where it may be played again, and as an author tries it."""

import re
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.foundation.actor import Role
from lms.foundation.ids import new_id
from lms.foundation.yaml import write_yaml
from tests.house import SAMPLE_COURSE, House

CALL = {
    "key": "first-call",
    "kind": "simulation",
    "stem": "A call comes in.",
    "criteria": [{"key": "greet", "text": "Greets", "points": 5}],
    "nodes": [
        {
            "key": "opening",
            "says": "Hello?",
            "choices": [
                {"text": "Good morning.", "to": "asks", "why": "A greeting first.", "scores": {"greet": 1}},
                {"text": "What?", "to": "asks", "why": "No greeting.", "scores": {"greet": 0}},
            ],
        },
        {
            "key": "asks",
            "says": "Where is my lamp?",
            "choices": [{"text": "On its way.", "to": "bye", "why": "An answer."}],
        },
        {"key": "bye", "says": "Thank you.", "end": "The lamp comes."},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample course with a call in its first card."""
    made = tmp_path / SAMPLE_COURSE.name
    shutil.copytree(SAMPLE_COURSE, made)
    lesson = made / "lessons" / "hello.md"
    card = f"## A call {{#a-call}}\n\nTry it.\n\n::: check\n{write_yaml(CALL)}:::\n\n"
    head, rest = lesson.read_text().split("\n## ", 1)
    lesson.write_text(f"{head}\n{card}## {rest}")
    return made


def choose(phone: FlaskClient, address: str, words: str, **more: str) -> str:
    """Press a choice of the call as a plain form; the page that follows."""
    page = phone.get(address).get_data(as_text=True)
    form = re.search(
        r'<form class="check"[^>]* method="post" action="([^"]+first-call[^"]*)">(.*?)</form>', page, re.S
    )
    assert form
    path = re.search(r'name="answer-path" value="([^"]*)"', form[2])
    ref = re.search(rf'name="answer" value="([a-z])"(?:(?!<label).)*?{re.escape(words)}', form[2], re.S)
    fields = {"card": "a-call", "fact_id": str(new_id()), **more}
    if words:
        assert path
        assert ref, form[2]
        fields |= {"answer-path": path[1], "answer": ref[1]}
    sent = phone.post(form[1].replace("&amp;", "&"), data=fields)
    assert sent.status_code == 302, sent.get_data(as_text=True)
    return phone.get(address).get_data(as_text=True)


def test_a_call_in_a_lesson_is_played_to_its_end_and_again(house: House, folder: Path) -> None:
    course_id = house.course(folder=folder)
    phone = house.client(house.person(house.firm()))
    address = f"/courses/{course_id}/lessons/hello"
    first = phone.get(address).get_data(as_text=True)
    assert "Hello?" in first
    assert "Where is my lamp?" not in first
    assert "A greeting first." not in first
    second = choose(phone, address, "What?")
    assert "Where is my lamp?" in second
    assert "No greeting." not in second, "nothing is explained before the end"
    over = choose(phone, address, "On its way.")
    for told in ("The lamp comes.", "No greeting.", "The best path", "A greeting first.", "Play it again"):
        assert told in over, told
    again = choose(phone, address, "", **{"answer-again": "1"})
    assert "Hello?" in again
    assert "Where is my lamp?" not in again
    choose(phone, address, "Good morning.")
    assert "Right." in choose(phone, address, "On its way.")


def test_an_author_plays_it_in_the_studio_and_nothing_is_kept(house: House, folder: Path) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    course_id = house.course(trainer, folder=folder)
    desk = house.client(trainer)
    address = f"/studio/{course_id}/lessons/hello/preview"
    page = desk.get(address).get_data(as_text=True)
    assert "Where is my lamp?" not in page
    action = re.search(r'action="([^"]+/preview/checks/first-call[^"]*)"', page)
    ref = re.search(r'name="answer" value="([a-z])"(?:(?!<label).)*?Good morning', page, re.S)
    assert action
    assert ref
    tried = desk.post(action[1], data={"answer-path": "", "answer": ref[1]}).get_data(as_text=True)
    assert "Where is my lamp?" in tried
    ended = desk.post(action[1], data={"answer-path": ref[1], "answer": "a"}).get_data(as_text=True)
    assert "The lamp comes." in ended
    assert "Play it again" in ended
