"""The facts of a ledger: what each is, when it counts, and when it is set aside."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.days import months_before


class EvidenceKind(enum.StrEnum):
    """What sort of fact it is. Two kinds are independent when they differ."""

    COURSE = "course"
    ASSESSMENT = "assessment"
    WORK_SAMPLE = "work_sample"
    OBSERVED = "observed"
    ATTESTATION = "attestation"
    KPI = "kpi"
    CERTIFICATE = "certificate"
    PRIOR_LEARNING = "prior_learning"
    INTERVIEW = "interview"
    PANEL = "panel"


KIND_WORDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.COURSE: N_("Course"),
    EvidenceKind.ASSESSMENT: N_("Assessment"),
    EvidenceKind.WORK_SAMPLE: N_("Piece of work"),
    EvidenceKind.OBSERVED: N_("Seen at work"),
    EvidenceKind.ATTESTATION: N_("Attestation"),
    EvidenceKind.KPI: N_("KPI"),
    EvidenceKind.CERTIFICATE: N_("Certificate"),
    EvidenceKind.PRIOR_LEARNING: N_("Learnt before"),
    EvidenceKind.INTERVIEW: N_("Interview"),
    EvidenceKind.PANEL: N_("Panel"),
}
"""What each kind is called where a fact has no title of its own."""

SEEN_AT_WORK = frozenset((EvidenceKind.OBSERVED, EvidenceKind.WORK_SAMPLE, EvidenceKind.ATTESTATION))
"""Kinds in which somebody saw the work itself done."""


@dataclass(frozen=True)
class Contested:
    """When evidence was contested and what came of it: `upheld` stands again, `withdrawn` never counts again."""

    at: datetime
    resolved_at: datetime | None = None
    outcome: str | None = None
    reason: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Evidence:
    """One dated, sourced, rated fact about a person."""

    id: str
    kind: EvidenceKind
    on: date
    recorded_at: datetime
    outcome: str
    competency: str | None = None
    level: int | None = None
    requirement: str | None = None
    score: float | None = None
    error: float | None = None
    pass_mark: float | None = None
    rater: str | None = None
    expires_on: date | None = None
    supersedes: str | None = None
    contests: tuple[Contested, ...] = ()
    title: str = ""
    example: str = ""
    since: date | None = None
    """The first day of a period, such as a KPI's."""
    form: str = ""
    """The form it was rated on, with its version."""
    critical: tuple[str, ...] = ()
    """The critical lines of the form that were not kept: one fails the whole."""
    both_forms: bool = False
    """Whether a gate was decided on two forms together: that is the second look a score near the mark asks for."""
    information: bool = False
    """Whether it was rated without the licence that the firm asked for by then."""
    parts: tuple[Mapping[str, Any], ...] = field(default=(), compare=False, repr=False)
    """What a KPI period was judged on, metric by metric, as it was kept: `{metric, sentence, values, n, value}`."""

    @property
    def good(self) -> bool:
        """Whether it speaks for the person."""
        return self.outcome in ("passed", "rated", "completed")

    @property
    def near_the_mark(self) -> bool:
        """Whether its interval crosses the pass mark on one form: neither a sure pass nor a sure fail."""
        if self.both_forms or self.score is None or self.error is None or self.pass_mark is None:
            return False
        return abs(self.score - self.pass_mark) <= self.error


def known(evidence: Iterable[Evidence], as_of: date) -> list[Evidence]:
    """The evidence that exists on a day: dated and recorded by then, not superseded and not withdrawn by then.

    What a withdrawn fact had superseded stands again.
    """
    there = [one for one in evidence if one.on <= as_of and one.recorded_at.date() <= as_of]
    withdrawn = {
        one.id
        for one in there
        if any(
            contest.outcome == "withdrawn" and contest.resolved_at and contest.resolved_at.date() <= as_of
            for contest in one.contests
        )
    }
    gone = withdrawn | {one.supersedes for one in there if one.supersedes and one.id not in withdrawn}
    return sorted(
        (one for one in there if one.id not in gone), key=lambda one: (one.on, one.recorded_at, one.id)
    )


def is_contested(one: Evidence, as_of: date) -> bool:
    """Whether it is set aside on that day: contested, and not looked at again yet."""
    return bool(one.contests) and any(
        contest.at.date() <= as_of and (contest.resolved_at is None or contest.resolved_at.date() > as_of)
        for contest in one.contests
    )


def is_fresh(one: Evidence, as_of: date, months: int) -> bool:
    """Whether it still speaks for today."""
    return one.on > months_before(as_of, months) and (one.expires_on is None or one.expires_on >= as_of)
