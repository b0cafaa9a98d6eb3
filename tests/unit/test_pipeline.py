"""The look ahead: everybody once, low never above high, and the assessors are shared."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.tracks.rules.pipeline import MONTHS, Assumed, Todo, month_ends, outlooks

TODAY = date(2026, 3, 2)
TODOS = st.builds(
    Todo,
    rung=st.sampled_from(("S1", "S2")),
    team=st.just("T"),
    learning=st.integers(0, 400),
    sittings=st.integers(0, 4),
    not_before=st.dates(TODAY, TODAY + timedelta(days=800)),
    stuck=st.booleans(),
)


@given(st.lists(TODOS, max_size=20), st.integers(0, 5))
def test_everybody_is_counted_at_most_once_and_the_range_holds(todos: list[Todo], assessors: int) -> None:
    found = outlooks(todos, TODAY, assessors)
    assert sum(one.people for one in found) == len(todos)
    for one in found:
        for low, likely, high in zip(one.low, one.likely, one.high, strict=True):
            assert low <= likely <= high <= one.people - one.stuck
        assert list(one.likely) == sorted(one.likely), "who is ready stays ready"


def test_a_queue_for_assessors_moves_everybody_back() -> None:
    todos = [Todo("S1", "T", 0, 2, TODAY) for _one in range(30)]
    few, many = outlooks(todos, TODAY, 1)[0], outlooks(todos, TODAY, 10)[0]
    assert few.likely[0] == 0
    assert many.likely[0] == 30
    assert outlooks(todos, TODAY, 0)[0].high[-1] == 0, "without an assessor nobody gets there"


def test_the_slow_need_longer_and_the_ready_are_there_now() -> None:
    todos = [Todo("S1", "T", 240, 0, TODAY), Todo("S1", "T", 0, 0, TODAY, ready=True)]
    one = outlooks(todos, TODAY, 1, Assumed(20, 40, 60))[0]
    assert (one.ready, one.low[0], one.high[0]) == (1, 1, 2)
    assert one.low[-1] == 2
    assert month_ends(TODAY)[0] == date(2026, 3, 31)
    assert len(month_ends(TODAY)) == MONTHS
