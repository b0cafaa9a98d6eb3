"""Goals in a real session and on their pages: one's own, and a team's sum of those who take part."""

import uuid
from datetime import timedelta

import pytest

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.learning.pages.habit import OwnGoal, TeamGoals, own_goal, team_goals
from lms.learning.rules.habit import Goal, How
from lms.learning.services.habit import choose_goal, set_team_goal, take_part
from lms.people.rules import TimeAway
from lms.people.services.away import enter_leave
from tests.house import House, Someone
from tests.rooms.test_learning_time import learn

DAY = timedelta(days=1)
WEEK = 7 * DAY


def own(house: House, someone: Someone, *, after: timedelta = DAY) -> OwnGoal:
    page: OwnGoal = house.act(someone, own_goal, now=house.noon + after)
    return page


def test_a_goal_of_ones_own_is_met_and_a_week_of_leave_ends_nothing(house: House) -> None:
    firm = house.firm()
    person, admin = house.person(firm), house.person(firm, Role.FIRM_ADMIN)
    assert own(house, person).goal is None
    house.act(person, choose_goal, goal=Goal("minutes", 5))
    learn(house, person, house.course())
    page = own(house, person)
    assert (page.week.minutes, page.week.how, page.streak) == (5, How.MET, 1)
    house.act(person, choose_goal, goal=Goal("minutes", 30), now=house.noon + WEEK)
    last = own(house, person, after=WEEK).earlier[0]
    assert (last.how, last.asked) == (How.MET, 5), "an earlier week keeps its goal"
    assert own(house, person, after=2 * WEEK).streak == 0
    monday = house.noon.date() + WEEK
    leave = TimeAway(monday, monday + 6 * DAY, protected=False, reason="")
    house.act(admin, enter_leave, person_id=person.id, away=leave)
    assert own(house, person, after=2 * WEEK).streak == 1
    for bad in (Goal("minutes", 601), Goal("days", 8), Goal("cards", 3), Goal("minutes", 1)):
        with pytest.raises(Invalid):
            house.act(person, choose_goal, goal=bad)


def test_a_teams_sum_is_of_those_who_take_part_and_only_of_five_or_more(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm, name="Lead")
    team, other = house.team(firm, lead=lead), house.team(firm, "Night")
    members = [house.person(firm, team_id=team) for _ in range(6)]
    course_id = house.course()
    join = {"takes_part": True, "now": house.noon - WEEK}
    with pytest.raises(Conflict):
        house.act(members[0], take_part, **join)
    house.act(lead, set_team_goal, team_id=team, minutes=100)
    for one in members:
        learn(house, one, course_id)

    def seen() -> int | None:
        page: TeamGoals = house.act(lead, team_goals, now=house.noon + DAY)
        return page.sums[team].minutes

    for one in members[:4]:
        house.act(one, take_part, **join)
    assert seen() is None
    house.act(members[4], take_part, **join)
    assert seen() == 20, "five times five, in steps of ten; the sixth is not in it"
    house.act(members[5], take_part, takes_part=True)
    assert seen() == 20, "who joins counts from Monday on"
    shared = own(house, members[5]).team
    assert shared is not None
    assert (shared.takes_part, shared.minutes) == (True, 20)
    house.act(members[5], take_part, takes_part=False)
    assert seen() == 20, "who had not begun to count takes nothing away"
    house.act(members[4], take_part, takes_part=False)
    house.act(members[5], take_part, **join)
    assert seen() is None, "what is missing would be theirs"
    house.act(lead, set_team_goal, team_id=team, minutes=0)
    assert own(house, members[0]).team is None
    stranger, theirs = house.firm("Else"), uuid.uuid4()
    for somebody, place, error in (
        (lead, other, NotAllowed),
        (lead, theirs, NotFound),
        (lead, house.team(stranger, "Theirs"), NotFound),
        (members[0], team, NotAllowed),
    ):
        with pytest.raises(error):
            house.act(somebody, set_team_goal, team_id=place, minutes=50)
    with pytest.raises(Invalid):
        house.act(lead, set_team_goal, team_id=team, minutes=5)


@pytest.mark.sqlite_is_enough
def test_goals_by_plain_forms(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm)
    team = house.team(firm, lead=lead)
    phone, desk = house.client(house.person(firm, team_id=team)), house.client(lead)
    assert b"You have none" in phone.get("/me/goal").get_data()
    assert phone.post("/me/goal", data={"amount": "900", "kind": "minutes"}).status_code == 422
    assert phone.post("/me/goal", data={"amount": "x", "kind": "minutes"}).status_code == 422
    assert phone.post("/me/goal", data={"amount": "2", "kind": "days"}).status_code == 302
    assert b"0 of 2 days so far" in phone.get("/me/goal").get_data()
    assert phone.post("/me/goal/none").status_code == 302
    assert b"You have none" in phone.get("/me/goal").get_data()
    assert desk.post(f"/team/goals/{team}", data={"minutes": "x"}).status_code == 422
    assert desk.post(f"/team/goals/{team}", data={"minutes": "120"}).status_code == 302
    assert b'value="120"' in desk.get("/team/goals").get_data()
    assert phone.get("/team/goals").status_code == 403
    assert phone.post("/me/goal/team", data={"how": "join"}).status_code == 302
    page = phone.get("/me/goal").get_data()
    assert b"You take part from" in page
    assert b"Stop taking part" in page
