"""Scoring everybody again after a question turned out to be wrong, and taking that back: each a record of its own.

Evidence follows by the event, as after marking again: a row that supersedes the one before. Where many attempts change,
a job does it.
"""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.assessments.models import (
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    QuestionVersion,
    Rescored,
    Rescoring,
)
from lms.assessments.queries import rescoring as queries
from lms.assessments.queries.telling import list_untold_rows
from lms.assessments.rescoring import Again, Change, Rule, Sitting, rule_problem, score_again
from lms.assessments.rules import read_blueprint
from lms.assessments.services.deciding import tell_graded
from lms.courses.models import Course
from lms.courses.policy import CoursePermission
from lms.courses.services.people import stand
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id
from lms.foundation.jobs import JobKind, Order, Run, enqueue
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_
from lms.people.models import Firm
from lms.people.services.audit import record_act

MOST_AT_ONCE = 150
"""Attempts that change while the person who decides waits; more are done in the background."""
LONGEST_REASON = 2000
SCORE_AGAIN = "score again"
ONLY_QUESTION = N_("It is the only question that somebody was asked. Give everybody the mark instead.")


@dataclass(frozen=True)
class Wish:
    """What is to be changed for everybody who was asked a version. `id` is minted with the page."""

    id: uuid.UUID
    version_id: uuid.UUID
    rule: Rule
    reason: str
    takes_passes: bool = False


def is_pooled(session: Session, actor: Actor, course: Course) -> bool:
    """Whether it is the association's course, so that people of all firms sat it."""
    return course.owner_id == actor.firm_id and session.get_one(Firm, actor.firm_id).is_association


def across(session: Session, pooled: bool) -> AbstractContextManager[None]:
    """Where the attempts of a question are looked at: in the own firm, or in all of them."""
    return beyond_the_wall(session, "a question is scored again") if pooled else nullcontext()


def decide_rescoring(
    session: Session, *, actor: Actor, course_id: uuid.UUID, wish: Wish, now: datetime
) -> Rescoring:
    """Score a version of a question another way for everybody who was asked it. The same id again changes nothing.

    Raises NotFound, NotAllowed, Invalid (no reason, no such key, nobody would have a question left), Conflict.
    """
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    kept = session.get(Rescoring, wish.id)
    if kept is not None:
        if (kept.course_id, kept.question_version_id) != (course_id, wish.version_id):
            raise Conflict("That was already decided about another question.")
        return kept
    version = queries.find_version(session, course_id=course_id, version_id=wish.version_id)
    if version is None:
        raise NotFound("There is no such question.")
    if wish.rule.change is Change.UNDO:
        raise Invalid("Choose what to change.")
    _check_reason(wish.reason)
    rule = _with_key(session, course_id=course_id, version=version, rule=wish.rule)
    if problem := rule_problem(rule, version.document):
        raise Invalid(problem)
    before = queries.find_standing(session, version_ids=[version.id]).get(version.id)
    if before is not None and queries.rule_of(before) == rule:
        raise Conflict("It is scored so already.")
    row = Rescoring(
        id=wish.id,
        course_id=course_id,
        question_version_id=version.id,
        change=rule.change,
        right=_right(rule),
        takes_passes=wish.takes_passes,
        reason=wish.reason.strip(),
        by_id=actor.person_id,
        at=now,
        undoes_id=None,
        done_at=None,
    )
    return _decided(session, actor, stood.course, row, version, now)


