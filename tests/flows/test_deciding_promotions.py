"""A promotion through its pages: every address and the neighbour who must not enter, the record as a PDF, the fairness page."""

import re
import uuid
import zlib
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.foundation.actor import Role
from lms.people.models import AuditEntry, Employment
from lms.tracks.models import SelfDeclared
from lms.tracks.services import deciding
from lms.tracks.services.groups import declare_groups, settle_promotions
from lms.tracks.services.openings import put_oneself_forward
from tests.house import House
from tests.promotion import CHOSEN, NOT_CHOSEN, TOLD_CHOSEN, TOLD_NOT, WHY, Promotion


@pytest.fixture
def firm(house: House) -> Promotion:
    """See Promotion."""
    return Promotion(house)


GETS = {
    "/openings": "manager second third admin",
    "/openings.csv": "manager second third admin",
    "/openings/new": "manager second third",
    "/openings/{opening_id}": "manager second third admin",
    "/openings/{opening_id}/edit": "manager second third",
    "/openings/{opening_id}/cancel": "manager second third",
    "/openings/{opening_id}/deciders": "manager second third",
    "/interviews": "manager second third ari bea",
    "/openings/{opening_id}/interviews/{ben}": "manager second third ari bea",
    "/decisions/{decision_id}": "manager second third admin",
    "/decisions/{decision_id}.pdf": "manager second third admin",
    "/path/decisions/{decision_id}": "ana ben",
    "/appeals": "manager second third admin ari bea",
    "/appeals/{appeal_id}": "manager second third admin",
    "/appeals/{appeal_id}/rate": "third bea",
    "/fairness": "manager second third admin",
    "/fairness/settings": "admin",
    "/me/groups": "manager second third admin ari bea ana ben bystander trainer",
}
POSTS = (
    "/openings/new",
    "/openings/{opening_id}/edit",
    "/openings/{opening_id}/close",
    "/openings/{opening_id}/cancel",
    "/openings/{opening_id}/nominate",
    "/openings/{opening_id}/deciders",
    "/openings/{opening_id}/interviews/{ben}",
    "/openings/{closed_id}/decide",
    "/decisions/{decision_id}/answer",
    "/appeals/{appeal_id}",
    "/appeals/{appeal_id}/rate",
    "/fairness/settings",
)


def test_each_address_opens_to_those_it_is_for_and_to_no_neighbour(firm: Promotion) -> None:
    house = firm.house
    ids: dict[str, object] = {**firm.ids(), "ben": firm.ben.id}
    firm_people = {
        name: getattr(firm, name)
        for name in ("manager", "second", "third", "admin", "ari", "bea", "ana", "ben", "bystander")
    }
    firm_people["trainer"] = house.person(firm.firm, Role.TRAINER)
    lead = house.person(firm.firm, name="Lee Lead")
    house.team(firm.firm, lead=lead)
    firm_people["lead"] = lead
    stranger_firm = house.firm("Else")
    strangers = [
        house.person(stranger_firm, *roles)
        for roles in ((Role.MANAGER, Role.FIRM_ADMIN, Role.ASSESSOR, Role.TRAINER), (Role.AGENT,))
    ]
    former = house.person(firm.firm, Role.MANAGER, name="Fay Former")
    was = house.client(former)
    with house.writing(firm.firm) as session:
        row = session.scalars(
            select(Employment).where(Employment.firm_id == firm.firm, Employment.person_id == former.id)
        ).one()
        row.ended_on = date(2026, 3, 1)
    clients = {name: house.client(one) for name, one in firm_people.items()}
    for path, entering in GETS.items():
        address = path.format(**ids)
        got_in = {name for name, client in clients.items() if client.get(address).status_code == 200}
        wanted = set(entering.split()) | ({"lead"} if path == "/me/groups" else set())
        assert got_in == wanted, path
        assert was.get(address).status_code in (302, 401), f"a former manager: {path}"
        for stranger in strangers if "{" in path else ():
            reply = house.client(stranger).get(address)
            random = house.client(stranger).get(path.format(**dict.fromkeys(ids, uuid.uuid4())))
            assert reply.status_code in (403, 404), path
            assert reply.status_code == random.status_code, path
    for path in POSTS:
        address = path.format(**ids, closed_id=ids["opening_id"])
        for name in ("trainer", "ana", "bystander", "lead"):
            assert clients[name].post(address, data={"reason": "x"}).status_code == 403, f"{name}: {path}"
        assert was.post(address).status_code in (302, 401), path
        for stranger in strangers if "{" in path else ():
            assert house.client(stranger).post(address, data={"reason": "x"}).status_code in (403, 404), path


