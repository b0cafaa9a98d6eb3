"""Readiness: a pure function of the evidence, the profile and a date. No database, no clock, no hidden weights."""

import enum
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from typing import Any

from lms.foundation.words import N_


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


KIND_WORDS: Mapping[EvidenceKind, str] = {
    EvidenceKind.COURSE: N_("Course"),
    EvidenceKind.ASSESSMENT: N_("Assessment"),
    EvidenceKind.WORK_SAMPLE: N_("Piece of work"),
    EvidenceKind.OBSERVED: N_("Seen at work"),
    EvidenceKind.ATTESTATION: N_("Attestation"),
    EvidenceKind.KPI: N_("KPI"),
    EvidenceKind.CERTIFICATE: N_("Certificate"),
    EvidenceKind.PRIOR_LEARNING: N_("Learnt before"),
}
"""What each kind is called where a fact has no title of its own."""

SEEN_AT_WORK = frozenset((EvidenceKind.OBSERVED, EvidenceKind.WORK_SAMPLE, EvidenceKind.ATTESTATION))
"""Kinds in which somebody saw the work itself done."""


class State(enum.StrEnum):
    """Where a person stands on one thing."""

    MET = "met"
    BORDERLINE = "borderline"
    NOT_YET = "not_yet"
    STALE = "stale"
    NO_EVIDENCE = "no_evidence"


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

    @property
    def good(self) -> bool:
        """Whether it speaks for the person."""
        return self.outcome in ("passed", "rated", "completed")

    @property
    def near_the_mark(self) -> bool:
        """Whether its interval crosses the pass mark: neither a sure pass nor a sure fail."""
        if self.score is None or self.error is None or self.pass_mark is None:
            return False
        return abs(self.score - self.pass_mark) <= self.error


def _plainly(value: Any) -> str:
    return " · ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Reason:
    """One step of an explanation: an English sentence with its values, the evidence behind it, and what stands below."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    below: tuple["Reason", ...] = ()

    def words(self, translate: Callable[[str], str] = str, show: Callable[[Any], str] = _plainly) -> str:
        """The sentence, in the reader's language; `show` writes its values, such as days, in it too."""
        sentence = translate(self.sentence)
        return sentence % {name: show(one) for name, one in self.values.items()} if self.values else sentence


@dataclass(frozen=True)
class Cell:
    """Where a person stands on one requirement or competency, and why."""

    key: str
    kind: str
    text: str
    state: State
    reason: Reason
    evidence: tuple[str, ...] = ()
    minutes: int | None = None
    contested: bool = False
    required: int | None = None
    held: int | None = None


@dataclass(frozen=True)
class ProfileUsed:
    """The version of a role profile that a person was held against."""

    key: str
    name: str
    version: int


@dataclass(frozen=True)
class Standing:
    """A person against one rung as of a date: cells only, no total and no rank."""

    rung: str
    rung_version: int
    profile: ProfileUsed | None
    as_of: date
    rule: int
    cells: tuple[Cell, ...]
    competencies: tuple[Cell, ...]

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(cell.state is State.MET for cell in self.cells)


@dataclass(frozen=True)
class Facts:
    """What the employment says."""

    started_on: date
    role_started_on: date


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def months_after(day: date, months: int) -> date:
    """The same day some months later, or that month's last day."""
    return months_before(day, -months)


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


def _sure(evidence: Sequence[Evidence]) -> list[Evidence]:
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
    held = level_held(_sure(fresh), rule)
    before = level_held(_sure(standing), rule)
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
    below = [_fact(one, as_of, months) for one in mine]
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


def _fact(one: Evidence, as_of: date, months: int) -> Reason:
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
    kinds = {one.kind for one in _sure(standing)} - {EvidenceKind.COURSE}
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


def in_force(versions: Iterable[Mapping[str, Any]], key: str | None, as_of: date) -> Mapping[str, Any] | None:
    """The version of a profile or rung in force on a day: the latest that had begun. The first has no `from`."""
    begun = [one for one in versions if one["key"] == key and one.get("from", "") <= as_of.isoformat()]
    return max(begun, key=lambda one: str(one.get("from", "")), default=None)


