"""A PC of the floor, by its pages: registered, signed in with a PIN or by a phone, locked, left for the next one."""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.foundation.actor import Role
from lms.people.queries.floor import Policy
from lms.people.services import floor, pins
from tests.house import PASSWORD, House, Someone

PIN, BENS = "740268", "281940"


@dataclass
class Shift:
    """A firm, its registered PC, Ana and Ben with PINs."""

    house: House
    app: Flask
    pc: FlaskClient
    admin: Someone
    ana: Someone
    ben: Someone

    def after(self, **time: int) -> None:
        self.app.config["NOW"] = self.house.noon + timedelta(**time)

    def enter(self, number: str, pin: str) -> str:
        return self.pc.post("/floor", data={"number": number, "pin": pin}, follow_redirects=True).get_data(
            as_text=True
        )


@pytest.fixture
def shift(app: Flask, house: House) -> Shift:
    """The administrator registers the PC by its page, and is signed out by that."""
    firm = house.firm()
    team = house.team(firm)
    admin = house.person(firm, Role.FIRM_ADMIN, Role.AGENT, name="Ada Admin", number="A-1")
    ana = house.person(firm, name="Ana Chi", number="A-7", team_id=team)
    ben = house.person(firm, name="Ben Tzul", number="A-8", team_id=team)
    for who, pin in ((ana, PIN), (ben, BENS), (admin, "502917")):
        house.act(who, pins.set_pin, pin=pin)
    pc = house.client(admin)
    reply = pc.post("/floor-pcs", data={"name": "Row C 4", "team": str(team)})
    assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    page = pc.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    assert "Row C 4" in page
    assert "You are signed out here." in page
    return Shift(house, app, pc, admin, ana, ben)


def test_a_pin_signs_in_for_a_while_and_opens_what_an_agent_does(shift: Shift) -> None:
    assert "Ana Chi is signed in" in shift.enter("A-7", PIN)
    page = shift.pc.get("/me").get_data(as_text=True)
    assert "Shared PC: Ana Chi is signed in" in page
    assert "Change my password" not in page
    for path in ("/me/password", "/me/pin"):
        assert shift.pc.get(path).status_code == 403
    shift.after(minutes=4)
    assert shift.pc.get("/today").status_code == 200
    shift.after(minutes=8)
    assert shift.pc.get("/today").status_code == 200
    shift.after(minutes=13)
    assert shift.pc.get("/today").headers["Location"].startswith("/sign-in")
    reply = shift.pc.post("/floor", data={"number": "A-1", "pin": "502917"})
    assert reply.headers["Clear-Site-Data"], "somebody else came: nothing of Ana's stays"
    assert shift.pc.get("/people").status_code == 403
    assert shift.house.client(shift.admin).get("/people").status_code == 200
    reply = shift.pc.post("/sign-out")
    assert reply.headers["Clear-Site-Data"]
    assert "Sign in on this PC" in shift.pc.get("/", follow_redirects=True).get_data(as_text=True)


def test_a_wrong_pin_says_one_sentence_and_a_password_is_not_taken(shift: Shift) -> None:
    pages = [shift.enter(number, pin) for number, pin in (("A-7", "740269"), ("A-99", PIN), ("A-7", ""))]
    assert all("That does not match, or it was tried too often." in page for page in pages[:2])
    assert "Type your PIN." in pages[2]
    for _again in range(2):
        shift.enter("A-7", "740269")
    assert "or it was tried too often." in shift.enter(
        "A-7", PIN
    )  # each wrong one was counted, though it was refused
    reply = shift.pc.post("/sign-in", data={"name": shift.ana.email, "password": PASSWORD})
    assert reply.headers["Location"] == "/floor"
    assert shift.pc.get_cookie("ladder") is None or shift.pc.get("/me").status_code == 302
    for path in ("/code", "/welcome/a-code"):
        assert shift.pc.get(path).status_code == 403
        assert shift.pc.post(path, data={"code": "x", "password": PASSWORD}).status_code == 403
    outside = shift.house.client()
    assert outside.post("/floor", data={"number": "A-7", "pin": PIN}).status_code == 409


