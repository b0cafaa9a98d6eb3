"""What a person had half typed in a lesson when they left it: kept for their other device, and never marked."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.learning import queries
from lms.learning.models import LessonProgress
from lms.learning.rules.syncing import LONGEST_VALUE
from lms.learning.services import card_keys, enrol, find_check, find_lesson_shown

MOST_TYPED = 2 * LONGEST_VALUE
"""Characters of one answer that are kept; nobody half types more in a break."""


@dataclass(frozen=True)
class HalfTyped:
    """The fields of a check as they stood. None of them: the person emptied it. `at`: by the device, if it says so."""

    course_id: uuid.UUID
    lesson_key: str
    check_key: str
    fields: Mapping[str, list[str]]
    at: datetime | None = None
    version_id: uuid.UUID | None = None


def keep_half_typed(session: Session, *, actor: Actor, half: HalfTyped, now: datetime) -> bool:
    """Keep it in the place of what was half typed there before; whether it is later than that.

    A device whose clock runs ahead is taken to speak of now. Raises NotFound (no such course, lesson or check), Invalid.
    """
    if sum(len(value) for values in half.fields.values() for value in values) > MOST_TYPED:
        raise Invalid("That is too long to keep before it is finished.")
    enrolment = enrol(session, actor=actor, course_id=half.course_id, now=now)
    lesson = find_lesson_shown(
        session, actor=actor, enrolment=enrolment, key=half.lesson_key, said=half.version_id
    )
    find_check(lesson, half.check_key)
    progress = queries.find_progress(
        session, actor=actor, course_id=half.course_id, lesson_key=half.lesson_key
    )
    if progress is None:
        progress = LessonProgress(
            firm_id=actor.firm_id,
            person_id=actor.person_id,
            course_id=half.course_id,
            lesson_key=half.lesson_key,
            card_key=card_keys(lesson)[0],
            moved_at=now,
        )
        session.add(progress)
    at = min(half.at or now, now)
    kept = dict(progress.half or {})
    before = kept.get(half.check_key)
    if before is not None and datetime.fromisoformat(before["at"]) > at:
        return False
    typed = [[name, value] for name, values in half.fields.items() for value in values if value.strip()]
    kept[half.check_key] = {"at": at.isoformat(), "fields": typed}
    progress.half = kept
    return True
