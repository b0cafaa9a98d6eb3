"""What a new version would change for people: who, on which rung, which cell, from what to what. The real readiness, twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.tracks.rules.evidence import Evidence
from lms.tracks.rules.explaining import Standing, State
from lms.tracks.rules.layers import Flat, flat
from lms.tracks.rules.rungs import Facts, standing


@dataclass(frozen=True)
class Moved:
    """A cell of a person that is another by the new version. None: it was not asked before, or is not asked any more."""

    rung: str
    kind: str
    key: str
    text: str
    before: State | None
    after: State | None


@dataclass(frozen=True)
class Effect:
    """What changes for one person: the cells, and how many of each rung's requirements are met before and after."""

    person: Any
    moved: tuple[Moved, ...]
    whole: tuple[tuple[str, bool, bool], ...]
    """Each rung whose whole state changes: its key, whether every requirement was met, and whether it is then."""


def rungs_touched(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The rungs on which anybody's state may change: they, their profile or a competency of it differ."""
    earlier, later = flat(before), flat(after)

    def asked(made: Flat, key: str) -> object:
        rung = made["rungs"].get(key)
        if rung is None:
            return None
        levels = made["profiles"].get(rung.get("profile", ""), {}).get("levels", {})
        gates = {one: made["competencies"].get(one, {}).get("gate_months") for one in levels}
        return rung["requirements"], levels, gates

    keys = dict.fromkeys((*earlier["rungs"], *later["rungs"]))
    return tuple(key for key in keys if asked(earlier, key) != asked(later, key))


def effects(
    people: Iterable[tuple[Any, Sequence[Evidence], Facts]],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    on: date,
) -> list[Effect]:
    """Those for whom anything changes, in the order given. `before` and `after`: the framework as it stands on the day."""
    touched = rungs_touched(before, after)
    earlier, later = flat(before)["rungs"], flat(after)["rungs"]
    found = []
    for person, ledger, facts in people:
        moved: list[Moved] = []
        whole = []
        for key in touched:
            one, other = (
                standing(rungs[key], framework, ledger, facts, on, explain=False) if key in rungs else None
                for rungs, framework in ((earlier, before), (later, after))
            )
            moved += _moved(key, one, other)
            full = (_is_whole(one), _is_whole(other))
            if full[0] != full[1]:
                whole.append((key, *full))
        if moved:
            found.append(Effect(person, tuple(moved), tuple(whole)))
    return found


def _is_whole(stand: Standing | None) -> bool:
    return stand is not None and stand.met == len(stand.cells)


def _moved(rung: str, before: Standing | None, after: Standing | None) -> list[Moved]:
    cells = [
        {(cell.kind, cell.key): cell for cell in (*one.cells, *one.competencies)} if one else {}
        for one in (before, after)
    ]
    found = []
    for key in dict.fromkeys((*cells[0], *cells[1])):
        one, other = cells[0].get(key), cells[1].get(key)
        if (one.state if one else None) != (other.state if other else None):
            named = other or one
            assert named is not None
            found.append(
                Moved(rung, *key, named.text, one.state if one else None, other.state if other else None)
            )
    return found
