"""Readiness: what a ledger says of a person on a day, and why."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.tracks.framework_files import find_rung, shipped_framework
from lms.tracks.rules import (
    Cell,
    Contested,
    Evidence,
    EvidenceKind,
    Facts,
    Place,
    ProfileUsed,
    Rule,
    State,
    as_it_stood,
    as_json,
    known,
    months_after,
    months_before,
    place_on,
    readiness,
    standing,
)
from lms.tracks.rules.rungs import is_met

TODAY = date(2026, 3, 2)
FACTS = Facts(started_on=date(2025, 1, 6), role_started_on=date(2025, 9, 1))
COURSE, ASSESSMENT, OBSERVED, ATTESTATION = (
    EvidenceKind.COURSE,
    EvidenceKind.ASSESSMENT,
    EvidenceKind.OBSERVED,
    EvidenceKind.ATTESTATION,
)
_numbers = count(1)


def fact(kind: EvidenceKind, level: int | None = None, *, days_ago: int = 30, **said: Any) -> Evidence:
    """One piece of evidence on competency A1 unless told otherwise; good unless told otherwise."""
    on = said.pop("on", TODAY - timedelta(days=days_ago))
    defaults: dict[str, Any] = {
        "id": f"e{next(_numbers)}",
        "recorded_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        "outcome": "completed" if kind is COURSE else "passed",
        "competency": None if "requirement" in said else "A1",
    }
    return Evidence(kind=kind, on=on, level=level, **defaults | said)


def score(got: float, *, passed: bool, level: int = 2, error: float = 0.05, **said: Any) -> Evidence:
    """An assessment against a pass mark of 75%."""
    outcome = "passed" if passed else "failed"
    return fact(ASSESSMENT, level, score=got, error=error, pass_mark=0.75, outcome=outcome, **said)


def cell(required: int, *evidence: Evidence, as_of: date = TODAY, **competency: Any) -> Cell:
    """Where these facts put a person on competency A1."""
    (found,) = readiness({"A1": required}, [{"key": "A1", "name": "Speaking", **competency}], evidence, as_of)
    return found


def contested(on: date, resolved: date | None = None, outcome: str | None = None) -> tuple[Contested, ...]:
    """A contest of one piece of evidence."""
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    until = datetime(resolved.year, resolved.month, resolved.day, 9, tzinfo=UTC) if resolved else None
    return (Contested(at, until, outcome),)


# One competency


@pytest.mark.parametrize(
    ("required", "evidence", "state"),
    [
        (1, (), State.NO_EVIDENCE),
        (1, (fact(COURSE, 1),), State.MET),
        (2, (fact(COURSE, 2),), State.NOT_YET),
        (2, (fact(ASSESSMENT, 2),), State.MET),
        (1, (fact(ASSESSMENT, 2),), State.MET),
        (2, (fact(ASSESSMENT, 1),), State.NOT_YET),
        (3, (fact(ASSESSMENT, 3),), State.NOT_YET),
        (3, (fact(ASSESSMENT, 3), fact(EvidenceKind.KPI, 3)), State.NOT_YET),
        (3, (fact(ASSESSMENT, 3), fact(OBSERVED, 3)), State.MET),
        (3, (fact(OBSERVED, 3), fact(OBSERVED, 3)), State.NOT_YET),
        (3, (fact(OBSERVED, 3), fact(ATTESTATION, 4)), State.MET),
        (4, (fact(OBSERVED, 3), fact(ATTESTATION, 4)), State.NOT_YET),
        (3, (fact(OBSERVED, 3), fact(COURSE, 3)), State.NOT_YET),
        (2, (fact(ASSESSMENT, 2, outcome="failed"),), State.NOT_YET),
        (2, (fact(ASSESSMENT, None),), State.NOT_YET),
    ],
)
def test_a_level_is_shown_by_enough_kinds_of_evidence(
    required: int, evidence: tuple[Evidence, ...], state: State
) -> None:
    assert cell(required, *evidence).state is state


def test_a_sure_pass_is_met_and_a_sure_fail_is_not_yet() -> None:
    assert cell(2, score(0.90, passed=True)).state is State.MET
    assert cell(2, score(0.50, passed=False)).state is State.NOT_YET


@pytest.mark.parametrize(("got", "passed"), [(0.79, True), (0.71, False), (0.75, True), (0.80, True)])
def test_a_score_within_one_standard_error_of_the_mark_is_borderline(got: float, passed: bool) -> None:
    found = cell(2, score(got, passed=passed, error=0.0500001))
    assert found.state is State.BORDERLINE
    assert "second form" in found.reason.words()


def test_passing_the_same_thing_narrowly_twice_is_met_but_two_different_things_are_not() -> None:
    same = [score(0.78, passed=True, requirement="final", competency="A1") for _ in range(2)]
    other = [score(0.78, passed=True, requirement=name, competency="A1") for name in ("final", "gate")]
    assert cell(2, *same).state is State.MET
    assert cell(2, *other).state is State.BORDERLINE


def test_old_evidence_goes_stale_after_eighteen_months_and_sooner_where_the_competency_says_so() -> None:
    on = months_before(TODAY, 18)
    assert cell(2, fact(ASSESSMENT, 2, on=on)).state is State.STALE
    assert cell(2, fact(ASSESSMENT, 2, on=on + timedelta(days=1))).state is State.MET
    assert cell(2, fact(ASSESSMENT, 2, days_ago=200), gate_months=6).state is State.STALE


def test_expired_evidence_is_stale_from_the_day_after() -> None:
    certificate = fact(EvidenceKind.CERTIFICATE, 2, expires_on=TODAY)
    assert cell(2, certificate).state is State.MET
    assert cell(2, certificate, as_of=TODAY + timedelta(days=1)).state is State.STALE


def test_contested_evidence_is_set_aside_from_that_day_until_somebody_has_looked_again() -> None:
    day = timedelta(days=1)
    for outcome, after in (("upheld", State.MET), ("withdrawn", State.NO_EVIDENCE)):
        one = fact(ASSESSMENT, 2, contests=contested(TODAY - 4 * day, TODAY - day, outcome))
        states = [cell(2, one, as_of=TODAY - back * day).state for back in (5, 4, 2, 1)]
        assert states == [State.MET, State.NO_EVIDENCE, State.NO_EVIDENCE, after]
    open_one = cell(2, fact(ASSESSMENT, 2, contests=contested(TODAY)))
    assert open_one.contested
    assert open_one.reason.words() == "What there is was contested and is set aside."


def test_superseded_evidence_no_longer_counts_from_the_day_its_correction_was_recorded() -> None:
    first = fact(ASSESSMENT, 2, days_ago=20)
    correction = fact(ASSESSMENT, 1, days_ago=5, supersedes=first.id)
    assert cell(2, first, correction).state is State.NOT_YET
    assert cell(2, first, correction, as_of=TODAY - timedelta(days=6)).state is State.MET


def test_what_was_recorded_later_does_not_change_what_was_known_then() -> None:
    late = fact(ASSESSMENT, 2, days_ago=60, recorded_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert cell(2, late, as_of=date(2026, 2, 28)).state is State.NO_EVIDENCE
    assert cell(2, late).state is State.MET


def test_evidence_about_something_else_changes_nothing() -> None:
    assert cell(1, fact(OBSERVED, 5, competency="B2")).state is State.NO_EVIDENCE


def test_a_profile_that_does_not_ask_for_a_competency_gets_no_cell_for_it() -> None:
    assert readiness({}, [{"key": "A1", "name": "Speaking"}], (), TODAY) == ()


# The explanation


@pytest.mark.parametrize(
    ("required", "evidence", "words"),
    [
        (
            2,
            (fact(ASSESSMENT, 2, outcome="failed", title="Final"),),
            ("not passed", "assessment, observation or attestation"),
        ),
        (2, (fact(ASSESSMENT, 2, days_ago=900),), ("too old or expired", "assessment, observation")),
        (2, (score(0.76, passed=True),), ("76% against a pass mark of 75%", "too close to call")),
        (2, (fact(ASSESSMENT, 2, contests=contested(TODAY)),), ("contested, set aside",)),
        (3, (fact(ASSESSMENT, 3),), ("shows level 3", "An observation or attestation at level 3")),
        (3, (fact(OBSERVED, 3),), ("Two different kinds of evidence at level 3",)),
        (3, (), ("Two different kinds of evidence at level 3",)),
        (2, (fact(ASSESSMENT, None, title="Talk"),), ("Talk, 2026-01-31.",)),
    ],
)
def test_a_cell_says_what_there_is_and_what_would_change_it(
    required: int, evidence: tuple[Evidence, ...], words: tuple[str, ...]
) -> None:
    said = " ".join(reason.words() for reason in cell(required, *evidence).reason.below)
    assert all(part in said for part in words), said


def test_a_met_cell_asks_for_nothing_more_and_leads_to_its_evidence() -> None:
    one = fact(ASSESSMENT, 2)
    found = cell(2, one)
    assert found.reason.words() == "Level 2 is shown; level 2 is asked for."
    assert (found.evidence, len(found.reason.below)) == ((one.id,), 1)


def test_a_sentence_is_translated_before_its_values_go_in() -> None:
    found = cell(2, fact(ASSESSMENT, 1))
    assert found.reason.words(lambda _english: "%(held)s de %(required)s") == "1 de 2"


# Months


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 5, 31), 1, date(2026, 4, 30)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 3, 2), 18, date(2024, 9, 2)),
    ],
)
def test_months_keep_the_day_or_take_the_last(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@given(day=some.dates(date(1990, 1, 1), date(2090, 1, 1)), months=some.integers(0, 60))
def test_months_before_and_after_differ_by_the_shortness_of_a_month_at_most(day: date, months: int) -> None:
    assert 0 <= (day - months_after(months_before(day, months), months)).days <= 3


# A whole rung


def rung(*requirements: dict[str, Any], profile: str = "p") -> dict[str, Any]:
    """A rung with these requirements."""
    return {"key": "R", "version": 1, "profile": profile, "requirements": list(requirements)}


FRAMEWORK: dict[str, Any] = {
    "competencies": [{"key": "A1", "name": "Speaking"}, {"key": "A2", "name": "Listening"}],
    "profiles": [{"key": "p", "version": 1, "name": "Speaker", "levels": {"A1": 2, "A2": 1}}],
    "courses": [
        {"key": "C1", "title": "One", "minutes": 30},
        {"key": "C2", "title": "Two", "minutes": 20},
        {"key": "C3", "title": "Three", "minutes": 10},
    ],
}


def only(requirement: dict[str, Any], *evidence: Evidence, as_of: date = TODAY, **more: Any) -> Cell:
    """The cell of one requirement."""
    whole = {"key": "R1", "text": "A requirement", **requirement, **more}
    return standing(rung(whole), FRAMEWORK, evidence, FACTS, as_of).cells[0]


def course(key: str, **said: Any) -> Evidence:
    """A completed course."""
    return fact(COURSE, None, requirement=key, **said)


@pytest.mark.parametrize(
    ("since", "months", "state"),
    [
        ("role", 6, State.MET),
        ("role", 7, State.NOT_YET),
        ("firm", 13, State.MET),
        ("firm", 14, State.NOT_YET),
    ],
)
def test_tenure_is_counted_from_the_role_or_from_the_firm(since: str, months: int, state: State) -> None:
    assert only({"kind": "tenure", "since": since, "months": months}).state is state


def test_a_course_is_met_stale_or_not_taken() -> None:
    wanted = {"kind": "course", "course": "C1"}
    assert only(wanted).state is State.NO_EVIDENCE
    assert only(wanted).minutes == 30
    assert only(wanted, course("C1", days_ago=900)).state is State.MET
    assert only(wanted, course("C1", outcome="failed")).state is State.NO_EVIDENCE
    stale = only(wanted, course("C1", days_ago=900), within_months=12)
    assert (stale.state, stale.minutes) == (State.STALE, 30)
    assert "12 months" in stale.reason.words()


def test_of_several_courses_the_branch_that_is_nearest_counts() -> None:
    wanted = {"kind": "course", "any_of": [["C1", "C2"], ["C3"]]}
    assert only(wanted).minutes == 10
    begun = only(wanted, course("C1"))
    assert (begun.state, begun.minutes) == (State.NOT_YET, 20)
    assert begun.reason.words() == "Still to take: Two, 20 minutes."
    assert only(wanted, course("C3")).state is State.MET


def test_a_contested_course_is_not_counted_and_says_so() -> None:
    found = only({"kind": "course", "course": "C1"}, course("C1", contests=contested(TODAY)))
    assert (found.state, found.contested) == (State.NO_EVIDENCE, True)


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        ((), State.NO_EVIDENCE),
        ((fact(ASSESSMENT, requirement="R1"),), State.MET),
        ((fact(ASSESSMENT, requirement="R1", outcome="failed"),), State.NOT_YET),
        ((fact(ASSESSMENT, requirement="R1", days_ago=900),), State.STALE),
        ((score(0.76, passed=True, requirement="R1"),), State.BORDERLINE),
        ((fact(ASSESSMENT, requirement="other"),), State.NO_EVIDENCE),
        ((fact(ASSESSMENT, requirement="R1", contests=contested(TODAY)),), State.NO_EVIDENCE),
    ],
)
def test_a_named_requirement_is_met_by_evidence_that_names_it(
    evidence: tuple[Evidence, ...], state: State
) -> None:
    assert only({"kind": "assessment"}, *evidence).state is state


PARTS: dict[str, Any] = {
    "key": "X-assessment",
    "kind": "assessment",
    "text": "An exam, and two talks",
    "parts": [
        {"key": "X-exam", "kind": "assessment", "text": "Exam", "exams": ["C01:gate"]},
        {"key": "X-talks", "kind": "assessment", "text": "Talks", "forms": ["f"], "raters": 2, "times": 2},
    ],
}


def talks(*days: int) -> list[Evidence]:
    """A talk on each of these days ago, each watched by two."""
    return [
        fact(OBSERVED, requirement="X-talks", days_ago=ago, rater=rater)
        for ago in days
        for rater in ("a", "b")
    ]


def test_an_assessment_of_parts_is_met_by_all_of_them_and_says_how_many_are_shown() -> None:
    exam = fact(ASSESSMENT, requirement="X-exam")
    assert only(PARTS).state is State.NO_EVIDENCE
    half = only(PARTS, exam)
    assert (half.state, half.reason.words()) == (State.NOT_YET, "1 of 2 parts are shown.")
    assert [part.sentence for part in half.reason.below] == ["Exam", "Talks"]
    both = talks(30, 31)
    whole = only(PARTS, exam, *both)
    assert (whole.state, whole.reason.values) == (State.MET, {"met": 2, "all": 2})
    assert set(whole.evidence) == {exam.id, *(one.id for one in both)}


def test_what_is_asked_for_twice_is_shown_on_two_days_by_enough_people_each() -> None:
    part = PARTS["parts"][1]
    assert only(part, *talks(30, 31)).state is State.MET
    once = only(part, *talks(30), *talks(30))
    assert (once.state, once.reason.words()) == (State.NOT_YET, "Shown on 1 of 2 days.")
    alone = [one for one in talks(30, 31) if one.rater == "a"]
    assert only(part, *alone).state is State.NOT_YET


def test_an_assessment_of_parts_stands_where_its_weakest_part_stands() -> None:
    near = fact(ASSESSMENT, requirement="X-exam", score=0.76, error=0.06, pass_mark=0.75)
    assert only(PARTS, near, *talks(30, 31)).state is State.BORDERLINE
    set_aside = fact(ASSESSMENT, requirement="X-exam", contests=contested(TODAY - timedelta(days=2)))
    cell = only(PARTS, set_aside, *talks(30, 31))
    assert (cell.state, cell.contested) == (State.NOT_YET, True)
    old = only(PARTS, fact(ASSESSMENT, requirement="X-exam", days_ago=700), *talks(30, 31))
    assert old.state is State.STALE


def test_a_result_that_was_recorded_for_the_whole_meets_it_without_the_parts() -> None:
    assert only(PARTS, fact(ASSESSMENT, requirement="X-assessment")).state is State.MET
    failed = fact(ASSESSMENT, requirement="X-assessment", outcome="failed")
    assert only(PARTS, failed).state is State.NOT_YET


def test_two_raters_are_two_people() -> None:
    wanted = {"kind": "attestation", "raters": 2}
    ana, ben = (fact(ATTESTATION, requirement="R1", rater=name, outcome="rated") for name in ("ana", "ben"))
    assert only(wanted, ana, ana).reason.words() == "1 of 2 raters have said so."
    assert only(wanted, ana, ben).state is State.MET
    assert only(wanted, fact(ATTESTATION, requirement="R1")).reason.words() == "0 of 2 raters have said so."
    old = [fact(ATTESTATION, requirement="R1", rater=name, days_ago=900) for name in ("ana", "ben")]
    assert only(wanted, *old).state is State.STALE
    assert only(wanted, old[0]).state is State.NOT_YET


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        ((), State.NO_EVIDENCE),
        ((fact(ASSESSMENT, 2),), State.NOT_YET),
        ((fact(ASSESSMENT, 2), fact(COURSE, 1, competency="A2")), State.MET),
        ((fact(ASSESSMENT, 2), fact(COURSE, 1, competency="A2", days_ago=900)), State.STALE),
        ((score(0.76, passed=True), fact(COURSE, 1, competency="A2")), State.BORDERLINE),
        ((fact(ASSESSMENT, 1), fact(COURSE, 1, competency="A2")), State.NOT_YET),
    ],
)
def test_the_competencies_of_a_role_stand_where_their_weakest_stands(
    evidence: tuple[Evidence, ...], state: State
) -> None:
    assert only({"kind": "competencies"}, *evidence).state is state


def test_a_rung_without_a_profile_asks_for_no_competency() -> None:
    stand = standing(rung(profile="unknown"), FRAMEWORK, (), FACTS, TODAY)
    assert (stand.cells, stand.competencies, stand.met) == ((), (), 0)


# The framework that ships


SHIPPED = shipped_framework()
RUNGS = [found["key"] for track in SHIPPED["tracks"] for found in track["rungs"]]


@pytest.mark.parametrize("key", RUNGS)
def test_every_shipped_rung_can_be_answered_from_an_empty_ledger(key: str) -> None:
    found = find_rung(SHIPPED, key)
    assert found is not None
    stand = standing(found[1], SHIPPED, (), FACTS, TODAY)
    assert len(stand.cells) == len(found[1]["requirements"])
    assert all(one.reason.words() for one in stand.cells)


# For ever the same


LEDGERS = some.lists(
    some.builds(
        fact,
        some.sampled_from(EvidenceKind),
        some.none() | some.integers(1, 5),
        days_ago=some.integers(-10, 1000),
        outcome=some.sampled_from(["passed", "failed", "rated", "completed"]),
        competency=some.sampled_from(["A1", "A2"]),
        score=some.none() | some.floats(0, 1),
        error=some.just(0.05),
        pass_mark=some.just(0.75),
    ),
    max_size=8,
)
WHOLE = rung(
    {"key": "t", "text": "T", "kind": "tenure", "since": "role", "months": 6},
    {"key": "m", "text": "M", "kind": "competencies"},
)


@settings(max_examples=60, deadline=None)
@given(ledger=LEDGERS, chance=some.randoms(use_true_random=False))
def test_the_order_in_which_facts_arrived_changes_nothing(ledger: list[Evidence], chance: Any) -> None:
    turned = list(ledger)
    chance.shuffle(turned)
    one, other = (as_json(standing(WHOLE, FRAMEWORK, facts, FACTS, TODAY)) for facts in (ledger, turned))
    assert one == other
    assert json.loads(json.dumps(one)) == one
    assert one["as_of"] == "2026-03-02"


@settings(max_examples=60, deadline=None)
@given(ledger=LEDGERS)
def test_one_more_good_fact_never_lowers_a_level(ledger: list[Evidence]) -> None:
    before = cell(3, *ledger)
    after = cell(3, *ledger, fact(OBSERVED, 3, days_ago=1))
    assert (after.held or 0) >= (before.held or 0)


@settings(max_examples=60, deadline=None)
@given(ledger=LEDGERS)
def test_only_what_was_there_by_a_day_is_known_on_it(ledger: list[Evidence]) -> None:
    assert all(one.on <= TODAY for one in known(ledger, TODAY))


@settings(max_examples=60, deadline=None)
@given(ledger=LEDGERS)
def test_a_rung_is_met_when_its_standing_says_so_of_each_requirement(ledger: list[Evidence]) -> None:
    for asked in (WHOLE, {**WHOLE, "requirements": []}, {**WHOLE, "requirements": WHOLE["requirements"][1:]}):
        stand = standing(asked, FRAMEWORK, ledger, FACTS, TODAY)
        assert is_met(asked, FRAMEWORK, ledger, FACTS, TODAY) == (stand.met == len(stand.cells))


def test_a_later_rule_is_named_in_the_answer() -> None:
    assert standing(WHOLE, FRAMEWORK, (), FACTS, TODAY, Rule(version=2)).rule == 2


def three_rungs(*rungs: dict[str, Any]) -> dict[str, Any]:
    """A track that asks for courses only."""
    return {"key": "t", "rungs": list(rungs)}


def asks(key: str, *courses: str, profile: str = "") -> dict[str, Any]:
    """A rung that asks for these courses."""
    asked = [{"key": one, "kind": "course", "text": one, "course": one} for one in courses]
    return {"key": key, "version": 1, "profile": profile, "requirements": asked}


PLAIN_FRAMEWORK: dict[str, Any] = {
    "profiles": [],
    "competencies": [],
    "courses": [{"key": key, "title": key, "minutes": 10} for key in ("C1", "C2")],
}


def placed(*evidence: Evidence, job_role: str = "agent") -> Place:
    """Where these facts put a person on a track of three rungs."""
    three = three_rungs(asks("R1", "C1"), asks("R2", "C2", profile="team-lead"), asks("R3", "C1", "C2"))
    return place_on(three, PLAIN_FRAMEWORK, evidence, FACTS, TODAY, job_role=job_role)


def test_whoever_meets_no_rung_stands_on_the_ground_and_the_first_rung_is_next() -> None:
    assert placed() == Place(None, "R1")


def test_a_rung_is_held_when_its_every_requirement_is_met() -> None:
    assert placed(fact(COURSE, requirement="C1")) == Place("R1", "R2")


def test_the_highest_rung_that_is_met_is_the_one_held() -> None:
    both = fact(COURSE, requirement="C1"), fact(COURSE, requirement="C2")
    assert placed(*both) == Place("R3", None)


def test_the_job_a_person_does_is_a_place_whatever_the_ledger_says() -> None:
    assert placed(job_role="Team lead") == Place("R2", "R3")


def test_a_reason_is_said_with_days_as_the_reader_writes_them() -> None:
    found, framework = find_rung(shipped_framework(), "S1"), shipped_framework()
    assert found is not None
    time = standing(found[1], framework, (), FACTS, TODAY).cells[0].reason
    assert "2025-09-01" in time.words()
    assert "1 September" in time.words(show=lambda value: "1 September" if isinstance(value, date) else value)


def test_competencies_are_not_looked_at_where_something_else_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[object] = []

    def look(*asked: Any, **how: Any) -> tuple[Cell, ...]:
        looked.append(asked)
        return ()

    monkeypatch.setattr("lms.tracks.rules.rungs.competency_cells", look)
    late = rung({"key": "t", "text": "T", "kind": "tenure", "since": "role", "months": 60})
    assert not is_met(
        {**WHOLE, "requirements": [*WHOLE["requirements"], *late["requirements"]]},
        FRAMEWORK,
        (),
        FACTS,
        TODAY,
    )
    assert looked == []


# Versions in force


def two_versions(*, from_: str = "2026-03-01") -> dict[str, Any]:
    """The framework after its profile and its rung got a second version."""
    later = {"key": "p", "version": 2, "from": from_, "name": "Speaker", "levels": {"A1": 3}}
    return {**FRAMEWORK, "profiles": [later, *FRAMEWORK["profiles"]]}


def test_a_person_is_held_against_the_profile_in_force_on_the_day_and_told_which() -> None:
    ledger = [fact(ASSESSMENT, 2)]
    before, after = (
        standing(WHOLE, two_versions(), ledger, FACTS, day) for day in (date(2026, 2, 28), date(2026, 3, 1))
    )
    assert (before.profile, after.profile) == (ProfileUsed("p", "Speaker", 1), ProfileUsed("p", "Speaker", 2))
    assert [one.required for one in before.competencies] == [2, 1]
    assert [(one.required, one.state) for one in after.competencies] == [(3, State.NOT_YET)]


@given(days=some.integers(0, 900), later=some.integers(1, 900))
def test_as_of_a_day_the_answer_stays_the_same_when_a_later_version_is_added(days: int, later: int) -> None:
    day = date(2025, 1, 1) + timedelta(days=days)
    ledger = [fact(ASSESSMENT, 2), score(0.76, passed=True, competency="A2")]
    added = two_versions(from_=(day + timedelta(days=later)).isoformat())
    one, other = (as_json(standing(WHOLE, framework, ledger, FACTS, day)) for framework in (FRAMEWORK, added))
    assert one == other
    assert one["profile"] == {"key": "p", "name": "Speaker", "version": 1}


def test_the_framework_of_a_day_has_one_version_of_each_rung_and_none_that_had_not_begun() -> None:
    first, second = rung(), {**rung(), "version": 2, "from": "2026-03-01"}
    new = {**rung(), "key": "N", "from": "2026-03-01"}
    framework = {**two_versions(), "tracks": [{"key": "t", "rungs": [first, second, new]}]}

    def on(day: date) -> list[tuple[str, int]]:
        stood = as_it_stood(framework, day)
        assert len(stood["profiles"]) == 1
        return [(one["key"], one["version"]) for one in stood["tracks"][0]["rungs"]]

    assert on(date(2026, 2, 28)) == [("R", 1)]
    assert on(date(2026, 3, 1)) == [("R", 2), ("N", 1)]
    assert find_rung(as_it_stood(framework, date(2026, 2, 28)), "N") is None
