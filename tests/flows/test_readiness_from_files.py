"""`lms readiness` on a ledger and a profile as files: a pure function of both and a day."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.cli import main
from lms.tracks.framework_files import shipped_framework, shipped_rule
from lms.tracks.ledger_files import read_ledger
from lms.tracks.rules import Rule, plain, readiness

pytestmark = pytest.mark.no_database
COMPETENCIES = shipped_framework()["competencies"]
DAY = date(2026, 3, 1)
PROFILE = "key: p\nname: P\nversion: 1\nlevels: {A1: 2, A2: 3, B4: 2}\n"
LEVELS = {"A1": 2, "A2": 3, "B4": 2}


RULES = some.sampled_from([shipped_rule(DAY, one["version"]) for one in shipped_framework()["rules"]])


def answer(
    facts: Sequence[Mapping[str, Any]],
    day: date = DAY,
    rule: Rule = Rule(),
    leave: Sequence[Mapping[str, Any]] = (),
) -> Any:
    """What the rule says of a ledger's text."""
    told = read_ledger(json.dumps({"facts": list(facts), "leave": list(leave)}))
    return plain(readiness(LEVELS, COMPETENCIES, told.facts, day, rule, told.leave))


def fact(id_: str, **said: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "kind": "observed",
        "on": "2026-02-01",
        "outcome": "rated",
        "competency": "A1",
        "level": 2,
    } | said


FACTS = some.builds(
    dict,
    kind=some.sampled_from(("course", "assessment", "observed", "attestation", "kpi", "certificate")),
    on=some.dates(date(2024, 1, 1), date(2026, 12, 31)).map(str),
    outcome=some.sampled_from(("passed", "failed", "rated", "completed")),
    competency=some.sampled_from(tuple(LEVELS)),
    level=some.integers(1, 4),
    score=some.none() | some.floats(0, 1),
    error=some.none() | some.floats(0, 0.2),
    pass_mark=some.none() | some.just(0.75),
    requirement=some.none() | some.sampled_from(("x", "y")),
    rater=some.none() | some.sampled_from(("ann", "bob")),
    since=some.none() | some.dates(date(2024, 1, 1), date(2026, 2, 1)).map(str),
)
LEAVE = some.lists(
    some.builds(
        dict,
        since=some.dates(date(2024, 1, 1), date(2026, 1, 1)).map(str),
        until=some.none() | some.dates(date(2026, 1, 2), date(2026, 6, 1)).map(str),
    ),
    max_size=3,
).map(lambda leave: [{**one, "id": f"l{n}"} for n, one in enumerate(leave)])
LEDGERS = some.lists(FACTS, max_size=12).map(
    lambda facts: [{**one, "id": f"f{n}"} for n, one in enumerate(facts)]
)


@given(LEDGERS, LEAVE, RULES, some.randoms())
@settings(max_examples=150, deadline=None)
def test_the_order_of_facts_and_of_leave_does_not_matter(
    facts: list[dict[str, Any]], leave: list[dict[str, Any]], rule: Rule, chance: Any
) -> None:
    other, away = list(facts), list(leave)
    chance.shuffle(other)
    chance.shuffle(away)
    assert answer(other, rule=rule, leave=away) == answer(facts, rule=rule, leave=leave)


@given(LEDGERS, LEDGERS, RULES)
@settings(max_examples=150, deadline=None)
def test_what_is_dated_later_changes_nothing_even_when_it_supersedes(
    facts: list[dict[str, Any]], more: list[dict[str, Any]], rule: Rule
) -> None:
    later = [
        {**one, "id": f"later{n}", "on": "2026-03-02", "supersedes": f"f{n}"} for n, one in enumerate(more)
    ]
    written_later = [
        {**one, "id": f"backdated{n}", "recorded_at": "2026-03-02T09:00:00+00:00"}
        for n, one in enumerate(more)
    ]
    away = [{"id": "l", "since": "2025-01-01", "recorded_at": "2026-03-02T09:00:00+00:00"}]
    changed = answer([*facts, *later, *written_later], rule=rule, leave=away)
    assert changed == answer(facts, rule=rule)


@given(LEDGERS, some.sampled_from(tuple(LEVELS)), some.integers(1, 4), RULES, some.booleans())
@settings(max_examples=150, deadline=None)
def test_good_evidence_never_lowers_a_level(
    facts: list[dict[str, Any]], competency: str, level: int, rule: Rule, figures: bool
) -> None:
    said = {"kind": "kpi", "since": "2025-01-01"} if figures else {"rater": "cid"}
    more = fact("good", competency=competency, level=level, on="2026-02-28", **said)
    before = {cell["key"]: cell["held"] for cell in answer(facts, rule=rule)}
    after = {cell["key"]: cell["held"] for cell in answer([*facts, more], rule=rule)}
    assert all(after[key] >= before[key] for key in LEVELS)


