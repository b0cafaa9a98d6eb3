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
from lms.learning.rules.composing import Possible, Session, compose, minutes_left, room
from lms.learning.rules.pace import (
    CARD_SECONDS,
    Known,
    Lesson,
    Moment,
    Pace,
    Took,
    measured,
    pace_of,
    took,
)

pytestmark = pytest.mark.no_database
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
EXACT = Known(0.0, 1.0, 0.0)
SURE = Pace(
    0.0, 0.0, 99, {(course, key): EXACT for course in (ONE, TWO) for key in (*"0123456789abcd",)}, EXACT
)
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


def lessons(ratio: float, count: int) -> dict[Lesson, Took]:
    return {(ONE, str(number)): Took(ratio) for number in range(count)}


def test_a_pace_moves_from_the_authors_estimate_as_lessons_are_measured() -> None:
    slow = math.log(2)
    few, many = pace_of(lessons(slow, 1), {}), pace_of(lessons(slow, 20), {})
    assert 0 < few.own < many.own < slow
    assert few.variance > many.variance
    assert many.seconds((TWO, "0"), 5) == pytest.approx(300 * math.exp(many.own))
    odd = pace_of(lessons(slow, 20) | {(ONE, "0"): Took(-math.log(4))}, {})
    assert odd.own == pytest.approx(many.own, abs=0.05), "one odd day moves next to nothing"


def test_a_lesson_everybody_is_long_in_is_the_lessons_not_the_persons() -> None:
    pace = pace_of({(ONE, "0"): Took(0.5)}, {(ONE, "0"): [0.5] * 25, (ONE, "1"): [0.5] * 25})
    assert pace.own == pytest.approx(0.0, abs=0.02)
    assert pace.seconds((ONE, "1"), 5) > 400
    assert pace.lesson((ONE, "1")).variance < pace.lesson((TWO, "1")).variance


def read(*seconds: float, key: str = "0", expected: float = 60.0) -> list[Moment]:
    return [Moment(at, expected, (ONE, key)) for at in moments(*seconds)]


def test_the_cards_of_a_lesson_that_is_not_finished_tell_of_the_rest_of_it_and_of_the_person() -> None:
    slow = took(read(0, 120, 240, 360))
    assert slow[ONE, "0"].ratio == pytest.approx(math.log(2), abs=0.06)
    assert (slow[ONE, "0"].cards, slow[ONE, "0"].sittings) == (3, 1)
    pace = pace_of({(ONE, "0"): slow[ONE, "0"]}, {})
    rest, another = pace.seconds((ONE, "0"), 1), pace.seconds((ONE, "1"), 1)
    assert 60 < another < rest < 125, "most of the rest of that lesson, less of another"
    begun, fresh = ([*compose([item(20, key=key, cards=40)], minutes=10, pace=pace).items] for key in "01")
    assert room(pace, begun) < room(pace, fresh), "and so less room is left in it"


def test_what_lies_between_two_cards_belongs_to_the_later_and_a_long_gap_to_none() -> None:
    day = 86_400
    ordered = [
        Moment(START),
        *read(60, 120, day, day + 60),
        Moment(START + timedelta(seconds=day + 90)),
        Moment(START + timedelta(seconds=day + 90)),
        *read(day + 150, key="whole", expected=0.0),
    ]
    told = took(ordered[::-1])
    assert {key: (one.cards, one.sittings) for key, one in told.items()} == {(ONE, "0"): (3, 2), None: (1, 1)}
    assert took(read(0, 400, 800)) == {}


def test_a_session_ends_at_the_card_that_comes_nearest_and_not_always_at_the_one_before() -> None:
    def piece(seconds: int) -> int:
        (one,) = compose([item(seconds, cards=60)], minutes=10, pace=SURE).items
        assert one.seconds * math.sqrt(room(SURE, [one])) <= 600, "half the room stays"
        return one.count

    assert piece(172) == 3, "516 seconds and their room are a little more than ten minutes, 344 much less"
    assert piece(195) == 2, "585 seconds would leave next to no room"


def test_where_nothing_surely_fits_the_smallest_next_thing_that_should_is_offered_and_said_to_be_tight() -> (
    None
):
    offered = [item(5, 0, ONE, "a"), item(2, 0, ONE, "b"), item(4, 1, TWO, "a", 1)]
    session = compose(offered, minutes=4, pace=Pace())
    assert (session.tight, told(session), session.minutes) == (True, [("a", 1)], 4)
    assert session.items[0].course_id == TWO, "the first of a course, never one that comes later"
    assert compose(offered, minutes=3).items == ()
    assert not compose(offered, minutes=15).tight


def test_on_simulated_people_sessions_end_in_time_and_use_the_minutes() -> None:
    """The whole run is bench/breaks.py: 1,000 people and 60 days; here it is small and the bounds are loose."""
    every, _later = times(50, 40, seed=7)
    assert every.sessions > 500
    assert every.in_time / every.sessions >= 0.80
    assert every.use >= 0.75
    plain, _later = times(50, 40, seed=7, learns=False)
    assert plain.use < every.use


def test_on_simulated_heads_more_is_known_than_by_a_fixed_interval_with_as_many_reviews() -> None:
    ours = remembered(20, 60, 7, every=None)
    _every, fixed = fixed_with_as_many(20, 60, 7, ours.reviews)
    assert fixed.reviews >= ours.reviews
    assert ours.right / ours.reviews > fixed.right / fixed.reviews
    assert ours.known / ours.cards > fixed.known / fixed.cards


def test_review_cards_take_what_they_took_this_person_and_few_are_drawn_to_their_pace() -> None:
    def seconds(*at: float) -> float:
        return pace_of({}, {}, took([Moment(one) for one in moments(*at)])[None]).card_seconds()

    steps = [number * 15.0 for number in range(61)]
    assert took([Moment(one) for one in moments(*steps, 5_000, 5_015)])[None].cards == 61, (
        "a long gap is no card"
    )
    assert seconds(*steps) == pytest.approx(15, rel=0.1)
    assert seconds(*steps[:2]) > 18
    assert seconds(*steps[:31], 640) == pytest.approx(seconds(*steps[:32]), rel=0.04), (
        "one lunch moves next to nothing"
    )
    assert pace_of(lessons(math.log(2), 40), {}).card_seconds() == pytest.approx(2 * CARD_SECONDS, rel=0.05)
    assert took([Moment(one) for one in moments(0, 0, 0)]) == {}, "all at once: a batch, not a pace"


@pytest.mark.parametrize(
    ("end", "left"),
    [("12:15", 15), ("12:02", 2), ("12:01", None), ("13:00", 60), ("13:01", None), ("11:59", None)],
)
def test_what_is_left_of_a_slot_is_whole_minutes_within_the_hour(end: str, left: int | None) -> None:
    assert minutes_left(time.fromisoformat(end), START.astimezone(ZoneInfo("America/Belize"))) == left


def test_a_slot_may_end_after_midnight_and_a_begun_minute_is_not_left() -> None:
    late = datetime(2026, 3, 2, 23, 50, 30, tzinfo=ZoneInfo("America/Belize"))
    assert minutes_left(time(0, 5), late) == 14
