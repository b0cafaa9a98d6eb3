"""Choosing the questions of an attempt: by the draws of its blueprint, and a second form parallel to the first."""

import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lms.assessments.rules.blueprints import Blueprint, Draw
from lms.assessments.statistics.matching import Alike, match_form

NOTHING_RESTS: Mapping[int, int] = MappingProxyType({})


def draw_questions(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    *,
    seed: int,
    rested: Mapping[int, int] = NOTHING_RESTS,
) -> list[int] | None:
    """Choose questions: positions in the bank, in the order they are asked; None when the draws cannot all be met.

    Every draw gets its number and no question comes twice: a bipartite matching of places to questions (Kuhn's
    augmenting paths) over candidates in random order. The same seed, bank and rest give the same choice. Those `rested`
    (with how many people were asked each) fill only the places that nothing else can: once a path gave a question its
    place, no later path takes it out of the form.
    """
    chance = random.Random(seed)  # noqa: S311  (chooses questions, guards nothing)
    places = [draw for draw in blueprint.draws for _ in range(draw.count)]
    candidates = []
    for draw in places:
        fitting = [position for position, question in enumerate(bank) if draw.takes(question)]
        chance.shuffle(fitting)
        candidates.append(sorted(fitting, key=lambda one: rested.get(one, 0)))
    taken: dict[int, int] = {}

    def find_place(place: int, tried: set[int], resting: bool = False) -> bool:
        for question in candidates[place]:
            if question in tried or (question in rested and not resting):
                continue
            tried.add(question)
            if question not in taken or find_place(taken[question], tried, resting):
                taken[question] = place
                return True
        return False

    without = [place for place in range(len(places)) if not find_place(place, set())]
    if not all(find_place(place, set(), resting=True) for place in without):
        return None
    by_place = {place: question for question, place in taken.items()}
    chosen = [by_place[place] for place in range(len(places))]
    if blueprint.shuffle_questions:
        chance.shuffle(chosen)
    return chosen


def content_area(blueprint: Blueprint, question: Mapping[str, Any]) -> int | None:
    """The first draw that takes a question, which is its content area in a test that adapts."""
    return next((at for at, draw in enumerate(blueprint.draws) if draw.takes(question)), None)


MOST_APART = 0.03
"""How far the mean difficulty (Angoff) of two forms may lie apart, as a share: one question in a gate of 40 is 0.025."""


def draw_first(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    *,
    seed: int,
    rested: Mapping[int, int] = NOTHING_RESTS,
) -> list[int] | None:
    """As `draw_questions`; where there are two forms, a first one that leaves a second one in the bank."""
    if blueprint.forms == 1:
        return draw_questions(blueprint, bank, seed=seed, rested=rested)
    for resting in (rested, NOTHING_RESTS) if rested else (NOTHING_RESTS,):
        for turn in range(20):
            chosen = draw_questions(blueprint, bank, seed=seed + turn, rested=resting)
            if chosen is None:
                return None
            if draw_second(blueprint, bank, first=chosen, seed=seed) is not None:
                return chosen
    return None


def draw_second(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    *,
    first: Sequence[int],
    seed: int,
    rested: Mapping[int, int] = NOTHING_RESTS,
) -> list[int] | None:
    """A form parallel to `first` (positions in the bank): none of its questions, the same draws, each question the twin of
    one of them in content and difficulty; none where the bank has no such form, or only one harder or easier.

    It is looked for among those that do not rest, and only then among all.
    """
    if rested:
        without = _second(blueprint, bank, first, seed, frozenset(rested))
        if without is not None:
            return without
    return _second(blueprint, bank, first, seed, frozenset())


def _second(
    blueprint: Blueprint,
    bank: Sequence[Mapping[str, Any]],
    first: Sequence[int],
    seed: int,
    barred: frozenset[int],
) -> list[int] | None:
    chance = random.Random(f"second {seed}")  # noqa: S311  (chooses questions, guards nothing)
    places = _places(blueprint, bank, first)
    if places is None:
        return None
    used = barred.union(first)
    pools = []
    for draw, _question in places:
        pool = [at for at, one in enumerate(bank) if at not in used and draw.takes(one)]
        chance.shuffle(pool)
        pools.append(pool)
    likes = [_alike(one) for one in bank]
    wanted = [likes[question] for _draw, question in places]
    chosen = match_form(wanted, pools, likes)
    if chosen is None or abs(difficulty_gap(bank, first, chosen)) > MOST_APART:
        return None
    if blueprint.shuffle_questions:
        chance.shuffle(chosen)
    return chosen


def difficulty_gap(bank: Sequence[Mapping[str, Any]], first: Sequence[int], second: Sequence[int]) -> float:
    """The mean difficulty of the second form less that of the first, as shares who can just do it and are right."""
    first_mean, second_mean = (
        sum(_alike(bank[at]).difficulty for at in form) / len(form) for form in (first, second)
    )
    return second_mean - first_mean


def _alike(question: Mapping[str, Any]) -> Alike:
    names = ("course", "critical", "competency", "objective", "thinking", "kind", "level")
    share = question.get("difficulty", 0.5)
    return Alike(
        tuple(str(question.get(name) or "") for name in names),
        float(share) if isinstance(share, int | float) else 0.5,
    )


def _places(
    blueprint: Blueprint, bank: Sequence[Mapping[str, Any]], first: Sequence[int]
) -> list[tuple[Draw, int]] | None:
    """Which draw each question of a form answers to: none when it is no form of this blueprint."""
    draws = [draw for draw in blueprint.draws for _ in range(draw.count)]
    holder: dict[int, int] = {}

    def find_place(question: int, tried: set[int]) -> bool:
        for place, draw in enumerate(draws):
            if place in tried or not draw.takes(bank[question]):
                continue
            tried.add(place)
            if place not in holder or find_place(holder[place], tried):
                holder[place] = question
                return True
        return False

    if len(first) != len(draws) or not all(find_place(question, set()) for question in first):
        return None
    return [(draws[place], question) for place, question in sorted(holder.items())]
