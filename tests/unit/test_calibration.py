"""Assessors beside what was agreed: agreement, severity with its interval, rounds, and what earns a licence."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lms.tracks.framework_files import find_form, shipped_gold, shipped_rule
from lms.tracks.rules import Evidence, EvidenceKind, Rule, readiness
from lms.tracks.rules.calibration import (
    Pair,
    Rating,
    Terms,
    calibrate,
    drift,
    earns,
    round_of,
    severity,
    terms_of,
)
from lms.tracks.rules.rating import NOT_APPLICABLE, items_of, marks_problem, rate
from lms.tracks.rules.worth import entries_of

pytestmark = pytest.mark.no_database
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
FORM = find_form("call-scorecard")
GOLD = [one for one in shipped_gold() if one.form == "call-scorecard"]


def pairs(flip: tuple[str, ...] = (), to: str = "0", at: datetime = NOON) -> list[Pair]:
    """Ratings as agreed, but for the lines that are marked otherwise in every contact."""
    return [Pair({**one.marks, **dict.fromkeys(flip, to)}, one.marks, at) for one in GOLD]


def test_the_gold_contacts_are_whole_and_differ_enough_to_tell_raters_apart() -> None:
    assert FORM is not None
    assert len(GOLD) == 10
    lines = {item["key"] for item in items_of(FORM)}
    scores = []
    for one in GOLD:
        assert marks_problem(FORM, one.marks) is None, one.key
        assert set(one.why) <= lines, one.key
        assert len(one.call) >= 10
        assert one.knows
        assert one.note
        scores.append(rate(FORM, one.marks))
    assert max(each.score for each in scores) == 1
    assert min(each.score for each in scores) < 0.5
    assert 3 <= sum(not each.passed for each in scores) <= 7, "neither all good nor all bad"
    assert sum(bool(each.critical) for each in scores) >= 3


def test_who_rates_as_agreed_earns_it_and_who_marks_everything_kept_does_not() -> None:
    assert FORM is not None
    same = calibrate(FORM, pairs())
    assert (same.icc.value, same.icc.n, same.kappa.value, same.critical_missed) == (1.0, 10, 1.0, 0)
    assert earns(same, Terms())
    assert not earns(replace(same, icc=replace(same.icc, n=9)), Terms())
    kind = [
        Pair({key: "1" if value == "0" else value for key, value in one.marks.items()}, one.marks, NOON)
        for one in GOLD
    ]
    found = calibrate(FORM, kind)
    assert not earns(found, Terms())
    assert found.critical_missed == 3
    assert found.severity.value is not None
    assert found.severity.value > 0.1
    assert found.severity.low is not None
    assert found.severity.low < found.severity.value


def test_severity_has_a_t_interval_and_says_nothing_of_four() -> None:
    told = severity([0.1, 0.0, 0.2, 0.1, 0.1])
    assert told.value == pytest.approx(0.1)
    assert told.low == pytest.approx(0.1 - 2.776445 * 0.0707107 / 5**0.5, abs=1e-5)
    assert severity([0.1] * 4).value is None
    assert FORM is not None
    quarters = drift(FORM, pairs(("note",)) + pairs(at=NOON - timedelta(days=100)))
    assert [name for name, _one in quarters] == ["2026 Q3", "2026 Q4"]
    assert quarters[0][1].value == 0


def test_a_round_ends_with_the_last_contact_and_the_next_opens_after_a_pause() -> None:
    contacts = [one.key for one in GOLD]
    terms, today = Terms(), NOON.date()
    assert round_of({}, contacts, today=today, terms=terms).left == tuple(contacts)
    half = {1: [Rating(key, NOON) for key in contacts[:4]]}
    place = round_of(half, contacts, today=today, terms=terms)
    assert (place.number, place.done, place.left) == (1, 4, tuple(contacts[4:]))
    whole = {1: [Rating(key, NOON, ends=key == contacts[-1]) for key in contacts]}
    place = round_of(whole, contacts, today=today, terms=terms)
    assert (place.number, place.opens_on) == (2, today + timedelta(days=7))
    more = round_of(whole, [*contacts, "new"], today=today, terms=terms)
    assert (more.number, more.opens_on) == (2, today + timedelta(days=7)), "what is over stays over"
    later = round_of(whole, [*contacts, "new"], today=today + timedelta(days=7), terms=terms)
    assert later.opens_on is None
    assert later.left[0] == "new", "what they have never seen comes first"


def test_a_rating_without_a_licence_informs_from_the_third_version_on_and_not_before() -> None:
    competency = {"key": "A1", "name": "Speaking"}
    fact = Evidence(
        "1", EvidenceKind.OBSERVED, date(2026, 11, 25), NOON - timedelta(days=5), "passed",
        competency="A1", level=2, information=True,
    )  # fmt: skip
    for day, state in ((date(2026, 11, 26), "met"), (date(2026, 11, 27), "no_evidence")):
        rule = shipped_rule(day)
        (cell,) = readiness({"A1": 2}, [competency], [fact], day, rule)
        assert cell.state == state
        (entry,) = entries_of([fact], (), day, rule, {})
        assert entry.standing == ("counts" if state == "met" else "informs")
    licensed = replace(fact, information=False)
    day = date(2026, 11, 27)
    (cell,) = readiness({"A1": 2}, [competency], [licensed], day, shipped_rule(day))
    assert cell.state == "met"
    assert terms_of(shipped_rule(day)) == Terms()
    assert not Rule().licences
    assert NOT_APPLICABLE == "na"
