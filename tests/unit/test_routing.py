"""The way up: exact against brute force, in an order that can be kept, with what expires and what nothing closes."""

import random
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.tracks.framework_files import find_rung, shipped_acts, shipped_framework
from lms.tracks.rules import Evidence, EvidenceKind, Facts, standing
from lms.tracks.rules.route_acts import Final, catalogue
from lms.tracks.rules.routing import Act, Pace, alternatives, cheapest, route, schedule

TODAY = date(2026, 3, 2)
GAPS = ("a", "b", "c", "d", "e")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[frozenset[str], list[Act]]:
    """Some gaps, and acts that close them, some of which need others that stand before them."""
    gaps = frozenset(draw(st.sets(st.sampled_from(GAPS), min_size=1)))
    acts: list[Act] = []
    for number in range(draw(st.integers(1, 8))):
        closes = frozenset(draw(st.sets(st.sampled_from(GAPS), max_size=3)))
        before = [one.key for one in acts]
        needs = frozenset(draw(st.sets(st.sampled_from(before), max_size=2))) if before else frozenset()
        acts.append(
            Act(
                f"act{number}",
                draw(st.sampled_from(("course", "observed"))),
                "",
                draw(st.integers(0, 9)),
                closes,
                needs,
            )
        )
    return gaps, acts


def by_trying_all(gaps: frozenset[str], acts: list[Act]) -> tuple[int, int] | None:
    """The fewest minutes and acts of any set that closes the gaps and has what its acts need."""
    found = None
    for size in range(len(acts) + 1):
        for some in combinations(acts, size):
            keys = {one.key for one in some}
            closed = frozenset().union(*(one.closes for one in some))
            if gaps <= closed and all(one.needs <= keys for one in some):
                cost = (sum(one.minutes for one in some), size)
                found = min(found or cost, cost)
    return found


@given(worlds())
def test_no_way_is_cheaper_than_the_one_that_is_found(world: tuple[frozenset[str], list[Act]]) -> None:
    gaps, acts = world
    best = by_trying_all(gaps, acts)
    keys = cheapest(gaps, acts)
    if best is None:
        assert keys is None
        return
    assert keys is not None
    some = [one for one in acts if one.key in keys]
    assert gaps <= frozenset().union(*(one.closes for one in some))
    assert all(one.needs <= keys for one in some)
    assert (sum(one.minutes for one in some), len(some)) == best


def test_no_way_is_cheaper_in_five_hundred_crowded_worlds() -> None:
    chance = random.Random(1)
    for _world in range(500):
        gaps = frozenset(chance.sample(GAPS, chance.randint(2, 5)))
        acts: list[Act] = []
        for number in range(8):
            before = [one.key for one in acts]
            needs = chance.sample(before, min(len(before), chance.choice((0, 0, 0, 1, 2))))
            closes = chance.sample(GAPS, chance.randint(0, 3))
            minutes = chance.randint(0, 9)
            acts.append(Act(f"a{number}", "course", "", minutes, frozenset(closes), frozenset(needs)))
        keys, best = cheapest(gaps, acts), by_trying_all(gaps, acts)
        assert (keys is None) == (best is None)
        if keys is not None:
            assert (sum(one.minutes for one in acts if one.key in keys), len(keys)) == best


@given(worlds(), st.randoms())
def test_the_order_of_the_catalogue_changes_nothing(
    world: tuple[frozenset[str], list[Act]], chance: Any
) -> None:
    gaps, acts = world
    mixed = sorted(acts, key=lambda _one: chance.random())
    assert cheapest(gaps, acts) == cheapest(gaps, mixed)
    assert route(gaps, acts, TODAY) == route(gaps, mixed, TODAY)


@given(worlds())
def test_every_act_comes_after_what_it_needs(world: tuple[frozenset[str], list[Act]]) -> None:
    gaps, acts = world
    way = route(gaps, acts, TODAY)
    done: dict[str, date] = {}
    for step in way.steps:
        assert step.act.needs <= done.keys()
        assert all(done[key] <= step.done_by for key in step.act.needs)
        done[step.act.key] = step.done_by
    for other in alternatives(way, gaps, acts, TODAY):
        assert other.keys != way.keys
        assert other.minutes >= way.minutes


