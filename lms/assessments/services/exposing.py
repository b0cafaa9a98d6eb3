"""How often a firm lets a question be asked, and which questions of a bank rest because of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.exposure import LEAST, MOST, at_rest, limit_problem
from lms.assessments.models import ExposurePolicy
from lms.assessments.queries.exposing import (
    count_lately,
    count_people_lately,
    find_exposure_policy,
    find_limit,
)
from lms.courses.policy import POLICY, CoursePermission
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people.services.audit import record_act


def set_exposure(session: Session, *, actor: Actor, people: int, now: datetime) -> ExposurePolicy:
    """Say how many people may be asked a question in four weeks before it rests. Raises NotAllowed, Invalid."""
    require(POLICY, actor, CoursePermission.SET_POLICY)
    if problem := limit_problem(people):
        raise Invalid(problem, least=LEAST, most=MOST)
    row = find_exposure_policy(session, firm_id=actor.firm_id)
    if row is None:
        row = ExposurePolicy(firm_id=actor.firm_id)
        session.add(row)
    elif row.people == people:
        return row
    row.people, row.changed_at, row.changed_by_id = people, now, actor.person_id
    record_act(
        session,
        actor=actor,
        act=N_("exposure limit set"),
        subject=actor.name,
        now=now,
        detail={"people in four weeks": people},
    )
    return row


def questions_at_rest(
    session: Session, *, firm_id: uuid.UUID, bank: Sequence[uuid.UUID], now: datetime
) -> dict[int, int]:
    """The places of the questions of a bank that rest in a firm, with how many people were asked each lately."""
    questions, limit = frozenset(bank), find_limit(session, firm_id=firm_id)
    if count_people_lately(session, firm_id=firm_id, questions=questions, now=now) < limit:
        return {}
    lately = count_lately(session, firm_id=firm_id, questions=questions, now=now)
    return at_rest(bank, lately, limit=limit)
