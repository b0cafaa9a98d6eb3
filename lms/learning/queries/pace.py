"""How long lessons take: what was measured, and the pace it makes."""

import uuid
from collections.abc import Sequence
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
from lms.learning.rules.composing import Pace, card_ratios, pace_of

LATEST = 25
"""So many people's times of a lesson, and so many lessons of a person, are looked at: the latest."""
LATEST_CARDS = 60
"""So many review cards of a person."""


def _times() -> tuple[CompoundSelect[Any], Select[Any]]:
    """Put together once: a person's own times, and the latest of everybody's in some courses."""
    lessons = (
        select(
            LessonTime.course_id,
            LessonTime.lesson_key,
            LessonTime.ratio,
            cast(null(), UtcDateTime()).label("at"),
        )
        .where(LessonTime.firm_id == ASKING.firm_id, LessonTime.person_id == ASKING.person_id)
        .order_by(LessonTime.measured_at.desc(), LessonTime.lesson_key)
        .limit(LATEST)
        .subquery()
    )
    answers = (
        select(
            cast(null(), Uuid()).label("course_id"),
            cast(null(), String()).label("lesson_key"),
            cast(null(), Double()).label("ratio"),
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
    own = union_all(select(lessons), select(answers))
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
            LessonTime.course_id.in_(bindparam("course_ids", expanding=True)),
        )
        .subquery()
    )
    return own, select(latest).where(latest.c.place <= LATEST)


_OWN_TIMES, _EVERYBODYS_TIMES = _times()


def find_pace(session: Session, *, actor: Actor, course_ids: Sequence[uuid.UUID]) -> Pace:
    """The actor's pace, and that of the lessons of some courses. Two statements."""
    both = session.execute(_OWN_TIMES, {"firm_id": actor.firm_id, "person_id": actor.person_id}).all()
    mine = [row for row in both if row.at is None]
    cards = card_ratios([row.at for row in both if row.at is not None])
    own = {(row.course_id, row.lesson_key): row.ratio for row in mine}
    wanted = {*course_ids, *(row.course_id for row in mine)}
    others: dict[tuple[uuid.UUID, str], list[float]] = {}
    for row in session.execute(_EVERYBODYS_TIMES, {"firm_id": actor.firm_id, "course_ids": list(wanted)}):
        others.setdefault((row.course_id, row.lesson_key), []).append(row.rest)
    return pace_of(own, others, cards)


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
