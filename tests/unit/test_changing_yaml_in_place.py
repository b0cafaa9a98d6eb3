"""One entry of a list or one value is changed; every other line of the text stays byte for byte."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation.yaml import BadYaml, read_yaml, write_yaml
from lms.foundation.yaml_editing import append_entry, replace_entry, set_value

BANKS = sorted((Path(__file__).parents[2] / "seed_courses").glob("*/questions/*.yaml"))
LIST = "# The first\n\n- key: a\n  stem: |-\n    One\n    # no comment\n\n    two\n\n# The second\n- key: b  # a note\n  tags: [x, y]\n- key: c\n"


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.parts[-3])
def test_each_question_of_a_seed_bank_can_be_changed_alone(path: Path) -> None:
    text = path.read_text()
    listed = read_yaml(text)
    for at in ((0, len(listed) // 2, len(listed) - 1)[len(listed) % 3],):  # a first, a middle or a last one
        new = {**listed[at], "stem": "Another\nstem: with – signs #1"}
        changed = replace_entry(text, at, new)
        assert read_yaml(changed) == [*listed[:at], new, *listed[at + 1 :]]
        before, after = text.splitlines(), changed.splitlines()
        first = next(
            number for number, (one, two) in enumerate(zip(before, after, strict=False)) if one != two
        )
        last = next(
            number
            for number, (one, two) in enumerate(zip(before[::-1], after[::-1], strict=False))
            if one != two
        )
        touched = before[first : len(before) - last]
        assert sum(line.startswith("- key:") for line in touched) <= 1, touched
        assert [line for line in before if line.startswith("#")] == [
            line for line in after if line.startswith("#")
        ]


def test_comments_and_blank_lines_between_entries_stay() -> None:
    changed = replace_entry(LIST, 0, {"key": "a", "stem": "Other"})
    assert changed == LIST.replace("  stem: |-\n    One\n    # no comment\n\n    two\n", "  stem: Other\n")


def test_an_entry_is_taken_out_with_the_blank_line_behind_it() -> None:
    assert replace_entry(LIST, 0, None) == "# The first\n\n" + LIST[LIST.index("# The second") :]
    assert read_yaml(replace_entry("- key: a\n", 0, None)) == []


def test_an_indented_list_keeps_its_column() -> None:
    text = "  - key: a\n    stem: One\n  - key: b\n    stem: Two\n"
    assert replace_entry(text, 0, {"key": "a", "stem": "x\ny"}) == (
        "  - key: a\n    stem: |-\n      x\n      y\n  - key: b\n    stem: Two\n"
    )
    assert append_entry(text, {"key": "c"}) == text + "\n  - key: c\n"


def test_a_list_on_one_line_is_written_anew() -> None:
    assert read_yaml(replace_entry("[{key: a}, {key: b}]", 1, {"key": "c"})) == [{"key": "a"}, {"key": "c"}]
    assert read_yaml(append_entry("[]\n", {"key": "a"})) == [{"key": "a"}]
    assert read_yaml(append_entry("", {"key": "a"})) == [{"key": "a"}]


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(BadYaml):
        replace_entry("key: a\n", 0, {})
    with pytest.raises(BadYaml):
        append_entry("- key: [a\n", {})


def test_one_value_is_set_and_the_rest_stays() -> None:
    text = "key: C\n# how it ends\ncompletion: {lessons: all}\n\n# sources\nsources:\n  - {key: a}\n"
    changed = set_value(text, "completion", {"lessons": "all", "assessment": "final"})
    assert changed == text.replace("{lessons: all}", "\n  lessons: all\n  assessment: final").replace(
        "completion: \n", "completion:\n"
    )
    assert set_value("key: C\n", "language", "es") == "key: C\nlanguage: es\n"


TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=40)
ENTRIES = st.lists(
    st.fixed_dictionaries({"key": TEXTS, "stem": TEXTS, "tags": st.lists(TEXTS, max_size=2)}), max_size=4
)


@given(ENTRIES, st.data())
def test_whatever_the_words_are_the_other_entries_mean_the_same(entries: list[Any], data: Any) -> None:
    text = ""
    for entry in entries:
        text = append_entry(text, entry)
    assert (read_yaml(text) or []) == entries
    if entries:
        at = data.draw(st.integers(0, len(entries) - 1))
        new = {"key": data.draw(TEXTS), "stem": data.draw(TEXTS)}
        assert read_yaml(replace_entry(text, at, new)) == [*entries[:at], new, *entries[at + 1 :]]
        assert read_yaml(replace_entry(text, at, None)) == entries[:at] + entries[at + 1 :]


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c"], ids=ascii)
def test_a_sign_that_some_take_for_the_end_of_a_line_stays_itself(sign: str) -> None:
    entries = [{"key": "a", "stem": f"one{sign}two"}, {"key": "b", "stem": f"{sign}\n x"}, {"key": "c"}]
    text = write_yaml(entries)
    assert read_yaml(text) == entries
    assert read_yaml(replace_entry(text, 1, {"key": "b"})) == [entries[0], {"key": "b"}, entries[2]]