def test_no_address_edits_or_deletes_a_record(firm: Promotion) -> None:
    rules = [
        (str(rule), rule.methods or set())
        for rule in firm.house.app.url_map.iter_rules()
        if "/decisions/" in str(rule) or "/appeals/" in str(rule)
    ]
    assert len(rules) > 5
    assert {method for _rule, methods in rules for method in methods} <= {"GET", "POST", "HEAD", "OPTIONS"}
    posts = {rule for rule, methods in rules if "POST" in methods}
    assert posts == {
        "/decisions/<uuid:decision_id>/answer",
        "/path/decisions/<uuid:decision_id>/appeal",
        "/appeals/<uuid:appeal_id>",
        "/appeals/<uuid:appeal_id>/rate",
    }, "each adds a row; none writes one again"


def test_the_record_says_everything_on_its_page_and_in_its_pdf(firm: Promotion) -> None:
    decision = firm.approved()
    client = firm.house.client(firm.third)
    page = client.get(f"/decisions/{decision.id}").text
    for words in (WHY, CHOSEN, NOT_CHOSEN, TOLD_CHOSEN, TOLD_NOT, decision.hash, "None declared", "1 row of"):
        assert words in page, words
    assert "is not what was frozen" not in page
    pdf = client.get(f"/decisions/{decision.id}.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf.data, re.S)
    written = b" ".join(zlib.decompress(one) for one in streams).decode("latin-1")
    for words in (*CHOSEN.split(), *TOLD_NOT.split(), firm.ana.name.split()[1], decision.hash, "Level"):
        assert words in written, words
    assert "?" not in "".join(re.findall(r"made (.*?)\) Tj", written)), "a narrow space is a letter too"


def test_a_record_that_was_tampered_with_says_so(firm: Promotion, monkeypatch: pytest.MonkeyPatch) -> None:
    decision = firm.approved()
    monkeypatch.setattr(deciding, "digest", lambda _document: "0" * 64)
    page = firm.house.client(firm.third).get(f"/decisions/{decision.id}").text
    assert "This record is not what was frozen" in page


def test_each_person_reads_what_they_were_told_and_nothing_of_the_others(firm: Promotion) -> None:
    decision = firm.decided()
    ben = firm.house.client(firm.ben)
    assert ben.get(f"/path/decisions/{decision.id}").status_code == 404, "not before the second approver"
    assert TOLD_NOT not in ben.get("/path").text
    firm.answered(decision)
    assert TOLD_NOT in ben.get("/path").text
    page = ben.get(f"/path/decisions/{decision.id}").text
    assert TOLD_NOT in page
    assert NOT_CHOSEN in page
    for other in (TOLD_CHOSEN, CHOSEN, firm.ana.name):
        assert other not in page
    assert firm.house.client(firm.bystander).get(f"/path/decisions/{decision.id}").status_code == 404


def test_an_agent_asks_to_be_considered_and_withdraws(firm: Promotion) -> None:
    opening = firm.opening()
    ana = firm.house.client(firm.ana)
    assert "Consider me" in ana.get("/path").text
    assert ana.post(f"/path/openings/{opening.id}/consider").status_code == 302
    assert "Asked to be considered" in ana.get("/path").text
    assert ana.post(f"/path/openings/{opening.id}/consider").status_code == 409
    assert firm.ana.name in firm.house.client(firm.manager).get(f"/openings/{opening.id}").text
    ana.post(f"/path/openings/{opening.id}/withdraw")
    assert "Consider me" in ana.get("/path").text


def test_the_list_is_searched_filtered_and_downloaded(firm: Promotion) -> None:
    firm.opening(title="Night lead")
    firm.opening(title="Day lead", rung="S2")
    client = firm.house.client(firm.manager)
    for query, there, not_there in (
        ("q=night", "Night lead", "Day lead"),
        ("rung=S2", "Day lead", "Night lead"),
        ("stage=open", "Night lead", "No opening fits"),
        ("stage=decided", "No opening fits", "Night lead"),
    ):
        page = client.get(f"/openings?{query}").text
        assert there in page, query
        assert not_there not in page, query
    lines = client.get("/openings.csv?q=night").text.splitlines()
    assert len(lines) == 2
    assert "Night lead,S1,1," in lines[1]


SECRET = {"gender": "another", "first_language": "garifuna", "age_band": "45_over"}


def settle(firm: Promotion, *, holds: bool = True) -> None:
    firm.house.act(firm.admin, settle_promotions, appeal_days=10, holds_groups=holds)


def kept(firm: Promotion) -> int:
    with firm.house.writing(firm.firm) as session:
        return int(
            session.scalar(
                select(func.count(SelfDeclared.person_id)).where(SelfDeclared.firm_id == firm.firm)
            )
            or 0
        )


def test_nobody_is_asked_for_a_group_until_the_firm_may_hold_it(firm: Promotion) -> None:
    ana = firm.house.client(firm.ana)
    assert "Your firm does not keep this" in ana.get("/me/groups").text
    assert ana.post("/me/groups", data=SECRET).status_code == 409
    assert kept(firm) == 0
    settle(firm)
    assert ana.post("/me/groups", data=SECRET).status_code == 302
    assert kept(firm) == 1
    assert ana.post("/me/groups", data={**SECRET, "gender": "x"}).status_code == 422
    ana.post("/me/groups/withdraw")
    assert kept(firm) == 0
    ana.post("/me/groups", data=SECRET)
    ana.post("/me/groups", data={"gender": "", "first_language": "", "age_band": ""})
    assert kept(firm) == 0, "preferring not to say keeps nothing"
    ana.post("/me/groups", data=SECRET)
    settle(firm, holds=False)
    assert kept(firm) == 0, "what the firm may no longer hold is deleted"


def pages_about(firm: Promotion, decision_id: uuid.UUID) -> list[str]:
    person = firm.ana.id
    return [
        "/people",
        "/people.csv",
        f"/people/{person}",
        f"/people/{person}/edit",
        "/audit",
        "/audit.csv",
        "/board",
        "/board.csv",
        f"/board/people/{person}",
        "/openings",
        f"/decisions/{decision_id}",
        "/fairness",
        "/fairness?by=first_language",
        "/fairness?by=age_band",
    ]


def test_no_page_and_no_file_about_one_person_shows_what_they_said_of_themself(firm: Promotion) -> None:
    settle(firm)
    reader = firm.house.person(firm.firm, Role.MANAGER, Role.FIRM_ADMIN, Role.ASSESSOR, Role.TRAINER)
    client = firm.house.client(reader)
    decision = firm.approved()
    before = {path: told(client, path) for path in pages_about(firm, decision.id)}
    firm.house.act(firm.ana, declare_groups, said=SECRET)
    for path, page in before.items():
        assert told(client, path) == page, f"{path} tells whether somebody said something"
    with firm.house.writing(firm.firm) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.firm_id == firm.firm)).all()
    assert not [act for act in acts if "group" in act or "declare" in act]


def told(client: FlaskClient, path: str) -> bytes:
    reply = client.get(path)
    assert reply.status_code == 200, path
    return re.sub(rb'name="csrf_token"[^>]*value="[^"]*"', b"", reply.data)


def test_the_fairness_page_shows_rates_of_large_groups_and_hides_small_ones(
    firm: Promotion, house: House
) -> None:
    settle(firm)
    page = house.client(firm.admin).get("/fairness").text
    assert page.count("Too few to say.") == 4
    opening = firm.opening(places=30)
    people = {"woman": [house.person(firm.firm) for _one in range(12)]}
    people["man"] = [house.person(firm.firm) for _one in range(11)]
    for group, members in people.items():
        for place, one in enumerate(members):
            house.act(one, declare_groups, said={"gender": group})
            if place < (9 if group == "woman" else 4):
                house.act(one, put_oneself_forward, opening_id=opening.id)
    page = house.client(firm.admin).get("/fairness").text
    assert "9 of 12" in page
    assert "4 of 11" in page
    assert "0.48" in page, "the ratio of 4/11 to 9/12"
    assert page.count("Too few to say.") == 3
    assert "Too few to say." in house.client(firm.admin).get("/fairness?by=age_band").text
