"""How long a fact counts under the rule's second version: a half-life, a clock that stops, gates by the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.tracks.framework_files import shipped_framework, shipped_rule
from lms.tracks.rules import (
    Cell,
    Evidence,
    EvidenceKind,
    Leave,
    Reason,
    Rule,
    State,
    clock_of,
    consideration,
    readiness,
)

TODAY = date(2026, 12, 1)
DAY = timedelta(days=1)
RULE = shipped_rule(TODAY)
A1 = next(one for one in shipped_framework()["competencies"] if one["key"] == "A1")


def fact(kind: EvidenceKind = EvidenceKind.OBSERVED, *, days_ago: int = 30, **said: Any) -> Evidence:
    """A good fact about A1 at level 2 by Ann."""
    on = said.pop("on", TODAY - days_ago * DAY)
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    said = {"id": f"{kind}{on}", "competency": "A1", "level": 2, "rater": "ann"} | said
    return Evidence(kind=kind, on=on, recorded_at=at, outcome="rated", **said)


def leave(since: date, until: date | None, **said: Any) -> Leave:
    """A protected leave, recorded on its first day."""
    at = datetime(since.year, since.month, since.day, 9, tzinfo=UTC)
    return Leave(**{"id": f"{since}", "since": since, "until": until, "recorded_at": at} | said)


def cell(required: int, *facts: Evidence, away: tuple[Leave, ...] = (), **more: Any) -> Cell:
    """Where these facts put a person on A1."""
    (found,) = readiness({"A1": required}, [{**A1, **more}], facts, TODAY, RULE, away)
    return found


def words(reason: Reason) -> str:
    """A reason and everything below it."""
    return " ".join([reason.words(), *(words(one) for one in reason.below)])


def test_the_first_version_in_the_file_is_the_rule_without_any_data() -> None:
    assert shipped_rule(date(2026, 11, 25)) == Rule()
    assert RULE.version == 3


def test_an_unused_skill_counts_for_two_half_lives_and_not_a_day_longer() -> None:
    assert RULE.unused_days == 395, "13 months"
    assert cell(2, fact(days_ago=395)).state is State.MET
    assert cell(2, fact(days_ago=396)).state is State.STALE


def test_leave_and_job_figures_stop_the_clock_once_even_where_they_overlap() -> None:
    old = fact(days_ago=425)
    away = leave(TODAY - 100 * DAY, TODAY - 86 * DAY)
    figures = fact(
        EvidenceKind.KPI,
        on=TODAY - 60 * DAY,
        since=TODAY - 95 * DAY,
        competency=None,
        requirement="x",
        level=None,
    )
    clock = clock_of([old, figures], [away], TODAY, RULE)
    assert clock.days_stopped(old) == 41
    assert cell(2, old).state is State.STALE
    assert cell(2, old, away=(away,)).state is State.STALE, "fifteen days are too few"
    assert cell(2, old, figures, away=(away,)).state is State.MET


def test_figures_about_another_competency_or_for_work_that_the_job_does_not_show_stop_nothing() -> None:
    old = fact(days_ago=420, competency="E2")
    figures = fact(
        EvidenceKind.KPI, on=TODAY, since=TODAY - 90 * DAY, competency=None, requirement="x", level=None
    )
    clock = clock_of([old, figures], [], TODAY, RULE)
    assert clock.days_stopped(old) == 0
    assert clock.days_stopped(replace(old, competency="A1")) == 91, "both days included"


def test_a_leave_that_was_corrected_or_taken_back_stops_nothing_from_then_on() -> None:
    old, since = fact(days_ago=420), TODAY - 60 * DAY
    first = leave(since, TODAY)
    none = leave(since, TODAY, id="none", supersedes=first.id, taken_back=True)
    shorter = leave(since, since + 3 * DAY, id="shorter", supersedes=first.id)
    assert cell(2, old, away=(first,)).state is State.MET
    assert cell(2, old, away=(first, none)).state is State.STALE
    assert cell(2, old, away=(first, shorter)).state is State.STALE
    later = replace(none, recorded_at=datetime(2026, 12, 2, tzinfo=UTC))
    assert cell(2, old, away=(first, later)).state is State.MET


def test_a_gate_goes_by_the_calendar_whatever_stopped() -> None:
    away = leave(TODAY - 300 * DAY, None)
    assert cell(2, fact(days_ago=300), gate_months=6, away=(away,)).state is State.STALE


def test_a_certificate_counts_until_its_last_day_however_old_it_is() -> None:
    paper = fact(EvidenceKind.CERTIFICATE, days_ago=900, expires_on=TODAY)
    assert cell(2, paper).state is State.MET
    assert cell(2, replace(paper, expires_on=TODAY - DAY)).state is State.STALE


SPANS = some.lists(some.tuples(some.integers(1, 900), some.integers(0, 200)), max_size=4)


@given(some.integers(0, 900), SPANS, SPANS)
def test_a_fact_is_fresh_on_exactly_the_days_up_to_the_one_it_counts_until(
    age: int, aways: list[tuple[int, int]], uses: list[tuple[int, int]]
) -> None:
    one = fact(days_ago=age)
    away = [leave(TODAY - back * DAY, TODAY - max(back - long, 0) * DAY) for back, long in aways]
    figures = [
        fact(
            EvidenceKind.KPI,
            on=TODAY - max(back - long, 0) * DAY,
            since=TODAY - back * DAY,
            id=f"k{back}{long}",
            level=None,
        )
        for back, long in uses
    ]
    clock = clock_of([one, *figures], away, TODAY, RULE)
    until = clock.counts_until(one)
    assert clock.is_fresh(one) is (until >= TODAY)
    if until > TODAY:
        assert replace(clock, as_of=until).is_fresh(one)
        assert not replace(clock, as_of=until + DAY).is_fresh(one)


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        ([("observed", "ann"), ("attestation", "bob")], State.MET, "stays so until"),
        ([("observed", "ann"), ("attestation", "ann")], State.NOT_YET, "second person"),
        ([("attestation", "ann"), ("assessment", None)], State.NOT_YET, "observation or a rated piece"),
        ([("work_sample", "ann"), ("assessment", None)], State.MET, "recorded by Ladder"),
        ([("observed", "ann"), ("observed", "bob")], State.NOT_YET, "Two different kinds"),
    ],
)
def test_level_three_wants_two_kinds_by_two_people_one_of_them_observed(
    facts: list[tuple[str, str | None]], state: State, said: str
) -> None:
    found = cell(3, *(fact(EvidenceKind(kind), level=3, rater=by, id=f"{kind}{by}") for kind, by in facts))
    assert found.state is state
    assert said in words(found.reason)


def test_a_cell_names_the_fact_the_rater_the_anchor_and_the_day_it_ends() -> None:
    one = fact(days_ago=10, title="Call on a lost card", rater="ann", form="Call scorecard, version 1")
    said = words(cell(2, one).reason)
    for part in (
        "Call on a lost card, 2026-11-21: shows level 2.",
        "Seen at work, rated by ann on Call scorecard, version 1.",
        f"Level 2 means: {A1['anchors'][2]}.",
        "It counts until 2027-12-21.",
        "With nothing new, this stays so until 2027-12-21.",
    ):
        assert part in said, said


def test_a_rating_that_one_critical_line_failed_names_that_line() -> None:
    one = replace(
        fact(score=0.92, pass_mark=0.8, critical=("Card data by the approved way",)), outcome="failed"
    )
    assert "Not kept, and critical: Card data by the approved way." in words(cell(2, one).reason)


def met(key: str, state: State = State.MET, kind: str = "competency") -> Cell:
    """A cell in a state."""
    return Cell(key, kind, key, state, Reason("x"))


@pytest.mark.parametrize(
    ("cells", "ready", "said"),
    [
        ([met("A1"), met("B3")], True, ""),
        ([met("A1", State.BORDERLINE), met("A2", State.BORDERLINE), met("B3")], True, ""),
        ([met(key, State.BORDERLINE) for key in ("A1", "A2", "A3")], False, "3 are borderline"),
        ([met("B4", State.BORDERLINE)], False, "B4 is a gate"),
        ([met("A1", State.NOT_YET)], False, "Still open: A1."),
        ([met("A1", State.STALE)], False, "Still open: A1."),
    ],
)
def test_ready_for_consideration_is_every_gate_and_all_but_a_few_borderline(
    cells: list[Cell], ready: bool, said: str
) -> None:
    found = consideration((), cells, RULE)
    assert found is not None
    assert found.ready is ready
    assert said in " ".join(one.words() for one in found.reasons)
    assert consideration((), cells, Rule()) is None


def test_several_closed_gates_are_told_in_one_sentence() -> None:
    def told(*cells: Cell) -> str | None:
        found = consideration((), cells, RULE)
        assert found is not None
        return found.closed_gates and found.closed_gates.words()

    b3, b4 = met("B3", State.STALE), met("B4", State.NOT_YET)
    assert told(b3, b4, met("F4")) == "These are gates, and nothing else makes up for them: B3 · B4."
    assert told(b3, met("B4")) == "B3 is a gate, and nothing else makes up for it."
    assert told(met("B3"), met("A1", State.STALE)) is None, "what is open beside the gates is told elsewhere"
