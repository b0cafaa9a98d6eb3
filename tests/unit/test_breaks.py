"""What fits a break, and when a lesson or a course is done."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.learning.rules import Possible, compose, is_complete, is_whole, next_card

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
CARDS = ["hook", "say", "next-call"]


@pytest.mark.parametrize(
    ("finished", "after"),
    [("hook", "say"), ("say", "next-call"), ("next-call", "next-call"), ("gone", "hook")],
)
def test_a_finished_card_leads_to_the_next_or_stays_on_the_last(finished: str, after: str) -> None:
    assert next_card(CARDS, finished=finished) == after


@given(some.permutations(CARDS), some.integers(0, 3))
def test_a_lesson_is_whole_when_every_card_is_finished_in_whatever_order(
    order: list[str], count: int
) -> None:
    assert is_whole(CARDS, [*order[:count], "gone"]) is (count == 3)


@pytest.mark.parametrize(
    ("completion", "done", "passed", "complete"),
    [
        ({}, ["a", "b"], False, True),
        ({"lessons": "all"}, ["a"], False, False),
        ({"lessons": 1}, ["a"], False, True),
        ({"lessons": 2}, ["a", "gone"], False, False),
        ({"assessment": "final"}, ["a", "b"], False, False),
        ({"assessment": "final"}, ["a", "b"], True, True),
        ({"assessment": "final"}, ["a"], True, False),
    ],
)
def test_a_course_is_complete_by_its_own_rule(
    completion: dict[str, object], done: list[str], passed: bool, complete: bool
) -> None:
    assert is_complete(completion, lessons=["a", "b"], done=done, passed=passed) is complete


def item(minutes: int, urgency: int = 3, course: uuid.UUID = ONE, key: str = "") -> Possible:
    """Something to do."""
    return Possible("lesson", key or f"{minutes} min", "C", minutes, "next", urgency, course, key)


def test_the_most_urgent_comes_first_and_what_does_not_fit_closes_its_course() -> None:
    offered = [item(4, 4, TWO), item(9, 0), item(3, 0), item(5, 2, TWO)]
    assert [one.minutes for one in compose(offered, minutes=5).items] == [5]
    assert [one.minutes for one in compose(offered, minutes=15).items] == [9, 3]
    assert compose(offered, minutes=2).items == ()


@given(
    some.lists(
        some.builds(item, some.integers(1, 20), some.integers(0, 4), some.sampled_from([ONE, TWO])),
        max_size=8,
    ),
    some.sampled_from([5, 10, 15]),
)
def test_a_session_never_takes_longer_than_the_break(offered: list[Possible], minutes: int) -> None:
    session = compose(offered, minutes=minutes)
    assert session.minutes <= session.asked == minutes
    assert all(one in offered for one in session.items)


@given(some.lists(some.integers(1, 9), min_size=1, max_size=6))
def test_a_later_lesson_of_a_course_is_never_taken_without_the_earlier(lengths: list[int]) -> None:
    offered = [item(length, key=str(place)) for place, length in enumerate(lengths)]
    taken = [one.lesson_key for one in compose(offered, minutes=10).items]
    assert taken == [str(place) for place in range(len(taken))]
