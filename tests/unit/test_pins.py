"""PINs: which are refused, how long a guesser waits; and when a remembered device gets a new token."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.pins import (
    DEVICE_WRONG_BEFORE_WAITING,
    GRACE,
    LONGEST_WAIT,
    RENEWED_AFTER,
    WRONG_BEFORE_GONE,
    WRONG_BEFORE_WAITING,
    Renewal,
    pin_problem,
    renewal,
    wait_of_device,
    wait_of_person,
)

pytestmark = pytest.mark.no_database
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "pin",
    [
        "12345",
        "1234567",
        "12a456",
        "١٢٣٤٥٦",
        "000000",
        "123456",
        "890123",
        "654321",
        "121212",
        "123123",
        "112233",
        "414144",
        "159753",
        "240391",
        "032491",
        "199104",
    ],
)
def test_a_weak_pin_is_refused_with_a_sentence(pin: str) -> None:
    assert pin_problem(pin)


def test_a_pin_is_not_the_number_that_others_know_one_by() -> None:
    assert pin_problem("840275", own=["A-84027"])
    assert pin_problem("840275", own=["00840275"])
    assert pin_problem("840275", own=["A-7", None]) is None


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_most_digits_make_a_pin_and_the_answer_never_differs(pin: str) -> None:
    assert pin_problem(pin) == pin_problem(pin)


def test_guessing_gets_slower_and_never_faster() -> None:
    assert wait_of_person(WRONG_BEFORE_WAITING - 1) == timedelta()
    assert wait_of_person(WRONG_BEFORE_WAITING) == timedelta(seconds=30)
    for wait in (wait_of_person, wait_of_device):
        waits = [wait(wrong) for wrong in range(200)]
        assert waits == sorted(waits)
        assert waits[-1] == LONGEST_WAIT
    assert wait_of_device(DEVICE_WRONG_BEFORE_WAITING) > timedelta()
    assert sum((wait_of_person(wrong) for wrong in range(WRONG_BEFORE_GONE)), timedelta()) > timedelta(
        hours=1
    )


def asked(
    *, days: float = 0, previous: bool = False, renewed: bool = False, confirmed: bool = False
) -> Renewal:
    return renewal(
        by_previous=previous,
        since=NOON,
        confirmed=confirmed,
        renewed=renewed,
        now=NOON + timedelta(days=days),
    )


def test_a_token_is_renewed_once_a_day_and_once_more_when_the_reply_was_lost() -> None:
    day, grace = RENEWED_AFTER.total_seconds() / 86400, GRACE.total_seconds() / 86400
    assert asked() is Renewal.NOTHING
    assert asked(days=day) is Renewal.DUE
    assert asked(renewed=True) is Renewal.SEEN
    assert asked(renewed=True, confirmed=True) is Renewal.NOTHING
    assert asked(renewed=True, previous=True) is Renewal.NOTHING  # a request that was under way
    assert asked(renewed=True, previous=True, days=grace) is Renewal.DUE
    assert asked(renewed=True, previous=True, confirmed=True, days=grace) is Renewal.NOTHING
