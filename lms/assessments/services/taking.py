"""Sitting attempts, keeping answers, handing in."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import MARKED_BY_PEOPLE
from lms.assessments.models import (
    Attempt,
    AttemptQuestion,
    Sitting,
    SittingCode,
)
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries.live import LiveQuestion, blueprint_of, read_question
from lms.assessments.queries.rescoring import find_standing_rules
from lms.assessments.queries.sitting import list_second_forms
from lms.assessments.rescoring import scored_by
from lms.assessments.rules import (
    AttemptAsked,
    Blueprint,
    Outcome,
    draw_first,
    draw_second,
    judge,
    kept_because,
    lent,
    may_start,
    read_blueprint,
)
from lms.assessments.services.adapting import adaptive_outcome, begin_run, go_on
from lms.assessments.services.answering import Given, is_committed, record_response
from lms.assessments.services.breaks import deadline_now
from lms.assessments.services.deciding import tell_graded
from lms.assessments.services.exposing import questions_at_rest
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.events import ask
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Person

_ONE_AT_A_TIME = select(Person.id).where(Person.id == ASKING.person_id).with_for_update()


def counts_since(
    session: Session, *, actor: Actor, course_id: uuid.UUID, begins: bool = False
) -> datetime | None:
    """The moment since which the actor's attempts in a course count; none: all do. Raises Conflict (not yet)."""
    return max(ask(session, AttemptAsked(actor, course_id, begins)), default=None)


def start_attempt(
    session: Session,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    attempt_id: uuid.UUID,
    now: datetime,
    seed: int | None = None,
    code: SittingCode | None = None,
) -> Attempt:
    """Begin an attempt, or go on with the one under way; the same id always gives the same attempt.

    `code`: what a supervisor opened it with, looked at already; a gate does not begin without one. Raises NotFound,
    NotAllowed, Conflict (no attempt left, too soon, the course comes later, or no code).
    """
    require(POLICY, actor, AssessmentPermission.TAKE, actor)
    opened = queries.find_open_assessment(session, actor=actor, assessment_id=assessment_id)
    if opened is None:
        raise NotFound("There is no such assessment.")
    session.execute(_ONE_AT_A_TIME, {"person_id": actor.person_id})
    earlier = queries.list_attempts(session, actor=actor, assessment_id=assessment_id)
    if same := next((attempt for attempt in earlier if attempt.id == attempt_id), None):
        return same
    if queries.has_attempt(session, actor=actor, attempt_id=attempt_id):
        raise Conflict("That attempt is at another assessment. Open this one again.")
    under_way = next((attempt for attempt in earlier if attempt.submitted_at is None), None)
    if under_way is not None:
        until = deadline_now(session, actor=actor, attempt=under_way, now=now)
        if kept_because(submitted_at=None, deadline_at=until, now=now) is None:
            return under_way
        _close(session, actor, under_way, now)
    blueprint = read_blueprint(opened.version.document)
    if blueprint.supervised and code is None and under_way is not None:
        return under_way  # its time was up: the person comes to its result, not to an error
    if blueprint.supervised and code is None:
        raise Conflict("This assessment begins with a code from a supervisor. Ask yours.")
    since = counts_since(session, actor=actor, course_id=opened.course_id, begins=True)
    first = next((attempt for attempt in earlier if attempt.undecided), None)
    if first is None:
        done = handed_in(session, actor, earlier, blueprint, since)
        waiting = any(attempt.waiting for attempt in earlier)
        if refused := may_start(blueprint, done, now=now, waiting=waiting):
            raise Conflict(refused.sentence)
    else:
        blueprint = blueprint_of(session, version_id=first.assessment_version_id)
    seed = secrets.randbits(31) if seed is None else seed
    chosen = [] if blueprint.adaptive else _drawn(session, actor, opened, blueprint, first, seed, now)
    if chosen is None:
        raise Conflict("This assessment has too few questions just now. Tell your trainer.")
    factor = people.find_time_factor(session, actor=actor)
    attempt = Attempt(
        firm_id=actor.firm_id,
        id=attempt_id,
        person_id=actor.person_id,
        assessment_id=opened.id,
        assessment_version_id=first.assessment_version_id if first else opened.version.id,
        seed=seed,
        started_at=now,
        deadline_at=now + blueprint.time_limit * factor if blueprint.time_limit else None,
        adaptive=blueprint.adaptive is not None,
    )
    session.add(attempt)
    session.flush()  # its questions point at it
    if blueprint.adaptive:
        begin_run(
            session, actor=actor, attempt=attempt, course_id=opened.course_id, blueprint=blueprint, now=now
        )
    _ask_them(session, attempt, blueprint, chosen)
    if code is not None:
        session.add(
            Sitting(
                firm_id=actor.firm_id,
                attempt_id=attempt_id,
                code_id=code.id,
                supervisor_id=code.made_by_id,
                first_id=first.id if first else None,
                time_factor=factor,
            )
        )
    return attempt


def handed_in(
    session: Session,
    actor: Actor,
    earlier: Sequence[Attempt],
    blueprint: Blueprint,
    since: datetime | None,
) -> list[tuple[datetime, bool]]:
    """When each attempt that counts was handed in, and whether it passed. A second form belongs to its first."""
    seconds: frozenset[uuid.UUID] = frozenset()
    if blueprint.forms > 1 and earlier:
        seconds = list_second_forms(session, actor=actor, assessment_id=earlier[0].assessment_id)
    return [
        (one.submitted_at, bool(one.passed))
        for one in earlier
        if one.submitted_at and (since is None or one.submitted_at >= since) and one.id not in seconds
    ]


