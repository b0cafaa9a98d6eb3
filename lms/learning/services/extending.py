"""More time for one person, and taking it back."""

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import Extension
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.calendar import find_day
from lms.learning.queries.due import find_extension, list_due
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act


def give_more_time(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    until: date,
    reason: str,
    now: datetime,
) -> Extension:
    """Let a person be done later with a course that is asked of them. They see until when, why, and who gave it.

    Raises NotFound, NotAllowed, Invalid (no reason, nothing to extend, or no later than it is).
    """
    person = _person(session, actor, person_id)
    course = courses.find_course(session, actor=actor, course_id=course_id)
    if course is None:
        raise NotFound("There is no such course.")
    if not reason.strip():
        raise Invalid("Write the reason: the person sees it.")
    day = find_day(session, actor=actor, now=now)
    asked = [
        one.due_on
        for one in list_due(session, actor=actor, person_id=person_id, day=day)
        if one.course_id == course_id and one.is_open and one.due_on is not None
    ]
    if not asked:
        raise Invalid("This course is not asked of them by a day, so there is no day to move.")
    until = day.calendar.working_day(until)
    if until < day.today or until <= min(asked):
        raise Invalid("Choose a day after the one they have.")
    made = Extension(
        firm_id=actor.firm_id,
        person_id=person_id,
        course_id=course_id,
        until=until,
        reason=reason.strip()[:300],
        given_by_id=actor.person_id,
        given_at=now,
    )
    session.add(made)
    detail = {"until": until.isoformat(), "instead_of": min(asked).isoformat(), "reason": made.reason}
    record_act(
        session,
        actor=actor,
        act=N_("more time given"),
        subject=f"{course.key} → {person.name}",
        detail=detail,
        now=now,
    )
    return made


def take_time_back(
    session: Session, *, actor: Actor, person_id: uuid.UUID, extension_id: uuid.UUID, now: datetime
) -> None:
    """Take an extension back: the earlier day stands again. Raises NotFound, NotAllowed, Conflict."""
    person = _person(session, actor, person_id)
    found = find_extension(session, actor=actor, person_id=person_id, extension_id=extension_id)
    if found is None:
        raise NotFound("There is no such person.")
    if found.withdrawn_at is not None:
        raise Conflict("This was taken back already.")
    found.withdrawn_at = now
    course = courses.find_course(session, actor=actor, course_id=found.course_id)
    record_act(
        session,
        actor=actor,
        act=N_("more time taken back"),
        subject=f"{course.key if course else ''} → {person.name}",
        detail={"until": found.until.isoformat()},
        now=now,
    )


def _person(session: Session, actor: Actor, person_id: uuid.UUID) -> Employment:
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, LearningPermission.ASSIGN, person)
    return person
