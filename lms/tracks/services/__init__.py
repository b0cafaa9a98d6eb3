"""Verbs of the tracks room: evidence from learning, standings, contesting."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.rules import AssessmentGraded
from lms.courses.packages import Located
from lms.courses.rules import Problem
from lms.courses.services import PackageRead
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id, new_id
from lms.foundation.policy import Permissions, require
from lms.learning.rules import CourseCompleted
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.tracks import queries
from lms.tracks.framework_files import find_requirement, find_rung, framework_on, shipped_framework
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.rules import Evidence, EvidenceKind, Facts, Standing, standing


def package_problems(_session: Session, event: PackageRead) -> list[Problem]:
    """The competencies of a package that the framework does not have: evidence about them would say nothing."""
    known = {one["key"] for one in shipped_framework()["competencies"]}
    package = event.package
    course = package.files.get("course.yaml", "")
    said = Located(package.course, "course.yaml", course)
    places = [
        (said, f"competencies.{number}.id", key)
        for number, key in _named(package.course, "competencies", "id")
    ]
    for one in package.questions:
        places.append((one, "competency", one.document.get("competency")))
    for one in package.assessments:
        for name in ("draws", "evidence"):
            places += [
                (one, f"{name}.{number}.competency", key)
                for number, key in _named(one.document, name, "competency")
            ]
    return [
        Problem(
            one.file,
            one.line(where),
            f"The framework has no competency “{key}”. They are A1 to F4: see the list.",
        )
        for one, where, key in places
        if isinstance(key, str) and key not in known
    ]


def _named(document: Mapping[str, Any], name: str, part: str) -> list[tuple[int, Any]]:
    entries = document.get(name)
    return [
        (number, entry.get(part))
        for number, entry in enumerate(entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping)
    ]


def write_course_evidence(session: Session, event: CourseCompleted) -> None:
    """A completed course is a fact about the person, for the rung and (up to level 1) for its competencies."""
    again = (event.run,) if event.run > 1 else ()
    said = {
        "kind": EvidenceKind.COURSE,
        "outcome": "completed",
        "on": event.at.astimezone(people.find_zone(session, firm_id=event.firm_id)).date(),
        "recorded_at": event.at,
        "expires_on": event.expires_on,
        "source": f"course:{event.version_id}",
        "detail": {"title": event.title, "lessons": event.lessons},
    }
    _add(
        session,
        event.firm_id,
        event.person_id,
        ("course", event.version_id, event.person_id, *again),
        requirement=event.course_key,
        **said,
    )
    for competency in sorted({key for key, _level in event.competencies}):
        _add(
            session,
            event.firm_id,
            event.person_id,
            ("course", event.version_id, event.person_id, competency, *again),
            competency=competency,
            level=1,
            requirement=event.course_key,
            **said,
        )


def write_assessment_evidence(session: Session, event: AssessmentGraded) -> None:
    """A graded course or gate assessment is a fact about each competency it speaks to. A lesson quiz never is."""
    if event.purpose == "lesson":
        return
    on = event.at.astimezone(people.find_zone(session, firm_id=event.firm_id)).date()
    for competency, level in event.evidence:
        _add(
            session,
            event.firm_id,
            event.person_id,
            ("attempt", event.attempt_id, competency),
            kind=EvidenceKind.ASSESSMENT,
            competency=competency,
            level=level,
            requirement=f"{event.course_id}:{event.assessment_key}",
            outcome="passed" if event.passed else "failed",
            score=event.score,
            error=event.error,
            pass_mark=event.pass_mark,
            on=on,
            recorded_at=event.at,
            source=f"attempt:{event.attempt_id}",
            detail={"title": event.title, "questions": event.questions},
        )


def _add(
    session: Session, firm_id: uuid.UUID, person_id: uuid.UUID, parts: tuple[object, ...], **said: Any
) -> EvidenceRow:
    """Add a fact under an id made of what it is about: the same event twice would be refused, never counted twice."""
    row = EvidenceRow(firm_id=firm_id, id=derived_id(firm_id, *parts), person_id=person_id, **said)
    session.add(row)
    return row


def facts_of(employment: Employment | queries.BoardPerson) -> Facts:
    """What readiness needs to know of an employment."""
    return Facts(employment.started_on, employment.role_started_on)


@dataclass(frozen=True)
class Path:
    """A person on one rung: the track, the rung, the standing and the ledger behind it."""

    track: dict[str, Any]
    rung: dict[str, Any]
    standing: Standing
    ledger: list[Evidence]
    person: Employment


def see_standing(session: Session, *, actor: Actor, person_id: uuid.UUID, rung: str, as_of: date) -> Path:
    """A person's standing for a rung as of a date. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.SEE_PERSON, person)
    framework = framework_on(as_of)
    found = find_rung(framework, rung)
    if found is None:
        raise NotFound("There is no such rung.")
    ledger = queries.list_ledger(session, actor=actor, person_id=person_id)
    return Path(*found, standing(found[1], framework, ledger, facts_of(person), as_of), ledger, person)


