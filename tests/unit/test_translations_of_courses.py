"""A translation changes words and nothing else: keys, order, right answers, marks and numbers stay those of the original."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lms.courses.packages import Package, read_folder
from lms.courses.rules import Outline, translation_problems
from lms.courses.services import outline
from lms.foundation.yaml import read_yaml

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[2] / "seed_courses").glob("*/course.yaml"))
PACKAGES = {str(one.course["key"]): one for one in map(read_folder, FOLDERS)}
TRANSLATIONS = sorted(key for key, one in PACKAGES.items() if one.course.get("translation_of"))
each = pytest.mark.parametrize("key", TRANSLATIONS)
SAME = re.compile(
    "key|kind|objectives?|sources|competenc(y|ies)|level|thinking|difficulty|critical|tags?|marking|correct|shuffle|parameters|"
    "decimals|tolerance|require|to|scores|learns|sets|when|mood|seconds|points|channel|minutes|draws|count|attempts|allowed|"
    "gap_hours|feedback|pass_mark|evidence|purpose|time_limit_minutes|questions|id|tracks|format|completion|lessons|"
    "assessment|offline|valid_months|value|pick|goal|accuracy|least|most"
)
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def bones(value: Any, name: str = "") -> Any:
    """A document without its words: what may not differ, and for each text the numbers in it."""
    if isinstance(value, dict):
        named = name in ("facts", "gaps")
        return [(key, bones(part, "" if named else str(key))) for key, part in value.items()]
    if isinstance(value, list):
        if name in ("accepted", "ignore", "mistakes"):
            return bool(value)  # as many ways of saying it as the language has
        return [bones(part, name) for part in value]
    if isinstance(value, str) and not SAME.fullmatch(name):
        return sorted(Counter(NUMBER.findall(value)).items())
    return value


def document(package: Package, name: str) -> Any:
    """A YAML file of a package, parsed."""
    return read_yaml(package.files[name])


@each
def test_a_translation_has_the_files_and_the_bones_of_its_original(key: str) -> None:
    ours, theirs = PACKAGES[key], PACKAGES[PACKAGES[key].course["translation_of"]]
    assert ours.course["language"] != theirs.course["language"]
    assert set(ours.files) == set(theirs.files)
    for name in (name for name in theirs.files if name.endswith(".yaml") and name != "course.yaml"):
        assert bones(document(ours, name)) == bones(document(theirs, name)), name
    for part in ("competencies", "tracks", "completion", "prerequisites", "valid_months"):
        assert ours.course.get(part) == theirs.course.get(part), part
    for part in ("objectives", "modules", "sources"):
        assert bones(ours.course[part]) == bones(theirs.course[part]), part


@each
def test_the_lessons_of_a_translation_have_the_cards_blocks_and_numbers_of_the_original(key: str) -> None:
    ours, theirs = PACKAGES[key], PACKAGES[PACKAGES[key].course["translation_of"]]
    for name, lesson in theirs.lessons.items():
        told = ours.lessons[name]
        assert (told.objectives, told.sources) == (lesson.objectives, lesson.sources), name
        assert [card.key for card in told.cards] == [card.key for card in lesson.cards], name
        for mine, original in zip(told.cards, lesson.cards, strict=True):
            where = (name, mine.key)
            assert [one.kind for one in mine.blocks] == [one.kind for one in original.blocks], where
            for block, before in zip(mine.blocks, original.blocks, strict=True):
                if block.kind == "check":
                    assert bones(block.question) == bones(before.question), where
                else:
                    assert Counter(NUMBER.findall(block.title + block.body)) == Counter(
                        NUMBER.findall(before.title + before.body)
                    ), where


@each
def test_nothing_of_a_translation_was_left_in_the_original_language(key: str) -> None:
    ours, theirs = PACKAGES[key], PACKAGES[PACKAGES[key].course["translation_of"]]
    english = re.compile(r"\b(the|and|with|your|you|is|are)\b", re.IGNORECASE)
    for name, text in ours.files.items():
        same = set(filter(english.search, text.splitlines())) & set(theirs.files[name].splitlines())
        assert same <= {line for line in same if re.match(r"\s*- \{key: [a-z0-9-]+, text: '.*tag:", line)}, (
            name
        )


def test_a_translation_is_advised_of_what_it_lacks_and_of_what_it_adds() -> None:
    origin = Outline("en", "", frozenset({"one", "two"}), frozenset({"greet"}), frozenset({"q1", "q2"}))
    own = Outline("es", "T01", frozenset({"one"}), frozenset({"greet"}), frozenset({"q1", "q2", "q3"}))
    text = "key: T01-ES\ntranslation_of: T01\n"
    said = {"key": "T01-ES", "translation_of": "T01"}
    found = list(translation_problems(said, text, own, {"T01": origin}))
    assert all(one.advice and one.line == 2 for one in found)
    assert [one.message for one in found] == [
        "The original has lessons that this translation has not: two.",
        "The original has no such questions: q3.",
    ]
    assert list(translation_problems(said, text, outline(PACKAGES["C05"]), {"T01": outline(PACKAGES["C05"])}))
