"""Two agents in turn on a shared PC, the second finding nothing of the first; and a passkey from adding to signing in."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from bench.offline import build
from lms.foundation.actor import Role
from lms.learning.models import CardFact
from lms.learning.services import enrol
from lms.people.services import pins
from tests.browser.conftest import DESK, seen, signed_in
from tests.browser.test_expired_sign_in import enter
from tests.browser.test_without_a_network import EVERYTHING, Wire, rows
from tests.house import House, Someone

pytestmark = pytest.mark.sqlite_is_enough


def by_pin(page: Page, number: str, pin: str) -> None:
    page.get_by_label("Employee number").fill(number)
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Sign in", exact=True).click()


def shared_pc(house: House, open_window: Callable[..., Page]) -> tuple[str, Someone, Someone, Page]:
    """A course's address, Ana who takes it, Ben, and a browser that the administrator made a shared PC of their firm."""
    course, firm = build(house).course_id, house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, name="Ada Admin")
    ana = house.person(firm, name="Ana Chi", number="A-7")
    ben = house.person(firm, name="Ben Tzul", number="A-8")
    house.act(ana, enrol, course_id=course)
    for who, pin in ((ana, "740268"), (ben, "281940")):
        house.act(who, pins.set_pin, pin=pin)
    page = signed_in(open_window(DESK), house, admin)
    page.goto("/floor-pcs")
    page.evaluate("localStorage.setItem('left', 'over')")
    page.get_by_label("Name of this PC").fill("Row C 4")
    page.get_by_role("button", name="Register this PC").click()
    return f"/courses/{course}", ana, ben, page


def remembered(page: Page) -> str:
    """What the browser's own list of where it has been says: titles and addresses."""
    told = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert len(told["entries"]) > 3
    return " ".join(f"{one['title']} {one['url']}" for one in told["entries"])


def test_two_agents_in_turn_on_a_shared_pc(
    app: Flask, house: House, open_window: Callable[..., Page], server: str
) -> None:
    # What somebody kept in the browser before it was a shared PC is gone.
    course, ana, _ben, page = shared_pc(house, open_window)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in on this PC")
    assert page.evaluate("localStorage.getItem('left')") is None
    seen(page, "shared-sign-in")

    # Ana works on it, and answers something that the page notes on the device.
    by_pin(page, "A-7", "740268")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(page.locator(".shared-bar")).to_contain_text("Ana Chi is signed in")
    seen(page, "shared-today")
    page.goto(f"{course}/lessons/hello")
    page.locator(".lesson-card.is-here > .thumbs button").click()
    page.evaluate(f"localStorage.setItem('ladder:note', '{ana.id} A call comes in')")
    page.goto("/me")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    page.locator(".shared-bar").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in on this PC")

    # Ben comes: nothing of hers in storage, caches or behind the back button.
    by_pin(page, "A-8", "281940")
    expect(page.locator(".shared-bar")).to_contain_text("Ben Tzul")
    after = page.evaluate(EVERYTHING)
    for trace in ("Ana", str(ana.id), "A call comes in", "Say hello"):
        assert trace not in after, trace
    assert "Ana" not in remembered(page)
    for _step in range(5):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Ana")
        assert str(ana.id) not in page.content()

    # He gets up without signing out: the PC locks by itself.
    page.clock.install()
    page.goto("/today")
    expect(page.locator(".shared-bar")).to_contain_text("Ben Tzul")
    page.clock.run_for(4 * 60_000 + 35_000)
    expect(page.get_by_role("alert")).to_contain_text("This PC locks in half a minute")
    seen(page, "shared-locking")
    page.clock.run_for(60_000)
    page.wait_for_url("**/floor")
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("Ben Tzul")

    # Ana again, this time by her phone.
    page.goto("/floor")
    by_pin(page, "A-7", "740269")
    expect(page.get_by_role("alert")).to_contain_text("That does not match, or it was tried too often.")
    page.get_by_role("button", name="Sign in with my phone").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in with your phone")
    seen(page, "shared-qr")
    phone = signed_in(open_window(), house, ana)
    phone.goto("/floor/yes/" + page.url.rsplit("/", 1)[1])
    expect(phone.locator(".two-digits")).to_have_text(page.locator(".two-digits").inner_text())
    seen(phone, "phone-yes")
    phone.get_by_role("button", name="Yes, sign me in there").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("The PC signs you in now")
    page.clock.run_for(5000)
    expect(page.locator(".shared-bar")).to_contain_text("Ana Chi")
    phone.goto("/me/devices")
    expect(phone.locator("main")).to_contain_text("Row C 4")


