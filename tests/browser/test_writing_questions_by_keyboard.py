"""Eight questions, one of each kind, and the assessment that draws them: written with keys only, at a desk and on a phone."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect

from lms.assessments.bank.drafted import question_problems
from lms.assessments.kinds import KINDS
from lms.assessments.rules import blueprint_problems
from lms.assessments.services.writing import open_bank
from lms.courses.services.drafts import Changes, save_draft, start_course
from lms.foundation.actor import Role
from lms.foundation.yaml_editing import set_value
from tests.browser.conftest import DESK, PHONE, seen, signed_in
from tests.browser.test_by_keyboard import choose, tab_to
from tests.house import House, Someone

ABOUT = {"objective": "greet", "competency": "B4", "level": "2", "thinking": "apply"}


def write(page: Page, field: str, text: str) -> None:
    """Come to a field by Tab and type over what is in it."""
    tab_to(page, f'[name="q-{field}"]', most=80)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, value: str) -> None:
    """Come to a button by Tab and press it."""
    tab_to(page, f'[data-sheet] button[value="{value}"], [data-preview] button[value="{value}"]', most=80)
    page.keyboard.press("Enter")


def tick(page: Page, field: str) -> None:
    """Come to a box or a round button and choose it."""
    tab_to(page, f'[name="q-{field}"]', most=80)
    page.keyboard.press("Space")


def rows(page: Page, name: str, *said: dict[str, str], right: str = "") -> None:
    """Fill rows in, the fields in the order of the form."""
    for at, row in enumerate(said):
        for field, text in row.items():
            write(page, f"{name}-{at}-{field}", text)
        if at == 0 and right:
            tick(page, right)


def three(name: str) -> tuple[dict[str, str], ...]:
    return tuple(
        {"text": f"{name} {word}", "why": f"Because of {word}."} for word in ("name", "reason", "price")
    )


def single(page: Page) -> None:
    rows(page, "options", *three("Say the"), right="right")


def multiple(page: Page) -> None:
    rows(page, "options", *three("Ask the"), right="options-0-correct")


def truefalse(page: Page) -> None:
    tick(page, "answer")
    write(page, "why_true", "Right, it does.")
    write(page, "why_false", "Listen again.")


def numeric(page: Page) -> None:
    press(page, "add:parameters")
    expect(page.locator('[name="q-parameters-0-name"]')).to_be_focused()
    page.keyboard.type("calls")
    for field, text in (("from", "2"), ("to", "9"), ("step", "1")):
        write(page, f"parameters-0-{field}", text)
    write(page, "answer", "calls * 60")


def short(page: Page) -> None:
    write(page, "accepted", "call back")
    press(page, "add:mistakes")
    expect(page.locator('[name="q-mistakes-0-text"]')).to_be_focused()
    page.keyboard.type("refund")
    write(page, "mistakes-0-why", "That costs money.")


def matching(page: Page) -> None:
    rows(page, "pairs", *({"left": f"Line {n}", "right": f"Meaning {n}", "why": "So it is."} for n in "123"))


def ordering(page: Page) -> None:
    rows(page, "items", *({"text": f"Step {n}", "why": "In its turn."} for n in "132"))
    page.keyboard.press("Shift+Tab")  # to the words of the last step
    for _press in range(2):
        page.keyboard.press("Shift+Tab")  # past “take out” (“down” is off), to “up”
    expect(page.locator('[value="up:items:2"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator('[name="q-items-1-text"]')).to_have_value("Step 2")
    expect(page.locator('[value="up:items:1"]')).to_be_focused()


def cloze(page: Page) -> None:
    write(page, "text", "Give the [[reason]] first.")
    press(page, "gaps")
    expect(page.locator('[name="q-gaps-0-key"]')).to_have_value("reason")
    write(page, "gaps-0-right", "reason")
    write(page, "gaps-0-why", "People want to know why.")


WRITERS: dict[str, Callable[[Page], None]] = {
    "single": single,
    "multiple": multiple,
    "truefalse": truefalse,
    "numeric": numeric,
    "short": short,
    "matching": matching,
    "ordering": ordering,
    "cloze": cloze,
}


def write_question(page: Page, kind: str, path: str, about: dict[str, str] = ABOUT) -> None:
    page.goto(path)
    tab_to(page, "a[href$='/questions/new']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/new")
    tab_to(page, f"a[href$='kind={kind}']")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=*")
    write(page, "stem", "{calls} calls: how long?" if kind == "numeric" else f"What of the {kind} call?")
    WRITERS[kind](page)
    for field, value in about.items():
        tab_to(page, f'[name="q-{field}"]', most=80)
        choose(page, f"q-{field}", value)
    write(page, "difficulty", "70")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/questions/(?!new)[a-z0-9-]+$"))
    expect(page.locator("main")).to_contain_text("Saved.")
    expect(page.locator("main")).not_to_contain_text("to put right")


def desk_of(house: House, app: Flask) -> tuple[Someone, uuid.UUID]:
    """A trainer with a course of one objective and nothing else."""
    trainer = house.person(house.firm(), Role.TRAINER, name="Tania Trainer")
    course = house.act(trainer, start_course, title="Storm day", language="en")

    def ready(session: Any, *, actor: Any, now: Any) -> None:
        text = open_bank(session, actor=actor, course_id=course.id)[0].files["course.yaml"]
        text = set_value(text, "objectives", [{"key": "greet", "text": "Greet the caller"}])
        save_draft(
            session,
            actor=actor,
            course_id=course.id,
            revision=1,
            changes=Changes(
                files={"course.yaml": set_value(text, "competencies", [{"id": "B4", "level": 2}])}
            ),
            storage=app.extensions["storage"],
            now=now,
        )

    house.act(trainer, ready)
    return trainer, course.id


def write_assessment(page: Page, path: str) -> None:
    """An assessment that draws eight questions; one that wants nine is refused first."""
    page.goto(path)
    tab_to(page, "main a.button--primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assessments/new")
    write(page, "title", "Storm day: final")
    write(page, "draws-0-count", "9")
    expect(page.locator("[data-preview]")).to_contain_text("Too few")
    expect(page.locator('[data-fit="0"]')).to_have_text("8 fit; wants 9 Too few")
    page.keyboard.press("Enter")
    expect(page.locator(".notice--bad")).to_contain_text("cannot be taken as it is")
    expect(page.locator("main")).to_contain_text("This draw wants 9 questions and 8 fit.")
    write(page, "draws-0-count", "8")
    expect(page.locator("[data-preview]")).to_contain_text("Enough")
    expect(page.locator("[data-preview]")).to_contain_text("expected to score 70%")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assessments/storm-day-final")
    expect(page.locator("main")).to_contain_text("Saved.")


def test_eight_questions_and_their_assessment_on_a_phone(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    assert set(WRITERS) <= set(KINDS)
    trainer, course_id = desk_of(house, app)
    page = signed_in(open_window(PHONE), house, trainer)
    home = f"/studio/{course_id}/questions"
    for kind in WRITERS:
        write_question(page, kind, home)
    press(page, "try")
    expect(page.locator("[data-result]")).to_contain_text("0%")
    seen(page)

    write_assessment(page, f"/studio/{course_id}/assessments")
    seen(page)

    def look(session: Any, *, actor: Any, now: Any) -> Any:
        return open_bank(session, actor=actor, course_id=course_id)[1]

    draft = house.act(trainer, look)
    assert sorted(one["kind"] for one in draft.bank) == sorted(WRITERS)
    assert [question_problems(one, draft.objectives) for one in draft.bank] == [[]] * 8
    assert not blueprint_problems(draft.assessments[0].document, draft.bank)
    assert draft.completed_by == "storm-day-final"


def test_the_preview_follows_the_typing_and_rows_keep_what_was_typed(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    trainer, course_id = desk_of(house, app)
    page = signed_in(open_window(DESK), house, trainer)
    page.goto(f"/studio/{course_id}/questions/new?kind=truefalse")
    page.locator('[name="q-stem"]').fill("A caller **always** waits.")
    page.locator('[name="q-answer"][value="false"]').check()
    page.locator('[name="q-why_true"]').fill("Some ring off.")
    page.locator('[name="q-why_false"]').fill("Right.")
    expect(page.locator("[data-preview] legend strong")).to_have_text("always")
    page.locator('[data-preview] [value="true"]').check()
    page.get_by_role("button", name="Try this answer").click()
    expect(page.locator("[data-result]")).to_contain_text("Some ring off.")
    expect(page.locator('[name="q-stem"]')).to_have_value("A caller **always** waits.")


def test_a_lost_network_keeps_what_was_typed_and_says_so(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    trainer, course_id = desk_of(house, app)
    page = signed_in(open_window(DESK), house, trainer)
    page.goto(f"/studio/{course_id}/questions/new?kind=ordering")
    page.locator('[name="q-items-0-text"]').fill("Greet")
    page.context.set_offline(True)
    page.locator('[value="add:items"]').click()
    expect(page.locator("[data-notice]")).to_contain_text("What you typed is still here.")
    expect(page.locator('[name="q-items-0-text"]')).to_have_value("Greet")
    page.context.set_offline(False)
    page.locator('[value="add:items"]').click()
    expect(page.locator('[name="q-items-3-text"]')).to_be_focused()
    expect(page.locator('[name="q-items-0-text"]')).to_have_value("Greet")


def test_without_scripts_rows_and_marks_work_by_plain_buttons(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    trainer, course_id = desk_of(house, app)
    page = signed_in(open_window(PHONE, java_script_enabled=False), house, trainer)
    page.goto(f"/studio/{course_id}/questions/new?kind=short")
    page.locator('[name="q-stem"]').fill("What do you offer?")
    page.locator('[name="q-accepted"]').fill("call back")
    page.locator('[value="add:mistakes"]').click()
    page.locator('[name="q-mistakes-0-text"]').fill("refund")
    page.locator('[name="q-mistakes-0-why"]').fill("That costs money.")
    page.locator('[name="answer"]').fill("Refund")
    page.locator('[value="try"]').click()
    expect(page.locator("[data-result]")).to_contain_text("That costs money.")
    page.locator('[data-sheet] [value="save"]').first.click()
    page.wait_for_url("**/questions/what-do-you-offer")
    expect(page.locator("main")).to_contain_text("to put right")
