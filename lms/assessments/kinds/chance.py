"""Chance that can be repeated for ever: the same seed, the same order, on any version of Python.

Python promises that `Random(whole number).random()` keeps its sequence from version to version; it promises nothing
about `shuffle`, `choice` or `randrange`. So everything here is built on `random()` alone. Variants are kept with the
attempt, but check questions in lessons and offline packs work theirs out again from the seed: never change this.
"""

import random
from collections.abc import Callable

Chance = Callable[[], float]


def chance(seed: int) -> Chance:
    """A source of numbers from 0 up to, not including, 1."""
    return random.Random(seed).random  # noqa: S311  (orders options, guards nothing)


def pick(source: Chance, count: int) -> int:
    """One of 0 … count - 1, each as likely."""
    return int(source() * count)


def permutation(source: Chance, count: int) -> list[int]:
    """The numbers 0 … count - 1 in any order, each order as likely (Fisher and Yates, from the end down)."""
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = pick(source, last + 1)
        order[last], order[other] = order[other], order[last]
    return order


def disorder(source: Chance, count: int) -> list[int]:
    """A permutation of two or more that is not the order it started from, so that showing it does not give it away."""
    order = permutation(source, count)
    while order == list(range(count)):
        order = permutation(source, count)
    return order
