"""What a screen reader says when something on the page changes by itself: each change of state, in words.

The ear below hears as one does: words that change inside a live region which was there before, an alert that appears, and
what the focus moves to. A region that is shown together with its words is not heard.
"""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bench.offline import build
from lms.assessments.services import start_attempt
from lms.learning.services import enrol
from tests.browser.conftest import signed_in
from tests.house import House

pytestmark = pytest.mark.sqlite_is_enough

EAR = """
  window.heard = [];
  const LIVE = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]";
  let known = new Set();
  const shown = (one) => one.isConnected && one.getClientRects().length > 0;
  const learn = () => { known = new Set([...document.querySelectorAll(LIVE)].filter(shown)); };
  const hear = (text) => { const words = text.replace(/\\s+/g, " ").trim(); if (words) window.heard.push(words); };
  new MutationObserver((changes) => {
    const said = new Set();
    for (const { target, addedNodes } of changes) {
      const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(LIVE);
      if (region && shown(region) && (known.has(region) || region.matches("[role=alert]"))) said.add(region);
      for (const one of addedNodes) if (one.matches?.("[role=alert]") && shown(one)) said.add(one);
    }
    for (const region of said) hear(region.innerText);
    learn();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["hidden"] });
  document.addEventListener("readystatechange", learn);
  document.addEventListener("focusin", (event) => hear(event.target.innerText ?? ""));
"""


WHOSE = """async () => {
  const { store, person } = document.body.dataset;
  await (await caches.open("ladder-who")).put("/who", new Response(JSON.stringify({ store, person })));
}"""
"""What the worker notes."""


def listening(page: Page) -> Page:
    """A window with an ear."""
    page.add_init_script(EAR)
    return page


def hears(page: Page, words: str) -> None:
    """Wait until the words were said on this page since it was last asked; forget what was said."""
    page.wait_for_function("(words) => window.heard.some((one) => one.includes(words))", arg=words)
    page.evaluate("window.heard.length = 0")


def test_each_change_of_state_is_said(house: House, open_window: Callable[..., Page]) -> None:
    world = build(house)
    ana = house.person(house.firm(), name="Ana Chi")
    house.act(ana, enrol, course_id=world.course_id)
    page = listening(open_window(service_workers="block"))

    # Signing in: what is wrong is where the focus is.
    page.goto("/sign-in")
    page.get_by_label("E-mail or employee number").fill(ana.email)
    page.get_by_label("Password").fill("not her password")
    page.get_by_role("button", name="Sign in").click()
    hears(page, "That name and password do not match.")
    page.goto("/sign-in/passkey")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="Use a passkey").click()
    hears(page, "Nothing was signed in.")

    # A lesson: where one is, what a check's answer was, that something waits, that it is sent.
    signed_in(page, house, ana)
    page.goto(f"/courses/{world.course_id}/lessons/hello")
    page.route("**/sync", lambda route: route.abort())
    page.locator(".lesson-card.is-here > .thumbs button").click()
    hears(page, "Card 2 of")
    expect(page.locator("[data-notice]")).to_contain_text("No network.")
    page.locator(".lesson-card.is-here .check input[type=radio]").first.check(force=True)
    page.get_by_role("button", name="Check my answer").click()
    hears(page, page.locator(".check p[role=status]").inner_text())

    # Today: how much waits, that it is sent, and what was kept but not counted.
    page.goto("/today")
    hears(page, "One thing is waiting to be sent. Kept on this device.")
    page.unroute("**/sync")
    page.evaluate("dispatchEvent(new Event('online'))")
    hears(page, "Everything is sent.")

    # An attempt: saving, saved, not yet saved, all sent; each page of it; handing in what cannot be sent.
    attempt_id = uuid.uuid4()
    house.act(ana, start_attempt, assessment_id=world.assessment_id, attempt_id=attempt_id)
    page.goto(f"/attempts/{attempt_id}")
    page.locator(".question.is-here input[type=radio]").first.check(force=True)
    hears(page, "Saved")
    page.get_by_role("button", name="Next").click()
    hears(page, "2 of 4")
    page.route("**/sync", lambda route: route.abort())
    page.locator(".question.is-here input[type=radio]").first.check(force=True)
    hears(page, "Kept on this phone")
    page.unroute("**/sync")
    page.evaluate("dispatchEvent(new Event('online'))")
    hears(page, "Everything is sent.")
    page.route("**/sync", lambda route: route.abort())
    page.locator("[data-submit] button").evaluate("one => one.form.requestSubmit()")
    hears(page, "You have handed it in on this phone.")
    page.goto("/today")
    verdict = {"id": "", "first": "kept", "because": "late", "why": "the time was over"}

    def keep_it(route: object) -> None:
        sent = route.request.post_data_json["facts"]  # type: ignore[attr-defined]
        facts = [verdict | {"id": one["id"]} for one in sent]
        route.fulfill(json={"facts": facts, "at": "2026-03-02T18:00:00Z"})  # type: ignore[attr-defined]

    page.route("**/sync", keep_it)
    page.evaluate("dispatchEvent(new Event('online'))")
    hears(page, "Kept, but not counted: the time was over")
    page.unroute("**/sync")

    # Keeping a course, and taking it off the phone.
    page.goto(f"/courses/{world.course_id}")
    page.get_by_role("button", name="Keep on this phone").click()
    hears(page, "This course is on this phone")
    page.goto("/me/phone")
    page.get_by_role("button", name="Remove").first.click()
    hears(page, "Removed from this phone.")

    # Leaving with something unsent.
    page.goto(f"/courses/{world.course_id}/lessons/hello")
    page.route("**/sync", lambda route: route.abort())
    page.locator(".lesson-card.is-here > .thumbs button").click()
    hears(page, "Card")
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    hears(page, "If you sign out now, it is lost.")
    page.unroute("**/sync")
    page.evaluate(WHOSE)
    page.goto("/offline")
    hears(page, "One thing is waiting to be sent.")
