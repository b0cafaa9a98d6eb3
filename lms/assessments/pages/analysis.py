"""How the questions of a course do: figures with their n and interval, verdicts with the evidence, and no names."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.kinds.contract import by_ref
from lms.assessments.models import CalibrationItem
from lms.assessments.pages.questions import Desk, open_desk
from lms.assessments.queries.adapting import find_calibration, find_parameters
from lms.assessments.queries.analysis import (
    MOST_ATTEMPTS,
    Line,
    Live,
    Sat,
    list_first_attempts,
    list_live,
    list_sat,
)
from lms.assessments.queries.exposing import count_lately, find_limit
from lms.assessments.queries.rescoring import find_standing_rules
from lms.assessments.rescoring import Change, Rule
from lms.assessments.rules import GroupsHeld
from lms.assessments.statistics.classical import correlation, correlation_interval
from lms.assessments.statistics.distributions import wilson
from lms.assessments.statistics.groups import Treated
from lms.assessments.statistics.responses import Responses
from lms.assessments.verdicts import ENOUGH, Kind, Verdict, judge
from lms.foundation.actor import Actor, Role
from lms.foundation.events import ask
from lms.foundation.wall import beyond_the_wall
from lms.people.models import Firm

ENOUGH_TO_TELL = 30
"""People under whom no correlation is shown: its interval would be wider than the scale people read it on."""
SMALLEST = 5
"""People under whom a cell pooled over firms is not shown as a number."""
LONGEST = 1800.0
"""Seconds between two answers beyond which the person was away, not thinking."""
FAULTS = (Kind.KEY, Kind.DEAD, Kind.LEAKED, Kind.UNFAIR, Kind.WEAK)
"""Verdicts that something may be wrong; easy and hard questions may be meant so."""


Who = tuple[uuid.UUID, uuid.UUID]
"""A firm and a person."""


@dataclass(frozen=True)
class Option:
    """What an option did: how many chose it, and what share of the strongest and of the weakest third."""

    letter: str
    text: str
    key: bool
    count: int
    strong: float | None
    weak: float | None
    each: int = 0
    """How many people a third has."""

    @property
    def strong_between(self) -> tuple[float, float] | None:
        """The interval of the share of the strongest third (Wilson)."""
        return None if self.strong is None else wilson(self.strong * self.each, self.each)

    @property
    def weak_between(self) -> tuple[float, float] | None:
        """The interval of the share of the weakest third (Wilson)."""
        return None if self.weak is None else wilson(self.weak * self.each, self.each)


@dataclass(frozen=True)
class Row:
    """One question: its figures, and what they say. A figure is none where there is not enough."""

    key: str
    stem: str
    kind: str
    in_draft: bool
    n: int
    right: int
    facility: float | None
    facility_interval: tuple[float, float] | None
    rest: float | None
    rest_interval: tuple[float, float] | None
    options: Sequence[Option]
    verdicts: Sequence[Verdict]
    change: str = ""
    """How everybody is scored instead of by its own key, since it was scored again; empty when it was not."""
    lately: int = 0
    """How many people were asked it in four weeks, at any assessment of its course."""
    rests: bool = False
    """Whether that is so many that it rests (in one firm; over firms nobody's limit counts)."""
    item: CalibrationItem | None = None
    """Its parameters, where this very version was calibrated last."""
    treated: Sequence[tuple[str, Treated]] = ()
    """What groups are of, and how it treats each that is large enough, also among those who answered it."""

    @property
    def enough(self) -> bool:
        """Whether there is enough to judge it."""
        return self.n >= ENOUGH

    @property
    def flagged(self) -> bool:
        """Whether something may be wrong with it."""
        return any(one.kind in FAULTS for one in self.verdicts)


@dataclass(frozen=True)
class AnalysisPage:
    """How the questions of a course did at one assessment."""

    desk: Desk
    sat: Sequence[Sat]
    chosen: Sat | None
    rows: Sequence[Row]
    people: int
    pooled: bool
    only: str
    groups: Sequence[tuple[str, Sequence[tuple[str, int]], int]] = ()
    """What groups are of, those of a hundred people or more with their number, and how many said theirs at all."""

    @property
    def shown(self) -> Sequence[Row]:
        """The rows that the filter takes."""
        return [row for row in self.rows if self.only != "flagged" or row.flagged]

    @property
    def flagged(self) -> int:
        """How many may have something wrong."""
        return sum(row.flagged for row in self.rows)

    @property
    def capped(self) -> bool:
        """Whether there were more people than were read."""
        return self.people >= MOST_ATTEMPTS


def analysis_page(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    assessment_key: str,
    only: str,
    now: datetime,
) -> AnalysisPage:
    """The own firm's first attempts; the association's, pooled over firms. Raises NotFound, NotAllowed."""
    desk = open_desk(session, actor=actor, course_id=course_id)
    firm = session.get_one(Firm, actor.firm_id)
    pooled = firm.is_association and actor.has(Role.ASSOCIATION)
    firm_id = None if pooled else actor.firm_id
    with beyond_the_wall(session, "item analysis pooled over firms") if pooled else nullcontext():
        sat = list_sat(session, course_id=course_id, firm_id=firm_id)
        chosen = next((one for one in sat if one.key == assessment_key), sat[0] if sat else None)
        lines = list_first_attempts(session, assessment_id=chosen.id, firm_id=firm_id) if chosen else ()
        held: dict[str, Mapping[Who, str]] = dict(ask(session, GroupsHeld(firm_id))) if chosen else {}
        live = list_live(session, course_id=course_id)
        asked = [one.version.question_id for one in live]
        lately = count_lately(session, firm_id=firm_id, questions=asked, now=now) if chosen else {}
    limit = find_limit(session, firm_id=actor.firm_id)
    rules = find_standing_rules(session, version_ids=[one.version.id for one in live])
    keys = frozenset(one.key for one in desk.bank.questions)
    rows, people = analysed(live, lines, keys=keys, rules=rules, held=held)
    items = _parameters(session, course_id, live)
    by_key = {one.key: lately.get(one.version.question_id, 0) for one in live}
    rows = [
        replace(
            row,
            lately=by_key[row.key],
            rests=not pooled and by_key[row.key] >= limit,
            item=items.get(row.key),
        )
        for row in rows
    ]
    if pooled:
        rows = [_pooled(row) for row in rows]
    rows.sort(key=lambda row: (not row.flagged, not row.verdicts, row.n == 0))
    return AnalysisPage(desk, sat, chosen, rows, people, pooled, only, _groups(lines, held))


def _parameters(
    session: Session, course_id: uuid.UUID, live: Sequence[Live]
) -> Mapping[str, CalibrationItem]:
    """What the newest calibration says of the live versions, by key."""
    calibration = find_calibration(session, course_id=course_id)
    if calibration is None:
        return {}
    found = find_parameters(
        session, calibration_id=calibration.id, version_ids=[one.version.id for one in live]
    )
    return {one.key: found[one.version.id] for one in live if one.version.id in found}


def _groups(
    lines: Sequence[Line], held: Mapping[str, Mapping[Who, str]]
) -> list[tuple[str, list[tuple[str, int]], int]]:
    """The groups that are large enough to be looked at; how large the others are is told to nobody."""
    people = {line.attempt_id: line.who for line in lines}.values()
    found = []
    for what, groups in held.items():
        counts = Counter(groups[who] for who in people if who in groups)
        large = sorted((group, count) for group, count in counts.items() if count >= ENOUGH)
        found.append((what, large, sum(count for _group, count in large)))
    return found


def analysed(
    live: Sequence[Live],
    lines: Sequence[Line],
    *,
    keys: frozenset[str] = frozenset(),
    rules: Mapping[uuid.UUID, Rule] = MappingProxyType({}),
    held: Mapping[str, Mapping[Who, str]] = MappingProxyType({}),
) -> tuple[list[Row], int]:
    """A row for each live question, from the first attempts of people; and how many people.

    `keys`: of the draft; `rules`: how versions are scored since they were scored again; `held`: the groups of people.
    """
    by_attempt: dict[uuid.UUID, list[Line]] = {}
    for line in lines:
        by_attempt.setdefault(line.attempt_id, []).append(line)
    versions = {one.version.id: one for one in live}
    items = [*versions, *sorted({line.version_id for line in lines} - set(versions), key=str)]
    place = {version_id: at for at, version_id in enumerate(items)}
    marks: list[list[int | None]] = []
    chosen: list[list[str | None]] = []
    seconds: list[list[float | None]] = []
    for asked in by_attempt.values():
        mark_row: list[int | None] = [None] * len(items)
        option_row: list[str | None] = [None] * len(items)
        time_row: list[float | None] = [None] * len(items)
        took = seconds_of(asked)
        for line in asked:
            if line.given is None:
                continue
            at = place[line.version_id]
            mark_row[at] = int(line.score >= 1 - 1e-9)
            live_one = versions.get(line.version_id)
            option_row[at] = letter_of(live_one.version.kind, line) if live_one else None
            time_row[at] = took.get(line.version_id)
        marks.append(mark_row)
        chosen.append(option_row)
        seconds.append(time_row)
    names = tuple(str(one) for one in items)
    offered = {str(one.version.id): _letters(one.version.document) for one in live}
    right = tuple(
        _right(versions[one].version.document, rules.get(one)) if one in versions else "" for one in items
    )
    groups = {
        what: [by_person.get(asked[0].who, "") for asked in by_attempt.values()]
        for what, by_person in held.items()
    }
    said = judge(Responses(names, marks, right, chosen), offered=offered, seconds=seconds, groups=groups)
    totals = [sum(mark or 0 for mark in row) for row in marks]
    rows = [
        _row(
            one,
            place[one.version.id],
            (marks, chosen, totals),
            said.verdicts,
            one.key in keys,
            rules.get(one.version.id),
        )
        for one in live
    ]
    fair: dict[str, list[tuple[str, Treated]]] = {}
    for what, how in said.treated:
        fair.setdefault(how.item, []).append((what, how))
    return [
        _as_scored(replace(row, treated=fair.get(str(one.version.id), ())), rules.get(one.version.id))
        for row, one in zip(rows, live, strict=True)
    ], len(marks)


def _as_scored(row: Row, rule: Rule | None) -> Row:
    """A row that says how it is scored now; where everybody has the mark, or it does not count, there is no verdict."""
    if rule is None:
        return row
    if rule.change is Change.KEY:
        return replace(row, change=rule.change.value)
    return replace(row, change=rule.change.value, verdicts=(), treated=())


def _row(
    one: Live,
    at: int,
    sheet: tuple[Sequence[Sequence[int | None]], Sequence[Sequence[str | None]], Sequence[int]],
    verdicts: Sequence[Verdict],
    in_draft: bool,
    rule: Rule | None,
) -> Row:
    marks, chosen, totals = sheet
    answered = [person for person, row in enumerate(marks) if row[at] is not None]
    got = [marks[person][at] or 0 for person in answered]
    rest = [float(totals[person] - mark) for person, mark in zip(answered, got, strict=True)]
    n, right = len(answered), sum(got)
    r = correlation([float(mark) for mark in got], rest) if n >= ENOUGH_TO_TELL else None
    interval = None if r is None else correlation_interval(r, n)
    document = one.version.document
    return Row(
        one.key,
        str(document.get("stem", "")),
        one.version.kind,
        in_draft,
        n,
        right,
        right / n if n else None,
        wilson(right, n) if n else None,
        r if interval else None,
        interval,
        _options(document, [chosen[person][at] for person in answered], rest, rule),
        [said for said in verdicts if said.item == str(one.version.id)],
    )


def _options(
    document: Mapping[str, Any], given: Sequence[str | None], rest: Sequence[float], rule: Rule | None
) -> list[Option]:
    order = sorted(range(len(rest)), key=lambda at: rest[at])
    size = len(order) // 3
    weak, strong = order[:size], order[len(order) - size :]
    found = []
    for letter, text in zip(_letters(document), _texts(document), strict=True):
        shares = [
            sum(given[at] == letter for at in third) / size if size and len(rest) >= ENOUGH_TO_TELL else None
            for third in (strong, weak)
        ]
        count = sum(one == letter for one in given)
        key = letter == _right(document, rule)
        found.append(Option(letter, text, key, count, shares[0], shares[1], size))
    return found


def _texts(document: Mapping[str, Any]) -> list[str]:
    """The options of a question of one choice, in the order of its author; none for other kinds."""
    if document.get("kind") == "truefalse":
        return ["", ""]
    if document.get("kind") != "single":
        return []
    return [str(option.get("text", "")) for option in document.get("options") or ()]


def _letters(document: Mapping[str, Any]) -> list[str]:
    """A letter for each option, or the two words of a true-or-false question."""
    if document.get("kind") == "truefalse":
        return ["true", "false"]
    return [chr(65 + at) for at in range(len(_texts(document)))]


def _right(document: Mapping[str, Any], rule: Rule | None = None) -> str:
    """The letter of the right option, by the corrected key where there is one; empty where there is no such thing."""
    if rule is not None and rule.change is Change.KEY:
        return next((letter for letter in _letters(document) if letter in rule.right), "")
    if document.get("kind") == "truefalse":
        return "true" if document.get("answer") is True else "false"
    if document.get("kind") != "single":
        return ""
    options = document.get("options") or ()
    return next((chr(65 + at) for at, option in enumerate(options) if option.get("correct") is True), "")


def letter_of(kind: str, line: Line) -> str | None:
    """The option that was chosen, by its author's letter, whatever order the person saw; none for other kinds."""
    ref = (line.given or {}).get("ref")
    if ref is None:
        return None
    if kind == "truefalse":
        return str(ref)
    if kind != "single":
        return None
    at = by_ref(line.variant["order"]).get(ref)
    return None if at is None else chr(65 + at)


def seconds_of(asked: Sequence[Line]) -> dict[uuid.UUID, float]:
    """How long each answer took: from the one before it, as they were given; not said where the person was away."""
    found = {}
    before: datetime = asked[0].started_at
    for at, version_id in sorted((line.at, line.version_id) for line in asked if line.at is not None):
        took = (at - before).total_seconds()
        if 0 < took <= LONGEST:
            found[version_id] = took
        before = at
    return found


def _pooled(row: Row) -> Row:
    """A row as the association is shown it: few people of other firms are no figure, and are not counted out."""
    if 0 < row.n < SMALLEST * 2:
        return replace(
            row, right=0, facility=None, facility_interval=None, rest=None, rest_interval=None, options=()
        )
    return replace(row, verdicts=[_uncounted(one) for one in row.verdicts])


def _uncounted(verdict: Verdict) -> Verdict:
    count = verdict.values.get("count")
    if not isinstance(count, int) or not 0 < count < SMALLEST:
        return verdict
    return replace(verdict, values={**verdict.values, "count": f"<{SMALLEST}"})