@dataclass(frozen=True)
class BoardRow:
    """One person on the board, and their cells."""

    person: queries.BoardPerson
    standing: Standing


def see_board(
    session: Session, *, actor: Actor, rung: str, team_id: uuid.UUID | None, sort: str, as_of: date
) -> list[BoardRow]:
    """Everybody the actor may see against one rung: three statements, whatever the number of people.

    Raises NotFound (no such rung, or not one of the actor's teams).
    """
    require(POLICY, actor, TrackPermission.BOARD)
    framework = framework_on(as_of)
    found = find_rung(framework, rung)
    if found is None or sort not in queries.SORTS:
        raise NotFound("There is no such rung.")
    teams = _teams_seen(actor, team_id)
    persons = queries.list_board_people(session, actor=actor, team_ids=teams, sort=sort, today=as_of)
    ledgers = queries.list_ledgers(session, actor=actor, team_ids=teams)
    return [
        BoardRow(one, standing(found[1], framework, ledgers.get(one.person_id, ()), facts_of(one), as_of))
        for one in persons
    ]


def _teams_seen(actor: Actor, team_id: uuid.UUID | None) -> frozenset[uuid.UUID] | None:
    """The teams to show: all of the firm (None) for a manager, else the led ones; or the one that was asked for."""
    everything = POLICY[TrackPermission.BOARD][0][0](actor, None)
    if team_id is None:
        return None if everything else actor.leads
    if not everything and team_id not in actor.leads:
        raise NotFound("There is no such team.")
    return frozenset({team_id})


def contest(session: Session, *, actor: Actor, evidence_id: uuid.UUID, reason: str, now: datetime) -> Contest:
    """Disagree with a fact about oneself: it is set aside until somebody else has looked again.

    Raises NotFound, NotAllowed, Invalid (no reason), Conflict (contested already).
    """
    row = queries.find_evidence(session, actor=actor, evidence_id=evidence_id)
    if row is None:
        raise NotFound("There is no such evidence.")
    require(POLICY, actor, TrackPermission.CONTEST, row)
    if not reason.strip():
        raise Invalid("Say in a sentence what is not right.")
    if queries.find_open_contest(session, actor=actor, evidence_id=evidence_id):
        raise Conflict("You have contested this already. Somebody will look at it.")
    made = Contest(
        firm_id=actor.firm_id, evidence_id=evidence_id, by_id=actor.person_id, reason=reason.strip(), at=now
    )
    session.add(made)
    about = {"name": actor.name, "title": row.detail.get("title", "")}
    record_act(
        session, actor=actor, act="evidence contested", subject=str(evidence_id), detail=about, now=now
    )
    return made


