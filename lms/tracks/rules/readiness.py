"""Readiness: a pure function of the evidence, the profile and a date. No database, no clock, no hidden weights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.evidence import (
    KIND_WORDS,
    SEEN_AT_WORK,
    Evidence,
    EvidenceKind,
    is_contested,
    is_fresh,
    known,
)
from lms.tracks.rules.explaining import Cell, Reason, State


@dataclass(frozen=True)
class Rule:
    """The constants of the rule, with a version: a later version never changes what an earlier one answered."""

    version: int = 1
    course_alone_up_to: int = 1
    """A completed course alone shows level 1: taking part, not doing (design judgement)."""
    two_kinds_from: int = 3
    """From this level on, two independent kinds and one of them observed (domain pack 1.7, rule 1)."""
    stale_after_months: int = 18
    """Unrefreshed evidence goes stale (design judgement; half of accuracy gains are lost in about 6.5 months unused)."""


def level_held(evidence: Sequence[Evidence], rule: Rule) -> int:
    """The highest level for which there is enough: one source up to level 2; then two kinds, one of them observed."""
    for level in range(max((one.level or 0 for one in evidence), default=0), 0, -1):
        speaking = [one for one in evidence if (one.level or 0) >= level]
        kinds = {one.kind for one in speaking}
        if level < rule.two_kinds_from:
            if kinds - {EvidenceKind.COURSE} or (kinds and level <= rule.course_alone_up_to):
                return level
        elif len(kinds - {EvidenceKind.COURSE}) >= 2 and kinds & SEEN_AT_WORK:
            return level
    return 0


def sure(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Without what lies within one standard error of its pass mark, unless it was passed twice."""
    passes: dict[str | None, int] = {}
    for one in evidence:
        if one.near_the_mark and one.good:
            passes[one.requirement] = passes.get(one.requirement, 0) + 1
    return [one for one in evidence if one.good and (not one.near_the_mark or passes[one.requirement] >= 2)]


def competency_cell(
    competency: Mapping[str, Any], required: int, evidence: Sequence[Evidence], as_of: date, rule: Rule
) -> Cell:
    """Where a person stands on one competency. `evidence`: what is `known` about them."""
    mine = [one for one in evidence if one.competency == competency["key"]]
    standing = [one for one in mine if not is_contested(one, as_of)]
    contested = len(standing) < len(mine)
    months = competency.get("gate_months") or rule.stale_after_months
    fresh = [one for one in standing if is_fresh(one, as_of, months)]
    held = level_held(sure(fresh), rule)
    before = level_held(sure(standing), rule)
    hopeful = level_held([one for one in fresh if one.good or one.near_the_mark], rule)
    values = {"required": required, "held": held, "before": before, "months": months}
    if held >= required:
        state, sentence = State.MET, N_("Level %(held)s is shown; level %(required)s is asked for.")
    elif before >= required:
        state, sentence = (
            State.STALE,
            N_("Level %(before)s was shown, but that is older than %(months)s months or has expired."),
        )
    elif hopeful >= required:
        state, sentence = (
            State.BORDERLINE,
            N_("The score lies within one standard error of the pass mark. A second form decides."),
        )
    elif not standing:
        state = State.NO_EVIDENCE
        sentence = (
            N_("What there is was contested and is set aside.")
            if contested
            else N_("There is no evidence yet.")
        )
    elif held == 0:
        state, sentence = (
            State.NOT_YET,
            N_("There is evidence, but none yet that shows level 1. Level %(required)s is asked for."),
        )
    else:
        state, sentence = State.NOT_YET, N_("Level %(held)s is shown; level %(required)s is asked for.")
    below = [fact_words(one, as_of, months) for one in mine]
    if state is not State.MET:
        below.append(_what_would_help(required, standing, rule))
    ids = tuple(one.id for one in mine)
    return Cell(
        competency["key"],
        "competency",
        competency["name"],
        state,
        Reason(sentence, values, ids, tuple(below)),
        ids,
        contested=contested,
        required=required,
        held=held,
    )


def fact_words(one: Evidence, as_of: date, months: int) -> Reason:
    """One piece of evidence as a sentence."""
    values = {
        "title": one.title or KIND_WORDS[one.kind],
        "on": one.on,
        "level": one.level or 0,
        "score": round((one.score or 0) * 100),
        "mark": round((one.pass_mark or 0) * 100),
    }
    if is_contested(one, as_of):
        sentence = N_("%(title)s, %(on)s: contested, set aside until somebody has looked again.")
    elif not is_fresh(one, as_of, months):
        sentence = N_("%(title)s, %(on)s: too old or expired.")
    elif one.near_the_mark:
        sentence = N_(
            "%(title)s, %(on)s: %(score)s %% against a pass mark of %(mark)s %%, too close to call."
        )
    elif not one.good:
        sentence = N_("%(title)s, %(on)s: not passed.")
    elif one.level:
        sentence = N_("%(title)s, %(on)s: shows level %(level)s.")
    else:
        sentence = N_("%(title)s, %(on)s.")
    return Reason(sentence, values, (one.id,))


def _what_would_help(required: int, standing: Sequence[Evidence], rule: Rule) -> Reason:
    kinds = {one.kind for one in sure(standing)} - {EvidenceKind.COURSE}
    if required < rule.two_kinds_from:
        return Reason(
            "One passed assessment, observation or attestation at level %(required)s would change this.",
            {"required": required},
        )
    if kinds and not kinds & SEEN_AT_WORK:
        return Reason(
            "An observation or attestation at level %(required)s would change this.", {"required": required}
        )
    return Reason(
        "Two different kinds of evidence at level %(required)s would change this, one of them observed.",
        {"required": required},
    )


def readiness(
    profile: Mapping[str, int],
    competencies: Sequence[Mapping[str, Any]],
    evidence: Iterable[Evidence],
    as_of: date,
    rule: Rule = Rule(),
) -> tuple[Cell, ...]:
    """A cell for each competency the profile asks for, in the framework's order."""
    about: dict[str | None, list[Evidence]] = {}
    for fact in known(evidence, as_of):
        about.setdefault(fact.competency, []).append(fact)
    return tuple(
        competency_cell(one, profile[one["key"]], about.get(one["key"], ()), as_of, rule)
        for one in competencies
        if one["key"] in profile
    )
