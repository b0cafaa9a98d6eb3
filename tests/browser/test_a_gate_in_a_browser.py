"""A gate of forty questions: a supervisor's code, extra time, two lost connections, a second form, one decision."""

import re
import uuid
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from lms.people.models import Employment
from tests.browser.conftest import DESK, PHONE, seen, sideways, signed_in
from tests.gated import GATE, Gated
from tests.house import House


def read_out(manager: Page, name: str) -> str:
    """A supervisor makes a code for somebody and reads it out."""
    manager.goto("/sittings")
    manager.get_by_role("link", name="Make a code").first.click()
    manager.get_by_label("Assessment").select_option(index=1)
    manager.get_by_label("Or these people").fill(name)
    manager.locator("#place").fill("Room 2")
    if name == "A-1":
        seen(manager, "sitting-new")
    manager.get_by_role("button", name="Make the code").click()
    expect(manager.locator("main")).to_contain_text("Open now")
    return manager.locator(".code-shown").inner_text()


def answer(gated: Gated, page: Page, right: int, *, lost: tuple[int, ...] = ()) -> None:
    """Answer every question on the page, the first so many rightly; before each of `lost` the network goes, for a while."""
    key = gated.house.right_answers(gated.agent, uuid.UUID(page.url.split("/attempts/")[1][:36]))
    for position in range(1, GATE + 1):
        if position in lost:
            page.context.set_offline(True)
        ref = key[position]["answer"][0]
        said = ref if position <= right else ("b" if ref == "a" else "a")
        page.locator(f"#question-{position} input[value='{said}']").check(force=True)
        if position in lost:
            saved = page.locator(f"#question-{position} [data-saved]")
            expect(saved).to_have_attribute("data-state", "waiting")
        if position - 2 in lost:
            page.context.set_offline(False)
            page.evaluate("dispatchEvent(new Event('online'))")
        page.locator("[data-next]").click()
    expect(page.locator("[data-review]")).to_be_visible()
    expect(page.locator("[data-state=waiting]")).to_have_count(0)
    page.get_by_role("button", name="Hand it in").click()
    expect(page.locator("h1")).to_contain_text("your result")


def test_a_gate_is_sat_with_a_code_and_extra_time_and_two_forms_decide(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    gated = Gated(house, tmp_path)
    with house.writing(gated.firm) as session:
        session.query(Employment).filter_by(firm_id=gated.firm, person_id=gated.agent.id).update(
            {"time_factor": 1.5, "read_aloud": True}
        )
    manager = signed_in(open_window(size=DESK), house, gated.manager)
    agent = signed_in(open_window(service_workers="block"), house, gated.agent)
    code = read_out(manager, "A-1")
    seen(manager, "sitting")

    agent.add_init_script("speechSynthesis.speak = (one) => (window.heard ??= []).push([one.lang, one.text])")
    agent.goto(f"/assessments/{gated.gate}")
    expect(agent.locator("main")).to_contain_text("90 minutes from the start (your extra time is in it)")
    seen(agent, "gate-door")
    agent.get_by_label("Sitting code").fill("WRONG2")
    agent.get_by_role("button", name="Start").click()
    expect(agent.locator("main")).to_contain_text("This code does not open it for you now.")
    agent.get_by_label("Sitting code").fill(f"{code[:3].lower()} {code[3:]}")
    agent.get_by_role("button", name="Start").click()
    expect(agent.locator("[data-timer]")).to_contain_text("90 minutes left")
    agent.locator("#question-1").get_by_role("button", name="Read it aloud").press("Enter")
    heard = agent.evaluate("window.heard")
    assert [lang for lang, _text in heard] == ["en"] * 5, "the question and its four options"
    assert heard[0][1].startswith("What do you do in case")
    agent.locator("#question-1").get_by_role("button", name="Stop reading").press("Enter")
    answer(gated, agent, 29, lost=(6, 21))
    expect(agent.locator("main")).to_contain_text("Borderline")
    expect(agent.locator("main")).to_contain_text("too close to the mark to decide")
    seen(agent, "gate-borderline")
    agent.set_viewport_size(DESK)
    seen(agent, "gate-borderline-desk")
    agent.set_viewport_size(PHONE)

    manager.goto("/sittings")
    expect(manager.locator("main")).to_contain_text("Too close to the mark")
    seen(manager, "sittings")
    assert sideways(manager, 360) == 0
    manager.set_viewport_size(DESK)
    second = read_out(manager, "Ana Agent")
    agent.get_by_role("link", name="To the second form").click()
    expect(agent.locator("main")).to_contain_text("This is your second form")
    agent.get_by_label("Sitting code").fill(second)
    agent.get_by_role("button", name="Start").click()
    answer(gated, agent, 36)
    main = agent.locator("main")
    expect(main).to_contain_text("Passed")
    expect(main).to_contain_text("80 questions · both forms together")
    expect(main).to_contain_text(re.compile(r"Of 100 decisions this far from the mark, about \d\d are right"))
    expect(main).to_contain_text("Not enough data yet: it takes the answers of 100 people.")
    expect(main).to_contain_text(re.compile(r"of 100 decisions about 9\d are right"))
    seen(agent, "gate-decided")
    assert sideways(agent, 360) == 0
    manager.reload()
    expect(manager.locator("main")).to_contain_text("Second")
    expect(manager.locator("main")).to_contain_text("Passed")
