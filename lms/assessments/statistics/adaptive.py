"""Adaptive testing: the most informative next item, exposure control, content balance, and when to stop.

Ability is the EAP over 33 points on [-4, 4], integrated by the trapezoid rule, with the bank's normal prior.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.assessments.statistics.arrays import Array, Flags, Places, np
from lms.assessments.statistics.responses import Responses
from lms.assessments.statistics.scoring import Bank, log_likelihood, matched, posterior
from lms.foundation.errors import Invalid

POINTS = 33
REACH = 4.0


@dataclass(frozen=True)
class Plan:
    """When a test stops and how items are chosen.

    It stops at `stop_se` or less once `shortest` items are answered, at `longest` items, or when none is left. One of
    the `randomesque` most informative items is drawn (Kingsbury & Zara 1989); `quotas` are the shares of content areas
    that the test keeps to, always from the area that lags most.
    """

    stop_se: float
    longest: int | None = None
    shortest: int = 1
    randomesque: int = 1
    seed: int = 0
    quotas: Mapping[str, float] = field(default_factory=dict)

    def problems(self, bank: Bank) -> list[str]:
        """What is wrong with the plan for this bank."""
        checks = (
            (self.stop_se >= 0, "The standard error to stop at must be a number of 0 or more."),
            (self.longest is None or self.longest >= 1, "A test must have at least one item."),
            (
                self.longest is None or self.shortest <= self.longest,
                "The shortest test is longer than the longest.",
            ),
            (self.randomesque >= 1, "At least one item must be drawn from."),
            (all(share >= 0 for share in self.quotas.values()), "A content area's share cannot be under 0."),
            (
                not self.quotas or set(self.quotas) <= set(bank.content),
                "No item has one of the content areas that the quotas name.",
            ),
        )
        return [sentence for good, sentence in checks if not good]


def ability(bank: Bank, right: Array, answered: Array) -> tuple[Array, Array]:
    """EAP and its SD for persons × items of 0 and 1."""
    theta, weights = _grid(bank)
    return posterior(log_likelihood(bank, right, answered, theta), theta, weights)


def next_item(
    bank: Bank,
    theta: float,
    asked: Sequence[int],
    plan: Plan,
    *,
    chance: float = 0.0,
    barred: Sequence[int] = (),
) -> int | None:
    """The place in the bank of the next item to ask at `theta`, or None when none is left.

    `chance`, in [0, 1), picks among the `randomesque` best; ties go to the earlier item. `barred` are items that may
    not be used now, such as those that too many people have seen (restricted maximum information: Revuelta & Ponsoda
    1998); they are used all the same when nothing else is left.
    """
    open_items = np.ones((1, len(bank.names)), dtype=bool)
    open_items[0, list(asked)] = False
    if not open_items.any():
        return None
    rested = open_items.copy()
    rested[0, list(barred)] = False
    counts = _content_counts(bank, plan, [list(asked)])
    usable = rested if rested.any() else open_items
    return int(_choose(bank, np.array([theta]), usable, counts, plan, np.array([chance]))[0])


def simulate(bank: Bank, responses: Responses, plan: Plan) -> list[dict[str, Any]]:
    """The test that each person of a file would have sat, from the answers they gave: post-hoc simulation.

    `{"row", "sequence", "theta", "se", "n", "stopped"}`, `stopped` being se, length or bank (nothing left that the person
    answered). Raises Invalid when the plan does not fit the bank.
    """
    bank, right, answered = matched(bank, responses)
    problems = plan.problems(bank)
    if problems:
        raise Invalid("This test cannot be run.", problems)
    persons = len(right)
    grid, weights = _grid(bank)
    item_logs = _item_logs(bank, grid)
    logs = np.zeros((persons, len(grid)))
    open_items = answered.astype(bool)
    sequences: list[list[int]] = [[] for _person in range(persons)]
    counts = _content_counts(bank, plan, sequences)
    theta, se = posterior(logs, grid, weights)
    stopped = np.full(persons, "", dtype="U6")
    dice = np.random.default_rng(plan.seed)
    longest = plan.longest or len(bank.names)
    for length in range(len(bank.names) + 1):
        going = stopped == ""
        stopped[going & (se <= plan.stop_se) & (length >= max(1, plan.shortest))] = "se"
        stopped[(stopped == "") & (length >= longest)] = "length"
        stopped[(stopped == "") & ~open_items.any(axis=1)] = "bank"
        at = np.flatnonzero(stopped == "")
        chance = dice.random(persons)
        if not len(at):
            break
        chosen = _choose(bank, theta[at], open_items[at], counts[at], plan, chance[at])
        open_items[at, chosen] = False
        logs[at] += np.where(right[at, chosen][:, None] == 1, item_logs[1][chosen], item_logs[0][chosen])
        theta[at], se[at] = posterior(logs[at], grid, weights)
        for person, item in zip(at.tolist(), chosen.tolist(), strict=True):
            sequences[person].append(item)
        if plan.quotas:
            counts[at, _areas(bank, plan)[chosen]] += 1
    return [
        {
            "row": row,
            "sequence": [bank.names[one] for one in sequence],
            "n": len(sequence),
            "theta": float(theta[row - 1]),
            "se": float(se[row - 1]),
            "stopped": str(stopped[row - 1]),
        }
        for row, sequence in enumerate(sequences, start=1)
    ]


def exposure(people: Sequence[Mapping[str, Any]], bank: Bank) -> dict[str, float]:
    """The share of people that saw each item of the bank."""
    seen = dict.fromkeys(bank.names, 0)
    for person in people:
        for name in person["sequence"]:
            seen[name] += 1
    return {name: count / len(people) if people else 0.0 for name, count in seen.items()}


def _grid(bank: Bank) -> tuple[Array, Array]:
    narrow = bank.sd < 0.25  # the points would lie too far apart for so narrow a prior
    theta = (
        bank.mean + bank.sd * np.linspace(-REACH, REACH, POINTS)
        if narrow
        else np.linspace(-REACH, REACH, POINTS)
    )
    weights = np.exp(-(((theta - bank.mean) / bank.sd) ** 2) / 2)
    weights[[0, -1]] /= 2
    return theta, np.maximum(weights / weights.sum(), 1e-300)


def _item_logs(bank: Bank, grid: Array) -> tuple[Array, Array]:
    """Log likelihoods of a wrong and of a right answer, items × points."""
    each = np.eye(len(bank.names))
    ones = np.ones_like(each)
    whole = log_likelihood(bank, np.zeros_like(each), each, grid)
    return whole, log_likelihood(bank, each, each * ones, grid)


def _areas(bank: Bank, plan: Plan) -> Places:
    """Each item's place among the quotas' areas; the last place for items of no named area."""
    names = list(plan.quotas)
    areas: Places = np.array([names.index(one) if one in plan.quotas else len(names) for one in bank.content])
    return areas


def _content_counts(bank: Bank, plan: Plan, sequences: Sequence[Sequence[int]]) -> Array:
    counts = np.zeros((len(sequences), len(plan.quotas) + 1))
    if plan.quotas:
        areas = _areas(bank, plan)
        for person, sequence in enumerate(sequences):
            for item in sequence:
                counts[person, areas[item]] += 1
    return counts


def _choose(bank: Bank, theta: Array, open_items: Flags, counts: Array, plan: Plan, chance: Array) -> Places:
    information = np.where(open_items, bank.information(theta), -1.0)
    if plan.quotas:
        areas = _areas(bank, plan)
        targets = np.array([*plan.quotas.values(), 0.0])
        targets = targets / max(float(targets.sum()), 1e-300)
        share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        has_open = np.stack(
            [(open_items & (areas == area)).any(axis=1) for area in range(len(targets))], axis=1
        )
        lag = np.where(has_open, targets - share, -np.inf)
        wanted = lag.argmax(axis=1)
        information = np.where(areas[None, :] == wanted[:, None], information, -1.0)
    if plan.randomesque == 1:
        first: Places = information.argmax(axis=1)
        return first
    order = np.argsort(-information, axis=1, kind="stable")[:, : plan.randomesque]
    useful = (np.take_along_axis(information, order, axis=1) >= 0).sum(axis=1)
    pick = np.minimum((chance * useful).astype(int), useful - 1)
    drawn: Places = np.take_along_axis(order, pick[:, None], axis=1)[:, 0]
    return drawn