def take_rescoring_back(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    rescoring_id: uuid.UUID,
    wish: Wish,
    now: datetime,
) -> Rescoring:
    """Score a version as before a decision, by a new record; of `wish` the id, the reason and the passes are read.

    Raises NotFound, NotAllowed, Invalid (no reason), Conflict (it does not stand, or is still being done).
    """
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    kept = session.get(Rescoring, wish.id)
    if kept is not None:
        return kept
    decision = queries.find_decision(session, course_id=course_id, rescoring_id=rescoring_id)
    if decision is None:
        raise NotFound("There is no such decision.")
    standing = queries.find_standing(session, version_ids=[decision.question_version_id])
    found = standing.get(decision.question_version_id)
    if found is None or found.id != decision.id:
        raise Conflict("This was taken back already, or another decision came after it.")
    if decision.done_at is None:
        raise Conflict("Wait until everybody has been scored again. Then you can take it back.")
    _check_reason(wish.reason)
    version = queries.find_version(session, course_id=course_id, version_id=decision.question_version_id)
    assert version is not None, "a decision is about a version of this course"
    row = Rescoring(
        id=wish.id,
        course_id=course_id,
        question_version_id=version.id,
        change=Change.UNDO,
        right={"letters": []},
        takes_passes=wish.takes_passes,
        reason=wish.reason.strip(),
        by_id=actor.person_id,
        at=now,
        undoes_id=decision.id,
        done_at=None,
    )
    return _decided(session, actor, stood.course, row, version, now)


def _with_key(session: Session, *, course_id: uuid.UUID, version: QuestionVersion, rule: Rule) -> Rule:
    """A rule with the document of the version whose key it names, when that is one of the same question."""
    if rule.by is None:
        return rule
    other = queries.find_version(session, course_id=course_id, version_id=rule.by)
    if other is None or other.question_id != version.question_id or other.id == version.id:
        return rule
    return replace(rule, number=other.number, key=other.document)


def _right(rule: Rule) -> dict[str, Any]:
    """What is right by a decision, as its record keeps it: whole, so that it says the same for ever."""
    letters: dict[str, Any] = {"letters": sorted(rule.right)}
    if rule.key is None:
        return letters
    return {**letters, "by": str(rule.by), "version": rule.number, "key": dict(rule.key)}


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why everybody is scored again.")
    if len(reason) > LONGEST_REASON:
        raise Invalid("That is too long: keep it under %(most)s characters.", most=LONGEST_REASON)


def _decided(
    session: Session, actor: Actor, course: Course, row: Rescoring, version: QuestionVersion, now: datetime
) -> Rescoring:
    """Keep the decision, and carry it out now or in the background."""
    session.add(row)
    session.flush()  # what stands is read from the table
    pooled = is_pooled(session, actor, course)
    with across(session, pooled):
        agains, _count = look(session, row=row, version=version, firm_id=None if pooled else actor.firm_id)
        if any(one.questions == 0 for one in agains):
            raise Invalid(ONLY_QUESTION)
        if len(agains) <= MOST_AT_ONCE:
            _carry_out(session, actor, row, version, pooled, now)
            return row
    order = Order(
        derived_id("rescoring", row.id),
        SCORE_AGAIN,
        str(version.document.get("stem", "")),
        {"rescoring_id": str(row.id)},
        about_id=course.id,
    )
    enqueue(session, order, actor=actor, now=now)
    return row


def look(
    session: Session,
    *,
    row: Rescoring | None,
    version: QuestionVersion,
    firm_id: uuid.UUID | None,
    rule: Rule | None = None,
    takes_passes: bool = False,
) -> tuple[list[Again], list[Sitting]]:
    """Whom a decision changes, and everybody who was asked; by `rule` while there is no decision yet."""
    if row is not None:
        rule = queries.find_standing_rules(session, version_ids=[version.id]).get(version.id)
        takes_passes = row.takes_passes
    sittings = list(queries.list_sittings(session, version_id=version.id, firm_id=firm_id))
    found = [score_again(one, rule, version.document, takes_passes=takes_passes) for one in sittings]
    return [one for one in found if one is not None], sittings


