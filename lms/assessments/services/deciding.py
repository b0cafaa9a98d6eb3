"""What follows when an attempt is judged: a gate near its mark waits for a second form; whatever is decided is told once."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.gates import (
    BOTH_FORMS,
    CLOSED,
    DECLINED,
    ONE_FORM,
    accuracy_of,
    both_forms,
    sureness,
)
from lms.assessments.models import Assessment, AssessmentVersion, Attempt, GateDecision
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries.sitting import (
    find_decision,
    find_first_of,
    find_in_firm,
    find_second_of,
    list_first_scores,
    list_points,
)
from lms.assessments.rules import (
    AssessmentGraded,
    Blueprint,
    Outcome,
    is_borderline,
    judge,
    read_blueprint,
)
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.foundation.events import emit
from lms.foundation.policy import require
from lms.people.services.audit import record_act


def tell_graded(
    session: Session,
    attempt: Attempt,
    blueprint: Blueprint,
    outcome: Outcome,
    questions: int,
    now: datetime,
) -> None:
    """Tell the rooms above what an attempt came to, from so many questions; of a gate only once it is decided, and then on all its forms."""
    session.flush()  # listeners read the attempt as it now is
    if not blueprint.supervised:
        _tell(session, attempt, blueprint, outcome, questions, now, revision=attempt.revision)
        return
    earlier = find_decision(session, firm_id=attempt.firm_id, attempt_id=attempt.id)
    if earlier is not None:
        last = _of(session, attempt, earlier.attempt_id)
        first = _of(session, attempt, earlier.first_id) if earlier.first_id else None
        decide(session, last, first, blueprint, why=earlier.why, now=now)
        return
    first = find_first_of(session, firm_id=attempt.firm_id, attempt_id=attempt.id)
    if first is not None:
        decide(session, attempt, first, blueprint, why=BOTH_FORMS, now=now)
        return
    second = find_second_of(session, firm_id=attempt.firm_id, attempt_id=attempt.id)
    if second is not None or (blueprint.forms > 1 and is_borderline(outcome, blueprint.pass_mark)):
        attempt.undecided, attempt.passed = True, False
        return
    decide(session, attempt, None, blueprint, why=ONE_FORM, now=now)


def decide(
    session: Session,
    last: Attempt,
    first: Attempt | None,
    blueprint: Blueprint,
    *,
    why: str,
    now: datetime,
    closed_by: uuid.UUID | None = None,
) -> GateDecision:
    """Write a gate's decision, once for each judging, and tell it. `first`: the form that came before the last one."""
    points, critical = list_points(session, firm_id=last.firm_id, attempt_id=last.id)
    if first is None:
        outcome = judge(points, critical, pass_mark=blueprint.pass_mark)
    else:
        before, must = list_points(session, firm_id=last.firm_id, attempt_id=first.id)
        outcome = both_forms(before, points, (must, critical), pass_mark=blueprint.pass_mark)
        points = [*before, *points]
    scores = list_first_scores(session, firm_id=last.firm_id, assessment_ids=[last.assessment_id])
    accuracy = accuracy_of(
        scores.get(last.assessment_id, ()),
        questions=blueprint.length,
        cut=blueprint.pass_mark,
        forms=1 if first is None else 2,
    )
    earlier = find_decision(session, firm_id=last.firm_id, attempt_id=last.id)
    decision = GateDecision(
        firm_id=last.firm_id,
        attempt_id=last.id,
        revision=earlier.revision + 1 if earlier else 0,
        first_id=first.id if first else None,
        why=why,
        score=outcome.score,
        error=outcome.error,
        cut=blueprint.pass_mark,
        questions=len(points),
        passed=outcome.passed,
        sure=sureness(outcome, blueprint.pass_mark),
        accuracy=accuracy.document(),
        closed_by_id=closed_by,
        at=now,
    )
    session.add(decision)
    for form in (last, first):
        if form is not None:
            form.undecided, form.passed = False, outcome.passed
    session.flush()  # listeners read the attempts as they now are
    _tell(session, last, blueprint, outcome, len(points), now, revision=decision.revision, decision=decision)
    return decision


def decline_second_form(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime
) -> GateDecision:
    """Whoever sat a form near the mark wants no second one: the first decides. Raises NotFound, Conflict (decided)."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id, for_update=True)
    return _close(session, actor, attempt, DECLINED, now)


def close_second_form(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime
) -> GateDecision:
    """A supervisor closes an offer that nobody took up: the first form decides.

    Raises NotFound, NotAllowed, Conflict (decided already, or one's own).
    """
    require(POLICY, actor, AssessmentPermission.SUPERVISE)
    attempt = queries.find_attempt_to_mark(session, actor=actor, attempt_id=attempt_id)
    if attempt is not None and attempt.person_id == actor.person_id:
        raise Conflict("Somebody else closes your own second form.")
    return _close(session, actor, attempt, CLOSED, now)


def _close(session: Session, actor: Actor, attempt: Attempt | None, why: str, now: datetime) -> GateDecision:
    if attempt is None:
        raise NotFound("There is no such attempt.")
    if not attempt.undecided:
        raise Conflict("It is decided already.")
    if find_second_of(session, firm_id=actor.firm_id, attempt_id=attempt.id) is not None:
        raise Conflict("The second form has begun. It decides once it is handed in.")
    blueprint = read_blueprint(session.get_one(AssessmentVersion, attempt.assessment_version_id).document)
    decision = decide(
        session,
        attempt,
        None,
        blueprint,
        why=why,
        now=now,
        closed_by=actor.person_id if why == CLOSED else None,
    )
    record_act(
        session,
        actor=actor,
        act="gate decided without a second form",
        subject=str(attempt.id),
        now=now,
        detail={"title": blueprint.title, "passed": decision.passed, "why": why},
    )
    return decision


def _of(session: Session, attempt: Attempt, attempt_id: uuid.UUID) -> Attempt:
    found = attempt
    if attempt_id != attempt.id:
        found = find_in_firm(session, firm_id=attempt.firm_id, attempt_id=attempt_id)
    return found


def _tell(
    session: Session,
    attempt: Attempt,
    blueprint: Blueprint,
    outcome: Outcome,
    questions: int,
    now: datetime,
    *,
    revision: int,
    decision: GateDecision | None = None,
) -> None:
    emit(
        session,
        AssessmentGraded(
            firm_id=attempt.firm_id,
            person_id=attempt.person_id,
            attempt_id=attempt.id,
            course_id=session.get_one(Assessment, attempt.assessment_id).course_id,
            assessment_key=blueprint.key,
            title=blueprint.title,
            purpose=blueprint.purpose,
            score=outcome.score,
            error=outcome.error,
            pass_mark=blueprint.pass_mark,
            passed=outcome.passed,
            questions=questions,
            evidence=blueprint.evidence,
            at=now,
            revision=revision,
            forms=2 if decision is not None and decision.first_id else 1,
            accuracy=None if decision is None else {**decision.accuracy, "sure": decision.sure},
        ),
    )
