"""An agent on a phone learns and is assessed; the manager's board knows, and shows why."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from tests.browser.conftest import DESK, seen
from tests.house import C05, PASSWORD, House, Someone


def sign_in(page: Page, someone: Someone) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail or employee number").fill(someone.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/*", wait_until="load")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def answer(page: Page, fields: dict[str, list[str]]) -> None:
    """Fill what is asked, whatever its kind."""
    here = page.locator(".question.is-here")
    for name, values in fields.items():
        for value in values:
            control = here.locator(f'[name="{name}"]')
            kind = control.first.evaluate("one => one.type || one.tagName.toLowerCase()")
            if kind in ("radio", "checkbox"):
                here.locator(f'[name="{name}"][value="{value}"]').check(force=True)
            elif kind.startswith("select"):
                control.select_option(value)
            else:
                control.fill(value)
                control.blur()
    expect(here.locator("[data-saved]")).to_have_attribute("data-state", "saved")


def test_from_sign_in_to_the_cell_on_the_board(house: House, open_window: Callable[..., Page]) -> None:
    course_id = house.course(folder=C05)
    firm = house.firm()
    agent = house.person(firm, name="Ana Chi")
    manager = house.person(firm, Role.MANAGER, name="Rosa Pott")

    desk = open_window(DESK)
    sign_in(desk, manager)
    desk.goto("/board")
    before = desk.get_by_role("row", name="Ana Chi").inner_text()
    seen(desk, "board-before")

    phone = open_window()
    phone.goto("/sign-in")
    seen(phone, "sign-in")
    sign_in(phone, agent)
    seen(phone, "today")
    phone.goto("/courses")
    seen(phone, "catalogue")
    phone.goto(f"/courses/{course_id}")
    seen(phone, "course")
    phone.goto("/path")
    path_before = phone.locator("main").inner_text()
    seen(phone, "path-before")

    phone.goto(f"/courses/{course_id}/lessons/why-they-call-us")
    seen(phone, "lesson")
    for number in range(30):
        if "/lessons/" not in phone.url:
            break
        card = phone.locator(".lesson-card.is-here")
        if card.locator(".check input[type=radio]").count():
            card.locator(".check input[type=radio]").first.check(force=True)
            card.get_by_role("button", name="Check my answer").click()
            expect(card.locator(".why").first).to_be_visible()
            seen(phone, f"lesson-checked-{number}")
        card.locator(":scope > .thumbs button[type=submit], :scope > .thumbs button:not([type])").last.click()
        phone.wait_for_timeout(150)
    phone.wait_for_url(f"**/courses/{course_id}")

    assessment_id = house.assessment(course_id)
    phone.goto(f"/assessments/{assessment_id}")
    seen(phone, "door")
    phone.get_by_role("button", name="Start").click()
    phone.wait_for_url("**/attempts/*")
    seen(phone, "attempt")
    attempt_id = phone.url.rsplit("/", 1)[1].split("#")[0]
    for fields in house.right_answers(agent, uuid.UUID(attempt_id)).values():
        answer(phone, fields)
        phone.get_by_role("button", name="Next").click()
    seen(phone, "review")
    phone.get_by_role("button", name="Hand it in").click()
    phone.wait_for_url("**/result")
    expect(phone.locator("main")).to_contain_text("Passed")
    seen(phone, "result")
    phone.goto("/path")
    assert phone.locator("main").inner_text() != path_before
    seen(phone, "path-after")
    phone.goto("/path/evidence")
    seen(phone, "my-evidence")

    desk.goto("/board")
    assert desk.get_by_role("row", name="Ana Chi").inner_text() != before
    seen(desk, "board-after")
    desk.get_by_role("link", name="Ana Chi").click()
    expect(desk.locator("main")).to_contain_text("Social engineering")
    seen(desk, "person")
