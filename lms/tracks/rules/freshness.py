"""How long a fact speaks for today: by the calendar, by its last day, or by a half-life whose clock can stop."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lms.tracks.rules.days import months_after
from lms.tracks.rules.evidence import Evidence, EvidenceKind, is_contested, is_fresh
from lms.tracks.rules.rule import Rule

Span = tuple[date, date]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Leave:
    """A protected leave: both days included; open while it has no end. Why somebody was away is not kept here."""

    id: str
    since: date
    until: date | None
    recorded_at: datetime
    supersedes: str | None = None
    taken_back: bool = False
    """Whether this says that the superseded leave was none."""


def leave_known(leave: Iterable[Leave], as_of: date) -> list[Leave]:
    """The leave that was recorded by a day and not corrected by then."""
    there = [one for one in leave if one.recorded_at.date() <= as_of]
    gone = {one.supersedes for one in there if one.supersedes}
    return [one for one in there if one.id not in gone and not one.taken_back and one.since <= as_of]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days as spans that neither touch nor overlap, in order."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if until < since:
            continue
        if found and since <= found[-1][1] + DAY:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return tuple(found)


def days_within(spans: Sequence[Span], after: date, until: date) -> int:
    """How many days of the spans lie after one day and up to another."""
    inside = ((max(since, after + DAY), min(end, until)) for since, end in spans)
    return sum((end - since).days + 1 for since, end in inside if since <= end)


@dataclass(frozen=True)
class Clock:
    """What stops a person's clock as of a day: leave for everything, job figures for what they show in use."""

    as_of: date
    rule: Rule
    leave: tuple[Span, ...] = ()
    used: Mapping[str | None, tuple[Span, ...]] = field(default_factory=dict)

    def stopped(self, competency: str | None) -> tuple[Span, ...]:
        """The spans in which nothing wears off."""
        return self.used.get(competency, self.leave)

    def is_fresh(self, one: Evidence, gate_months: int | None = None) -> bool:
        """Whether a fact still speaks for this day. `gate_months`: a gate goes by the calendar."""
        rule = self.rule
        if gate_months or rule.half_life_months is None:
            return is_fresh(one, self.as_of, gate_months or rule.stale_after_months)
        if one.expires_on is not None and one.expires_on < self.as_of:
            return False
        if rule.certificates_last and one.kind is EvidenceKind.CERTIFICATE and one.expires_on:
            return True
        age = (self.as_of - one.on).days
        return age <= rule.unused_days or age - self.days_stopped(one) <= rule.unused_days

    def days_stopped(self, one: Evidence) -> int:
        """For how many days since the fact its clock stood still."""
        return days_within(self.stopped(one.competency), one.on, self.as_of)

    def counts_until(self, one: Evidence, gate_months: int | None = None) -> date:
        """The last day on which a fact counts if nothing more stops its clock; for a stale one, a day that is over."""
        rule = self.rule
        if gate_months or rule.half_life_months is None:
            last = months_after(one.on, gate_months or rule.stale_after_months) - DAY
        elif rule.certificates_last and one.kind is EvidenceKind.CERTIFICATE and one.expires_on:
            return one.expires_on
        else:
            last = self._worn_out(one)
        return min(last, one.expires_on) if one.expires_on else last

    def _worn_out(self, one: Evidence) -> date:
        left, day = self.rule.unused_days, one.on
        for since, until in self.stopped(one.competency):
            if until <= day:
                continue
            running = (since - day).days - 1
            if running > left:
                break
            left -= max(running, 0)
            day = min(until, self.as_of)
        return day + timedelta(days=left)


def clock_of(evidence: Iterable[Evidence], leave: Iterable[Leave], as_of: date, rule: Rule) -> Clock:
    """A person's clock. `evidence`: what is `known` about them."""
    if rule.half_life_months is None:
        return Clock(as_of, rule)
    away = merged((one.since, min(one.until or as_of, as_of)) for one in leave_known(leave, as_of))
    spans: dict[str | None, list[Span]] = {}
    for one in evidence:
        if one.kind is not EvidenceKind.KPI or one.since is None or is_contested(one, as_of):
            continue
        shown = (one.competency,) if one.competency else (None, *rule.used_on_the_job)
        for competency in shown:
            spans.setdefault(competency, []).append((one.since, min(one.on, as_of)))
    used = {competency: merged((*away, *mine)) for competency, mine in spans.items()}
    return Clock(as_of, rule, away, used)
