"""A person against a rung: every requirement with its state and its reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.days import months_after
from lms.tracks.rules.evidence import Evidence, EvidenceKind, is_contested, is_fresh, known
from lms.tracks.rules.explaining import Cell, ProfileUsed, Reason, Standing, State
from lms.tracks.rules.facts import fact_words
from lms.tracks.rules.framework import in_force
from lms.tracks.rules.freshness import Clock, Leave, clock_of
from lms.tracks.rules.readiness import competency_cells, sure
from lms.tracks.rules.rule import Rule, informs_only, rule_on


@dataclass(frozen=True)
class Facts:
    """What the employment says."""

    started_on: date
    role_started_on: date
    leave: tuple[Leave, ...] = ()


def standing(
    rung: Mapping[str, Any],
    framework: Mapping[str, Any],
    evidence: Iterable[Evidence],
    facts: Facts,
    as_of: date,
    rule: Rule | None = None,
    *,
    explain: bool = True,
) -> Standing:
    """A person against every requirement of a rung as of a date, by the profile and the rule in force on that date.

    `explain`: down to each fact; a board of a thousand people shows states and does without.
    """
    there = known(evidence, as_of)
    rule = rule or rule_on(framework.get("rules", ()), as_of)
    clock = clock_of(there, facts.leave, as_of, rule)
    profile = in_force(framework["profiles"], rung.get("profile"), as_of)
    levels: Mapping[str, int] = profile["levels"] if profile else {}
    competencies = competency_cells(levels, framework["competencies"], there, clock, explain=explain)
    courses = {course["key"]: course for course in framework["courses"]}
    about = by_requirement(there)
    cells = tuple(
        need_cell(one, courses, about, clock, facts, competencies, explain=explain)
        for one in rung["requirements"]
    )
    used = ProfileUsed(profile["key"], profile["name"], profile["version"]) if profile else None
    return Standing(rung["key"], rung["version"], used, as_of, rule.version, cells, competencies)


def is_met(
    rung: Mapping[str, Any],
    framework: Mapping[str, Any],
    evidence: Iterable[Evidence],
    facts: Facts,
    as_of: date,
    rule: Rule | None = None,
) -> bool:
    """Whether every requirement of a rung is met, as `standing` says it: no further than the first that is not.

    The competencies come last, since they cost most.
    """
    there = known(evidence, as_of)
    rule = rule or rule_on(framework.get("rules", ()), as_of)
    clock = clock_of(there, facts.leave, as_of, rule)
    courses = {course["key"]: course for course in framework["courses"]}
    about = by_requirement(there)
    competencies: Sequence[Cell] = ()
    for one in sorted(rung["requirements"], key=lambda one: one["kind"] == "competencies"):
        if one["kind"] == "competencies" and not competencies:
            profile = in_force(framework["profiles"], rung.get("profile"), as_of)
            levels: Mapping[str, int] = profile["levels"] if profile else {}
            competencies = competency_cells(levels, framework["competencies"], there, clock, explain=False)
        cell = need_cell(one, courses, about, clock, facts, competencies, explain=False)
        if cell.state is not State.MET:
            return False
    return True


About = Mapping[str | None, Sequence[Evidence]]


def by_requirement(there: Iterable[Evidence]) -> About:
    """What is `known` of a person by the requirement or course it names: looked through once, not for each requirement."""
    about: dict[str | None, list[Evidence]] = {}
    for fact in there:
        about.setdefault(fact.requirement, []).append(fact)
    return about


def need_cell(
    requirement: Mapping[str, Any],
    courses: Mapping[str, Mapping[str, Any]],
    about: About,
    clock: Clock,
    facts: Facts,
    competencies: Sequence[Cell],
    *,
    explain: bool = True,
) -> Cell:
    """One requirement of a rung, from what is known of a person, their clock and their cells of its profile."""
    kind = requirement["kind"]
    if kind == "tenure":
        return _tenure(requirement, facts, clock.as_of)
    if kind == "competencies":
        return _competencies(requirement, competencies)
    if kind == "course":
        return _course(requirement, courses, about, clock.as_of)
    if "parts" in requirement:
        return _in_parts(requirement, about, clock, explain=explain)
    return _named(requirement, about.get(requirement["key"], ()), clock, explain=explain)


def _tenure(requirement: Mapping[str, Any], facts: Facts, as_of: date) -> Cell:
    since = facts.role_started_on if requirement["since"] == "role" else facts.started_on
    due = months_after(since, requirement["months"])
    values = {"since": since, "due": due, "months": requirement["months"]}
    if due <= as_of:
        state, sentence = State.MET, N_("Since %(since)s: %(months)s months were reached on %(due)s.")
    else:
        state, sentence = (
            State.NOT_YET,
            N_("Since %(since)s: %(months)s months are reached on %(due)s. Only time closes this."),
        )
    return Cell(requirement["key"], "tenure", requirement["text"], state, Reason(sentence, values))


def state_of_all(states: Sequence[State]) -> State:
    """Where somebody stands on several competencies together."""
    among = set(states)
    order = (State.NOT_YET, State.NO_EVIDENCE, State.STALE, State.BORDERLINE)
    state = next((one for one in order if one in among), State.MET)
    return State.NOT_YET if state is State.NO_EVIDENCE and State.MET in among else state


def _competencies(requirement: Mapping[str, Any], cells: Sequence[Cell]) -> Cell:
    met = sum(cell.state is State.MET for cell in cells)
    state = state_of_all([cell.state for cell in cells])
    ids = tuple(dict.fromkeys(one for cell in cells for one in cell.evidence))
    return Cell(
        requirement["key"],
        "competencies",
        requirement["text"],
        state,
        Reason("%(met)s of %(all)s competencies are at their level.", {"met": met, "all": len(cells)}, ids),
        ids,
        contested=any(cell.contested for cell in cells),
    )


def _course(
    requirement: Mapping[str, Any],
    courses: Mapping[str, Mapping[str, Any]],
    about: About,
    as_of: date,
) -> Cell:
    branches: Sequence[Sequence[str]] = requirement.get("any_of") or [[requirement["course"]]]
    tried = [_courses_done(keys, requirement, about, as_of) for keys in branches]
    order = (State.MET, State.STALE, State.NOT_YET, State.NO_EVIDENCE)
    state, left, ids = min(tried, key=lambda one: (order.index(one[0]), len(one[1])))
    minutes = sum(courses[key]["minutes"] for key in left)
    names = tuple(courses[key]["title"] for key in left)
    values = {"names": names, "minutes": minutes, "months": requirement.get("within_months", 0)}
    sentence = {
        State.MET: N_("Completed."),
        State.STALE: N_("Completed more than %(months)s months ago. Take it again: %(minutes)s minutes."),
        State.NOT_YET: N_("Still to take: %(names)s, %(minutes)s minutes."),
        State.NO_EVIDENCE: N_("Not taken yet: %(minutes)s minutes."),
    }[state]
    return Cell(
        requirement["key"],
        "course",
        requirement["text"],
        state,
        Reason(sentence, values, ids),
        ids,
        minutes=minutes or None,
        contested=any(
            is_contested(one, as_of)
            for keys in branches
            for key in keys
            for one in about.get(key, ())
            if one.id in ids
        ),
    )


def _courses_done(
    keys: Sequence[str],
    requirement: Mapping[str, Any],
    about: About,
    as_of: date,
) -> tuple[State, list[str], tuple[str, ...]]:
    months = requirement.get("within_months")
    left, stale, ids = [], False, []
    for key in keys:
        done = [one for one in about.get(key, ()) if one.kind is EvidenceKind.COURSE and one.good]
        ids += [one.id for one in done]
        standing_now = [one for one in done if not is_contested(one, as_of)]
        if not any(months is None or is_fresh(one, as_of, months) for one in standing_now):
            left.append(key)
            stale = stale or bool(standing_now)
    if not left:
        return State.MET, [], tuple(ids)
    return (
        (State.STALE if stale else State.NOT_YET if len(left) < len(keys) else State.NO_EVIDENCE),
        left,
        tuple(ids),
    )


def _of_part(sentence: str, part: Cell) -> Reason:
    """How a part stands, under its own words: they are in the framework's file, with their Spanish."""
    return Reason(sentence, {}, part.evidence, (part.reason,))