def _carry_out(
    session: Session, actor: Actor, row: Rescoring, version: QuestionVersion, pooled: bool, now: datetime
) -> int:
    """Score everybody again and tell the rooms above; how many attempts changed."""
    firm_id = None if pooled else actor.firm_id
    attempts = queries.hold_attempts(session, version_id=version.id, firm_id=firm_id)
    agains, _sittings = look(session, row=row, version=version, firm_id=firm_id)
    for firm, those in groupby(agains, key=lambda one: one.sitting.firm_id):
        _in_a_firm(session, replace(actor, firm_id=firm), row, list(those), attempts, now)
    row.done_at = now
    if not any(one.sitting.firm_id == actor.firm_id for one in agains):
        _log(session, actor, row, (), now)
    session.flush()  # while the door is open
    return len(agains)


def _in_a_firm(
    session: Session,
    actor: Actor,
    row: Rescoring,
    agains: Sequence[Again],
    attempts: Mapping[tuple[uuid.UUID, uuid.UUID], Attempt],
    now: datetime,
) -> None:
    asked: dict[tuple[uuid.UUID, int], AttemptQuestion] = {
        (one.attempt_id, one.position): one
        for one in session.scalars(
            select(AttemptQuestion).where(
                AttemptQuestion.firm_id == actor.firm_id,
                AttemptQuestion.question_version_id == row.question_version_id,
            )
        )
    }
    records: list[dict[str, Any]] = []
    for again in agains:
        sitting = again.sitting
        attempt = attempts[sitting.firm_id, sitting.attempt_id]
        if not sitting.waiting:
            records.append(_record(row, again, now))
        if again.kept:
            continue
        for position, scored in again.scores.items():
            question = asked[sitting.attempt_id, position]
            question.score, question.left_out = scored.score, scored.left_out
        attempt.score = again.outcome.score
        if sitting.waiting:
            continue
        attempt.passed, attempt.critical_missed = again.passed, again.outcome.critical_missed
        attempt.revision += 1
        blueprint = read_blueprint(session.get_one(AssessmentVersion, attempt.assessment_version_id).document)
        tell_graded(session, attempt, blueprint, again.outcome, again.questions, now)
    if records:
        session.execute(insert(Rescored), records)
    _log(session, actor, row, agains, now)


def _record(row: Rescoring, again: Again, now: datetime) -> dict[str, Any]:
    sitting = again.sitting
    return {
        "firm_id": sitting.firm_id,
        "rescoring_id": row.id,
        "attempt_id": sitting.attempt_id,
        "person_id": sitting.person_id,
        "was_score": sitting.score,
        "score": again.outcome.score,
        "was_passed": sitting.passed,
        "passed": again.passed,
        "kept": again.kept,
        "at": now,
        "told_at": None,
    }


def _log(session: Session, actor: Actor, row: Rescoring, agains: Sequence[Again], now: datetime) -> None:
    record_act(
        session,
        actor=actor,
        act=N_("question scored again"),
        subject=str(row.id),
        now=now,
        detail={
            "change": row.change,
            "right": row.right["letters"] or row.right.get("version", []),
            "reason": row.reason,
            "changed": sum(not one.kept for one in agains),
            "kept": sum(one.kept for one in agains),
            "takes_passes": row.takes_passes,
        },
    )


def score_in_the_background(session: Session, run: Run) -> dict[str, Any]:
    """The work of a decision that changes many attempts: all of it in one transaction, or nothing."""
    begin_writing(session)
    row = session.get_one(Rescoring, uuid.UUID(run.arguments["rescoring_id"]))
    if row.done_at is not None:
        return {"changed": 0}
    version = session.get_one(QuestionVersion, row.question_version_id)
    pooled = is_pooled(session, run.actor, session.get_one(Course, row.course_id))
    with across(session, pooled):
        changed = _carry_out(session, run.actor, row, version, pooled, run.now)
    return {"changed": changed}


SCORING = JobKind(SCORE_AGAIN, N_("Scoring everybody again"), score_in_the_background)


def mark_told(session: Session, *, actor: Actor, now: datetime) -> int:
    """The actor has read what scoring again meant for them; how many there were."""
    rows = list_untold_rows(session, actor=actor)
    for row in rows:
        row.told_at = now
    return len(rows)
