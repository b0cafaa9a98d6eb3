"""A passport as a document: what is read of it, and that nothing a stranger writes into one breaks the reader."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from lms.foundation.errors import Invalid
from lms.tracks.rules import Contested, Evidence, EvidenceKind
from lms.tracks.rules.passport import (
    Holder,
    Maker,
    Source,
    document,
    marks_of,
    opened,
    sealed,
    travelling,
    verdicts,
    whose,
)

pytestmark = pytest.mark.no_database

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
HOLDER = Holder(uuid.UUID(int=1), "Ana Chi", "Ana@example.bz")
MAKER = Maker(uuid.UUID(int=2), uuid.UUID(int=3), "Toucan", "k" * 16, "", AT, ("seen",), "Next")


def fact(id_: str, **said: Any) -> Evidence:
    values = {
        "kind": EvidenceKind.OBSERVED,
        "on": date(2026, 1, 15),
        "recorded_at": AT,
        "outcome": "rated",
        "competency": "A3",
        "level": 3,
        "title": "Empathy",
    }
    return Evidence(**{"id": id_, **values, **said})


def payload(*facts: Evidence) -> dict[str, Any]:
    return document(MAKER, HOLDER, facts, {}, {})


def test_only_what_speaks_for_them_stands_and_was_chosen_travels() -> None:
    good, chosen = fact("1"), {"seen"}
    others = [
        fact("2", outcome="failed"),
        fact("3", contests=(Contested(AT),)),
        fact("4", supersedes="5"),
        fact("5"),
        fact("6", contests=(Contested(AT, AT, "withdrawn"),)),
        fact("7", kind=EvidenceKind.KPI, outcome="passed"),
        fact("8", on=date(2026, 3, 3)),
    ]
    assert {one.id for one in travelling([good, *others], chosen, TODAY)} == {"1", "4"}
    assert travelling([good], set(), TODAY) == []


def test_what_was_written_is_read_again_and_named_once_for_ever() -> None:
    read = opened(sealed(payload(fact("1", score=0.8, error=0.05, pass_mark=0.75)), "s"))
    one = read.facts[0]
    assert (one.kind, one.level, one.score, one.error, one.pass_mark) == (
        EvidenceKind.OBSERVED,
        3,
        0.8,
        0.05,
        0.75,
    )
    again = document(MAKER, HOLDER, [fact("9")], {"9": Source(ref=one.ref)}, {})
    assert again["facts"][0]["ref"] == one.ref, "what was taken over keeps the name it came with"
    assert payload(fact("1"))["facts"][0]["ref"] == one.ref
    found = verdicts(read, there={one.ref}, competencies={"A3"}, courses=(), today=TODAY)
    assert [each.taken for each in found] == [False]


def test_it_is_known_by_the_account_or_only_by_the_name_or_not_at_all() -> None:
    read = opened(sealed(payload(), "s"))
    assert whose(read, HOLDER) == "account"
    assert whose(read, Holder(uuid.UUID(int=9), "Other", " ana@EXAMPLE.bz")) == "account", "the e-mail alone"
    assert whose(read, Holder(uuid.UUID(int=9), "ANA  Chí", None)) == "name"
    assert whose(read, Holder(uuid.UUID(int=9), "Ana Chin", "b@example.bz")) == ""
    assert not marks_of(uuid.UUID(int=7), HOLDER) & read.marks, "another passport's digests tell nothing"


def spoilt(where: str, value: Any) -> bytes:
    """A passport whose one value is something else, written as Ladder writes."""
    said = payload(fact("1"))
    place: Any = (
        said["facts"][0] if where in said["facts"][0] or where in ("score", "since_version") else said
    )
    place[where] = value
    return sealed(said, "s")


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("level", 10**30),
        ("level", "3"),
        ("level", True),
        ("score", 10**400),
        ("score", -1),
        ("score", [0.5]),
        ("on", "soon"),
        ("kind", "magic"),
        ("facts", {"a": 1}),
        ("facts", [1]),
        ("holder", []),
        ("issuer", None),
        ("made_at", "2026-03-02T10:00:00"),
        ("passport", "no id"),
        ("version", 2),
        ("format", "other"),
        ("title", "nul \0"),
    ],
)
def test_a_strange_value_is_refused_with_a_sentence(where: str, value: Any) -> None:
    content = spoilt(where, value)
    if where == "level" and value == 10**30:
        read = opened(content)
        found = verdicts(read, there=(), competencies={"A3"}, courses=(), today=TODAY)
        assert not found[0].taken
        return
    with pytest.raises(Invalid):
        opened(content)


def test_deep_doubled_or_infinite_json_is_refused() -> None:
    good: Mapping[str, Any] = {**payload(fact("1")), "signature": "s"}
    text = json.dumps(good, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    assert opened(text.encode()).facts
    for bad in (
        "[" * 100_000,
        '{"format": "ladder-passport", "signature": "s", "a": ' + "[" * 900 + "]" * 900 + "}",
        text.replace('"level": 3', '"level": 3,\n   "level": 3'),
        text.replace('"level": 3', '"level": 1e999'),
        text.replace('"level": 3', '"level": NaN'),
        text.replace("Empathy", "Empathy\ud800".encode("unicode_escape").decode()),
        text.replace("\n", "\r\n"),
        "\ufeff" + text,
    ):
        with pytest.raises(Invalid):
            opened(bad.encode("utf-8", "surrogatepass"))