def resolve_contest(
    session: Session, *, actor: Actor, evidence_id: uuid.UUID, outcome: str, answer: str, now: datetime
) -> Contest:
    """Look again at contested evidence: it stands (`upheld`) or never counts again (`withdrawn`).

    Raises NotFound, NotAllowed (also for whoever rated it the first time), Invalid.
    """
    row = queries.find_evidence(session, actor=actor, evidence_id=evidence_id)
    open_one = queries.find_open_contest(session, actor=actor, evidence_id=evidence_id)
    if row is None or open_one is None:
        raise NotFound("There is nothing contested here.")
    require(POLICY, actor, TrackPermission.RESOLVE, row)
    if row.rater_id == actor.person_id:
        raise Invalid("Somebody other than the first rater must look at this.")
    if outcome not in ("upheld", "withdrawn") or not answer.strip():
        raise Invalid("Choose whether it stands, and say why.")
    open_one.outcome, open_one.answer = outcome, answer.strip()
    open_one.resolved_at, open_one.resolved_by_id = now, actor.person_id
    person = people.find_employment(session, actor=actor, person_id=row.person_id)
    about = {"name": person.name if person else "", "title": row.detail.get("title", "")}
    record_act(
        session, actor=actor, act=f"contest {outcome}", subject=str(evidence_id), detail=about, now=now
    )
    return open_one


@dataclass(frozen=True)
class Measured:
    """A KPI over a period that ends on the evidence's day: what it is, its value, and how many it was counted from."""

    what: str
    since: date
    value: float
    count: int


@dataclass(frozen=True)
class Observation:
    """What an assessor, a manager or a lead saw, attests, counted or was shown: of a competency, or of a requirement."""

    person_id: uuid.UUID
    kind: EvidenceKind
    competency: str | None
    level: int | None
    on: date
    example: str
    requirement: str | None = None
    outcome: str = "rated"
    certificate: str = ""
    expires_on: date | None = None
    measured: Measured | None = None


OF_COMPETENCIES = (
    EvidenceKind.OBSERVED,
    EvidenceKind.ATTESTATION,
    EvidenceKind.WORK_SAMPLE,
    EvidenceKind.CERTIFICATE,
)
OF_REQUIREMENTS: dict[str, tuple[EvidenceKind, tuple[str, ...]]] = {
    "attestation": (EvidenceKind.ATTESTATION, ("rated",)),
    "kpi": (EvidenceKind.KPI, ("passed", "failed")),
    "assessment": (EvidenceKind.ASSESSMENT, ("passed", "failed")),
    "course": (EvidenceKind.COURSE, ("completed",)),
}
"""What may be recorded for each kind of requirement, and how it may have gone."""


def record_evidence(
    session: Session, *, actor: Actor, seen: Observation, now: datetime, evidence_id: uuid.UUID | None = None
) -> EvidenceRow:
    """Record what was seen of a person at work, or for a requirement of a rung; sent twice, it is kept once.

    Raises NotFound, NotAllowed, Invalid, Conflict (the id is another fact's).
    """
    person = people.find_employment(session, actor=actor, person_id=seen.person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.RECORD, person)
    kept = queries.find_evidence(session, actor=actor, evidence_id=evidence_id) if evidence_id else None
    if kept is not None:
        if (kept.person_id, kept.rater_id) != (seen.person_id, actor.person_id):
            raise Conflict("That was already recorded about somebody else.")
        return kept
    framework = framework_on(now.date())
    title = _of_competency(seen, framework) if seen.requirement is None else _of_requirement(seen, framework)
    if not seen.example.strip():
        raise Invalid("Describe what you saw: one dated example.")
    if seen.on > people.find_today(session, actor=actor, now=now):
        raise Invalid("Choose a day that has been.")
    detail: dict[str, Any] = {"title": title, "example": seen.example.strip()}
    if seen.measured is not None:
        said = seen.measured
        detail |= {"since": said.since.isoformat(), "value": said.value, "count": said.count}
    row = EvidenceRow(
        firm_id=actor.firm_id,
        id=evidence_id or new_id(),
        person_id=seen.person_id,
        kind=seen.kind,
        competency=seen.competency,
        level=seen.level,
        requirement=seen.requirement,
        outcome=seen.outcome,
        on=seen.on,
        recorded_at=now,
        recorded_by_id=actor.person_id,
        rater_id=actor.person_id,
        expires_on=seen.expires_on,
        source="form",
        detail=detail,
    )
    session.add(row)
    session.flush()  # the log names the row
    about = {"name": person.name, "title": title}
    record_act(session, actor=actor, act="evidence recorded", subject=str(row.id), detail=about, now=now)
    return row


