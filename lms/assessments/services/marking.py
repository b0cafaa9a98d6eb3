"""What people marked comes back to the attempt: when nothing waits any more, it is judged and evidence follows."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import MARKED_BY_PEOPLE, kind_of
from lms.assessments.marks import Given, missing, settled, share_of
from lms.assessments.models import AnswerMark, AssessmentVersion, Attempt
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries.marking import Marked, list_marks
from lms.assessments.rules import read_blueprint
from lms.assessments.services.taking import judge_attempt
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.people.services.audit import record_act

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Marks:
    """What a marker filled in: points by criterion (none where nothing was chosen), a note, and why it is marked again."""

    points: Mapping[str, int | None]
    note: str
    reason: str = ""


def mark_answer(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int, marks: Marks, now: datetime
) -> bool:
    """Keep one person's marks of an answer that waits; True when that settled it.

    Raises NotFound, NotAllowed, Conflict (it does not wait, one's own, marked already), Invalid (a mark is missing).
    """
    require(POLICY, actor, AssessmentPermission.MARK, actor)
    attempt, asked = _held(session, actor, attempt_id)
    one = _answer_of(asked, position)
    if not attempt.waiting or one.row.score is not None:
        raise Conflict("That answer does not wait for a marker.")
    before = list_marks(session, actor=actor, attempt_id=attempt_id, position=position)
    if any(earlier.row.marker_id == actor.person_id for earlier in before):
        raise Conflict("You have marked this answer. Somebody else marks it now.")
    row = _new_mark(actor, one, before, marks, now)
    session.add(row)
    blueprint = read_blueprint(session.get_one(AssessmentVersion, attempt.assessment_version_id).document)
    share = settled(given_of([*(earlier.row for earlier in before), row]), blueprint.markers)
    record_act(
        session,
        actor=actor,
        act="answer marked",
        subject=str(attempt_id),
        now=now,
        detail={"title": blueprint.title, "question": position, "turn": row.turn},
    )
    if share is None:
        return False
    settle_marks(session, actor=actor, attempt_id=attempt_id, scores={position: share}, now=now)
    return True


def mark_again(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int, marks: Marks, now: datetime
) -> Attempt:
    """Put other marks in the place of those that settled an answer; the old ones stay in its history.

    The attempt is judged again, and what it says supersedes what it said. Raises NotFound, NotAllowed, Conflict (one's
    own, or it still waits), Invalid (a mark or the reason is missing).
    """
    require(POLICY, actor, AssessmentPermission.MARK_AGAIN, actor)
    attempt, asked = _held(session, actor, attempt_id)
    one = _answer_of(asked, position)
    before = list_marks(session, actor=actor, attempt_id=attempt_id, position=position)
    if attempt.waiting or not before:
        raise Conflict("That answer still waits for a marker.")
    if not marks.reason.strip():
        raise Invalid("Say why it is marked again.")
    row = _new_mark(actor, one, before, marks, now)
    row.again, row.reason = True, marks.reason.strip()
    session.add(row)
    was = {"score": one.row.score, "passed": attempt.passed}
    one.row.score = row.share
    attempt.revision += 1
    judge_attempt(session, attempt, asked, now)
    record_act(
        session,
        actor=actor,
        act="answer marked again",
        subject=str(attempt_id),
        now=now,
        detail={
            "title": session.get_one(AssessmentVersion, attempt.assessment_version_id).title,
            "question": position,
            "reason": row.reason,
            "changed": {
                "share": [was["score"], row.share],
                "passed": [was["passed"], attempt.passed],
            },
        },
    )
    return attempt


def given_of(rows: Sequence[AnswerMark]) -> list[Given]:
    """Marks as the rules read them."""
    return [Given(row.share, row.again) for row in rows]


def _held(session: Session, actor: Actor, attempt_id: uuid.UUID) -> tuple[Attempt, Sequence[queries.Asked]]:
    attempt = queries.find_attempt_to_mark(session, actor=actor, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound("There is no such answer to mark.")
    if attempt.person_id == actor.person_id:
        raise Conflict("Somebody else marks your own answers.")
    return attempt, queries.list_asked(session, actor=actor, attempt_id=attempt_id)


def _answer_of(asked: Sequence[queries.Asked], position: int) -> queries.Asked:
    one = next((one for one in asked if one.position == position), None)
    if one is None or one.version.kind not in MARKED_BY_PEOPLE or one.response is None:
        raise NotFound("There is no such answer to mark.")
    return one


def _new_mark(
    actor: Actor, one: queries.Asked, before: Sequence[Marked], marks: Marks, now: datetime
) -> AnswerMark:
    criteria = kind_of(one.version.document).read(one.version.document).criteria
    if missing(marks.points, criteria):
        raise Invalid("Give every line of the rubric its points.")
    if len(marks.note) > LONGEST_NOTE or len(marks.reason) > LONGEST_NOTE:
        raise Invalid("That is too long: keep it under %(most)s characters.", most=LONGEST_NOTE)
    points = {each.key: int(marks.points[each.key] or 0) for each in criteria}
    return AnswerMark(
        firm_id=actor.firm_id,
        attempt_id=one.row.attempt_id,
        position=one.position,
        turn=len(before) + 1,
        marker_id=actor.person_id,
        points=points,
        share=share_of(points, criteria),
        note=marks.note.strip(),
        again=False,
        reason=None,
        at=now,
    )


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
