"""Weekly goals and rows of weeks: whoever is away loses nothing, and a sum tells about nobody."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.rules.calendar import Calendar, calendar_of
from lms.learning.rules.habit import (
    LOOK_BACK,
    WEEK,
    Goal,
    How,
    Part,
    Week,
    goal_in,
    monday_of,
    shared_sum,
    streak,
    weeks_of,
    working_days,
)
from lms.learning.rules.time_log import Minutes

pytestmark = pytest.mark.no_database
MONDAY = date(2026, 3, 2)
OFFICE = calendar_of(skip_weekends=True, skip_holidays=True, holidays=[MONDAY + timedelta(days=2)])
GOALS = st.one_of(
    st.builds(Goal, st.just("minutes"), st.integers(5, 600)),
    st.builds(Goal, st.just("days"), st.integers(1, 7)),
)
WEEKS = st.lists(
    st.builds(
        Week,
        st.just(MONDAY),
        st.one_of(st.none(), GOALS),
        st.integers(0, 700),
        st.integers(0, 7),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=12,
)


@given(WEEKS, st.data())
def test_being_away_more_never_shortens_a_row(weeks: list[Week], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(weeks) - 1))
    less = replace(weeks[place], working=data.draw(st.integers(0, weeks[place].working)))
    assert streak([*weeks[:place], less, *weeks[place + 1 :]]) >= streak(weeks)


@given(WEEKS, st.data())
def test_learning_more_never_shortens_a_row(weeks: list[Week], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(weeks) - 1))
    one = weeks[place]
    more = replace(one, minutes=one.minutes + data.draw(st.integers(0, 100)), days=min(7, one.days + 1))
    assert streak([*weeks[:place], more, *weeks[place + 1 :]]) >= streak(weeks)


@given(WEEKS)
def test_a_row_is_no_longer_than_the_weeks_that_were_met_and_this_week_ends_nothing(
    weeks: list[Week],
) -> None:
    assert 0 <= streak(weeks) <= sum(one.how is How.MET for one in weeks)
    begun = Week(MONDAY, Goal("minutes", 30))
    if weeks[-1].how in (How.MET, How.PAUSED):
        assert streak([*weeks, begun]) == streak(weeks)
    assert streak([*weeks, begun, begun]) == 0, "a week that is over and was not met does"


@given(GOALS, st.integers(0, 7))
def test_a_goal_asks_less_of_fewer_days_and_never_more(goal: Goal, working: int) -> None:
    week = Week(MONDAY, goal, working=working)
    assert 0 <= week.asked <= goal.amount
    assert (week.asked == 0) is (working == 0)
    assert replace(week, working=5).asked == goal.amount


def test_days_of_leave_and_days_off_are_not_worked() -> None:
    assert working_days(MONDAY, OFFICE, []) == 4
    assert working_days(MONDAY, OFFICE, [(MONDAY, MONDAY + timedelta(days=3))]) == 1
    assert working_days(MONDAY, OFFICE, [(MONDAY - WEEK, None)]) == 0
    assert working_days(MONDAY, Calendar(), []) == 7


def test_each_week_has_the_goal_it_had_and_its_own_minutes() -> None:
    goals = {
        MONDAY - 2 * WEEK: Goal("minutes", 60),
        MONDAY: Goal("days", 2),
        MONDAY + WEEK: Goal("minutes", 0),
    }
    assert goal_in(goals, MONDAY - 3 * WEEK) is None
    assert goal_in(goals, MONDAY - WEEK) == Goal("minutes", 60)
    assert goal_in(goals, MONDAY + WEEK) is None
    minutes = {
        MONDAY - WEEK: Minutes(30, 20),
        MONDAY - timedelta(days=1): Minutes(0, 10),
        MONDAY: Minutes(5, 0),
    }
    weeks = weeks_of(minutes, goals, today=MONDAY + timedelta(days=4), calendar=OFFICE, away=[])
    assert len(weeks) == LOOK_BACK
    last, this = weeks[-2:]
    assert (last.minutes, last.days, last.how) == (60, 2, How.MET)
    assert (this.monday, this.days, this.asked, this.how) == (MONDAY, 1, 2, How.OPEN)
    assert streak(weeks) == 1
    assert monday_of(MONDAY + timedelta(days=6)) == MONDAY


@given(st.lists(st.integers(0, 2000), max_size=12))
def test_a_sum_is_told_of_five_or_more_and_in_steps_of_ten(minutes: list[int]) -> None:
    told = shared_sum(minutes)
    assert (told is None) is (len(minutes) < 5)
    assert told is None or (told % 10 == 0 and 0 <= sum(minutes) - told < 10)
    assert shared_sum(minutes, somebody_left=True) is None


def test_a_part_counts_from_its_week_on_until_it_is_left() -> None:
    assert not Part(MONDAY).counts(MONDAY - WEEK)
    assert Part(MONDAY).counts(MONDAY)
    assert not Part(MONDAY, MONDAY + WEEK).counts(MONDAY + 2 * WEEK)
    assert Part(MONDAY + WEEK, MONDAY).counts(MONDAY + WEEK), "left, and came again"
