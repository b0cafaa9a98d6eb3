"""How marks of people settle an answer: one marker, or two who mark alone and a third where they are far apart.

Pure rules. Marks come in the order they were given; the last one that marked again has the last word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.assessments.kinds.extended import Criterion

FAR = 0.2
"""Shares of the full marks by which two markers may differ; beyond it a third decides."""


@dataclass(frozen=True)
class Given:
    """What one person gave: their share of the full marks; `again` when it takes the place of all before."""

    share: float
    again: bool = False


def deciding(given: Sequence[Given], markers: int) -> tuple[int, ...]:
    """Which marks settle the answer, as places in `given`; none while another marker is needed."""
    if given and given[-1].again:
        return (len(given) - 1,)
    if markers == 1:
        return (0,) if given else ()
    if len(given) >= 2 and abs(given[0].share - given[1].share) <= FAR + 1e-9:
        return (0, 1)
    return (2,) if len(given) >= 3 else ()


def settled(given: Sequence[Given], markers: int) -> float | None:
    """What the answer is worth, from 0 to 1; none while another marker is needed."""
    those = deciding(given, markers)
    return sum(given[at].share for at in those) / len(those) if those else None


def share_of(points: Mapping[str, int], criteria: Sequence[Criterion]) -> float:
    """The share of the full marks."""
    return sum(points[one.key] for one in criteria) / sum(one.points for one in criteria)


def missing(points: Mapping[str, int | None], criteria: Sequence[Criterion]) -> tuple[str, ...]:
    """The criteria that have no mark, or one that the rubric does not give."""
    return tuple(
        one.key for one in criteria if (got := points.get(one.key)) is None or not 0 <= got <= one.points
    )
