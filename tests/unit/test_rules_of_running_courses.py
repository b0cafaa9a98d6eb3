"""When something is due, whom a rule is about, when a note is shown, and how long a completion is good."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.rules import prerequisite_problems
from lms.learning.rules import Standing, assignment_state
from lms.learning.rules.calendar import (
    EVERY_DAY,
    WEEKEND,
    Calendar,
    calendar_of,
    due_after,
    read_holidays,
)
from lms.learning.rules.cohorts import Learner, Step, count_lessons, in_order
from lms.learning.rules.running import (
    Catch,
    Facts,
    Soon,
    after_quiet,
    catches,
    caught_since,
    expires_on,
    find_circle,
    how_soon,
    row_texts,
    still_asked,
)

pytestmark = pytest.mark.no_database
BELIZE = ZoneInfo("America/Belize")
MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(
    Calendar, st.frozensets(st.integers(0, 6), max_size=5), st.frozensets(DAYS, max_size=40)
)


@given(CALENDARS, DAYS)
def test_something_is_due_on_the_first_day_that_is_not_off(calendar: Calendar, day: date) -> None:
    due = calendar.working_day(day)
    assert due >= day
    assert not calendar.is_off(due)
    assert all(calendar.is_off(day + timedelta(days=passed)) for passed in range((due - day).days))


@given(CALENDARS, DAYS, st.integers(-6, 2))
def test_a_day_is_late_exactly_when_it_lies_before_the_day_a_statement_compares_it_with(
    calendar: Calendar, today: date, away: int
) -> None:
    day = today + timedelta(days=away)
    assert (calendar.working_day(day) < today) == (day < calendar.late_from(today))


@given(CALENDARS, DAYS, st.integers(0, 6))
def test_a_later_date_is_never_due_earlier(calendar: Calendar, day: date, more: int) -> None:
    assert calendar.working_day(day) <= calendar.working_day(day + timedelta(days=more))


def test_a_firm_that_skips_nothing_is_due_on_the_day_itself() -> None:
    saturday = date(2026, 3, 7)
    assert EVERY_DAY.working_day(saturday) == saturday
    assert EVERY_DAY.late_from(saturday) == saturday
    assert calendar_of(skip_weekends=True, skip_holidays=False, holidays=[]).weekdays_off == WEEKEND
    long_weekend = calendar_of(skip_weekends=True, skip_holidays=True, holidays=[date(2026, 3, 9)])
    assert long_weekend.working_day(saturday) == date(2026, 3, 10)
    off = calendar_of(skip_weekends=False, skip_holidays=False, holidays=[date(2026, 3, 9)])
    assert off.working_day(date(2026, 3, 9)) == date(2026, 3, 9)


def test_days_are_counted_from_when_somebody_became_so_and_never_from_before_the_rule() -> None:
    assert due_after(date(2026, 5, 3), 14, not_before=date(2026, 1, 1)) == date(2026, 5, 17)
    assert due_after(date(2020, 5, 3), 14, not_before=date(2026, 1, 1)) == date(2026, 1, 15)


@pytest.mark.parametrize(
    ("days", "soon"),
    [
        (-1, Soon.OVERDUE),
        (0, Soon.TODAY),
        (1, Soon.TOMORROW),
        (2, Soon.THIS_WEEK),
        (7, Soon.THIS_WEEK),
        (8, Soon.LATER),
    ],
)
def test_how_soon_something_is_due(days: int, soon: Soon) -> None:
    assert how_soon(MONDAY + timedelta(days=days), MONDAY) is soon
    assert how_soon(None, MONDAY) is Soon.LATER


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.integers(0, 23),
    st.integers(0, 23),
)
def test_a_note_is_never_first_shown_in_quiet_hours_and_waits_less_than_a_day(
    moment: datetime, quiet_from: int, quiet_to: int
) -> None:
    shown = after_quiet(moment, BELIZE, quiet_from, quiet_to)
    hour = shown.astimezone(BELIZE).hour
    quiet = quiet_from <= hour < quiet_to if quiet_from <= quiet_to else hour >= quiet_from or hour < quiet_to
    assert not quiet
    assert timedelta() <= shown - moment < timedelta(days=1)
    assert after_quiet(shown, BELIZE, quiet_from, quiet_to) == shown


@given(DAYS, st.integers(1, 120))
def test_a_completion_is_good_until_the_same_day_of_a_later_month_or_its_last(day: date, months: int) -> None:
    until = expires_on(day, months)
    assert until is not None
    assert (until.year - day.year) * 12 + until.month - day.month == months
    assert until.day == day.day or (until + timedelta(days=1)).day == 1
    assert expires_on(day, 0) is None


def test_a_rule_is_about_whoever_fits_all_it_says_since_the_last_of_it_became_true() -> None:
    night, other = uuid.uuid4(), uuid.uuid4()
    ana = Facts("agent", night, date(2025, 1, 6), date(2025, 6, 1), date(2026, 2, 1))
    assert catches(Catch(), ana, MONDAY)
    assert catches(Catch("agent", night, date(2025, 1, 6)), ana, MONDAY)
    assert not catches(Catch("lead"), ana, MONDAY)
    assert not catches(Catch(team_id=other), ana, MONDAY)
    assert not catches(Catch(hired_from=date(2025, 1, 7)), ana, MONDAY)
    assert not catches(Catch(), ana, date(2025, 1, 5)), "not before the first day"
    left = Facts("agent", night, date(2025, 1, 6), date(2025, 6, 1), None, date(2026, 3, 1))
    assert not catches(Catch(), left, MONDAY)
    assert caught_since(Catch(), ana) == date(2025, 1, 6)
    assert caught_since(Catch(job_role="agent"), ana) == date(2025, 6, 1)
    assert caught_since(Catch(team_id=night), ana) == date(2026, 2, 1)
    assert caught_since(Catch("agent", night), ana) == date(2026, 2, 1)
    assert caught_since(Catch(team_id=night), left) == date(2025, 1, 6)


def test_courses_that_would_wait_for_each_other_are_found_with_their_circle() -> None:
    assert find_circle({"a": ["b"], "b": ["c"], "c": ["a"]}, "a") == ("a", "b", "c", "a")
    assert find_circle({"a": ["b", "c"], "b": ["c"], "d": ["a"]}, "a") == ()
    assert find_circle({"b": ["c"], "c": ["b"], "a": ["b"]}, "a") == (), "a circle that is not its own"


def test_a_course_names_only_courses_that_are_there_and_do_not_come_after_it() -> None:
    course = {"key": "C09", "prerequisites": ["C01", "C44", "C05"]}
    text = "key: C09\nprerequisites:\n  - C01\n  - C44\n  - C05\n"
    found = prerequisite_problems(course, text, {"C01": (), "C05": {"C06"}, "C06": {"C09"}, "C09": ()})
    assert [(one.line, one.message.split(".")[0]) for one in found] == [
        (4, "There is no course “C44” to complete first"),
        (5, "“C05” comes after “C09” itself: they would wait for each other"),
    ]


def test_a_request_stands_until_the_person_moves_or_two_weeks_have_passed() -> None:
    asked = NOON - timedelta(hours=8)
    said = {"asked_at": asked, "shown_from": NOON, "moved_at": None}
    assert still_asked(**said, now=NOON)
    assert not still_asked(**said, now=NOON - timedelta(seconds=1))
    assert not still_asked(**said, now=NOON + timedelta(days=14))
    assert still_asked(**said | {"moved_at": asked - timedelta(days=3)}, now=NOON)
    assert not still_asked(**said | {"moved_at": asked + timedelta(hours=1)}, now=NOON)


def test_pasted_numbers_are_read_one_by_one() -> None:
    assert row_texts("100\n 101, 102;103\n\n104\t105", most=10) == ("100", "101", "102", "103", "104", "105")
    assert row_texts("1\n2\n3", most=2) == ("1", "2")


def test_a_file_of_holidays_is_read_line_by_line() -> None:
    rows = read_holidays(
        "\ufeffDate,Name\n2026-09-21, Independence  Day \n21/09/2026,Late\n\n2026-12-25\n2026-02-30,No\n"
    )
    assert [(row.line, row.on, row.name) for row in rows if not row.problem] == [
        (2, date(2026, 9, 21), "Independence Day")
    ]
    assert [(row.line, row.problem.split(":")[0]) for row in rows if row.problem] == [
        (3, "Write the date as 2026-09-21"),
        (5, "Write the holiday's name behind the date."),
        (6, "Write the date as 2026-09-21"),
    ]


def test_an_assignment_is_not_overdue_while_all_who_are_left_have_more_time() -> None:
    said = {"people": 3, "done": 1, "due_on": MONDAY - timedelta(days=1), "withdrawn_at": None}
    assert assignment_state(**said, today=MONDAY) == "overdue"
    assert assignment_state(**said, today=MONDAY, extended=1) == "overdue"
    assert assignment_state(**said, today=MONDAY, extended=2) == "open"


def learner(name: str, *steps: Step, enrolled: int | None = 30, **said: object) -> Learner:
    """Somebody in a course of three lessons, due on Monday."""
    whole = {
        "person_id": uuid.uuid4(),
        "name": name,
        "sort_name": name,
        "employee_number": None,
        "team": None,
        "enrolled_at": NOON - timedelta(days=enrolled) if enrolled is not None else None,
        "completed_at": None,
        "again": False,
        "last_seen_at": None,
        "tried_at": None,
        "passed": None,
        "due_on": MONDAY,
        "lessons": ["one", "two", "three"],
        "steps": {step.key: step for step in steps},
    } | said
    return Learner(**whole)  # type: ignore[arg-type]


def test_a_trainer_sees_where_each_is_and_how_many_are_stuck_at_a_lesson() -> None:
    def ago(days: int) -> datetime:
        return NOON - timedelta(days=days)

    stuck = learner("b", Step("one", ago(25), ago(25)), Step("two", ago(20), None))
    moving = learner("a", Step("two", ago(1), ago(1)))
    new = learner("c", enrolled=None)
    done = learner("d", completed_at=ago(3))
    again = learner("e", Step("one", ago(2), None), again=True, enrolled=2)
    late = learner("f", due_on=MONDAY - timedelta(days=1))
    assert [one.here for one in (stuck, moving, new)] == ["two", "one", "one"]
    assert stuck.standings(MONDAY, NOON) == (Standing.STUCK,)
    assert moving.standings(MONDAY, NOON) == (Standing.UNDER_WAY,)
    assert new.standings(MONDAY, NOON) == (Standing.NOT_BEGUN,)
    assert done.standings(MONDAY, NOON) == (Standing.FINISHED,)
    assert again.is_done, "what was completed before it is taken again stays done"
    assert late.standings(MONDAY, NOON) == (Standing.OVERDUE, Standing.STUCK)
    counts = count_lessons(
        [("one", "One"), ("two", "Two"), ("three", "Three")],
        [stuck, moving, new, done, again],
        today=MONDAY,
        now=NOON,
    )
    assert [(one.key, one.done, one.here, one.stuck) for one in counts] == [
        ("one", 1, 1, 0),
        ("two", 1, 1, 1),
        ("three", 0, 0, 0),
    ]
    everybody = [done, stuck, new, moving]
    assert [one.name for one in in_order(everybody, "name")] == ["a", "b", "c", "d"]
    assert [one.name for one in in_order(everybody, "moved")] == ["c", "b", "a", "d"]
    assert [one.name for one in in_order(everybody, "lessons")] == ["c", "a", "b", "d"]
