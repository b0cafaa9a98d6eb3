"""A trainer brings a file in and sets a date; an administrator looks at the work in the background."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from lms.operations.working import Worker
from tests.browser.conftest import DESK, PHONE, seen, sideways, signed_in
from tests.flows.test_publishing_on_a_date import change
from tests.house import House


@pytest.fixture
def working(app: Flask) -> Iterator[Callable[[], None]]:
    """Begins to do the jobs, as a thread of the server does."""
    worker = Worker(app)
    thread = threading.Thread(target=worker.run, daemon=True)
    yield thread.start
    worker.stop()
    if thread.is_alive():
        thread.join()


def test_a_file_is_read_and_a_date_is_set_while_pages_go_on(
    house: House, open_window: Callable[..., Page], working: Callable[[], None], tmp_path: Path
) -> None:
    firm = house.firm("Toucan Connect")
    trainer = house.person(firm, Role.TRAINER, name="Marta Cob")
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula Gentle")
    course_id = house.course(trainer)
    change(house, trainer, course_id, "Hey.")
    good, bad = tmp_path / "greetings.gift", tmp_path / "handbook.pdf"
    good.write_text("::One::Which? {=a#x ~b#y ~c#z}\n")
    bad.write_bytes(b"%PDF-1.7")

    desk, phone = signed_in(open_window(DESK), house, trainer), signed_in(open_window(PHONE), house, admin)
    still = signed_in(open_window(DESK, java_script_enabled=False), house, trainer)
    for page, file in ((desk, good), (still, bad)):
        page.goto(f"/courses/{course_id}/import")
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Look at it").click()
        expect(page.locator("main")).to_contain_text("You can leave this page")
    seen(desk, "reading-desk")
    phone.goto("/jobs")
    expect(phone.get_by_role("button", name="Cancel")).to_have_count(2)
    working()
    expect(desk.get_by_role("heading", level=1)).to_have_text("What is in greetings.gift")
    expect(still.locator("main")).to_contain_text("This file could not be read", timeout=15_000)
    desk.goto(f"/courses/{course_id}/import")
    expect(desk.locator("main")).to_contain_text("This looks like a PDF")
    seen(desk, "bring-desk")
    desk.get_by_role("link", name="handbook.pdf").click()
    seen(desk, "unreadable-desk")

    desk.goto(f"/studio/{course_id}/publish")
    desk.get_by_label("What is new?").fill("A warmer greeting.")
    desk.get_by_text("Publish on a date instead").click()
    seen(desk, "publish-on-a-date-desk")
    desk.get_by_role("button", name="Publish on this date").click()
    expect(desk.get_by_role("alert")).to_contain_text("Choose a date and a time.")
    desk.get_by_label("Date and time").fill("2026-03-04T06:30")
    desk.get_by_role("button", name="Publish on this date").press("Enter")
    expect(desk.locator("main")).to_contain_text("The date was set by Marta Cob.")
    seen(desk, "planned-desk")
    assert sideways(desk, 360) <= 0
    seen(desk, "planned-phone")
    desk.goto("/studio")
    expect(desk.get_by_role("row", name="T01")).to_contain_text("To be published on")
    seen(desk, "studio-planned-phone")

    for size, name in ((PHONE, "jobs-phone"), (DESK, "jobs-desk")):
        phone.set_viewport_size(size)  # type: ignore[arg-type]
        phone.goto("/jobs")
        expect(phone.get_by_role("row", name="handbook.pdf")).to_contain_text("Refused")
        seen(phone, name)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    phone.get_by_role("button", name="Cancel").click()
    expect(phone.locator("main")).to_contain_text("It is cancelled and will not be done.")
