"""What fits a break: real times, cards first, a lesson cut at a card's end, and items that add up."""

import math
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bench.breaks import fixed_with_as_many, remembered, times
from lms.learning.rules.composing import (
    CARD_SECONDS,
    Pace,
    Possible,
    Session,
    card_ratios,
    compose,
    measured,
    minutes_left,
    pace_of,
)

pytestmark = pytest.mark.no_database
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
SURE = Pace(0.0, 10_000, {(course, str(key)): (0.0, 10_000) for course in (ONE, TWO) for key in range(30)})
"""Nothing left to learn: only how a sitting differs from another."""
START = datetime(2026, 3, 2, 18, tzinfo=UTC)


def item(
    minutes: int,
    urgency: int = 3,
    course: uuid.UUID = ONE,
    key: str = "0",
    cards: int = 1,
    of: int | None = None,
) -> Possible:
    """A lesson that could be done."""
    return Possible(key, "C", minutes, "next", urgency, course, key, cards, of or cards)


def told(session: Session) -> list[tuple[str, int]]:
    return [(one.lesson_key or one.kind, one.count) for one in session.items]


def test_the_most_urgent_comes_first_and_what_does_not_fit_closes_its_course() -> None:
    offered = [item(3, 4, TWO, "a"), item(9, 0, ONE, "b"), item(2, 0, ONE, "c"), item(3, 2, TWO, "d")]
    assert told(compose(offered, minutes=5, pace=SURE)) == [("d", 1)]
    assert told(compose(offered, minutes=2, pace=SURE)) == []


def test_a_longer_lesson_is_cut_at_the_end_of_a_card() -> None:
    (piece,) = compose([item(20, cards=10)], minutes=10, pace=SURE).items
    assert (piece.is_piece, piece.count, piece.of) == (True, 4, 10)
    (rest,) = compose([item(20, cards=2, of=10)], minutes=10, pace=SURE).items
    assert (rest.is_piece, rest.count) == (False, 2)


def test_cards_about_to_be_forgotten_come_first_but_leave_room_for_a_lesson() -> None:
    session = compose([item(10, cards=20)], minutes=10, due_cards=50, pace=SURE)
    (cards, lesson) = session.items
    assert (cards.kind, lesson.kind) == ("review", "lesson")
    assert cards.seconds < lesson.seconds
    (only,) = compose([], minutes=10, due_cards=50, pace=SURE).items
    assert only.seconds > cards.seconds


def test_something_else_leaves_out_the_first_course_and_comes_round_again() -> None:
    offered = [item(2, 0, ONE, "a"), item(2, 1, TWO, "b")]
    first = [
        [one.lesson_key for one in compose(offered, minutes=15, other=other).items] for other in range(3)
    ]
    assert first == [["a", "b"], ["b"], ["a", "b"]]


def test_a_bit_less_is_less() -> None:
    offered = [item(20, cards=20)]
    whole, less = (compose(offered, minutes=10, pace=SURE, less=said) for said in (False, True))
    assert less.minutes < whole.minutes


def test_the_less_is_known_the_more_room_is_left() -> None:
    offered = [item(20, cards=40)]
    new, known = (
        sum(one.seconds for one in compose(offered, minutes=10, pace=pace).items) for pace in (None, SURE)
    )
    assert new < known < 600


@given(
    some.lists(
        some.builds(
            item,
            some.integers(0, 20),
            some.integers(0, 4),
            some.sampled_from([ONE, TWO]),
            some.integers(0, 9).map(str),
            some.integers(1, 9),
        ),
        max_size=8,
    ),
    some.sampled_from([5, 10, 15]),
    some.integers(0, 30),
    some.integers(0, 5),
)
def test_a_session_adds_up_to_no_more_than_was_asked(
    offered: list[Possible], minutes: int, due: int, other: int
) -> None:
    session = compose(offered, minutes=minutes, due_cards=due, other=other)
    assert sum(one.seconds for one in session.items) <= minutes * 60
    assert session.minutes <= session.asked == minutes
    assert all(one.minutes >= 1 for one in session.items)


@given(some.lists(some.integers(1, 9), min_size=1, max_size=6))
def test_a_later_lesson_of_a_course_is_never_taken_without_the_earlier(lengths: list[int]) -> None:
    offered = [item(length, key=str(place), cards=3) for place, length in enumerate(lengths)]
    taken = [one.lesson_key for one in compose(offered, minutes=10).items]
    assert taken == [str(place) for place in range(len(taken))]


