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
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright
from sqlalchemy import select

from bench.kill import Server
from bench.line import Line
from bench.thumb import CARD, TODAY, Phone, Seen, a_day, the_worker_is_there, through_a_lesson
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
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIMITS = {
    "icon, tap 2: a lesson's first card": 2500,
    "a lesson's first card with nothing kept": 2500,
    "the next card": 1000,
    "a lesson opened again": 1000,
    "My path": 1000,
}
DAY = 400 * 1024
DAYS = ("the first day, from an empty browser", "the next day")


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


def at_once(port: int) -> Line:
    """A line that keeps nobody waiting: for counting bytes, or for Chromium's own throttling."""
    return Line(port, bits=1e10, round_trip=0.0)


def first_visit(phone: Phone) -> str:
    """From the icon to the first card, through the lesson, and the next visit with the worker; the lesson's address."""
    page = phone.page
    phone.open("icon, tap 1: Today", "/today", TODAY)
    phone.tap("icon, tap 2: a lesson's first card", CARD, page.locator(".card--next .button--next"))
    phone.seen.taps.append(phone.taps)
    lesson = urlsplit(page.url).path  # another phone has another line
    through_a_lesson(phone)
    the_worker_is_there(phone)
    page.goto("about:blank")
    phone.open("icon again, with the worker: Today", "/today", TODAY)
    phone.tap("My path", "main h1", page.get_by_role("link", name="My path").first)
    phone.open("a lesson opened again", lesson, CARD)
    phone.close()
    return lesson


def measure(*, runs: int, home: str | None) -> dict[str, Any]:
    """Every run, each another person."""
    seen, own, day = Seen(), Seen(), Seen()
    answers: list[int] = []
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
                lesson = first_visit(Phone(browser, Line(server.port), kept.value, seen))
                cold = Phone(browser, Line(server.port), kept.value, seen)
                cold.open("a lesson's first card with nothing kept", lesson, CARD)
                cold.close()
                checked = Phone(browser, at_once(server.port), kept.value, own, own=True)
                checked.open("a lesson's first card with nothing kept", lesson, CARD)
                checked.close()
                whole = Phone(browser, at_once(server.port), kept.value, day)
                for name in DAYS:
                    before = whole.carried
                    answers.append(a_day(whole, assessments))
                    days[name].append(whole.carried - before)
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
        "by_chromium": _spread(own.took["a lesson's first card with nothing kept"]),
        "days": {name: [min(sizes), statistics.median(sizes), max(sizes)] for name, sizes in days.items()},
        "answers": sorted(set(answers)),
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
