"""The review cards that a phone keeps: those due today and tomorrow, with their answers, which practice may show at once."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.foundation.actor import Actor
from lms.foundation.policy import require
from lms.learning.pages.memory import AskedCard, asked_card
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import memory as queries
from lms.learning.queries.calendar import find_day
from lms.learning.rules.syncing import FORMAT
from lms.learning.services.memory import seed_of


@dataclass(frozen=True)
class PackedCard:
    """A card to keep: as it is asked, with its key and why, and the day from which it may be asked."""

    asked: AskedCard
    answer: Mapping[str, Any]
    from_on: date


@dataclass(frozen=True)
class ReviewPack:
    """The cards, most at risk first, and a mark of what is in it."""

    cards: Sequence[PackedCard]
    mark: str


def review_pack(session: Session, *, actor: Actor, language: str, now: datetime) -> ReviewPack:
    """What to keep of review: the cards of today, then those of tomorrow, each day's within the firm's limit."""
    require(POLICY, actor, LearningPermission.LEARN)
    day = find_day(session, actor=actor, now=now)
    tomorrow = replace(day, today=day.today + timedelta(days=1))
    found: dict[uuid.UUID, PackedCard] = {}
    for one in (day, tomorrow):
        for card in queries.list_due_cards(session, actor=actor, day=one, now=now).cards:
            asked = None if card.id in found else asked_card(session, card, one, now)
            if asked is None:
                continue
            document, _language = asked.document, asked.language
            kind = kind_of(document)
            question = kind.read(document)
            key = kind.answer(question, kind.vary(question, seed_of(card.id, card.reviews)))
            found[card.id] = PackedCard(asked, key, one.today)
    cards = list(found.values())
    said = [FORMAT, language, actor.person_id]
    said += [
        (one.asked.card.id, one.asked.card.reviews, one.from_on, one.asked.card.version_id) for one in cards
    ]
    mark = hashlib.sha256(" ".join(map(str, said)).encode()).hexdigest()[:16]
    return ReviewPack(cards, mark)
