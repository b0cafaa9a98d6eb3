"""The rules of promotions: who is ready, what is hidden, how raters compare, what a name leaves behind."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.tracks.fairness import adverse_impact
from lms.tracks.framework_files import shipped_framework
from lms.tracks.rules import Cell, Facts, Reason, Standing, State, as_json, standing
from lms.tracks.rules.appeals import SOMEBODY, without_names
from lms.tracks.rules.decisions import digest, frozen, says_too_little, standing_again
from lms.tracks.rules.groups import (
    LEAST_IN_A_GROUP,
    Candidacy,
    Given,
    compared,
    counts,
    disagreement,
    quarters_back,
    severity,
    shown_groups,
)
from lms.tracks.rules.openings import (
    Put,
    candidates,
    gates_of,
    missing,
    pinned,
    working_days_after,
)

pytestmark = pytest.mark.no_database
DAY = date(2026, 3, 2)


def cell(key: str, state: State, kind: str = "course") -> Cell:
    return Cell(key, kind, key, state, Reason("."))


def stand(*cells: Cell, competencies: tuple[Cell, ...] = ()) -> Standing:
    return Standing("S1", 1, None, DAY, 1, cells, competencies)


def test_two_borderline_things_are_let_through_a_third_or_a_gates_is_not() -> None:
    two = [cell(key, State.BORDERLINE, "competency") for key in ("A1", "A2")]
    assert missing(stand(competencies=tuple(two)), ["B3"]) == ()
    three = (*two, cell("A3", State.BORDERLINE, "competency"))
    assert len(missing(stand(competencies=three), ["B3"])) == 3
    gate = cell("B3", State.BORDERLINE, "competency")
    assert missing(stand(competencies=(two[0], gate)), ["B3"]) == (gate,)


def test_each_open_competency_is_one_thing_missing_and_their_summary_is_none() -> None:
    summary = cell("competencies", State.NOT_YET, "competencies")
    open_one = cell("A1", State.NOT_YET, "competency")
    found = missing(stand(summary, cell("C01", State.STALE), competencies=(open_one,)), [])
    assert [one.key for one in found] == ["C01", "A1"]


def test_an_opening_keeps_the_version_it_was_made_on() -> None:
    framework = shipped_framework()
    later = {**framework["profiles"][1], "version": 2, "from": "2026-01-01", "levels": {"A1": 5}}
    grown = {**framework, "profiles": [*framework["profiles"], later]}
    first, second = (pinned(grown, "S1", 1, "senior-agent", version) for version in (1, 2))
    assert first is not None
    assert second is not None
    since = Facts(date(2020, 1, 1), date(2020, 1, 1))
    asked = [standing(rung, held, [], since, DAY) for held, rung in (first, second)]
    assert [len(one.competencies) for one in asked] == [18, 1]
    assert pinned(grown, "S1", 9, "senior-agent", 1) is None
    assert gates_of(framework) == {"B3", "B4"}


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 40))
def test_working_days_skip_every_weekend(day: date, count: int) -> None:
    after = working_days_after(day, count)
    between = [day + timedelta(days=one) for one in range(1, (after - day).days + 1)]
    assert sum(one.weekday() < 5 for one in between) == count
    assert count == 0 or after.weekday() < 5


def test_the_latest_act_makes_a_candidate() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    at = datetime(2026, 3, 2, tzinfo=UTC)
    acts = [
        Put(one, 2, "withdrawn", one, "", at),
        Put(one, 1, "nominated", other, "", at),
        Put(other, 1, "nominated", one, "", at),
    ]
    assert set(candidates(acts)) == {other}


def test_a_standing_is_read_again_as_it_was_kept() -> None:
    framework = shipped_framework()
    rung = framework["tracks"][0]["rungs"][0]
    before = standing(rung, framework, [], Facts(date(2025, 1, 1), DAY), DAY)
    again = standing_again(frozen(as_json(before)))
    assert again == replace(before, cells=again.cells, competencies=again.competencies)
    assert [one.reason.words() for one in again.cells] == [one.reason.words() for one in before.cells]
    assert [one.reason.words() for one in again.competencies] == [
        one.reason.words() for one in before.competencies
    ]


def test_a_hash_does_not_hang_on_order_or_time_zone() -> None:
    belize = timezone(timedelta(hours=-6))
    first = {"a": 1, "at": datetime(2026, 3, 2, 12, tzinfo=belize)}
    second = {"at": datetime(2026, 3, 2, 18, tzinfo=UTC), "a": 1}
    assert digest(first) == digest(second)
    assert digest(first) != digest({**first, "a": 2})


@pytest.mark.parametrize("text", ["", "Good.", "good " * 30, "x" * 60, "one two three"])
def test_a_click_or_one_word_again_and_again_is_no_reason(text: str) -> None:
    assert says_too_little(text)


def test_names_and_their_parts_are_made_unreadable() -> None:
    text = "Ana Chi helped ANA's team; Anabel watched. Jo del Pilar nodded."
    hidden = without_names(text, ["Ana Chi", "Jo del Pilar"])
    assert hidden == f"{SOMEBODY} helped {SOMEBODY}'s team; Anabel watched. {SOMEBODY} nodded."


def test_a_group_that_could_be_worked_out_is_hidden_with_another() -> None:
    large = {"a": (10, 40), "b": (9, 30), "c": (5, 15)}
    assert set(shown_groups(large)) == {"a", "b", "c"}
    assert set(shown_groups({**large, "d": (1, 3)})) == {"a", "b"}, "c is hidden so that d stays hidden"
    assert shown_groups({"a": (10, 40), "d": (1, 3)}) == {}, "one group compares with nothing"
    assert shown_groups({"a": (2, 40), "b": (2, 30)}) == {}, "so few were chosen that it tells about them"
    assert shown_groups({"a": (38, 40), "b": (28, 30)}) == {}, "so few were not"


@given(
    st.dictionaries(
        st.sampled_from("abcdefg"),
        st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    )
)
def test_what_is_hidden_is_never_a_small_number_of_people(found: dict[str, tuple[int, int]]) -> None:
    shown = shown_groups(found)
    assert all(both[1] >= LEAST_IN_A_GROUP for both in shown.values())
    hidden = sum(both[1] for group, both in found.items() if group not in shown)
    assert not shown or hidden == 0 or hidden >= LEAST_IN_A_GROUP


def test_groups_are_held_beside_the_highest_rate() -> None:
    both = compared({"a": (10, 40), "b": (15, 30)})
    assert [one.group for one in both] == ["b", "a"]
    assert both[0].impact is None
    assert both[1].impact == adverse_impact((15, 30), (10, 40))


def test_each_stage_counts_those_who_reached_the_one_before() -> None:
    women, man = [uuid.uuid4() for _one in range(3)], uuid.uuid4()
    groups = {**dict.fromkeys(women, "woman"), man: "man"}
    found = [
        Candidacy(women[0], True, True, True),
        Candidacy(women[1], True, False, False),
        Candidacy(man, False, False, None),
        Candidacy(uuid.uuid4(), True, True, False),
    ]
    assert counts("nominated", groups, found) == {"woman": (2, 3), "man": (1, 1)}
    assert counts("sat", groups, found) == {"woman": (2, 2), "man": (0, 1)}
    assert counts("passed", groups, found) == {"woman": (1, 2)}
    assert counts("chosen", groups, found) == {"woman": (1, 2)}
    said = disagreement(found)
    assert (said.decided, said.ready_not_chosen, said.chosen_not_ready) == (3, 1, 0)


def test_a_strict_rater_is_seen_beside_colleagues_and_not_from_too_few() -> None:
    given_ = [
        Given(rater, ("o", str(who), 0), score)
        for who in range(12)
        for rater, score in (("mild", 4), ("strict", 2))
    ] + [Given("alone", ("o", "x", 1), 5), Given("rare", ("o", "0", 0), 3)]
    found = {one.rater: one for one in severity(given_)}
    assert set(found) == {"mild", "strict", "rare"}
    assert found["rare"].difference is None
    assert found["strict"].difference is not None
    assert found["strict"].difference == pytest.approx(-2, abs=0.1)
    assert found["mild"].difference == pytest.approx(2, abs=0.1)


def test_quarters_are_counted_from_their_first_day() -> None:
    assert quarters_back(date(2026, 3, 2), 1) == date(2026, 1, 1)
    assert quarters_back(date(2026, 3, 2), 8) == date(2024, 4, 1)
