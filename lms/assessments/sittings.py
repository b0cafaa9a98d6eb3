"""Notes on sittings for a person to judge: unusual timing, and answers that are unusually alike. Never a verdict.

Pure rules. A note says what was seen, from how many, and how seldom chance alone would do it; a friend who explained the
same wrong thing to two people explains it as well. Nothing here reaches a score, a pass or the ledger.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

ENOUGH = 30
"""People who sat it, before what is usual can be said."""
FAST = 1 / 3
"""A quick answer takes under this share of what the person and the question usually take."""
FEWEST_FAST = 5
FEWEST_ALIKE = 5
CHANCE = 0.05
"""How often chance alone may write one note or more about answers that are alike, over all pairs together."""


@dataclass(frozen=True)
class Sat:
    """One sitting: by question, what was chosen, whether it was right, and how long it took (none: not said)."""

    person: str
    chosen: Mapping[str, str]
    right: Mapping[str, bool]
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class Quick:
    """Somebody answered several questions far more quickly than they and the questions usually take."""

    person: str
    quick: int
    right: int
    answered: int
    others_right: float
    """The share right of their other answers."""


@dataclass(frozen=True)
class Alike:
    """Two people chose the same wrong option more often than chance alone would, given what others choose."""

    one: str
    other: str
    same: int
    both_wrong: int
    expected: float
    chance: float
    """How probable so many or more are by chance, for this pair."""


def quick_answers(sittings: Sequence[Sat]) -> list[Quick]:
    """Notes on timing; none under thirty sittings. Steady quick people are not named: their own pace is taken off."""
    if len(sittings) < ENOUGH:
        return []
    by_question: dict[str, list[float]] = {}
    for one in sittings:
        for question, took in one.seconds.items():
            if took > 0:
                by_question.setdefault(question, []).append(math.log(took))
    usual = {question: median(times) for question, times in by_question.items()}
    found = []
    for one in sittings:
        gaps = {name: math.log(took) - usual[name] for name, took in one.seconds.items() if took > 0}
        if len(gaps) < 2 * FEWEST_FAST:
            continue
        pace = median(gaps.values())
        fast = [name for name, gap in gaps.items() if gap - pace < math.log(FAST)]
        others = [name for name in one.right if name not in fast]
        right = sum(one.right.get(name, False) for name in fast)
        share = sum(one.right[name] for name in others) / len(others) if others else 0.0
        if len(fast) >= FEWEST_FAST and right > share * len(fast):
            found.append(Quick(one.person, len(fast), right, len(one.right), share))
    return sorted(found, key=lambda one: -one.quick)


def alike_answers(sittings: Sequence[Sat]) -> list[Alike]:
    """Notes on pairs, by the wrong options they share; none under thirty sittings.

    For each question that both have wrong, chance lets them agree as often as two wrong answers of others would. The tail
    is exact (Poisson binomial) and held to `CHANCE` over all pairs (Bonferroni).
    """
    if len(sittings) < ENOUGH:
        return []
    wrong = [
        {name: option for name, option in one.chosen.items() if option and not one.right.get(name, False)}
        for one in sittings
    ]
    counts: dict[str, Counter[str]] = {}
    for those in wrong:
        for name, option in those.items():
            counts.setdefault(name, Counter())[option] += 1
    agree = {name: _agreeing(options) for name, options in counts.items()}
    pairs = len(sittings) * (len(sittings) - 1) / 2
    found = []
    for (at, one), (beside, other) in combinations(enumerate(wrong), 2):
        shared = one.keys() & other.keys()
        same = sum(one[name] == other[name] for name in shared)
        if same < FEWEST_ALIKE:
            continue
        chances = [agree[name] for name in shared]
        if same <= sum(chances):
            continue
        chance = _at_least(same, chances)
        if chance * pairs < CHANCE:
            found.append(
                Alike(sittings[at].person, sittings[beside].person, same, len(shared), sum(chances), chance)
            )
    return sorted(found, key=lambda one: one.chance)


def _agreeing(options: Counter[str]) -> float:
    """How often two wrong answers to a question are the same, with a half added to each option that was seen."""
    whole = sum(options.values()) + 0.5 * len(options)
    return sum(((count + 0.5) / whole) ** 2 for count in options.values())


def _at_least(least: int, chances: Sequence[float]) -> float:
    """The probability of so many successes or more of independent trials."""
    held = [1.0] + [0.0] * len(chances)
    for chance in chances:
        for at in range(len(chances), 0, -1):
            held[at] = held[at] * (1 - chance) + held[at - 1] * chance
        held[0] *= 1 - chance
    return math.fsum(held[least:])
