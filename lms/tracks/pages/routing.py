"""A person's way up, as a page shows it: the cheapest, the next best, and what would expire on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.tracks.framework_files import shipped_acts
from lms.tracks.queries.routing import UnderWay
from lms.tracks.rules import Cell, Evidence, Standing, State
from lms.tracks.rules.route_acts import Final, catalogue
from lms.tracks.rules.routing import Pace, Way, alternatives, route

LOOKS = 3


@dataclass(frozen=True)
class Routed:
    """The cheapest way; others; and what is met today but would be stale by the time the rest is done."""

    way: Way
    others: tuple[Way, ...]
    expiring: tuple[Cell, ...]


def routed(
    stand_on: Callable[[date], Standing],
    rung: dict[str, Any],
    framework: dict[str, Any],
    ledger: Sequence[Evidence],
    finals: Sequence[Final],
    as_of: date,
    *,
    pace: Pace | None = None,
    whole: bool = True,
) -> Routed:
    """The way from a day on. What expires before it is done is done again on it, until nothing more does.

    `whole`: with alternatives.
    """
    acts = shipped_acts()
    pace = pace or Pace(assessor_slots_a_week=acts["assessor_slots_a_week"])
    first = stand_on(as_of)
    expiring: tuple[Cell, ...] = ()
    found = catalogue(first, rung, framework, ledger, acts, finals)
    way = route(found.gaps, found.acts, as_of, pace)
    for _look in range(LOOKS):
        then = stand_on(way.ready_on)
        lost = _lost(first, then)
        if lost == expiring:
            break
        expiring = lost
        stand = _with(first, {cell.key: cell for cell in lost})
        found = catalogue(stand, rung, framework, ledger, acts, finals)
        way = route(found.gaps, found.acts, as_of, pace)
    others = alternatives(way, found.gaps, found.acts, as_of, pace) if whole else ()
    return Routed(way, others, expiring)


def with_minutes_left(framework: dict[str, Any], under_way: Mapping[str, UnderWay]) -> dict[str, Any]:
    """A framework whose courses take what is left of them: who is in the middle of one does not begin again."""
    courses = [
        {**one, "minutes": under_way[one["key"]].minutes} if one["key"] in under_way else one
        for one in framework["courses"]
    ]
    return {**framework, "courses": courses}


def _lost(first: Standing, then: Standing) -> tuple[Cell, ...]:
    """What is met on the first day and no longer on the other."""
    met = {cell.key for cell in (*first.cells, *first.competencies) if cell.state is State.MET}
    return tuple(
        cell
        for cell in (*then.cells, *then.competencies)
        if cell.key in met and cell.state is not State.MET and cell.kind != "competencies"
    )


def _with(stand: Standing, lost: dict[str, Cell]) -> Standing:
    """The standing with some cells as they will be."""
    return Standing(
        stand.rung,
        stand.rung_version,
        stand.profile,
        stand.as_of,
        stand.rule,
        tuple(lost.get(cell.key, cell) for cell in stand.cells),
        tuple(lost.get(cell.key, cell) for cell in stand.competencies),
    )
