"""A lead gives the team a course; the agent takes it on a phone; the team page knows. A trainer brings a course in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from lms.courses.archives import write_archive
from lms.courses.packages import read_folder
from lms.foundation.actor import Role
from tests.browser.conftest import DESK, seen
from tests.browser.test_in_a_browser import sign_in
from tests.house import C05, SAMPLE_COURSE, House
from tests.rooms.test_learning import CARDS, passed
from tests.rooms.test_team_learning import LONG_AGO, assign, finish


def narrow(page: Page, *addresses: str) -> None:
    """No page scrolls sideways on a small phone."""
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_a_lead_assigns_the_agent_finishes_and_the_team_page_shows_it(
    house: House, open_window: Callable[..., Page]
) -> None:
    course_id, big = house.course(), house.course(folder=C05)
    firm = house.firm()
    lead = house.person(firm, name="Celia Choc")
    team_id = house.team(firm, "Billing", lead=lead)
    agent = house.person(firm, name="Ana Chi", team_id=team_id)
    stuck = house.person(firm, name="Delroy Usher", team_id=team_id)
    done = house.person(firm, name="Ixchel Pop", team_id=team_id)
    house.person(firm, name="Marisol Requena", team_id=team_id)
    finish(house, stuck, course_id, "hook", ago=LONG_AGO)
    finish(house, done, course_id, *CARDS)
    passed(house, done, course_id)
    week = timedelta(days=7)
    assign(house, lead, big, person_id=stuck.id, due_on=(house.noon - week).date(), now=house.noon - 2 * week)

    desk = open_window(DESK)
    sign_in(desk, lead)
    desk.goto("/me")
    desk.get_by_role("link", name="Team", exact=True).click()
    seen(desk, "team")
    desk.get_by_role("link", name="Stuck 1").click()
    expect(desk.locator("tbody tr")).to_have_count(1)
    desk.goto("/team?q=nobody")
    seen(desk, "team-empty")
    desk.goto("/team")
    desk.get_by_role("link", name="Assign a course").click()
    desk.get_by_label("Course").select_option(label="Say hello")
    desk.get_by_label("Team").select_option(label="Billing")
    desk.get_by_label("Due by").fill("2026-03-09")
    desk.get_by_label("Note").fill("Before the audit on Tuesday.")
    seen(desk, "assign")
    desk.get_by_role("button", name="Assign", exact=True).click()
    expect(desk.locator("h1")).to_have_text("Say hello for Billing")
    seen(desk, "assignment")

    phone = open_window()
    sign_in(phone, agent)
    phone.goto("/today")
    expect(phone.locator("main")).to_contain_text("Assigned by Celia Choc")
    seen(phone, "today-assigned")
    phone.goto(f"/courses/{course_id}")
    expect(phone.locator("main")).to_contain_text("Assigned by Celia Choc, due")
    seen(phone, "course-assigned")
    finish(house, agent, course_id, *CARDS)
    passed(house, agent, course_id)
    phone.goto("/today")
    expect(phone.locator("main")).not_to_contain_text("Assigned by Celia Choc")

    desk.goto("/assignments")
    expect(desk.get_by_role("row", name="Say hello")).to_contain_text("2 of 4")
    seen(desk, "assignments")
    desk.goto("/team")
    expect(desk.get_by_role("row", name="Ana Chi")).to_contain_text("Finished")
    desk.get_by_role("link", name="Ana Chi").click()
    expect(desk.locator("main")).to_contain_text("100%")
    seen(desk, "learner")
    desk.go_back()
    desk.get_by_role("link", name="Delroy Usher").click()
    seen(desk, "learner-stuck")
    desk.goto("/assignments?state=open")
    desk.get_by_role("link", name="Say hello").click()
    desk.get_by_role("link", name="Withdraw").click()
    seen(desk, "withdraw")
    address = desk.url.split("/", 3)[3]
    desk.get_by_role("button", name="Withdraw").click()
    expect(desk.locator("main")).to_contain_text("Withdrawn. What people learnt stays theirs.")

    small = open_window()
    sign_in(small, lead)
    narrow(
        small,
        "/team",
        "/assignments",
        "/assignments/new",
        f"/{address.removesuffix('/withdraw')}",
        f"/team/{stuck.id}",
    )
    seen(small, "learner-phone")
    small.goto("/team")
    seen(small, "team-phone")


def test_a_trainer_brings_a_course_in_and_an_agent_finds_it_by_filters(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    house.course(folder=C05)
    firm = house.firm()
    trainer, agent = house.person(firm, Role.TRAINER, name="Omar Flowers"), house.person(firm, name="Ana Chi")
    package = read_folder(SAMPLE_COURSE)
    files = dict(package.files)

    def archive(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(write_archive(files, package.media.__getitem__, sorted(package.media)))
        return path

    desk = open_window(DESK)
    sign_in(desk, trainer)
    desk.goto("/courses")
    desk.get_by_role("link", name="Upload a course").click()
    files["course.yaml"] = files["course.yaml"].replace("[supervisory]", "[kingly]")
    desk.get_by_label("Zip file of the course").set_input_files(archive("wrong.zip"))
    desk.get_by_role("button", name="Look at it").click()
    expect(desk.locator("main")).to_contain_text("is not a track")
    seen(desk, "upload-problems")
    files["course.yaml"] = package.files["course.yaml"]
    for number, note in enumerate(("First of all", "A clearer close"), start=1):
        files["lessons/hello.md"] = package.files["lessons/hello.md"] + "\nMore.\n" * number
        desk.goto("/courses/upload")
        desk.get_by_label("Zip file of the course").set_input_files(archive(f"hello-{number}.zip"))
        desk.get_by_role("button", name="Look at it").click()
        desk.get_by_label("What is new?").fill(note)
        seen(desk, f"preview-{number}")
        desk.get_by_role("button", name="Publish").click()
        expect(desk.locator("main")).to_contain_text(f"Published as version {number}.")
    seen(desk, "versions")
    versions = desk.url.split("?")[0]
    desk.get_by_role("link", name="Version 1", exact=True).click()
    seen(desk, "version")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download the files").click()
    assert download.value.suggested_filename == "T01-v1.zip"

    phone = open_window()
    sign_in(phone, agent)
    house_course = versions.split("/courses/")[1].split("/")[0]
    phone.goto(f"/courses/{house_course}/lessons/hello")
    phone.goto("/courses")
    seen(phone, "catalogue-plain")
    phone.locator("summary", has_text="Filters").click()
    phone.get_by_label("Track").select_option(label="Supervisory")
    phone.get_by_label("Length").select_option(label="Up to 15 minutes")
    seen(phone, "catalogue-filters")
    phone.get_by_role("button", name="Show").click()
    expect(phone.locator("main")).to_contain_text("1 course")
    seen(phone, "catalogue-filtered")
    phone.get_by_role("link", name="up to 15 min").click()
    expect(phone).not_to_have_url("minutes=15")
    narrow(phone, "/courses", "/courses?q=hello&track=supervisory&minutes=15&language=en&competency=B4")

    small = open_window()
    sign_in(small, trainer)
    narrow(small, versions, "/courses/upload")
    small.goto(versions)
    seen(small, "versions-phone")
