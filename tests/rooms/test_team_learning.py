"""Looking after people's learning: who sees whom, what words are true, assigning, changing, withdrawing."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.policy import Permissions
from lms.learning.pages import team as pages
from lms.learning.pages import today_page
from lms.learning.pages.today import Choice
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import team
from lms.learning.queries.assignments import AssignmentsWanted
from lms.learning.queries.calendar import find_day
from lms.learning.queries.due import list_due
from lms.learning.queries.team import TeamWanted
from lms.learning.rules import ASSIGNMENT_STATES, Standing
from lms.learning.services import FinishedCard, assigning, finish_card
from lms.learning.services.assigning import Wish
from lms.people.models import AuditEntry, Employment, Firm
from tests.house import House, Someone
from tests.rooms.test_learning import CARDS, passed

LONG_AGO = timedelta(days=15)


def finish(
    house: House, person: Someone, course_id: uuid.UUID, *cards: str, ago: timedelta = timedelta()
) -> None:
    """Finish cards of the sample lesson."""
    for card in cards:
        fact = FinishedCard(uuid.uuid4(), course_id, "hello", card)
        house.act(person, finish_card, fact=fact, now=house.noon - ago)


def assign(house: House, by: Someone, course_id: uuid.UUID, **said: Any) -> Any:
    """Say that somebody must take a course."""
    now = {"now": said.pop("now")} if "now" in said else {}
    whole = {"team_id": None, "person_id": None, "due_on": None, "note": ""} | said
    return house.act(by, assigning.assign, course_id=course_id, **whole, **now)


def words(house: House, by: Someone, **wanted: Any) -> dict[str, tuple[Standing, ...]]:
    """What the team page says of everybody it lists, in its order."""
    page = house.act(by, pages.team_page, wanted=TeamWanted(**wanted))
    return {one.name: one.standings(house.noon) for one in page.lines.people}


def act_names(house: House, firm: uuid.UUID) -> list[str]:
    with house.writing(firm) as session:
        return list(
            session.scalars(
                select(AuditEntry.act).where(AuditEntry.firm_id == firm).order_by(AuditEntry.number)
            )
        )


# Who sees whom


def test_the_permission_and_its_sql_twin_agree_on_a_small_world(house: House) -> None:
    firm = house.firm()
    lead, deputy = house.person(firm), house.person(firm)
    top = house.team(firm, "Top", lead=lead)
    below = house.team(firm, "Below", parent=top, lead=deputy)
    house.team(firm, "Elsewhere")
    for team_id in (top, below, None):
        house.person(firm, team_id=team_id)
    house.person(firm, team_id=house.team(firm, "Far"))
    readers = [lead, deputy, *(house.person(firm, role, team_id=top) for role in Role)]
    table, compared = Permissions(POLICY), 0
    for reader in readers:
        actor, day = house.actor(reader), house.act(reader, find_day)
        with house.writing(firm) as session:
            everybody = session.scalars(select(Employment).where(Employment.firm_id == firm)).all()
            listed = {
                one.person_id
                for one in team.list_team_learning(
                    session, actor=actor, wanted=TeamWanted(), day=day, now=house.noon
                ).people
            }
            allowed = {
                one.person_id for one in everybody if table.allows(actor, LearningPermission.SEE_TEAM, one)
            }
        assert listed == allowed, reader.name
        compared += len(everybody)
    assert compared > 80


def test_a_lead_sees_the_teams_they_lead_and_nobody_elses(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm, name="Lea Lead")
    mine = house.team(firm, "Mine", lead=lead)
    other_lead = house.person(firm, name="Otto Other")
    theirs = house.team(firm, "Theirs", lead=other_lead)
    member = house.person(firm, name="Ana Chi", team_id=mine)
    neighbour = house.person(firm, name="Ben Cal", team_id=theirs)
    assert list(words(house, lead)) == ["Ana Chi"]
    assert house.act(lead, pages.learner_page, person_id=member.id).person.name == "Ana Chi"
    with pytest.raises(NotAllowed):
        house.act(lead, pages.learner_page, person_id=neighbour.id)
    with pytest.raises(NotFound):
        house.act(lead, pages.team_page, wanted=TeamWanted(team_id=theirs))
    for page in (pages.team_page, pages.team_file):
        with pytest.raises(NotAllowed):
            house.act(member, page, wanted=TeamWanted())


def test_another_firms_person_is_not_found_like_nobody(house: House) -> None:
    trainer = house.person(house.firm("Ours"), Role.TRAINER)
    stranger = house.person(house.firm("Theirs"))
    for person_id in (stranger.id, uuid.uuid4()):
        with pytest.raises(NotFound, match="There is no such person"):
            house.act(trainer, pages.learner_page, person_id=person_id)


# Words


def test_each_person_has_the_words_that_are_true_of_them(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    manager = house.person(firm, Role.MANAGER, name="Zoe Zul")
    stuck, moving, finished, late = (
        house.person(firm, name=name) for name in ("Ana Ab", "Bea Bo", "Cy Cal", "Dan Du")
    )
    finish(house, stuck, course_id, "hook", ago=LONG_AGO)
    finish(house, moving, course_id, "hook", ago=timedelta(days=13))
    finish(house, finished, course_id, *CARDS)
    passed(house, finished, course_id)
    early = house.noon - timedelta(days=9)
    for one in (stuck, finished, late):
        assign(house, manager, course_id, person_id=one.id, due_on=date(2026, 3, 1), now=early)
    expected = {
        "Ana Ab": (Standing.OVERDUE, Standing.STUCK),
        "Bea Bo": (Standing.UNDER_WAY,),
        "Cy Cal": (Standing.FINISHED,),
        "Dan Du": (Standing.OVERDUE, Standing.NOT_BEGUN),
        "Zoe Zul": (Standing.NOT_BEGUN,),
    }
    assert words(house, manager) == expected
    counts = house.act(manager, pages.team_page, wanted=TeamWanted(standing=Standing.STUCK)).counts
    for standing in Standing:
        found = list(words(house, manager, standing=standing))
        assert found == [name for name, true in expected.items() if standing in true], standing
        assert counts[standing] == len(found)
    for one in (stuck, moving, finished, late):
        page = house.act(manager, pages.learner_page, person_id=one.id)
        assert page.standings == expected[one.name]


def test_an_attempt_is_a_move_and_so_whoever_tries_is_not_stuck(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    manager, person = house.person(firm, Role.MANAGER, name="M"), house.person(firm, name="P")
    finish(house, person, course_id, "hook", ago=LONG_AGO)
    assert words(house, manager)["P"] == (Standing.STUCK,)
    passed(house, person, course_id)
    assert words(house, manager)["P"] == (Standing.UNDER_WAY,)


def test_a_course_due_today_is_not_overdue_until_the_day_has_ended_where_the_firm_is(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    manager, person = house.person(firm, Role.MANAGER, name="M"), house.person(firm, name="P")
    evening = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)  # 23:30 on 2 March in Belize, and 3 March in London
    assign(house, manager, course_id, person_id=person.id, due_on=date(2026, 3, 2), now=evening)

    def late(now: datetime) -> tuple[int, list[str], date]:
        page = house.act(manager, pages.team_page, wanted=TeamWanted(text="P"), now=now)
        day = house.act(person, today_page, choice=Choice(10), now=now)
        return page.lines.people[0].overdue, [one.reason for one in day.session.items], day.day.today

    assert late(evening) == (0, ["assigned"], date(2026, 3, 2))
    assert late(evening + timedelta(hours=1)) == (1, ["overdue"], date(2026, 3, 3))
    with house.writing() as session:
        session.get_one(Firm, firm).time_zone = "Europe/London"
    assert late(evening)[0] == 1


def test_people_are_found_by_name_number_and_team_and_paged_by_name(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = house.firm()
    team_id = house.team(firm)
    manager = house.person(firm, Role.MANAGER, name="Zoe Zul")
    for name, number in (("Ána Chi", "7"), ("Ben Chi", "8"), ("Cy Do", "9")):
        house.person(firm, name=name, number=number, team_id=team_id if number == "9" else None)
    assert list(words(house, manager, text="ana")) == ["Ána Chi"]
    assert list(words(house, manager, text="8")) == ["Ben Chi"]
    assert list(words(house, manager, team_id=team_id)) == ["Cy Do"]
    assert list(words(house, manager, text="100%")) == []
    monkeypatch.setattr(team, "PAGE", 3)
    first = house.act(manager, pages.team_page, wanted=TeamWanted())
    assert [one.name for one in first.lines.people] == ["Ána Chi", "Ben Chi", "Cy Do"]
    assert list(words(house, manager, after=first.lines.more)) == ["Zoe Zul"]
    whole = house.act(manager, pages.team_file, wanted=TeamWanted(after=first.lines.more))
    assert len(whole) == 4


def test_leavers_are_not_listed_and_another_firms_learning_is_not_counted(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    manager, person = house.person(firm, Role.MANAGER, name="M"), house.person(firm, name="P")
    elsewhere = house.firm("Elsewhere")
    same = house.person(elsewhere, name="P there", at=person)
    finish(house, same, course_id, "hook", ago=LONG_AGO)
    assert words(house, manager) == {"M": (Standing.NOT_BEGUN,), "P": (Standing.NOT_BEGUN,)}
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, person.id)).ended_on = date(2026, 3, 1)
    assert list(words(house, manager)) == ["M"]


def test_a_persons_page_shows_lessons_attempts_and_what_is_due(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    lead = house.person(firm, name="Lea Lead")
    team_id = house.team(firm, lead=lead)
    person = house.person(firm, name="P", team_id=team_id)
    finish(house, person, course_id, *CARDS)
    passed(house, person, course_id)
    assign(house, lead, course_id, team_id=team_id, due_on=date(2026, 3, 9), note="Before the audit")
    page = house.act(lead, pages.learner_page, person_id=person.id)
    (course,), (attempt,), (due,) = page.courses, page.attempts, page.due
    assert (course.title, course.done, course.lessons, course.live) == ("Say hello", 1, 1, True)
    assert (attempt.title, attempt.score, attempt.passed) == ("Hello, final", 1.0, True)
    assert (due.due_on, due.assigned_by, due.note) == (date(2026, 3, 9), "Lea Lead", "Before the audit")
    assert due.completed_at is not None


# Assigning


def wish(course_id: uuid.UUID, **said: Any) -> Wish:
    return Wish(
        **{"course_id": course_id, "team_id": None, "person_id": None, "who": "", "due_on": None, "note": ""}
        | said
    )


def test_a_person_is_assigned_by_full_name_or_number_where_only_one_fits(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    lead = house.person(firm, name="Lea Lead")
    mine, other = house.team(firm, lead=lead), house.team(firm, "Other")
    ana = house.person(firm, name="Ana Chí", number="7", team_id=mine)
    twins = [house.person(firm, name="Ben Cal", number=number, team_id=mine) for number in "89"]
    house.person(firm, name="Cy Do", team_id=other)

    def assigned(who: str, **said: Any) -> uuid.UUID:
        made = house.act(lead, assigning.assign_as_asked, wish=wish(course_id, who=who, **said))
        return made.person_id

    assert assigned("ana chi") == ana.id
    assert assigned(" 9 ") == twins[1].id
    for who, sentence in (
        ("Ben Cal", "Several people have this name"),
        ("Cy Do", "Nobody you look after"),
        ("Ana", "Nobody you look after"),
    ):
        with pytest.raises(Invalid, match=sentence):
            assigned(who)
    with pytest.raises(Invalid, match="not both"):
        assigned("8", team_id=mine)


def test_the_same_course_is_not_assigned_twice_to_the_same_team_while_it_stands(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer, team_id = house.person(firm, Role.TRAINER), house.team(firm)
    first = assign(house, trainer, course_id, team_id=team_id)
    with pytest.raises(Conflict, match="already"):
        assign(house, trainer, course_id, team_id=team_id)
    house.act(trainer, assigning.withdraw, assignment_id=first.id)
    assign(house, trainer, course_id, team_id=team_id)


def test_a_lead_looks_after_assignments_of_their_own_teams_only(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    lead, other_lead = house.person(firm), house.person(firm)
    mine, theirs = house.team(firm, "Mine", lead=lead), house.team(firm, "Theirs", lead=other_lead)
    member, neighbour = house.person(firm, team_id=mine), house.person(firm, team_id=theirs)
    admin = house.person(firm, Role.FIRM_ADMIN)
    made = [
        assign(house, admin, course_id, team_id=mine),
        assign(house, admin, course_id, person_id=member.id),
        assign(house, admin, course_id, team_id=theirs),
        assign(house, admin, course_id, person_id=neighbour.id),
    ]

    def listed(by: Someone) -> set[uuid.UUID]:
        page = house.act(by, pages.assignments_page, wanted=AssignmentsWanted())
        return {one.id for one in page.lines.lines}

    assert listed(lead) == {made[0].id, made[1].id}
    assert listed(other_lead) == {made[2].id, made[3].id}
    assert listed(admin) == {one.id for one in made}
    for one in made[2:]:
        with pytest.raises(NotAllowed):
            house.act(lead, assigning.withdraw, assignment_id=one.id)
        with pytest.raises(NotAllowed):
            house.act(lead, assigning.change_due_date, assignment_id=one.id, due_on=None)
        with pytest.raises(NotFound):
            house.act(lead, pages.assignment_page, assignment_id=one.id)
    for page, said in (
        (pages.assignments_page, {"wanted": AssignmentsWanted()}),
        (pages.assignments_file, {"wanted": AssignmentsWanted()}),
        (pages.assignment_page, {"assignment_id": made[0].id}),
        (pages.assign_page, {"person_id": None}),
    ):
        with pytest.raises(NotAllowed):
            house.act(member, page, **said)
    with pytest.raises(NotAllowed):
        house.act(lead, pages.assign_page, person_id=neighbour.id)
    assert [one.name for one in house.act(lead, pages.assign_page, person_id=member.id).teams] == ["Mine"]


def test_another_firms_assignment_is_not_found_like_none(house: House) -> None:
    course_id = house.course()
    firm = house.firm("Ours")
    trainer = house.person(firm, Role.TRAINER)
    stranger = house.person(house.firm("Theirs"), Role.TRAINER)
    made = assign(house, trainer, course_id, team_id=house.team(firm))
    for id_ in (made.id, uuid.uuid4()):
        for verb, said in (
            (assigning.withdraw, {}),
            (assigning.change_due_date, {"due_on": None}),
            (pages.assignment_page, {}),
        ):
            with pytest.raises(NotFound, match="There is no such assignment"):
                house.act(stranger, verb, assignment_id=id_, **said)


def test_done_is_counted_of_all_who_work_here_and_each_state_is_listed(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer, team_id = house.person(firm, Role.TRAINER), house.team(firm)
    members = [house.person(firm, team_id=team_id) for _one in range(3)]
    early = house.noon - timedelta(days=9)
    made = {
        "open": assign(house, trainer, course_id, team_id=team_id, due_on=date(2026, 3, 2)),
        "overdue": assign(
            house, trainer, course_id, person_id=members[1].id, due_on=date(2026, 3, 1), now=early
        ),
        "done": assign(house, trainer, course_id, person_id=members[0].id),
        "withdrawn": assign(house, trainer, course_id, person_id=members[2].id),
    }
    house.act(trainer, assigning.withdraw, assignment_id=made["withdrawn"].id)
    finish(house, members[0], course_id, *CARDS)
    passed(house, members[0], course_id)
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, members[2].id)).ended_on = date(2026, 3, 1)
    for state in ASSIGNMENT_STATES:
        page = house.act(trainer, pages.assignments_page, wanted=AssignmentsWanted(state=state))
        assert [one.id for one in page.lines.lines] == [made[state].id], state
        assert [one.state(page.today) for one in page.lines.lines] == [state]
    page = house.act(trainer, pages.assignment_page, assignment_id=made["open"].id)
    assert (page.line.done, page.line.people, len(page.takers)) == (1, 2, 2)


def test_a_team_without_people_waits_for_them_and_is_not_done(house: House) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    made = assign(house, trainer, house.course(), team_id=house.team(firm))
    assert house.act(trainer, pages.assignment_page, assignment_id=made.id).state == "open"


def test_assignments_are_listed_soonest_due_first_and_paged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms.learning.queries import assignments

    firm, course_id = house.firm(), house.course()
    trainer = house.person(firm, Role.TRAINER)
    days = [date(2026, 3, 9), None, date(2026, 3, 4), None, date(2026, 3, 9)]
    for number, day in enumerate(days):
        assign(house, trainer, course_id, team_id=house.team(firm, f"T{number}"), due_on=day)
    monkeypatch.setattr(assignments, "PAGE", 2)
    seen: list[date | None] = []
    after, pages_read = "", 0
    while pages_read == 0 or after:
        page = house.act(trainer, pages.assignments_page, wanted=AssignmentsWanted(after=after)).lines
        seen += [one.due_on for one in page.lines]
        after, pages_read = page.more, pages_read + 1
    assert (seen, pages_read) == ([date(2026, 3, 4), date(2026, 3, 9), date(2026, 3, 9), None, None], 3)
    whole, _today = house.act(trainer, pages.assignments_file, wanted=AssignmentsWanted(after="rubbish~"))
    assert len(whole) == 5


def test_the_date_changes_a_withdrawal_is_final_and_each_act_is_in_the_log(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer, person = house.person(firm, Role.TRAINER), house.person(firm, name="Ana Chi")
    made = assign(house, trainer, course_id, person_id=person.id)
    house.act(trainer, assigning.change_due_date, assignment_id=made.id, due_on=date(2026, 3, 20))
    house.act(trainer, assigning.change_due_date, assignment_id=made.id, due_on=date(2026, 3, 20))
    with pytest.raises(Invalid):
        house.act(trainer, assigning.change_due_date, assignment_id=made.id, due_on=date(2026, 3, 1))
    (due,) = house.act(
        person,
        lambda session, actor, now: list_due(
            session,
            actor=actor,
            person_id=actor.person_id,
            day=find_day(session, actor=actor, now=now),
        ),
    )
    assert due.due_on == date(2026, 3, 20)
    house.act(trainer, assigning.withdraw, assignment_id=made.id)
    assert house.act(person, today_page, choice=Choice(10)).due == []
    for verb, said in ((assigning.withdraw, {}), (assigning.change_due_date, {"due_on": None})):
        with pytest.raises(Conflict):
            house.act(trainer, verb, assignment_id=made.id, **said)
    assert act_names(house, firm) == ["course assigned", "due date changed", "assignment withdrawn"]
