"""When a lesson or a course is done."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.learning.rules import is_complete, is_whole, next_card

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
