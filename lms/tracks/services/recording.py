"""Recording what was seen of a person at work, or counts for a requirement of a rung."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import Permissions, require
from lms.foundation.storage import Storage
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.tracks import queries
from lms.tracks.framework_files import find_requirement, find_rung
from lms.tracks.models import EvidenceRow
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import EvidenceKind


@dataclass(frozen=True)
class Measured:
    """A KPI over a period that ends on the evidence's day: what it is, its value, and how many it was counted from."""

    what: str
    since: date
    value: float
    count: int


@dataclass(frozen=True)
class Document:
    """A file that proves something, as it was sent."""

    file_name: str
    content: bytes


LARGEST_DOCUMENT = 5 * 1024 * 1024
DOCUMENT_STARTS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What a document may be, by the bytes it begins with: what its name says is not asked."""


def document_type(content: bytes) -> str | None:
    """The media type of a document, or None when it is nothing we take."""
    return next((name for start, name in DOCUMENT_STARTS.items() if content.startswith(start)), None)


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
    document: Document | None = None


OF_COMPETENCIES = (
    EvidenceKind.OBSERVED,
    EvidenceKind.ATTESTATION,
    EvidenceKind.WORK_SAMPLE,
    EvidenceKind.CERTIFICATE,
    EvidenceKind.PRIOR_LEARNING,
)
PAPERS = (EvidenceKind.CERTIFICATE, EvidenceKind.PRIOR_LEARNING)
"""Kinds that have a name of their own and may come with a document."""
OF_REQUIREMENTS: dict[str, tuple[EvidenceKind, tuple[str, ...]]] = {
    "attestation": (EvidenceKind.ATTESTATION, ("rated",)),
    "kpi": (EvidenceKind.KPI, ("passed", "failed")),
    "assessment": (EvidenceKind.ASSESSMENT, ("passed", "failed")),
    "course": (EvidenceKind.COURSE, ("completed",)),
}
"""What may be recorded for each kind of requirement, and how it may have gone."""


def record_evidence(
    session: Session,
    *,
    actor: Actor,
    seen: Observation,
    now: datetime,
    evidence_id: uuid.UUID | None = None,
    storage: Storage | None = None,
) -> EvidenceRow:
    """Record what was seen of a person at work, or for a requirement of a rung; sent twice, it is kept once.

    `storage`: where its document is kept, when it has one. Raises NotFound, NotAllowed, Invalid, Conflict (the id is
    another fact's).
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
    framework = framework_of(session, actor=actor, on=people.find_today(session, actor=actor, now=now))
    title = _of_competency(seen, framework) if seen.requirement is None else _of_requirement(seen, framework)
    if not seen.example.strip():
        raise Invalid("Describe what you saw: one dated example.")
    if seen.on > people.find_today(session, actor=actor, now=now):
        raise Invalid("Choose a day that has been.")
    detail: dict[str, Any] = {"title": title, "example": seen.example.strip()}
    if seen.measured is not None:
        said = seen.measured
        detail |= {"since": said.since.isoformat(), "value": said.value, "count": said.count}
    if seen.document is not None:
        detail |= _kept(seen, seen.document, storage)
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


def _kept(seen: Observation, document: Document, storage: Storage | None) -> dict[str, Any]:
    """Keep the document under the name of its content; what the fact says of it. Raises Invalid."""
    if seen.kind not in PAPERS or storage is None:
        raise Invalid("Only a certificate or earlier learning comes with a document.")
    if len(document.content) > LARGEST_DOCUMENT:
        raise Invalid("The document is larger than 5 MB. Make a smaller copy.")
    media_type = document_type(document.content)
    if media_type is None:
        raise Invalid("The document is a PDF, or a PNG or JPEG picture.")
    return {
        "document": storage.put(document.content),
        "document_type": media_type,
        "document_name": document.file_name[-120:],
    }


def _of_competency(seen: Observation, framework: Mapping[str, Any]) -> str:
    """What the fact is called. Raises Invalid when it is not one about a competency."""
    names = {one["key"]: str(one["name"]) for one in framework["competencies"]}
    if seen.competency not in names or not 1 <= (seen.level or 0) <= 5:
        raise Invalid("Choose a competency and a level from 1 to 5.")
    if seen.kind not in OF_COMPETENCIES or seen.outcome != "rated" or seen.measured is not None:
        raise Invalid("Choose what it was: an observation, an attestation, a work sample or a certificate.")
    if seen.kind not in PAPERS:
        return names[seen.competency]
    if not seen.certificate.strip():
        raise Invalid("Say what it is and who gave it.")
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
    named = kind is EvidenceKind.COURSE or "forms" in need or "exams" in need
    return str(need["text"]) if named else str(need["kind"]).capitalize()


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


@dataclass(frozen=True)
class Paper:
    """A document as it is served."""

    name: str
    media_type: str
    content: bytes


def see_document(session: Session, *, actor: Actor, evidence_id: uuid.UUID, storage: Storage) -> Paper:
    """The document of a fact: to the person, to who may see them, and to who rated it. Raises NotFound."""
    row = queries.find_evidence(session, actor=actor, evidence_id=evidence_id)
    person = people.find_employment(session, actor=actor, person_id=row.person_id) if row else None
    if row is None or person is None or not row.detail.get("document"):
        raise NotFound("There is no such document.")
    if row.rater_id != actor.person_id:
        require(POLICY, actor, TrackPermission.SEE_PERSON, person)
    name, media_type = str(row.detail["document_name"]), str(row.detail["document_type"])
    return Paper(name, media_type, storage.get(row.detail["document"]))


def see_recording(
    session: Session, *, actor: Actor, person_id: uuid.UUID, rung: str, as_of: date
) -> RecordPage:
    """Who and what evidence can be recorded about. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.RECORD, person)
    framework = framework_of(session, actor=actor, on=as_of)
    found = find_rung(framework, rung)
    if found is None:
        raise NotFound("There is no such rung.")
    seen = Permissions(POLICY).allows(actor, TrackPermission.SEE_PERSON, person)
    return RecordPage(person, found[1], framework, seen)
