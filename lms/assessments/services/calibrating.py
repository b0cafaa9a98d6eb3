"""Calibrating a course's questions from people's answers: once enough have answered, and a record each time."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.kinds import MARKED_BY_PEOPLE
from lms.assessments.models import Calibration, CalibrationItem
from lms.assessments.queries.adapting import (
    AnswerRow,
    find_calibration,
    has_simulated,
    list_answer_rows,
)
from lms.assessments.queries.analysis import list_live
from lms.assessments.statistics.responses import Responses
from lms.courses.services.drafts import open_draft
from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Invalid
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_
from lms.people.models import Firm
from lms.people.services.audit import record_act

ENOUGH = 100
"""People who answered a question, before it is calibrated."""
ENOUGH_FOR_SLOPES = 250
"""People with whom slopes of their own are fitted (2PL); with fewer all questions tell equally much (Rasch)."""
MOST_ATTEMPTS = 3000
SLOPES = (0.2, 4.0)
"""Outside of these a slope says that something is wrong with the question; it is left out."""
NOT_ENOUGH = N_("Not enough data yet: a question is calibrated once %(enough)s people have answered it.")

Parameters = tuple[str, float, float, float | None, float | None]
"""A question version, its slope and difficulty, and their standard errors."""


@dataclass(frozen=True)
class Fitted:
    """What the answers of now come to, not kept yet. `after`: the number of the newest calibration, 0 while there is none."""

    after: int
    model: str
    people: int
    pooled: bool
    simulated: bool
    items: Sequence[Parameters]
    answered: Mapping[str, int]


def calibrate(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> Calibration:
    """Calibrate the live questions of a course from first attempts: the own firm's, or all firms' for the association.

    Raises NotFound, NotAllowed, Invalid (too few people, too few questions, or the statistics extra is missing).
    """
    open_draft(session, actor=actor, course_id=course_id, lock=True)
    return keep_fitted(
        session,
        fit_questions(session, actor=actor, course_id=course_id),
        actor=actor,
        course_id=course_id,
        now=now,
    )


def fit_questions(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Fitted:
    """What `calibrate` would keep; nothing is written. Raises NotFound, NotAllowed, Invalid."""
    open_draft(session, actor=actor, course_id=course_id)
    pooled = is_over_firms(session, actor)
    firm_id = None if pooled else actor.firm_id
    with beyond_the_wall(session, "calibration pooled over firms") if pooled else nullcontext():
        rows = list_answer_rows(session, course_id=course_id, firm_id=firm_id)
    kinds = {one.version.id: one.version.kind for one in list_live(session, course_id=course_id)}
    usable = {version for version, kind in kinds.items() if kind not in MARKED_BY_PEOPLE}
    table, answered = _table([row for row in rows if row.version_id in usable])
    if len(table.items) < 2:
        raise Invalid(NOT_ENOUGH, enough=ENOUGH)
    model = "2pl" if len(table.marks) >= ENOUGH_FOR_SLOPES else "rasch"
    latest = find_calibration(session, course_id=course_id)
    return Fitted(
        latest.number if latest else 0,
        model,
        len(table.marks),
        pooled,
        has_simulated(session, firm_id=firm_id),
        _fit(table, model),
        answered,
    )


def is_over_firms(session: Session, actor: Actor) -> bool:
    """Whether the actor calibrates from the answers of all firms together."""
    return session.get_one(Firm, actor.firm_id).is_association and actor.has(Role.ASSOCIATION)


def keep_fitted(
    session: Session, found: Fitted, *, actor: Actor, course_id: uuid.UUID, now: datetime
) -> Calibration:
    """Keep what was fitted as the newest calibration of a course, on record."""
    made = Calibration(
        course_id=course_id,
        number=found.after + 1,
        model=found.model,
        people=found.people,
        pooled=found.pooled,
        simulated=found.simulated,
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()  # its items point at it
    session.add_all(
        CalibrationItem(
            calibration_id=made.id,
            question_version_id=uuid.UUID(name),
            a=a,
            b=b,
            se_a=se_a,
            se_b=se_b,
            n=found.answered[name],
        )
        for name, a, b, se_a, se_b in found.items
    )
    record_act(
        session,
        actor=actor,
        act="questions calibrated",
        subject=str(course_id),
        now=now,
        detail={
            "number": made.number,
            "model": made.model,
            "people": made.people,
            "questions": len(found.items),
        },
    )
    return made


def _table(rows: Sequence[AnswerRow]) -> tuple[Responses, dict[str, int]]:
    """The answers as a matrix of the questions that enough people answered, and how many answered each."""
    attempts: dict[uuid.UUID, dict[uuid.UUID, bool]] = {}
    for row in rows:
        attempts.setdefault(row.attempt_id, {})[row.version_id] = row.right
    kept = list(attempts.values())[-MOST_ATTEMPTS:]
    count: dict[uuid.UUID, int] = {}
    for one in kept:
        for version in one:
            count[version] = count.get(version, 0) + 1
    items = sorted((version for version, people in count.items() if people >= ENOUGH), key=str)
    marks = [
        [int(one[version]) if version in one else None for version in items]
        for one in kept
        if any(version in one for version in items)
    ]
    return Responses(tuple(map(str, items)), marks), {str(version): count[version] for version in items}


def _fit(table: Responses, model: str) -> list[Parameters]:
    """The parameters on the scale on which ability is N(0, 1)."""
    from lms.assessments.statistics import irt  # it needs numpy, which a server may lack: then it says so

    fit = irt.fit(table, model=model)
    if not fit.converged:
        raise Invalid("The calibration did not settle, so nothing was kept. More answers are needed.")
    found: list[Parameters] = []
    for one in fit.items:
        if one["b"] is None or one["a"] is None:
            continue
        a, b = one["a"] * fit.sd, one["b"] / fit.sd
        if SLOPES[0] <= a <= SLOPES[1] and abs(b) <= 6:
            se_b = None if one["se_b"] is None else one["se_b"] / fit.sd
            found.append((one["item"], a, b, one["se_a"], se_b))
    if len(found) < 2:
        raise Invalid("No question can be told from chance by these answers, so nothing was kept.")
    return found
