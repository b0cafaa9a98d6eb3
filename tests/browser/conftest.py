"""A real server on a free port and a real Chromium. Pictures land in LADDER_PICTURES when it is set."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.house import House, Someone

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
OF_COLOUR = ("color-contrast", "link-in-text-block")
"""The rules of axe that another theme can break: the other hundred read the same page twice."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    found = os.environ.get("LADDER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The address at which the application answers, forms protected as in life."""
    app.config["WTF_CSRF_ENABLED"] = True
    serving = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()


@pytest.fixture
def open_window(chromium: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Opens windows; every one fails its test when the page throws or breaks the content policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(size: dict[str, int] = PHONE, **options: object) -> Page:
        context = chromium.new_context(viewport=size, base_url=server, locale="en-GB", **options)
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page, when pictures are wanted."""
    folder = os.environ.get("LADDER_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def signed_in(page: Page, house: House, someone: Someone) -> Page:
    """Give the window somebody's sign-in, as if they had come back to a device they use."""
    kept = house.client(someone).get_cookie("ladder")
    assert kept is not None
    page.context.add_cookies([{"name": "ladder", "value": kept.value, "domain": "127.0.0.1", "path": "/"}])
    return page


def violations(page: Page, *, rules: tuple[str, ...] = ()) -> str:
    """What axe finds wrong with the page as it stands, in its words; nothing when all is well. `rules`: only these."""
    page.wait_for_load_state("load")
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    options: dict[str, object] = {"resultTypes": ["violations"]}
    found = page.evaluate(
        "(options) => axe.run(options)", options | ({"runOnly": list(rules)} if rules else {})
    )
    return "".join(
        f"\n{one['id']} ({one['impact']}): " + " ".join(node["html"][:160] for node in one["nodes"][:4])
        for one in found["violations"]
    )


def seen(page: Page, name: str = "") -> None:
    """Run axe over the page, its rules of colour in both themes, and keep a picture of each."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        if name:
            picture(page, f"{name}-{theme}")
        wrong = violations(page, rules=OF_COLOUR if theme == "dark" else ())
        assert not wrong, f"{page.url} ({theme}): {wrong}"
    page.emulate_media(color_scheme="light")


def sideways(page: Page, width: int) -> int:
    """By how much the page is wider than a window of this width."""
    page.set_viewport_size({"width": width, "height": 740})
    return int(page.evaluate("document.documentElement.scrollWidth")) - width
