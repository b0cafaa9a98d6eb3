"""Measuring how long a lesson took, when it is completed."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses.models import LessonVersion
from lms.foundation.actor import Actor
from lms.learning.models import Enrolment, LessonTime
from lms.learning.queries import pace as queries
from lms.learning.rules.pace import measured


def measure_lesson(
    session: Session, *, actor: Actor, enrolment: Enrolment, lesson: LessonVersion, now: datetime
) -> None:
    """Keep how long a lesson took the actor, once, where its cards' times say it."""
    course_id, key = enrolment.course_id, lesson.key
    if queries.has_lesson_time(session, actor=actor, course_id=course_id, lesson_key=key):
        return
    times = queries.list_card_times(session, actor=actor, course_id=course_id, lesson_key=key)
    ratio = measured(times, cards=len(lesson.cards["cards"]), minutes=lesson.minutes)
    if ratio is None:
        return
    pace = queries.find_pace(session, actor=actor, course_ids=[course_id])
    session.add(
        LessonTime(
            firm_id=actor.firm_id,
            person_id=actor.person_id,
            course_id=course_id,
            lesson_key=key,
            ratio=ratio,
            own=pace.own,
            measured_at=now,
        )
    )
