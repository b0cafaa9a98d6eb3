"""Assessors beside what was agreed: how well their ratings hold, whether they are severe, and what licence that earns. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import sqrt
from statistics import fmean, stdev
from typing import Any

from lms.assessments.statistics.agreement import intraclass, kappa_of_raters, krippendorff
from lms.assessments.statistics.distributions import f_quantile
from lms.tracks.rules.rating import NOT_APPLICABLE, SCALES, items_of, rate
from lms.tracks.rules.rule import Rule

LEAST_TO_TELL = 5
"""Gold contacts under which no severity is shown."""


@dataclass(frozen=True)
class Gold:
    """A contact that assessors rate blind: what was said, what the knowledge base says, and what was agreed of it.

    `call`: who speaks and what they say; `why`: by line of the form, or under an empty key for the whole.
    """

    key: str
    form: str
    form_version: int
    title: str
    knows: str
    call: tuple[tuple[str, str], ...]
    note: str
    marks: Mapping[str, str]
    why: Mapping[str, str]


def read_gold(said: Mapping[str, Any]) -> Gold:
    """A gold contact from its document."""
    return Gold(
        said["key"],
        said["form"],
        said["form_version"],
        said["title"],
        said["knows"],
        tuple((who, words) for who, words in said["call"]),
        said["note"],
        said["marks"],
        said["why"],
    )


def lines_of(text: str) -> tuple[tuple[str, str], ...]:
    """The lines of a contact as somebody typed it: “Agent: Good morning” says who speaks; a chat or email has no speaker."""
    found = []
    for line in text.splitlines():
        who, colon, words = line.partition(":")
        if colon and who.strip().lower() in ("agent", "caller", "customer"):
            found.append((who.strip().lower(), words.strip()))
        elif line.strip():
            found.append(("", line.strip()))
    return tuple(found)


@dataclass(frozen=True)
class Terms:
    """What a licence asks for, and for how long it is given."""

    contacts: int = 10
    icc: float = 0.75
    months: int = 6
    pause_days: int = 7
    """Days between one round and the next: a second try on the same day would be from memory."""


@dataclass(frozen=True)
class Interval:
    """A figure with the interval that holds the true one in 95 of 100 cases, and how many it is from; none: too few."""

    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Pair:
    """One gold contact: the assessor's marks, the agreed ones, and when they were given."""

    mine: Mapping[str, str]
    agreed: Mapping[str, str]
    at: datetime


@dataclass(frozen=True)
class Calibration:
    """How a round of ratings compares with what was agreed. Shares of points for `icc` and `severity`, lines for the rest."""

    icc: Interval
    kappa: Interval
    alpha: float | None
    lines: int
    severity: Interval
    critical_missed: int
    """Contacts whose critical error was not seen, or was seen where there was none."""


def calibrate(form: Mapping[str, Any], pairs: Sequence[Pair]) -> Calibration:
    """How ratings compare with the agreed ones, contact by contact and line by line."""
    scores = [(rate(form, one.mine).score, rate(form, one.agreed).score) for one in pairs]
    lines = [
        (int(one.mine[item["key"]]), int(one.agreed[item["key"]]))
        for one in pairs
        for item in items_of(form)
        if NOT_APPLICABLE not in (one.mine.get(item["key"]), one.agreed.get(item["key"]))
    ]
    icc = Interval(len(scores))
    if len(scores) >= 2:
        said = intraclass(scores)
        low, high = said["ci95"] or (None, None)
        same = all(abs(one - other) < 1e-12 for one, other in scores)
        spread = len({round(other, 9) for _one, other in scores}) > 1
        value = 1.0 if said["icc"] is None and same and spread else said["icc"]
        icc = Interval(len(scores), value, low, high)
    kappa, alpha = Interval(len(lines)), None
    if lines:
        names = [str(at) for at in range(len(SCALES[form["scale"]]))]
        units = [(str(one), str(other)) for one, other in lines]
        told = kappa_of_raters(["mine", "agreed"], units, names, weights="quadratic")
        low, high = told["ci95"] or (None, None)
        value = 1.0 if told["kappa"] is None and all(one == other for one, other in lines) else told["kappa"]
        kappa = Interval(len(lines), value, low, high)
        alpha = krippendorff(lines, "ordinal")["alpha"]
    missed = sum(
        bool(rate(form, one.mine).critical) != bool(rate(form, one.agreed).critical) for one in pairs
    )
    return Calibration(icc, kappa, alpha, len(lines), severity([a - b for a, b in scores]), missed)


def severity(differences: Sequence[float]) -> Interval:
    """By how much an assessor gives more (above nought) or less than what was agreed, with its t interval."""
    n = len(differences)
    if n < LEAST_TO_TELL:
        return Interval(n)
    mean, half = fmean(differences), sqrt(f_quantile(0.95, 1, n - 1)) * stdev(differences) / sqrt(n)
    return Interval(n, mean, mean - half, mean + half)


def earns(calibration: Calibration, terms: Terms) -> bool:
    """Whether a round earns the licence: enough contacts, and the agreement that is asked for."""
    value = calibration.icc.value
    return calibration.icc.n >= terms.contacts and value is not None and value >= terms.icc - 1e-9


def terms_of(rule: Rule) -> Terms:
    """What a licence asks for by a version of the rule."""
    return Terms(rule.licence_contacts, rule.licence_icc, rule.licence_months)


@dataclass(frozen=True)
class Round:
    """Where an assessor stands with the gold contacts of a form: the round under way, and what is left of it."""

    number: int
    left: tuple[str, ...]
    done: int
    opens_on: date | None = None
    """The day from which the next round can be begun; none: there is something to rate now."""


@dataclass(frozen=True)
class Rating:
    """That a contact was rated in a round. `ends`: it was the last of that round."""

    contact: str
    at: datetime
    ends: bool = False


def round_of(
    rated: Mapping[int, Sequence[Rating]], contacts: Sequence[str], *, today: date, terms: Terms
) -> Round:
    """The round an assessor is in. `rated`: by round; `contacts`: those there are now. What is over stays over."""
    if not rated:
        return Round(1, tuple(contacts), 0)
    number = max(rated)
    done = [one.contact for one in rated[number]]
    left = tuple(one for one in contacts if one not in done)
    if left and not any(one.ends for one in rated[number]):
        return Round(number, left, len(done))
    opens = max(one.at for one in rated[number]).date() + timedelta(days=terms.pause_days)
    seen = {one.contact: one.at for those in rated.values() for one in those}
    fresh = [
        one for one in contacts if one not in seen
    ]  # first what they have never seen, then the longest ago
    fresh += sorted((one for one in contacts if one in seen), key=lambda one: seen[one])
    return Round(number + 1, tuple(fresh), 0, opens if today < opens else None)


def quarter_of(day: date) -> str:
    """The quarter of a day, such as 2026 Q4."""
    return f"{day.year} Q{(day.month - 1) // 3 + 1}"


def drift(form: Mapping[str, Any], pairs: Sequence[Pair]) -> list[tuple[str, Interval]]:
    """The severity of each quarter, the earliest first."""
    by_quarter: dict[str, list[float]] = {}
    for one in pairs:
        gap = rate(form, one.mine).score - rate(form, one.agreed).score
        by_quarter.setdefault(quarter_of(one.at.date()), []).append(gap)
    return [(quarter, severity(gaps)) for quarter, gaps in sorted(by_quarter.items())]