@given(LEDGERS, FACTS, RULES)
@settings(max_examples=150, deadline=None)
def test_a_contest_that_is_withdrawn_leaves_the_state_as_if_the_fact_had_never_been(
    facts: list[dict[str, Any]], one: dict[str, Any], rule: Rule
) -> None:
    gone = {
        **one,
        "id": "gone",
        "supersedes": "f0",
        "contests": [{"at": "2026-02-10", "resolved_at": "2026-02-20", "outcome": "withdrawn"}],
    }
    assert answer([*facts, gone], rule=rule) == answer(facts, rule=rule)


@given(LEDGERS)
@settings(max_examples=100, deadline=None)
def test_a_contested_fact_is_set_aside_and_upheld_it_stands_again(facts: list[dict[str, Any]]) -> None:
    def states(contest: dict[str, str] | None) -> list[str]:
        said = [{**one, "contests": [contest] if contest else []} for one in facts]
        return [cell["state"] for cell in answer(said)]

    assert set(states({"at": "2026-02-28"})) == {"no_evidence"}
    upheld = {"at": "2026-01-01", "resolved_at": "2026-01-05", "outcome": "upheld"}
    assert states(upheld) == states(None)


@given(LEDGERS, LEAVE, RULES)
@settings(max_examples=150, deadline=None)
def test_leave_only_ever_lengthens_how_long_a_fact_counts(
    facts: list[dict[str, Any]], leave: list[dict[str, Any]], rule: Rule
) -> None:
    without, with_it = answer(facts, rule=rule), answer(facts, rule=rule, leave=leave)
    assert all(one["held"] >= other["held"] for one, other in zip(with_it, without, strict=True))


@given(LEDGERS, LEAVE, some.dates(date(2025, 1, 1), date(2026, 11, 25)))
@settings(max_examples=100, deadline=None)
def test_a_later_version_of_the_rule_never_changes_an_earlier_answer(
    facts: list[dict[str, Any]], leave: list[dict[str, Any]], day: date
) -> None:
    first, second = shipped_framework()["rules"][:2]
    assert day.isoformat() < second["from"]
    assert answer(facts, day, shipped_rule(day), leave) == answer(facts, day, Rule(**VERSION_1))
    assert shipped_rule(date.fromisoformat(second["from"])).version == second["version"]
    assert "from" not in first


VERSION_1: dict[str, Any] = {
    "version": 1,
    "course_alone_up_to": 1,
    "two_kinds_from": 3,
    "stale_after_months": 18,
}
"""As it was when people were first measured by it. Nobody edits this."""


def test_a_later_version_of_the_rule_changes_only_what_it_is_asked_for() -> None:
    facts = [fact("old", on="2024-10-01")]
    assert answer(facts)[0]["state"] == "met"
    assert answer(facts, rule=Rule(version=2, stale_after_months=12))[0]["state"] == "stale"
    assert answer(facts)[0]["state"] == "met"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"kind": "gossip"}, "“kind” is one of"),
        ({"outcome": "great"}, "“outcome” is one of"),
        ({"on": "yesterday"}, "“on” is a day"),
        ({"on": None}, "it needs “on”"),
        ({"id": ""}, "it needs “id”"),
        ({"level": 9}, "“level” is a whole number"),
        ({"level": True}, "“level” is a whole number"),
        ({"score": 80}, "“score” is a share"),
        ({"rater": 7}, "“rater” is a text"),
        ({"competencey": "A1"}, "Did you mean “competency”?"),
        ({"contests": [{"at": "2026-02-01", "outcome": "upheld"}]}, "or neither"),
        ({"contests": "yes"}, "“contests” is a list"),
        ({"recorded_at": "noon"}, "“recorded_at” is a moment"),
    ],
)
def test_a_fact_that_cannot_be_taken_is_told_with_its_number(
    tmp_path: Path, change: dict[str, Any], word: str
) -> None:
    reply = run(tmp_path, json.dumps([fact("a"), fact("b") | change]), PROFILE)
    assert reply.exit_code == 1
    assert "Fact 2" in reply.output
    assert word in reply.output


