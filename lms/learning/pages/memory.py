"""What the review page shows: one card at a time, and why it comes now."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.kinds import asked as shown_now
from lms.assessments.kinds import kind_of
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.learning.models import ReviewCard
from lms.learning.queries import memory as queries
from lms.learning.queries.calendar import Day, find_day
from lms.learning.rules.memory import Because, because, still_known
from lms.learning.services.memory import seed_of


@dataclass(frozen=True)
class AskedCard:
    """A card to be answered. `known`: how likely it is still known, in percent; none before its first review."""

    card: ReviewCard
    ask: Mapping[str, Any]
    language: str
    why: Because
    known: int | None
    days: int
    document: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewPage:
    """The next card, as number `number` of `of`; or none, and when the next one comes."""

    asked: AskedCard | None
    number: int
    of: int
    held_back: int
    next_on: date | None
    put_aside: int
    day: Day


def review_page(session: Session, *, actor: Actor, until: int | None, now: datetime) -> ReviewPage:
    """What to review now. `until`: stop when so many were reviewed today (a session that was composed)."""
    day = find_day(session, actor=actor, now=now)
    due = queries.list_due_cards(session, actor=actor, day=day, now=now)
    most = due.done + len(due.cards)
    of = most if until is None else min(until, most)
    asked = None
    if due.done < of:
        asked = next(
            (one for one in (asked_card(session, card, day, now) for card in due.cards) if one), None
        )
    return ReviewPage(
        asked,
        due.done + 1,
        of,
        due.held_back,
        None if asked else queries.find_next_due(session, actor=actor, today=day.today),
        queries.count_put_aside(session, actor=actor),
        day,
    )


def asked_card(session: Session, card: ReviewCard, day: Day, now: datetime) -> AskedCard | None:
    """A card as it is asked on a day; none when its question is not there any more."""
    shown = queries.find_document(session, card)
    if shown is None:
        return None
    document, language = shown
    kind = kind_of(document)
    question = kind.read(document)
    memory = queries.memory_of(card)
    last = (card.last_at or card.made_at).astimezone(day.zone).date()
    return AskedCard(
        card,
        kind.ask(question, kind.vary(question, seed_of(card.id, card.reviews))),
        language,
        because(card.source, memory, card.last_grade),
        round(100 * still_known(memory, now)) if memory.last_at else None,
        (day.today - last).days,
        document,
    )


@dataclass(frozen=True)
class AnsweredPage:
    """A card after it was answered: the explanation, and when it comes back."""

    answer_id: uuid.UUID
    card: ReviewCard
    checked: Mapping[str, Any]
    language: str
    may_say: bool
    number: int
    of: int
    day: Day


def answered_page(
    session: Session, *, actor: Actor, answer_id: uuid.UUID, until: int | None, now: datetime
) -> AnsweredPage:
    """An answer that was given, explained. Raises NotFound."""
    log = queries.find_log(session, actor=actor, log_id=answer_id)
    card = (
        queries.find_card(session, actor=actor, card_id=log.card_id)
        if log is not None and log.person_id == actor.person_id and log.of_id is None
        else None
    )
    shown = queries.find_document(session, card) if card is not None else None
    if log is None or card is None or shown is None:
        raise NotFound("There is no such answer.")
    document, language = shown
    kind = kind_of(document)
    question = kind.read(document)
    variant = kind.vary(question, seed_of(card.id, log.nth))
    day = find_day(session, actor=actor, now=now)
    due = queries.list_due_cards(session, actor=actor, day=day, now=now)
    said = queries.find_word_on(session, actor=actor, log_id=log.id) is not None
    most = due.done + len(due.cards)
    return AnsweredPage(
        log.id,
        card,
        {
            "key": card.key,
            "ask": shown_now(kind, question, variant, log.given),
            "given": log.given,
            "answer": kind.answer(question, variant),
            "mark": kind.mark(question, variant, log.given),
        },
        language,
        log.score >= 1 and not said and card.reviews == log.nth + 1,
        due.done,
        most if until is None else min(until, most),
        day,
    )
