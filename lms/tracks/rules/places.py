"""Where a person stands on a track, and what is open on the way up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.tracks.rules.evidence import Evidence
from lms.tracks.rules.explaining import Cell, Standing, State
from lms.tracks.rules.rule import Rule
from lms.tracks.rules.rungs import Facts, standing


@dataclass(frozen=True)
class Place:
    """Where a person stands on a track: the rung held (none is the ground) and the one above it (none at the top)."""

    held: str | None
    next: str | None


def place_on(
    track: Mapping[str, Any],
    framework: Mapping[str, Any],
    evidence: Sequence[Evidence],
    facts: Facts,
    as_of: date,
    *,
    job_role: str,
    rule: Rule | None = None,
) -> Place:
    """The highest rung that is the person's job already, or whose every requirement is met."""
    keys = [rung["key"] for rung in track["rungs"]]
    held = -1
    for at, rung in enumerate(track["rungs"]):
        met = standing(rung, framework, evidence, facts, as_of, rule)
        if rung.get("profile") == job_role.lower().replace(" ", "-") or met.met == len(met.cells):
            held = at
    return Place(keys[held] if held >= 0 else None, keys[held + 1] if held + 1 < len(keys) else None)


USABLE_MINUTES_A_BREAK = 8
_ROUTE_ORDER = ("course", "assessment", "observed", "attestation", "kpi", "competencies", "tenure")


@dataclass(frozen=True)
class Route:
    """What is open, in an order that works; the minutes a person can close alone, as breaks."""

    steps: tuple[Cell, ...]
    minutes: int
    breaks: int


def route(stand: Standing) -> Route:
    """The open requirements: courses first, then what is assessed, then what others must see; time last."""
    steps = sorted(
        (cell for cell in stand.cells if cell.state is not State.MET),
        key=lambda cell: _ROUTE_ORDER.index(cell.kind),
    )
    minutes = sum(cell.minutes or 0 for cell in steps)
    return Route(tuple(steps), minutes, -(-minutes // USABLE_MINUTES_A_BREAK))
