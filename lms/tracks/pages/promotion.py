"""What the pages about openings, interviews and decisions show."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import Permissions, require
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.rules import sort_name
from lms.tracks import queries as ledgers
from lms.tracks.models import Decision, DecisionCandidate, Interview, Opening
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import BoardPerson
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.promotion import Known, Line
from lms.tracks.rules import Cell, Standing, standing
from lms.tracks.rules.decisions import standing_again
from lms.tracks.rules.openings import Put, Stage, gates_of, missing
from lms.tracks.services import facts_of
from lms.tracks.services.deciding import asked_for, check_decider, is_whole, list_people, standing_for
from lms.tracks.services.interviews import INTERVIEWING, check_interviewer


@dataclass(frozen=True)
class OpeningsPage:
    """Openings that fit what was asked, with the names of those who decide."""

    lines: Sequence[Line]
    names: Mapping[str, str]
    all: int


def openings_page(
    session: Session, *, actor: Actor, q: str, stage: str, rung: str, today: date
) -> OpeningsPage:
    """The firm's openings, filtered. Five statements. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.OPENINGS)
    lines = queries.list_lines(session, actor=actor, today=today)
    wanted = sort_name(q) if q.strip() else ""
    fitting = [
        one
        for one in lines
        if wanted in sort_name(one.opening.title)
        and (not stage or one.stage.value == stage)
        and (not rung or one.opening.rung == rung)
    ]
    ids = frozenset(who for one in fitting for who in (one.opening.decider_id, one.opening.second_id))
    return OpeningsPage(fitting, ledgers.list_names(session, actor=actor, person_ids=ids), len(lines))


@dataclass(frozen=True)
class Near:
    """Somebody who works here, beside what an opening asks for: what is missing, in words."""

    person: BoardPerson
    standing: Standing
    missing: tuple[Cell, ...]


@dataclass(frozen=True)
class CandidateLine:
    """A candidate: who put them forward, what is missing, and the interviews the reader may see."""

    person: Employment
    puts: tuple[Put, ...]
    missing: tuple[Cell, ...]
    interviews: tuple[Interview, ...]
    """With their scores: the reader's own alone, until their own is given or the opening is closed."""
    scored: int
    mine: bool
    chosen: bool | None
    """As the decision that stands says; none until one does."""


@dataclass(frozen=True)
class OpeningPage:
    """One opening: its candidates, who else is ready or one step away, its records."""

    line: Line
    candidates: Sequence[CandidateLine]
    near: Sequence[Near]
    ready: int
    step: int
    people: int
    names: Mapping[str, str]
    rung: Mapping[str, Any]
    profile: Mapping[str, Any] | None
    may_decide: bool
    may_approve: bool
    may_nominate: bool


def opening_page(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, which: str, q: str, sort: str, today: date
) -> OpeningPage:
    """One opening in a fixed number of statements. `which`: ready, step or all. Raises NotFound, NotAllowed."""
    require(POLICY, actor, TrackPermission.OPENINGS)
    line = _line(session, actor, opening_id, today)
    opening = line.opening
    framework, rung = asked_for(session, actor=actor, opening=opening)
    gates = gates_of(framework)
    persons = ledgers.list_board_people(session, actor=actor, team_ids=None, sort=sort, today=today)
    facts = ledgers.list_ledgers(session, actor=actor, team_ids=None)
    away = ledgers.list_everybody_protected(session, actor=actor, team_ids=None)
    everybody = []
    for one in persons:
        stand = standing(
            rung,
            framework,
            facts.get(one.person_id, ()),
            facts_of(one, away.get(one.person_id, ())),
            today,
        )
        everybody.append(Near(one, stand, missing(stand, gates)))
    held = {opening.decider_id, opening.second_id, *line.candidates}
    free = [
        one
        for one in everybody
        if one.person.person_id not in held
        and one.person.job_role.lower().replace(" ", "-") != opening.profile
    ]
    asked = {"ready": 0, "step": 1}.get(which)
    near = [
        one
        for one in free
        if (asked is None or len(one.missing) == asked) and sort_name(q) in sort_name(one.person.name)
    ]
    left = {one.person.person_id: one.missing for one in everybody}
    interviews = queries.list_interviews(session, actor=actor, opening_id=opening_id)
    employed = list_people(session, actor=actor, person_ids=frozenset(line.candidates))
    stands = frozenset((line.latest.decision.id,)) if line.latest and line.latest.stands else frozenset()
    chosen = (
        {one.person_id: one.chosen for one in queries.list_choices(session, actor=actor, decision_ids=stands)}
        if stands
        else {}
    )
    candidates = [
        _candidate(actor, line, person, left.get(person_id, ()), interviews, chosen.get(person_id))
        for person_id, person in employed.items()
    ]
    can = Permissions(POLICY)
    return OpeningPage(
        line,
        candidates,
        near,
        sum(not one.missing for one in free),
        sum(len(one.missing) == 1 for one in free),
        len(free),
        _names(session, actor, line, interviews),
        rung,
        next(iter(framework["profiles"]), None),
        can.allows(actor, TrackPermission.DECIDE, opening),
        can.allows(actor, TrackPermission.APPROVE, opening),
        can.could(actor, TrackPermission.NOMINATE) and opening.second_id != actor.person_id,
    )


