"""How many cards lessons have, and how many of them somebody has finished."""

import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from lms.courses.models import LessonVersion
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.foundation.remembering import Remembered
from lms.learning.models import CardFact

Lesson = tuple[uuid.UUID | None, str]

MOST_KEPT = 1024
"""Versions whose counts a process keeps: a few hundred bytes each."""
_kept: Remembered[uuid.UUID, Mapping[str, int]] = Remembered(MOST_KEPT)


@cache
def _cards(*, postgresql: bool) -> Select[Any]:
    cards = LessonVersion.cards["cards"]
    length = (
        func.jsonb_array_length(cards)
        if postgresql
        else func.json_array_length(LessonVersion.cards, "$.cards")
    )
    return select(LessonVersion.version_id, LessonVersion.key, length.label("cards")).where(
        LessonVersion.version_id.in_(bindparam("version_ids", expanding=True))
    )


_FINISHED = (
    select(
        CardFact.version_id,
        CardFact.lesson_key,
        func.count(CardFact.card_key.distinct()).label("finished"),
    )
    .where(
        CardFact.firm_id == ASKING.firm_id,
        CardFact.person_id == ASKING.person_id,
        CardFact.version_id.in_(bindparam("version_ids", expanding=True)),
    )
    .group_by(CardFact.version_id, CardFact.lesson_key)
)


def count_cards(session: Session, *, version_ids: Sequence[uuid.UUID]) -> Mapping[Lesson, int]:
    """The number of cards of each lesson of some versions, by version and key; the cards themselves stay where they are.

    A statement when some version is new here, else none: versions are written once.
    """
    known = {one: found for one in version_ids if (found := _kept.get(one)) is not None}
    missing = [one for one in version_ids if one not in known]
    if missing:
        postgresql = session.get_bind().dialect.name == "postgresql"
        fresh: dict[uuid.UUID, dict[str, int]] = {}
        for row in session.execute(_cards(postgresql=postgresql), {"version_ids": missing}):
            fresh.setdefault(row.version_id, {})[row.key] = row.cards
        known |= fresh
        _kept.tell(fresh)
    return {(version_id, key): cards for version_id, found in known.items() for key, cards in found.items()}


def count_finished(
    session: Session, *, actor: Actor, version_ids: Sequence[uuid.UUID]
) -> Mapping[Lesson, int]:
    """How many cards of each lesson of some versions the actor finished, by version and key."""
    asked = {"firm_id": actor.firm_id, "person_id": actor.person_id, "version_ids": list(version_ids)}
    rows = session.execute(_FINISHED, asked)
    return {(row.version_id, row.lesson_key): row.finished for row in rows}
