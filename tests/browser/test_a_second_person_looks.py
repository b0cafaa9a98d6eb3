"""An author names a reviewer and asks; the reviewer reads, comments, approves; the author publishes. Then the origin moves on."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from lms.courses.packages import read_folder, understand
from lms.courses.services import drafts, publish_package
from lms.courses.services.people import set_policy
from lms.foundation.actor import Role
from tests.browser.conftest import DESK, PHONE, seen
from tests.house import ASSOCIATION, PASSWORD, SAMPLE_COURSE, House, Someone


def sign_in(page: Page, someone: Someone) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail or employee number").fill(someone.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def look(page: Page, name: str) -> None:
    """Look at a page at both sizes, light and dark; it never scrolls sideways."""
    for size, where in ((DESK, "desk"), (PHONE, "phone")):
        page.set_viewport_size(size)
        seen(page, f"owned-{name}-{where}")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide at {where}"
    page.set_viewport_size(DESK)


def test_from_a_name_on_a_course_to_an_approved_version(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    storage = app.extensions["storage"]
    origin = house.course()
    firm = house.firm()
    author = house.person(firm, Role.TRAINER, name="Ana Author")
    reviewer = house.person(firm, Role.ASSESSOR, name="Rita Reviewer")
    admin = house.person(firm, Role.FIRM_ADMIN, name="Adela Admin")
    association = house.person(ASSOCIATION, Role.TRAINER, Role.ASSOCIATION, name="Asa")
    course = house.act(author, drafts.copy_to_adapt, course_id=origin).id
    house.act(admin, set_policy, only_named=True, reviewed=True)

    desk = open_window(DESK)
    sign_in(desk, author)
    desk.goto(f"/studio/{course}/people?q=rita")
    look(desk, "people")
    desk.get_by_role("button", name="Add as reviewer").click()
    expect(desk.get_by_role("listitem").filter(has_text="Rita Reviewer").first).to_be_visible()
    desk.goto(f"/studio/{course}/publish")
    expect(desk.get_by_text("a second person approves a course first")).to_be_visible()
    desk.get_by_role("link", name="To the review").click()
    desk.get_by_label("What should the reviewer look at?").fill("Is the greeting right for our floor?")
    desk.get_by_role("button", name="Ask for a review").click()
    expect(desk.get_by_text("Waits for a review")).to_be_visible()

    other = open_window(DESK)
    sign_in(other, reviewer)
    other.goto("/studio/reviews")
    look(other, "reviews")
    other.get_by_role("link", name="Say hello").click()
    other.get_by_label("About").select_option(label="Hello · What would you say?")
    other.get_by_label("Comment", exact=True).fill("Our agents say their name first.")
    other.get_by_role("button", name="Write the comment").click()
    expect(other.get_by_text("Our agents say their name first.").first).to_be_visible()
    look(other, "review")
    other.get_by_role("link", name="Hello", exact=True).click()
    expect(other.get_by_role("heading", name="A call comes in")).to_be_visible()
    other.go_back()
    other.get_by_role("button", name="Approve").click()
    expect(other.get_by_text("Approved as it is")).to_be_visible()

    desk.goto(f"/studio/{course}/publish")
    desk.get_by_label("What is new?").fill("Our copy")
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("reviewed by Rita Reviewer")).to_be_visible()

    whole = read_folder(SAMPLE_COURSE)
    hello = whole.files["lessons/hello.md"].replace("Good morning.", "Good morning, this is Marisol.")
    house.act(
        association,
        publish_package,
        package=understand({**whole.files, "lessons/hello.md": hello}, whole.media, []),
        storage=storage,
        note="The agent says her name",
    )
    desk.goto(f"/studio/{course}")
    desk.get_by_role("link", name="See what changed, and take or leave it").click()
    look(desk, "upstream")
    desk.get_by_role("button", name="Take it").click()
    expect(desk.get_by_text("Nothing waits")).to_be_visible()
    desk.goto("/help/authors#a-second-person-looks")
    look(desk, "help")

    desk.goto(f"/studio/{course}/questions/new?kind=single")
    desk.get_by_label("What is asked").fill("Who says the name first?")
    desk.get_by_role("button", name="Add an option").click()
    desk.locator("#q-options-3-text").fill("Nobody")
    desk.reload()
    expect(desk.get_by_text("This device kept this question")).to_be_visible()
    desk.get_by_role("button", name="Bring it back").click()
    expect(desk.locator("#q-options-3-text")).to_have_value("Nobody")
    expect(desk.get_by_label("What is asked")).to_have_value("Who says the name first?")
    desk.locator("[data-sheet]").get_by_role("button", name="Save").first.click()
    expect(desk.get_by_text("Saved.")).to_be_visible()
    desk.goto(f"/studio/{course}/questions/new?kind=single")
    expect(desk.get_by_text("This device kept this question")).to_be_hidden()

    boss = open_window(DESK)
    sign_in(boss, admin)
    boss.goto("/studio/rules")
    look(boss, "rules")
