"""The way up: the cheapest set of acts that closes every gap, exact, in an order that can be kept. No clock, no database."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from lms.foundation.words import N_
from lms.tracks.rules.days import months_after, months_before

USABLE_MINUTES_A_BREAK = 8
ORDER = ("course", "final", "assessment", "observed", "work_sample", "attestation", "kpi", "tenure")


@dataclass(frozen=True)
class Act:
    """Something that can be done, what it closes, and what it costs the person."""

    key: str
    kind: str
    title: str
    minutes: int
    closes: frozenset[str]
    needs: frozenset[str] = frozenset()
    """Acts that come before it. One that is not in the catalogue is done already."""
    in_breaks: bool = False
    assessor: bool = False
    wait_days: int = 0
    not_before: date | None = None
    lasts_months: int | None = None


@dataclass(frozen=True)
class Pace:
    """How fast things usually go: minutes of learning a week, and sittings with an assessor a week."""

    minutes_a_week: int = 40
    assessor_slots_a_week: float = 2


@dataclass(frozen=True)
class Step:
    """An act with the day it can usually be done by; `start_from`: earlier it would have expired when all is done."""

    act: Act
    done_by: date
    start_from: date | None = None


@dataclass(frozen=True)
class Way:
    """A set of acts that closes the gaps, in an order that works; `closed_by_nothing`: gaps no act of the catalogue closes."""

    steps: tuple[Step, ...]
    minutes: int
    breaks: int
    ready_on: date
    closed_by_nothing: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The acts' keys."""
        return frozenset(one.act.key for one in self.steps)

    def count(self, kind: str) -> int:
        """How many acts of a kind."""
        return sum(one.act.kind == kind for one in self.steps)


def cheapest(gaps: Collection[str], acts: Sequence[Act]) -> frozenset[str] | None:
    """The keys of the acts that close all gaps in the fewest minutes, then acts; None when they cannot be closed.

    Exact: branch and bound, one connected part at a time. An act brings the acts it needs.
    """
    by_key = {one.key: one for one in acts}
    bundles = [bundle for one in acts if (bundle := _bundle(one, by_key)) is not None]
    chosen: frozenset[str] = frozenset()
    for part in _parts(frozenset(gaps), bundles):
        found = _Search(part, bundles, by_key).best()
        if found is None:
            return None
        chosen |= found
    return chosen


@dataclass(frozen=True)
class _Bundle:
    """An act with everything it needs."""

    keys: frozenset[str]
    closes: frozenset[str]


def _bundle(act: Act, by_key: Mapping[str, Act]) -> _Bundle | None:
    """The act and all it needs, at any depth; None when it needs itself."""
    keys: set[str] = set()

    def add(one: Act, above: frozenset[str]) -> bool:
        if one.key in above:
            return False
        keys.add(one.key)
        return all(add(by_key[key], above | {one.key}) for key in sorted(one.needs) if key in by_key)

    if not add(act, frozenset()):
        return None
    return _Bundle(frozenset(keys), frozenset().union(*(by_key[key].closes for key in keys)))


def _parts(gaps: frozenset[str], bundles: Sequence[_Bundle]) -> Iterator[frozenset[str]]:
    """The gaps in groups that share no act: each group is a search of its own."""
    left = set(gaps)
    while left:
        group, keys, grown = {min(left)}, set[str](), True
        while grown:
            grown = False
            for one in bundles:
                mine = one.closes & gaps
                touches = bool(mine & group or one.keys & keys)
                if mine and touches and not (one.keys <= keys and mine <= group):
                    group |= mine
                    keys |= one.keys
                    grown = True
        left -= group
        yield frozenset(group)


class _Search:
    """Branch and bound over one group of gaps."""

    def __init__(self, gaps: frozenset[str], bundles: Sequence[_Bundle], by_key: Mapping[str, Act]) -> None:
        useful = [one for one in bundles if one.closes & gaps]
        self.by_key = by_key
        self.options: dict[str, list[_Bundle]] = {
            gap: sorted(
                (one for one in useful if gap in one.closes),
                key=lambda one: (self._minutes(one.keys), len(one.keys), sorted(one.keys)),
            )
            for gap in gaps
        }
        self.gaps = gaps
        self.found: tuple[int, int, tuple[str, ...]] | None = None

    def _minutes(self, keys: Iterable[str]) -> int:
        return sum(self.by_key[key].minutes for key in keys)

    def best(self) -> frozenset[str] | None:
        """The best set, or None."""
        if not all(self.options.values()):
            return None
        self._go(frozenset(), self.gaps)
        return frozenset(self.found[2]) if self.found else None

    def _go(self, chosen: frozenset[str], left: frozenset[str]) -> None:
        minutes = self._minutes(chosen)
        if not left:
            here = (minutes, len(chosen), tuple(sorted(chosen)))
            if self.found is None or here < self.found:
                self.found = here
            return
        if self.found is not None:
            low = minutes + ceil(self._at_least(chosen, left) - 1e-9)
            if (low, len(chosen) + 1) > self.found[:2]:
                return
        gap = min(left, key=lambda one: (len(self.options[one]), one))
        for bundle in self.options[gap]:
            self._go(chosen | bundle.keys, left - bundle.closes)

    def _at_least(self, chosen: frozenset[str], left: frozenset[str]) -> float:
        """What the open gaps cost at the very least: each act's minutes shared out evenly over the gaps it closes.

        An act's own minutes only, and over its own gaps: what it needs is counted as if it were there.
        """
        total = 0.0
        for gap in left:
            least = float("inf")
            for bundle in self.options[gap]:
                for key in bundle.keys - chosen:
                    act = self.by_key[key]
                    if gap in act.closes:
                        least = min(least, act.minutes / len(act.closes & left))
            total += least
        return total


