"""Requests that mean harm, and what they once found. The long form is `bench/hostile.py`."""

import io
import json

import pytest

from bench.hostile import Outcome, attack
from lms.foundation.actor import Role
from lms.settings import Settings
from tests.house import House


@pytest.mark.sqlite_is_enough
@pytest.mark.no_cover
def test_three_hundred_requests_that_mean_harm_break_tell_and_touch_nothing(settings: Settings) -> None:
    found: Outcome = attack(settings, count=300, seed=7, roles=(None, Role.TRAINER))
    assert found.good, "\n".join([str(found), *found.seen.complaints])
    assert found.traces == 0
    assert found.seen.sent == 300
    assert found.seen.statuses[200] > 10, "some must get in, or nothing was tried"


@pytest.mark.parametrize(
    ("path", "field"),
    [("/people/new", "name"), ("/teams/new", "name"), ("/code", "code"), ("/sign-in", "name")],
)
def test_a_file_where_words_are_asked_for_is_refused(house: House, path: str, field: str) -> None:
    client = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    reply = client.post(path, data={field: (io.BytesIO(b"x"), "x.txt")})
    assert reply.status_code in (400, 404, 405)
    assert reply.status_code == 400 or "new" in path


def test_half_a_letter_in_a_fact_does_not_break_the_page_of_who_looks_at_it(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm, Role.MANAGER)
    agent = house.person(firm, team_id=house.team(firm, lead=lead))
    reply = house.client(agent).post(
        "/sync",
        data=json.dumps({"format": 1, "facts": [{"kind": "other", "words": "half \ud800 a letter"}]}),
        content_type="application/json",
        headers={"X-Person": str(agent.id)},
    )
    assert reply.get_json()["facts"][0]["result"] == "kept"
    page = house.client(lead).get("/team/kept")
    assert page.status_code == 200
    assert "half \ufffd a letter" in page.get_data(as_text=True)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_can_open_their_own_page(house: House, role: Role) -> None:
    assert house.client(house.person(house.firm(), role)).get("/me").status_code == 200
