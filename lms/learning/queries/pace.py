"""How long lessons take: what was measured, and the pace it makes."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Double,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.db import ASKING, UtcDateTime
from lms.learning.models import CardFact, LessonTime, ReviewLog
from lms.learning.rules.pace import Lesson, Moment, Pace, Took, pace_of, took
from lms.learning.rules.time_log import done_at

LATEST = 25
"""So many people's times of a lesson, and so many lessons of a person, are looked at: the latest."""
LATEST_CARDS = 60
"""So many cards of lessons and so many review cards of a person."""


def _times() -> tuple[CompoundSelect[Any], Select[Any]]:
    """Put together once: a person's own times, and the latest of everybody's in some courses."""
    lessons = (
        select(
            LessonTime.course_id,
            LessonTime.lesson_key,
            cast(null(), String()).label("card_key"),
            LessonTime.ratio,
            cast(null(), UtcDateTime()).label("device_at"),
            cast(null(), UtcDateTime()).label("at"),
        )
        .where(LessonTime.firm_id == ASKING.firm_id, LessonTime.person_id == ASKING.person_id)
        .order_by(LessonTime.measured_at.desc(), LessonTime.lesson_key)
        .limit(LATEST)
        .subquery()
    )
    finished = (
        select(
            CardFact.course_id,
            CardFact.lesson_key,
            CardFact.card_key,
            cast(null(), Double()).label("ratio"),
            CardFact.device_at,
            CardFact.arrived_at.label("at"),
        )
        .where(CardFact.firm_id == ASKING.firm_id, CardFact.person_id == ASKING.person_id)
        .order_by(CardFact.arrived_at.desc(), CardFact.id)
        .limit(LATEST_CARDS)
        .subquery()
    )
    answers = (
        select(
            cast(null(), Uuid()).label("course_id"),
            cast(null(), String()).label("lesson_key"),
            cast(null(), String()).label("card_key"),
            cast(null(), Double()).label("ratio"),
            cast(null(), UtcDateTime()).label("device_at"),
            ReviewLog.at,
        )
        .where(
            ReviewLog.firm_id == ASKING.firm_id,
            ReviewLog.person_id == ASKING.person_id,
            ReviewLog.of_id.is_(None),
        )
        .order_by(ReviewLog.arrived_at.desc(), ReviewLog.id)
        .limit(LATEST_CARDS)
        .subquery()
    )
    own = union_all(select(lessons), select(finished), select(answers))
    place = (
        func.row_number()
        .over(
            partition_by=(LessonTime.course_id, LessonTime.lesson_key),
            order_by=(LessonTime.measured_at.desc(), LessonTime.person_id),
        )
        .label("place")
    )
    latest = (
        select(
            LessonTime.course_id,
            LessonTime.lesson_key,
            (LessonTime.ratio - LessonTime.own).label("rest"),
            place,
        )
        .where(
            LessonTime.firm_id == ASKING.firm_id,
            LessonTime.person_id != ASKING.person_id,
            LessonTime.course_id.in_(bindparam("course_ids", expanding=True)),
        )
        .subquery()
    )
    return own, select(latest).where(latest.c.place <= LATEST)


_OWN_TIMES, _EVERYBODYS_TIMES = _times()


def find_pace(
    session: Session,
    *,
    actor: Actor,
    course_ids: Sequence[uuid.UUID],
    cards: Mapping[Lesson, float] | None = None,
) -> Pace:
    """The actor's pace, and that of the lessons of some courses. Two statements.

    `cards`: the author's seconds for a card of each lesson that is not finished; those begun tell of the pace as well.
    """
    asking = {"firm_id": actor.firm_id, "person_id": actor.person_id}
    rows = session.execute(_OWN_TIMES, asking).all()
    own = {(row.course_id, row.lesson_key): Took(row.ratio) for row in rows if row.ratio is not None}
    whole = set(own)
    begun = took(_moments([row for row in rows if row.ratio is None], cards or {}))
    reviews = begun.pop(None, None)
    own = {lesson: one for lesson, one in begun.items() if lesson is not None} | own
    wanted = {*course_ids, *(course_id for course_id, _key in whole)}
    others: dict[Lesson, list[float]] = {}
    for row in session.execute(_EVERYBODYS_TIMES, {**asking, "course_ids": list(wanted)}):
        others.setdefault((row.course_id, row.lesson_key), []).append(row.rest)
    return pace_of(own, others, reviews)


def _moments(rows: Sequence[Any], cards: Mapping[Lesson, float]) -> list[Moment]:
    """When cards were done. A card read again, and one of a lesson that is finished, only ends what came before it."""
    known: set[tuple[Lesson, str]] = set()
    moments = []
    for at, row in sorted(((done_at(row.device_at, row.at)[0], row) for row in rows), key=lambda one: one[0]):
        if row.card_key is None:
            moments.append(Moment(at))
            continue
        lesson = (row.course_id, row.lesson_key)
        again = (lesson, row.card_key) in known
        known.add((lesson, row.card_key))
        moments.append(Moment(at, 0.0 if again else cards.get(lesson, 0.0), lesson))
    return moments


def has_lesson_time(session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str) -> bool:
    """Whether the actor's time for a lesson was measured."""
    return (
        session.scalar(
            select(LessonTime.ratio).where(
                LessonTime.firm_id == actor.firm_id,
                LessonTime.person_id == actor.person_id,
                LessonTime.course_id == course_id,
                LessonTime.lesson_key == lesson_key,
            )
        )
        is not None
    )


def list_card_times(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str
) -> Sequence[datetime]:
    """When the actor first finished each card of a lesson: by their device's clock when it told it of all, by ours else."""
    rows = session.execute(
        select(CardFact.card_key, CardFact.device_at, CardFact.arrived_at)
        .where(
            CardFact.firm_id == actor.firm_id,
            CardFact.person_id == actor.person_id,
            CardFact.course_id == course_id,
            CardFact.lesson_key == lesson_key,
        )
        .order_by(CardFact.arrived_at.desc(), CardFact.id.desc())
    ).all()
    first = {row.card_key: row for row in rows}
    by_device = [row.device_at for row in first.values() if row.device_at is not None]
    return by_device if len(by_device) == len(first) else [row.arrived_at for row in first.values()]
