"""A manager brings figures in and reads them; a lead's day; an agent's route: on a desk and on a phone."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from tests.browser.conftest import DESK, PHONE, seen
from tests.browser.test_in_a_browser import sign_in
from tests.house import House

HEADER = "Who,Queue,Turno,Month,QA,Evaluations,Critical errors,Adherence,Shifts,CSAT,Surveys,AHT,Calls\n"


def figures() -> str:
    """Three months of ten people, and rows that cannot be taken."""
    rows = [
        f"{person:05},Billing,Day,{month},{78 + person * 2 + turn},{5 + turn},0,{90 + person % 5},20,"
        f"{70 + person},100,{260 + 9 * person},{400 + person}\n"
        for person in range(1, 11)
        for turn, month in enumerate(("2025-12", "2026-01", "2026-02"))
    ]
    return (
        HEADER
        + "".join(rows)
        + "77777,Billing,Day,2026-01,90,5,0,90,20,70,100,300,400\n00001,Billing,Day,soon,,,,,,,,300,0\n"
    )


def test_figures_from_the_file_to_the_strip_and_the_route(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    house.course()
    firm = house.firm("Toucan Connect")
    manager = house.person(firm, Role.MANAGER, name="Victor Usher")
    lead = house.person(firm, Role.AGENT, name="Marcus Arana", job_role="team lead")
    team = house.team(firm, "Billing", lead=lead)
    agents = [
        house.person(
            firm,
            name=f"Ana {chr(64 + place)}. Cal",
            number=f"{place:05}",
            team_id=team,
            started_on=date(2024, 1, 8),
        )
        for place in range(1, 11)
    ]
    path = tmp_path / "february.csv"
    path.write_text(figures())
    desk, phone = open_window(DESK), open_window(PHONE)
    for page in (desk, phone):
        sign_in(page, manager)
    desk.goto("/figures/targets")
    desk.get_by_label("Queue").fill("Billing")
    desk.get_by_label("Target", exact=True).fill("80")
    desk.get_by_label("Metric", exact=True).select_option("qa")
    desk.get_by_role("button", name="Set the target").click()
    expect(desk.get_by_role("cell", name="80.0")).to_be_visible()
    seen(desk, "figures-targets-desk")

    desk.goto("/figures/import")
    desk.get_by_label("Which tool is it from?").fill("Quality tool")
    desk.get_by_label("File of figures").set_input_files(path)
    seen(desk, "figures-import-desk")
    desk.get_by_role("button", name="Look at it").click()
    expect(desk.locator("main")).to_contain_text("The file does not say: Employee number")
    desk.get_by_label("It is: Who").select_option("person")
    seen(desk, "figures-columns-desk")
    desk.get_by_role("button", name="Keep and look again").click()
    expect(desk.locator("main")).to_contain_text("Nobody here has employee number 77777")
    seen(desk, "figures-preview-desk")
    phone.goto(desk.url)
    seen(phone, "figures-preview-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    desk.get_by_role("button", name="Take 30 rows").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("What this file did")

    for page, size in ((desk, "desk"), (phone, "phone")):
        page.goto("/figures?metric=csat")
        expect(page.get_by_role("row", name="Ana A. Cal")).to_contain_text("71.0%")
        seen(page, f"figures-{size}")
        page.goto(f"/board/people/{agents[0].id}?rung=S1")
        page.get_by_text("The numbers", exact=True).first.click()
        page.get_by_text("Step by step", exact=True).first.click()
        seen(page, f"figures-person-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
        page.goto("/pipeline")
        seen(page, f"pipeline-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"

    theirs, own = open_window(PHONE), open_window(PHONE)
    sign_in(theirs, lead)
    theirs.goto("/team-today")
    expect(theirs.locator("main")).to_contain_text("Due for an observation")
    seen(theirs, "team-today-phone")
    theirs.get_by_role("link", name=re.compile("Note.*Ana A. Cal")).click()
    theirs.get_by_label("What did you agree?").fill("One open question before the account page.")
    theirs.get_by_label("When do you look at it again?").fill("2026-03-09")
    theirs.get_by_role("button", name="Keep it").click()
    expect(theirs.locator("main")).to_contain_text("One open question")
    seen(theirs, "notes-phone")
    sign_in(own, agents[0])
    own.goto("/path")
    expect(own.get_by_role("heading", name="Your route")).to_be_visible()
    seen(own, "path-route-phone")
    own.get_by_role("link", name="What my lead and I agreed").click()
    expect(own.locator("main")).to_contain_text("One open question")
    seen(own, "my-notes-phone")
