"""An administrator brings people in from a file, on a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from tests.browser.conftest import DESK, PHONE, seen
from tests.browser.test_in_a_browser import sign_in
from tests.house import House

FILE = """employee_number;name;email;team;job_role;roles;started_on;ended_on;Shoe size
101;Ana María Chi;;Billing;team lead;agent|assessor;2025-01-06;;38
102;Ben Ek;;Billing;agent;agent;2025-01-06;;41
103;José Núñez;jose@example.bz;Night shift;agent;agent;2026-02-16;;42
104;Eva Cal;eva@example.bz;Night shift;agent;agent;2026-02-16;;39
105;=HYPERLINK("x");;Night shift;agent;agent;2026-02-16;;40
106;Ivo Pop;ivo-at-example.bz;Billing;agent;boss;31/02/2026;;40
103;Rosa Tut;;Billing;agent;agent;;;40
"""


def test_a_file_is_looked_at_taken_and_reported(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    firm = house.firm("Toucan Connect")
    team = house.team(firm, "Billing")
    house.person(firm, number="101", name="Ana Chi", team_id=team)
    house.person(firm, number="102", name="Ben Ek", team_id=team)
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula Gentle")
    path = tmp_path / "march hires.csv"
    path.write_text(FILE, encoding="cp1252")

    desk, phone = open_window(DESK), open_window(PHONE)
    for page in (desk, phone):
        sign_in(page, admin)
        page.goto("/people/import")
    seen(desk, "import-desk")
    seen(phone, "import-phone")

    broken = tmp_path / "people.xlsx"
    broken.write_bytes(b"PK\x03\x04 xl/workbook.xml")
    desk.get_by_label("File of people").set_input_files(broken)
    desk.get_by_role("button", name="Look at it").click()
    expect(desk.get_by_role("alert")).to_contain_text("looks like an Excel workbook")
    seen(desk, "import-refused-desk")

    desk.get_by_label("File of people").set_input_files(path)
    desk.get_by_role("button", name="Look at it").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("What this file would do")
    expect(desk.get_by_role("row", name="Ana María Chi")).to_contain_text("Changed")
    seen(desk, "import-preview-desk")
    phone.goto(desk.url)
    seen(phone, "import-preview-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"

    desk.get_by_role("link", name="Refused (4)").click()
    expect(desk.locator("tbody tr")).to_have_count(4)
    desk.get_by_role("button", name="Take 2 people in, leave 4 rows out").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("What this file did")
    seen(desk, "import-report-desk")
    phone.goto(desk.url)
    seen(phone, "import-report-phone")
    desk.goto("/people/import")
    expect(desk.get_by_role("row", name="march hires.csv")).to_contain_text("Taken")