def _in_parts(
    requirement: Mapping[str, Any],
    about: About,
    clock: Clock,
    *,
    explain: bool,
) -> Cell:
    """A requirement of several parts: met by each of them, or by a result that was recorded for the whole."""
    whole = _named(requirement, about.get(requirement["key"], ()), clock, explain=explain)
    parts = [
        _named(part, about.get(part["key"], ()), clock, explain=explain) for part in requirement["parts"]
    ]
    if whole.state is State.MET or not any(part.evidence for part in parts):
        return whole
    met = sum(part.state is State.MET for part in parts)
    order = (State.NOT_YET, State.NO_EVIDENCE, State.STALE, State.BORDERLINE)
    worst = next((one for one in order if one in {part.state for part in parts}), State.MET)
    ids = tuple(dict.fromkeys((*whole.evidence, *(one for part in parts for one in part.evidence))))
    below = tuple(_of_part(part.text, part) for part in parts) if explain else ()
    return Cell(
        requirement["key"],
        requirement["kind"],
        requirement["text"],
        State.NOT_YET if worst is State.NO_EVIDENCE else worst,
        Reason(
            N_("%(met)s of %(all)s parts are shown."),
            {"met": met, "all": len(parts)},
            ids,
            whole.reason.below + below,
        ),
        ids,
        contested=whole.contested or any(part.contested for part in parts),
    )


