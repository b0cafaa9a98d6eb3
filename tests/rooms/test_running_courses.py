"""Running courses: groups, rules, more time, days off, what comes first, taking a course again; and who must not."""

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.assessments import services as assessments
from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, LadderError, NotAllowed, NotFound
from lms.learning.models import CardFact, CheckAnswer, Enrolment, EnrolmentRule, LessonProgress, PastRun
from lms.learning.pages import course_page, lesson_page, today_page
from lms.learning.pages import running as pages
from lms.learning.pages import team as team_pages
from lms.learning.pages.running import CohortWanted
from lms.learning.pages.today import Choice
from lms.learning.queries.calendar import find_day
from lms.learning.queries.cohorts import CohortsWanted
from lms.learning.queries.due import Due, list_due
from lms.learning.queries.duties import caught, since
from lms.learning.queries.team import TeamWanted
from lms.learning.rules import Standing
from lms.learning.rules.running import Catch, Facts, Terms, catches, caught_since
from lms.learning.services import assigning, enrol, extending, keeping_days, prerequisites, retaking, ruling
from lms.learning.services import cohorts as services
from lms.learning.services.cohorts import CohortFacts, Whom
from lms.learning.services.ruling import RuleFacts
from lms.people.models import AuditEntry, Employment
from lms.people.services import employments
from lms.people.services.teams import remove_team
from lms.tracks.queries import list_ledger
from tests.house import SAMPLE_COURSE, House, Someone
from tests.rooms.test_learning import CARDS, check, finish, publish

TODAY = date(2026, 3, 2)
YEAR = timedelta(days=365)


def second(key: str = "T02", *, more: str = "") -> Package:
    """The sample course under another key, with more in its course.yaml."""
    whole = read_folder(SAMPLE_COURSE)
    course = whole.files["course.yaml"].replace("T01", key).replace("Say hello", f"Course {key}") + more
    return understand(dict(whole.files) | {"course.yaml": course}, whole.media, [])


def due(house: House, person: Someone, **said: Any) -> list[Due]:
    """What is asked of a person."""

    def ask(session: Any, actor: Any, now: datetime) -> Any:
        day = find_day(session, actor=actor, now=now)
        return list_due(session, actor=actor, person_id=person.id, day=day)

    found: list[Due] = house.act(person, ask, **said)
    return found


def overdue(house: House, by: Someone, name: str, **said: Any) -> int:
    """How many courses the team page says somebody is late with."""
    page = house.act(by, team_pages.team_page, wanted=TeamWanted(text=name), **said)
    count: int = page.lines.people[0].overdue
    return count


def acts(house: House, firm: uuid.UUID) -> list[str]:
    with house.writing(firm) as session:
        rows = select(AuditEntry.act).where(AuditEntry.firm_id == firm).order_by(AuditEntry.number)
        return list(session.scalars(rows))


def complete(house: House, person: Someone, course_id: uuid.UUID, later: timedelta = timedelta()) -> None:
    """Finish the lesson and pass the final, some time after noon."""
    now = house.noon + later
    for card in CARDS:
        finish(house, person, course_id, card, later=later)
    attempt = house.act(
        person,
        assessments.start_attempt,
        assessment_id=house.assessment(course_id),
        attempt_id=uuid.uuid4(),
        now=now,
    )
    for position, raw in house.right_answers(person, attempt.id).items():
        given = assessments.Given(uuid.uuid4(), attempt.id, position, raw, 1, None)
        house.act(person, assessments.record_response, given=given, now=now)
    house.act(person, assessments.submit_attempt, attempt_id=attempt.id, now=now)


# Enrolment by rule


