"""A lead rates a call on a phone without network, it arrives when the network is back; the manager and the agent see it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.tracks.framework_files import find_form
from lms.tracks.models import EvidenceRow
from lms.tracks.rules.rating import items_of
from tests.browser.conftest import DESK, seen, sideways
from tests.browser.test_in_a_browser import sign_in
from tests.house import House, Someone


def outcomes(house: House, someone: Someone) -> list[str]:
    """How what is recorded about somebody went, oldest first."""
    with house.writing(someone.firm_id) as session:
        return list(
            session.scalars(
                select(EvidenceRow.outcome)
                .where(EvidenceRow.firm_id == someone.firm_id, EvidenceRow.person_id == someone.id)
                .order_by(EvidenceRow.id)
            )
        )


def mark(page: Page, **other: str) -> None:
    """Mark every line of the scorecard with yes, but for those named."""
    form = find_form("call-scorecard")
    assert form
    for item in items_of(form):
        value = other.get(item["key"], "1")
        page.locator(f"input[name=mark_{item['key']}][value='{value}']").check()
    page.get_by_label("What did you see?").fill(
        "1 March, a lost card: checked who called, told when it comes."
    )


def test_a_call_is_rated_without_network_and_everybody_who_may_sees_what_it_shows(
    house: House, open_window: Callable[..., Page]
) -> None:
    firm = house.firm()
    lead = house.person(firm, name="Celia Choc")
    agent = house.person(firm, name="Ana Chi", team_id=house.team(firm, "Billing", lead=lead))
    manager = house.person(firm, Role.MANAGER, name="Victor Usher")
    house.person(firm, Role.ASSESSOR, name="Marisol Requena")

    phone = open_window()
    sign_in(phone, lead)
    phone.goto(f"/board/people/{agent.id}/rate")
    phone.get_by_role("link", name="Observed call").click()
    seen(phone, "rate-phone")
    assert sideways(phone, 360) <= 0
    box = phone.locator(".marks__choices .choice").first.bounding_box()
    assert box
    assert box["height"] >= 44, "a thumb hits it"
    mark(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Record").click()
    expect(phone.locator("[data-notice]")).to_contain_text("kept on this device")
    seen(phone, "rate-offline")
    assert outcomes(house, agent) == []
    mark(phone, card="0")
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator("[data-notice]")).to_contain_text("is recorded")
    assert outcomes(house, agent) == ["passed"]
    phone.reload()
    expect(phone.locator("input[name=mark_card][value='0']")).to_be_checked()
    phone.get_by_role("button", name="Record").click()
    expect(phone.locator("h1")).to_contain_text("Ana Chi: S1")
    assert outcomes(house, agent) == ["passed", "failed"]

    desk = open_window(DESK)
    sign_in(desk, manager)
    for path, name in (
        (f"/board/people/{agent.id}/ledger", "ledger-desk"),
        (f"/board/people/{agent.id}/dossier?as_of=2026-12-01", "dossier-desk"),
        (f"/board/people/{agent.id}/observe?for=attest&competency=B4", "attest-desk"),
        (f"/people/{agent.id}/away", "away-desk"),
    ):
        desk.goto(path)
        seen(desk, name)
    desk.goto(f"/board/people/{agent.id}/panel/grow-coaching")
    desk.get_by_label("Marisol Requena").check()
    desk.get_by_label("Victor Usher").check()
    desk.get_by_role("button", name="Ask them").click()
    seen(desk, "panel-desk")

    own = open_window()
    sign_in(own, agent)
    for path, name in (
        ("/path/evidence", "own-evidence"),
        ("/tracks/rule?as_of=2026-12-01", "rule-phone"),
    ):
        own.goto(path)
        seen(own, name)
        assert sideways(own, 360) <= 0, path
        own.set_viewport_size({"width": 360, "height": 740})
    own.goto("/path/evidence")
    expect(own.locator("main")).to_contain_text("Victor Usher")
