"""A choice that was made on the phone and not sent yet stands on the desk a moment later."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from lms.learning.models import LessonProgress
from lms.learning.services import enrol
from tests.browser.conftest import DESK, signed_in
from tests.browser.test_without_a_network import rows
from tests.house import House


def test_what_was_begun_on_the_phone_is_gone_on_with_at_the_desk(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    course_id = house.course()
    ana = house.person(house.firm(), name="Ana Chi")
    house.act(ana, enrol, course_id=course_id)
    address = f"/courses/{course_id}/lessons/hello"
    phone = signed_in(open_window(), house, ana)
    phone.goto(address)
    phone.locator(".lesson-card.is-here > .thumbs button").click()
    phone.locator('[data-check] [name=answer][value="b"]').check(force=True)
    phone.goto("/me")
    for _moment in range(100):  # it leaves with the page that was left, or with the next one
        if any(one.half for one in rows(house, ana, LessonProgress)):
            break
        phone.wait_for_timeout(100)
    desk = signed_in(open_window(DESK), house, ana)
    desk.goto(address)
    expect(desk.locator(".lesson-card.is-here h2")).to_have_text("What would you say?")
    expect(desk.locator('[data-check] [name=answer][value="b"]')).to_be_checked()
    desk.get_by_role("button", name="Check my answer").click()
    expect(desk.locator("[data-check] fieldset")).to_have_attribute("disabled", "")
    desk.reload()
    expect(desk.locator("[data-check] fieldset")).to_have_attribute("disabled", "")
