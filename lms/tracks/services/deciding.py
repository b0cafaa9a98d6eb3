"""Decision records: frozen with everything they were decided on, approved by a second person, replaced but never changed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.tracks import queries as ledgers
from lms.tracks.framework_files import shipped_rule
from lms.tracks.models import Contest, Decision, DecisionAnswer, DecisionCandidate, EvidenceRow, Opening
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.framework import whole_framework
from lms.tracks.queries.promotion import Line
from lms.tracks.rules import Standing, as_it_stood, as_json, standing
from lms.tracks.rules.decisions import (
    Conflict as Interest,
)
from lms.tracks.rules.decisions import (
    Decided,
    decision_problems,
    digest,
    frozen,
    record_of,
    says_too_little,
)
from lms.tracks.rules.freshness import leave_known
from lms.tracks.rules.openings import Stage, gates_of, missing, pinned
from lms.tracks.services.openings import hold_line
from lms.tracks.services.standings import facts_of

DECIDABLE = (Stage.CLOSED, Stage.SENT_BACK, Stage.AGAIN, Stage.DECIDED)
"""When a record can be made; where there is one already, the new one corrects it."""


def list_people(
    session: Session, *, actor: Actor, person_ids: frozenset[uuid.UUID]
) -> dict[uuid.UUID, Employment]:
    """People of the firm by their id, by name."""
    rows = session.scalars(
        select(Employment)
        .where(Employment.firm_id == actor.firm_id, Employment.person_id.in_(person_ids))
        .order_by(Employment.sort_name, Employment.person_id)
    )
    return {row.person_id: row for row in rows}


def asked_for(session: Session, *, actor: Actor, opening: Opening) -> tuple[dict[str, Any], dict[str, Any]]:
    """The framework and rung that the opening pinned. Raises NotFound when this release no longer has them."""
    whole = whole_framework(session, actor=actor)
    made_on = opening.created_at.astimezone(people.find_zone(session, firm_id=actor.firm_id)).date()
    found = pinned(
        {**whole, "competencies": as_it_stood(whole, made_on)["competencies"]},
        opening.rung,
        opening.rung_version,
        opening.profile,
        opening.profile_version,
    )
    if found is None:
        raise NotFound("This release does not know what that opening asked for.")
    return found


def standing_for(
    session: Session, *, actor: Actor, opening: Opening, person: Employment, as_of: date
) -> Standing:
    """Where a person stands on what an opening asks for, on a day."""
    framework, rung = asked_for(session, actor=actor, opening=opening)
    ledger = ledgers.list_ledger(session, actor=actor, person_id=person.person_id)
    leave = ledgers.list_protected(session, actor=actor, person_id=person.person_id)
    return standing(rung, framework, ledger, facts_of(person, leave), as_of)


def check_decider(actor: Actor, line: Line) -> None:
    """Whether the actor may record a decision now. Raises NotAllowed, Conflict."""
    require(POLICY, actor, TrackPermission.DECIDE, line.opening)
    if line.stage is Stage.WAITING:
        raise Conflict("The record waits for the second approver.")
    if line.stage not in DECIDABLE:
        raise Conflict("Close the opening first: then the scores are open, and it can be decided.")
    if not line.candidates:
        raise Conflict("Nobody is a candidate. Cancel the opening instead.")


def decide(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, said: Decided, now: datetime
) -> Decision:
    """Record a decision with its reasons and freeze what it was decided on; it waits for the second approver.

    Raises NotFound, NotAllowed, Invalid (every problem at once), Conflict (not now).
    """
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    check_decider(actor, line)
    opening, earlier = line.opening, line.latest
    today = people.find_today(session, actor=actor, now=now)
    persons = list_people(session, actor=actor, person_ids=frozenset(line.candidates))
    names = {person_id: one.name for person_id, one in persons.items()}
    found = decision_problems(said, names, opening.places, today, corrects=earlier is not None)
    if found:
        sentence, values = found[0]
        raise Invalid(sentence, found, **values)
    snapshot, ready = _snapshot(session, actor, line, persons, now)
    decision = Decision(
        firm_id=actor.firm_id,
        id=new_id(),
        opening_id=opening.id,
        number=len(line.decisions) + 1,
        supersedes_id=earlier.decision.id if earlier else None,
        correction=said.correction.strip() if earlier else None,
        decided_by_id=actor.person_id,
        at=now,
        reason=said.reason.strip(),
        has_conflict=bool(said.conflict.has),
        conflict=said.conflict.words.strip() if said.conflict.has else "",
        review_on=said.review_on,
        snapshot=snapshot,
        snapshot_hash=digest(snapshot),
    )
    choices = [
        DecisionCandidate(
            firm_id=actor.firm_id,
            decision_id=decision.id,
            person_id=one.person_id,
            chosen=bool(one.chosen),
            reason=one.reason.strip(),
            told=one.told.strip(),
            ready=ready[one.person_id],
        )
        for one in said.choices
    ]
    decision.hash = hash_of(decision, choices)
    session.add(decision)
    session.flush()  # the candidates point to it, and no relationship says so
    session.add_all(choices)
    detail = {
        "title": opening.title,
        "number": decision.number,
        "hash": decision.hash,
        "snapshot": decision.snapshot_hash,
    }
    record_act(
        session, actor=actor, act="decision recorded", subject=str(decision.id), detail=detail, now=now
    )
    return decision


def _columns(row: object) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}


def hash_of(decision: Decision, choices: Sequence[DecisionCandidate]) -> str:
    """The hash of a whole record, as it is kept and as the audit chain holds it."""
    said = {name: value for name, value in _columns(decision).items() if name not in ("snapshot", "hash")}
    return digest(record_of(said, [_columns(one) for one in choices], decision.snapshot_hash))


def is_whole(decision: Decision, choices: Sequence[DecisionCandidate]) -> bool:
    """Whether a record is what was hashed when it was made."""
    return digest(decision.snapshot) == decision.snapshot_hash and hash_of(decision, choices) == decision.hash


def _snapshot(
    session: Session, actor: Actor, line: Line, persons: Mapping[uuid.UUID, Employment], now: datetime
) -> tuple[dict[str, Any], dict[uuid.UUID, bool]]:
    """Everything the decision was made on, as plain values, and who was ready on the evidence."""
    opening, ids = line.opening, frozenset(persons)
    today = people.find_today(session, actor=actor, now=now)
    framework, rung = asked_for(session, actor=actor, opening=opening)
    rows: dict[uuid.UUID, list[EvidenceRow]] = {}
    for row in session.scalars(
        select(EvidenceRow)
        .where(
            EvidenceRow.firm_id == actor.firm_id,
            EvidenceRow.person_id.in_(ids),
            EvidenceRow.recorded_at <= now,
        )
        .order_by(EvidenceRow.on, EvidenceRow.recorded_at, EvidenceRow.id)
    ):
        rows.setdefault(row.person_id, []).append(row)
    contests: dict[uuid.UUID, list[Contest]] = {}
    for one in session.scalars(
        select(Contest).where(Contest.firm_id == actor.firm_id).order_by(Contest.at, Contest.id)
    ):
        contests.setdefault(one.evidence_id, []).append(one)
    interviews = queries.list_interviews(session, actor=actor, opening_id=opening.id)
    seen = [put.by_id for puts in line.candidates.values() for put in puts]
    seen += [one.interviewer_id for one in interviews]
    seen += [row.rater_id for mine in rows.values() for row in mine if row.rater_id]
    candidates, ready = [], {}
    for person_id, person in persons.items():
        stand = standing_for(session, actor=actor, opening=opening, person=person, as_of=today)
        left = missing(stand, gates_of(framework))
        ready[person_id] = not left
        mine = rows.get(person_id, [])
        candidates.append(
            {
                "person_id": person_id,
                "name": person.name,
                "job_role": person.job_role,
                "started_on": person.started_on,
                "role_started_on": person.role_started_on,
                "protected_leave": [
                    {"since": one.since, "until": one.until}
                    for one in leave_known(
                        ledgers.list_protected(session, actor=actor, person_id=person_id), today
                    )
                ],
                "put_forward": [asdict(put) for put in line.candidates[person_id]],
                "ready": not left,
                "missing": [cell.key for cell in left],
                "standing": as_json(stand),
                "ledger": [_columns(row) for row in mine],
                "contests": [_columns(one) for row in mine for one in contests.get(row.id, ())],
                "interviews": [_columns(one) for one in interviews if one.person_id == person_id],
            }
        )
    document = {
        "as_of": today,
        "opening": _columns(opening),
        "rung": rung,
        "profile": next(iter(framework["profiles"]), None),
        "rule": asdict(shipped_rule(today)),
        "candidates": candidates,
        "names": ledgers.list_names(session, actor=actor, person_ids=frozenset(seen)),
    }
    kept: dict[str, Any] = frozen(document)
    return kept, ready


def check_second(session: Session, actor: Actor, line: Line) -> None:
    """Whether the actor may approve the record that waits. Raises NotAllowed, Conflict."""
    require(POLICY, actor, TrackPermission.APPROVE, line.opening)
    if line.stage is not Stage.WAITING:
        raise Conflict("Nothing waits for a second approver here.")
    puts = queries.list_puts(session, actor=actor, opening_id=line.opening.id).get(line.opening.id, [])
    if line.latest is None or line.latest.decision.decided_by_id == actor.person_id:
        raise Conflict("Somebody other than the one who decided approves it.")
    if any(put.by_id == actor.person_id and put.act == "nominated" for put in puts):
        raise Conflict("Somebody who put a candidate forward does not approve.")


def answer_decision(
    session: Session,
    *,
    actor: Actor,
    decision_id: uuid.UUID,
    outcome: str,
    reason: str,
    conflict: Interest,
    now: datetime,
) -> DecisionAnswer:
    """The second approver approves the record, and each candidate is told; or sends it back with a reason.

    Raises NotFound, NotAllowed, Invalid, Conflict (answered already, or not theirs to approve).
    """
    decision = queries.find_decision(session, actor=actor, decision_id=decision_id)
    if decision is None:
        raise NotFound("There is no such decision.")
    line = hold_line(session, actor=actor, opening_id=decision.opening_id, now=now)
    check_second(session, actor, line)
    if line.latest is None or line.latest.decision.id != decision_id:
        raise Conflict("A later record replaced this one.")
    if outcome not in ("approved", "sent_back"):
        raise Invalid("Choose whether you approve it or send it back.")
    if says_too_little(reason):
        raise Invalid("Say in your own words why: a whole sentence or two.")
    if conflict.problem:
        raise Invalid(conflict.problem)
    answer = DecisionAnswer(
        firm_id=actor.firm_id,
        decision_id=decision_id,
        by_id=actor.person_id,
        outcome=outcome,
        reason=reason.strip(),
        has_conflict=bool(conflict.has),
        conflict=conflict.words.strip() if conflict.has else "",
        at=now,
    )
    session.add(answer)
    about = {"title": line.opening.title, "hash": decision.hash, "answer": digest(_columns(answer))}
    record_act(
        session,
        actor=actor,
        act="decision approved" if outcome == "approved" else "decision sent back",
        subject=str(decision_id),
        detail=about,
        now=now,
    )
    return answer
