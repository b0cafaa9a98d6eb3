"""A test that adapts: the first question, the next after each committed answer, and when it is enough."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import kind_of
from lms.assessments.models import AdaptiveRun, AssessmentVersion, Attempt, AttemptQuestion
from lms.assessments.queries.adapting import (
    count_seen,
    find_calibration,
    find_parameters,
    find_run,
    list_calibrated,
)
from lms.assessments.rules import FEWEST_CALIBRATED, Blueprint, Outcome, content_area, read_blueprint
from lms.assessments.services.exposing import questions_at_rest
from lms.assessments.statistics.choosing import Calibrated, ability, expected_share, next_question
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict
from lms.foundation.words import N_

NOT_YET = N_(
    "This test adapts to each person, and its questions are not calibrated yet: that takes the answers of a hundred people"
    " to sixty questions. Until then it cannot be sat."
)


def is_ready(session: Session, *, course_id: uuid.UUID, blueprint: Blueprint) -> bool:
    """Whether a test that adapts has a calibrated bank to choose from."""
    calibration = find_calibration(session, course_id=course_id)
    if calibration is None:
        return False
    usable = [
        one
        for one in list_calibrated(session, calibration_id=calibration.id)
        if content_area(blueprint, one.version.document) is not None
    ]
    return len(usable) >= FEWEST_CALIBRATED


def begin_run(
    session: Session,
    *,
    actor: Actor,
    attempt: Attempt,
    course_id: uuid.UUID,
    blueprint: Blueprint,
    now: datetime,
) -> None:
    """Ask the first question of an attempt. Raises Conflict when the bank is not calibrated."""
    if not is_ready(session, course_id=course_id, blueprint=blueprint):
        raise Conflict(NOT_YET)
    calibration = find_calibration(session, course_id=course_id)
    if calibration is None:
        raise Conflict(NOT_YET)
    theta, se = ability([])
    run = AdaptiveRun(
        firm_id=actor.firm_id,
        attempt_id=attempt.id,
        calibration_id=calibration.id,
        theta=theta,
        se=se,
        answered=0,
        stopped=None,
    )
    session.add(run)
    _ask_next(session, actor, attempt, run, blueprint, [], now)


def go_on(session: Session, *, actor: Actor, attempt: Attempt, now: datetime) -> bool:
    """After an answer was committed: the ability, and the next question or the end. True when the test is over."""
    run = find_run(session, firm_id=actor.firm_id, attempt_id=attempt.id)
    if run is None or run.stopped is not None or attempt.submitted_at is not None:
        return True
    blueprint = read_blueprint(session.get_one(AssessmentVersion, attempt.assessment_version_id).document)
    if blueprint.adaptive is None:
        return True
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt.id)
    if any(one.response is None or not one.response.given for one in asked):
        return False
    run.theta, run.se = _ability_of(session, run, asked)
    run.answered = len(asked)
    if run.se <= blueprint.adaptive.stop_se and run.answered >= blueprint.adaptive.shortest:
        run.stopped = "se"
    elif run.answered >= blueprint.length:
        run.stopped = "length"
    elif not _ask_next(session, actor, attempt, run, blueprint, [one.version.id for one in asked], now):
        run.stopped = "bank"
    return run.stopped is not None


def _ability_of(session: Session, run: AdaptiveRun, asked: Sequence[queries.Asked]) -> tuple[float, float]:
    parameters = find_parameters(
        session, calibration_id=run.calibration_id, version_ids=[one.version.id for one in asked]
    )
    return ability(
        [
            ((item.a, item.b, 0.0), one.response.score >= 1 - 1e-9)
            for one in asked
            if one.response is not None and one.response.given and (item := parameters.get(one.version.id))
        ]
    )


def _ask_next(
    session: Session,
    actor: Actor,
    attempt: Attempt,
    run: AdaptiveRun,
    blueprint: Blueprint,
    asked: list[uuid.UUID],
    now: datetime,
) -> bool:
    """Choose and ask one more question; False when none is left."""
    bank = list_calibrated(session, calibration_id=run.calibration_id)
    items = [
        Calibrated((one.item.a, one.item.b, 0.0), -1 if area is None else area)
        for one in bank
        for area in [content_area(blueprint, one.version.document)]
    ]
    seen, people = count_seen(session, actor=actor, assessment_id=attempt.assessment_id)
    most = blueprint.adaptive.exposure if blueprint.adaptive else 1.0
    tired = {at for at, one in enumerate(bank) if people > 3 and seen.get(one.version.id, 0) / people > most}
    tired.update(
        questions_at_rest(
            session, firm_id=actor.firm_id, bank=[one.version.question_id for one in bank], now=now
        )
    )
    dice = random.Random(f"{attempt.seed} {len(asked)}")  # noqa: S311  (chooses questions, guards nothing)
    chosen = next_question(
        items,
        run.theta,
        [at for at, one in enumerate(bank) if one.version.id in asked],
        shares={at: float(draw.count) for at, draw in enumerate(blueprint.draws)},
        barred=tired,
        chance=dice.random(),
    )
    if chosen is None:
        return False
    version, position = bank[chosen].version, len(asked) + 1
    kind = kind_of(version.document)
    session.add(
        AttemptQuestion(
            firm_id=attempt.firm_id,
            attempt_id=attempt.id,
            position=position,
            question_version_id=version.id,
            variant=kind.vary(
                kind.read(version.document), attempt.seed + position, shuffle=blueprint.shuffle_options
            ),
        )
    )
    return True


def adaptive_outcome(
    session: Session, attempt: Attempt, asked: Sequence[queries.Asked], blueprint: Blueprint
) -> Outcome:
    """What a test that adapted came to: the share of the whole calibrated bank that this ability gets right.

    People who were asked other questions are so on one scale, and the pass mark means the same for all.
    """
    run = find_run(session, firm_id=attempt.firm_id, attempt_id=attempt.id)
    if run is None:
        raise Conflict(NOT_YET)
    run.theta, run.se = _ability_of(session, run, asked)
    bank = [
        (one.item.a, one.item.b, 0.0)
        for one in list_calibrated(session, calibration_id=run.calibration_id)
        if content_area(blueprint, one.version.document) is not None
    ]
    if not bank:  # every question was changed meanwhile: those that were asked stand for the bank
        parameters = find_parameters(
            session, calibration_id=run.calibration_id, version_ids=[one.version.id for one in asked]
        )
        bank = [(item.a, item.b, 0.0) for item in parameters.values()]
    share, error = expected_share(bank, run.theta, run.se)
    missed = any(
        bool(one.version.document.get("critical")) and (one.response is None or one.response.score < 1)
        for one in asked
        if one.response is not None and one.response.given
    )
    return Outcome(share, error, share + 1e-9 >= blueprint.pass_mark and not missed, missed)
