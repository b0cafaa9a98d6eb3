"""A parallel form by matching: for each question of one form its nearest twin among those that may take its place.

The assignment of least total cost (Kuhn 1955, by shortest augmenting paths: Jonker & Volgenant 1987), then exchanges that
bring the mean difficulty of both forms together without unsettling the content.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

UNLIKE = 1.0
"""What one difference of content costs, in differences of difficulty: content comes first."""
CLOSE = 0.005


@dataclass(frozen=True)
class Alike:
    """What two questions are compared by: names of their content, the weightiest first, and the share who get it right."""

    content: tuple[str, ...]
    difficulty: float


def unlike(one: Alike, other: Alike) -> int:
    """In how many names of their content two questions differ, the first weighing as much as all others."""
    return sum(
        (len(one.content) if not at else 1)
        for at, (mine, theirs) in enumerate(zip(one.content, other.content, strict=True))
        if mine != theirs
    )


def match_form(
    wanted: Sequence[Alike], pools: Sequence[Sequence[int]], bank: Sequence[Alike]
) -> list[int] | None:
    """For each wanted question a place in the bank, none twice, from its own pool; none when pools are too small.

    Among equals the one that stands first in the pool is taken, so whoever shuffles pools spreads the use of the bank.
    """
    columns = sorted({at for pool in pools for at in pool})
    if len(columns) < len(wanted):
        return None
    where = {at: column for column, at in enumerate(columns)}
    costs = [[math.inf] * len(columns) for _one in wanted]
    for row, pool in enumerate(pools):
        for turn, at in enumerate(pool):
            apart = abs(wanted[row].difficulty - bank[at].difficulty)
            costs[row][where[at]] = UNLIKE * unlike(wanted[row], bank[at]) + apart + turn * 1e-7
    assigned = _assign(costs)
    if assigned is None:
        return None
    chosen = [columns[column] for column in assigned]
    _even_out(chosen, wanted, pools, bank)
    return chosen


def _assign(costs: Sequence[Sequence[float]]) -> list[int] | None:
    """The column of each row at the least total cost; none where some row cannot have one."""
    rows, columns = len(costs), len(costs[0]) if costs else 0
    of_row, of_column = [0.0] * rows, [0.0] * columns
    holder: list[int | None] = [None] * columns
    for start in range(rows):
        least = [math.inf] * columns
        came_from: list[int | None] = [None] * columns
        done = [False] * columns
        row, last = start, None
        while True:
            best, next_column = math.inf, None
            for column in range(columns):
                if done[column]:
                    continue
                reach = costs[row][column] - of_row[row] - of_column[column]
                if reach < least[column]:
                    least[column], came_from[column] = reach, last
                if least[column] < best:
                    best, next_column = least[column], column
            if next_column is None:
                return None
            of_row[start] += best
            for column in range(columns):
                if done[column]:
                    of_column[column] -= best
                    held = holder[column]
                    if held is not None:
                        of_row[held] += best
                else:
                    least[column] -= best
            done[next_column], last = True, next_column
            held = holder[next_column]
            if held is None:
                break
            row = held
        at: int | None = last
        while at is not None:
            before = came_from[at]
            holder[at] = start if before is None else holder[before]
            at = before
    found = {row: column for column, row in enumerate(holder) if row is not None}
    return [found[row] for row in range(rows)]


def _even_out(
    chosen: list[int], wanted: Sequence[Alike], pools: Sequence[Sequence[int]], bank: Sequence[Alike]
) -> None:
    """Exchange questions for unused ones of the same content while that brings the mean difficulties closer."""
    for _round in range(len(chosen)):
        gap = math.fsum(bank[at].difficulty for at in chosen) - math.fsum(one.difficulty for one in wanted)
        if abs(gap) <= CLOSE * len(chosen):
            return
        used, best, move = set(chosen), abs(gap) - 1e-9, None
        for row, at in enumerate(chosen):
            now = unlike(wanted[row], bank[at])
            for other in pools[row]:
                if other in used or unlike(wanted[row], bank[other]) > now:
                    continue
                left = abs(gap - bank[at].difficulty + bank[other].difficulty)
                if left < best:
                    best, move = left, (row, other)
        if move is None:
            return
        chosen[move[0]] = move[1]
