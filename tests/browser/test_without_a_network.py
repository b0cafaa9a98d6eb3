"""A whole road on a phone that loses its network in the middle of an assessment, and a phone that two people share."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update

from bench.offline import build
from lms.assessments.models import Attempt, Response
from lms.learning.models import CardFact
from lms.learning.services import enrol
from lms.people.models import SignIn
from tests.browser.conftest import PHONE, seen, signed_in
from tests.browser.test_expired_sign_in import enter
from tests.house import House, Someone

EVERYTHING = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) found.push(name);
  for (const name of await caches.keys()) {
    found.push(name);
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  return found.join("\\n");
}"""


KEPT = """async (address) => {
  for (const name of await caches.keys()) if (name.startsWith("ladder-kept-") && await (await caches.open(name)).match(address)) return true;
  return false;
}"""

WAITING = """async () => {
  const script = document.querySelector('script[type="module"][src*="/js/"]').src;
  const box = await import(script.replace(/js\\/[^/]+$/, "js/outbox.js"));
  await box.loaded();
  box.put("one", { id: "first", kind: "response" });
  box.put("hand", { id: "hands in", kind: "submit", answers: ["first"] });
  box.put("one", { id: "second", kind: "response" });
  box.put("one", { id: "third", kind: "response" });
  return box.all().map((one) => one.id);
}"""


class Wire:
    """Counts what the server sends: bodies as they leave, with their headers."""

    def __init__(self, app: Flask) -> None:
        self.sent, self.inside, self.refuses = 0, app.wsgi_app, ""
        app.wsgi_app = self  # type: ignore[assignment,method-assign]

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == self.refuses:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return

        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            self.sent += len(status) + 15 + sum(len(name) + len(value) + 4 for name, value in headers)
            return start_response(status, headers, *rest)

        for part in self.inside(environ, starting):
            self.sent += len(part)
            yield part


def rows(house: House, someone: Someone, what: Any) -> list[Any]:
    with house.writing(someone.firm_id) as session:
        return list(session.scalars(select(what).where(what.firm_id == someone.firm_id)))


def under_the_worker(page: Page, path: str) -> None:
    """Open a page once the worker looks after it."""
    page.goto("/today")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.goto(path)


def open_browser(page: Page, folder: Path, base: str) -> BrowserContext:
    """A browser with a profile on disk, so that it can be closed and opened again."""
    launcher = page.context.browser.browser_type  # type: ignore[union-attr]
    return launcher.launch_persistent_context(
        folder,
        executable_path=launcher.executable_path
        if Path(launcher.executable_path).exists()
        else "/usr/bin/chromium",
        args=["--no-sandbox"],
        viewport=PHONE,  # type: ignore[arg-type]
        base_url=base,
        locale="en-GB",
    )


