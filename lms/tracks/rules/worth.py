"""What each fact of a ledger is worth on a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.tracks.rules.evidence import Evidence, EvidenceKind, is_contested, known
from lms.tracks.rules.freshness import Clock, Leave, clock_of
from lms.tracks.rules.rule import Rule, informs_only


@dataclass(frozen=True)
class Entry:
    """A fact of the ledger. `standing`: counts, contested, stale, unsure, failed, informs, superseded or withdrawn."""

    fact: Evidence
    standing: str
    until: date | None
    """The last day on which it counts; none for a course, which counts for as long as each requirement says."""
    document: bool = False


def entries_of(
    ledger: Sequence[Evidence],
    leave: Iterable[Leave],
    as_of: date,
    rule: Rule,
    gates: Mapping[str | None, int | None],
    documents: frozenset[str] = frozenset(),
) -> list[Entry]:
    """Each fact that was recorded by a day, latest first. `gates`: months by competency; `documents`: ids that have one."""
    there = known(ledger, as_of)
    clock = clock_of(there, leave, as_of, rule)
    counted = {one.id for one in there}
    recorded = [one for one in ledger if one.on <= as_of and one.recorded_at.date() <= as_of]
    return [
        Entry(
            one,
            _standing(one, one.id in counted, clock, gates.get(one.competency)),
            None if _is_course(one) else clock.counts_until(one, gates.get(one.competency)),
            one.id in documents,
        )
        for one in sorted(recorded, key=lambda one: (one.on, one.recorded_at, one.id), reverse=True)
    ]


def _is_course(one: Evidence) -> bool:
    """Whether it is a course for itself, not what it shows of a competency."""
    return one.kind is EvidenceKind.COURSE and one.competency is None


def _standing(one: Evidence, counted: bool, clock: Clock, gate_months: int | None) -> str:
    if not counted:
        withdrawn = any(
            contest.outcome == "withdrawn"
            and contest.resolved_at
            and contest.resolved_at.date() <= clock.as_of
            for contest in one.contests
        )
        return "withdrawn" if withdrawn else "superseded"
    if is_contested(one, clock.as_of):
        return "contested"
    if informs_only(one, clock.rule):
        return "informs"
    if one.near_the_mark:
        return "unsure"
    if not one.good:
        return "failed"
    if _is_course(one):
        return "counts"
    return "counts" if clock.is_fresh(one, gate_months) else "stale"
