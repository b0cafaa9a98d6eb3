"""What item analysis says in words: the key may be wrong, a distractor is dead, a question leaked or is unfair.

Pure rules. A verdict is a reason to look, never to delete. Under a hundred people there are counts and no verdicts.
Each test is strict enough that fewer than one sound item in twenty is named (a test holds it to that).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from lms.assessments.statistics import dif
from lms.assessments.statistics.classical import correlation, correlation_interval
from lms.assessments.statistics.distributions import binomial_at_least, wilson
from lms.assessments.statistics.groups import Treated, treated
from lms.assessments.statistics.responses import Responses
from lms.foundation.words import N_

ENOUGH = 100
"""People who answered, and people in each group, before anything is said."""
TOO_EASY, TOO_HARD, WEAK = 0.95, 0.30, 0.15
CERTAIN = 2.0
"""Standard errors by which a distractor must lean towards the strong."""
FAST = 1 / 3
"""A quick answer takes under this share of what the person and the question usually take."""
FEWEST_FAST = 10


class Kind(StrEnum):
    """What may be wrong with a question."""

    KEY = "key"
    DEAD = "dead"
    LEAKED = "leaked"
    UNFAIR = "unfair"
    WEAK = "weak"
    EASY = "easy"
    HARD = "hard"


@dataclass(frozen=True)
class Verdict:
    """One thing to look at: a sentence to be translated, and its values."""

    item: str
    kind: Kind
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def words(self) -> str:
        """The sentence in English."""
        return self.sentence % self.values


@dataclass(frozen=True)
class ItemCounts:
    """What there is to show before there is enough to judge."""

    item: str
    answered: int
    right: int
    options: Mapping[str, int]


@dataclass(frozen=True)
class Judgement:
    """Counts of every item, and verdicts on those that enough people answered."""

    people: int
    counts: tuple[ItemCounts, ...]
    verdicts: tuple[Verdict, ...]
    treated: tuple[tuple[str, Treated], ...] = ()
    """What groups are of, and how an item treats one of them."""

    def of(self, kind: Kind) -> tuple[str, ...]:
        """The items that have a verdict of this kind."""
        return tuple(one.item for one in self.verdicts if one.kind is kind)


def judge(
    responses: Responses,
    *,
    offered: Mapping[str, Sequence[str]] | None = None,
    seconds: Sequence[Sequence[float | None]] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Judgement:
    """Judge every item.

    `offered` are the options of each item (those never chosen included); `seconds[person][item]` the time an answer
    took; `groups` columns such as first language, one value a person, blank when not said.
    """
    counts, verdicts = [], []
    totals = [sum(mark or 0 for mark in row) for row in responses.marks]
    for at, name in enumerate(responses.items):
        answered = [person for person, row in enumerate(responses.marks) if row[at] is not None]
        marks = [responses.marks[person][at] or 0 for person in answered]
        rest = [float(totals[person] - mark) for person, mark in zip(answered, marks, strict=True)]
        given = [responses.chosen[person][at] or "" for person in answered] if responses.chosen else []
        options = dict.fromkeys((offered or {}).get(name, ()), 0)
        for option in given:
            options[option] = options.get(option, 0) + 1
        counts.append(ItemCounts(name, len(answered), sum(marks), options))
        if len(answered) < ENOUGH:
            continue
        verdicts += _marks(name, marks, rest)
        if given:
            verdicts += _options(name, responses.key[at], options, given, rest)
    if seconds is not None:
        verdicts += _leaks(responses, seconds, totals)
    fair = [
        (what, one)
        for what, column in (groups or {}).items()
        for one in treated(responses, column, enough=ENOUGH)
    ]
    for _what, one in fair:
        verdicts += _unfair(one)
    order = {name: at for at, name in enumerate(responses.items)}
    verdicts.sort(key=lambda one: (order[one.item], list(Kind).index(one.kind)))
    return Judgement(len(responses.marks), tuple(counts), tuple(verdicts), tuple(fair))


def _marks(name: str, marks: Sequence[int], rest: Sequence[float]) -> list[Verdict]:
    low, high = wilson(sum(marks), len(marks))
    percent = round(100 * sum(marks) / len(marks))
    if low > TOO_EASY:
        return [
            Verdict(name, Kind.EASY, N_("Almost everybody is right (%(percent)s%%)."), {"percent": percent})
        ]
    found = []
    if high < TOO_HARD:
        sentence = N_("Few people are right (%(percent)s%%).")
        found.append(Verdict(name, Kind.HARD, sentence, {"percent": percent}))
    r = correlation([float(mark) for mark in marks], rest)
    interval = None if r is None else correlation_interval(r, len(marks))
    if interval and interval[1] < WEAK:
        sentence = N_("It does not tell strong people from weak ones (item-rest correlation %(r)s).")
        found.append(Verdict(name, Kind.WEAK, sentence, {"r": f"{r:.2f}"}))
    return found


def _options(
    name: str, key: str, options: Mapping[str, int], given: Sequence[str], rest: Sequence[float]
) -> list[Verdict]:
    found = []
    n = len(given)

    def leaning(option: str) -> float:
        r = correlation([float(one == option) for one in given], rest)
        return 0.0 if r is None else r

    leans = {option: leaning(option) for option in options if option != key}
    if leans:
        best = max(leans, key=lambda option: leans[option])
        certain = math.atanh(min(leans[best], 0.999)) * math.sqrt(n - 3) > CERTAIN
        if certain and leans[best] > leaning(key):
            strong, weak = _thirds([one == best for one in given], rest)
            sentence = N_(
                "The key may be wrong: more strong than weak people chose %(option)s "
                "(%(strong)s%% of the strongest third, %(weak)s%% of the weakest)."
            )
            values = {"option": best, "strong": strong, "weak": weak}
            found.append(Verdict(name, Kind.KEY, sentence, values))
    wrong = n - options.get(key, 0)
    for option in leans:
        few = options[option]
        # a third of its fair share of the wrong answers would still be this much more likely
        chance = 1 - binomial_at_least(few + 1, wrong, 1 / (3 * len(leans)))
        if len(leans) > 1 and few < 0.05 * n and chance < 0.01:
            sentence = N_("Hardly anybody takes %(option)s: %(count)s of %(wrong)s wrong answers.")
            values = {"option": option, "count": few, "wrong": wrong}
            found.append(Verdict(name, Kind.DEAD, sentence, values))
    return found


def _thirds(flags: Sequence[bool], rest: Sequence[float]) -> tuple[int, int]:
    """Percent flagged in the upper and in the lower third by rest score."""
    order = sorted(range(len(rest)), key=lambda at: rest[at])
    size = max(1, len(order) // 3)
    return (
        round(100 * sum(flags[at] for at in order[-size:]) / size),
        round(100 * sum(flags[at] for at in order[:size]) / size),
    )


def _leaks(
    responses: Responses, seconds: Sequence[Sequence[float | None]], totals: Sequence[int]
) -> list[Verdict]:
    """Items whose unusually quick answers are right far more often than others' of the same strength."""
    logs = [[math.log(one) if one is not None and one > 0 else None for one in row] for row in seconds]
    usual = [_median([row[at] for row in logs]) for at in range(len(responses.items))]
    pace = [_median([None if one is None else one - usual[at] for at, one in enumerate(row)]) for row in logs]
    found = []
    for at, name in enumerate(responses.items):
        strata: dict[int, list[float]] = {}
        quick = quick_right = slow = slow_right = 0
        for person, row in enumerate(responses.marks):
            mark, log = row[at], logs[person][at]
            if mark is None or log is None:
                continue
            fast = log - usual[at] - pace[person] < math.log(FAST)
            cell = strata.setdefault(totals[person] - mark, [0.0, 0.0, 0.0, 0.0])
            cell[(0 if fast else 2) + (1 - mark)] += 1
            quick, quick_right = quick + fast, quick_right + (fast and mark)
            slow, slow_right = slow + (not fast), slow_right + (not fast and mark)
        if quick + slow < ENOUGH or quick < FEWEST_FAST:
            continue
        tested = dif.mantel_haenszel([(a, b, c, d) for a, b, c, d in strata.values()])
        more = tested.odds_ratio is None or tested.odds_ratio > 2
        if (
            tested.p is not None
            and tested.p < 0.001
            and more
            and quick_right / quick > slow_right / max(1, slow)
        ):
            sentence = N_(
                "It may have leaked: %(quick)s people answered in under a third of the usual time, "
                "and %(share)s%% of them were right, against %(others)s%% of the other %(rest)s."
            )
            values = {
                "quick": quick,
                "share": round(100 * quick_right / quick),
                "rest": slow,
                "others": round(100 * slow_right / max(1, slow)),
            }
            found.append(Verdict(name, Kind.LEAKED, sentence, values))
    return found


def _median(values: Sequence[float | None]) -> float:
    known = [one for one in values if one is not None]
    return median(known) if known else 0.0


def _unfair(one: Treated) -> list[Verdict]:
    """A large gap at every strength (Mantel–Haenszel, class C), or one that is another for strong people than for weak."""
    values = {"group": one.group}
    if one.is_unfair:
        sentence = (
            N_("It may be unfair: harder for the group “%(group)s” than for others who do as well.")
            if one.harder
            else N_("It may be unfair: easier for the group “%(group)s” than for others who do as well.")
        )
        return [Verdict(one.item, Kind.UNFAIR, sentence, values)]
    if one.is_unfair_in_turning:
        sentence = N_(
            "It may be unfair: between the group “%(group)s” and others who do as well, the gap is another one for "
            "strong people than for weak ones."
        )
        return [Verdict(one.item, Kind.UNFAIR, sentence, values)]
    return []