def act(key: str, **more: Any) -> Act:
    """An act that closes the gap of its own name."""
    return Act(key, more.pop("kind", "course"), key, more.pop("minutes", 8), frozenset((key,)), **more)


def test_sittings_take_their_turns_and_learning_fills_the_weeks() -> None:
    acts = [act("o1", kind="observed", assessor=True), act("o2", kind="observed", assessor=True)]
    acts += [act("c1", minutes=40, in_breaks=True), act("c2", minutes=40, in_breaks=True)]
    steps = {one.act.key: one.done_by for one in schedule({"o1", "o2", "c1", "c2"}, acts, TODAY, Pace(40, 1))}
    assert steps == {
        "c1": date(2026, 3, 9),
        "c2": date(2026, 3, 16),
        "o1": date(2026, 3, 9),
        "o2": date(2026, 3, 16),
    }


def test_what_lasts_a_year_is_not_done_two_years_before_the_rest() -> None:
    acts = [
        act("c", in_breaks=True, lasts_months=12),
        act("t", kind="tenure", minutes=0, not_before=date(2028, 3, 2)),
    ]
    steps = {one.act.key: one for one in route({"c", "t"}, acts, TODAY).steps}
    assert steps["c"].start_from == date(2027, 3, 3)
    assert route({"c", "t"}, acts, TODAY).ready_on == date(2028, 3, 2)


def test_a_gap_that_nothing_closes_is_said_and_the_rest_is_routed() -> None:
    way = route({"c", "x"}, [act("c", in_breaks=True)], TODAY)
    assert (way.closed_by_nothing, way.keys, way.breaks) == (("x",), {"c"}, 1)


SHIPPED = shipped_framework()
FINALS = [Final("C05", 20, (("B4", 2),)), Final("C01", 15, (("A1", 2), ("A2", 2)))]


def routed(key: str, *evidence: Evidence) -> tuple[Any, Any]:
    """A shipped rung's catalogue and way."""
    found = find_rung(SHIPPED, key)
    assert found is not None
    stand = standing(found[1], SHIPPED, evidence, Facts(date(2024, 1, 1), date(2024, 1, 1)), TODAY)
    made = catalogue(stand, found[1], SHIPPED, evidence, shipped_acts(), FINALS)
    return made, route(made.gaps, made.acts, TODAY)


@pytest.mark.parametrize("key", [rung["key"] for track in SHIPPED["tracks"] for rung in track["rungs"]])
def test_every_shipped_rung_has_a_way_from_nothing(key: str) -> None:
    made, way = routed(key)
    assert way.closed_by_nothing == ()
    assert made.gaps <= frozenset().union(*(one.act.closes for one in way.steps))
    assert way.minutes == sum(one.act.minutes for one in way.steps)


def test_one_observed_call_shows_all_that_is_open_and_an_exam_comes_after_its_courses() -> None:
    _made, way = routed("S1")
    assert way.count("observed") <= 2
    keys = [one.act.key for one in way.steps]
    assert keys.index("S1-assessment") > keys.index("C05")


def test_where_a_rung_leaves_a_choice_only_the_cheaper_branch_is_on_the_way() -> None:
    made, way = routed("T1")
    keys = {one.act.key for one in way.steps}
    assert "C10+C11" in keys
    assert keys.isdisjoint({"C06", "C12", "C06+C12"})
    others = alternatives(way, made.gaps, made.acts, TODAY)
    assert any("C06+C12" in other.keys for other in others)


def test_a_level_three_that_was_seen_needs_only_another_kind() -> None:
    seen = Evidence(
        "1", EvidenceKind.OBSERVED, TODAY, datetime(2026, 3, 2, tzinfo=UTC), "rated", competency="E1", level=5
    )
    made, _way = routed("S2", seen)
    assert "E1:other" in made.gaps
    assert "E1:seen" not in made.gaps