def test_a_rule_and_its_statement_catch_the_same_people_since_the_same_day(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer = house.person(firm, Role.TRAINER, started_on=date(2024, 1, 1), job_role="trainer")
    teams = (house.team(firm, "Day"), house.team(firm, "Night"), None)
    for team_id, job, start in itertools.product(
        teams, ("agent", "lead"), (date(2025, 1, 6), TODAY, TODAY + timedelta(days=1))
    ):
        one = house.person(firm, team_id=team_id, job_role=job, started_on=start)
        with house.writing(firm) as session:
            row = session.scalars(
                select(Employment).where(Employment.firm_id == firm, Employment.person_id == one.id)
            ).one()
            row.role_started_on = start + timedelta(days=start.day % 2 * 30)
            row.team_joined_on = start + timedelta(days=50) if team_id == teams[0] else None
            row.ended_on = TODAY - timedelta(days=1) if job == "lead" and start.year == 2025 else None
    rules = [
        house.act(trainer, ruling.make_rule, facts=RuleFacts(course_id, job, team, hired, 10)).id
        for job, team, hired in itertools.product((None, "lead"), (None, teams[0], teams[1]), (None, TODAY))
    ]
    compared = people = 0
    with house.writing(firm) as session:
        everybody = session.scalars(select(Employment).where(Employment.firm_id == firm)).all()
        for rule in session.scalars(
            select(EnrolmentRule).where(EnrolmentRule.firm_id == firm, EnrolmentRule.id.in_(rules))
        ):
            said = {
                row.person_id: row.since
                for row in session.execute(
                    select(Employment.person_id, since(Employment).label("since"))
                    .join_from(EnrolmentRule, Employment, caught(Employment, TODAY))
                    .where(EnrolmentRule.firm_id == firm, EnrolmentRule.id == rule.id)
                )
            }
            catch = Catch(rule.job_role, rule.team_id, rule.hired_from)
            meant = {}
            for one in everybody:
                facts = Facts(
                    one.job_role,
                    one.team_id,
                    one.started_on,
                    one.role_started_on,
                    one.team_joined_on,
                    one.ended_on,
                )
                if catches(catch, facts, TODAY):
                    meant[one.person_id] = caught_since(catch, facts)
            assert said == meant
            compared, people = compared + 1, people + len(meant)
    assert compared == 12
    assert people > 20


def test_a_rule_asks_nothing_until_it_is_on_and_then_asks_everyone_it_is_about_with_the_reason(
    house: House,
) -> None:
    firm, course_id = house.firm(), house.course()
    trainer = house.person(firm, Role.TRAINER, Role.FIRM_ADMIN, name="T")
    night = house.team(firm, "Night")
    inside, outside = house.person(firm, name="In", team_id=night), house.person(firm, name="Out")
    rule = house.act(trainer, ruling.make_rule, facts=RuleFacts(course_id, None, night, None, 14))
    page = house.act(trainer, pages.rule_page, rule_id=rule.id)
    assert (page.rule.state, [one.name for one in page.caught]) == ("draft", ["In"])
    assert due(house, inside) == []
    house.act(trainer, ruling.switch_on, rule_id=rule.id)
    (one,) = due(house, inside)
    assert (one.kind, one.team, one.since) == ("rule", "Night", date(2025, 1, 6))
    assert one.due_on == TODAY + timedelta(days=14), "never counted from before the rule was on"
    assert due(house, outside) == []
    later = house.noon + timedelta(days=5)
    with house.writing(firm) as session:
        seen = employments.mark_of_person(
            employments.person_to_change(session, actor=house.actor(trainer), person_id=outside.id)
        )
    house.act(trainer, employments.move_person, person_id=outside.id, team_id=night, seen=seen, now=later)
    (one,) = due(house, outside, now=later)
    assert one.since == TODAY + timedelta(days=5)
    assert one.due_on == TODAY + timedelta(days=19)
    assert due(house, outside, now=later + timedelta(days=3))[0].due_on == one.due_on, (
        "the day does not wander"
    )
    assert overdue(house, trainer, "In", now=house.noon + timedelta(days=14)) == 0
    assert overdue(house, trainer, "In", now=house.noon + timedelta(days=15)) == 1
    assert course_page_due(house, inside, course_id) == ["rule"]


def course_page_due(house: House, person: Someone, course_id: uuid.UUID) -> list[str]:
    return [one.kind for one in house.act(person, course_page, course_id=course_id).due]


def test_a_rule_is_paused_goes_on_and_ends_and_each_act_is_in_the_log(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer, person = house.person(firm, Role.TRAINER), house.person(firm)
    facts = RuleFacts(course_id, "agent", None, None, 7)
    rule = house.act(trainer, ruling.make_rule, facts=facts)
    with pytest.raises(Conflict):
        house.act(trainer, ruling.make_rule, facts=facts)
    with pytest.raises(Conflict):
        house.act(trainer, ruling.pause, rule_id=rule.id)
    house.act(trainer, ruling.switch_on, rule_id=rule.id)
    before = due(house, person)[0].due_on
    house.act(trainer, ruling.pause, rule_id=rule.id)
    assert due(house, person) == []
    house.act(trainer, ruling.switch_on, rule_id=rule.id, now=house.noon + timedelta(days=3))
    assert due(house, person)[0].due_on == before
    house.act(trainer, ruling.end_rule, rule_id=rule.id)
    assert due(house, person) == []
    with pytest.raises(Conflict):
        house.act(trainer, ruling.switch_on, rule_id=rule.id)
    assert acts(house, firm) == [
        "rule written",
        "rule switched on",
        "rule paused",
        "rule goes on",
        "rule ended",
    ]
    draft = house.act(trainer, ruling.make_rule, facts=facts)
    house.act(trainer, ruling.end_rule, rule_id=draft.id)
    with pytest.raises(NotFound):
        house.act(trainer, pages.rule_page, rule_id=draft.id)


def test_a_team_that_a_rule_is_about_is_kept(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    admin, night = house.person(firm, Role.FIRM_ADMIN), house.team(firm, "Night")
    house.act(admin, ruling.make_rule, facts=RuleFacts(course_id, None, night, None, 14))
    with pytest.raises(Conflict, match="a rule is about it"):
        house.act(admin, remove_team, team_id=night)
    house.act(admin, remove_team, team_id=house.team(firm, "Day"))


# Days off and more time


def test_what_would_fall_due_on_a_day_off_falls_due_on_the_next_that_is_not_on_every_page(
    house: House,
) -> None:
    firm, course_id = house.firm(), house.course()
    admin, person = house.person(firm, Role.FIRM_ADMIN), house.person(firm, name="Ana")
    friday = date(2026, 3, 6)
    house.act(
        admin,
        assigning.assign,
        course_id=course_id,
        team_id=None,
        person_id=person.id,
        due_on=friday,
        note="",
    )
    saturday = datetime(2026, 3, 7, 18, 0, tzinfo=UTC)
    assert overdue(house, admin, "Ana", now=saturday) == 1
    house.act(admin, keeping_days.change_terms, terms=Terms(skip_weekends=True, skip_holidays=True))
    house.act(admin, keeping_days.add_holiday, on=friday, name="Fair")
    assert overdue(house, admin, "Ana", now=saturday) == 0
    assert due(house, person)[0].due_on == date(2026, 3, 9)
    monday = house.noon + timedelta(days=7)
    assert overdue(house, admin, "Ana", now=monday) == 0
    assert overdue(house, admin, "Ana", now=monday + timedelta(days=1)) == 1
    with pytest.raises(Conflict):
        house.act(admin, keeping_days.add_holiday, on=friday, name="Again")
    read = house.act(
        admin, keeping_days.import_holidays, text="2026-03-06, Fair\n2026-09-21,Independence Day\nsoon,x"
    )
    assert [len(part) for part in (read.added, read.known, read.refused)] == [1, 1, 1]
    house.act(admin, keeping_days.remove_holiday, on=friday)
    assert due(house, person)[0].due_on == friday
    for role in (Role.AGENT, Role.TRAINER, Role.MANAGER):
        with pytest.raises(NotAllowed):
            house.act(house.person(firm, role), keeping_days.add_holiday, on=friday, name="Mine")
    other = house.person(house.firm("Other"), Role.FIRM_ADMIN)
    assert house.act(other, pages.days_page).holidays == []


def test_overdue_is_counted_from_the_extended_day_and_the_person_sees_who_gave_it_and_why(
    house: House,
) -> None:
    firm, course_id = house.firm(), house.course()
    lead, trainer = house.person(firm, name="Lea Lead"), house.person(firm, Role.TRAINER)
    team = house.team(firm, lead=lead)
    house.team(firm, "Far", lead=(far := house.person(firm)))
    person = house.person(firm, name="Ana", team_id=team)
    made = house.act(
        trainer, assigning.assign, course_id=course_id, team_id=team, person_id=None, due_on=TODAY, note=""
    )
    said = {
        "person_id": person.id,
        "course_id": course_id,
        "until": TODAY + timedelta(days=10),
        "reason": "Ill",
    }
    for nobody in (far, person, house.person(firm, Role.ASSESSOR)):
        with pytest.raises(NotAllowed):
            house.act(nobody, extending.give_more_time, **said)
    with pytest.raises(NotFound):
        house.act(house.person(house.firm("Other"), Role.TRAINER), extending.give_more_time, **said)
    with pytest.raises(Invalid):
        house.act(lead, extending.give_more_time, **said | {"reason": " "})
    with pytest.raises(Invalid):
        house.act(lead, extending.give_more_time, **said | {"until": TODAY})
    more = house.act(lead, extending.give_more_time, **said)
    tomorrow = house.noon + timedelta(days=1)
    assert overdue(house, trainer, "Ana", now=tomorrow) == 0
    assert overdue(house, trainer, "Ana", now=house.noon + timedelta(days=11)) == 1
    page = house.act(trainer, team_pages.assignment_page, assignment_id=made.id, now=tomorrow)
    assert (page.state, page.takers[0].more_until) == ("open", TODAY + timedelta(days=10))
    (told,) = house.act(person, course_page, course_id=course_id).more_time
    assert (told.given_by, told.reason) == ("Lea Lead", "Ill")
    (one,) = house.act(person, today_page, choice=Choice(10)).due
    assert (one.extended, one.asked_on) == (True, TODAY)
    with pytest.raises(NotAllowed):
        house.act(far, extending.take_time_back, person_id=person.id, extension_id=more.id)
    house.act(lead, extending.take_time_back, person_id=person.id, extension_id=more.id)
    assert overdue(house, trainer, "Ana", now=tomorrow) == 1
    assert acts(house, firm)[-2:] == ["more time given", "more time taken back"]


# Groups


def group(house: House, trainer: Someone, *courses: uuid.UUID, name: str = "Intake") -> uuid.UUID:
    facts = CohortFacts(name, trainer.id, TODAY, TODAY + timedelta(days=20), courses, "Welcome")
    made: uuid.UUID = house.act(trainer, services.make_cohort, facts=facts).id
    return made


def test_people_are_put_into_a_group_in_three_ways_and_each_line_is_told_what_became_of_it(
    house: House,
) -> None:
    firm, course_id = house.firm(), house.course()
    trainer, team = house.person(firm, Role.TRAINER), house.team(firm)
    ana = house.person(firm, name="Ana Chi", team_id=team, number="100")
    house.person(firm, name="Ben Coc", number="101")
    elsewhere = house.person(house.firm("Other"), number="102")
    cohort_id = group(house, trainer, course_id)
    assert due(house, ana) == []
    report = house.act(
        trainer,
        services.add_people,
        cohort_id=cohort_id,
        whom=Whom(team_id=team, numbers="100\n101\n102, 101"),
    )
    assert [(row.text, row.outcome) for row in report] == [
        ("100", "added"),
        ("100", "there"),
        ("101", "added"),
        ("102", "unknown"),
        ("101", "there"),
    ]
    (one,) = due(house, ana)
    assert (one.kind, one.name, one.due_on, one.note) == ("cohort", "Intake", date(2026, 3, 22), "Welcome")
    assert due(house, elsewhere) == []
    with pytest.raises(Invalid):
        house.act(trainer, services.add_people, cohort_id=cohort_id, whom=Whom(who="Nobody Such"))
    house.act(trainer, services.remove_person, cohort_id=cohort_id, person_id=ana.id)
    assert due(house, ana) == []
    house.act(trainer, services.add_people, cohort_id=cohort_id, whom=Whom(who="ana chi"))
    house.act(trainer, services.close_cohort, cohort_id=cohort_id)
    assert due(house, ana) == []
    with pytest.raises(Conflict):
        house.act(trainer, services.add_people, cohort_id=cohort_id, whom=Whom(who="Ben Coc"))
    house.act(trainer, services.reopen_cohort, cohort_id=cohort_id)
    assert len(due(house, ana)) == 1


def test_a_group_is_found_by_name_and_by_how_it_stands_and_its_name_is_its_own(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer = house.person(firm, Role.TRAINER)
    agent = house.person(firm)
    group(house, trainer, course_id, name="Night 100%")
    closed = group(house, trainer, course_id, name="Day")
    house.act(trainer, services.close_cohort, cohort_id=closed)

    def names(now: datetime = house.noon, **wanted: str) -> list[str]:
        page = house.act(trainer, pages.cohorts_page, wanted=CohortsWanted(**wanted), now=now)
        assert {one.state(page.today) for one in page.lines.lines} <= {
            wanted.get("state"),
            *(("open", "closed") if "state" not in wanted else ()),
        }
        return [one.name for one in page.lines.lines]

    assert names() == ["Day", "Night 100%"]
    assert names(text="100%") == ["Night 100%"]
    assert names(state="closed") == ["Day"]
    assert names(state="over") == []
    assert names(state="over", now=house.noon + timedelta(days=21)) == ["Night 100%"]
    with pytest.raises(Conflict):
        group(house, trainer, course_id, name="day")
    with pytest.raises(Invalid):
        house.act(
            trainer, services.make_cohort, facts=CohortFacts("X", agent.id, TODAY, TODAY, (course_id,), "")
        )
    with pytest.raises(Invalid):
        house.act(
            trainer,
            services.make_cohort,
            facts=CohortFacts("X", trainer.id, TODAY, TODAY - timedelta(days=1), (course_id,), ""),
        )


def test_a_trainer_sees_who_is_stuck_where_and_asks_them_to_go_on_outside_quiet_hours(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer = house.person(firm, Role.TRAINER, name="Tia Trainer")
    stuck, new = house.person(firm, name="Ana Chi"), house.person(firm, name="Ben Coc")
    done = house.person(firm, name="Cy Done")
    finish(house, stuck, course_id, "hook", later=-timedelta(days=20))
    complete(house, done, course_id)
    cohort_id = group(house, trainer, course_id)
    for one in (stuck, new, done):
        house.act(trainer, services.add_people, cohort_id=cohort_id, whom=Whom(who=one.name))
    page = house.act(trainer, pages.cohort_page, cohort_id=cohort_id, wanted=CohortWanted())
    words = {one.name: one.standings(page.day.today, page.now) for one in page.people}
    assert words == {
        "Ana Chi": (Standing.STUCK,),
        "Ben Coc": (Standing.NOT_BEGUN,),
        "Cy Done": (Standing.FINISHED,),
    }
    (lesson,) = page.lessons
    assert (lesson.key, lesson.done, lesson.here, lesson.stuck) == ("hello", 1, 1, 1)
    only = house.act(
        trainer, pages.cohort_page, cohort_id=cohort_id, wanted=CohortWanted(standing=Standing.STUCK)
    )
    assert [one.name for one in only.people] == ["Ana Chi"]
    ask = {"cohort_id": cohort_id, "person_id": stuck.id, "course_id": course_id}
    night = datetime(2026, 3, 3, 4, 30, tzinfo=UTC)  # 22:30 in Belize
    house.act(trainer, services.ask_to_go_on, **ask, now=night)

    def asked(now: datetime) -> list[str | None]:
        return [one.by for one in house.act(stuck, today_page, choice=Choice(10), now=now).requests]

    assert asked(night + timedelta(hours=7)) == []
    morning = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # 06:00 in Belize
    assert asked(morning) == ["Tia Trainer"]
    with pytest.raises(Conflict):
        house.act(trainer, services.ask_to_go_on, **ask, now=morning)
    with pytest.raises(Conflict):
        house.act(trainer, services.ask_to_go_on, **ask | {"person_id": done.id}, now=morning)
    finish(house, stuck, course_id, "say", later=timedelta(days=1))
    assert asked(morning + timedelta(days=1)) == []


def test_nobody_but_those_who_run_courses_enters_a_group_or_a_rule(house: House) -> None:
    firm, course_id = house.firm(), house.course()
    trainer, agent = house.person(firm, Role.TRAINER), house.person(firm, name="Ana")
    lead = house.person(firm)
    house.team(firm, "Far", lead=lead)
    cohort_id = group(house, trainer, course_id)
    house.act(trainer, services.add_people, cohort_id=cohort_id, whom=Whom(who="Ana"))
    rule = house.act(trainer, ruling.make_rule, facts=RuleFacts(course_id, None, None, None, 7))
    other = house.person(house.firm("Other"), Role.TRAINER, Role.MANAGER, Role.FIRM_ADMIN)
    facts = CohortFacts("Mine", trainer.id, TODAY, TODAY, (course_id,), "")
    doors: tuple[tuple[Any, dict[str, Any]], ...] = (
        (services.edit_cohort, {"cohort_id": cohort_id, "facts": facts}),
        (services.close_cohort, {"cohort_id": cohort_id}),
        (services.reopen_cohort, {"cohort_id": cohort_id}),
        (services.add_people, {"cohort_id": cohort_id, "whom": Whom(who="Ana")}),
        (services.remove_person, {"cohort_id": cohort_id, "person_id": agent.id}),
        (services.ask_to_go_on, {"cohort_id": cohort_id, "person_id": agent.id, "course_id": course_id}),
        (pages.cohort_page, {"cohort_id": cohort_id, "wanted": CohortWanted()}),
        (pages.cohort_people_page, {"cohort_id": cohort_id}),
        (pages.rule_page, {"rule_id": rule.id}),
        (ruling.switch_on, {"rule_id": rule.id}),
        (ruling.pause, {"rule_id": rule.id}),
        (ruling.end_rule, {"rule_id": rule.id}),
    )
    for door, said in doors:
        for nobody in (agent, lead, house.person(firm, Role.ASSESSOR)):
            with pytest.raises(NotAllowed):
                house.act(nobody, door, **said)
        with pytest.raises(NotFound) as theirs:
            house.act(other, door, **said)
        ids = {name: uuid.uuid4() for name in ("cohort_id", "rule_id") if name in said}
        with pytest.raises(NotFound) as random:
            house.act(other, door, **said | ids)
        assert str(theirs.value) == str(random.value)


# What comes first


def test_a_course_that_comes_later_cannot_be_begun_until_what_comes_first_is_completed(house: House) -> None:
    firm = house.firm()
    trainer, manager = house.person(firm, Role.TRAINER), house.person(firm, Role.MANAGER)
    first = house.course(trainer)
    later = publish(house, trainer, second(more="prerequisites: [T01]\n"))
    person, waived = house.person(firm, name="Ana"), house.person(firm, name="Ben")
    tries: tuple[tuple[Any, dict[str, Any]], ...] = (
        (enrol, {"course_id": later}),
        (assessments.start_attempt, {"assessment_id": house.assessment(later), "attempt_id": uuid.uuid4()}),
    )
    for door, said in tries:
        with pytest.raises(Conflict, match="Complete “Say hello” first"):
            house.act(person, door, **said)
    with pytest.raises(Conflict):
        finish(house, person, later, "hook")
    with pytest.raises(Conflict):
        house.act(
            person,
            lambda session, actor, now: lesson_page(
                session, actor=actor, course_id=later, lesson_key="hello"
            ),
        )
    page = house.act(person, course_page, course_id=later)
    assert [(one.needs_id, one.title) for one in page.missing] == [(first, "Say hello")]
    offered = {one.course_id for one in house.act(person, today_page, choice=Choice(15)).session.items}
    assert offered == {first}
    waive = {"person_id": waived.id, "course_id": later, "reason": "Did it elsewhere"}
    for nobody in (trainer, waived):
        with pytest.raises(NotAllowed):
            house.act(nobody, prerequisites.waive, **waive)
    with pytest.raises(NotFound):
        house.act(house.person(house.firm("Other"), Role.MANAGER), prerequisites.waive, **waive)
    house.act(manager, prerequisites.waive, **waive)
    assert house.act(waived, course_page, course_id=later).missing == ()
    house.act(manager, prerequisites.take_waiver_back, person_id=waived.id, course_id=later)
    assert house.act(waived, course_page, course_id=later).missing
    complete(house, person, first)
    finish(house, person, later, "hook")


def test_a_firm_orders_courses_for_itself_only_and_never_in_a_circle(house: House) -> None:
    firm = house.firm()
    first = house.course()
    trainer, person = house.person(firm, Role.TRAINER), house.person(firm)
    own = publish(house, trainer, second())
    said = {"valid_months": None}
    house.act(trainer, prerequisites.set_terms, course_id=first, needs=[own], **said)
    with pytest.raises(Conflict):
        house.act(person, enrol, course_id=first)
    neighbour = house.person(house.firm("Other"), Role.TRAINER)
    house.act(neighbour, enrol, course_id=first)
    with pytest.raises(Invalid, match="wait for each other"):
        house.act(trainer, prerequisites.set_terms, course_id=own, needs=[first], **said)
    with pytest.raises(NotFound):
        house.act(neighbour, prerequisites.set_terms, course_id=first, needs=[own], **said)
    with pytest.raises(NotAllowed):
        house.act(person, prerequisites.set_terms, course_id=first, needs=[], **said)
    house.act(trainer, prerequisites.set_terms, course_id=first, needs=[], **said)
    house.act(person, enrol, course_id=first)


def test_a_course_that_names_what_is_not_there_is_not_published(house: House) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    with pytest.raises(Invalid) as refused:
        publish(house, trainer, second(more="prerequisites: [C77]\n"))
    assert "There is no course “C77”" in str(refused.value.problems[0])
    publish(house, trainer, second())
    publish(house, trainer, second("T03", more="prerequisites: [T02]\n"))
    with pytest.raises(Invalid) as refused:
        publish(house, trainer, second(more="prerequisites: [T03]\n"))
    assert "they would wait for each other" in str(refused.value.problems[0])


# Taking it again


def test_a_completion_runs_out_and_the_course_is_taken_again_while_the_first_stands(house: House) -> None:
    firm = house.firm()
    trainer, person = house.person(firm, Role.TRAINER), house.person(firm, name="Ana")
    course_id = publish(house, trainer, second(more="valid_months: 12\n"))
    house.act(
        trainer,
        assigning.assign,
        course_id=course_id,
        team_id=None,
        person_id=person.id,
        due_on=TODAY,
        note="",
    )
    finish(house, person, course_id, "hook")
    check(house, person, course_id, "a")
    complete(house, person, course_id)
    again = {"course_id": course_id}
    with pytest.raises(Conflict, match="good until 2027-03-02"):
        house.act(person, retaking.take_again, **again)
    assert [one for one in due(house, person) if one.is_open] == []
    asked = YEAR - timedelta(days=30)
    (one,) = [one for one in due(house, person, now=house.noon + asked) if one.is_open]
    assert (one.kind, one.due_on) == ("retake", date(2027, 3, 2))
    assert overdue(house, trainer, "Ana", now=house.noon + YEAR) == 0
    assert overdue(house, trainer, "Ana", now=house.noon + YEAR + timedelta(days=1)) == 1
    house.act(person, retaking.take_again, **again, now=house.noon + asked)
    house.act(person, retaking.take_again, **again, now=house.noon + asked)
    with house.writing(firm) as session:
        mine = {"firm_id": firm, "person_id": person.id}
        now_at = session.scalars(select(Enrolment).filter_by(**mine)).one()
        past = session.scalars(select(PastRun).filter_by(**mine)).one()
        assert (now_at.run, now_at.completed_at, past.completed_at) == (2, None, house.noon)
        assert past.lessons["lessons"]["hello"]["completed_at"] == house.noon.isoformat()
        assert session.scalars(select(LessonProgress).filter_by(**mine)).all() == []
        kept = session.scalar(select(func.count()).select_from(CardFact).filter_by(**mine))
        assert kept == len(CARDS) + 1, "every card that arrived is kept"
        assert session.scalar(select(func.count()).select_from(CheckAnswer).filter_by(**mine)) == 1
    page = house.act(person, course_page, course_id=course_id, now=house.noon + asked)
    assert (page.done, len(page.past), page.offered[0].result) == (0, 1, None)
    still = house.noon + asked
    assert [one.kind for one in due(house, person, now=still) if one.is_open] == ["retake"]
    for card in CARDS:
        finish(house, person, course_id, card, later=asked)
    page = house.act(person, course_page, course_id=course_id, now=still)
    assert page.enrolment.completed_at is None, "the earlier pass does not count again"
    complete(house, person, course_id, asked + timedelta(days=1))
    assert [one for one in due(house, person, now=still + timedelta(days=2)) if one.is_open] == []

    def ledger(session: Any, actor: Any, now: datetime) -> Any:
        return list_ledger(session, actor=actor, person_id=person.id)

    rows = [one for one in house.act(person, ledger) if one.kind == "course" and not one.competency]
    assert sorted((one.on, one.expires_on) for one in rows) == [
        (TODAY, date(2027, 3, 2)),
        (date(2027, 2, 1), date(2028, 2, 1)),
    ]


def test_a_firms_months_stand_before_the_courses_and_hold_for_completions_from_then_on(house: House) -> None:
    firm = house.firm()
    trainer, one, other = house.person(firm, Role.TRAINER), house.person(firm), house.person(firm)
    course_id = publish(house, trainer, second(more="valid_months: 12\n"))
    complete(house, one, course_id)
    house.act(trainer, prerequisites.set_terms, course_id=course_id, needs=[], valid_months=0)
    complete(house, other, course_id)
    ends = {
        person.id: house.act(person, course_page, course_id=course_id).enrolment.expires_on
        for person in (one, other)
    }
    assert ends == {one.id: date(2027, 3, 2), other.id: None}
    for person in (other, house.person(firm)):
        with pytest.raises(LadderError):
            house.act(person, retaking.take_again, course_id=course_id, now=house.noon + YEAR)
