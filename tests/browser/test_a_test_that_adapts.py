"""A test that adapts, on a phone and by its keys: the next question by the answers so far, and an end at its error."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.assessments.models import AdaptiveRun
from tests.browser.conftest import seen, signed_in
from tests.house import House
from tests.rooms.test_adapting import Adapting
from tests.sat import Sitting, sit


def test_a_test_stops_when_the_person_is_known_closely_enough(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    world = Adapting(house, tmp_path / "course")
    sit(house, world.firm, world.course_id, Sitting(people=110, questions=64, faults=False))
    world.calibrate()
    page = signed_in(open_window(), house, world.agent)
    page.goto(f"/assessments/{world.test}")
    page.get_by_role("button", name=re.compile("Start|Begin")).click()
    expect(page.locator("main")).to_contain_text("there is no way back to this one")
    seen(page, "adapting")
    attempt_id = uuid.UUID(page.url.split("/attempts/")[1][:36])
    asked: list[str] = []
    while "result" not in page.url:
        number = len(asked) + 1
        expect(page.get_by_role("heading", name=f"Question {number}", exact=True)).to_be_visible()
        asked.append(page.locator("legend").first.inner_text())
        right = house.right_answers(world.agent, attempt_id)[number]["answer"][0]
        said = right if number % 3 else ("b" if right == "a" else "a")
        page.locator(f"input[value='{said}']").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=f"Question {number}", exact=True)).to_have_count(0)
        page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("known closely enough")
    seen(page, "adapted")
    with house.writing(world.firm) as session:
        run = session.scalars(select(AdaptiveRun).where(AdaptiveRun.firm_id == world.firm)).one()
    assert (run.stopped, run.answered) == ("se", len(asked))
    assert run.se <= 0.55
    assert 8 <= len(asked) < 30
    assert len(set(asked)) == len(asked)
