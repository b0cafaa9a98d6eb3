"""Review without a script: a question, its explanation, one tap, the next; and Today's choices in its address."""

import re
from datetime import timedelta

from tests.house import House
from tests.rooms.test_learning import CARDS, finish


def test_a_person_reviews_says_how_well_and_goes_on_with_today(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    phone = house.client(person)
    assert "tomorrow" not in phone.get("/review").text
    house.app.config["NOW"] = house.noon + timedelta(days=1)
    assert "1 question from before" in phone.get("/today?minutes=10").text
    page = phone.get("/review?until=1").text
    assert "1 of 1" in page
    assert "asked for the first time" in page
    action = re.search(r'action="(/review/cards/[^"]+\?until=1)"', page)
    assert action is not None
    assert phone.post(action[1], data={"nth": "0"}).status_code == 422
    refs = re.findall(r'name="answer" value="([^"]+)"', page)
    explained = ""
    for ref in refs:  # whichever is right: the first kept answer stands, so each has a card of its own state
        reply = phone.post(action[1], data={"nth": "0", "answer": ref})
        explained = phone.get(reply.location).text
        if "How well did you know it?" in explained:
            said = phone.post(reply.location, data={"felt": "easy"})
            assert said.location.startswith("/review")
            assert "That is all for now." in phone.get(said.location).text
            break
    assert "It comes back on" in explained


def test_a_card_put_aside_is_listed_and_comes_back(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    house.app.config["NOW"] = house.noon + timedelta(days=1)
    phone = house.client(person)
    found = re.search(r'action="(/review/cards/[^"]+/aside)"', phone.get("/review").text)
    assert found is not None
    phone.post(found[1], data={"how": "never"})
    assert "1 question you put aside" in phone.get("/review").text
    assert "What comes first?" in phone.get("/review/aside").text
    phone.post(found[1], data={"how": "back"})
    assert "What comes first?" in phone.get("/review").text


def test_todays_choices_stand_in_its_address(house: House) -> None:
    house.course()
    phone = house.client(house.person(house.firm()))
    page = phone.get("/today?minutes=15&other=1&less=1").text
    assert "Something else" in page
    assert "The whole time" in page
    assert phone.get("/today?minutes=x&other=-1&less=2").status_code == 200


def test_a_review_from_a_phone_counts_once(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    house.app.config["NOW"] = house.noon + timedelta(days=1)
    phone = house.client(person)
    page = phone.get("/review").text
    card_id = re.findall(r"/review/cards/([0-9a-f-]{36})", page)[0]
    ref = re.findall(r'name="answer" value="([^"]+)"', page)[0]
    fact = {
        "id": "0190b3c4-0000-7000-8000-000000000001",
        "kind": "review",
        "card": card_id,
        "nth": 0,
        "fields": [["answer", ref]],
    }

    def told() -> str:
        reply = phone.post(
            "/sync",
            json={"format": 1, "facts": [fact]},
            headers={"X-Person": str(person.id), "X-Partial": "1"},
        )
        result: str = reply.get_json()["facts"][0]["result"]
        return result

    assert [told(), told()] == ["counted", "had"]
