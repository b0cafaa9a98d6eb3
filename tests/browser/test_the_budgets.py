"""Bytes on the wire and requests, as a real browser counts them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import signed_in
from tests.house import C05, PASSWORD, House

KB = 1024
BY_WORKER = """async () => {
  const tallies = (await caches.keys()).filter((name) => name.startsWith("ladder-data-"));
  const told = await Promise.all(tallies.map(async (name) => (await (await caches.open(name)).match("/data")).json()));
  return told.flatMap((one) => Object.values(one)).reduce((sum, bytes) => sum + bytes, 0);
}"""
"""What the worker says that it fetched."""


@dataclass
class Wire:
    """What went over the wire since it was last emptied."""

    kinds: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)

    @property
    def requests(self) -> int:
        """How many questions were put to the server; what the browser kept is none."""
        return sum(size > 0 for size in self.sizes.values())

    @property
    def total(self) -> int:
        """All bytes, headers too."""
        return sum(self.sizes.values())

    @property
    def scripts(self) -> int:
        """The bytes of scripts."""
        return sum(size for key, size in self.sizes.items() if self.kinds.get(key) == "Script")

    def empty(self) -> None:
        """Begin again."""
        self.kinds, self.sizes, self.paths = {}, {}, set()


def watch(page: Page) -> Wire:
    """Count what this window fetches."""
    wire, cdp = Wire(), page.context.new_cdp_session(page)

    def asked(said: dict[str, Any]) -> None:
        wire.kinds[said["requestId"]] = said.get("type", "")
        wire.paths.add(urlsplit(said["request"]["url"]).path)
        if "redirectResponse" in said:
            key = f"{said['requestId']} before {len(wire.sizes)}"
            wire.sizes[key] = int(said["redirectResponse"]["encodedDataLength"])

    def came(said: dict[str, Any]) -> None:
        wire.sizes[said["requestId"]] = int(
            said["encodedDataLength"]
        )  # nothing for a picture in the style sheet

    cdp.on("Network.requestWillBeSent", asked)
    cdp.on("Network.loadingFinished", came)
    cdp.send("Network.enable")
    return wire


@pytest.mark.parametrize("workers", ["block", "allow"])
def test_the_first_visit_from_the_sign_in_to_today_is_small(
    house: House,
    open_window: Callable[..., Page],
    record_property: Callable[[str, object], None],
    workers: str,
) -> None:
    house.course(folder=C05)
    agent = house.person(house.firm())
    page = open_window(service_workers=workers)
    by_worker: list[Request] = []
    page.context.on("request", lambda one: one.service_worker and by_worker.append(one))
    wire = watch(page)
    page.goto("/sign-in", wait_until="networkidle")
    page.get_by_label("E-mail or employee number").fill(agent.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/today", wait_until="networkidle")
    record_property("sign-in to today", f"{wire.total} bytes, {wire.requests} requests")
    assert wire.requests <= 8
    assert wire.total <= 60 * KB
    assert wire.scripts <= 30 * KB
    if workers == "block":
        return
    # The worker comes after the page: what it fetches, in few requests, is within the same budget of bytes.
    page.wait_for_function("() => navigator.serviceWorker.controller")
    kept = {
        path for path in wire.paths if "/static/" in path
    }  # which the worker takes from the browser's cache
    assert {urlsplit(one.url).path for one in by_worker} - kept == {"/sw.js", "/offline"}
    worker = page.evaluate(BY_WORKER)
    record_property("the worker", f"{worker} bytes")
    assert 0 < worker <= 60 * KB - wire.total


def test_today_opened_cold_is_small(
    house: House, open_window: Callable[..., Page], record_property: Callable[[str, object], None]
) -> None:
    house.course(folder=C05)
    cold = signed_in(open_window(service_workers="block"), house, house.person(house.firm()))
    wire = watch(cold)
    cold.goto("/today", wait_until="networkidle")
    record_property("today, cold", f"{wire.total} bytes, {wire.requests} requests")
    assert wire.requests <= 6
    assert wire.total <= 30 * KB


def test_a_lesson_opened_again_costs_one_small_page(
    house: House, open_window: Callable[..., Page], record_property: Callable[[str, object], None]
) -> None:
    course_id = house.course(folder=C05)
    page = signed_in(open_window(service_workers="block"), house, house.person(house.firm()))
    wire = watch(page)
    keys = [path.stem for path in sorted((C05 / "lessons").glob("*.md"))]
    page.goto(f"/courses/{course_id}/lessons/{keys[0]}", wait_until="networkidle")
    record_property(
        "a lesson, first", f"{wire.total} bytes, {wire.scripts} of scripts, {wire.requests} requests"
    )
    assert wire.scripts <= 30 * KB
    for key in keys:
        page.goto(f"/courses/{course_id}/lessons/{key}", wait_until="networkidle")
        wire.empty()
        page.reload(wait_until="networkidle")
        record_property(f"lesson {key}, again", f"{wire.total} bytes, {wire.requests} requests")
        assert wire.total <= 14 * KB, key


def test_an_attempt_runs_little_script(
    house: House, open_window: Callable[..., Page], record_property: Callable[[str, object], None]
) -> None:
    course_id = house.course(folder=C05)
    page = signed_in(open_window(service_workers="block"), house, house.person(house.firm()))
    page.goto(f"/assessments/{house.assessment(course_id)}")
    wire = watch(page)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/attempts/*", wait_until="networkidle")
    record_property("an attempt", f"{wire.total} bytes, {wire.scripts} of scripts")
    assert 0 < wire.scripts <= 30 * KB
