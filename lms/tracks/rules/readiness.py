"""Readiness: a pure function of the evidence, the profile and a date. No database, no clock, no hidden weights."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.evidence import Evidence, EvidenceKind, is_contested, known
from lms.tracks.rules.explaining import Cell, Reason, State
from lms.tracks.rules.facts import fact_words
from lms.tracks.rules.freshness import Clock, Leave, clock_of
from lms.tracks.rules.rule import Rule, informs_only


def level_held(evidence: Sequence[Evidence], rule: Rule) -> int:
    """The highest level for which there is enough: one source up to level 2; then two kinds, one of them observed."""
    for level in range(max((one.level or 0 for one in evidence), default=0), 0, -1):
        speaking = [one for one in evidence if (one.level or 0) >= level]
        kinds = {one.kind for one in speaking}
        if level < rule.two_kinds_from:
            if kinds - {EvidenceKind.COURSE} or (kinds and level <= rule.course_alone_up_to):
                return level
        elif _independent(speaking, rule):
            return level
    return 0


def _independent(speaking: Sequence[Evidence], rule: Rule) -> bool:
    """Whether two different kinds speak, one of them observed; where the rule says so, from two different people."""
    voices = {(one.kind, one.rater) for one in speaking if one.kind is not EvidenceKind.COURSE}
    return any(
        kind in rule.seen_at_work
        and any(
            other is not kind and (not rule.two_raters or second != rater or rater is None)
            for other, second in voices
        )
        for kind, rater in voices
    )


def sure(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Without what lies within one standard error of its pass mark, unless it was passed twice."""
    passes: dict[str | None, int] = {}
    for one in evidence:
        if one.near_the_mark and one.good:
            passes[one.requirement] = passes.get(one.requirement, 0) + 1
    return [one for one in evidence if one.good and (not one.near_the_mark or passes[one.requirement] >= 2)]


@dataclass(frozen=True)
class Shown:
    """What a person's facts about one competency show, whatever level is asked for."""

    mine: Sequence[Evidence]
    unquestioned: Sequence[Evidence]
    standing: Sequence[Evidence]
    fresh: Sequence[Evidence]
    held: int
    before: int
    hopeful: int

    def state(self, required: int) -> State:
        """Where the person stands when this level is asked for."""
        if self.held >= required:
            return State.MET
        if self.before >= required:
            return State.STALE
        if self.hopeful >= required:
            return State.BORDERLINE
        return State.NOT_YET if self.standing else State.NO_EVIDENCE


def what_is_shown(competency: Mapping[str, Any], evidence: Sequence[Evidence], clock: Clock) -> Shown:
    """The levels that the facts about a competency show. `evidence`: what is `known` about the person."""
    rule, gate = clock.rule, competency.get("gate_months")
    mine = [one for one in evidence if one.competency == competency["key"]]
    unquestioned = [one for one in mine if not is_contested(one, clock.as_of)]
    standing = [one for one in unquestioned if not informs_only(one, rule)]
    fresh = [one for one in standing if clock.is_fresh(one, gate)]
    return Shown(
        mine,
        unquestioned,
        standing,
        fresh,
        held=level_held(sure(fresh), rule),
        before=level_held(sure(standing), rule),
        hopeful=level_held([one for one in fresh if one.good or one.near_the_mark], rule),
    )


