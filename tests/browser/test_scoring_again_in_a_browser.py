"""A wrong key from the figures to the agent's phone; an assessor's gold contacts to the manager's list of licences."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.assessments.models import Rescored
from lms.foundation.actor import Role
from lms.people.models import EmploymentRole
from tests.browser.conftest import DESK, PHONE, seen, signed_in
from tests.flows.test_licences import FORM, GOLD, rate_all
from tests.house import SAMPLE_COURSE, House, Someone
from tests.sat import Sitting, sit, write_course


def test_a_wrong_key_is_put_right_and_an_assessor_licensed(
    house: House, open_window: Callable[..., Page], tmp_path: Path
) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER, Role.MANAGER, name="Tia Trainer")
    assessor = house.person(firm, Role.ASSESSOR, name="Abel Assessor")
    course_id = house.course(trainer, write_course(tmp_path / SAMPLE_COURSE.name, 40))
    sit(house, firm, course_id, Sitting(people=110, seed=5))

    desk = signed_in(open_window(DESK), house, trainer)
    desk.goto(f"/studio/{course_id}/questions/analysis?only=flagged")
    desk.get_by_role("link", name="Score everybody again").first.click()
    desk.get_by_label("Another answer is right").check()
    desk.get_by_role("checkbox", name="A Way a of 1").uncheck()
    desk.get_by_role("checkbox", name="B Way b of 1").check()
    desk.get_by_role("button", name="See who changes").click()
    expect(desk.locator("#preview")).to_contain_text("110 attempts were asked this.")
    seen(desk, "rescore-preview")
    desk.get_by_label("Why", exact=True).fill("The key said A, and B is right.")
    desk.get_by_role("button", name="Score everybody again").click()
    expect(desk.locator("main")).to_contain_text("Another answer is right: B")
    desk.goto("/scored-again")
    expect(desk.locator("main")).to_contain_text("The key said A, and B is right.")
    seen(desk, "scored-again")
    desk.goto("/marking/sittings")
    seen(desk, "sittings")

    with house.writing(firm) as session:
        risen = session.scalars(
            select(Rescored).where(Rescored.firm_id == firm, Rescored.score > Rescored.was_score)
        ).first()
        assert risen is not None
        session.add(EmploymentRole(firm_id=firm, person_id=risen.person_id, role=Role.AGENT))
    phone = signed_in(open_window(PHONE), house, Someone(risen.person_id, firm, "Sitter", ""))
    phone.goto("/today")
    expect(phone.locator("main")).to_contain_text("A question was looked at again")
    seen(phone, "today-scored-again")
    phone.get_by_role("button", name="I have read it").click()
    expect(phone.locator("main")).not_to_contain_text("looked at again")

    small = signed_in(open_window(PHONE), house, assessor)
    small.goto("/ratings/calibration")
    small.get_by_role("link", name="Begin").click()
    seen(small, "gold-phone")
    rate_all(house, assessor)
    small.goto(f"/ratings/calibration/{FORM}/rounds/1")
    expect(small.locator("main")).to_contain_text(GOLD[0].title)
    seen(small, "calibration-round")
    small.goto("/ratings/calibration")
    seen(small, "calibration")
    desk.goto("/licences")
    expect(desk.get_by_role("row", name="Abel Assessor")).to_contain_text("until")
    seen(desk, "licences")
    desk.goto(f"/licences/contacts/{FORM}/new")
    seen(desk, "gold-new")
