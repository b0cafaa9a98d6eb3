"""When a card comes back: the published numbers of FSRS-6, fuzz that is the same for ever, leave that pauses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.learning.rules.memory import (
    LONGEST,
    Because,
    Grade,
    Memory,
    because,
    days_in,
    due_after_leave,
    fuzzed,
    grade_of,
    review,
    still_known,
)

pytestmark = pytest.mark.no_database
START = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def test_a_memory_is_what_the_published_reference_of_fsrs_6_says() -> None:
    """The numbers of the reference implementations' own test (ratings, days apart, stability, difficulty)."""
    memory, at = Memory(), START
    for grade, days in zip((1, 3, 3, 3, 3, 3), (0, 0, 1, 3, 8, 21), strict=True):
        at += timedelta(days=days)
        memory, _next = review(memory, Grade(grade), at=at)
    assert memory.stability == pytest.approx(53.62691, abs=1e-4)
    assert memory.difficulty == pytest.approx(6.3574867, abs=1e-4)


@pytest.mark.parametrize(
    ("grade", "stability", "days"), [(1, 0.212, 1), (2, 1.2931, 1), (3, 2.3065, 2), (4, 8.2956, 8)]
)
def test_a_first_review_begins_with_the_published_weights(grade: int, stability: float, days: int) -> None:
    memory, comes = review(Memory(), Grade(grade), at=START)
    assert (memory.stability, comes) == (stability, days)


def test_after_its_stability_in_days_a_card_is_known_by_nine_of_ten() -> None:
    memory = Memory(10.0, 5.0, START)
    assert still_known(memory, START + timedelta(days=10)) == pytest.approx(0.9)
    assert still_known(memory, START) == 1
    assert still_known(Memory(), START) == 0


def test_more_retention_asks_earlier() -> None:
    days = [
        review(Memory(20.0, 5.0, START), Grade.GOOD, at=START + timedelta(days=20), retention=percent)[1]
        for percent in (80, 90, 95)
    ]
    assert days == sorted(days, reverse=True)
    assert days[0] > days[2]


@given(some.integers(1, 400), some.text(max_size=8))
def test_fuzz_is_the_same_for_a_seed_and_stays_near(days: int, seed: str) -> None:
    found = fuzzed(days, seed)
    assert found == fuzzed(days, seed)
    assert 1 <= found <= max(days, LONGEST)
    if days <= LONGEST:
        assert abs(found - days) <= 2 + 0.15 * days


def test_fuzz_parts_cards_that_were_learnt_together() -> None:
    assert len({fuzzed(30, str(card)) for card in range(50)}) >= 4


@pytest.mark.parametrize(
    ("score", "felt", "grade"),
    [
        (1, None, Grade.GOOD),
        (1, "hard", Grade.HARD),
        (1, "easy", Grade.EASY),
        (1, "x", Grade.GOOD),
        (0.5, "easy", Grade.HARD),
        (0.4, None, Grade.AGAIN),
        (0, "easy", Grade.AGAIN),
    ],
)
def test_only_who_was_right_says_how_well_they_knew_it(score: float, felt: str | None, grade: Grade) -> None:
    assert grade_of(score, felt) is grade


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.mark.parametrize(
    ("leave", "due"),
    [
        ([], -2),
        ([(day(-40), day(-30))], -2),  # before it was scheduled
        ([(day(-8), day(-7))], 0),
        ([(day(-8), day(-6))], None),  # tomorrow
        ([(day(-3), None)], None),  # it has no end yet
        ([(day(-9), day(-9)), (day(-9), day(-9))], -1),  # a day counts once
        ([(day(-1), day(-1))], -2),  # after it was due already
        ([(day(-4), day(-4)), (day(-1), day(-1))], 0),  # pushed into the next leave
    ],
)
def test_a_card_is_due_later_by_each_day_of_leave(
    leave: list[tuple[date, date | None]], due: int | None
) -> None:
    assert due_after_leave(day(-10), day(-2), leave, today=TODAY) == (None if due is None else day(due))


def test_days_of_leave_are_counted_within_their_ends() -> None:
    assert days_in([(day(-3), day(2))], day(-2), day(1)) == 3


@pytest.mark.parametrize(
    ("source", "last", "why"),
    [
        ("check", None, Because.LEARNT),
        ("question", None, Because.MISSED),
        ("check", 1, Because.LAPSED),
        ("question", 3, Because.DUE),
    ],
)
def test_a_card_says_why_it_comes(source: str, last: int | None, why: Because) -> None:
    memory = Memory() if last is None else Memory(5.0, 5.0, START)
    assert because(source, memory, last) is why
