"""Appeals: a candidate disagrees, somebody else rates again without knowing what was given, a third person answers."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.tracks import queries as ledgers
from lms.tracks import services
from lms.tracks.models import Appeal, AppealAnswer, EvidenceRow, Interview, Rerating
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.framework import framework_of
from lms.tracks.queries.promotion import Appealed
from lms.tracks.rules.appeals import GROUND_WORDS, OUTCOME_WORDS, can_be_rated_again
from lms.tracks.rules.decisions import digest, says_too_little
from lms.tracks.rules.openings import working_days_after


def frozen_candidate(snapshot: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """What a decision's snapshot holds about one candidate."""
    return next(
        (one for one in snapshot["candidates"] if one["person_id"] == str(person_id)),
        {"ledger": [], "interviews": []},
    )


def make_appeal(
    session: Session,
    *,
    actor: Actor,
    decision_id: uuid.UUID,
    ground: str,
    evidence_id: uuid.UUID | None,
    reason: str,
    now: datetime,
) -> Appeal:
    """Disagree with an approved decision about oneself; what is said to be rated wrongly is contested in the ledger too.

    Raises NotFound, NotAllowed, Invalid, Conflict (appealed already, replaced, or too late).
    """
    told = next(iter(queries.list_told(session, actor=actor, decision_id=decision_id)), None)
    if told is None:
        raise NotFound("There is no such decision about you.")
    require(POLICY, actor, TrackPermission.APPEAL, told.choice)
    queries.hold_opening(session, actor=actor, opening_id=told.opening.id)
    if told.appeal is not None:
        raise Conflict("You have appealed already.")
    if not told.latest:
        raise Conflict("A later record replaced this one.")
    settled = queries.find_settled(session, actor=actor)
    zone = people.find_zone(session, firm_id=actor.firm_id)
    today = now.astimezone(zone).date()
    if today > working_days_after(told.answer.at.astimezone(zone).date(), settled.appeal_days):
        raise Conflict("The days to appeal are over.")
    if ground not in GROUND_WORDS:
        raise Invalid("Choose what you disagree with.")
    if says_too_little(reason):
        raise Invalid("Say in your own words what is not right: a whole sentence or two.")
    mine = frozen_candidate(told.decision.snapshot, actor.person_id)
    if ground == "interview" and not mine["interviews"]:
        raise Invalid("There was no interview to rate again.")
    rated = {one["id"] for one in mine["ledger"] if can_be_rated_again(one)}
    if ground == "evidence" and (evidence_id is None or str(evidence_id) not in rated):
        raise Invalid("Choose which rating is wrong.")
    contest_id = None
    if ground == "evidence" and evidence_id is not None:
        contest = ledgers.find_open_contest(session, actor=actor, evidence_id=evidence_id)
        if contest is None:
            contest = services.contest(session, actor=actor, evidence_id=evidence_id, reason=reason, now=now)
        session.flush()  # the appeal points to the contest
        contest_id = contest.id
    appeal = Appeal(
        firm_id=actor.firm_id,
        id=new_id(),
        decision_id=decision_id,
        person_id=actor.person_id,
        ground=ground,
        evidence_id=evidence_id if ground == "evidence" else None,
        contest_id=contest_id,
        reason=reason.strip(),
        at=now,
        due_on=working_days_after(today, settled.appeal_days),
    )
    session.add(appeal)
    session.flush()  # the log names the row
    about = {
        "title": told.opening.title,
        "name": actor.name,
        "ground": ground,
        "reason": digest(reason.strip()),
    }
    record_act(session, actor=actor, act="decision appealed", subject=str(appeal.id), detail=about, now=now)
    return appeal


def find_appeal(session: Session, *, actor: Actor, appeal_id: uuid.UUID) -> Appealed:
    """One appeal of the firm. Raises NotFound."""
    found = queries.list_appeals(session, actor=actor, appeal_id=appeal_id)
    if not found:
        raise NotFound("There is no such appeal.")
    return found[0]


