"""A person with a phone in a browser: every tap is timed by the page itself and weighed on the line (see `bench.phone`)."""

import json
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from bench.line import Line

SLOWER = 4
WATCH = """
  const at = () => performance.timeOrigin + performance.now();
  addEventListener("click", () => { try { sessionStorage.setItem("bench:tap", at()); } catch {} }, true);
  window.benchSee = (wanted) => {
    window.benchSeen = 0;
    const shown = (one) => one.getClientRects().length > 0;
    const look = () => {
      if (![...document.querySelectorAll(wanted)].some(shown)) return requestAnimationFrame(look);
      requestAnimationFrame(() => { window.benchSeen = at(); });
    };
    requestAnimationFrame(look);
  };
"""
"""In every page, before its own scripts: when it was tapped, and the frame that first shows what is waited for."""
CARD = "html.is-paged .lesson-card.is-here"
TODAY = ".card--next .button--next, .empty"


@dataclass
class Seen:
    """What the runs saw: milliseconds and bytes by what was done, taps from the icon to the first card."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cost: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    taps: list[int] = field(default_factory=list)


class Phone:
    """One person's phone. `own`: Chromium throttles the network, in place of the line."""

    def __init__(self, browser: Browser, line: Line, cookie: str, seen: Seen, *, own: bool = False) -> None:
        self.line, self.seen, self.taps = line, seen, 0
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 360, "height": 740}, base_url=line.address, locale="en-GB", has_touch=True
        )
        self.context.set_default_timeout(30_000)
        self.context.add_cookies([{"name": "ladder", "value": cookie, "domain": "127.0.0.1", "path": "/"}])
        self.page: Page = self.context.new_page()
        self.page.add_init_script(WATCH)
        self.tools = self.context.new_cdp_session(self.page)
        self.tools.send("Page.enable")
        self.tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        if own:
            self.tools.send("Network.enable")
            self.tools.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000},
            )

    @property
    def carried(self) -> int:
        """Bytes over its line so far, both ways."""
        return self.line.down.sent + self.line.up.sent

    def timed(self, what: str, act: Callable[[], object], wanted: str, *, leaves: bool = True) -> None:
        """Do something and wait for what it shows: how long, and how many bytes until the line is quiet."""
        before, watch = self.carried, f"benchSee({json.dumps(wanted)})"
        start = self.page.evaluate("window.benchSeen = 0, performance.timeOrigin + performance.now()")
        if leaves:  # the next page watches from its first moment
            key = self.tools.send("Page.addScriptToEvaluateOnNewDocument", {"source": watch})["identifier"]
        else:
            self.page.evaluate(watch)
        act()
        self.page.wait_for_function("() => window.benchSeen > 0")
        if leaves:
            self.tools.send("Page.removeScriptToEvaluateOnNewDocument", {"identifier": key})
        seen, tapped = self.page.evaluate("[window.benchSeen, Number(sessionStorage.getItem('bench:tap'))]")
        self.seen.took[what].append(seen - max(start, tapped))
        self.quiet()
        self.seen.cost[what].append(self.carried - before)

    def tap(self, what: str, wanted: str, chosen: Any, *, leaves: bool = True) -> None:
        """Tap what is chosen, and wait for what it shows."""
        self.taps += 1
        chosen.scroll_into_view_if_needed()
        self.timed(what, lambda: chosen.click(no_wait_after=True), wanted, leaves=leaves)

    def open(self, what: str, path: str, wanted: str) -> None:
        """Open an address, as an icon does."""
        self.taps += 1
        self.timed(what, lambda: self.page.goto(path, wait_until="commit"), wanted)

    def quiet(self) -> None:
        """Wait until nothing has gone over the line for longer than a round trip: what follows is not disturbed by it."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < max(0.5, 3 * self.line.round_trip):
            if self.carried != last:
                last, since = self.carried, time.monotonic()
            self.page.wait_for_timeout(100)

    def close(self) -> None:
        """Put it away."""
        self.context.close()


def choices(phone: Phone, place: str) -> Any:
    """What can be chosen as an answer in an element."""
    kinds = ("radio", "checkbox")
    return phone.page.locator(
        ", ".join(f"{place} input[type={kind}][name=answer]:not(:disabled)" for kind in kinds)
    )


def through_a_lesson(phone: Phone) -> None:
    """The lesson that is open, card by card, answering the checks that are a choice; to its end."""
    page, place = phone.page, ".lesson-card.is-here"
    total = page.locator(".lesson-card").count()
    here = page.evaluate(
        "[...document.querySelectorAll('.lesson-card')].findIndex((one) => one.matches('.is-here'))"
    )
    while True:
        button = page.locator(f"{place} form.check:not(:has(.why)) > button:visible")
        if button.count() and choices(phone, f"{place} form.check").count():
            choices(phone, f"{place} form.check").first.check(force=True)
            shown = f"{place} form.check .why, {place} form.check [role=status]"
            phone.tap("a check's explanation", shown, button.first, leaves=False)
        on = page.locator(f"{place} > .thumbs button").last
        if here >= total - 1:
            return phone.tap("after the last card", "main h1", on)
        here += 1
        card = page.locator(".lesson-card").nth(here).get_attribute("id")
        phone.tap("the next card", f"#{card}.is-here", on, leaves=False)


def the_worker_is_there(phone: Phone) -> None:
    """Wait until the worker has taken over."""
    phone.page.goto("/today")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller", timeout=60_000)
    phone.quiet()


def through_an_attempt(phone: Phone, assessments: list[uuid.UUID], answers: int) -> int:
    """So many answers in the first assessment that lets this person in, handed in; how many were given."""
    page, place, given = phone.page, "form.question.is-here", 0
    start = page.get_by_role("button", name="Start").first
    for one in assessments:
        page.goto(f"/assessments/{one}")
        if start.count():
            break
    else:
        return 0
    phone.tap("an attempt's first question", place, start)
    while not page.locator("#review.is-here").count():
        if given < answers and choices(phone, place).count():
            one_of_them = choices(phone, place).first
            phone.timed(
                "an answer: Saved",
                lambda chosen=one_of_them: chosen.check(force=True, no_wait_after=True),  # type: ignore[misc]
                f"{place} [data-saved][data-state=saved]",
                leaves=False,
            )
            given += 1
        page.locator("[data-next]").click()
    phone.tap("the result", "main h1", page.locator("#review form[data-submit] button"))
    return given


def a_day(phone: Phone, assessments: list[uuid.UUID]) -> int:
    """Twenty minutes: Today, two lessons, what comes back, ten answers, My path; how many answers."""
    page = phone.page
    page.goto("/today?minutes=15")
    lessons = page.eval_on_selector_all(
        "a[href*='/lessons/']", "(all) => [...new Set(all.map((one) => one.getAttribute('href')))]"
    )
    for address in lessons[:2]:
        page.goto(address)
        page.wait_for_selector(CARD)
        through_a_lesson(phone)
    for _card in range(3):
        page.goto("/review")
        if not choices(phone, "form.check").count():
            break
        choices(phone, "form.check").first.check(force=True)
        page.get_by_role("button", name="Check my answer").click()
        page.wait_for_load_state("networkidle")
    given = through_an_attempt(phone, assessments, 10)
    page.goto("/path")
    phone.quiet()
    return given