def test_a_shared_pc_that_locks_with_unsent_answers_keeps_them_for_their_person_and_from_anybody_else(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    wire = Wire(app)
    course, ana, ben, page = shared_pc(house, open_window)
    page.clock.install()
    lesson = f"{course}/lessons/hello"

    def leave_with_a_card_unsent() -> None:
        by_pin(page, "A-7", "740268")
        expect(page.locator(".shared-bar")).to_contain_text("Ana Chi")
        wire.refuses = "/sync"
        page.goto(lesson)
        page.locator(".lesson-card.is-here > .thumbs button").click()
        expect(page.locator("[data-notice]")).to_contain_text("kept on this device")
        page.clock.run_for(4 * 60_000 + 35_000)
        expect(page.locator("[data-locking]")).to_contain_text("This PC locks in half a minute")
        page.clock.run_for(60_000)
        expect(page.locator("body")).to_contain_text("Some answers could not be sent.")
        expect(page.locator("body")).not_to_contain_text("Ana")
        expect(page.locator("main > :not(h1, a, [role=alert])")).to_have_count(0)

    # The page is empty, and the way back to it is closed, whatever the server's own clock says.
    leave_with_a_card_unsent()
    seen(page, "shared-locked-unsent")
    assert page.request.get("/today", max_redirects=0).headers["location"].startswith("/sign-in")
    for _step in range(3):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Ana")
    assert rows(house, ana, CardFact) == []

    # She comes back: it is still there, and is sent.
    wire.refuses = ""
    page.goto("/floor")
    by_pin(page, "A-7", "740268")
    expect(page.locator(".shared-bar")).to_contain_text("Ana Chi")
    for _moment in range(50):
        if rows(house, ana, CardFact):
            break
        page.wait_for_timeout(100)
    assert [one.card_key for one in rows(house, ana, CardFact)] == ["hook"]
    page.locator(".shared-bar").get_by_role("button", name="Sign out").click()

    # Once more, and somebody else comes: nothing of hers is there, and nothing is sent in his name.
    leave_with_a_card_unsent()
    page.get_by_role("link", name="Sign in").click()
    by_pin(page, "A-8", "281940")
    expect(page.locator(".shared-bar")).to_contain_text("Ben Tzul")
    wire.refuses = ""
    page.goto("/me/phone")
    expect(page.locator("[data-count]")).to_have_text("Everything is sent.")
    left = page.evaluate(EVERYTHING)
    for trace in ("Ana", str(ana.id), "A call comes in", "facts", "hook"):
        assert trace not in left, trace
    assert "Ana" not in remembered(page)
    for _step in range(8):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Ana")
        assert str(ana.id) not in page.content()
    assert [one.person_id for one in rows(house, ben, CardFact)] == [ana.id]  # what she sent herself


def test_a_passkey_is_added_and_signs_in(house: House, open_window: Callable[..., Page], server: str) -> None:
    ana = house.person(house.firm(), name="Ana Chi")
    base = server.replace("127.0.0.1", "localhost")  # a passkey is for a name, never for a number
    page = open_window()
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    key = browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )["authenticatorId"]
    page.goto(f"{base}/sign-in")
    enter(page, ana)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ana")
    page.goto(f"{base}/me/passkeys")
    page.get_by_label("What you call it").fill("My Moto")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("main")).to_contain_text("Your passkey is kept.")
    expect(page.locator(".row__title")).to_have_text("My Moto")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-passkey] [role=status]")).to_have_text(
        "This device has a passkey for you already."
    )

    page.context.clear_cookies()
    page.goto(f"{base}/sign-in")
    page.get_by_role("link", name="Use a passkey").click()
    seen(page, "sign-in-by-passkey")
    page.get_by_label("Stay signed in").check()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ana")

    # A finger that is not hers opens nothing, and a passkey that was removed is none.
    page.context.clear_cookies()
    page.goto(f"{base}/sign-in/passkey")
    browser.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("[data-passkey] [role=status]")).to_have_text("Nothing was signed in.")
    browser.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ana")
    page.goto(f"{base}/me/passkeys")
    page.get_by_role("button", name="Remove My Moto").click()
    expect(page.locator("main")).to_contain_text("No passkeys yet")
    page.context.clear_cookies()
    page.goto(f"{base}/sign-in/passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("[data-passkey] [role=status]")).to_contain_text("That passkey does not work here.")