def competency_cell(
    competency: Mapping[str, Any],
    required: int,
    evidence: Sequence[Evidence],
    clock: Clock,
    *,
    explain: bool = True,
) -> Cell:
    """Where a person stands on one competency. `evidence`: what is `known` about them; `explain`: down to each fact."""
    rule, gate = clock.rule, competency.get("gate_months")
    shown = what_is_shown(competency, evidence, clock)
    mine, standing, held = shown.mine, shown.standing, shown.held
    contested = len(shown.unquestioned) < len(mine)
    values = {
        "required": required,
        "held": held,
        "before": shown.before,
        "months": gate or rule.stale_after_months,
    }
    state = shown.state(required)
    if state is State.MET:
        sentence = N_("Level %(held)s is shown; level %(required)s is asked for.")
    elif state is State.STALE:
        sentence = _worn(rule, gate)
    elif state is State.BORDERLINE:
        sentence = N_("The score lies within one standard error of the pass mark. A second form decides.")
    elif state is State.NO_EVIDENCE:
        sentence = (
            N_("What there is was contested and is set aside.")
            if contested
            else N_("What there is was rated without a licence: it informs, and is no evidence.")
            if shown.unquestioned
            else N_("There is no evidence yet.")
        )
    elif held == 0:
        sentence = N_("There is evidence, but none yet that shows level 1. Level %(required)s is asked for.")
    else:
        sentence = N_("Level %(held)s is shown; level %(required)s is asked for.")
    anchors = competency.get("anchors", {})
    below = [fact_words(one, clock, gate, anchors) for one in mine] if explain else []
    if explain and state is not State.MET:
        below.append(_what_would_help(required, standing, rule, anchors))
    elif explain and rule.half_life_months is not None:
        until = _stays_until(shown.fresh, required, clock, gate)
        below.append(Reason(N_("With nothing new, this stays so until %(until)s."), {"until": until}))
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


def _worn(rule: Rule, gate: int | None) -> str:
    if gate or rule.half_life_months is None:
        return N_("Level %(before)s was shown, but that is older than %(months)s months or has expired.")
    return N_("Level %(before)s was shown, but too much time has passed without use, or it has expired.")


def _stays_until(fresh: Sequence[Evidence], required: int, clock: Clock, gate: int | None) -> date:
    """The last day on which the level is still held, if nothing new comes."""
    ends = {one.id: clock.counts_until(one, gate) for one in fresh}
    for last in sorted(set(ends.values()), reverse=True):
        if level_held(sure([one for one in fresh if ends[one.id] >= last]), clock.rule) >= required:
            return last
    return clock.as_of


def _what_would_help(
    required: int, standing: Sequence[Evidence], rule: Rule, anchors: Mapping[Any, str]
) -> Reason:
    speaking = [one for one in sure(standing) if (one.level or 0) >= required] if rule.two_raters else []
    kinds = {one.kind for one in (speaking if rule.two_raters else sure(standing))} - {EvidenceKind.COURSE}
    values = {"required": required}
    below: tuple[Reason, ...] = ()
    if rule.half_life_months is not None and required in anchors:
        meaning = {"level": required, "anchor": anchors[required]}
        below = (Reason(N_("Level %(level)s means: %(anchor)s."), meaning),)
    if required < rule.two_kinds_from:
        sentence = N_(
            "One passed assessment, observation or attestation at level %(required)s would change this."
        )
    elif (
        len(kinds) > 1 and kinds & rule.seen_at_work and rule.two_raters and not _independent(speaking, rule)
    ):
        sentence = N_("A second person's rating at level %(required)s would change this.")
    elif kinds and not kinds & rule.seen_at_work:
        sentence = (
            N_("An observation or a rated piece of work at level %(required)s would change this.")
            if rule.two_raters
            else N_("An observation or attestation at level %(required)s would change this.")
        )
    else:
        sentence = N_(
            "Two different kinds of evidence at level %(required)s would change this, one of them observed."
        )
    return Reason(sentence, values, (), below)


def readiness(
    profile: Mapping[str, int],
    competencies: Sequence[Mapping[str, Any]],
    evidence: Iterable[Evidence],
    as_of: date,
    rule: Rule = Rule(),
    leave: Iterable[Leave] = (),
) -> tuple[Cell, ...]:
    """A cell for each competency the profile asks for, in the framework's order. `leave`: the person's protected leave."""
    there = known(evidence, as_of)
    return competency_cells(profile, competencies, there, clock_of(there, leave, as_of, rule))


def competency_cells(
    profile: Mapping[str, int],
    competencies: Sequence[Mapping[str, Any]],
    there: Sequence[Evidence],
    clock: Clock,
    *,
    explain: bool = True,
) -> tuple[Cell, ...]:
    """The same from what is `known` already and the person's clock."""
    about: dict[str | None, list[Evidence]] = {}
    for fact in there:
        about.setdefault(fact.competency, []).append(fact)
    return tuple(
        competency_cell(one, profile[one["key"]], about.get(one["key"], ()), clock, explain=explain)
        for one in competencies
        if one["key"] in profile
    )
