"""What people marked comes back to the attempt: when nothing waits any more, it is judged and evidence follows."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.models import Attempt
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.services.taking import judge_attempt
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require


def settle_marks(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, scores: Mapping[int, float], now: datetime
) -> Attempt:
    """Keep the marks of answers that waited, by position, from 0 to 1; the last one judges the attempt.

    Raises NotFound, NotAllowed, Conflict (nothing waits, or not there, or one's own attempt), Invalid (no share).
    """
    require(POLICY, actor, AssessmentPermission.MARK, actor)
    attempt = queries.find_attempt_to_mark(session, actor=actor, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    if attempt.person_id == actor.person_id:
        raise Conflict("Somebody else marks your own answers.")
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt_id)
    waiting = {one.position: one.row for one in asked if one.row.score is None}
    if not attempt.waiting or not set(scores) <= set(waiting):
        raise Conflict("That answer does not wait for a marker.")
    if not all(0 <= score <= 1 for score in scores.values()):
        raise Invalid("A mark is a share from 0 to 1.")
    for position, score in scores.items():
        waiting[position].score = score
    if len(scores) == len(waiting):
        judge_attempt(session, attempt, asked, now)
    return attempt
