"""Today says what this device still has to send, and leads to where it is sent."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from lms.assessments.services import start_attempt
from tests.browser.conftest import seen, signed_in
from tests.house import House


def test_today_counts_the_answers_that_wait_and_opens_their_attempt(
    house: House, open_window: Callable[..., Page]
) -> None:
    course_id = house.course()
    agent = house.person(house.firm())
    attempt_id = uuid.uuid4()
    house.act(agent, start_attempt, assessment_id=house.assessment(course_id), attempt_id=attempt_id)
    page = signed_in(open_window(), house, agent)
    page.goto("/today")
    expect(page.locator("[data-waiting]")).to_be_hidden()
    page.goto(f"/attempts/{attempt_id}")
    page.context.set_offline(True)
    page.locator(".question.is-here input[type=radio]").first.check(force=True)
    expect(page.locator(".question.is-here [data-saved]")).to_have_attribute("data-state", "waiting")
    kept = page.evaluate("JSON.stringify(localStorage)")
    page.context.set_offline(False)
    page.goto("/courses")
    page.evaluate(
        "(kept) => Object.entries(JSON.parse(kept)).forEach(([k, v]) => localStorage.setItem(k, v))", kept
    )
    page.goto("/today")
    expect(page.locator("[data-waiting]")).to_contain_text("One answer is waiting to be sent.")
    seen(page, "today-waiting")
    page.locator("[data-waiting] a").click()
    page.wait_for_url(f"**/attempts/{attempt_id}*")
    expect(page.locator("[data-saved][data-state=saved]").first).to_be_attached()
    page.goto("/today")
    expect(page.locator("[data-waiting]")).to_be_hidden()
