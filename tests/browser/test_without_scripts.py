"""With JavaScript off: sign in, learn, check an answer, be assessed, see the result. Every button is a plain form."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import picture
from tests.house import C05, PASSWORD, House


def test_from_sign_in_to_the_result_without_javascript(
    house: House, open_window: Callable[..., Page]
) -> None:
    course_id = house.course(folder=C05)
    agent = house.person(house.firm(), name="Ana Chi")
    page = open_window(java_script_enabled=False)
    page.goto("/sign-in")
    page.get_by_label("E-mail or employee number").fill(agent.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Start").click()
    page.wait_for_url("**/lessons/*")
    picture(page, "no-scripts-lesson")

    check = page.locator(".check:has(input[type=radio])").first
    check.locator("input[type=radio]").first.check()
    check.get_by_role("button", name="Check my answer").click()
    expect(page.locator(".check .why").first).to_be_visible()

    for number in range(page.locator(".lesson-card").count()):
        page.locator(".lesson-card").nth(number).locator(":scope > .thumbs button").click()
    page.wait_for_url(f"**/courses/{course_id}")

    page.goto(f"/assessments/{house.assessment(course_id)}")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    picture(page, "no-scripts-attempt")
    attempt_id = uuid.UUID(page.url.rsplit("/", 1)[1])
    for position, fields in house.right_answers(agent, attempt_id).items():
        form = page.locator(f"#question-{position}")
        for name, values in fields.items():
            for value in values:
                control = form.locator(f'[name="{name}"]')
                if control.first.get_attribute("type") in ("radio", "checkbox"):
                    form.locator(f'[name="{name}"][value="{value}"]').check()
                elif form.locator(f'select[name="{name}"]').count():
                    control.select_option(value)
                else:
                    control.fill(value)
        form.get_by_role("button", name="Save this answer").click()
        expect(page.locator(f"#question-{position} [data-saved]")).to_contain_text("Saved")
    page.get_by_role("button", name="Hand it in").click()
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("Passed")
    page.goto("/path")
    expect(page.locator("main")).to_contain_text("You are here")