def moments(*seconds: float) -> Sequence[datetime]:
    return [START + timedelta(seconds=one) for one in seconds]


def test_a_lesson_is_measured_by_the_time_between_its_cards_and_lunch_is_left_out() -> None:
    assert measured(moments(0, 120, 240, 360), cards=4, minutes=4) == pytest.approx(math.log(2))
    assert measured(moments(0, 120, 240, 4000, 4120), cards=5, minutes=5) == pytest.approx(math.log(2))
    assert measured(moments(0, 400, 800), cards=3, minutes=3) is None
    assert measured(moments(0, 60), cards=2, minutes=2) is None
    assert measured(moments(0, 0, 0), cards=3, minutes=3) is None, "all at once: a batch, not a pace"
    assert measured(moments(0, 299, 598), cards=3, minutes=1) == pytest.approx(math.log(4))


def test_a_pace_moves_from_the_authors_estimate_as_lessons_are_measured() -> None:
    slow = math.log(2)
    few = pace_of({(ONE, "0"): slow}, {})
    many = pace_of({(ONE, str(number)): slow for number in range(20)}, {})
    assert 0 < few.own < many.own < slow
    assert many.seconds((TWO, "0"), 5) == pytest.approx(300 * math.exp(many.own))
    odd = pace_of({(ONE, str(number)): slow if number else math.log(4) for number in range(20)}, {})
    assert odd.own == many.own, "one odd day moves nothing"


def test_a_lesson_everybody_is_long_in_is_the_lessons_not_the_persons() -> None:
    pace = pace_of({(ONE, "0"): 0.5}, {(ONE, "0"): [0.5] * 25})
    assert pace.own == pytest.approx(0.0, abs=0.02)
    assert pace.seconds((ONE, "0"), 5) > 400


def test_on_simulated_people_sessions_end_in_time_and_use_the_minutes() -> None:
    """The whole run is bench/breaks.py: 1,000 people and 60 days; here it is small and the bounds are loose."""
    every, _later = times(50, 40, seed=7)
    assert every.sessions > 500
    assert every.in_time / every.sessions >= 0.80
    assert every.used / every.sessions >= 0.70
    plain, _later = times(50, 40, seed=7, learns=False)
    assert plain.used < every.used


def test_on_simulated_heads_more_is_known_than_by_a_fixed_interval_with_as_many_reviews() -> None:
    ours = remembered(20, 60, 7, every=None)
    _every, fixed = fixed_with_as_many(20, 60, 7, ours.reviews)
    assert fixed.reviews >= ours.reviews
    assert ours.right / ours.reviews > fixed.right / fixed.reviews
    assert ours.known / ours.cards > fixed.known / fixed.cards


def test_review_cards_take_what_they_took_this_person_and_few_are_drawn_to_their_pace() -> None:
    quick = card_ratios(moments(*(number * 15 for number in range(61)), 5_000, 5_015))
    assert len(quick) == 61, "a long gap is no card"
    assert pace_of({}, {}, quick).card_seconds() == pytest.approx(15, rel=0.1)
    assert pace_of({}, {}, quick[:2]).card_seconds() > 20
    assert pace_of({}, {}, [*quick[:30], math.log(4)]).card_seconds() == pytest.approx(
        pace_of({}, {}, quick[:31]).card_seconds()
    ), "one lunch moves nothing"
    slow = {(ONE, str(number)): math.log(2) for number in range(40)}
    assert pace_of(slow, {}).card_seconds() == pytest.approx(2 * CARD_SECONDS, rel=0.05)
    assert card_ratios(moments(0, 0, 0)) == [], "all at once: a batch, not a pace"


@pytest.mark.parametrize(
    ("end", "left"),
    [("12:15", 15), ("12:02", 2), ("12:01", None), ("13:00", 60), ("13:01", None), ("11:59", None)],
)
def test_what_is_left_of_a_slot_is_whole_minutes_within_the_hour(end: str, left: int | None) -> None:
    assert minutes_left(time.fromisoformat(end), START.astimezone(ZoneInfo("America/Belize"))) == left


def test_a_slot_may_end_after_midnight_and_a_begun_minute_is_not_left() -> None:
    late = datetime(2026, 3, 2, 23, 50, 30, tzinfo=ZoneInfo("America/Belize"))
    assert minutes_left(time(0, 5), late) == 14
