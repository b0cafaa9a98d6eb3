"""Whether figures meet what a rung asks of them: part by part, each with its number, its interval and its reason."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lms.foundation.words import N_
from lms.tracks.kpi.metrics import Band, Interval, Metric, Tally, interval, pooled, shown_value
from lms.tracks.rules.days import months_after, months_before

Place = tuple[str, str]
"""A queue and a shift: figures are compared inside one and never across."""


class Found(enum.StrEnum):
    """What a part of a requirement came to."""

    MET = "met"
    NOT_MET = "not_met"
    TOO_FEW = "too_few"
    NOTHING = "nothing"
    NO_TARGET = "no_target"
    NO_BAND = "no_band"


@dataclass(frozen=True)
class Part:
    """One figure held against what is asked of it."""

    metric: str
    found: Found
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    value: float | None = None
    n: int = 0
    interval: Interval | None = None


@dataclass(frozen=True)
class Figures:
    """One person's sums over a window by metric and place, with what they are held against."""

    mine: Mapping[str, Mapping[Place, Tally]]
    targets: Mapping[tuple[str, str], float]
    """By metric and queue."""
    bands: Mapping[tuple[str, Place], Band | None]


def window(month_end: date, months: int) -> tuple[date, date]:
    """The first and last day of so many whole months up to the end of one."""
    return months_before(month_end + timedelta(days=1), months), month_end


def last_day(day: date) -> date:
    """The last day of a day's month."""
    return months_after(day.replace(day=1), 1) - timedelta(days=1)


def judge(
    measures: Mapping[str, Any], metrics: Mapping[str, Metric], figures: Figures
) -> tuple[bool | None, tuple[Part, ...]]:
    """Whether every part is met; None when something cannot be said yet."""
    parts: list[Part] = []
    said: list[bool | None] = []
    for need in measures["all"]:
        names = need["any"] if "any" in need else [need["metric"]]
        found = [_part(need, metrics[name], figures) for name in names if name in metrics]
        with_data = [one for one in found if one.found in (Found.MET, Found.NOT_MET)]
        parts += with_data or found[:1]
        said.append(all(one.found is Found.MET for one in with_data) if with_data else None)
    if False in said:
        return False, tuple(parts)
    return (None if None in said else True), tuple(parts)


def _part(need: Mapping[str, Any], metric: Metric, figures: Figures) -> Part:
    mine = figures.mine.get(metric.key, {})
    whole = pooled(mine.values())
    if not whole.n:
        return Part(metric.key, Found.NOTHING, N_("There are no figures in these months."))
    least = max(metric.least, need.get("least", 0))
    value, between = shown_value(metric, whole), interval(metric, whole)
    values: dict[str, Any] = {
        "value": f"{value:.1f}",
        "n": whole.n,
        "low": f"{between.low:.1f}",
        "high": f"{between.high:.1f}",
        "least": least,
    }

    def part(found: Found, sentence: str, **more: Any) -> Part:
        return Part(metric.key, found, sentence, {**values, **more}, value, whole.n, between)

    if need["against"] == "none":
        # A single one is enough to say no; none needs enough evaluations to say yes.
        if whole.total > 0:
            return part(Found.NOT_MET, N_("There were some: %(count)s in %(n)s."), count=round(whole.total))
        if whole.n < least:
            return part(Found.TOO_FEW, N_("%(n)s is too few to say; %(least)s are needed."))
        return part(Found.MET, N_("None in %(n)s."))
    if whole.n < least:
        return part(Found.TOO_FEW, N_("%(n)s is too few to say; %(least)s are needed."))
    if need["against"] == "target":
        return _against_target(metric, mine, whole, value, figures, part)
    return _against_queue(metric, mine, figures, part)


def _against_target(
    metric: Metric,
    mine: Mapping[Place, Tally],
    whole: Tally,
    value: float,
    figures: Figures,
    part: Any,
) -> Part:
    """The mean against the queues' targets, each weighing as much as the person worked there (the domain pack, S1)."""
    targets = [(figures.targets.get((metric.key, queue)), one.n) for (queue, _shift), one in mine.items()]
    if any(target is None for target, _n in targets):
        missing = next(queue for (queue, _s) in mine if figures.targets.get((metric.key, queue)) is None)
        found: Part = part(
            Found.NO_TARGET, N_("%(value)s from %(n)s; the queue %(queue)s has no target yet."), queue=missing
        )
        return found
    target = sum((one or 0) * n for one, n in targets) / whole.n
    kept = value <= target if metric.better == "lower" else value >= target
    sentence = N_("%(value)s from %(n)s, between %(low)s and %(high)s; the target is %(target)s.")
    met: Part = part(Found.MET if kept else Found.NOT_MET, sentence, target=f"{target:.1f}")
    return met


def _against_queue(metric: Metric, mine: Mapping[Place, Tally], figures: Figures, part: Any) -> Part:
    """Not lower than the queue's usual range on the same shift. Only an interval that lies wholly beneath it says no
    (our own judgement: a point that is lower by chance is held against nobody)."""
    held: list[tuple[Place, Tally, Band]] = []
    for place, one in mine.items():
        usual = figures.bands.get((metric.key, place))
        if usual is not None and one.n >= metric.least:
            held.append((place, one, usual))
    if not held:
        enough = any(one.n >= metric.least for one in mine.values())
        none: Part = part(
            Found.NO_BAND if enough else Found.TOO_FEW,
            N_(
                "%(value)s from %(n)s; too few colleagues have figures to say what is usual in this queue and shift."
            )
            if enough
            else N_("%(n)s is too few to say; %(least)s are needed."),
        )
        return none
    for (queue, shift), one, usual in held:
        there = interval(metric, one)
        beneath = there.low > usual.high if metric.better == "lower" else there.high < usual.low
        if beneath:
            no: Part = part(
                Found.NOT_MET,
                N_(
                    "%(value)s from %(n)s in %(queue)s, %(shift)s: below the queue's usual range, %(from)s to %(to)s."
                ),
                **{
                    "queue": queue,
                    "shift": shift,
                    "from": f"{usual.low:.1f}",
                    "to": f"{usual.high:.1f}",
                    "value": f"{shown_value(metric, one):.1f}",
                    "n": one.n,
                },
            )
            return no
    yes: Part = part(
        Found.MET,
        N_(
            "%(value)s from %(n)s, between %(low)s and %(high)s: not below the queue's usual range, %(from)s to %(to)s."
        ),
        **{"from": f"{held[0][2].low:.1f}", "to": f"{held[0][2].high:.1f}"},
    )
    return yes


def figures_of(
    rows: Sequence[tuple[str, str, str, Tally]],
) -> dict[str, dict[Place, Tally]]:
    """A person's sums by metric and place, from rows of (metric, queue, shift, tally)."""
    found: dict[str, dict[Place, Tally]] = {}
    for metric, queue, shift, tally in rows:
        places = found.setdefault(metric, {})
        places[queue, shift] = places.get((queue, shift), Tally()) + tally
    return found
