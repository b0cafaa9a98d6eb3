"""A framework as CASE: out and in again the same, and hostile or broken files get a sentence."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.foundation.errors import Invalid
from lms.tracks.framework_files import framework_on, shipped_framework
from lms.tracks.rules import as_it_stood
from lms.tracks.rules.case import as_csv, as_json, items_of, read_file, understand
from lms.tracks.rules.differences import differences
from lms.tracks.rules.layers import LayerVersion, composed, flat, reads_the_same

HERE = flat(framework_on(date(2026, 3, 2)))
ITEMS = items_of(HERE)
CSV = as_csv(ITEMS).encode()
JSON = json.dumps(as_json(ITEMS, title="Framework", creator="Us", day="2026-03-02")).encode()


@pytest.mark.parametrize(
    "content", [CSV, JSON, b"\xef\xbb\xbf" + CSV], ids=["csv", "json", "csv with a mark"]
)
def test_what_goes_out_comes_back_the_same(content: bytes) -> None:
    read = understand(read_file(content))
    assert not read.wrong
    for part, found in HERE.items():
        assert list(read.entries[part]) == list(found)
        assert all(reads_the_same(read.entries[part][key], one) for key, one in found.items()), part


def test_the_package_is_in_the_words_of_case() -> None:
    package = json.loads(JSON)
    ids = [one["identifier"] for one in package["CFItems"]]
    assert len(set(ids)) == len(ids)
    for one in package["CFItems"]:
        assert one["fullStatement"]
        assert one["CFItemType"]
        assert one["humanCodingScheme"]
    for tie in package["CFAssociations"]:
        assert tie["associationType"] in ("isChildOf", "isRelatedTo")
        assert {tie["originNodeURI"]["identifier"], tie["destinationNodeURI"]["identifier"]} <= set(ids)


WORD = some.text(some.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip)


@given(some.lists(WORD.filter(bool), min_size=5, max_size=5), WORD.filter(bool))
def test_any_words_survive_both_formats(anchors: list[str], name: str) -> None:
    entry = {"key": "X-a", "name": name, "group": name, "anchors": dict(enumerate(anchors, start=1))}
    made: Any = {"competencies": {"X-a": entry}, "profiles": {}, "tracks": {}, "rungs": {}}
    items = items_of(made)
    for content in (
        as_csv(items),
        json.dumps(as_json(items, title="F", creator="Us", day="2026-03-02")),
    ):
        read = understand(read_file(content.encode()))
        assert not read.wrong
        assert reads_the_same(read.entries["competencies"]["X-a"], entry)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\0\0",
        b"%PDF-1.7",
        b"{",
        b"[" * 100_000,
        b'{"CFItems": 3}',
        b'{"CFItems": [1]}',
        b'{"CFItems": []}',
        b"a,b\n1,2\n",
        CSV.replace(b"humanCodingScheme", b"code", 1),
        b'CFItemType,humanCodingScheme,fullStatement,details\nTrack,a,b,"{"\n',
        b'CFItemType,humanCodingScheme,fullStatement\nTrack,a,"b\n',
        b"CFItemType,humanCodingScheme,fullStatement\n" + b"Track,a,b\n" * 5001,
        b"x" * 4_000_001,
    ],
)
def test_a_hostile_or_broken_file_gets_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid) as said:
        read_file(content)
    assert str(said.value).endswith(".")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Planet,P,Earth,,,,,", "no type that Ladder knows"),
        ("Rung,R9,Up,nowhere,,,,", "which is not in the file"),
        ("Anchor,A1.9,Words,A1,,9,,", "from 1 to 5"),
        ("Anchor,A1.3,Words,A1,,3,,", "stands twice"),
        ("Requirement,N,Words,S1,,,,", "says its kind"),
        ("Competency,Q1,Half,,,,Area,", "for each of the five levels"),
        ("Track,,Nameless,,,,,", "missing"),
    ],
)
def test_a_wrong_row_is_told_by_its_line(row: str, why: str) -> None:
    columns = "CFItemType,humanCodingScheme,fullStatement,isChildOf,sequenceNumber,level,notes,details"
    kept = [line.split(",", 1)[1] for line in CSV.decode().splitlines()[1:]]
    content = "\n".join([columns, *kept, row]).encode()
    wrong = understand(read_file(content)).wrong
    assert list(wrong) == [len(kept) + 2]
    assert why in next(iter(wrong.values()))


LEVELS = some.dictionaries(some.sampled_from(sorted(HERE["competencies"])), some.integers(1, 5), max_size=4)


@given(some.lists(some.tuples(some.booleans(), some.integers(0, 60), LEVELS), max_size=5))
def test_a_firm_never_asks_for_less_and_a_later_version_changes_no_earlier_day(
    published: list[tuple[bool, int, dict[str, int]]],
) -> None:
    """Layers in any order: every version of the shared framework holds below the firm's, and the past stays."""
    layers: dict[bool, list[LayerVersion]] = {True: [], False: []}
    day = date(2026, 3, 2)
    qa = HERE["profiles"]["qa-analyst"]
    for shared, later, levels in sorted(published, key=lambda one: one[1]):
        start = date.fromordinal(day.toordinal() + later)
        entry = (
            {**qa, "levels": {**qa["levels"], **levels}} if shared else {"key": qa["key"], "levels": levels}
        )
        before = composed(shipped_framework(), layers[True], layers[False])
        known = layers[shared]
        known.append(LayerVersion(len(known) + 1, start, {"profiles": [entry]}))
        after = composed(shipped_framework(), layers[True], layers[False])
        for earlier in (date(2025, 1, 1), date.fromordinal(start.toordinal() - 1)):
            assert as_it_stood(before, earlier) == as_it_stood(after, earlier)
        alone = flat(as_it_stood(composed(shipped_framework(), layers[True]), start))
        both = flat(as_it_stood(after, start))
        asked, more = (one["profiles"]["qa-analyst"]["levels"] for one in (alone, both))
        assert all(more[key] >= level for key, level in asked.items())
        assert not any(one.change == "gone" for one in differences(alone, both))