def _named(requirement: Mapping[str, Any], mine: Sequence[Evidence], clock: Clock, *, explain: bool) -> Cell:
    """A requirement met by evidence that names it: an exam, a KPI period, an attestation. `mine`: what names it."""
    unquestioned = [one for one in mine if not is_contested(one, clock.as_of)]
    counted = [one for one in unquestioned if not informs_only(one, clock.rule)]
    fresh = [one for one in counted if clock.is_fresh(one)]
    safe = sure(fresh)
    wanted, times = requirement.get("raters", 1), requirement.get("times", 1)
    raters = _voices(safe, wanted)
    days = _days_shown(safe, wanted)
    values = {"have": len(raters), "wanted": wanted, "months": clock.rule.stale_after_months}
    if days >= times if times > 1 else len(raters) >= wanted:
        state, sentence = State.MET, N_("Shown.")
    elif times > 1 and days:
        values |= {"days": days, "times": times}
        state, sentence = State.NOT_YET, N_("Shown on %(days)s of %(times)s days.")
    elif safe:
        state, sentence = State.NOT_YET, N_("%(have)s of %(wanted)s raters have said so.")
    elif any(one.near_the_mark for one in fresh):
        state, sentence = (
            State.BORDERLINE,
            N_("The score lies within one standard error of the pass mark. A second form decides."),
        )
    elif (
        _days_shown(sure(counted), wanted) >= times
        if times > 1
        else len(_voices(sure(counted), wanted)) >= wanted
    ):
        state = State.STALE
        sentence = (
            N_("Shown more than %(months)s months ago.")
            if clock.rule.half_life_months is None
            else N_("Shown once, but too much time has passed without use.")
        )
    elif counted:
        state, sentence = State.NOT_YET, N_("Tried, not passed yet.")
    else:
        state, sentence = State.NO_EVIDENCE, N_("Nothing is recorded yet.")
    ids = tuple(one.id for one in mine)
    below = tuple(fact_words(one, clock) for one in mine) if explain else ()
    return Cell(
        requirement["key"],
        requirement["kind"],
        requirement["text"],
        state,
        Reason(sentence, values, ids, below),
        ids,
        contested=len(unquestioned) < len(mine),
    )


def _voices(evidence: Sequence[Evidence], wanted: int) -> set[str]:
    """What counts towards a requirement: each fact, or each rater when several are wanted."""
    if wanted == 1:
        return {one.id for one in evidence}
    return {one.rater for one in evidence if one.rater}


def _days_shown(evidence: Sequence[Evidence], wanted: int) -> int:
    """On how many days so many raters have said so: a thing that is asked for twice is shown on two days."""
    by_day: dict[date, list[Evidence]] = {}
    for one in evidence:
        by_day.setdefault(one.on, []).append(one)
    return sum(len(_voices(those, wanted)) >= wanted for those in by_day.values())