def needs_rerating(one: Appealed) -> bool:
    """Whether somebody must rate again before the appeal is answered."""
    return one.appeal.ground != "process" and one.rerating is None


def first_raters(session: Session, *, actor: Actor, one: Appealed) -> frozenset[uuid.UUID]:
    """Who gave what the appeal is about, decided it or approved it: they do not rate it again."""
    involved = {one.decision.decided_by_id, one.approval.by_id, one.opening.decider_id, one.opening.second_id}
    if one.appeal.ground == "evidence":
        row = session.scalar(
            select(EvidenceRow).where(
                EvidenceRow.firm_id == actor.firm_id, EvidenceRow.id == one.appeal.evidence_id
            )
        )
        involved |= {row.rater_id} if row is not None and row.rater_id else set()
    else:
        given = queries.list_interviews(session, actor=actor, opening_id=one.opening.id)
        involved |= {each.interviewer_id for each in given}
    return frozenset(involved)


def check_rerater(session: Session, *, actor: Actor, one: Appealed) -> None:
    """Whether the actor may rate again. Raises NotAllowed, Conflict (nothing to rate, or rated already)."""
    require(POLICY, actor, TrackPermission.RERATE, one.appeal)
    if one.appeal.ground == "process" or one.rerating is not None or one.answer is not None:
        raise Conflict("Nothing waits to be rated again here.")
    if actor.person_id in first_raters(session, actor=actor, one=one):
        raise NotAllowed("Somebody who rated, decided or approved it the first time does not rate it again.")


