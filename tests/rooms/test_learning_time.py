"""The time log in a real session and through its pages: what is counted, who sees it, and the file for payroll."""

import csv
import io
import uuid
from datetime import timedelta

import pytest

from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.foundation.actor import Role
from lms.foundation.errors import Invalid, NotAllowed, NotFound
from lms.learning import services
from lms.learning.pages.time_log import OwnTime, Times, own_time, times_page
from lms.learning.queries.time_log import Period
from lms.learning.rules.running import Terms
from lms.learning.rules.time_log import Minutes
from lms.learning.services.assigning import assign, withdraw
from lms.learning.services.keeping_days import change_terms
from tests.house import House, Someone

MINUTE = timedelta(minutes=1)
CARDS = ("hook", "say", "next-call")


def learn(house: House, someone: Someone, course_id: uuid.UUID, *, offline: bool = False) -> None:
    """Three cards, two minutes apart; without a network they arrive together the next day."""
    for number, card in enumerate(CARDS):
        at = house.noon + 2 * number * MINUTE
        fact = services.FinishedCard(uuid.uuid4(), course_id, "hello", card, at if offline else None)
        house.act(
            someone, services.finish_card, fact=fact, now=house.noon + timedelta(days=1) if offline else at
        )


def own(house: House, someone: Someone) -> OwnTime:
    page: OwnTime = house.act(someone, own_time, month=None, now=house.noon + timedelta(days=2))
    return page


def all_of(house: House, reader: Someone, **asked: object) -> Times:
    asked = {"period": None, "team_id": None} | asked
    page: Times = house.act(reader, times_page, now=house.noon + timedelta(days=2), **asked)
    return page


def test_cards_and_an_assessment_make_the_minutes_of_their_day(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    learn(house, person, course_id)
    assert own(house, person).days == {house.noon.date(): Minutes(0, 5)}
    attempt = uuid.uuid4()
    began = house.noon + 60 * MINUTE
    house.act(
        person,
        start_attempt,
        assessment_id=house.assessment(course_id),
        attempt_id=attempt,
        now=began,
    )
    for position, raw in house.right_answers(person, attempt).items():
        given = Given(uuid.uuid4(), attempt, position, raw, 1, None)
        house.act(person, record_response, given=given, now=began + position * MINUTE)
    house.act(person, submit_attempt, attempt_id=attempt, now=began + 6 * MINUTE)
    page = own(house, person)
    assert page.total == Minutes(0, 5 + 1 + 6)
    assert page.total.paid(page.day.terms.paid) == 0, "nobody asked for it"


def test_what_was_done_without_a_network_counts_on_its_own_day_and_says_so(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    learn(house, person, course_id, offline=True)
    assert own(house, person).days == {house.noon.date(): Minutes(0, 5, 5)}


def test_what_was_asked_is_required_also_when_it_was_withdrawn_afterwards(house: House) -> None:
    firm = house.firm()
    team = house.team(firm)
    trainer, person = house.person(firm, Role.TRAINER), house.person(firm, team_id=team)
    admin = house.person(firm, Role.FIRM_ADMIN)
    course_id = house.course()
    asked = {"course_id": course_id, "person_id": None, "due_on": None, "note": ""}
    assignment = house.act(trainer, assign, team_id=team, **asked)
    learn(house, person, course_id)
    assert own(house, person).total == Minutes(5, 0)
    house.act(trainer, withdraw, assignment_id=assignment.id, now=house.noon + timedelta(days=1))
    page = own(house, person)
    assert (page.total, page.total.paid(page.day.terms.paid)) == (Minutes(5, 0), 5)
    house.act(admin, change_terms, terms=Terms(paid="none"))
    assert own(house, person).day.terms.paid == "none"
    with pytest.raises(Invalid):
        house.act(admin, change_terms, terms=Terms(paid="some"))


def test_managers_see_their_firm_by_team_and_nobody_else_sees_it(house: House) -> None:
    firm, other = house.firm(), house.firm("Else")
    day, night = house.team(firm, "Day"), house.team(firm, "Night")
    manager = house.person(firm, Role.MANAGER, name="Zoe")
    ana = house.person(firm, name="Ana", team_id=day, number="A-1")
    ben = house.person(firm, name="Ben", team_id=night)
    cara = house.person(other, name="Cara")
    course_id = house.course()
    for one in (ana, ben, cara):
        learn(house, one, course_id)
    lines = {worker.name: minutes.total for worker, minutes in all_of(house, manager).totals}
    assert lines == {"Ana": 5, "Ben": 5, "Zoe": 0}
    assert [worker.name for worker, _days in all_of(house, manager, team_id=day).lines] == ["Ana"]
    theirs = house.team(other, "Theirs")
    for team_id in (theirs, uuid.uuid4()):
        with pytest.raises(NotFound):
            all_of(house, manager, team_id=team_id)
    lead = house.person(firm, Role.ASSESSOR)
    house.team(firm, "Led", lead=lead)
    for neighbour in (ana, lead, house.person(firm, Role.TRAINER)):
        with pytest.raises(NotAllowed):
            all_of(house, neighbour)
    today = house.noon.date()
    with pytest.raises(Invalid):
        all_of(house, manager, period=Period(today, today - timedelta(days=1)))
    with pytest.raises(Invalid):
        all_of(house, manager, period=Period(today, today + timedelta(days=62)))


@pytest.mark.sqlite_is_enough
def test_payroll_gets_a_line_for_each_person_and_day(house: House) -> None:
    firm = house.firm()
    manager, ana = house.person(firm, Role.MANAGER), house.person(firm, name="=Ana", number="A-1")
    learn(house, ana, house.course())
    client = house.client(manager)
    period = "since=2026-03-01&until=2026-03-31"
    text = client.get(f"/time/report.csv?{period}").get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1] == ["A-1", "'=Ana", "", "2026-03-02", "0", "5", "5", "0", "0"]
    assert any("Paid here" in cell for row in rows for cell in row), "the policy stands on it"
    assert client.get(f"/time/report.xlsx?{period}").get_data().startswith(b"PK")
    assert client.get("/time?since=2026-03-31&until=2026-03-01").status_code == 422
    assert client.get("/time?since=x&until=2026-03-01").status_code == 422
    assert b"=Ana" in client.get("/time").get_data()
    phone = house.client(ana)
    assert b"5 min" in phone.get("/me/time?month=2026-03").get_data()
    assert b"Nothing was recorded" in phone.get("/me/time?month=2025-12").get_data()
    assert phone.get("/me/time/report.csv").status_code == 200
    assert phone.get("/time").status_code == 403
