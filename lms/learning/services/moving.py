"""Moving a firm's people who are under way to the live version of a course, and taking that back.

Whoever is not moved finishes on the version they began. A firm moves its own people only, in its own courses as in the
association's. Nothing that was done is lost: facts stay on the version they were seen on, and what counts on the new
one is kept beside the progress.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import CourseMove, LessonProgress, MovedPerson
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import moving as queries
from lms.learning.queries.moving import UnderWayOn
from lms.learning.rules import place_in
from lms.learning.rules.moving import Change, Keep, Kept, LessonChange, compare, keep, usual
from lms.learning.services import settle_completion
from lms.people import queries as people
from lms.people.services.audit import record_act


@dataclass(frozen=True)
class Effect:
    """What a move does to one person: lessons done of all, and the minutes of lessons still open, before and after."""

    person_id: uuid.UUID
    name: str
    before: tuple[int, int]
    after: tuple[int, int]
    minutes: int
    again: tuple[str, ...]
    """The titles of lessons that were done and are open again."""


@dataclass(frozen=True)
class Move:
    """A move as it would be made now."""

    course: Course
    earlier: CourseVersion
    live: CourseVersion
    changes: Sequence[LessonChange]
    choices: Mapping[str, Keep]
    people: Sequence[UnderWayOn]
    effects: Sequence[Effect]


def plan_move(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    version_id: uuid.UUID,
    choices: Mapping[str, str],
    now: datetime,
    for_update: bool = False,
) -> Move:
    """What moving everybody under way on a version to the live one would do. Choices by lesson; the usual where none.

    Raises NotFound, NotAllowed, Invalid (a choice that there is not; the version is the live one).
    """
    require(POLICY, actor, LearningPermission.MOVE)
    course = courses.find_course(session, actor=actor, course_id=course_id)
    earlier = courses.find_version(session, actor=actor, version_id=version_id)
    live_id = course.live_version_id if course else None
    live = courses.find_version(session, actor=actor, version_id=live_id) if live_id else None
    if course is None or live is None or earlier is None or earlier.course_id != course_id:
        raise NotFound("There is no such version.")
    if earlier.id == live.id:
        raise Invalid("This is the live version already: there is nothing to move to.")
    changes = compare(
        queries.list_shapes(session, version_id=earlier.id), queries.list_shapes(session, version_id=live.id)
    )
    chosen = {one.key: _choice(choices.get(one.key), one) for one in changes if one.change is Change.CHANGED}
    under_way = queries.list_under_way(
        session,
        actor=actor,
        version_id=version_id,
        today=people.find_today(session, actor=actor, now=now),
        for_update=for_update,
    )
    effects = [_effect(one, changes, chosen) for one in under_way]
    return Move(course, earlier, live, changes, chosen, under_way, effects)


def _choice(said: str | None, change: LessonChange) -> Keep:
    if not said:
        return usual(change)
    try:
        return Keep(said)
    except ValueError:
        raise Invalid("Choose what is kept of each lesson that changed.") from None


def _kept(one: UnderWayOn, change: LessonChange, choices: Mapping[str, Keep]) -> Kept:
    row = one.progress.get(change.key)
    return keep(
        change,
        choices.get(change.key, Keep.COUNTS),
        finished=one.finished.get(change.key, ()),
        done=row is not None and row.completed_at is not None,
    )


def _effect(one: UnderWayOn, changes: Sequence[LessonChange], choices: Mapping[str, Keep]) -> Effect:
    done = {key for key, row in one.progress.items() if row.completed_at is not None}
    was = [change for change in changes if change.change is not Change.NEW]
    now = [change for change in changes if change.change is not Change.GONE]
    left = [change for change in now if not _kept(one, change, choices).done]
    return Effect(
        one.enrolment.person_id,
        one.name,
        (sum(change.key in done for change in was), len(was)),
        (len(now) - len(left), len(now)),
        sum(_minutes_left(one, change, choices) for change in left),
        tuple(change.title for change in left if change.key in done),
    )


def _minutes_left(one: UnderWayOn, change: LessonChange, choices: Mapping[str, Keep]) -> int:
    """About how long the cards of a lesson take that are not kept; a minute at least."""
    open_ = set(change.cards) - _kept(one, change, choices).cards
    return max(1, round(change.minutes * len(open_) / max(1, len(change.cards))))


def move_people(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    version_id: uuid.UUID,
    choices: Mapping[str, str],
    now: datetime,
) -> CourseMove:
    """Move everybody of the actor's firm who is under way on a version to the live one.

    Raises as `plan_move`, and Conflict when nobody is under way on it (they were moved already, or have finished).
    """
    plan = plan_move(
        session,
        actor=actor,
        course_id=course_id,
        version_id=version_id,
        choices=choices,
        now=now,
        for_update=True,
    )
    if not plan.people:
        raise Conflict("Nobody is under way on that version any more.")
    move = CourseMove(
        firm_id=actor.firm_id,
        id=new_id(),
        course_id=course_id,
        from_version_id=plan.earlier.id,
        to_version_id=plan.live.id,
        choices={key: choice.value for key, choice in plan.choices.items()},
        people=len(plan.people),
        moved_by_id=actor.person_id,
        moved_at=now,
    )
    session.add(move)
    session.flush()  # its people point at it
    for one in plan.people:
        session.add(
            MovedPerson(
                firm_id=actor.firm_id,
                move_id=move.id,
                person_id=one.enrolment.person_id,
                before=_standing(one),
            )
        )
        _carry(one, plan, now)
    session.flush()  # completion counts the lessons done
    for one in plan.people:
        settle_completion(session, one.enrolment, now)
    _log(session, actor, N_("people moved to a version"), plan.course, plan.earlier, plan.live, move, now)
    return move


def _standing(one: UnderWayOn) -> dict[str, Any]:
    """Where a person stands, as it is kept for the way back."""

    def text(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "lessons_done_at": text(one.enrolment.lessons_done_at),
        "lessons": {
            key: {
                "card": row.card_key,
                "kept": sorted(one.finished.get(key, ())),
                "completed_at": text(row.completed_at),
            }
            for key, row in one.progress.items()
        },
    }


def _carry(one: UnderWayOn, plan: Move, now: datetime) -> None:
    one.enrolment.version_id = plan.live.id
    one.enrolment.lessons_done_at = None
    for change in plan.changes:
        row = one.progress.get(change.key)
        if row is None or change.change in (Change.NEW, Change.GONE):
            continue
        kept = _kept(one, change, plan.choices)
        row.kept = {"cards": sorted(kept.cards)}
        row.completed_at = (row.completed_at or now) if kept.done else None
        row.card_key = change.cards[-1] if kept.done else place_in(change.cards, kept.cards)


def undo_move(session: Session, *, actor: Actor, move_id: uuid.UUID, now: datetime) -> int:
    """Put people back on the version they were moved from; how many. Done once.

    Whoever has completed the course or begun it anew since stays. What the others did since the move counts on the earlier version
    where the card is the same there. Raises NotFound, NotAllowed, Conflict (undone already; moved on since).
    """
    require(POLICY, actor, LearningPermission.MOVE)
    move = queries.find_move(session, actor=actor, move_id=move_id, for_update=True)
    if move is None:
        raise NotFound("There is no such move.")
    if move.undone_at is not None:
        raise Conflict("This was undone already.")
    if queries.count_moved_since(session, actor=actor, course_id=move.course_id, move=move):
        raise Conflict("People were moved on since. Undo the later move first.")
    earlier = courses.find_version(session, actor=actor, version_id=move.from_version_id)
    later = courses.find_version(session, actor=actor, version_id=move.to_version_id)
    course = courses.find_course(session, actor=actor, course_id=move.course_id)
    if earlier is None or later is None or course is None:
        raise NotFound("There is no such move.")
    changes = {
        one.key: one
        for one in compare(
            queries.list_shapes(session, version_id=later.id),
            queries.list_shapes(session, version_id=earlier.id),
        )
    }
    before = {row.person_id: row.before for row in queries.list_moved(session, actor=actor, move_id=move.id)}
    back = queries.list_under_way(
        session,
        actor=actor,
        version_id=later.id,
        today=people.find_today(session, actor=actor, now=now),
        person_ids=list(before),
        for_update=True,
    )
    back = [one for one in back if one.enrolment.run == 1 or one.enrolment.enrolled_at <= move.moved_at]
    for one in back:
        _put_back(one, before[one.enrolment.person_id], changes, earlier.id, now)
    session.flush()  # completion counts the lessons done
    for one in back:
        settle_completion(session, one.enrolment, now)
    move.undone_at, move.undone_by_id = now, actor.person_id
    _log(session, actor, N_("people moved back"), course, later, earlier, move, now)
    return len(back)


def _put_back(
    one: UnderWayOn,
    before: Mapping[str, Any],
    changes: Mapping[str, LessonChange],
    version_id: uuid.UUID,
    now: datetime,
) -> None:
    one.enrolment.version_id = version_id
    done_at = before["lessons_done_at"]
    one.enrolment.lessons_done_at = datetime.fromisoformat(done_at) if done_at else None
    for key, row in one.progress.items():
        change, was = changes.get(key), before["lessons"].get(key)
        if (
            change is None or change.change is Change.NEW
        ):  # `compare` goes from the later version to the earlier
            _restore(row, was)
            continue
        since = one.finished.get(key, frozenset()) & (set(change.cards) - set(change.fresh))
        kept = frozenset(was["kept"] if was else ()) | since
        row.kept = {"cards": sorted(kept)}
        done_at = was["completed_at"] if was else None
        whole = bool(done_at) or set(change.cards) <= kept
        row.completed_at = (datetime.fromisoformat(done_at) if done_at else now) if whole else None
        row.card_key = place_in(change.cards, kept) if change.cards else row.card_key


def _restore(row: LessonProgress, was: Mapping[str, Any] | None) -> None:
    """A lesson that only one of the versions has is put back as it was; one begun since the move stays as it is."""
    if was is not None:
        row.card_key, row.kept = was["card"], {"cards": was["kept"]}
        row.completed_at = datetime.fromisoformat(was["completed_at"]) if was["completed_at"] else None


def _log(
    session: Session,
    actor: Actor,
    act: str,
    course: Course,
    from_: CourseVersion,
    to: CourseVersion,
    move: CourseMove,
    now: datetime,
) -> None:
    record_act(
        session,
        actor=actor,
        act=act,
        subject=f"{course.key}: {to.title}",
        now=now,
        detail={
            "move": str(move.id),
            "from": from_.number,
            "to": to.number,
            "people": move.people,
            "choices": move.choices,
        },
    )