def test_an_assessment_in_aeroplane_mode_is_scored_as_taken_the_next_day_and_a_shared_phone_is_left_clean(
    app: Flask, house: House, server: str, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    world, wire = build(house, heard=True), Wire(app)
    firm = house.firm()
    ana, ben = house.person(firm, name="Ana Chi"), house.person(firm, name="Ben Tzul")
    house.act(ana, enrol, course_id=world.course_id)

    # With a network: a course is kept, an assessment begun.
    browser = open_browser(open_window(), tmp_path / "profile", server)
    page = signed_in(browser.pages[0], house, ana)
    under_the_worker(page, f"/courses/{world.course_id}")
    page.get_by_role("button", name="Keep on this phone").click()
    expect(page.locator("[data-keep-line]")).to_contain_text("This course is on this phone")
    seen(page, "course-kept")
    page.goto(f"/assessments/{world.assessment_id}")
    seen(page, "door-offline")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*")
    attempt_url = re.sub("#.*", "", page.url)
    attempt = rows(house, ana, Attempt)[0]
    right = {position: raw["answer"][0] for position, raw in house.right_answers(ana, attempt.id).items()}
    choose(page, 1, right[1], "saved")
    page.wait_for_function(KEPT, arg=page.locator("audio[data-kept-medium]").get_attribute("src"))

    # Aeroplane mode, to the end of the assessment and a lesson on top.
    browser.set_offline(True)
    wire.refuses = "/sync"  # a background sync can slip through what only pretends to be offline
    for position in (2, 3):
        choose(page, position, right[position], "waiting")
    page.reload()
    expect(page.locator("#question-2 [data-saved]")).to_have_attribute("data-state", "waiting")
    choose(page, 4, right[4], "waiting")
    hear_and_type(page, 5, right[5])
    page.locator("[data-submit] button").evaluate("one => one.form.requestSubmit()")
    expect(page.get_by_role("alert")).to_contain_text("handed it in on this phone. 5 things are waiting")
    seen(page, "handed-in-offline")
    page.goto("/today")
    expect(page.get_by_role("heading", level=1)).to_have_text("No network")
    expect(page.locator("[data-count]")).to_contain_text("5 things are waiting")
    seen(page, "no-network")
    page.get_by_role("link", name="Hello", exact=True).click()
    expect(page.locator(".lesson-card.is-here h2")).to_have_text("A call comes in")
    page.locator(".lesson-card.is-here > .thumbs button").click()
    expect(page.locator(".lesson-card.is-here h2")).to_have_text("What would you say?")
    page.wait_for_timeout(300)
    assert [one.position for one in rows(house, ana, Response)] == [1]
    assert rows(house, ana, CardFact) == []
    browser.close()

    # The next day, by both clocks: after the time was up, with a network again and a sign-in that has ended.
    app.config["NOW"] = house.noon + timedelta(days=1)
    with house.writing() as session:
        session.execute(update(SignIn).where(SignIn.person_id == ana.id).values(ended_at=house.noon))
    wire.refuses = ""
    browser = open_browser(open_window(), tmp_path / "profile", server)
    browser.clock.set_system_time(datetime.now(UTC) + timedelta(days=1))
    page = browser.pages[0]
    page.goto("/today")
    page.wait_for_url("**/sign-in?**")
    assert len(rows(house, ana, Response)) == 1, "nothing is sent for somebody who is not signed in"
    enter(page, ana)
    page.wait_for_url("**/today")
    for _moment in range(100):  # the worker may have sent it before the page could say so
        if rows(house, ana, CardFact) and rows(house, ana, Attempt)[0].submitted_at:
            break
        page.wait_for_timeout(100)
    expect(page.locator("[data-waiting]")).not_to_contain_text("waiting to be sent")
    seen(page, "today-sent")
    page.goto(attempt_url)
    page.wait_for_url("**/result")
    [attempt] = rows(house, ana, Attempt)
    assert (attempt.score, attempt.passed) == (1, True)
    assert sorted(one.position for one in rows(house, ana, Response) if one.counted) == [1, 2, 3, 4, 5]
    assert {one.counted for one in rows(house, ana, Response)} == {True}
    assert [one.card_key for one in rows(house, ana, CardFact)] == ["hook"]
    page.goto("/me/phone")
    expect(page.get_by_role("button", name=re.compile("^Remove: Say hello"))).to_be_visible()
    page.reload(wait_until="networkidle")
    page.wait_for_timeout(500)
    expect(page.locator("[data-used]")).to_contain_text("KB this month")
    told, sent = int(page.locator("[data-used]").get_attribute("data-bytes") or 0), wire.sent
    assert abs(told - sent) < 0.1 * sent, f"the receipt says {told} bytes, the server sent {sent}"
    expect(page.get_by_role("link", name="An assessment you have begun")).to_have_count(0)
    seen(page, "on-this-phone")

    # Something is left unsent: leaving warns once, then leaves nothing behind.
    page.goto(f"/courses/{world.course_id}/lessons/hello")
    browser.set_offline(True)
    page.locator(".lesson-card.is-here > .thumbs button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    wire.refuses = "/sync"
    browser.set_offline(False)
    page.goto("/me")
    before = page.evaluate(EVERYTHING)
    for trace in (str(ana.id), "A call comes in", "Say hello"):
        assert trace in before, trace
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("alert")).to_contain_text("If you sign out now, it is lost.")
    seen(page, "leaving-warned")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    wire.refuses = ""
    page.goto("/sign-in")
    enter(page, ben)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ben")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    after = page.evaluate(EVERYTHING)
    for trace in ("Ana", str(ana.id), "A call comes in", str(attempt.id), "Say hello"):
        assert trace not in after, trace
    for _step in range(4):
        page.go_back()
        expect(page.locator("body")).not_to_contain_text("Ana Chi")
    browser.set_offline(True)
    page.goto(f"/courses/{world.course_id}/lessons/hello")
    expect(page.locator("main")).to_contain_text("Nothing is kept on this phone yet.")

    # An answer that a waiting hand-in names must go with it, even when the question is answered anew meanwhile.
    page.goto(f"/courses/{world.course_id}")
    assert page.evaluate(WAITING) == ["first", "hands in", "third"]
    browser.close()


def choose(page: Page, position: int, value: str, state: str) -> None:
    """Answer one question, and see what becomes of it."""
    question = page.locator(f"#question-{position}")
    if not question.is_visible():
        page.get_by_role("button", name="Next").click()
    question.locator(f'[name=answer][value="{value}"]').check(force=True)
    expect(question.locator("[data-saved]")).to_have_attribute("data-state", state)


def hear_and_type(page: Page, position: int, text: str) -> None:
    """Hear a dictation from what the phone keeps, and type what is said."""
    page.get_by_role("button", name="Next").click()
    question = page.locator(f"#question-{position}")
    question.locator(".heard button").click()
    expect(question.locator("[data-plays-left]")).to_contain_text("2 plays are left.")
    question.locator("textarea").fill(text)
    expect(question.locator("[data-saved]")).to_have_attribute("data-state", "waiting")
