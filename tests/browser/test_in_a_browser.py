"""An agent on a phone learns and is assessed; the manager's board knows, and shows why."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from tests.browser.conftest import DESK, picture, seen
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


def take_lesson(page: Page, pictures: str = "") -> None:
    """Go through the cards of the lesson that is open, answering what is asked on the way."""
    for number in range(30):
        if "/lessons/" not in page.url:
            break
        card = page.locator(".lesson-card.is-here")
        if card.locator(".check input[type=radio]:enabled").count():
            card.locator(".check input[type=radio]").first.check(force=True)
            card.get_by_role("button", name="Check my answer").click()
            expect(card.locator(".why").first).to_be_visible()
            seen(page, f"{pictures}-checked-{number}" if pictures else "")
        elif pictures:
            picture(page, f"{pictures}-card-{number}")
        key = card.get_attribute("data-card")
        card.locator(":scope > .thumbs button").click()
        page.wait_for_function(
            "(key) => document.querySelector('.lesson-card.is-here')?.dataset.card !== key", arg=key
        )
    page.wait_for_url(lambda url: "/lessons/" not in url)


def test_from_sign_in_to_the_cell_on_the_board(house: House, open_window: Callable[..., Page]) -> None:
    course_id = house.course(folder=C05)
    firm = house.firm()
    team = house.team(firm, "Billing")
    agent = house.person(firm, name="Ana Chi", team_id=team)
    for name in ("Marisol Arana", "Egbert Avila", "Keisha Coc"):
        house.person(firm, name=name, team_id=team)
    manager = house.person(firm, Role.MANAGER, name="Rosa Pott")

    desk = open_window(DESK)
    sign_in(desk, manager)
    desk.goto("/board")
    cell = desk.get_by_role("row", name="Ana Chi").get_by_role("cell").nth(1)
    expect(cell).to_have_text("No evidence")
    seen(desk, "board-before")

    phone = open_window()
    phone.goto("/sign-in")
    seen(phone, "sign-in")
    sign_in(phone, agent)
    seen(phone, "today")
    phone.get_by_role("link", name="Learn").click()
    phone.wait_for_url("**/courses")
    seen(phone, "catalogue")
    phone.get_by_role("link", name="Phishing").click()
    seen(phone, "course")
    phone.goto("/path")
    expect(phone.locator(".rung--held")).to_contain_text("You are here")
    expect(phone.locator(".rung--held")).to_contain_text("Agent")
    expect(phone.locator("main")).to_contain_text("0 of 18 competencies are at their level.")
    seen(phone, "path-before")

    phone.goto(f"/courses/{course_id}")
    phone.get_by_role("link", name="Start: Why they call us").click()
    phone.wait_for_url("**/lessons/why-they-call-us*")
    seen(phone, "lesson")
    take_lesson(phone, "lesson")
    expect(phone.get_by_role("link", name="Why they call us")).to_contain_text("Done")

    phone.get_by_role("link", name="final").click()
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
    expect(phone.locator(".score")).to_have_text("100%")
    seen(phone, "result")
    phone.get_by_role("link", name="See my path").click()
    expect(phone.locator("main")).to_contain_text("1 of 18 competencies are at their level.")
    seen(phone, "path-after")
    phone.get_by_role("link", name="Everything that is recorded about me").click()
    expect(phone.locator("main")).to_contain_text("Assessment: Social engineering: final")
    seen(phone, "my-evidence")

    desk.goto("/board")
    expect(cell).to_have_text("Not yet")
    seen(desk, "board-after")
    cell.get_by_role("link").click()
    desk.wait_for_url("**#cell-competencies")
    expect(desk.locator("#cell-competencies")).to_be_in_viewport()
    desk.locator("#cell-competencies").get_by_role("link", name="See them one by one").click()
    security = desk.locator("#cell-B4")
    expect(security).to_contain_text("Met")
    security.get_by_text("Why, and what would help").or_(security.get_by_text("Why")).first.click()
    security.get_by_role("link", name="Social engineering: final").click()
    evidence = desk.locator("tr:target")
    expect(evidence).to_be_in_viewport()
    expect(evidence).to_contain_text("Passed · 100%")
    seen(desk, "person")
    before = desk.locator("#cell-B4 .status").inner_text()
    desk.get_by_label("As of", exact=True).fill("2026-03-01")
    desk.get_by_role("button", name="Show").click()
    expect(desk.locator("#cell-B4 .status")).to_have_text("No evidence")
    assert before == "Met"
    seen(desk, "person-the-day-before")
