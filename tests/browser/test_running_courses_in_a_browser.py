"""A trainer makes a group and a rule, sees who is stuck where, asks them to go on; the agent sees it on a phone."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from lms.learning.services.keeping_days import add_holiday
from tests.browser.conftest import DESK, PHONE, seen, signed_in
from tests.house import House
from tests.rooms.test_learning import finish, publish
from tests.rooms.test_running_courses import TODAY, complete, second


def test_a_group_from_nothing_to_a_note_on_the_agents_phone(
    house: House, open_window: Callable[..., Page]
) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER, Role.FIRM_ADMIN, name="Tia Trainer")
    course_id = house.course(trainer)
    later = publish(house, trainer, second(more="prerequisites: [T01]\nvalid_months: 12\n"))
    night = house.team(firm, "Night")
    stuck = house.person(firm, name="Ana Chi", team_id=night, number="100")
    done = house.person(firm, name="Ixchel Pop", team_id=night, number="101")
    house.person(firm, name="Delroy Usher", team_id=night, number="102")
    finish(house, stuck, course_id, "hook", later=-timedelta(days=20))
    complete(house, done, course_id)
    house.act(trainer, add_holiday, on=TODAY + timedelta(days=14), name="Commonwealth Day")

    desk = signed_in(open_window(DESK), house, trainer)
    desk.goto("/cohorts")
    seen(desk, "groups-empty")
    desk.get_by_role("link", name="Make a group").first.click()
    desk.get_by_label("Name", exact=True).fill("March intake")
    desk.get_by_label("First day").fill("2026-03-01")
    desk.get_by_label("Last day").fill("2026-03-16")
    desk.get_by_label("Say hello").check()
    desk.get_by_label("Course T02").check()
    seen(desk, "group-form")
    desk.get_by_role("button", name="Make the group").click()
    desk.get_by_label("Employee numbers").fill("100\n101\n102\n999")
    desk.get_by_role("button", name="Put in").click()
    expect(desk.locator("main")).to_contain_text("Nobody who works here has this number")
    seen(desk, "group-people")
    desk.get_by_role("link", name="Back to the group").click()
    desk.get_by_role("link", name="Say hello", exact=True).click()
    expect(desk.get_by_role("row", name="Ana Chi")).to_contain_text("Stuck")
    seen(desk, "group")
    desk.get_by_role("button", name="Ask Ana Chi").click()
    expect(desk.locator("main")).to_contain_text("It is on their Today page now.")
    desk.goto("/cohorts")
    seen(desk, "groups")
    desk.goto("/enrolment-rules/new")
    desk.get_by_label("Course").select_option(label="Course T02")
    desk.get_by_label("Team").select_option(label="Night")
    seen(desk, "rule-form")
    desk.get_by_role("button", name="See whom it is about").click()
    seen(desk, "rule-before")
    desk.get_by_role("button", name="Switch on").click()
    expect(desk.locator("main")).to_contain_text("The rule is on.")
    for address, name in (
        ("/enrolment-rules", "rules"),
        ("/days", "days"),
        (f"/courses/{later}/terms", "terms"),
        (f"/team/{stuck.id}", "learner"),
    ):
        desk.goto(address)
        seen(desk, name)

    phone = signed_in(open_window(PHONE), house, stuck)
    phone.goto("/today")
    expect(phone.locator("main")).to_contain_text("Your trainer Tia Trainer asks you to go on with Say hello")
    expect(phone.locator("main")).to_contain_text("First: Say hello")
    seen(phone, "today-asked")
    phone.goto(f"/courses/{later}")
    expect(phone.locator("main")).to_contain_text("Something else comes first")
    expect(phone.locator("main")).to_contain_text("Because you joined the team Night")
    seen(phone, "course-later")
    phone.get_by_role("link", name="Say hello").first.click()
    expect(phone.locator("h1")).to_have_text("Say hello")
