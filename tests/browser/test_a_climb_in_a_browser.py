"""A person climbs from agent to team lead, to level 2 and to operations manager on what ships, sitting it all on a phone."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lms.tracks.rules import State
from tests.browser.conftest import picture
from tests.browser.test_expired_sign_in import enter
from tests.climb import CLIMBS, SHIPPED, Climb, begin_climb, courses_of, parts, rungs_on_the_way
from tests.house import House

ALL_MET = "Every requirement is met."
ON_THE_PHONE = ("C08", "C11", "C14")
"""The courses whose final is sat in the player too, one a path: every gate is."""
ANSWER = """(answers) => {
  for (const [position, fields] of Object.entries(answers)) {
    const form = document.getElementById(`question-${position}`);
    if (!form.checkVisibility()) throw new Error(`question ${position} is not the one that is shown`);
    let last;
    for (const [name, values] of Object.entries(fields)) {
      const found = [...form.elements].filter((one) => one.name === name);
      if (!found.length) throw new Error(`question ${position} has no ${name}`);
      for (const one of found) {
        if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
        else one.value = values.shift();
        last = one;
      }
    }
    last.dispatchEvent(new Event("change", { bubbles: true }));
    document.querySelector("[data-next]").click();
  }
}"""
"""A person's hand, quicker: each question is filled in where it is shown, then the next one is asked for."""


def sit(climb: Climb, page: Page, course: str, assessment: str) -> list[str]:
    """Go through the door, answer rightly in the player, hand in, see the result; the courses the questions are from."""
    found = climb.find(course, assessment)
    page.goto(f"/assessments/{found.id}")
    if found.version.document["purpose"] == "gate":
        page.get_by_label("Sitting code").fill(climb.code(found.id))
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    attempt_id = uuid.UUID(page.url.split("/attempts/")[1][:36])
    answers = climb.house.right_answers(climb.ana, attempt_id)
    page.evaluate(ANSWER, {str(position): fields for position, fields in answers.items()})
    expect(page.locator("[data-blank]")).to_have_text("Every question has an answer.")
    page.get_by_role("button", name="Hand it in").click()
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("Passed")
    return climb.asked_from(attempt_id)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.sqlite_is_enough
def test_courses_gates_and_forms_that_ship_are_enough_to_climb(
    house: House, open_window: Callable[..., Page]
) -> None:
    climb = begin_climb(house)
    rungs, highest = rungs_on_the_way(house)
    page = open_window(service_workers="block")
    page.goto("/sign-in")
    enter(page, climb.ana)
    page.wait_for_url("**/today")

    for key in courses_of(rungs.values()):
        climb.read(key)
        final = SHIPPED[key][1].course["completion"].get("assessment")
        if final and key in ON_THE_PHONE:
            sit(climb, page, key, final)
        elif final:
            climb.sit(key, final)
    climb.show(highest)
    for rung in rungs.values():
        climb.at_work(rung)
        climb.forms(rung)
    for key, rung in rungs.items():
        missing = {name for name, state in climb.stands(key).items() if state is not State.MET}
        assert missing == {f"{key}-assessment"}, "only the exam of the rung is left"
        page.goto(f"/path?rung={key}")
        expect(page.locator("main")).not_to_contain_text(ALL_MET)
        exam = next(part for part in parts(rung) if "exams" in part)
        asked = sit(climb, page, *exam["exams"][0].split(":"))
        assert len(asked) >= 30
        assert len(set(asked)) >= 4, "a gate asks from the courses of its rung, not from one of them"
        page.goto(f"/path?rung={key}")
        expect(page.locator("main")).to_contain_text(ALL_MET)
        assert set(climb.stands(key).values()) == {State.MET}, key
        if key in CLIMBS:
            picture(page, f"climbed-{key}")
