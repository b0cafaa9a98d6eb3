"""Markers beside one another: who is stricter, how far two agree, and no word before there is enough."""

import random

from lms.assessments.moderating import ENOUGH_TO_AGREE, ENOUGH_TO_DIFFER, Twice, agreement

NAMES = {"a": "Ann", "b": "Ben", "c": "Cy"}


def marked(answers: int, *, strict: float, seed: int = 1) -> list[Twice]:
    """Answers of many worths, each marked by two of three; Ann takes so much off."""
    dice = random.Random(seed)
    found = []
    for _answer in range(answers):
        worth = dice.random()
        pair = dice.sample(sorted(NAMES), 2)
        shares = [
            min(1.0, max(0.0, worth + dice.gauss(0, 0.05) - (strict if one == "a" else 0))) for one in pair
        ]
        found.append(Twice(((pair[0], shares[0]), (pair[1], shares[1]))))
    return found


def test_a_strict_marker_is_found_with_an_interval_that_leaves_nought_out() -> None:
    said = agreement(marked(120, strict=0.15), NAMES)
    ann, ben, cy = said.markers
    assert [one.name for one in said.markers] == ["Ann", "Ben", "Cy"]
    assert ann.interval is not None
    assert ann.difference is not None
    assert ann.interval[0] < ann.difference < ann.interval[1] < 0
    assert ann.n + ben.n + cy.n == 240
    fair = agreement(marked(120, strict=0), NAMES)
    assert all(one.interval and one.interval[0] < 0 < one.interval[1] for one in fair.markers)
    assert said.icc is not None
    assert fair.icc is not None
    assert said.icc < fair.icc
    assert fair.far < said.far


def test_before_there_is_enough_nothing_is_said() -> None:
    few = agreement(marked(ENOUGH_TO_AGREE - 1, strict=0.1), NAMES)
    assert few.icc is None
    assert few.answers == ENOUGH_TO_AGREE - 1
    tiny = agreement(marked(ENOUGH_TO_DIFFER - 1, strict=0.1), NAMES)
    assert all(one.difference is None and one.interval is None for one in tiny.markers)
    alike = agreement([Twice((("a", 1.0), ("b", 1.0)))] * 20, NAMES)
    assert alike.icc is None, "answers that are all worth the same say nothing of agreement"
