"""A cheap phone on a slow line: how long it takes from the icon to a card, from one to the next, and what a day costs.

usage: .venv/bin/python -m bench.phone [--runs 7] [--home FOLDER] [--json] [--write]

A real Chromium of 360 by 740 with its processor slowed fourfold, a real server over HTTP/1.1 as it compresses, and between
them a line of 400 kbit/s with 400 ms there and back (`bench.line`; opening a connection costs a round trip more). Each run is
another agent of the demo with an empty browser whose sign-in is remembered. Times are the page's own: from the tap to the
first frame that shows what was tapped for, with the script that answers to thumbs running. Bytes are those in the sockets,
both ways, heads and the worker's requests too. `--home` takes a house that has a demo; without it one is built.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select

from bench.kill import Server
from bench.line import Line
from lms.app import create_app
from lms.assessments.models import Assessment
from lms.demo.cli import build
from lms.foundation.wall import beyond_the_wall
from lms.migrating import migrate
from lms.people.models import Employment, Person
from lms.settings import Settings
from lms.web.request import db
from tests.house import C05, House, Someone

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
MARKS = ("<!-- phone: made by bench.phone --write -->", "<!-- end of phone -->")
PEOPLE = 60
SLOWER = 4
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
ANSWERED = "form.check .why, form.check [role=status]"
LIMITS = {
    "icon, tap 2: a lesson's first card": 2500,
    "a lesson's first card with nothing kept": 2500,
    "the next card": 1000,
    "another lesson's card": 1000,
    "My path": 1000,
}
DAY = 400 * 1024


@dataclass
class Seen:
    """What the runs saw: milliseconds and bytes by what was done, and days."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    cost: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    taps: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


class Phone:
    """One person's phone."""

    def __init__(self, browser: Browser, line: Line, cookie: str, seen: Seen, *, own: bool = False) -> None:
        self.line, self.seen, self.taps = line, seen, 0
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 360, "height": 740}, base_url=line.address, locale="en-GB", has_touch=True
        )
        self.context.set_default_timeout(30_000)
        self.context.add_cookies([{"name": "ladder", "value": cookie, "domain": "127.0.0.1", "path": "/"}])
        self.page: Page = self.context.new_page()
        self.page.add_init_script(WATCH)
        speed = self.page.context.new_cdp_session(self.page)
        speed.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        if own:  # Chromium's own throttling, beside ours
            speed.send("Network.enable")
            speed.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000},
            )

    def timed(self, what: str, act: Callable[[], object], wanted: str, *, leaves: bool = True) -> None:
        """Do something and wait for what it shows: how long, and how many bytes until the line is quiet."""
        before = self.line.down.sent + self.line.up.sent
        start = self.page.evaluate("performance.timeOrigin + performance.now()")
        if leaves:  # the next page watches from its first moment
            self.page.add_init_script(f"benchSee({json.dumps(wanted)})")
        else:
            self.page.evaluate(f"benchSee({json.dumps(wanted)})")
        act()
        self.page.wait_for_function("() => window.benchSeen > 0")
        seen = self.page.evaluate("[window.benchSeen, Number(sessionStorage.getItem('bench:tap'))]")
        self.seen.took[what].append(seen[0] - max(start, seen[1]))
        self.quiet()
        self.seen.cost[what].append(self.line.down.sent + self.line.up.sent - before)

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
        """Wait until nothing has gone over the line for a while: what follows is not disturbed by it."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < 1.2:
            now = self.line.down.sent + self.line.up.sent
            if now != last:
                last, since = now, time.monotonic()
            self.page.wait_for_timeout(100)

    def close(self) -> None:
        """Put it away."""
        self.context.close()


def answer_here(phone: Phone, place: str) -> bool:
    """Answer what is asked in an element, if it is a matter of choosing; whether it was."""
    page = phone.page
    choice = page.locator(
        f"{place} input[type=radio]:visible, {place} input[type=checkbox][name^=answer]:visible"
    )
    if not choice.count():
        return False
    choice.first.check(force=True)
    return True


def a_lesson(phone: Phone, *, measured: bool) -> None:
    """Go through the lesson that is open, card by card, answering the checks that are a choice; to its end."""
    page = phone.page
    for number in range(40):
        place = ".lesson-card.is-here"
        cards = page.locator(".lesson-card").count()
        here = page.evaluate(
            "[...document.querySelectorAll('.lesson-card')].findIndex((one) => one.matches('.is-here'))"
        )
        asked = page.locator(f"{place} form.check:not(:has(.why)) > button:visible")
        if asked.count() and answer_here(phone, f"{place} form.check"):
            phone.tap(
                "a check's explanation",
                ", ".join(f"{place} {one}" for one in ANSWERED.split(", ")),
                asked.first,
                leaves=False,
            )
        on = page.locator(f"{place} > .thumbs button[type=submit], {place} > .thumbs button:not([type])").last
        if here >= cards - 1:
            phone.tap("the end of a lesson", "main h1, main h2", on)
            return
        name = "the next card" if measured else f"card {number}"
        phone.tap(name, f".lesson-card:nth-of-type({here + 2}).is-here", on, leaves=False)


def a_visit(phone: Phone) -> str:
    """From the icon to the first card and through the lesson; the lesson's address."""
    phone.open("icon, tap 1: Today", "/today", TODAY)
    start = phone.page.locator(".card--next .button--next")
    phone.tap("icon, tap 2: a lesson's first card", CARD, start)
    phone.seen.taps.append(phone.taps)
    address = phone.page.url
    a_lesson(phone, measured=True)
    return address


