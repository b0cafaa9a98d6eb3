"""Recording evidence, as an assessor and a lead do it in a browser without scripts."""

import io
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
        "document": "",
    },
    "prior": {"certificate": "Two years at a help desk", "competency": "D1", "level": "2", "document": ""},
    "attest": {"competency": "A1", "level": "2"},
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


PDF = b"%PDF-1.7 a licence"


def test_a_certificates_document_is_kept_by_its_content_and_opened_by_those_who_may_see_the_person(
    house: House, people: dict[str, Someone]
) -> None:
    address = f"/board/people/{people['agent'].id}/observe?rung=S1&for=certificate"
    assessor, manager = house.client(people["assessor"]), house.client(people["manager"])
    sent = SAID | FORMS["certificate"]
    for content, word in ((b"<html>", "PDF, or a PNG"), (PDF + b"0" * 5 * 1024 * 1024, "5 MB")):
        reply = assessor.post(address, data=sent | {"document": (io.BytesIO(content), "licence.pdf")})
        assert reply.status_code == 422
        assert word in reply.get_data(as_text=True)
    assessor.post(address, data=sent | {"document": (io.BytesIO(PDF), "../../my licence.pdf")})
    page = manager.get(f"/board/people/{people['agent'].id}/ledger").get_data(as_text=True)
    (path,) = set(re.findall(r'href="(/evidence/[0-9a-f-]+/document)"', page))
    stranger = house.person(house.firm("Else"), Role.MANAGER)
    neighbour = house.person(people["agent"].firm_id)
    for who, status in (
        ("manager", 200),
        ("lead", 200),
        ("agent", 200),
        ("assessor", 200),
        (neighbour, 403),
        (stranger, 404),
    ):
        reply = house.client(people[who] if isinstance(who, str) else who).get(path)
        assert reply.status_code == status
        if status == 200:
            assert reply.data == PDF
            assert reply.headers["Content-Disposition"] == "attachment; filename=my_licence.pdf"
            assert "sandbox" in reply.headers["Content-Security-Policy"]
            assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_an_attestation_is_made_on_the_written_words_of_the_competency(
    house: House, people: dict[str, Someone]
) -> None:
    address = f"/board/people/{people['agent'].id}/observe?rung=S1&for=attest&competency=B4"
    lead = house.client(people["lead"])
    assert "Follows identity checks under pressure" in lead.get(address).get_data(as_text=True)
    lead.post(address, data=SAID | {"level": "2", "competency": "B4"})
    page = house.client(people["manager"]).get(f"/board/people/{people['agent'].id}").get_data(as_text=True)
    assert "Security awareness" in page
    assert lead.get(address.replace("B4", "Z9")).status_code == 404
