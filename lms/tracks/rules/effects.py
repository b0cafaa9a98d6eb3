"""What a new version would change for people: who, on which rung, which cell, from what to what.

By the rule itself, cell by cell. Only what the two versions ask differently is worked out, before and after; a test holds it
against the whole readiness, twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.tracks.rules.evidence import Evidence, known
from lms.tracks.rules.explaining import State
from lms.tracks.rules.framework import in_force
from lms.tracks.rules.freshness import clock_of
from lms.tracks.rules.layers import Flat, flat
from lms.tracks.rules.readiness import Shown, what_is_shown
from lms.tracks.rules.rule import Rule
from lms.tracks.rules.rungs import Facts, by_requirement, need_cell, state_of_all


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


@dataclass(frozen=True)
class Side:
    """A rung as one of the two frameworks has it on the day: its requirements, and the levels of its profile, by key."""

    needs: Mapping[str, Mapping[str, Any]]
    levels: Mapping[str, int]
    competencies: Mapping[str, Mapping[str, Any]]
    courses: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Touched:
    """A rung on both sides (None: it is not there), and the requirements and competencies that the two ask differently."""

    key: str
    sides: tuple[Side | None, Side | None]
    needs: tuple[str, ...]
    competencies: tuple[str, ...]


def _side(framework: Mapping[str, Any], rung: Mapping[str, Any] | None, on: date) -> Side | None:
    if rung is None:
        return None
    profile = in_force(framework["profiles"], rung.get("profile"), on)
    wanted: Mapping[str, int] = profile["levels"] if profile else {}
    competencies = {one["key"]: one for one in framework["competencies"]}
    levels = {key: wanted[key] for key in competencies if key in wanted}
    return Side(
        {one["key"]: one for one in rung["requirements"]},
        levels,
        competencies,
        {one["key"]: one for one in framework["courses"]},
    )


def _asked(side: Side | None, key: str) -> object:
    """What a side asks of one competency."""
    if side is None or key not in side.levels:
        return None
    return side.levels[key], side.competencies[key].get("gate_months")


def differences_on(before: Mapping[str, Any], after: Mapping[str, Any], on: date) -> tuple[Touched, ...]:
    """What of the two frameworks has to be worked out for each person: the rungs that are touched, with both sides."""
    earlier, later = flat(before)["rungs"], flat(after)["rungs"]
    found = []
    for rung in rungs_touched(before, after):
        sides = (_side(before, earlier.get(rung), on), _side(after, later.get(rung), on))
        there = [side for side in sides if side]
        levels = dict.fromkeys(key for side in there for key in side.levels)
        competencies = tuple(key for key in levels if _asked(sides[0], key) != _asked(sides[1], key))
        needs = []
        for key in dict.fromkeys(key for side in there for key in side.needs):
            one, other = (side.needs.get(key) if side else None for side in sides)
            if one != other or (competencies and one and one["kind"] == "competencies"):
                needs.append(key)
        found.append(Touched(rung, sides, tuple(needs), competencies))
    return tuple(found)


Names = tuple[frozenset[str], frozenset[str]]
"""What a fact may name: competencies, and requirements or courses."""


def named_by(rungs: Iterable[Touched]) -> Names:
    """What a fact has to name to count on any of these rungs."""
    sides = [side for rung in rungs for side in rung.sides if side]
    return frozenset(key for side in sides for key in side.levels), _named(
        need for side in sides for need in side.needs.values()
    )


def moved_by(rungs: Sequence[Touched]) -> Names | None:
    """What a person must have a fact about to be moved at all. None: somebody without any fact can be.

    Who has no fact about a competency or requirement has no evidence for it, however much of it is asked for. What is
    asked anew, or no more, or of time in the job, moves people without facts too.
    """
    competencies: set[str] = set()
    needs: list[Mapping[str, Any]] = []
    for rung in rungs:
        one, other = rung.sides
        if one is None or other is None:
            return None
        if any(key not in one.levels or key not in other.levels for key in rung.competencies):
            return None
        competencies.update(rung.competencies)
        for key in rung.needs:
            pair = (one.needs.get(key), other.needs.get(key))
            kinds = {need["kind"] if need else None for need in pair}
            if len(kinds) > 1 or "tenure" in kinds:
                return None
            needs += [need for need in pair if need]
    return frozenset(competencies), _named(needs)


def _named(needs: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    named: set[str] = set()
    for need in needs:
        if need["kind"] in ("competencies", "tenure"):
            continue  # no fact names these
        named |= {need["key"], *(part["key"] for part in need.get("parts", ()))}
        if need["kind"] == "course":
            named |= {key for branch in need.get("any_of") or [[need["course"]]] for key in branch}
    return frozenset(named)


class _Person:
    """One person on the day: what is known of them, read once, and what it shows of each competency, worked out once."""

    def __init__(self, ledger: Iterable[Evidence], facts: Facts, on: date, rule: Rule) -> None:
        self.facts, there = facts, known(ledger, on)
        self.clock = clock_of(there, facts.leave, on, rule)
        self.named = by_requirement(there)
        self.about: dict[str | None, list[Evidence]] = {}
        for fact in there:
            self.about.setdefault(fact.competency, []).append(fact)
        self.shown: dict[object, Shown] = {}

    def level(self, side: Side | None, key: str) -> State | None:
        """How they stand on one competency. None: the side does not ask for it."""
        if side is None or key not in side.levels:
            return None
        if key not in self.about:
            return State.NO_EVIDENCE
        competency = side.competencies[key]
        by = (key, competency.get("gate_months"))
        if by not in self.shown:
            self.shown[by] = what_is_shown(competency, self.about[key], self.clock)
        return self.shown[by].state(side.levels[key])

    def need(self, side: Side | None, key: str) -> State | None:
        """How they stand on one requirement. None: the side does not ask for it."""
        if side is None or key not in side.needs:
            return None
        need = side.needs[key]
        if need["kind"] == "competencies":
            return state_of_all([state for one in side.levels if (state := self.level(side, one))])
        cell = need_cell(need, side.courses, self.named, self.clock, self.facts, (), explain=False)
        return cell.state

    def moved(self, rung: Touched) -> list[Moved]:
        """The cells of a rung that change, its requirements first."""
        one, other = rung.sides
        levels = []
        for key in rung.competencies:
            was, then = self.level(one, key), self.level(other, key)
            if was is not then:
                side = other if then else one
                name = side.competencies[key]["name"] if side else ""
                levels.append(Moved(rung.key, "competency", key, name, was, then))
        needs: list[Moved] = []
        for key in rung.needs:
            asked = [side.needs.get(key) if side else None for side in rung.sides]
            if levels or asked[0] != asked[1]:  # else the cells that it sums up are as they were
                needs += _moved(rung.key, asked, (self.need(one, key), self.need(other, key)))
        return [*needs, *levels]

    def whole(self, rung: Touched) -> tuple[bool, bool]:
        """Whether every requirement is met, before and after. What both sides ask alike is looked at last, and once."""
        was, then = (side is not None and self._met(side, rung.needs) for side in rung.sides)
        side = rung.sides[1] or rung.sides[0]
        if was != then and side is not None:
            alike = self._met(side, [key for key in side.needs if key not in rung.needs])
            was, then = was and alike, then and alike
        return was, then

    def _met(self, side: Side, keys: Iterable[str]) -> bool:
        return all(self.need(side, key) in (State.MET, None) for key in keys)


def _moved(
    rung: str, asked: Sequence[Mapping[str, Any] | None], states: tuple[State | None, State | None]
) -> Iterator[Moved]:
    """A requirement whose state differs. One that became one of another kind goes, and comes anew."""
    one, other = asked
    if one and other and one["kind"] != other["kind"]:
        yield from _moved(rung, (one, None), (states[0], None))
        yield from _moved(rung, (None, other), (None, states[1]))
    elif (named := other or one) and states[0] is not states[1]:
        yield Moved(rung, named["kind"], named["key"], named["text"], *states)


def effects(
    people: Iterable[tuple[Any, Sequence[Evidence], Facts]],
    touched: Sequence[Touched],
    rule: Rule,
    on: date,
) -> Iterator[Effect]:
    """Those for whom anything changes, in the order given. `touched`: from `differences_on`; `rule`: the day's, of both sides."""
    for one, ledger, facts in people:
        person = _Person(ledger, facts, on, rule)
        moved: list[Moved] = []
        whole = []
        for rung in touched:
            if cells := person.moved(rung):
                moved += cells
                was, then = person.whole(rung)
                if was != then:
                    whole.append((rung.key, was, then))
        if moved:
            yield Effect(one, tuple(moved), tuple(whole))
