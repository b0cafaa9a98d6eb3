"""The fairness figures: groups that people declared themselves, cells too small to show, raters beside one another. Pure."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean, stdev

from lms.assessments.statistics.distributions import f_quantile, wilson
from lms.foundation.words import N_
from lms.tracks.fairness import Impact, adverse_impact

LEAST_IN_A_GROUP = 10
"""People in a group before anything about it is shown."""
LEAST_EACH_WAY = 5
"""People selected, and people not selected, over all groups shown: with fewer, a figure could tell about one of them."""
LEAST_PAIRS = 10
"""Ratings beside a colleague's of the same answer, before a rater's severity is shown."""

DIMENSIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "gender": (
        N_("Gender"),
        {"woman": N_("Woman"), "man": N_("Man"), "another": N_("Another")},
    ),
    "first_language": (
        N_("First language"),
        {
            "english": N_("English"),
            "kriol": N_("Kriol"),
            "spanish": N_("Spanish"),
            "garifuna": N_("Garifuna"),
            "maya": N_("A Maya language"),
            "another": N_("Another"),
        },
    ),
    "age_band": (
        N_("Age"),
        {
            "under_25": N_("Under 25"),
            "25_34": N_("25 to 34"),
            "35_44": N_("35 to 44"),
            "45_over": N_("45 or over"),
        },
    ),
}
"""What may be declared: the words of each question and of its answers. Not answering is always one of them."""


@dataclass(frozen=True)
class Candidacy:
    """One person at one opening: how far they came."""

    person_id: uuid.UUID
    sat: bool
    passed: bool
    chosen: bool | None
    """None: not decided."""


STAGES: Mapping[str, str] = {
    "nominated": N_("Put forward, of everybody who said what group they are in"),
    "sat": N_("Interviewed, of those put forward"),
    "passed": N_("Ready on the evidence, of those interviewed and decided"),
    "chosen": N_("Chosen, of those decided"),
}


def counts(
    stage: str, groups: Mapping[uuid.UUID, str], candidacies: Sequence[Candidacy]
) -> dict[str, tuple[int, int]]:
    """(selected, considered) of each group at a stage; people without a group count nowhere."""
    if stage == "nominated":
        put = {one.person_id for one in candidacies}
        pairs = [(group, person in put) for person, group in groups.items()]
    else:
        considered = {
            "sat": candidacies,
            "passed": [one for one in candidacies if one.sat and one.chosen is not None],
            "chosen": [one for one in candidacies if one.chosen is not None],
        }[stage]
        pairs = [
            (groups[one.person_id], bool(getattr(one, stage)))
            for one in considered
            if one.person_id in groups
        ]
    found: dict[str, tuple[int, int]] = {}
    for group, selected in pairs:
        before = found.get(group, (0, 0))
        found[group] = (before[0] + selected, before[1] + 1)
    return found


def shown_groups(found: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The groups that may be shown: none under ten people, none that would give a hidden one away, none about a few people.

    What is hidden together must itself be ten people or more, else the smallest shown group is hidden too. Fewer than two
    groups compare nothing and are not shown.
    """
    shown = {group: both for group, both in found.items() if both[1] >= LEAST_IN_A_GROUP}
    while (
        shown and 0 < sum(both[1] for group, both in found.items() if group not in shown) < LEAST_IN_A_GROUP
    ):
        del shown[min(shown, key=lambda group: (shown[group][1], group))]
    selected = sum(both[0] for both in shown.values())
    others = sum(both[1] - both[0] for both in shown.values())
    few = min(selected, others) < LEAST_EACH_WAY
    return {} if few or len(shown) < 2 else shown


@dataclass(frozen=True)
class Compared:
    """One group at one stage, beside the group with the highest rate (None for that group itself)."""

    group: str
    selected: int
    considered: int
    rate: float
    impact: Impact | None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the rate."""
        return wilson(self.selected, self.considered)


def compared(found: Mapping[str, tuple[int, int]]) -> tuple[Compared, ...]:
    """The groups that may be shown, the one with the highest rate first, then by name; nothing when too few."""
    shown = shown_groups(found)
    if not shown:
        return ()
    first = max(shown, key=lambda group: (shown[group][0] / shown[group][1], shown[group][1], group))
    order = [first, *sorted(set(shown) - {first})]
    return tuple(
        Compared(
            group,
            *shown[group],
            shown[group][0] / shown[group][1],
            None if group == first else adverse_impact(shown[first], shown[group]),
        )
        for group in order
    )


@dataclass(frozen=True)
class Given:
    """What one interviewer gave one candidate on one question."""

    rater: str
    about: tuple[str, str, int]
    """Opening, candidate, question."""
    score: int


@dataclass(frozen=True)
class Severity:
    """A rater beside colleagues who heard the same answers: the mean difference in points, from how many, with its t
    interval. None: too few.
    """

    rater: str
    pairs: int
    difference: float | None
    interval: tuple[float, float] | None = None


def severity(given: Iterable[Given]) -> tuple[Severity, ...]:
    """Each rater who scored an answer that somebody else scored too, by the text of their id: under 0 is stricter."""
    about: dict[tuple[str, str, int], list[Given]] = {}
    for one in given:
        about.setdefault(one.about, []).append(one)
    differences: dict[str, list[float]] = {}
    for together in about.values():
        for one in together:
            others = [other.score for other in together if other.rater != one.rater]
            if others:
                differences.setdefault(one.rater, []).append(one.score - fmean(others))
    return tuple(_severe(rater, mine) for rater, mine in sorted(differences.items()))


def _severe(rater: str, mine: Sequence[float]) -> Severity:
    n = len(mine)
    if n < LEAST_PAIRS:
        return Severity(rater, n, None)
    mean, half = fmean(mine), sqrt(f_quantile(0.95, 1, n - 1)) * stdev(mine) / sqrt(n)
    return Severity(rater, n, mean, (mean - half, mean + half))


@dataclass(frozen=True)
class Disagreement:
    """Where people decided otherwise than the evidence stood."""

    decided: int
    ready_not_chosen: int
    chosen_not_ready: int


def disagreement(candidacies: Iterable[Candidacy]) -> Disagreement:
    """Count them. Choosing fewer than were ready is no fault: places are few."""
    decided = [one for one in candidacies if one.chosen is not None]
    return Disagreement(
        len(decided),
        sum(one.passed and not one.chosen for one in decided),
        sum(bool(one.chosen) and not one.passed for one in decided),
    )


def quarters_back(today: date, count: int) -> date:
    """The first day of the quarter that began so many quarters ago; 1 is the current one."""
    number = today.year * 4 + (today.month - 1) // 3 - (count - 1)
    return date(number // 4, number % 4 * 3 + 1, 1)