def _line(session: Session, actor: Actor, opening_id: uuid.UUID, today: date) -> Line:
    line = queries.find_line(session, actor=actor, opening_id=opening_id, today=today)
    if line is None:
        raise NotFound("There is no such opening.")
    return line


def _candidate(
    actor: Actor,
    line: Line,
    person: Employment,
    left: tuple[Cell, ...],
    interviews: Sequence[Interview],
    chosen: bool | None,
) -> CandidateLine:
    given = [one for one in interviews if one.person_id == person.person_id]
    mine = any(one.interviewer_id == actor.person_id for one in given)
    shown = tuple(given) if mine or line.stage not in INTERVIEWING else ()
    return CandidateLine(person, line.candidates[person.person_id], left, shown, len(given), mine, chosen)


def _names(session: Session, actor: Actor, line: Line, interviews: Sequence[Interview]) -> Mapping[str, str]:
    opening = line.opening
    ids = {opening.decider_id, opening.second_id, opening.created_by_id}
    ids |= {put.by_id for puts in line.candidates.values() for put in puts}
    ids |= {one.interviewer_id for one in interviews}
    for known in line.decisions:
        ids.add(known.decision.decided_by_id)
        ids |= {known.answer.by_id} if known.answer else set()
        ids |= {appeal.person_id for appeal, _answer in known.appeals}
    return ledgers.list_names(session, actor=actor, person_ids=frozenset(ids))


@dataclass(frozen=True)
class Waiting:
    """A candidate whom the reader can still interview."""

    opening: Opening
    person_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class InterviewsPage:
    """Whom the reader can interview, and whom they have."""

    waiting: Sequence[Waiting]
    given: Sequence[Waiting]


def interviews_page(session: Session, *, actor: Actor, today: date) -> InterviewsPage:
    """Candidates of open openings, for an interviewer. Six statements."""
    lines = [
        one
        for one in queries.list_lines(session, actor=actor, today=today)
        if one.stage in INTERVIEWING and actor.person_id not in one.candidates
    ]
    given = {
        (one.opening_id, one.person_id)
        for one in queries.list_interviews(session, actor=actor)
        if one.interviewer_id == actor.person_id
    }
    ids = frozenset(person for one in lines for person in one.candidates)
    names = ledgers.list_names(session, actor=actor, person_ids=ids)
    found = [
        Waiting(one.opening, person, names.get(str(person), "")) for one in lines for person in one.candidates
    ]
    found.sort(key=lambda one: (one.opening.closes_on, one.opening.title, sort_name(one.name)))
    return InterviewsPage(
        [one for one in found if (one.opening.id, one.person_id) not in given],
        [one for one in found if (one.opening.id, one.person_id) in given],
    )


@dataclass(frozen=True)
class InterviewPage:
    """One candidate's interview, for one interviewer. `others` are empty until the interviewer's own is given."""

    opening: Opening
    person: Employment
    own: Interview | None
    others: Sequence[Interview]
    names: Mapping[str, str]


