"""Today says what this device still has to send, and sends it."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from lms.assessments.services import start_attempt
from tests.browser.conftest import seen, signed_in
from tests.house import House


def test_today_counts_what_waits_and_sends_it_when_the_network_is_back(
    house: House, open_window: Callable[..., Page]
) -> None:
    course_id = house.course()
    agent = house.person(house.firm())
    attempt_id = uuid.uuid4()
    house.act(agent, start_attempt, assessment_id=house.assessment(course_id), attempt_id=attempt_id)
    page = signed_in(open_window(service_workers="block"), house, agent)
    page.goto("/today")
    expect(page.locator("[data-waiting]")).to_be_hidden()
    page.goto(f"/attempts/{attempt_id}")
    page.route("**/sync", lambda route: route.abort())
    page.locator(".question.is-here input[type=radio]").first.check(force=True)
    expect(page.locator(".question.is-here [data-saved]")).to_have_attribute("data-state", "waiting")
    page.goto("/today")
    expect(page.locator("[data-waiting]")).to_contain_text(
        "One thing is waiting to be sent. Kept on this device."
    )
    seen(page, "today-waiting")
    page.unroute("**/sync")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-waiting]")).to_contain_text("Everything is sent.")
    page.goto(f"/attempts/{attempt_id}")
    expect(page.locator(".question.is-here input[type=radio]").first).to_be_visible()
    expect(page.locator("#question-1 input:checked")).to_have_count(1)
    page.goto("/today")
    expect(page.locator("[data-waiting]")).to_be_hidden()