def the_worker_is_there(phone: Phone) -> None:
    """Wait until the worker has taken over."""
    phone.page.goto("/today")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller", timeout=60_000)
    phone.quiet()


def an_attempt(phone: Phone, assessments: list[uuid.UUID], answers: int) -> int:
    """Ten answers in the first assessment that lets this person in, handed in; how many were given."""
    page = phone.page
    for one in assessments:
        page.goto(f"/assessments/{one}")
        if page.get_by_role("button", name="Start", exact=True).count():
            break
    phone.tap(
        "an attempt's first question",
        "form.question.is-here",
        page.get_by_role("button", name="Start", exact=True),
    )
    given = 0
    for _question in range(40):
        place = "form.question.is-here"
        if given == answers or not page.locator(place).count():
            break
        choice = page.locator(
            f"{place} input[type=radio]:visible, {place} input[type=checkbox][name=answer]:visible"
        )
        if choice.count():
            chosen = page.locator(f"{place} label", has=choice.first) if False else choice.first
            phone.timed(
                "an answer: Saved",
                lambda tapped=chosen: tapped.check(force=True, no_wait_after=True),
                f"{place} [data-saved][data-state=saved]",
                leaves=False,
            )  # type: ignore[misc]
            given += 1
        page.locator("[data-next]").click()
    page.evaluate(
        "document.querySelector('.is-here')?.classList.remove('is-here'); document.querySelector('#review').classList.add('is-here')"
    )
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
        a_lesson(phone, measured=False)
    for _card in range(3):
        page.goto("/review")
        button = page.get_by_role("button", name="Check my answer")
        if not button.count() or not answer_here(phone, "form.check"):
            break
        button.click()
        page.wait_for_load_state("networkidle")
    given = an_attempt(phone, assessments, 10)
    page.goto("/path")
    phone.quiet()
    return given


@contextmanager
def a_house(home: str | None) -> Iterator[House]:
    """A house with a demo: the one that is named, or a new one."""
    folder = Path(home) if home else Path(tempfile.mkdtemp(prefix="ladder-phone-"))
    address = f"sqlite:///{folder}/ladder.db"
    migrate(address)
    settings = Settings(
        home=folder, database=address, secret_key="b" * 40, secure_cookies=False, testing=True
    )
    app = create_app(settings)
    house = House(app, datetime.now(UTC).replace(microsecond=0))
    try:
        if not home:
            for course in sorted(C05.parent.iterdir(), key=lambda one: ("-es-" in one.name, one.name)):
                house.course(folder=course)
            with app.app_context():
                build(db.session(), people=PEOPLE, seed=1, as_of=date.today())
        yield house
    finally:
        if not home:
            shutil.rmtree(folder)


def people_who_learn(house: House, wanted: int) -> list[Someone]:
    """Agents of the demo whose Today begins with a lesson."""
    with house.writing() as session, beyond_the_wall(session, "measuring"):
        rows = session.execute(
            select(Employment.person_id, Employment.firm_id, Employment.name)
            .join(Person, Person.id == Employment.person_id)
            .where(
                Employment.job_role == "agent",
                Employment.ended_on.is_(None),
                Person.email != "agent@demo.example",
            )
            .order_by(Employment.name)
        ).all()
    found: list[Someone] = []
    for row in rows:
        someone = Someone(row.person_id, row.firm_id, row.name, "")
        page = house.client(someone).get("/today")
        text = page.get_data(as_text=True)
        button = text.find("button--next")
        if page.status_code == 200 and "/lessons/" in text[button : button + 200]:
            found.append(someone)
        if len(found) == wanted:
            break
    return found


