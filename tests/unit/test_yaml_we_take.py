"""YAML as our files use it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import lms.foundation.yaml
from lms.foundation.yaml import LONGEST, BadYaml, line_of, read_yaml, write_yaml

SEEDS = [
    path.read_text()
    for path in sorted((Path(__file__).parents[2] / "seed_courses").glob("C0[1-4]*/**/*.yaml"))
]
ODD = (
    ": ",
    " #",
    "- ",
    "'",
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    "?",
    "|\n",
    ">-\n",
    "\n",
    "  ",
    "&a",
    "*a",
    "!x",
    "---\n",
    "\t",
    "\x85",
    "é",
    "1e5",
)


def test_plain_values_are_read_and_dates_and_times_stay_texts() -> None:
    text = "a: 1\nb: [x, 2.5, true, null]\nday: 2026-03-02\nat: 2026-03-02 10:00:00\nnothing:\n"
    assert read_yaml(text) == {
        "a": 1,
        "b": ["x", 2.5, True, None],
        "day": "2026-03-02",
        "at": "2026-03-02 10:00:00",
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a:\n  - {x: 1, x: 2}\n", 2, "twice"),
        ("a: &x [1]\nb: *x\n", 2, "in full"),
        ("a: 1\nb: [1, 2\n", 3, "not YAML"),
        ("a: b: c\n", 1, "quotes"),
        ("\ta: 1\n", 1, "not YAML"),
        ("a: !!python/object:os.system x\n", 1, "not YAML"),
        ("a: 1\nb: !!binary aGk=\n", 2, "plainly"),
        ("a: !!timestamp 2026-03-02\n", 1, "plainly"),
        ("a: !!set {x, y}\n", 1, "plainly"),
        ("a: 1\nb: .nan\n", 2, "usual size"),
        ("a: -.inf\n", 1, "usual size"),
        ("? [a, b]\n: 1\n", 1, "word"),
        ('a: 1\nb: "x\\0y"\n', 2, "cannot be kept"),
        ('a: "\\uD800"\n', 1, "cannot be kept"),
        ("a: \x01\n", 1, "not YAML"),
        ("[" * 3000, 1, "not YAML"),
        ("a: !!int x\n", 1, "not YAML"),
        ("a" * (LONGEST + 1), 1, "too long"),
    ],
)
def test_what_we_do_not_take_is_told_with_its_line_and_remedy(text: str, line: int, word: str) -> None:
    with pytest.raises(BadYaml, match=word) as caught:
        read_yaml(text)
    assert caught.value.line == line


@settings(max_examples=200, deadline=None)
@given(
    some.text(max_size=40)
    | some.text(alphabet="ab:-[]{}&*!?|> \n\"'0.,#%@", max_size=40)
    | some.lists(
        some.sampled_from(["a: 1\n", "? ", "- ", "&a ", "*a", "!!set ", "b", ": ", "\n", "[", "]"])
    ).map("".join)
)
def test_any_text_is_read_to_something_json_can_hold_or_refused(text: str) -> None:
    try:
        value: Any = read_yaml(text)
    except BadYaml:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


DOCUMENT = """\
key: one
options:
  - text: a
    why: b
  - text: c
other: [1, 2]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("key", 1),
        ("options", 2),
        ("options.0.why", 4),
        ("options.1", 5),
        ("options.1.why", 5),
        ("options.9.why", 2),
        ("options.x", 2),
        ("options.²", 2),
        ("other.1", 6),
        ("key.deeper", 1),
        ("missing", 1),
        ("", 1),
        (("options", "1", "text"), 5),
    ],
)
def test_a_path_leads_to_its_line_or_to_its_nearest_ancestors(path: Any, line: int) -> None:
    assert line_of(DOCUMENT, path) == line


_PLAIN = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(10**9), 10**9)
    | some.floats(allow_nan=False, allow_infinity=False, width=32)
    | some.text(some.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60)
    | some.sampled_from(
        (
            "2026-03-02",
            "yes",
            "12:30",
            "a: b",
            "- x",
            "two\nlines\n",
            "ends in space \nx",
            " x\ny",
            "~",
            "'",
            "1_000",
        )
    ),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.text(some.characters(categories=("Ll", "Nd", "Pd")), min_size=1, max_size=12),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_PLAIN)
@settings(max_examples=400, deadline=None)
def test_what_is_written_is_read_back_as_it_was(value: Any) -> None:
    assert read_yaml(write_yaml(value)) == value


def test_a_text_of_several_lines_is_written_as_a_block() -> None:
    assert (
        write_yaml({"stem": "One.\nTwo.\n", "list": [{"a": 1}]})
        == "stem: |\n  One.\n  Two.\nlist:\n  - a: 1\n"
    )


@given(some.sampled_from(SEEDS), some.data())
def test_the_quick_parser_and_the_other_one_read_alike(text: str, data: some.DataObject) -> None:
    start = text.rfind("\n", 0, data.draw(some.integers(0, len(text) - 1))) + 1
    piece = text[start : start + data.draw(some.integers(20, 400))]
    for _turn in range(data.draw(some.integers(0, 4))):
        place = data.draw(some.integers(0, len(piece)))
        piece = piece[:place] + data.draw(some.sampled_from(ODD)) + piece[place:]
    assert read(piece) == slowly(piece)


@pytest.mark.parametrize(
    "text", ["a: {b: c?d}", "a: [b?, c]", 'a: [{b: "c?"}, d]', "a: what?", "a: [b,\n  c?d]", "a: [x]\nb: c?d"]
)
def test_a_question_mark_means_the_same_to_both(text: str) -> None:
    assert read(text) == slowly(text)


def slowly(text: str) -> str:
    """What a text comes to without libyaml."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lms.foundation.yaml, "_QUICK", None)
        return read(text)


def read(text: str) -> str:
    """What a text comes to, values and refusals, as one can compare them (nan is not itself)."""
    try:
        return repr(read_yaml(text))
    except BadYaml as bad:
        return f"refused: {bad}"
