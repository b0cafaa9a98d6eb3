"""How many cards lessons have, and how many of them somebody has finished."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses.models import LessonVersion
from lms.foundation.actor import Actor
from lms.learning.models import CardFact

Lesson = tuple[uuid.UUID | None, str]


def count_cards(session: Session, *, version_ids: Sequence[uuid.UUID]) -> Mapping[Lesson, int]:
    """The number of cards of each lesson of some versions, by version and key; the cards themselves stay where they are."""
    cards = LessonVersion.cards["cards"]
    postgresql = session.get_bind().dialect.name == "postgresql"
    length = (
        func.jsonb_array_length(cards)
        if postgresql
        else func.json_array_length(LessonVersion.cards, "$.cards")
    )
    rows = session.execute(
        select(LessonVersion.version_id, LessonVersion.key, length.label("cards")).where(
            LessonVersion.version_id.in_(version_ids)
        )
    )
    return {(row.version_id, row.key): row.cards for row in rows}


def count_finished(
    session: Session, *, actor: Actor, version_ids: Sequence[uuid.UUID]
) -> Mapping[Lesson, int]:
    """How many cards of each lesson of some versions the actor finished, by version and key."""
    rows = session.execute(
        select(
            CardFact.version_id,
            CardFact.lesson_key,
            func.count(CardFact.card_key.distinct()).label("finished"),
        )
        .where(
            CardFact.firm_id == actor.firm_id,
            CardFact.person_id == actor.person_id,
            CardFact.version_id.in_(version_ids),
        )
        .group_by(CardFact.version_id, CardFact.lesson_key)
    )
    return {(row.version_id, row.lesson_key): row.finished for row in rows}