def _of_competency(seen: Observation, framework: Mapping[str, Any]) -> str:
    """What the fact is called. Raises Invalid when it is not one about a competency."""
    names = {one["key"]: str(one["name"]) for one in framework["competencies"]}
    if seen.competency not in names or not 1 <= (seen.level or 0) <= 5:
        raise Invalid("Choose a competency and a level from 1 to 5.")
    if seen.kind not in OF_COMPETENCIES or seen.outcome != "rated" or seen.measured is not None:
        raise Invalid("Choose what it was: an observation, an attestation, a work sample or a certificate.")
    if seen.kind is not EvidenceKind.CERTIFICATE:
        return names[seen.competency]
    if not seen.certificate.strip():
        raise Invalid("Say which certificate it is and who gave it.")
    if seen.expires_on is not None and seen.expires_on < seen.on:
        raise Invalid("A certificate expires after the day it was given.")
    return seen.certificate.strip()


def _of_requirement(seen: Observation, framework: Mapping[str, Any]) -> str:
    """What the fact is called. Raises Invalid when it is not one for that requirement."""
    need = find_requirement(framework, seen.requirement)
    if need is None or seen.competency is not None or seen.level is not None:
        raise Invalid("Choose one of the rung's requirements.")
    kind, outcomes = OF_REQUIREMENTS[need["kind"]]
    if seen.kind is not kind or seen.outcome not in outcomes:
        raise Invalid("Say how it went.")
    if seen.measured is not None and kind is not EvidenceKind.KPI:
        raise Invalid("Only a KPI has a period and a value.")
    if kind is EvidenceKind.KPI:
        return _counted(seen, need)
    return str(need["text"]) if kind is EvidenceKind.COURSE else str(need["kind"]).capitalize()


def _counted(seen: Observation, need: Mapping[str, Any]) -> str:
    """A KPI period in a few words, with the number it was counted from: a value without it says nothing."""
    said, least = seen.measured, need.get("at_least", 1)
    if said is None or not said.what.strip() or not isfinite(said.value) or said.count < 1:
        raise Invalid("Say what was measured, its value, and from how many it was counted.")
    if said.since > seen.on:
        raise Invalid("The period begins before it ends.")
    if seen.outcome == "passed" and said.count < least:
        raise Invalid(
            "This asks for at least %(least)s. With fewer it can only be recorded as not met.", least=least
        )
    return f"{said.what.strip()}: {said.value:g} (n = {said.count})"


@dataclass(frozen=True)
class RecordPage:
    """A person, and what can be recorded for a rung they may want."""

    person: Employment
    rung: dict[str, Any]
    framework: dict[str, Any]
    may_see_person: bool

    @property
    def needs(self) -> list[dict[str, Any]]:
        """The rung's requirements that somebody must record."""
        return [
            one for one in self.rung["requirements"] if one["kind"] in ("assessment", "kpi", "attestation")
        ]


def see_recording(
    session: Session, *, actor: Actor, person_id: uuid.UUID, rung: str, as_of: date
) -> RecordPage:
    """Who and what evidence can be recorded about. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.RECORD, person)
    framework = framework_on(as_of)
    found = find_rung(framework, rung)
    if found is None:
        raise NotFound("There is no such rung.")
    seen = Permissions(POLICY).allows(actor, TrackPermission.SEE_PERSON, person)
    return RecordPage(person, found[1], framework, seen)


@dataclass(frozen=True)
class ContestPage:
    """A contested fact, and what the person said."""

    evidence: EvidenceRow
    contest: Contest
    person: Employment


def see_contest(session: Session, *, actor: Actor, evidence_id: uuid.UUID) -> ContestPage:
    """A fact that waits for a second look. Raises NotFound, NotAllowed."""
    row = queries.find_evidence(session, actor=actor, evidence_id=evidence_id)
    open_one = queries.find_open_contest(session, actor=actor, evidence_id=evidence_id)
    person = people.find_employment(session, actor=actor, person_id=row.person_id) if row else None
    if row is None or open_one is None or person is None:
        raise NotFound("There is nothing contested here.")
    require(POLICY, actor, TrackPermission.RESOLVE, row)
    return ContestPage(row, open_one, person)