def test_who_comes_while_somebody_is_still_signed_in_takes_their_place(shift: Shift) -> None:
    shift.enter("A-7", PIN)
    anas = shift.pc.get_cookie("ladder")
    reply = shift.pc.post("/floor", data={"number": "A-8", "pin": BENS})
    assert reply.headers["Clear-Site-Data"]
    assert "Ben Tzul is signed in" in shift.pc.get("/me").get_data(as_text=True)
    before = shift.house.client()
    before.set_cookie("ladder", anas.value if anas else "")
    assert before.get("/me").status_code == 302


def test_names_are_offered_only_when_the_firm_says_so(shift: Shift) -> None:
    chosen = {"who": str(shift.ana.id), "pin": PIN}
    assert "Ana Chi" not in shift.pc.get("/floor").get_data(as_text=True)
    assert shift.pc.post("/floor", data=chosen).status_code == 422
    shift.house.act(shift.admin, floor.decide_policy, decided=Policy(5, True, False))
    page = shift.pc.get("/floor").get_data(as_text=True)
    assert "Ana Chi" in page
    assert "Ada Admin" not in page  # of no team
    assert shift.pc.post("/floor", data=chosen).status_code == 302
    assert b"Ana Chi" in shift.pc.get("/me").data


def test_a_phone_signs_the_pc_in_with_plain_pages(shift: Shift) -> None:
    phone, neighbour = (
        shift.house.client(shift.ana),
        shift.house.client(shift.house.person(shift.house.firm("Quetzal"), name="Nia")),
    )
    waiting = shift.pc.post("/floor/phone").headers["Location"]
    page = shift.pc.get(waiting).get_data(as_text=True)
    assert "<svg" in page
    assert '<meta http-equiv="refresh"' in page
    digits = re.search(r"number (\d\d)\.", page)
    assert digits
    token = waiting.rsplit("/", 1)[1]
    yes = f"/floor/yes/{token}"
    assert neighbour.get(yes).status_code == neighbour.get("/floor/yes/made-up").status_code == 404
    assert neighbour.post(yes).status_code == 404
    assert phone.get(waiting).status_code == 302  # a phone is no shared device
    asked = phone.get(yes).get_data(as_text=True)
    assert "Row C 4" in asked
    assert digits[1] in asked
    assert shift.pc.post(waiting).status_code == 404
    assert phone.post(yes).status_code == 200
    assert shift.pc.get(waiting, headers={"X-Partial": "1"}).json == {"approved": True}
    assert shift.pc.post(waiting).status_code == 302
    assert b"Shared PC: Ana Chi is signed in" in shift.pc.get("/me").data
    assert shift.pc.get(yes).status_code == 403  # who sits at a shared PC lets nobody else in
    assert "Row C 4" in phone.get("/me/devices").get_data(as_text=True)


def test_a_form_that_came_too_late_waits_for_its_owner_behind_the_pin(shift: Shift) -> None:
    shift.enter("A-7", PIN)
    shift.after(minutes=30)
    late = shift.pc.post(
        f"/path/evidence/{uuid.uuid4()}/contest",
        data={"reason": "half a thought"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert late.status_code == 401
    page = late.get_data(as_text=True)
    assert "Sign in on this PC" in page
    assert "half a thought" not in page
    sealed = re.search(r'name="kept"[^>]*value="([^"]+)"', page)
    assert sealed
    for number, pin, shown in (("A-8", BENS, False), ("A-7", PIN, True)):
        reply = shift.pc.post("/floor", data={"number": number, "pin": pin, "kept": sealed[1]})
        assert ("half a thought" in reply.get_data(as_text=True)) is shown
        shift.pc.post("/sign-out")