@pytest.mark.parametrize(
    ("ledger", "profile", "word"),
    [
        ("{", PROFILE, "not JSON"),
        ("[1]", PROFILE, "write it as an object"),
        (json.dumps([fact("a"), fact("a")]), PROFILE, "stands twice"),
        ('{"facts": [], "leaves": []}', PROFILE, "no part “leaves”"),
        ('{"facts": {}}', PROFILE, "are lists"),
        ('{"facts": [], "leave": [{"id": "l"}]}', PROFILE, "Leave 1: it needs “since”"),
        (
            '{"facts": [], "leave": [{"id": "l", "since": "2026-02-01", "until": "2026-01-01"}]}',
            PROFILE,
            "not before",
        ),
        ('{"facts": [], "leave": [{"id": "l", "since": "2026-02-01", "why": "ill"}]}', PROFILE, "no “why”"),
        ('{"facts": [], "rule": "two"}', PROFILE, "“rule” is the number"),
        ('{"facts": [], "rule": 99}', PROFILE, "There is no version 99"),
        ("[]", "levels: {A9: 2}", "There is no competency “A9”"),
        ("[]", "levels: {A1: 7}", "from 1 to 5"),
        ("[]", "- a", "A profile is"),
        ("[]", "a: [", "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(
    tmp_path: Path, ledger: str, profile: str, word: str
) -> None:
    reply = run(tmp_path, ledger, profile)
    assert reply.exit_code == 1
    assert word in reply.output
    assert "Traceback" not in reply.output


def run(folder: Path, ledger: str, profile: str, *more: str) -> Any:
    """The command on two files."""
    (folder / "ledger.json").write_text(ledger)
    (folder / "profile.yaml").write_text(profile)
    said = [
        "--ledger",
        folder / "ledger.json",
        "--profile",
        folder / "profile.yaml",
        "--as-of",
        str(DAY),
        *more,
    ]
    return CliRunner().invoke(
        main, ["readiness", *(str(one) for one in said)], env={"LADDER_HOME": str(folder)}
    )


def test_the_answer_is_the_same_bytes_from_json_and_from_lines_in_any_order(tmp_path: Path) -> None:
    facts = [
        fact("a"),
        fact("b", competency="A2", level=3, kind="assessment", outcome="passed", score=0.9, pass_mark=0.75),
        fact("c", competency="A2", level=3, kind="attestation", rater="lead", title="Más días"),
    ]
    whole = run(tmp_path, json.dumps(facts), PROFILE, "--json")
    lines = run(tmp_path, "\n".join(json.dumps(one) for one in reversed(facts)), PROFILE, "--json")
    assert whole.exit_code == 0, whole.output
    assert whole.output == lines.output
    said = json.loads(whole.output)
    assert said["profile"] == {"key": "p", "name": "P", "version": 1}
    assert [(cell["key"], cell["state"], cell["held"]) for cell in said["competencies"]] == [
        ("A1", "met", 2),
        ("A2", "met", 3),
        ("B4", "no_evidence", 0),
    ]


def test_a_file_that_is_not_there_and_half_a_question_are_told(tmp_path: Path) -> None:
    missing = CliRunner().invoke(
        main,
        ["readiness", "--ledger", "nowhere.json", "--profile", "nowhere.yaml", "--as-of", "2026-03-01"],
        env={"LADDER_HOME": str(tmp_path)},
    )
    assert missing.exit_code == 1
    assert "nowhere" in missing.output
    half = CliRunner().invoke(
        main, ["readiness", "--ledger", "x", "--as-of", "2026-03-01"], env={"LADDER_HOME": str(tmp_path)}
    )
    assert half.exit_code == 2


def test_a_ledger_with_leave_and_a_version_of_the_rule_is_one_object(tmp_path: Path) -> None:
    old = fact("old", on="2024-11-01")
    away = {"id": "l", "since": "2025-02-01", "until": "2025-06-30"}
    plain_list = run(tmp_path, json.dumps([old]), PROFILE, "--json")
    for whole, rule, state in (
        ({"facts": [old]}, 1, "met"),
        ({"facts": [old], "rule": 2}, 2, "stale"),
        ({"facts": [old], "rule": 2, "leave": [away]}, 2, "met"),
    ):
        reply = run(tmp_path, json.dumps(whole, indent=2), PROFILE, "--json")
        said = json.loads(reply.output)
        assert (said["rule"], said["competencies"][0]["state"]) == (rule, state)
        assert (reply.output == plain_list.output) is (rule == 1)
        assert ("consideration" in said) is (rule == 2)
