"""The time log: minutes from moments, whatever order they come in and however often."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning.rules.time_log import (
    LONGEST_GAP,
    NEW_SITTING,
    OPENING,
    DayTime,
    Done,
    Minutes,
    done_at,
    minutes_by_day,
    time_by_day,
    whole_minutes,
)

pytestmark = pytest.mark.no_database
BELIZE = ZoneInfo("America/Belize")
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def total(done: list[Done]) -> timedelta:
    days = time_by_day(done, BELIZE).values()
    return sum((one.required + one.other for one in days), timedelta())


def at(*minutes: float, required: bool = False) -> list[Done]:
    return [Done(NOON + one * MINUTE, required) for one in minutes]


@pytest.mark.parametrize(
    ("minutes", "counts"),
    [
        ((), 0),
        ((0,), 1),
        ((0, 2, 4), 5),
        ((0, 5), 6),
        ((0, 9), 6),  # called away: five of the nine
        ((0, 30), 6),
        ((0, 31), 2),  # another sitting
        ((0, 0, 0), 1),
    ],
)
def test_a_gap_counts_up_to_five_minutes_and_a_new_sitting_one(
    minutes: tuple[float, ...], counts: float
) -> None:
    assert total(at(*minutes)) == counts * MINUTE


MOMENTS = st.lists(
    st.builds(
        Done,
        st.integers(0, 3 * 24 * 3600).map(lambda seconds: NOON + timedelta(seconds=seconds)),
        st.booleans(),
        st.booleans(),
    ),
    max_size=40,
)


@given(MOMENTS, st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_change_the_time(done: list[Done], chance: st.DataObject) -> None:
    mixed = [*done, *done]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert total(mixed) == total(done)
    mixed = list(done)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert time_by_day(mixed, BELIZE) == time_by_day(done, BELIZE)


@given(MOMENTS, MOMENTS)
def test_more_that_was_done_is_never_less_time(done: list[Done], more: list[Done]) -> None:
    assert total(done) <= total(done + more) <= total(done) + total(more) + len(more) * LONGEST_GAP


@given(MOMENTS)
def test_nobody_earns_more_than_the_clock_went(done: list[Done]) -> None:
    moments = sorted(one.at for one in done)
    sittings = sum(
        1 for place, one in enumerate(moments) if not place or one - moments[place - 1] > NEW_SITTING
    )
    passed = moments[-1] - moments[0] if moments else timedelta()
    assert total(done) <= passed + sittings * OPENING
    assert total(done) <= len(moments) * LONGEST_GAP


def test_a_stretch_belongs_to_what_ended_it_and_to_the_firms_day() -> None:
    late = datetime(2026, 3, 3, 5, 58, tzinfo=UTC)  # two minutes to midnight in Belize
    done = [Done(late, required=True), Done(late + 3 * MINUTE), Done(late + 5 * MINUTE, required=True)]
    days = minutes_by_day(done, BELIZE, since=date(2026, 3, 2), until=date(2026, 3, 3))
    assert days == {date(2026, 3, 2): Minutes(1, 0), date(2026, 3, 3): Minutes(2, 3)}
    only = minutes_by_day(done, BELIZE, since=date(2026, 3, 3), until=date(2026, 3, 3))
    assert list(only) == [date(2026, 3, 3)]


def test_what_is_paid_is_what_the_firm_says() -> None:
    day = Minutes(7, 5)
    assert [day.paid(one) for one in ("required", "all", "none")] == [7, 12, 0]
    assert whole_minutes(DayTime(89 * timedelta(seconds=1), timedelta(seconds=30))) == Minutes(1, 1)


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        (None, (NOON, False)),
        (NOON - 3 * MINUTE, (NOON - 3 * MINUTE, False)),
        (NOON - timedelta(hours=20), (NOON - timedelta(hours=20), True)),
        (NOON + MINUTE, (NOON, False)),
        (NOON - timedelta(days=31), (NOON, False)),
    ],
)
def test_a_phones_clock_is_believed_where_it_can_be(
    device: datetime | None, expected: tuple[datetime, bool]
) -> None:
    assert done_at(device, NOON) == expected
