"""Whether items treat groups alike, as a page may tell it: by two tests, and never of a group that is too small to name.

Mantel–Haenszel asks whether an item is harder for a group at every strength alike; logistic regression asks also whether
the gap is another one for strong people than for weak ones. Both match people on the items that Mantel–Haenszel leaves
after purification, so that they speak of the same strength.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lms.assessments.statistics import dif
from lms.assessments.statistics.distributions import normal_quantile
from lms.assessments.statistics.responses import Responses

CERTAIN = 0.01
"""How unlikely another gap for strong people than for weak ones must be by chance, beside its size, to be a fault."""


@dataclass(frozen=True)
class Treated:
    """How an item treats a group beside everybody else who said theirs; what is not defined is None.

    `n`: people of the group who answered it. `others`: who answered it beside them; None where the number would tell how
    many people groups hold that are too small to be named. `delta` under 0: harder for the group than for others who do as
    well (ETS scale), and so `harder`, which is known too where delta is beyond all numbers. `change`: of Nagelkerke's R²
    by the group and by group x strength, from 0 to 1.
    """

    item: str
    group: str
    n: int
    others: int | None
    delta: float | None
    delta_between: tuple[float, float] | None
    harder: bool
    mantel_class: str | None
    p_uniform: float | None
    p_nonuniform: float | None
    change: float | None
    logistic_class: str | None

    @property
    def is_unfair(self) -> bool:
        """Whether the gap is large at every strength (class C of ETS)."""
        return self.mantel_class == "C"

    @property
    def turns(self) -> bool:
        """Whether the gap seems to be another one for strong people than for weak ones, and not a negligible one."""
        return (
            self.logistic_class in ("B", "C") and self.p_nonuniform is not None and self.p_nonuniform < 0.05
        )

    @property
    def is_unfair_in_turning(self) -> bool:
        """Whether it surely is another one, and large."""
        return self.logistic_class == "C" and self.p_nonuniform is not None and self.p_nonuniform < CERTAIN


def large_groups(column: Sequence[str], enough: int) -> list[str]:
    """The groups of so many people that have as many beside them; of two groups the smaller one, which says the same."""
    sizes = Counter(cell for cell in column if cell)
    found = [
        name
        for name, size in sorted(sizes.items())
        if size >= enough and sum(sizes.values()) - size >= enough
    ]
    return sorted(found, key=lambda name: (sizes[name], name))[:1] if len(sizes) == 2 else found


def treated(responses: Responses, column: Sequence[str], *, enough: int) -> list[Treated]:
    """How each item treats each group, where so many of the group and so many others answered it.

    `column`: the group of each person, blank when not said.
    """
    sizes = Counter(cell for cell in column if cell)
    small = {name for name, size in sizes.items() if size < enough}
    answered = [
        Counter(
            cell for row, cell in zip(responses.marks, column, strict=True) if cell and row[at] is not None
        )
        for at in range(len(responses.items))
    ]
    found = []
    for group in large_groups(column, enough):
        mantel = dif.analyse(responses, column, group, purify=True)
        logistic = dif.analyse(responses, column, group, method="logistic", anchor=mantel["anchor"])
        for counts, one, other in zip(answered, mantel["items"], logistic["items"], strict=True):
            beside = sum(counts.values()) - counts[group]
            if counts[group] < enough or beside < enough:
                continue
            unnamed = sum(counts[name] for name in small)
            delta, se = one["delta"], one["se_delta"]
            half = None if se is None else normal_quantile(0.975) * se
            found.append(
                Treated(
                    one["item"],
                    group,
                    counts[group],
                    beside if unnamed == 0 or unnamed >= enough else None,
                    delta,
                    None if delta is None or half is None else (delta - half, delta + half),
                    delta < 0 if delta is not None else one["p"] is not None and one["alpha_mh"] is None,
                    one["class"],
                    other["p_uniform"],
                    other["p_nonuniform"],
                    other["r2_change"],
                    other["class"],
                )
            )
    return found
