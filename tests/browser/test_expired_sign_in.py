"""The sign-in ends in the middle of an answer: the answer comes back after the next one, with and without JavaScript."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from lms.assessments.models import Response
from lms.assessments.services import start_attempt
from lms.people.models import SignIn
from tests.browser.conftest import DESK, picture, seen
from tests.browser.test_in_a_browser import sign_in
from tests.house import PASSWORD, House, Someone


@dataclass(frozen=True)
class Sitting:
    """Ana in the middle of an attempt."""

    house: House
    ana: Someone
    attempt_id: uuid.UUID

    @property
    def address(self) -> str:
        return f"/attempts/{self.attempt_id}"

    def end(self) -> None:
        """End every sign-in of hers on the server."""
        with self.house.writing() as session:
            session.execute(
                update(SignIn).where(SignIn.person_id == self.ana.id).values(ended_at=self.house.noon)
            )

    def answers(self) -> list[Response]:
        with self.house.writing(self.ana.firm_id) as session:
            rows = select(Response).where(Response.attempt_id == self.attempt_id)
            return list(session.scalars(rows.where(Response.firm_id == self.ana.firm_id)))

    def right(self) -> str:
        """The right answer to the first question, which offers options."""
        return self.house.right_answers(self.ana, self.attempt_id)[1]["answer"][0]


@pytest.fixture
def sitting(house: House) -> Sitting:
    course_id = house.course()
    ana = house.person(house.firm(), name="Ana Chi")
    attempt_id = uuid.uuid4()
    house.act(ana, start_attempt, assessment_id=house.assessment(course_id), attempt_id=attempt_id, seed=3)
    return Sitting(house, ana, attempt_id)


def enter(page: Page, someone: Someone) -> None:
    """Fill the sign-in form that is on the screen."""
    page.get_by_label("E-mail or employee number").fill(someone.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def choose(page: Page, value: str) -> None:
    page.locator("#question-1").locator(f'[name=answer][value="{value}"]').check(force=True)


def test_with_scripts_the_answer_waits_on_the_device_and_is_saved_after_the_sign_in(
    sitting: Sitting, open_window: Callable[..., Page]
) -> None:
    phone = open_window()
    sign_in(phone, sitting.ana)
    phone.goto(sitting.address)
    sitting.end()
    choose(phone, sitting.right())
    notice = phone.get_by_role("alert")
    expect(notice).to_contain_text("Your answers are kept on this device")
    assert sitting.answers() == []
    seen(phone, "expired-kept-on-device")
    notice.get_by_role("link", name="Sign in and come back here").click()
    enter(phone, sitting.ana)
    phone.wait_for_url(f"**{sitting.address}*")
    expect(phone.locator("#question-1 [data-saved]")).to_have_attribute("data-state", "saved")
    expect(phone.locator(f'#question-1 [name=answer][value="{sitting.right()}"]')).to_be_checked()
    [kept] = sitting.answers()
    assert kept.score == 1


def test_somebody_else_on_the_device_neither_sees_nor_sends_it(
    sitting: Sitting, open_window: Callable[..., Page]
) -> None:
    ben = sitting.house.person(sitting.ana.firm_id, name="Ben Tzul")
    phone = open_window()
    sign_in(phone, sitting.ana)
    phone.goto(sitting.address)
    sitting.end()
    choose(phone, sitting.right())
    expect(phone.get_by_role("alert")).to_contain_text("Your answers are kept on this device")

    other = phone.context.new_page()  # Ana's page stays open behind it
    sign_in(other, ben)
    assert other.goto(sitting.address).status == 404  # type: ignore[union-attr]
    expect(other.locator("body")).not_to_contain_text("kept on this device")
    with phone.expect_response(re.compile("/sync")) as refused:
        phone.evaluate("dispatchEvent(new Event('online'))")
    assert refused.value.status == 401
    assert sitting.answers() == []

    other.goto("/me")
    other.context.clear_cookies()
    other.goto("/sign-in")
    enter(other, sitting.ana)
    other.wait_for_load_state()
    other.goto(sitting.address)
    expect(other.locator("#question-1 [data-saved]")).to_have_attribute("data-state", "saved")
    assert len(sitting.answers()) == 1


@pytest.mark.parametrize("size", [None, DESK], ids=["phone", "desk"])
def test_without_scripts_the_form_is_carried_through_the_sign_in(
    sitting: Sitting, open_window: Callable[..., Page], size: dict[str, int] | None
) -> None:
    page = open_window(java_script_enabled=False, **({"size": size} if size else {}))
    sign_in(page, sitting.ana)
    page.goto(sitting.address)
    sitting.end()
    choose(page, sitting.right())
    page.locator("#question-1").get_by_role("button", name="Save this answer").click()
    expect(page.locator("main")).to_contain_text("What you typed is kept on this page.")
    name = "desk" if size else "phone"
    pictured(page, f"expired-sign-in-{name}")
    enter(page, sitting.ana)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer is here")
    pictured(page, f"expired-send-{name}")
    assert sitting.answers() == []
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url(f"**{sitting.address}*")
    expect(page.locator(f'#question-1 [name=answer][value="{sitting.right()}"]')).to_be_checked()
    [kept] = sitting.answers()
    assert kept.score == 1


def test_without_scripts_a_page_open_too_long_keeps_it_too(
    sitting: Sitting, open_window: Callable[..., Page]
) -> None:
    page = open_window(java_script_enabled=False)
    sign_in(page, sitting.ana)
    page.goto(sitting.address)
    page.context.clear_cookies(name="form")
    choose(page, sitting.right())
    page.locator("#question-1").get_by_role("button", name="Save this answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answer is here")
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url(f"**{sitting.address}*")
    assert len(sitting.answers()) == 1


def pictured(page: Page, name: str) -> None:
    """Pictures in both themes: axe is a script, and cannot run where none may."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        picture(page, f"{name}-{theme}")
