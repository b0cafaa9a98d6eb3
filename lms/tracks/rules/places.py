"""Where a person stands on a track."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.tracks.rules.evidence import Evidence
from lms.tracks.rules.rule import Rule
from lms.tracks.rules.rungs import Facts, is_met


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
    job = job_role.lower().replace(" ", "-")
    for held in range(len(keys) - 1, -1, -1):
        rung = track["rungs"][held]
        if rung.get("profile") == job or is_met(rung, framework, evidence, facts, as_of, rule):
            return Place(keys[held], keys[held + 1] if held + 1 < len(keys) else None)
    return Place(None, keys[0] if keys else None)
