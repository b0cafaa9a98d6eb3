"""A call or a chat as a graph: what the customer says, what can be done, what that does to mood and facts, where it ends.

A path is the choices taken so far, each the number of a choice in the node it was taken in. A choice is offered once:
so every path ends, loops or not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MOODS = (1, 5)
MOST_STEPS = 20_000
"""How many steps the search for the best path takes; a graph that needs more is too tangled to be fair to a learner."""
_MOOD = re.compile(r"mood *(>=|<=) *([1-5])")
_FACT = re.compile(r"(not +)?([a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True)
class Term:
    """One term of a condition: a fact or a mark that must be there or not, or a bound of the mood."""

    name: str
    wanted: bool = True
    least: int = MOODS[0]
    most: int = MOODS[1]


@dataclass(frozen=True)
class Choice:
    """What the agent may say or do, and what it does. `scores`: criterion and share from 0 to 1."""

    text: str
    why: str
    to: str
    when: tuple[Term, ...] = ()
    mood: int = 0
    learns: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()

    @property
    def share(self) -> float | None:
        """The mean of what it scores; None when it scores nothing."""
        return sum(got for _key, got in self.scores) / len(self.scores) if self.scores else None


@dataclass(frozen=True)
class Node:
    """A moment: what the customer says. `end`: how it ended, where nothing can be done any more."""

    key: str
    says: str
    who: str = ""
    choices: tuple[Choice, ...] = ()
    end: str = ""
    seconds: int = 0
    late: str = ""


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric. Missing a critical one fails the contact."""

    key: str
    text: str
    section: str
    points: float
    critical: bool = False


@dataclass(frozen=True)
class Graph:
    """A whole call: the first node is where it starts. `facts`: key and the words for it."""

    nodes: tuple[Node, ...]
    criteria: tuple[Criterion, ...]
    facts: tuple[tuple[str, str], ...] = ()
    mood: int = 3

    def find(self, key: str) -> Node | None:
        """A node by its key."""
        return next((node for node in self.nodes if node.key == key), None)


@dataclass(frozen=True)
class Place:
    """Where a path has led: the node, the mood, what is known, what was chosen already, and the steps."""

    node: Node
    mood: int
    known: frozenset[str] = frozenset()
    taken: frozenset[tuple[str, int]] = frozenset()
    steps: tuple[tuple[Node, int], ...] = ()

    def offered(self) -> list[int]:
        """The numbers of the choices that can be taken now."""
        return [
            number
            for number, choice in enumerate(self.node.choices)
            if (self.node.key, number) not in self.taken and all(self._holds(term) for term in choice.when)
        ]

    def _holds(self, term: Term) -> bool:
        if term.name == "mood":
            return term.least <= self.mood <= term.most
        return (term.name in self.known) is term.wanted


@dataclass(frozen=True)
class Worth:
    """What a path earned: the score, each criterion's share (None: it never came up), the critical ones that were missed."""

    score: float
    shares: tuple[float | None, ...]
    missed: tuple[str, ...]


def read_when(text: str) -> tuple[Term, ...] | None:
    """A condition: terms with commas between, each `mood >= 2`, `mood <= 4`, `fact` or `not fact`; None when it is none."""
    terms = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if bound := _MOOD.fullmatch(part):
            least, most = (int(bound[2]), MOODS[1]) if bound[1] == ">=" else (MOODS[0], int(bound[2]))
            terms.append(Term("mood", least=least, most=most))
        elif (fact := _FACT.fullmatch(part)) and fact[2] != "mood":
            terms.append(Term(fact[2], wanted=not fact[1]))
        else:
            return None
    return tuple(terms)


def begin(graph: Graph) -> Place:
    """The opening."""
    return Place(graph.nodes[0], graph.mood)


def step(graph: Graph, place: Place, number: int) -> Place:
    """The place after a choice that is offered."""
    choice = place.node.choices[number]
    node = graph.find(choice.to)
    if node is None:
        raise ValueError(f"There is no node “{choice.to}”.")
    return Place(
        node,
        min(MOODS[1], max(MOODS[0], place.mood + choice.mood)),
        place.known | set(choice.learns) | set(choice.sets),
        place.taken | {(place.node.key, number)},
        (*place.steps, (place.node, number)),
    )


def worth(graph: Graph, steps: Sequence[tuple[Node, int]]) -> Worth:
    """The rubric's verdict on a path.

    A criterion earns the mean of the shares it got along the path, and nothing when it never came up. A critical one
    that was missed once (a share of 0) makes the whole worth 0.
    """
    got: dict[str, list[float]] = {one.key: [] for one in graph.criteria}
    for node, number in steps:
        for key, share in node.choices[number].scores:
            got[key].append(share)
    shares = tuple(sum(got[one.key]) / len(got[one.key]) if got[one.key] else None for one in graph.criteria)
    missed = tuple(one.key for one in graph.criteria if one.critical and 0 in got[one.key])
    total = sum(one.points for one in graph.criteria)
    earned = sum(one.points * (share or 0) for one, share in zip(graph.criteria, shares, strict=True))
    return Worth(0.0 if missed else round(earned / total, 9) if total else 0.0, shares, missed)


@dataclass
class Survey:
    """All ways through a graph: the best paths (highest score, then fewest steps), and what nobody can get out of."""

    best: list[tuple[tuple[Node, int], ...]] = field(default_factory=list)
    score: float = -1.0
    seen: set[str] = field(default_factory=set)
    stuck: list[str] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)
    tangled: bool = False


@lru_cache(maxsize=256)
def survey(graph: Graph) -> Survey:
    """Walk every path once."""
    found = Survey()
    waiting = [begin(graph)]
    steps = 0
    while waiting:
        place = waiting.pop()
        steps += 1
        if steps > MOST_STEPS:
            found.tangled = True
            break
        found.seen.add(place.node.key)
        if place.node.end:
            _arrive(graph, place, found)
            continue
        offered = place.offered()
        if not offered and place.node.key not in found.stuck:
            found.stuck.append(place.node.key)
        waiting += [step(graph, place, number) for number in reversed(offered)]
    leads_out = _with_a_way_out(graph)
    found.endless = [node.key for node in graph.nodes if node.key not in leads_out]
    return found


def _arrive(graph: Graph, place: Place, found: Survey) -> None:
    score = worth(graph, place.steps).score
    if score > found.score or (score == found.score and len(place.steps) < len(found.best[0])):
        found.best, found.score = [place.steps], score
    elif score == found.score and len(place.steps) == len(found.best[0]):
        found.best.append(place.steps)


def _with_a_way_out(graph: Graph) -> set[str]:
    out = {node.key for node in graph.nodes if node.end}
    while True:
        more = {node.key for node in graph.nodes if any(choice.to in out for choice in node.choices)} - out
        if not more:
            return out
        out |= more
