"""An administrator asks for more in a role profile, sees whom it moves, publishes, and the person's page has it."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from lms.tracks import services as tracks
from lms.tracks.rules import EvidenceKind
from tests.browser.conftest import DESK, seen, signed_in
from tests.house import House


def test_a_profile_is_changed_its_effect_named_published_and_the_cell_is_another(
    house: House, open_window: Callable[..., Page]
) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, Role.MANAGER, name="Ada Admin")
    ana = house.person(firm, name="Ana Chi")
    seen_at = tracks.Observation(
        ana.id, EvidenceKind.OBSERVED, "B4", 2, house.noon.date(), "Locked the screen."
    )
    house.act(admin, tracks.record_evidence, seen=seen_at)

    desk = signed_in(open_window(DESK), house, admin)
    where = f"/board/people/{ana.id}?rung=S1"
    desk.goto(where)
    cell = desk.locator(".cell", has_text="B4").first
    expect(cell).to_contain_text("Met")
    desk.goto("/framework")
    seen(desk, "framework")
    desk.get_by_role("link", name="Versions").click()
    seen(desk, "framework-versions-empty")
    desk.goto("/framework/competencies/B4")
    seen(desk, "framework-competency")
    desk.goto("/framework/rungs/S1")
    seen(desk, "framework-rung")
    desk.get_by_role("link", name="Senior agent / SME").click()
    seen(desk, "framework-profile")
    desk.get_by_role("link", name="Change it in the draft").click()
    desk.get_by_label("B4 ·").select_option("3")
    seen(desk, "framework-edit-profile")
    desk.get_by_role("button", name="Keep it in the draft").click()
    expect(desk.locator("main")).to_contain_text("Asks for B4 at level 3 instead of 2.")
    seen(desk, "framework-draft")
    desk.goto("/framework/draft/rung?key=S1")
    seen(desk, "framework-edit-rung")
    desk.get_by_role("link", name="Ask for one more thing").click()
    seen(desk, "framework-edit-need")
    desk.goto("/framework/draft/competency")
    seen(desk, "framework-edit-competency")
    desk.goto("/framework/import")
    seen(desk, "framework-import")
    desk.goto("/framework/draft")
    desk.get_by_role("link", name="Whom does it change?").click()
    expect(desk.get_by_role("row", name="Ana Chi")).to_contain_text("Met → Not yet")
    seen(desk, "framework-effect")
    desk.get_by_role("link", name="Publish").click()
    desk.get_by_label("What changes, and why?").fill("Our card client asks for it.")
    seen(desk, "framework-publish")
    desk.get_by_role("button", name="Publish").click()
    expect(desk.locator("main")).to_contain_text("Our card client asks for it.")
    desk.get_by_role("link", name="Version 1").click()
    expect(desk.locator("main")).to_contain_text("Asks for B4 at level 3 instead of 2.")
    seen(desk, "framework-versions")
    desk.goto(where)
    expect(desk.locator(".cell", has_text="B4").first).to_contain_text("Not yet")

    phone = signed_in(open_window(), house, ana)
    for address in (
        "/framework",
        "/framework/rungs/S1",
        "/framework/profiles/senior-agent",
        "/framework/versions",
    ):
        phone.goto(address)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    seen(phone, "framework-phone-versions")
