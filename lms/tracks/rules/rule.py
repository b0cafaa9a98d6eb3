"""The constants of the readiness rule, as data with versions: a later version never changes what an earlier one answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import log2
from typing import Any

from lms.tracks.rules.evidence import SEEN_AT_WORK, Evidence, EvidenceKind

DAYS_A_MONTH = 30.4375


@dataclass(frozen=True)
class Rule:
    """One version of the rule. What is not given is as version 1 had it."""

    version: int = 1
    course_alone_up_to: int = 1
    """A completed course alone shows level 1: taking part, not doing (design judgement)."""
    two_kinds_from: int = 3
    """From this level on, two independent kinds and one of them observed (domain pack 1.7, rule 1)."""
    stale_after_months: int = 18
    """Unrefreshed evidence goes stale by the calendar, where no half-life is given."""
    half_life_months: float | None = None
    """How long until half of an unused skill is left; the clock stops on protected leave and while the job uses it."""
    counts_while_left: float = 0.25
    """The share that must be left for a fact to count."""
    two_raters: bool = False
    """Whether the two kinds must come from two different people (or from one and from Ladder)."""
    certificates_last: bool = False
    """Whether a certificate with a last day counts until that day, whatever its age."""
    most_borderline: int | None = None
    """How many borderline cells a person ready for consideration may have; none: version 1 does not say."""
    licences: bool = False
    """Whether a rating without the licence that the firm asked for is information and not evidence."""
    licence_contacts: int = 10
    """How many gold contacts a licence asks for."""
    licence_icc: float = 0.75
    """The agreement with what was agreed of them, ICC(2,1), that a licence asks for."""
    licence_months: int = 6
    """For how long a licence is given."""
    seen_at_work: frozenset[EvidenceKind] = SEEN_AT_WORK
    used_on_the_job: frozenset[str] = field(default=frozenset())
    """The competencies that a period of job figures shows in use when it names none."""
    gates: frozenset[str] = field(default=frozenset())
    """Competencies that nothing else makes up for."""

    @property
    def unused_days(self) -> int:
        """For how many unused days a fact counts under a half-life."""
        months = (self.half_life_months or 0.0) * -log2(self.counts_while_left)
        return int(months * DAYS_A_MONTH)


def read_rule(said: Mapping[str, Any]) -> Rule:
    """A version of the rule from its document; what is only said to people (`why`, `from`) is left out."""
    values: dict[str, Any] = {name: said[name] for name in _PLAIN if name in said}
    values |= {name: frozenset(said[name]) for name in ("used_on_the_job", "gates") if name in said}
    if "seen_at_work" in said:
        values["seen_at_work"] = frozenset(EvidenceKind(one) for one in said["seen_at_work"])
    return Rule(**values)


_PLAIN = (
    "version",
    "course_alone_up_to",
    "two_kinds_from",
    "stale_after_months",
    "half_life_months",
    "counts_while_left",
    "two_raters",
    "certificates_last",
    "most_borderline",
    "licences",
    "licence_contacts",
    "licence_icc",
    "licence_months",
)


def informs_only(one: Evidence, rule: Rule) -> bool:
    """Whether a fact is information, and no evidence, by a rule."""
    return rule.licences and one.information


def rule_on(versions: Iterable[Mapping[str, Any]], as_of: date) -> Rule:
    """The rule that was in force on a day: the latest that had begun. The first has no `from`."""
    begun = [one for one in versions if str(one.get("from", "")) <= as_of.isoformat()]
    latest = max(begun, key=lambda one: str(one.get("from", "")), default=None)
    return read_rule(latest) if latest else Rule()
