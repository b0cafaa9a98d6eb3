"""Recording evidence, as an assessor and a lead do it in a browser without scripts."""

import re

import pytest

from lms.foundation.actor import Role
from tests.house import House, Someone


@pytest.fixture
def people(house: House) -> dict[str, Someone]:
    """An agent in a team with a lead, an assessor and a manager."""
    firm = house.firm()
    lead = house.person(firm, name="Lee Lead")
    return {
        "agent": house.person(firm, name="Ana Agent", team_id=house.team(firm, lead=lead)),
        "lead": lead,
        "assessor": house.person(firm, Role.ASSESSOR, name="Ari Assessor"),
        "manager": house.person(firm, Role.MANAGER, name="Max Manager"),
    }


SAID = {"on": "2026-03-02", "example": "Billing, day shift."}
FORMS = {
    "work": {"kind": "observed", "competency": "A1", "level": "2"},
    "certificate": {
        "certificate": "CompTIA A+",
        "competency": "D1",
        "level": "2",
        "expires_on": "2027-03-01",
    },
    "course": {"course": "C02"},
    "S1-attestation": {},
    "S1-assessment": {"outcome": "passed"},
    "S1-kpi": {
        "what": "Quality score",
        "since": "2025-12-01",
        "value": "92,4",
        "count": "14",
        "outcome": "passed",
    },
}


@pytest.mark.parametrize("asked", FORMS)
def test_each_thing_that_can_be_recorded_has_its_form_and_stands_in_the_ledger(
    house: House, people: dict[str, Someone], asked: str
) -> None:
    address = f"/board/people/{people['agent'].id}/observe?rung=S1&for={asked}"
    assessor, manager = house.client(people["assessor"]), house.client(people["manager"])
    form = assessor.get(address).get_data(as_text=True)
    names = set(re.findall(r'name="(\w+)"', form[form.index('<form method="post" action="/board') :])) - {
        "csrf_token",
        "evidence_id",
    }
    assert names == set(SAID | FORMS[asked])
    reply = assessor.post(address, data=SAID | FORMS[asked], follow_redirects=True)
    assert reply.status_code == 200, (
        "an assessor comes back to the form, not to a page that is closed to them"
    )
    assert "Recorded." in reply.get_data(as_text=True)
    page = manager.get(f"/board/people/{people['agent'].id}").get_data(as_text=True)
    assert "Ari Assessor" in page
    if asked == "S1-kpi":
        assert "Quality score: 92.4 (n = 14)" in page


def test_a_form_that_is_not_right_says_why_and_keeps_what_was_typed(
    house: House, people: dict[str, Someone]
) -> None:
    lead = house.client(people["lead"])
    address = f"/board/people/{people['agent'].id}/observe?rung=S1&for=S1-kpi"
    for change, sentence in (
        ({"value": "a lot"}, "Value"),
        ({"count": "11"}, "at least 12"),
        ({"since": "2026-03-03"}, "before it ends"),
    ):
        reply = lead.post(address, data=SAID | FORMS["S1-kpi"] | change)
        text = reply.get_data(as_text=True)
        assert reply.status_code == 422
        assert sentence in text
        assert "Quality score" in text
    assert "Nothing is recorded yet" in lead.get(f"/board/people/{people['agent'].id}").get_data(as_text=True)


def test_the_person_page_says_which_profile_it_holds_them_against(
    house: House, people: dict[str, Someone]
) -> None:
    page = house.client(people["manager"]).get(f"/board/people/{people['agent'].id}").get_data(as_text=True)
    assert "Profile Senior agent / SME, version 1" in page


def test_nobody_records_for_themself_and_what_is_not_asked_for_is_not_found(
    house: House, people: dict[str, Someone]
) -> None:
    path = "/board/people/{}/observe?rung=S1&for={}"
    manager = house.client(people["manager"])
    assert manager.get(path.format(people["manager"].id, "work")).status_code == 403
    for asked in ("S2-kpi", "tenure", "attestation", "kpi", "x"):
        assert manager.get(path.format(people["agent"].id, asked)).status_code == 404
        assert manager.post(path.format(people["agent"].id, asked), data=SAID).status_code == 404
    assert house.client(people["agent"]).get(path.format(people["lead"].id, "work")).status_code == 403