def interview_page(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, person_id: uuid.UUID, today: date
) -> InterviewPage:
    """The questions, and what was given. Raises NotFound, NotAllowed, Conflict (closed, or a candidate oneself)."""
    require(POLICY, actor, TrackPermission.INTERVIEW)
    line = _line(session, actor, opening_id, today)
    person = people.find_employment(session, actor=actor, person_id=person_id)
    given = [
        one
        for one in queries.list_interviews(session, actor=actor, opening_id=opening_id)
        if one.person_id == person_id
    ]
    own = next((one for one in given if one.interviewer_id == actor.person_id), None)
    if own is None or person is None:
        person = check_interviewer(actor, line, person)
    others = [one for one in given if one is not own] if own else []
    ids = frozenset(one.interviewer_id for one in others)
    return InterviewPage(
        line.opening, person, own, others, ledgers.list_names(session, actor=actor, person_ids=ids)
    )


@dataclass(frozen=True)
class Considered:
    """A candidate as the one who decides sees them."""

    person: Employment
    puts: tuple[Put, ...]
    standing: Standing
    missing: tuple[Cell, ...]
    interviews: Sequence[Interview]


@dataclass(frozen=True)
class DecidePage:
    """Everything a decision is made on."""

    line: Line
    considered: Sequence[Considered]
    names: Mapping[str, str]


def decide_page(session: Session, *, actor: Actor, opening_id: uuid.UUID, today: date) -> DecidePage:
    """The candidates with evidence and interviews, by name. Raises NotFound, NotAllowed, Conflict (not now)."""
    require(POLICY, actor, TrackPermission.OPENINGS)
    line = _line(session, actor, opening_id, today)
    check_decider(actor, line)
    gates = gates_of(asked_for(session, actor=actor, opening=line.opening)[0])
    interviews = queries.list_interviews(session, actor=actor, opening_id=opening_id)
    found = []
    for person_id, person in list_people(session, actor=actor, person_ids=frozenset(line.candidates)).items():
        stand = standing_for(session, actor=actor, opening=line.opening, person=person, as_of=today)
        mine = [one for one in interviews if one.person_id == person_id]
        found.append(Considered(person, line.candidates[person_id], stand, missing(stand, gates), mine))
    return DecidePage(line, found, _names(session, actor, line, interviews))


@dataclass(frozen=True)
class FrozenCandidate:
    """A candidate as a decision's record holds them."""

    choice: DecisionCandidate
    name: str
    kept: Mapping[str, Any]
    standing: Standing
    missing: tuple[Cell, ...]


@dataclass(frozen=True)
class DecisionPage:
    """A record with everything it was decided on, as frozen. `whole`: it is what was hashed when it was made."""

    decision: Decision
    opening: Opening
    known: Known
    line: Line
    candidates: Sequence[FrozenCandidate]
    names: Mapping[str, str]
    whole: bool
    latest: bool
    may_approve: bool
    may_correct: bool
    evidence: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def decision_page(session: Session, *, actor: Actor, decision_id: uuid.UUID, today: date) -> DecisionPage:
    """One record. Raises NotFound, NotAllowed."""
    require(POLICY, actor, TrackPermission.OPENINGS)
    decision = queries.find_decision(session, actor=actor, decision_id=decision_id)
    if decision is None:
        raise NotFound("There is no such decision.")
    line = _line(session, actor, decision.opening_id, today)
    known = next(one for one in line.decisions if one.decision.id == decision_id)
    choices = queries.list_choices(session, actor=actor, decision_ids=frozenset({decision_id}))
    by_person = {str(one.person_id): one for one in choices}
    found = []
    for kept in decision.snapshot["candidates"]:
        stand = standing_again(kept["standing"])
        cells = {cell.key: cell for cell in (*stand.competencies, *stand.cells)}
        left = tuple(cells[key] for key in kept["missing"])
        found.append(FrozenCandidate(by_person[kept["person_id"]], kept["name"], kept, stand, left))
    can, latest = Permissions(POLICY), line.latest is known
    return DecisionPage(
        decision,
        line.opening,
        known,
        line,
        found,
        {**_names(session, actor, line, ()), **decision.snapshot["names"]},
        is_whole(decision, choices),
        latest,
        latest
        and line.stage is Stage.WAITING
        and can.allows(actor, TrackPermission.APPROVE, line.opening)
        and decision.decided_by_id != actor.person_id,
        latest
        and line.stage is not Stage.WAITING
        and can.allows(actor, TrackPermission.DECIDE, line.opening),
        {one["id"]: one for kept in decision.snapshot["candidates"] for one in kept["ledger"]},
    )