def schedule(
    keys: Collection[str], acts: Sequence[Act], as_of: date, pace: Pace = Pace()
) -> tuple[Step, ...]:
    """The acts in an order that keeps what each needs, with the day each is usually done by.

    Learning fills the weeks minute by minute; sittings with an assessor take their turns; waits run beside them.
    """
    chosen = {one.key: one for one in acts if one.key in keys}
    done: dict[str, date] = {}
    order: list[Act] = []
    left = dict(chosen)
    while left:
        ready = [one for one in left.values() if not (one.needs & left.keys())]
        one = min(ready, key=lambda act: (ORDER.index(act.kind), act.minutes, act.key))
        order.append(left.pop(one.key))
    spent, sittings = 0, 0
    for act in order:
        begin = max((done[key] for key in act.needs if key in done), default=as_of)
        if act.in_breaks:
            spent += act.minutes
            end = max(begin, as_of + timedelta(days=ceil(spent * 7 / pace.minutes_a_week)))
        elif act.assessor:
            sittings += 1
            turn = as_of + timedelta(days=ceil(sittings * 7 / pace.assessor_slots_a_week))
            end = max(begin + timedelta(days=act.wait_days), turn)
        else:
            end = begin + timedelta(days=act.wait_days)
        done[act.key] = max(end, act.not_before or end)
    ready_on = max(done.values(), default=as_of)
    steps = []
    for act in order:
        late = None
        if act.lasts_months is not None and months_after(done[act.key], act.lasts_months) <= ready_on:
            late = months_before(ready_on, act.lasts_months) + timedelta(days=1)
            done[act.key] = max(done[act.key], late)
        steps.append(Step(act, done[act.key], late))
    return tuple(steps)


def route(gaps: Collection[str], acts: Sequence[Act], as_of: date, pace: Pace = Pace()) -> Way:
    """The cheapest way to close the gaps that can be closed, from a day on."""
    closable = frozenset(gap for gap in gaps if any(gap in one.closes for one in acts))
    keys = cheapest(closable, acts) or frozenset()
    return _way(keys, acts, as_of, pace, tuple(sorted(set(gaps) - closable)))


def alternatives(
    way: Way, gaps: Collection[str], acts: Sequence[Act], as_of: date, pace: Pace = Pace(), most: int = 2
) -> tuple[Way, ...]:
    """The next best ways: each the cheapest without one of the acts of the best. Cheapest first; none twice."""
    closable = frozenset(gaps) - frozenset(way.closed_by_nothing)
    found: dict[frozenset[str], Way] = {}
    for key in sorted(way.keys):
        keys = cheapest(closable, _without(key, acts))
        if keys is not None and keys != way.keys and keys not in found:
            found[keys] = _way(keys, acts, as_of, pace, way.closed_by_nothing)
    return tuple(
        sorted(found.values(), key=lambda one: (one.minutes, len(one.steps), sorted(one.keys)))[:most]
    )


def _without(key: str, acts: Sequence[Act]) -> list[Act]:
    """The acts that are left when one is not done: neither it nor, at any depth, what needs it."""
    gone = {key}
    while more := {one.key for one in acts if one.needs & gone} - gone:
        gone |= more
    return [one for one in acts if one.key not in gone]


def _way(
    keys: Collection[str], acts: Sequence[Act], as_of: date, pace: Pace, nothing: tuple[str, ...]
) -> Way:
    steps = schedule(keys, acts, as_of, pace)
    minutes = sum(one.act.minutes for one in steps)
    in_breaks = sum(one.act.minutes for one in steps if one.act.in_breaks)
    ready_on = max((one.done_by for one in steps), default=as_of)
    return Way(steps, minutes, -(-in_breaks // USABLE_MINUTES_A_BREAK), ready_on, nothing)


KIND_OF_ACT: Mapping[str, str] = {
    "course": N_("Course"),
    "final": N_("Final assessment"),
    "assessment": N_("Assessment"),
    "observed": N_("Seen at work"),
    "work_sample": N_("Piece of work"),
    "attestation": N_("Attestation"),
    "kpi": N_("KPI"),
    "tenure": N_("Time"),
}
"""What each kind of act is called."""
