"""Review cards on a phone without a network: what it keeps, and what becomes of answers and words that come later."""

import itertools
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms.learning.models import ReviewCard
from lms.learning.pages.media import PICTURE
from tests.house import House, Someone
from tests.rooms.test_review_cards import answer, cards, learnt

DAY = timedelta(days=1)


def send(client: FlaskClient, person: Someone, *facts: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Send a batch; of each fact the result, the first result and the reason."""
    reply = client.post("/sync", json={"format": 1, "facts": facts}, headers={"X-Person": str(person.id)})
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return [(one["result"], one["first"], one["because"]) for one in reply.get_json()["facts"]]


def given(card: ReviewCard, ref: str, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": "review", "card": str(card.id), "nth": 0} | {
        "fields": [["answer", ref]],
        **more,
    }


def word(on: dict[str, Any], felt: str = "easy") -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": "felt", "answer": on["id"], "felt": felt}


def right_and_wrong(client: FlaskClient) -> tuple[str, str]:
    """The letters of a right and of a wrong option of the only card, read from the page that the phone keeps."""
    page = client.get("/packs/review").get_data(as_text=True)
    options = dict(
        re.findall(r'value="([a-z])"[^>]*>.*?<span[^>]*>(A greeting|The balance|Silence)', page, re.S)
    )
    by_text = {text: ref for ref, text in options.items()}
    return by_text["A greeting"], by_text["Silence"]


def test_a_phone_keeps_the_cards_of_today_and_tomorrow_with_what_is_right(house: House) -> None:
    person, card = learnt(house)
    client, other = house.client(person), house.client(house.person(person.firm_id))

    def kept(phone: FlaskClient) -> dict[str, Any]:
        files = phone.get("/packs/next").get_json()["files"]
        [found] = [one for one in files if one["kind"] == "review"]
        assert (found["path"], found["url"]) == ("/review", "/packs/review")
        return dict(found)

    before = kept(client)["hash"]
    page = client.get("/packs/review").get_data(as_text=True)
    assert f'data-review="{card.id}" data-nth="0" data-from="2026-03-03"' in page
    assert "Yes, people first." in page
    assert "csrf_token" not in page
    assert re.findall(r"<form[^>]*action=", page) == []
    assert str(card.id) not in other.get("/packs/review").get_data(as_text=True)
    assert kept(other)["hash"] != before
    answer(house, person, card)
    assert kept(client)["hash"] != before, "it is fetched again when its cards are others"
    assert PICTURE.search(page) is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_answers_and_words_make_the_same_card_in_whatever_order_they_come(
    house: House, order: tuple[int, ...]
) -> None:
    person, card = learnt(house)
    house.app.config["NOW"] = house.noon + 2 * DAY
    client = house.client(person)
    right, _wrong = right_and_wrong(client)
    at = (house.noon + DAY).isoformat()
    said = given(card, right, id=str(uuid.UUID(int=7)), device_at=at)
    facts = [said, word(said), said]
    for number in order:
        send(client, person, facts[number])
    assert [one[:2] for one in send(client, person, *facts)] == [("had", "counted")] * 3
    [after] = cards(house, person)
    assert (after.reviews, after.last_grade, after.lapses) == (1, 4, 0)
    assert after.last_at == house.noon + DAY
    assert after.since == (house.noon + DAY).date()
    easy = after.due_on - after.since
    assert easy > 3 * DAY, "easy comes later than good"


def test_a_word_before_its_answer_waits_and_a_word_on_a_wrong_answer_moves_nothing(house: House) -> None:
    person, card = learnt(house)
    house.app.config["NOW"] = house.noon + DAY
    client = house.client(person)
    _right, wrong = right_and_wrong(client)
    said = given(card, wrong)
    early = word(said)
    assert send(client, person, early) == [("kept", "kept", "answers_missing")]
    assert send(client, person, said, early) == [("counted", "counted", None), ("had", "counted", None)]
    [after] = cards(house, person)
    assert (after.reviews, after.last_grade, after.lapses, after.due_on) == (
        1,
        1,
        1,
        (house.noon + 2 * DAY).date(),
    )
    assert send(client, person, word(said, "very"))[0][2] == "unreadable"


def test_the_first_answer_to_a_showing_counts_from_whichever_device_it_comes(house: House) -> None:
    person, card = learnt(house)
    house.app.config["NOW"] = house.noon + DAY
    client = house.client(person)
    right, wrong = right_and_wrong(client)
    first, second = given(card, right), given(card, wrong)
    late = word(second)
    assert send(client, person, first) == [("counted", "counted", None)]
    assert send(client, person, second, late) == [
        ("kept", "kept", "answered_before"),
        ("kept", "kept", "answer_not_counted"),
    ]
    assert send(client, person, first, second) == [
        ("had", "counted", None),
        ("had", "kept", "answered_before"),
    ]
    [after] = cards(house, person)
    assert (after.reviews, after.last_grade) == (1, 3)
    neighbour = house.person(person.firm_id)
    stolen = send(house.client(neighbour), neighbour, given(card, right), word(first))
    assert [one[2] for one in stolen] == ["not_found", "not_found"]
