"""How often a firm lets a question be asked, and which questions of a bank rest because of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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
from lms.foundation.remembering import Remembered
from lms.foundation.words import N_
from lms.people.services.audit import record_act

MANY = 500
"""Where so many people of a firm sat lately, counting takes longer than the rest of beginning."""
A_WHILE = timedelta(minutes=1)


@dataclass(frozen=True)
class _Counted:
    at: datetime
    lately: Mapping[uuid.UUID, int]


MOST_KEPT = 256
"""Banks of firms whose counts a process keeps."""
_COUNTED: Remembered[tuple[uuid.UUID, frozenset[uuid.UUID]], _Counted] = Remembered(MOST_KEPT)


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
    """The places of the questions of a bank that rest in a firm, with how many people were asked each lately.

    Counted anew each time while few people sat; in a large firm at most once a minute for a bank in each process: it is a
    limit over four weeks, and when everybody is on a break the count grows by the hundred while it is asked for.
    """
    questions, limit = frozenset(bank), find_limit(session, firm_id=firm_id)
    key = (firm_id, questions)
    kept = _COUNTED.get(key)
    if kept is not None and timedelta(0) <= now - kept.at < A_WHILE:
        return at_rest(bank, kept.lately, limit=limit)
    people = count_people_lately(session, firm_id=firm_id, questions=questions, now=now)
    lately = count_lately(session, firm_id=firm_id, questions=questions, now=now) if people >= limit else {}
    if people >= MANY:
        _COUNTED.tell({key: _Counted(now, lately)})
    return at_rest(bank, lately, limit=limit)