def _drawn(
    session: Session,
    actor: Actor,
    opened: queries.OpenAssessment,
    blueprint: Blueprint,
    first: Attempt | None,
    seed: int,
    now: datetime,
) -> list[LiveQuestion] | None:
    """The questions of a new attempt in their order: a first form, or one parallel to the first."""
    bank = queries.list_bank(
        session, actor=actor, course_id=opened.course_id, borrows_from=blueprint.borrows_from
    )
    if first is None:
        rested = _at_rest(session, actor, blueprint, bank, now)
        chosen = draw_first(blueprint, [one.document for one in bank], seed=seed, rested=rested)
        return None if chosen is None else [bank[at].version for at in chosen]
    lenders = {one.version.question_id: one.document.get("course") for one in bank}
    asked = [one.version for one in queries.list_asked(session, actor=actor, attempt_id=first.id)]
    seen = {version.question_id for version in asked}
    rest = [one for one in bank if one.version.question_id not in seen]
    before = [
        lent(version.document, course) if (course := lenders.get(version.question_id)) else version.document
        for version in asked
    ]
    documents = [*(one.document for one in rest), *before]
    rested = _at_rest(session, actor, blueprint, rest, now)
    chosen = draw_second(
        blueprint, documents, first=range(len(rest), len(documents)), seed=seed, rested=rested
    )
    return None if chosen is None else [rest[at].version for at in chosen]


def _at_rest(
    session: Session, actor: Actor, blueprint: Blueprint, bank: Sequence[queries.Asks], now: datetime
) -> dict[int, int]:
    """Which questions of a bank rest; not looked up where the draws leave no choice."""
    fitting = (one for one in bank if any(draw.takes(one.document) for draw in blueprint.draws))
    if len(list(islice(fitting, blueprint.length + 1))) <= blueprint.length:
        return {}
    places = [one.version.question_id for one in bank]
    return questions_at_rest(session, firm_id=actor.firm_id, bank=places, now=now)


def _ask_them(
    session: Session, attempt: Attempt, blueprint: Blueprint, chosen: Sequence[LiveQuestion]
) -> None:
    asked: list[dict[str, Any]] = []
    for position, version in enumerate(chosen, start=1):
        kind, question = read_question(version)
        variant = kind.vary(question, attempt.seed + position, shuffle=blueprint.shuffle_options)
        asked.append(
            {
                "firm_id": attempt.firm_id,
                "attempt_id": attempt.id,
                "position": position,
                "question_version_id": version.id,
                "variant": variant,
            }
        )
    if asked:
        session.execute(insert(AttemptQuestion), asked)


def commit_answer(session: Session, *, actor: Actor, given: Given, now: datetime) -> Attempt:
    """Keep the answer to the question a test that adapts is at, and go on to the next, or to the result.

    Raises NotFound, Conflict (the id is another answer's), Invalid (no answer, or it cannot be read).
    """
    kept = record_response(session, actor=actor, given=given, now=now)
    attempt = queries.find_attempt(session, actor=actor, attempt_id=given.attempt_id, for_update=True)
    if attempt is None or not attempt.adaptive:
        raise NotFound("There is no such question in this attempt.")
    if kept.counted and not is_committed(session, actor, given):
        raise Invalid("Give an answer first: in this test there is no way back to a question.")
    if attempt.submitted_at is None and go_on(session, actor=actor, attempt=attempt, now=now):
        _close(session, actor, attempt, now)
    return attempt


def submit_attempt(session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """Hand an attempt in and score it; handing it in twice gives the first result. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id, for_update=True)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    if attempt.submitted_at is None:
        _close(session, actor, attempt, now)
    return attempt


def _close(session: Session, actor: Actor, attempt: Attempt, now: datetime) -> None:
    """Score what stands; what people mark waits for them."""
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt.id)
    standing = find_standing_rules(session, version_ids=[one.version.id for one in asked])
    for one in asked:
        waits = one.version.kind in MARKED_BY_PEOPLE and one.response is not None and bool(one.response.given)
        one.row.score = None if waits else one.response.score if one.response else 0.0
        if (rule := standing.get(one.version.id)) and not waits:
            given = one.response.given if one.response else None
            scored = scored_by(rule, one.version.document, one.row.variant, given)
            one.row.score, one.row.left_out = scored.score, scored.left_out
    judge_attempt(session, attempt, asked, now)


def judge_attempt(session: Session, attempt: Attempt, asked: Sequence[queries.Asked], now: datetime) -> None:
    """Judge an attempt that was handed in and tell the rooms above; while a part waits for a marker, nobody is told."""
    blueprint = blueprint_of(session, version_id=attempt.assessment_version_id)
    counted = [one for one in asked if not one.row.left_out]
    attempt.waiting = any(one.row.score is None for one in counted)
    outcome = _outcome(session, attempt, counted, blueprint)
    attempt.submitted_at = attempt.submitted_at or now
    attempt.score = outcome.score
    attempt.passed = outcome.passed and not attempt.waiting
    attempt.critical_missed = outcome.critical_missed and not attempt.waiting
    if not attempt.waiting:
        tell_graded(session, attempt, blueprint, outcome, len(counted), now)


def _outcome(
    session: Session, attempt: Attempt, asked: Sequence[queries.Asked], blueprint: Blueprint
) -> Outcome:
    if attempt.adaptive:
        return adaptive_outcome(session, attempt, asked, blueprint)
    return judge(
        [one.row.score or 0.0 for one in asked],
        [bool(one.version.document.get("critical")) for one in asked],
        pass_mark=blueprint.pass_mark,
    )
