"""Contesting evidence, and looking again."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.tracks import queries
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.policy import POLICY, TrackPermission


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
