"""What becomes of people under way when a course has a newer version, as pure functions.

A lesson is known by its key and its cards by theirs. For each lesson that changed, whoever moves people chooses what
is kept of what was done: all of it, all but the cards that are new or changed, or nothing.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Change(enum.StrEnum):
    """How a lesson differs between two versions."""

    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


class Keep(enum.StrEnum):
    """What is kept of a changed lesson."""

    COUNTS = "counts"
    NEW_ONLY = "new-only"
    AGAIN = "again"


@dataclass(frozen=True)
class Shape:
    """A lesson of a version: its title, its minutes, and what each card holds, in order."""

    title: str
    minutes: int
    cards: Mapping[str, Any]


@dataclass(frozen=True)
class LessonChange:
    """One lesson between two versions. `cards` are the later version's; `fresh` those of them that are new or changed."""

    key: str
    title: str
    minutes: int
    change: Change
    cards: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def shape(title: str, minutes: int, cards: Sequence[Mapping[str, Any]]) -> Shape:
    """A lesson's shape from its rendered cards; addresses of media name the version and are left out."""
    return Shape(title, minutes, {card["key"]: _without_version(card) for card in cards})


def _without_version(card: Mapping[str, Any]) -> Any:
    """A card without the version that its pictures' addresses name: `/courses/media/<version>/media/a.svg`."""

    def plain(part: Mapping[str, Any]) -> Any:
        words = part.get("html")
        if not isinstance(words, str):
            return dict(part)
        first, *others = words.split("/courses/media/")
        return first + "".join("/media/" + other.partition("/")[2] for other in others)

    return card.get("title"), [plain(part) for part in card["parts"]]


def compare(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> tuple[LessonChange, ...]:
    """Every lesson of two versions, in the later one's order, then what is gone."""
    found = []
    for key, now in after.items():
        was = before.get(key)
        cards = tuple(now.cards)
        if was is None:
            found.append(LessonChange(key, now.title, now.minutes, Change.NEW, cards, cards))
            continue
        fresh = tuple(card for card in cards if was.cards.get(card) != now.cards[card])
        dropped = tuple(card for card in was.cards if card not in now.cards)
        same = not fresh and not dropped and list(was.cards) == list(now.cards) and was.title == now.title
        found.append(
            LessonChange(
                key, now.title, now.minutes, Change.SAME if same else Change.CHANGED, cards, fresh, dropped
            )
        )
    found += [
        LessonChange(key, was.title, was.minutes, Change.GONE, dropped=tuple(was.cards))
        for key, was in before.items()
        if key not in after
    ]
    return tuple(found)


@dataclass(frozen=True)
class Kept:
    """What is kept of a person's lesson: the finished cards, whether the lesson is done, whether anything changed."""

    cards: frozenset[str]
    done: bool


def keep(change: LessonChange, choice: Keep, *, finished: Iterable[str], done: bool) -> Kept:
    """What a person keeps of a lesson. `finished` are the cards of it that count for them now.

    A lesson that is the same, new or gone keeps what there is. A done lesson stays done when it counts, or when
    nothing in it is new; one under way is done when every card that the later version has is among those kept.
    """
    had = frozenset(finished)
    if change.change is not Change.CHANGED:
        return Kept(had, done)
    if choice is Keep.AGAIN:
        return Kept(frozenset(), False)
    if choice is Keep.COUNTS and done:
        return Kept(frozenset(change.cards), True)
    left = had & set(change.cards) if choice is Keep.COUNTS else (had & set(change.cards)) - set(change.fresh)
    if done:  # every card was finished, whatever facts a shorter history holds
        left = frozenset(set(change.cards) - set(change.fresh))
    return Kept(left, set(change.cards) <= left)


def usual(change: LessonChange) -> Keep:
    """What is chosen when nobody says otherwise: what was done counts, and what is new is to be read."""
    return Keep.NEW_ONLY if change.fresh else Keep.COUNTS