def measure(*, runs: int, home: str | None) -> dict[str, Any]:
    """Every run, each another person."""
    seen, own, day = Seen(), Seen(), Seen()
    days: dict[str, list[int]] = defaultdict(list)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with a_house(home) as house, sync_playwright() as playwright:
        with house.app.app_context():
            assessments = list(db.session.scalars(select(Assessment.id)))
        agents = people_who_learn(house, runs)
        settings: Settings = house.app.extensions["settings"]
        server = Server(settings)
        server.environment["LADDER_SECRET_KEY"] = settings.secret_key
        server.start()
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            for agent in agents:
                kept = house.client(agent).get_cookie("ladder")
                assert kept is not None
                line = Line(server.port)
                phone = Phone(browser, line, kept.value, seen)
                lesson = a_visit(phone)
                the_worker_is_there(phone)
                phone.page.goto("about:blank")
                phone.taps = 0
                phone.open("icon again, with the worker: Today", "/today", TODAY)
                phone.open("another lesson's card", lesson, CARD)
                phone.page.goto("/today")
                phone.quiet()
                phone.tap("My path", "main h1", phone.page.get_by_role("link", name="My path").first)
                phone.close()
                cold = Phone(browser, Line(server.port), kept.value, seen)
                cold.open("a lesson's first card with nothing kept", lesson, CARD)
                cold.close()
                checked = Phone(
                    browser, Line(server.port, bits=1e9, round_trip=0.0), kept.value, own, own=True
                )
                checked.open("a lesson's first card with nothing kept", lesson, CARD)
                checked.close()
                quick = Line(server.port, bits=1e9, round_trip=0.0)  # bytes only: nobody waits
                whole = Phone(browser, quick, kept.value, day)
                day.answers.append(a_day(whole, assessments))
                days["from an empty browser"].append(quick.down.sent + quick.up.sent)
                before = quick.down.sent + quick.up.sent
                whole.page.goto("/today")
                a_second = a_day(whole, assessments)
                if a_second:
                    days["the next day"].append(quick.down.sent + quick.up.sent - before)
                whole.close()
        finally:
            browser.close()
            server.kill()
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} processors shared with other work, {platform.machine()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
        "runs": len(seen.taps),
        "taps": sorted(set(seen.taps)),
        "steps": {
            name: _spread(times) | {"bytes": statistics.median(seen.cost[name])}
            for name, times in seen.took.items()
        },
        "saved": _spread(day.took["an answer: Saved"]),
        "by_chromium": _spread(own.took["a lesson's first card with nothing kept"]),
        "days": {name: [min(sizes), statistics.median(sizes), max(sizes)] for name, sizes in days.items()},
        "answers": sorted(set(day.answers)),
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {"n": len(values), "low": min(values), "ms": statistics.median(values), "high": max(values)}


def as_markdown(found: Mapping[str, Any]) -> str:
    """The table, with what was aimed at."""
    lines = [
        f"Measured {found['at']} on {found['machine']} (load {found['load']} when it ended), SQLite, {found['runs']} agents of the demo. "
        f"Taps from the icon to the first card: {', '.join(map(str, found['taps']))}.",
        "",
        "| milliseconds from the tap | median | least to most | n | aim | bytes until quiet, both ways |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, one in found["steps"].items():
        aim = f"≤ {LIMITS[name]:,}" if name in LIMITS else ""
        lines.append(
            f"| {name} | {one['ms']:,.0f} | {one['low']:,.0f} to {one['high']:,.0f} | {one['n']} | {aim} | {one['bytes']:,.0f} |"
        )
    own = found["by_chromium"]
    lines += [
        "",
        f"The first card with nothing kept, by Chromium's own throttling (which opens connections for nothing): {own['ms']:,.0f} "
        f"({own['low']:,.0f} to {own['high']:,.0f}) ms.",
        "",
        "| twenty minutes: Today, two lessons, what comes back, "
        f"{' or '.join(map(str, found['answers']))} answers handed in, My path | KB, median | least to most | aim |",
        "|---|--:|--:|--:|",
    ]
    for name, (low, middle, high) in found["days"].items():
        lines.append(
            f"| {name} | {middle / 1024:.0f} | {low / 1024:.0f} to {high / 1024:.0f} | ≤ {DAY // 1024} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and put the table into the page when asked."""
    reader = argparse.ArgumentParser(prog="bench.phone", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--runs", type=int, default=7, help="People, each with an empty browser.")
    reader.add_argument("--home", help="A house that has a demo; it is changed.")
    reader.add_argument("--json", action="store_true", help="Print one JSON object.")
    reader.add_argument("--write", action="store_true", help="Put the table into docs/performance.md.")
    wanted = reader.parse_args()
    found = measure(runs=wanted.runs, home=wanted.home)
    print(json.dumps(found) if wanted.json else as_markdown(found))
    if wanted.write:
        before, rest = PAGE.read_text().split(MARKS[0])
        PAGE.write_text(f"{before}{MARKS[0]}\n{as_markdown(found)}\n{MARKS[1]}{rest.split(MARKS[1])[1]}")


if __name__ == "__main__":
    main()