def rate_again(
    session: Session,
    *,
    actor: Actor,
    appeal_id: uuid.UUID,
    level: int | None,
    scores: tuple[int, ...],
    reason: str,
    now: datetime,
) -> Rerating:
    """Rate again, blind: a level from 0 (not shown) to 5, or a score for each answer of the interview.

    A level other than the first sets the first rating aside for ever and puts the new one beside it in the ledger.
    Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    one = find_appeal(session, actor=actor, appeal_id=appeal_id)
    queries.hold_opening(session, actor=actor, opening_id=one.opening.id)
    one = find_appeal(session, actor=actor, appeal_id=appeal_id)
    check_rerater(session, actor=actor, one=one)
    if says_too_little(reason):
        raise Invalid("Say in your own words why: a whole sentence or two.")
    if one.appeal.ground == "evidence":
        if level is None or not 0 <= level <= 5:
            raise Invalid("Choose a level, or that none is shown.")
        result = _rate_evidence(session, actor, one, level, reason, now)
    else:
        result = _rate_interview(session, actor, one, scores)
    row = Rerating(
        firm_id=actor.firm_id,
        appeal_id=appeal_id,
        by_id=actor.person_id,
        result=result,
        reason=reason.strip(),
        at=now,
    )
    session.add(row)
    about = {"title": one.opening.title, "result": digest(result)}
    record_act(session, actor=actor, act="appeal rated again", subject=str(appeal_id), detail=about, now=now)
    return row


def _rate_evidence(
    session: Session, actor: Actor, one: Appealed, level: int, reason: str, now: datetime
) -> dict[str, Any]:
    evidence_id = one.appeal.evidence_id
    first = ledgers.find_evidence(session, actor=actor, evidence_id=evidence_id) if evidence_id else None
    if first is None:
        raise NotFound("There is no such evidence.")
    before = first.level
    if ledgers.find_open_contest(session, actor=actor, evidence_id=first.id) is not None:
        services.resolve_contest(
            session,
            actor=actor,
            evidence_id=first.id,
            outcome="upheld" if level == before else "withdrawn",
            answer=reason,
            now=now,
        )
        if level and level != before:
            row = EvidenceRow(
                firm_id=actor.firm_id,
                id=new_id(),
                person_id=first.person_id,
                kind=first.kind,
                competency=first.competency,
                level=level,
                requirement=first.requirement,
                outcome="rated",
                on=first.on,
                recorded_at=now,
                recorded_by_id=actor.person_id,
                rater_id=actor.person_id,
                expires_on=first.expires_on,
                supersedes_id=first.id,
                source=f"appeal:{one.appeal.id}",
                detail={"title": first.detail.get("title", ""), "example": first.detail.get("example", "")},
            )
            session.add(row)
            session.flush()  # the log names the row
            record_act(
                session,
                actor=actor,
                act="evidence recorded",
                subject=str(row.id),
                detail={"title": row.detail["title"]},
                now=now,
            )
    return {"level": level, "before": before}


def _rate_interview(session: Session, actor: Actor, one: Appealed, scores: tuple[int, ...]) -> dict[str, Any]:
    given = interviews_of(session, actor=actor, one=one)
    if len(scores) != len(one.opening.questions["questions"]) or any(not 1 <= each <= 5 for each in scores):
        raise Invalid("Give every answer a score from 1 to 5.")
    before = [[each["score"] for each in row.answers["answers"]] for row in given]
    return {"scores": list(scores), "before": before}


def interviews_of(session: Session, *, actor: Actor, one: Appealed) -> list[Interview]:
    """What interviewers wrote about the person who appeals."""
    found = queries.list_interviews(session, actor=actor, opening_id=one.opening.id)
    return [row for row in found if row.person_id == one.appeal.person_id]


def check_answerer(actor: Actor, one: Appealed) -> None:
    """Whether the actor may answer the appeal. Raises NotAllowed, Conflict (answered, or still to be rated)."""
    require(POLICY, actor, TrackPermission.ANSWER_APPEAL, one.appeal)
    if one.answer is not None:
        raise Conflict("This appeal was answered already.")
    involved = {one.decision.decided_by_id, one.approval.by_id, one.opening.decider_id, one.opening.second_id}
    if one.rerating is not None:
        involved.add(one.rerating.by_id)
    if actor.person_id in involved:
        raise NotAllowed("Somebody who neither decided, approved nor rated again answers an appeal.")
    if needs_rerating(one):
        raise Conflict("Somebody else rates it again first, without knowing what was given.")


def answer_appeal(
    session: Session, *, actor: Actor, appeal_id: uuid.UUID, outcome: str, reason: str, now: datetime
) -> AppealAnswer:
    """Answer an appeal: the decision stands, is to be changed, or is sent back; the person reads why.

    Raises NotFound, NotAllowed, Invalid, Conflict.
    """
    one = find_appeal(session, actor=actor, appeal_id=appeal_id)
    queries.hold_opening(session, actor=actor, opening_id=one.opening.id)
    one = find_appeal(session, actor=actor, appeal_id=appeal_id)
    check_answerer(actor, one)
    if outcome not in OUTCOME_WORDS:
        raise Invalid("Choose what comes of it.")
    if says_too_little(reason):
        raise Invalid("Say in your own words why: a whole sentence or two. The person reads it.")
    answer = AppealAnswer(
        firm_id=actor.firm_id,
        appeal_id=appeal_id,
        by_id=actor.person_id,
        outcome=outcome,
        reason=reason.strip(),
        at=now,
    )
    session.add(answer)
    about = {"title": one.opening.title, "outcome": outcome, "reason": digest(reason.strip())}
    record_act(session, actor=actor, act="appeal answered", subject=str(appeal_id), detail=about, now=now)
    return answer


def anchors_of(session: Session, *, actor: Actor, competency: str | None, on: date) -> dict[int, str]:
    """What each level of a competency looked like on a day."""
    framework = framework_of(session, actor=actor, on=on)
    found = next((one for one in framework["competencies"] if one["key"] == competency), None)
    return {int(level): str(words) for level, words in found["anchors"].items()} if found else {}
