"""The studio's rules: rearranging an outline, a lesson's file in two halves, what changed, two people's texts as one."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.courses.packages import understand
from lms.courses.rules import outline
from lms.courses.rules.lesson_text import (
    Head,
    cards_of,
    check_keys,
    duplicated,
    join_lesson,
    new_lesson,
    put_into_card,
    retitled,
    rewritten,
    split_lesson,
)
from lms.courses.rules.lessons import parse_lesson
from lms.courses.rules.settings import fields_of, settings_of, with_fields
from lms.courses.rules.texts import changes, merge, merge_fields
from lms.foundation.yaml import read_yaml, write_yaml
from tests.house import C05

COURSE: dict[str, Any] = {
    "key": "C1",
    "title": "Calls",
    "modules": [
        {"key": "one", "title": "One", "lessons": ["a", "b"]},
        {"key": "two", "title": "Two", "lessons": ["c"]},
        {"key": "three", "title": "Three", "lessons": []},
    ],
    "sources": [],
}


def shape(course: dict[str, Any]) -> list[list[str]]:
    return [list(one.lessons) for one in outline.modules_of(course)]


# The outline


def test_a_lesson_moves_down_within_its_module_then_into_the_next() -> None:
    seen = []
    course = COURSE
    for _step in range(6):
        course = outline.move_lesson(course, "a", 1)
        seen.append(shape(course))
    assert seen[0] == [["b", "a"], ["c"], []]
    assert seen[1] == [["b"], ["a", "c"], []]
    assert seen[2] == [["b"], ["c", "a"], []]
    assert seen[3] == seen[4] == seen[5] == [["b"], ["c"], ["a"]], "at the end it stays"


def test_up_is_the_way_back_of_down() -> None:
    down = outline.move_lesson(outline.move_lesson(COURSE, "a", 1), "a", 1)
    up = outline.move_lesson(outline.move_lesson(down, "a", -1), "a", -1)
    assert shape(up) == shape(COURSE)
    assert shape(outline.move_lesson(COURSE, "a", -1)) == shape(COURSE), "at the start it stays"


@given(
    some.lists(
        some.tuples(some.sampled_from("abcx"), some.sampled_from((-1, 1)), some.integers(0, 5)), max_size=20
    )
)
@settings(max_examples=60, deadline=None)
def test_however_lessons_are_moved_each_stands_once(steps: list[tuple[str, int, int]]) -> None:
    course: dict[str, Any] = COURSE
    for key, by, place in steps:
        course = outline.move_lesson(course, key, by)
        if key != "x":
            course = outline.place_lesson(course, key, module="two", place=place)
    assert sorted(outline.lesson_keys(course)) == ["a", "b", "c"]


def test_a_lesson_is_placed_where_it_is_dropped() -> None:
    assert shape(outline.place_lesson(COURSE, "c", module="one", place=1)) == [["a", "c", "b"], [], []]
    assert shape(outline.place_lesson(COURSE, "a", module="one", place=1)) == [["b", "a"], ["c"], []]


def test_modules_are_added_renamed_moved_and_removed_and_the_rest_stays() -> None:
    added = outline.add_module(COURSE, "One more", key="one")
    assert outline.modules_of(added)[-1] == outline.Module("one-2", "One more", ())
    renamed = outline.rename_module(added, "one", "First")
    assert outline.modules_of(renamed)[0].title == "First"
    moved = outline.move_module(renamed, "one", 1)
    assert [one.key for one in outline.modules_of(moved)] == ["two", "one", "three", "one-2"]
    assert outline.modules_of(outline.move_module(moved, "two", -1))[0].key == "two"
    gone = outline.remove_module(moved, "three")
    assert [one.key for one in outline.modules_of(gone)] == ["two", "one", "one-2"]
    assert {name: gone[name] for name in ("key", "title", "sources")} == {
        name: COURSE[name] for name in ("key", "title", "sources")
    }


@pytest.mark.parametrize(
    "modules", [None, "x", [1, "a"], [{"lessons": 3}], [{"key": "k", "lessons": None}]], ids=str
)
def test_an_outline_that_has_no_shape_is_read_as_far_as_it_has_one(modules: object) -> None:
    assert all(one.lessons == () for one in outline.modules_of({"modules": modules}))


# A lesson's file


@pytest.mark.parametrize("path", sorted((C05 / "lessons").glob("*.md")), ids=lambda path: path.stem)
def test_a_lessons_two_halves_make_its_file_again_byte_for_byte(path: Any) -> None:
    text = path.read_text()
    halves = split_lesson(text)
    assert halves.head is not None
    assert text.split("\n")[halves.offset].startswith("## ")
    assert rewritten(text, halves.head, halves.body) == text
    again = split_lesson(join_lesson(halves.head, halves.body))
    assert (again.head, again.body) == (halves.head, halves.body)


def test_what_cannot_be_read_is_edited_whole_and_never_lost() -> None:
    for text in (
        "no head at all",
        "---\ntitle: [\n---\n\nx\n",
        "---\ntitle: A\nextra: kept\n---\n\nx\n",
        "---\ntitle: 3\nminutes: x\n---\n",
        "",
    ):
        halves = split_lesson(text)
        assert halves.head is None
        assert halves.body == text


def test_a_title_that_would_confuse_yaml_comes_back_as_it_was() -> None:
    for title in ("Yes: no", "- dash", "'quoted'", "# hash", "12", "true", "¿Qué? «»"):
        text = join_lesson(Head(title, 4, ("a-b",), ()), "## A {#hook}\n\nx\n")
        halves = split_lesson(text)
        assert halves.head == Head(title, 4, ("a-b",), ())


def test_a_new_lesson_begins_with_a_hook_ends_with_an_act_and_stops_nothing() -> None:
    for language, closing in (("en", "Do this on your next call"), ("es", "Haz esto en tu próxima llamada")):
        text = new_lesson("Storm: day", language)
        lesson, problems = parse_lesson("storm", "lessons/storm.md", text)
        assert problems == []
        assert lesson.cards[0].key == "hook"
        assert lesson.cards[-1].title == closing
        assert cards_of(text) == tuple((card.key, card.title) for card in lesson.cards)


CHECK = "::: check\nkey: q\nkind: single\nstem: 'key: not this'\n:::\n"


def test_a_duplicate_has_its_own_title_and_its_checks_their_own_keys() -> None:
    text = join_lesson(
        Head("First", 4), f"## A {{#hook}}\n\nkey: words\n\n{CHECK}\n{CHECK.replace('q', 'r')}"
    )
    twin = duplicated(text, title="First (2)", taken=["q", "r", "q-2"])
    assert split_lesson(twin).head == Head("First (2)", 4)
    assert check_keys(twin) == ("q-3", "r-2")
    assert "key: words" in twin
    assert "'key: not this'" in twin


def test_a_picture_goes_to_the_end_of_its_card() -> None:
    body = "## A {#hook}\n\nOne.\n\n## B {#b}\n\nTwo.\n"
    assert put_into_card(body, "hook", "![x](media/x.webp)") == (
        "## A {#hook}\n\nOne.\n\n![x](media/x.webp)\n\n## B {#b}\n\nTwo.\n"
    )
    assert put_into_card(body, "gone", "![x](media/x.webp)").endswith("Two.\n\n![x](media/x.webp)\n")
    assert put_into_card("", "hook", "x") == "\n\nx\n"


def test_a_renamed_lesson_keeps_its_cards() -> None:
    text = join_lesson(Head("First", 4, ("o",)), "## A {#hook}\n\nx\n")
    assert split_lesson(retitled(text, "Second")).body == split_lesson(text).body
    assert retitled("no head", "Second") == "no head"


# The settings


def test_settings_make_the_course_again() -> None:
    said = read_yaml((C05 / "course.yaml").read_text())
    again = with_fields(said, fields_of(settings_of(said)))
    assert again == said
    assert read_yaml(write_yaml(again)) == said


def test_a_new_objective_gets_a_key_that_nobody_has() -> None:
    said = {"objectives": [{"key": "greet", "text": "Greet"}, {"text": "Greet!"}, {"text": "¿?"}]}
    keys = [one["key"] for one in fields_of(settings_of(said))["objectives"]]
    assert keys == ["greet", "greet-2", "objective"]


def test_misshapen_settings_are_left_out_and_nothing_breaks() -> None:
    found = settings_of({"completion": 3, "tracks": "x", "competencies": [1, {"id": "A1", "level": "x"}]})
    assert (found.tracks, found.competencies, found.lessons, found.assessment) == ((), (), 0, "")


# What changed


def test_what_changed_is_told_word_by_word_with_a_little_around_it() -> None:
    lines = [f"line {number}\n" for number in range(40)]
    pieces = changes("".join(lines), "".join(lines).replace("line 20", "row 20"))
    assert [(one.sort, one.text) for one in pieces if one.sort in ("old", "new")] == [
        ("old", "line"),
        ("new", "row"),
    ]
    assert pieces[0].sort == "skipped"
    shown = "".join(one.text for one in pieces if one.sort in ("same", "old"))
    assert shown.count("line") == 5


@given(some.text("ab \n", max_size=60), some.text("ab \n", max_size=60))
@settings(max_examples=150, deadline=None)
def test_the_pieces_hold_both_texts_whole(before: str, after: str) -> None:
    pieces = changes(before, after)
    if before == after:
        assert pieces == ()
        return
    assert "".join(one.text for one in pieces if one.sort != "new") == before
    assert "".join(one.text for one in pieces if one.sort != "old") == after


def test_two_peoples_changes_in_two_places_are_both_taken() -> None:
    base = "one\ntwo\nthree\nfour\n"
    both = merge(base, base.replace("one", "ONE"), base.replace("four", "FOUR"))
    assert (both.text, both.clashes) == ("ONE\ntwo\nthree\nFOUR\n", 0)


def test_two_peoples_changes_of_one_line_stand_both_mine_first() -> None:
    both = merge("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n")
    assert (both.text, both.clashes) == ("a\nmine\ntheirs\nc\n", 1)
    same = merge("a\nb\n", "a\nnew\n", "a\nnew\n")
    assert (same.text, same.clashes) == ("a\nnew\n", 0)


@given(some.lists(some.sampled_from("abcd"), max_size=8), some.lists(some.sampled_from("abcd"), max_size=8))
@settings(max_examples=150, deadline=None)
def test_who_changed_nothing_takes_what_the_other_wrote(base: list[str], other: list[str]) -> None:
    old, new = "".join(f"{one}\n" for one in base), "".join(f"{one}\n" for one in other)
    assert merge(old, old, new).text == new
    assert merge(old, new, old).text == new
    assert merge(old, new, new).text == new


def test_fields_of_a_form_are_merged_one_by_one() -> None:
    base = {"title": "A", "summary": "S", "tracks": []}
    assert merge_fields(base, base | {"title": "B"}, base | {"summary": "T"}) == (
        {"title": "B", "summary": "T", "tracks": []},
        (),
    )
    merged, clashes = merge_fields(base, base | {"title": "B"}, base | {"title": "C"})
    assert (merged["title"], clashes) == ("B", ("title",))


def test_a_course_made_of_the_outlines_own_steps_reads_without_a_problem_in_its_outline() -> None:
    course = outline.add_lesson({"modules": []} | outline.add_module({}, "M", key="m"), "hello", module="m")
    package = understand(
        {"course.yaml": write_yaml(course), "lessons/hello.md": new_lesson("Hi", "en")}, {}, []
    )
    assert not [one for one in package.problems if "module" in one.message and "Add “" not in one.message]
