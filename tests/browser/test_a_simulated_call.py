"""A simulated call by keyboard and by thumb, without a way back; and its editor, played from the preview."""

import re
import uuid
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.assessments.models import Assessment
from lms.courses.packages import read_folder
from lms.courses.services.drafts import Changes, save_draft, start_course
from lms.foundation.actor import Role
from tests.browser.conftest import DESK, PHONE, seen, signed_in
from tests.browser.test_by_keyboard import tab_to
from tests.house import C05, House

BEST = (
    "First I ring you on the number we have on record",
    "No one here may reset before the call back",
    "I am ringing it now, and your manager can also confirm",
    "Tell the real Mr Hart what happened",
)


def begin(page: Page, assessment_id: uuid.UUID) -> None:
    page.goto(f"/assessments/{assessment_id}")
    page.locator("main form button").first.click()
    page.wait_for_url("**/attempts/**")
    expect(page.locator("[data-now]")).to_contain_text("Daniel Hart")


def say(page: Page, words: str, after: str, *, keys: bool) -> None:
    """Choose what to say, and wait for what the customer says to it."""
    radio = page.locator(".choice", has_text=words).locator("input")
    if keys:
        tab_to(page, '[name="answer"]')
        value = radio.get_attribute("value")
        for _press in range(5):
            if page.evaluate(
                "(value) => document.querySelector('[name=answer]:checked')?.value === value", value
            ):
                break
            page.keyboard.press("ArrowDown")
        tab_to(page, "[data-step]")
        page.keyboard.press("Enter")
    else:
        page.locator(".choice", has_text=words).tap()
        page.locator("[data-step]").tap()
    expect(page.locator("[data-now]")).to_contain_text(after)
    assert page.evaluate("document.activeElement.matches('[data-now]')")


def test_a_call_by_keyboard_and_by_thumb_and_its_editor(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    course_id = house.course(folder=C05)
    firm = house.firm()
    with house.writing() as session:
        assessment_id = session.scalar(
            select(Assessment.id).where(Assessment.course_id == course_id, Assessment.key == "simulated-call")
        )
    assert assessment_id is not None

    desk = signed_in(open_window(DESK), house, house.person(firm))
    begin(desk, assessment_id)
    seen(desk, "call-desk")
    for words, after in zip(
        BEST,
        ("That number is dead", "My daughter is ill", "A sleepy voice", "Thank you for waking me"),
        strict=True,
    ):
        say(desk, words, after, keys=True)
    expect(desk.locator("main")).to_contain_text("This is where it ended.")
    desk.reload()
    expect(desk.locator("[data-now]")).to_contain_text("Thank you for waking me")
    desk.locator("[data-next]").click()
    desk.locator("[data-submit] button").click()
    desk.wait_for_url("**/result")
    expect(desk.locator("main")).to_contain_text("Passed")
    expect(desk.locator("main")).to_contain_text("The rubric")
    seen(desk, "call-result-desk")

    phone = signed_in(open_window(PHONE, has_touch=True), house, house.person(firm))
    begin(phone, assessment_id)
    say(phone, "Thank you, both match our record", "You are very helpful", keys=False)
    seen(phone, "call-phone")
    phone.reload()
    expect(phone.locator("[data-now]")).to_contain_text("You are very helpful")
    phone.locator("[data-next]").tap()
    phone.locator("[data-submit] button").tap()
    phone.wait_for_url("**/result")
    expect(phone.locator("main")).to_contain_text("That fails the whole contact")
    phone.locator("summary", has_text="The best path").tap()
    seen(phone, "call-result-phone")

    trainer = house.person(firm, Role.TRAINER)
    course = house.act(trainer, start_course, title="Calls", language="en")
    text = read_folder(C05).files["questions/simulations.yaml"]
    house.act(
        trainer,
        save_draft,
        course_id=course.id,
        revision=1,
        changes=Changes({"questions/bank.yaml": text}),
        storage=app.extensions["storage"],
    )
    studio = signed_in(open_window(DESK), house, trainer)
    studio.goto(f"/studio/{course.id}/questions/c05-sim-help-desk")
    expect(studio.locator(".map rect")).to_have_count(11)
    studio.locator("[data-preview] .choice", has_text="both match our record").click()
    studio.get_by_role("button", name="Do this").click()
    expect(studio.locator("[data-preview] [data-now]")).to_contain_text("You are very helpful")
    expect(studio.locator("[data-result]")).to_contain_text("0%")
    seen(studio, "call-editor")
    studio.locator('[name="q-choices-0-why"]').fill("")
    tab_to(studio, 'button[value="add:choices:0"]', most=60)
    studio.keyboard.press("Enter")
    expect(studio.locator('[name="q-choices-4-text"]')).to_be_focused()
    assert re.search("opening", studio.locator('[name="q-choices-4-node"]').get_attribute("value") or "")