def as_it_stood(framework: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The framework on a day: of each profile and each rung the one version that was in force."""

    def current(versions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        keys = dict.fromkeys(one["key"] for one in versions)
        return [one for key in keys if (one := in_force(versions, key, as_of)) is not None]

    tracks = [{**track, "rungs": current(track["rungs"])} for track in framework["tracks"]]
    return {**framework, "profiles": current(framework["profiles"]), "tracks": tracks}


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


def standing(
    rung: Mapping[str, Any],
    framework: Mapping[str, Any],
    evidence: Iterable[Evidence],
    facts: Facts,
    as_of: date,
    rule: Rule = Rule(),
) -> Standing:
    """A person against every requirement of a rung as of a date, by the profile in force on that date."""
    there = known(evidence, as_of)
    profile = in_force(framework["profiles"], rung.get("profile"), as_of)
    levels: Mapping[str, int] = profile["levels"] if profile else {}
    competencies = readiness(levels, framework["competencies"], there, as_of, rule)
    courses = {course["key"]: course for course in framework["courses"]}
    cells = []
    for requirement in rung["requirements"]:
        kind = requirement["kind"]
        if kind == "tenure":
            cells.append(_tenure(requirement, facts, as_of))
        elif kind == "competencies":
            cells.append(_competencies(requirement, competencies))
        elif kind == "course":
            cells.append(_course(requirement, courses, there, as_of))
        else:
            cells.append(_named(requirement, there, as_of, rule))
    used = ProfileUsed(profile["key"], profile["name"], profile["version"]) if profile else None
    return Standing(rung["key"], rung["version"], used, as_of, rule.version, tuple(cells), competencies)


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


def _competencies(requirement: Mapping[str, Any], cells: Sequence[Cell]) -> Cell:
    met = sum(cell.state is State.MET for cell in cells)
    states = {cell.state for cell in cells}
    state = next(
        (one for one in (State.NOT_YET, State.NO_EVIDENCE, State.STALE, State.BORDERLINE) if one in states),
        State.MET,
    )
    if state is State.NO_EVIDENCE and met:
        state = State.NOT_YET
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
    evidence: Sequence[Evidence],
    as_of: date,
) -> Cell:
    branches: Sequence[Sequence[str]] = requirement.get("any_of") or [[requirement["course"]]]
    tried = [_courses_done(keys, requirement, evidence, as_of) for keys in branches]
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
        contested=any(is_contested(one, as_of) for one in evidence if one.id in ids),
    )


def _courses_done(
    keys: Sequence[str],
    requirement: Mapping[str, Any],
    evidence: Sequence[Evidence],
    as_of: date,
) -> tuple[State, list[str], tuple[str, ...]]:
    months = requirement.get("within_months")
    left, stale, ids = [], False, []
    for key in keys:
        done = [
            one for one in evidence if one.kind is EvidenceKind.COURSE and one.requirement == key and one.good
        ]
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


def _named(requirement: Mapping[str, Any], evidence: Sequence[Evidence], as_of: date, rule: Rule) -> Cell:
    """A requirement met by evidence that names it: an exam, a KPI period, an attestation."""
    mine = [one for one in evidence if one.requirement == requirement["key"]]
    counted = [one for one in mine if not is_contested(one, as_of)]
    fresh = [one for one in counted if is_fresh(one, as_of, rule.stale_after_months)]
    sure = _sure(fresh)
    wanted = requirement.get("raters", 1)
    raters = _voices(sure, wanted)
    values = {"have": len(raters), "wanted": wanted, "months": rule.stale_after_months}
    if len(raters) >= wanted:
        state, sentence = State.MET, N_("Shown.")
    elif sure:
        state, sentence = State.NOT_YET, N_("%(have)s of %(wanted)s raters have said so.")
    elif any(one.near_the_mark for one in fresh):
        state, sentence = (
            State.BORDERLINE,
            N_("The score lies within one standard error of the pass mark. A second form decides."),
        )
    elif len(_voices(_sure(counted), wanted)) >= wanted:
        state, sentence = State.STALE, N_("Shown more than %(months)s months ago.")
    elif counted:
        state, sentence = State.NOT_YET, N_("Tried, not passed yet.")
    else:
        state, sentence = State.NO_EVIDENCE, N_("Nothing is recorded yet.")
    ids = tuple(one.id for one in mine)
    below = tuple(_fact(one, as_of, rule.stale_after_months) for one in mine)
    return Cell(
        requirement["key"],
        requirement["kind"],
        requirement["text"],
        state,
        Reason(sentence, values, ids, below),
        ids,
        contested=len(counted) < len(mine),
    )


def _voices(evidence: Sequence[Evidence], wanted: int) -> set[str]:
    """What counts towards a requirement: each fact, or each rater when several are wanted."""
    if wanted == 1:
        return {one.id for one in evidence}
    return {one.rater for one in evidence if one.rater}


@dataclass(frozen=True)
class Place:
    """Where a person stands on a track: the rung held (none is the ground) and the one above it (none at the top)."""

    held: str | None
    next: str | None


def place_on(
    track: Mapping[str, Any],
    framework: Mapping[str, Any],
    evidence: Sequence[Evidence],
    facts: Facts,
    as_of: date,
    *,
    job_role: str,
    rule: Rule = Rule(),
) -> Place:
    """The highest rung that is the person's job already, or whose every requirement is met."""
    keys = [rung["key"] for rung in track["rungs"]]
    held = -1
    for at, rung in enumerate(track["rungs"]):
        met = standing(rung, framework, evidence, facts, as_of, rule)
        if rung.get("profile") == job_role.lower().replace(" ", "-") or met.met == len(met.cells):
            held = at
    return Place(keys[held] if held >= 0 else None, keys[held + 1] if held + 1 < len(keys) else None)


USABLE_MINUTES_A_BREAK = 8
_ROUTE_ORDER = ("course", "assessment", "observed", "attestation", "kpi", "competencies", "tenure")


@dataclass(frozen=True)
class Route:
    """What is open, in an order that works; the minutes a person can close alone, as breaks."""

    steps: tuple[Cell, ...]
    minutes: int
    breaks: int


def route(stand: Standing) -> Route:
    """The open requirements: courses first, then what is assessed, then what others must see; time last."""
    steps = sorted(
        (cell for cell in stand.cells if cell.state is not State.MET),
        key=lambda cell: _ROUTE_ORDER.index(cell.kind),
    )
    minutes = sum(cell.minutes or 0 for cell in steps)
    return Route(tuple(steps), minutes, -(-minutes // USABLE_MINUTES_A_BREAK))


def plain(value: Any) -> Any:
    """A value of this module as JSON has it: names in a steady order, days and ids as texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, date | uuid.UUID):
        return str(value)
    return value


def as_json(stand: Standing) -> dict[str, Any]:
    """A standing as plain values in a steady order, the same for the same ledger on any machine."""
    found: dict[str, Any] = plain(stand)
    return found
