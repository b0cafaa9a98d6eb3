"""A day on a phone: review without a network, the time and the goal it makes, data saved, and the receipt beside the wire."""

import re
import socketserver
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from lms.learning.models import ReviewLog
from lms.learning.rules.habit import Goal
from lms.learning.services.habit import choose_goal, set_team_goal
from tests.browser.conftest import DESK, seen, sideways, signed_in
from tests.browser.test_without_a_network import Wire, rows, under_the_worker
from tests.house import House
from tests.rooms.test_learning_time import learn

KEEP = """async () => {
  const { keep } = await import(document.querySelector("script[src*='/js/app.js']").src.replace("app.js", "keeping.js"));
  await keep("/packs/next");
}"""


def bytes_that_go_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of what the server writes into its sockets, heads and all."""
    sent: list[int] = []
    writer: Any = socketserver._SocketWriter  # type: ignore[attr-defined]
    write = writer.write

    def counted(self: Any, part: bytes) -> int:
        sent.append(len(part))
        return int(write(self, part))

    monkeypatch.setattr(writer, "write", counted)
    return sent


def test_a_day_on_a_phone(
    app: Flask,
    house: House,
    server: str,
    open_window: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire, sent = Wire(app), bytes_that_go_out(monkeypatch)
    firm = house.firm()
    team = house.team(firm)
    ana = house.person(firm, name="Ana Chi", team_id=team, number="A-1")
    manager = house.person(firm, Role.MANAGER, name="Mia Cal")
    course_id = house.course()
    learn(house, ana, course_id)
    house.act(ana, choose_goal, goal=Goal("minutes", 5))
    house.act(manager, set_team_goal, team_id=team, minutes=120)
    app.config["NOW"] = house.noon + timedelta(days=1)

    page = signed_in(open_window(), house, ana)
    under_the_worker(page, "/me/phone")
    page.evaluate(KEEP)
    page.reload()
    expect(page.get_by_role("link", name="Questions that come back")).to_be_visible()

    # Aeroplane mode: the card that is due, its explanation, how well it was known.
    page.context.set_offline(True)
    wire.refuses = "/sync"
    page.goto("/review")
    expect(page.locator("[data-review]:visible legend")).to_have_text("What comes first?")
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose or type an answer first.")
    page.locator("label:visible", has_text="A greeting").click()
    seen(page, "review-kept")
    page.get_by_role("button", name="Check my answer").click()
    expect(page.locator("[data-answer]:visible")).to_contain_text("Yes, people first.")
    seen(page, "review-kept-answer")
    page.get_by_role("button", name="Easy").click()
    expect(page.locator("[data-left]")).to_have_text("2 things are waiting to be sent.")
    page.reload()
    expect(page.locator("[data-end]")).to_be_visible()
    assert rows(house, ana, ReviewLog) == []
    wire.refuses = ""
    page.context.set_offline(False)
    expect(page.locator("[data-left]")).to_have_text("Everything is sent.", timeout=20000)
    assert sorted(one.grade for one in rows(house, ana, ReviewLog)) == [3, 4]

    # What it made of the day, and of the week.
    page.goto("/me/time")
    expect(page.locator(".rows .row")).to_have_count(2)
    seen(page, "own-time")
    page.goto("/me/goal")
    expect(page.get_by_text("You did what you set out to do this week.")).to_be_visible()
    page.get_by_role("button", name="Take part").click()
    expect(page.get_by_text("You take part from Mar 9, 2026 on.")).to_be_visible()
    seen(page, "own-goal")
    assert sideways(page, 320) <= 0

    # Saving data: a picture comes on a tap.
    lesson = f"/courses/{course_id}/lessons/hello"
    page.goto("/me/phone")
    page.get_by_role("button", name="Switch it on").click()
    seen(page, "saving-data")
    page.goto(lesson)
    picture = page.get_by_role("link", name=re.compile(r"Show the picture: A wave \(1 KB\)"))
    expect(page.locator("figure img")).to_have_count(0)
    seen(page, "picture-waits")
    picture.click()
    expect(page.get_by_role("img", name="A wave")).to_be_visible()

    # The receipt beside the wire.
    for path in ("/today", "/courses", "/me", "/today", lesson, "/today", "/me/phone"):
        page.goto(path, wait_until="networkidle")
        page.wait_for_timeout(150)
    page.wait_for_timeout(700)
    told = int(page.locator("[data-used]").get_attribute("data-bytes") or 0)
    assert abs(told - sum(sent)) < 0.02 * sum(sent), f"the receipt says {told} bytes, {sum(sent)} went out"

    desk = signed_in(open_window(DESK), house, manager)
    desk.goto("/time?since=2026-03-01&until=2026-03-31")
    expect(desk.get_by_role("row", name=re.compile("Ana Chi A-1"))).to_be_visible()
    seen(desk, "times-desk")
    desk.goto("/team/goals")
    expect(desk.get_by_text("Not shown")).to_be_visible()
    seen(desk, "team-goals-desk")
    assert sideways(desk, 360) <= 0
