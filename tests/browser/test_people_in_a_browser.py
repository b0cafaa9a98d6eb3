"""An administrator adds a person; the person comes in on a phone, is moved, and leaves. The association adds a firm."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from tests.browser.conftest import DESK, seen
from tests.house import PASSWORD, House, Someone

NEW = "quiet river under seven stars"


def sign_in(page: Page, someone: Someone) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail or employee number").fill(someone.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def both_sizes(page: Page, name: str) -> None:
    """Look at a desk page as a desk and as a phone; neither scrolls sideways."""
    for width, height, size in ((1280, 800, "desk"), (360, 740, "phone")):
        page.set_viewport_size({"width": width, "height": height})
        seen(page, f"people-{name}-{size}")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide at {width}"
    page.set_viewport_size(DESK)


def test_a_person_is_added_invited_moved_and_leaves(house: House, open_window: Callable[..., Page]) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula Gentle")
    lead = house.person(firm, Role.ASSESSOR, name="Delroy Flowers", number="A-1")
    floor = house.team(firm, "Floor", lead=lead)
    house.team(firm, "Billing", parent=floor)
    for number, name in enumerate(("Marisol Castillo", "Jamal Usher", "Ixchel Coc", "Keisha Martinez")):
        house.person(firm, name=name, number=f"B-{number}", team_id=floor)
    desk, phone = open_window(DESK), open_window()
    sign_in(desk, admin)
    desk.goto("/people")
    both_sizes(desk, "directory")
    desk.get_by_label("Name, number, e-mail").fill("nobody here")
    desk.get_by_role("button", name="Show").click()
    desk.wait_for_url("**nobody**")
    both_sizes(desk, "directory-nobody")

    desk.goto("/people")
    desk.get_by_role("link", name="Add a person").click()
    both_sizes(desk, "add")
    desk.get_by_label("Name", exact=True).fill("Ana Chi")
    desk.get_by_label("Employee number").fill("B-0")
    desk.get_by_label("E-mail").fill("ana@example.bz")
    desk.get_by_role("button", name="Add").click()
    expect(desk.get_by_role("alert")).to_contain_text("Marisol Castillo has employee number B-0")
    both_sizes(desk, "add-refused")
    desk.get_by_label("Employee number").fill("B-9")
    desk.get_by_role("button", name="Add").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Ana Chi")
    both_sizes(desk, "person-new")
    page = desk.url

    desk.get_by_role("button", name="Make an invitation").click()
    both_sizes(desk, "invitation")
    code = desk.locator(".secret--big").inner_text()
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", code)

    phone.goto("/sign-in")
    phone.get_by_role("link", name="I have a code").click()
    seen(phone, "people-code")
    phone.get_by_label("Code").fill(code.lower())
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welcome")
    seen(phone, "people-welcome")
    password = phone.get_by_label("New password")
    password.fill(NEW)
    phone.get_by_label("Show what I type").check()
    expect(password).to_have_attribute("type", "text")
    phone.get_by_label("Show what I type").uncheck()
    expect(password).to_have_attribute("type", "password")
    phone.get_by_role("button", name="Keep it and sign in").click()
    phone.wait_for_url("**/today")

    desk.goto(page)
    expect(desk.locator("main")).to_contain_text("Signs in here")
    desk.get_by_role("link", name="Move to a team").click()
    both_sizes(desk, "move")
    desk.get_by_label("Team").select_option(label="Floor > Billing")
    desk.get_by_role("button", name="Move").click()
    expect(desk.locator("main")).to_contain_text("Floor > Billing")
    desk.get_by_role("link", name="Change roles").click()
    both_sizes(desk, "roles")
    desk.goto(f"{page}/edit")
    desk.get_by_label("Extra time").select_option(label="Half as much more")
    both_sizes(desk, "edit")
    desk.get_by_role("button", name="Save").click()
    phone.goto("/me")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ana Chi")

    desk.get_by_role("link", name="Give a last day").click()
    both_sizes(desk, "leave")
    desk.get_by_role("button", name="Write down the last day").click()
    expect(desk.locator("main")).to_contain_text("Take back")
    both_sizes(desk, "person-left")
    desk.get_by_role("link", name="Take back").click()
    both_sizes(desk, "return")

    phone.goto("/today")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Sign in")
    phone.get_by_label("E-mail or employee number").fill("ana@example.bz")
    phone.get_by_label("Password").fill(NEW)
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("alert")).to_contain_text("do not match")
    seen(phone, "people-cannot-enter")

    desk.goto("/teams")
    both_sizes(desk, "teams")
    desk.get_by_role("link", name="Floor").click()
    both_sizes(desk, "team")
    desk.get_by_role("link", name="Edit").click()
    both_sizes(desk, "team-edit")
    desk.goto("/audit")
    both_sizes(desk, "audit")


def test_two_administrators_see_both(house: House, open_window: Callable[..., Page]) -> None:
    firm = house.firm()
    admin, ana = house.person(firm, Role.FIRM_ADMIN), house.person(firm, name="Ana Chi", number="A-7")
    windows = [open_window(DESK), open_window(DESK)]
    for window, name in zip(windows, ("Ana Pott", "Ana Usher"), strict=True):
        sign_in(window, admin)
        window.goto(f"/people/{ana.id}/edit")
        window.get_by_label("Name", exact=True).fill(name)
    for window in windows:
        window.get_by_role("button", name="Save").click()
        window.wait_for_load_state()
    expect(windows[1].locator(".both")).to_contain_text("Ana Pott")
    both_sizes(windows[1], "both")


def test_the_association_adds_and_closes_a_firm(house: House, open_window: Callable[..., Page]) -> None:
    chief = house.person(house.firm("Association", association=True), Role.ASSOCIATION, name="Chief")
    house.person(house.firm("Toucan Connect"), Role.FIRM_ADMIN)
    desk = open_window(DESK)
    sign_in(desk, chief)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Firms")
    both_sizes(desk, "firms")
    desk.get_by_role("link", name="Add a firm").click()
    both_sizes(desk, "firm-add")
    desk.get_by_label("Name of the firm").fill("Blue Hole Support")
    desk.get_by_label("Short name").fill("blue-hole")
    desk.get_by_label("Administrator's name").fill("Paula Gentle")
    desk.get_by_label("Administrator's e-mail").fill("paula@example.bz")
    desk.get_by_role("button", name="Add the firm").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Paula Gentle")
    desk.get_by_role("link", name="I have passed it on").click()
    both_sizes(desk, "firm")
    desk.get_by_role("link", name="Close the firm").click()
    both_sizes(desk, "firm-close")
