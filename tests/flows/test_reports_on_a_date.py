"""Reports on a date: made in the background with their filters, kept for a while, only for who may still see the list."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from lms.foundation.actor import Role
from lms.people.models import EmploymentRole, Team
from lms.tracks.models import ReportFile, ReportPlan
from lms.tracks.rules.reports import FILTERS, When, next_run
from tests.house import House, Someone

SENT = {"form": "csv", "rhythm": "week", "weekday": "2", "month_day": "1", "hour": "7", "keep_weeks": "2"}
TUESDAY = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
"""Seven in the morning in Belize, the day after every test's noon."""


def planned(house: House) -> tuple[Someone, FlaskClient, str]:
    """A manager who has planned the board of one team."""
    firm = house.firm()
    team = house.team(firm, "Night")
    house.person(firm, name="Ana Chi", team_id=team)
    house.person(firm, name="Ben Pop")
    manager = house.person(firm, Role.MANAGER)
    client = house.client(manager)
    reply = client.post(f"/reports/plan?list=board&rung=S1&team={team}", data=SENT)
    assert reply.status_code == 302, reply.get_data(as_text=True)
    return manager, client, str(team)


def at(house: House, moment: datetime) -> None:
    house.app.config["NOW"] = moment


def test_a_planned_list_is_made_with_its_filters_kept_and_deleted_with_a_word(house: House) -> None:
    manager, client, _team = planned(house)
    assert house.work() == 0, "its day has not come"
    at(house, TUESDAY)
    assert house.work() == 1
    page = client.get("/reports").get_data(as_text=True)
    assert "Team: Night" in page
    assert "Made on 2026-03-03." in page
    assert "New" in page
    address = re.search(r'href="(/reports/[0-9a-f-]{36})"', page)
    assert address is not None
    text = client.get(address[1]).get_data(as_text=True)
    assert "Ana Chi" in text
    assert "Ben Pop" not in text, "the filter holds"
    assert "Team: Night" in text
    assert ">New<" not in client.get("/reports").get_data(as_text=True)

    at(house, TUESDAY + timedelta(weeks=2))
    assert house.work() == 2, "the next one, and the deleting of the first"
    page = client.get("/reports").get_data(as_text=True)
    assert "as it was to be" in page
    assert client.get(address[1]).status_code == 404
    with house.writing(manager.firm_id) as session:
        rows = session.scalars(
            select(ReportFile).where(ReportFile.firm_id == manager.firm_id).order_by(ReportFile.made_at)
        ).all()
    assert [one.content is None for one in rows] == [True, False]

    plan = re.search(r"/reports/plans/([0-9a-f-]{36})/end", page)
    assert plan is not None
    assert client.post(f"/reports/plans/{plan[1]}/end").status_code == 302
    at(house, TUESDAY + timedelta(weeks=6))
    assert house.work() == 1, "only the deleting is left to do"


def test_a_former_manager_gets_nothing_and_the_office_reads_why(house: House) -> None:
    manager, client, _team = planned(house)
    admin = house.client(house.person(manager.firm_id, Role.FIRM_ADMIN))
    with house.writing(manager.firm_id) as session:
        session.execute(
            update(EmploymentRole)
            .where(EmploymentRole.firm_id == manager.firm_id, EmploymentRole.person_id == manager.id)
            .values(role=Role.AGENT)
        )
        # They lead the team still, so the board itself would open to them: planning is a manager's.
        session.execute(update(Team).where(Team.firm_id == manager.firm_id).values(lead_id=manager.id))
    at(house, TUESDAY)
    assert house.work() == 1
    with house.writing(manager.firm_id) as session:
        assert session.scalars(select(ReportFile.id).where(ReportFile.firm_id == manager.firm_id)).all() == []
    assert client.get("/reports").status_code == 403
    assert "You do not have permission" in admin.get("/jobs").get_data(as_text=True)
    at(house, TUESDAY + timedelta(weeks=1))
    assert house.work() == 0, "nor is it tried again"


def test_a_list_that_cannot_be_made_says_why_and_the_next_is_tried(house: House) -> None:
    manager, client, _team = planned(house)
    with house.writing(manager.firm_id) as session:
        session.execute(
            update(ReportPlan)
            .where(ReportPlan.firm_id == manager.firm_id)
            .values(filters={"rung": "no-such-rung"})
        )
    at(house, TUESDAY)
    assert house.work() == 1
    page = client.get("/reports").get_data(as_text=True)
    assert "Not made" in page
    assert "There is no such rung." in page
    at(house, TUESDAY + timedelta(weeks=1))
    assert house.work() == 1


@pytest.mark.sqlite_is_enough
def test_each_list_in_each_form_is_made_without_a_request(house: House) -> None:
    firm = house.firm()
    agent = house.person(firm)
    client = house.client(house.person(firm, Role.MANAGER))
    for name in FILTERS:
        for form in ("csv", "xlsx", "pdf"):
            path = f"/reports/plan?list={name}&person={agent.id}"
            assert client.post(path, data={**SENT, "form": form}).status_code == 302
    at(house, TUESDAY)
    assert house.work() == 12
    page = client.get("/reports").get_data(as_text=True)
    addresses = re.findall(r'href="(/reports/[0-9a-f-]{36})"', page)
    assert len(addresses) == 12, page
    starts = {"csv": b"\xef\xbb", "xlsx": b"PK", "pdf": b"%P"}
    for one in addresses:
        reply = client.get(one)
        form = reply.headers["Content-Disposition"].rstrip('"').rpartition(".")[2]
        assert reply.get_data()[:2] == starts[form]


def test_the_neighbours_see_none_of_it(house: House) -> None:
    manager, _client, _team = planned(house)
    at(house, TUESDAY)
    house.work()
    with house.writing(manager.firm_id) as session:
        made = session.scalars(select(ReportFile).where(ReportFile.firm_id == manager.firm_id)).one()
    other = house.firm("Maya")
    for role in (Role.AGENT, Role.TRAINER, Role.MANAGER):
        for firm in (manager.firm_id, other):
            client = house.client(house.person(firm, role))
            for reply in (
                client.get(f"/reports/{made.id}"),
                client.post(f"/reports/plans/{made.plan_id}/end"),
                client.post(f"/reports/plans/{made.plan_id}/again"),
            ):
                assert reply.status_code == (404 if role is Role.MANAGER else 403)
            assert "Night" not in client.get("/reports").get_data(as_text=True)


@pytest.mark.no_database
def test_the_next_moment_is_after_and_on_its_day_also_where_clocks_change() -> None:
    berlin, belize = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Belize")
    noon = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    assert next_run(When(False, 1, 12), belize, noon) == noon + timedelta(weeks=1), "this one is not after it"
    assert next_run(When(False, 1, 13), belize, noon) == noon + timedelta(hours=1)
    assert next_run(When(True, 28, 7), belize, noon) == datetime(2026, 3, 28, 13, tzinfo=UTC)
    winter = next_run(When(True, 28, 7), berlin, noon)
    summer = next_run(When(True, 28, 7), berlin, winter)
    assert (winter.hour, summer.hour) == (6, 5), "seven where the firm is"
