"""Taking a course again when its completion runs out: a fresh run, while the old completion stands in history."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.foundation.policy import require
from lms.learning import queries
from lms.learning.models import Enrolment, PastRun
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.calendar import find_day
from lms.learning.queries.runs import list_steps


def opens_on(expires_on: date, retake_days: int) -> date:
    """The first day on which a course may be taken again."""
    return expires_on - timedelta(days=retake_days)


def take_again(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> Enrolment:
    """Begin a completed course anew, on its live version. Whoever began anew already stays where they are.

    What was done before is kept as a past run; cards, answers and attempts stay, and count no more.
    Raises NotFound, NotAllowed, Conflict (it does not run out, or not yet).
    """
    require(POLICY, actor, LearningPermission.LEARN)
    course = courses.find_course(session, actor=actor, course_id=course_id)
    enrolment = queries.find_enrolment(
        session, firm_id=actor.firm_id, person_id=actor.person_id, course_id=course_id, for_update=True
    )
    if course is None or course.live_version_id is None or enrolment is None:
        raise NotFound("There is no such course.")
    if enrolment.completed_at is None:
        if enrolment.run > 1:
            return enrolment
        raise Conflict("You have not completed this course yet.")
    if enrolment.expires_on is None:
        raise Conflict("Your completion of this course does not run out.")
    day = find_day(session, actor=actor, now=now)
    if day.today < opens_on(enrolment.expires_on, day.terms.retake_days):
        raise Conflict(
            "Your completion is good until %(day)s. You will be asked in time to take the course again.",
            day=enrolment.expires_on.isoformat(),
        )
    steps = list_steps(session, actor=actor, course_id=course_id)
    session.add(
        PastRun(
            firm_id=actor.firm_id,
            person_id=actor.person_id,
            course_id=course_id,
            run=enrolment.run,
            version_id=enrolment.version_id,
            enrolled_at=enrolment.enrolled_at,
            lessons_done_at=enrolment.lessons_done_at,
            completed_at=enrolment.completed_at,
            expires_on=enrolment.expires_on,
            lessons={
                "lessons": {
                    row.lesson_key: {
                        "card": row.card_key,
                        "moved_at": row.moved_at.isoformat(),
                        "completed_at": row.completed_at.isoformat() if row.completed_at else None,
                        "kept": row.kept,
                    }
                    for row in steps
                }
            },
        )
    )
    for row in steps:
        session.delete(row)
    enrolment.run += 1
    enrolment.version_id, enrolment.enrolled_at = course.live_version_id, now
    enrolment.lessons_done_at = enrolment.completed_at = None
    session.flush()  # what is done is counted anew
    return enrolment
