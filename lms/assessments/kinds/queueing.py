"""Erlang C: callers who wait, agents who answer. Load is in erlangs, times in seconds, shares from 0 to 1."""

from collections.abc import Iterator
from itertools import count, islice
from math import exp

MOST_AGENTS = 1000
"""Bounds the work of one expression."""


class Impossible(ValueError):
    """The numbers describe no queue; the message says why, in a sentence."""


def erlang_c(agents: float, load: float) -> float:
    """The share of callers who wait. With no more agents than load, everybody does."""
    _check(agents=agents, load=load)
    if agents <= load:
        return 1.0
    return _waiting(agents, load, next(islice(_erlang_b(load), int(agents), None)))


def service_level(agents: float, load: float, seconds: float, aht: float) -> float:
    """The share of callers answered within so many seconds."""
    _check(agents=agents, load=load, seconds=seconds, aht=aht)
    return max(0.0, _level(agents, load, seconds, aht, erlang_c(agents, load)))


def asa(agents: float, load: float, aht: float) -> float:
    """The average speed of answer, in seconds."""
    _check(agents=agents, load=load, aht=aht)
    if agents <= load:
        raise Impossible("With no more agents than load the queue grows without end.")
    return erlang_c(agents, load) * aht / (agents - load)


def agents_needed(load: float, share: float, seconds: float, aht: float) -> float:
    """The fewest agents who answer that share of callers within so many seconds."""
    _check(load=load, seconds=seconds, aht=aht)
    if not 0 < share < 1:
        raise Impossible("Give the share between 0 and 1, such as 0.8 for 80 %.")
    for agents, blocked in enumerate(islice(_erlang_b(load), MOST_AGENTS + 1)):
        if agents > load and _level(agents, load, seconds, aht, _waiting(agents, load, blocked)) >= share:
            return float(agents)
    raise Impossible(f"It would take more than {MOST_AGENTS} agents.")


def _erlang_b(load: float) -> Iterator[float]:
    """The share of calls blocked with 0, 1, 2 … lines: B0 = 1, Bk = A B(k-1) / (k + A B(k-1)); never overflows."""
    blocked = 1.0
    yield blocked
    for lines in count(1):
        blocked = load * blocked / (lines + load * blocked)
        yield blocked


def _waiting(agents: float, load: float, blocked: float) -> float:
    return blocked / (1 - load / agents * (1 - blocked))


def _level(agents: float, load: float, seconds: float, aht: float, waiting: float) -> float:
    return 1 - waiting * exp(-max(0.0, agents - load) * seconds / aht)


def _check(*, load: float, agents: float = 1, seconds: float = 0, aht: float = 1) -> None:
    if not 1 <= agents <= MOST_AGENTS or agents != int(agents):
        raise Impossible(f"Agents are a whole number from 1 to {MOST_AGENTS}.")
    if not 0 <= load <= MOST_AGENTS or seconds < 0 or aht <= 0:
        raise Impossible("Load and times cannot be negative, nor the handle time nought.")
