"""What a person keeps of a lesson when it changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.learning.rules.moving import Change, Keep, Kept, LessonChange, Shape, compare, keep, shape, usual


def lesson(*cards: str, title: str = "One", minutes: int = 4) -> Shape:
    return Shape(title, minutes, {card.split("=")[0]: card for card in cards})


def change(before: Shape | None, after: Shape | None) -> LessonChange:
    return compare({"one": before} if before else {}, {"one": after} if after else {})[0]


@pytest.mark.parametrize(
    ("before", "after", "kind", "fresh", "dropped"),
    [
        (lesson("a", "b"), lesson("a", "b"), Change.SAME, (), ()),
        (lesson("a", "b"), lesson("a", "b=2"), Change.CHANGED, ("b",), ()),
        (lesson("a", "b"), lesson("a", "b", "c"), Change.CHANGED, ("c",), ()),
        (lesson("a", "b"), lesson("a"), Change.CHANGED, (), ("b",)),
        (lesson("a", "b"), lesson("b", "a"), Change.CHANGED, (), ()),
        (lesson("a"), lesson("a", title="Other"), Change.CHANGED, (), ()),
        (None, lesson("a"), Change.NEW, ("a",), ()),
        (lesson("a"), None, Change.GONE, (), ("a",)),
    ],
    ids=["same", "card changed", "card added", "card dropped", "other order", "other title", "new", "gone"],
)
def test_a_lesson_says_how_it_differs(
    before: Shape | None, after: Shape | None, kind: Change, fresh: tuple[str, ...], dropped: tuple[str, ...]
) -> None:
    found = change(before, after)
    assert (found.change, found.fresh, found.dropped) == (kind, fresh, dropped)


def test_a_picture_that_only_moved_to_another_version_is_the_same_card() -> None:
    def card(version: str, file: str = "a.svg") -> Shape:
        html = f'<img src="/courses/media/{version}/media/{file}" alt="A">'
        return shape("One", 4, [{"key": "a", "title": "A", "parts": [{"html": html}]}])

    assert change(card("v1"), card("v2")).change is Change.SAME
    assert change(card("v1"), card("v2", "b.svg")).change is Change.CHANGED


CARD_CHANGED = change(lesson("a", "b", "c"), lesson("a", "b=2", "c", "d"))


@pytest.mark.parametrize(
    ("choice", "finished", "done", "kept"),
    [
        (Keep.COUNTS, "abc", True, Kept(frozenset("abcd"), True)),
        (Keep.NEW_ONLY, "abc", True, Kept(frozenset("ac"), False)),
        (Keep.AGAIN, "abc", True, Kept(frozenset(), False)),
        (Keep.COUNTS, "ab", False, Kept(frozenset("ab"), False)),
        (Keep.NEW_ONLY, "ab", False, Kept(frozenset("a"), False)),
        (Keep.AGAIN, "ab", False, Kept(frozenset(), False)),
    ],
)
def test_what_is_kept_is_what_was_chosen(choice: Keep, finished: str, *, done: bool, kept: Kept) -> None:
    assert keep(CARD_CHANGED, choice, finished=finished, done=done) == kept


def test_a_lesson_under_way_is_done_when_the_cards_still_open_were_taken_out() -> None:
    shorter = change(lesson("a", "b", "c"), lesson("a", "b"))
    assert keep(shorter, Keep.NEW_ONLY, finished="ab", done=False) == Kept(frozenset("ab"), True)


def test_what_is_usual_is_to_read_what_is_new_and_else_to_go_on() -> None:
    assert usual(CARD_CHANGED) is Keep.NEW_ONLY
    assert usual(change(lesson("a", "b"), lesson("a"))) is Keep.COUNTS


KEYS = some.frozensets(some.sampled_from("abcdef"), min_size=1)


@given(KEYS, KEYS, KEYS, some.sampled_from(Keep), some.booleans())
def test_nobody_keeps_a_card_they_never_finished_unless_it_counts_as_done(
    was: frozenset[str], now: frozenset[str], finished: frozenset[str], choice: Keep, done: bool
) -> None:
    found = compare(
        {"one": lesson(*was)}, {"one": lesson(*(f"{key}={key}2" if key in "ab" else key for key in now))}
    )
    one = found[0]
    finished = frozenset(was) if done else finished & was
    kept = keep(one, choice, finished=finished, done=done)
    if one.change is Change.CHANGED:
        assert kept.cards <= now
        if not (done and choice is Keep.COUNTS):
            assert kept.cards <= finished
        if choice is Keep.NEW_ONLY:
            assert not kept.cards & set(one.fresh)
        if choice is Keep.AGAIN:
            assert not kept.cards
