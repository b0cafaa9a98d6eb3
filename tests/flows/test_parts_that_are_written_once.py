"""What is written once for many readers: each still gets their own page, in their language, of the edition that is live now."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.foundation.actor import Role
from lms.foundation.remembering import Remembered
from lms.learning.queries import cards, lessons
from lms.web import fragments
from tests.gates.test_the_pages import counted
from tests.house import SAMPLE_COURSE, House

TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]*')


class Counting(Remembered[object, object]):
    """Remembers, and counts what it was told."""

    told = 0

    def tell(self, fresh: object) -> None:
        self.told += 1
        super().tell(fresh)  # type: ignore[arg-type]


def forget(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """As a process that has just begun."""
    parts = Counting(100)
    monkeypatch.setattr(fragments, "_KEPT", parts)
    monkeypatch.setattr(lessons, "_kept", Remembered(100))
    monkeypatch.setattr(cards, "_kept", Remembered(100))
    return parts


def shown(client: FlaskClient, address: str, language: str = "en") -> str:
    """A page without its token, which must be one and the same in all its forms."""
    page = client.get(address, headers={"Accept-Language": language}).get_data(as_text=True)
    assert len(set(TOKEN.findall(page))) == 1
    return TOKEN.sub("", page)


def test_whoever_comes_later_gets_the_page_they_would_have_got_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/courses/{house.course()}/lessons/hello"
    toucan, other = house.firm(), house.firm("Mopan Voice")
    people = [
        (house.client(house.person(toucan)), "en"),
        (house.client(house.person(toucan, Role.AGENT, Role.MANAGER)), "es"),
        (house.client(house.person(other)), "en"),
        (house.client(house.person(other, Role.AGENT, Role.TRAINER)), "es"),
    ]
    alone = []
    for client, language in people:
        forget(monkeypatch)
        alone.append(shown(client, address, language))
    forget(monkeypatch)
    assert [shown(client, address, language) for client, language in people] == alone
    assert len(set(alone)) == len(people)
    assert ["Revisar mi respuesta" in page for page in alone] == [
        language == "es" for _client, language in people
    ]


def test_a_token_is_never_another_readers(app: Flask, house: House) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    course_id = house.course()
    address = f"/courses/{course_id}/lessons/hello"
    first, second = house.clients([house.person(house.firm()), house.person(house.firm("Mopan Voice"))])
    tokens = [set(TOKEN.findall(one.get(address).get_data(as_text=True))) for one in (first, second)]
    assert tokens[0].isdisjoint(tokens[1])
    [token] = tokens[1]
    sent = second.post(f"{address}/cards", data={"card": "hook", "csrf_token": token})
    assert sent.status_code == 302
    refused = first.post(f"{address}/cards", data={"card": "hook", "csrf_token": token})
    assert refused.status_code == 400


def test_what_somebody_answered_stands_on_their_page_only_and_is_not_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/courses/{house.course()}/lessons/hello"
    ana, ben = house.clients([house.person(one) for one in [house.firm()] * 2])
    parts = forget(monkeypatch)
    before = shown(ben, address)
    ana.post(f"{address}/checks/t01-check", data={"answer": "a", "card": "check"})
    told = parts.told
    assert "<fieldset disabled" in shown(ana, address)
    assert parts.told == told
    assert shown(ben, address) == before


def test_a_lesson_that_was_shown_is_not_written_or_read_again(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, address = forget(monkeypatch), f"/courses/{house.course()}/lessons/hello"
    agent = house.client(house.person(house.firm()))
    first, told = counted(app, agent, address), parts.told
    assert told > 0
    assert counted(app, agent, address) == first - 1 == 6
    assert parts.told == told


def test_a_new_edition_is_shown_at_once(house: House, tmp_path: Path) -> None:
    address = f"/courses/{house.course()}/lessons/hello"
    agent = house.client(house.person(house.firm()))
    before = shown(agent, address)
    folder = tmp_path / "course"
    shutil.copytree(SAMPLE_COURSE, folder)
    lesson = folder / "lessons" / "hello.md"
    lesson.write_text(lesson.read_text().replace("**hello**", "**good day**"))
    house.course(folder=folder)
    assert "<strong>hello</strong>" in before
    assert "<strong>good day</strong>" in shown(agent, address)
