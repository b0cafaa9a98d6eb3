"""What a draft of the framework changes for people, against the whole readiness worked out twice."""

import random
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lms.tracks.framework_files import shipped_framework
from lms.tracks.rules import Contested, Evidence, EvidenceKind, Facts, as_it_stood, standing
from lms.tracks.rules.effects import differences_on, effects, moved_by, named_by, rungs_touched
from lms.tracks.rules.layers import flat
from lms.tracks.rules.rule import rule_on

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHIPPED = as_it_stood(shipped_framework(), TODAY)
S1 = flat(SHIPPED)["rungs"]["S1"]
COMPETENCIES = [*(one["key"] for one in SHIPPED["competencies"]), *("A1", "D1") * 5]
NEEDS = [need["key"] for rung in flat(SHIPPED)["rungs"].values() for need in rung["requirements"]]
PARTS = [
    part["key"]
    for rung in flat(SHIPPED)["rungs"].values()
    for need in rung["requirements"]
    for part in need.get("parts", ())
]


def somebody(chance: random.Random) -> tuple[list[Evidence], Facts]:
    """A person with facts of every kind, some stale, near the mark, superseded or contested."""
    ledger: list[Evidence] = []
    for number in range(chance.randint(0, 40)):
        at = NOON - timedelta(days=chance.randint(-10, 900))
        kind = chance.choice(list(EvidenceKind))
        scored = kind is EvidenceKind.ASSESSMENT and chance.random() < 0.8
        ended = at + timedelta(days=9) if chance.random() < 0.5 else None
        contested = Contested(
            at + timedelta(days=3), ended, chance.choice(("upheld", "withdrawn")) if ended else None
        )
        ledger.append(
            Evidence(
                id=f"e{number}",
                kind=kind,
                on=at.date(),
                recorded_at=at,
                outcome=chance.choice(("passed", "passed", "rated", "completed", "failed")),
                competency=chance.choice(COMPETENCIES),
                level=chance.randint(1, 5),
                requirement=chance.choice([*NEEDS, *PARTS, *(one["key"] for one in SHIPPED["courses"])]),
                score=round(chance.uniform(0.5, 1), 2) if scored else None,
                error=0.05 if scored else None,
                pass_mark=0.75 if scored else None,
                rater=chance.choice(("one", "two", None)),
                supersedes=f"e{chance.randrange(number)}" if number and chance.random() < 0.1 else None,
                contests=(contested,) if chance.random() < 0.1 else (),
                since=at.date() - timedelta(days=30) if kind is EvidenceKind.KPI else None,
            )
        )
    started = TODAY - timedelta(days=chance.randint(1, 900))
    return ledger, Facts(started, started)


def with_level(competency: str, level: int, profile: str = "senior-agent") -> dict[str, Any]:
    """The framework with another level in one profile; 0: not asked for."""
    made = deepcopy(SHIPPED)
    levels = next(one for one in made["profiles"] if one["key"] == profile)["levels"]
    levels[competency] = level
    if not level:
        del levels[competency]
    return made


def with_needs(change: Any) -> dict[str, Any]:
    """The framework with other requirements on S1."""
    made = deepcopy(SHIPPED)
    change(
        next(one for track in made["tracks"] for one in track["rungs"] if one["key"] == "S1")["requirements"]
    )
    return made


def easier(needs: list[Any]) -> None:
    """Only what asks for time stays, so that many reach the whole."""
    needs[:] = [one for one in needs if one["kind"] == "tenure"]


def other_kind(needs: list[Any]) -> None:
    """A requirement that becomes one of another kind under its key."""
    at = next(at for at, one in enumerate(needs) if one["kind"] == "assessment")
    needs[at] = {
        "key": needs[at]["key"],
        "kind": "tenure",
        "since": "firm",
        "months": 6,
        "text": "Half a year",
    }


def without(rung: str) -> dict[str, Any]:
    """The framework without a rung."""
    made = deepcopy(SHIPPED)
    for track in made["tracks"]:
        track["rungs"] = [one for one in track["rungs"] if one["key"] != rung]
    return made


def all_higher() -> dict[str, Any]:
    """A level more everywhere."""
    made = deepcopy(SHIPPED)
    for profile in made["profiles"]:
        profile["levels"] = {key: min(5, level + 1) for key, level in profile["levels"].items()}
    return made


CHANGES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "a level more": (SHIPPED, with_level("A1", 4)),
    "a level less": (SHIPPED, with_level("A1", 1)),
    "a competency more": (SHIPPED, with_level("D1", 2)),
    "a competency less": (SHIPPED, with_level("A1", 0)),
    "every profile": (SHIPPED, all_higher()),
    "easier": (SHIPPED, with_needs(easier)),
    "a rung that was easy": (with_needs(easier), SHIPPED),
    "another kind": (SHIPPED, with_needs(other_kind)),
    "a rung goes": (SHIPPED, without("S1")),
    "a rung comes": (without("T1"), SHIPPED),
    "nothing": (SHIPPED, deepcopy(SHIPPED)),
}

ASKED_OF_WHO_HAS_FACTS = ("a level more", "a level less", "every profile", "nothing")


def twice(
    ledger: list[Evidence], facts: Facts, before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[set[Any], set[Any]]:
    """The cells that move and the rungs whose whole state changes, by the whole readiness of both."""
    moved, whole = set(), set()
    for key in rungs_touched(before, after):
        stands = []
        for framework in (before, after):
            rung = flat(framework)["rungs"].get(key)
            stands.append(standing(rung, framework, ledger, facts, TODAY, explain=False) if rung else None)
        cells = [
            {(one.kind, one.key): one.state for one in (*stand.cells, *stand.competencies)} if stand else {}
            for stand in stands
        ]
        for name in {*cells[0], *cells[1]}:
            if cells[0].get(name) != cells[1].get(name):
                moved.add((key, *name, cells[0].get(name), cells[1].get(name)))
        full = [stand is not None and stand.met == len(stand.cells) for stand in stands]
        if full[0] != full[1]:
            whole.add((key, *full))
    return moved, whole


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_worked_out_once_is_what_the_whole_readiness_says_twice(change: str) -> None:
    chance, (before, after) = random.Random(change), CHANGES[change]
    touched, rule = differences_on(before, after, TODAY), rule_on(SHIPPED["rules"], TODAY)
    (competencies, named), holding = named_by(touched), moved_by(touched)
    assert (holding is None) == (change not in ASKED_OF_WHO_HAS_FACTS)
    seen = changed = 0
    for _person in range(40):
        ledger, facts = somebody(chance)
        moved, whole = twice(ledger, facts, before, after)
        asked = [
            one
            for one in ledger
            if one.competency in competencies
            or one.requirement in named
            or one.supersedes
            or one.kind is EvidenceKind.KPI
        ]
        if holding is not None and not any(
            one.competency in holding[0] or one.requirement in holding[1] for one in ledger
        ):
            assert not moved, "who has no fact about what changes"
        for facts_read in (ledger, asked):
            (found,) = list(effects([(None, facts_read, facts)], touched, rule, TODAY)) or (None,)
            said = {
                (one.rung, one.kind, one.key, one.before, one.after) for one in (found.moved if found else ())
            }
            assert (said, set(found.whole if found else ())) == (moved, whole)
        seen, changed = seen + len(moved), changed + len(whole)
    assert bool(seen) == (change != "nothing")
    assert changed or change not in ("easier", "a rung that was easy")
