"""Review cards: which of them a person should meet now, and what stands behind each."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Uuid, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import (
    Attempt,
    AttemptQuestion,
    Question,
    QuestionVersion,
)
from lms.assessments.queries.live import blueprint_of
from lms.assessments.rules import Blueprint
from lms.courses.models import CourseVersion, LessonVersion
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.learning.models import ReviewCard, ReviewLog
from lms.learning.queries.calendar import Day
from lms.learning.rules.memory import Memory, Span, days_in, due_after_leave, still_known
from lms.people.queries.away import in_force, list_leave

# Said once: Review and Today ask for these each time.
_OWN_CARDS = (ReviewCard.firm_id == ASKING.firm_id, ReviewCard.person_id == ASKING.person_id)
_DUE = select(ReviewCard).where(
    *_OWN_CARDS,
    ReviewCard.due_on <= bindparam("today"),
    ReviewCard.suspended_at.is_(None),
    or_(ReviewCard.buried_until.is_(None), ReviewCard.buried_until <= bindparam("today")),
)
_OF_SOURCE = select(ReviewCard).where(
    *_OWN_CARDS,
    ReviewCard.course_id == bindparam("course_id", type_=Uuid()),
    ReviewCard.source == bindparam("source"),
    ReviewCard.key.in_(bindparam("keys", expanding=True)),
)
_NEXT_DUE = select(func.min(ReviewCard.due_on)).where(
    *_OWN_CARDS, ReviewCard.due_on > bindparam("today"), ReviewCard.suspended_at.is_(None)
)
_PUT_ASIDE = select(func.count()).where(*_OWN_CARDS, ReviewCard.suspended_at.is_not(None))
_REVIEWS = select(func.count()).where(
    ReviewLog.firm_id == ASKING.firm_id,
    ReviewLog.person_id == ASKING.person_id,
    ReviewLog.of_id.is_(None),
    ReviewLog.arrived_at >= bindparam("began"),
)
_MISSED = (
    select(Question.key, QuestionVersion.id.label("question_version_id"), QuestionVersion.kind)
    .select_from(AttemptQuestion)
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .join(Question, Question.id == QuestionVersion.question_id)
    .where(
        AttemptQuestion.firm_id == ASKING.firm_id,
        AttemptQuestion.attempt_id == bindparam("attempt_id"),
        AttemptQuestion.score < 1,
        ~AttemptQuestion.left_out,
    )
    .order_by(AttemptQuestion.position)
)
_SAT = select(Attempt.assessment_version_id).where(
    Attempt.firm_id == ASKING.firm_id, Attempt.id == bindparam("attempt_id")
)


def _own(actor: Actor) -> dict[str, Any]:
    return {"firm_id": actor.firm_id, "person_id": actor.person_id}


def memory_of(card: ReviewCard) -> Memory:
    """What is known of a card."""
    return Memory(card.stability, card.difficulty, card.last_at)


def list_cards(
    session: Session,
    *,
    firm_id: uuid.UUID,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    source: str,
    keys: Collection[str],
) -> Mapping[str, ReviewCard]:
    """A person's cards of one source in a course, by key."""
    rows = session.scalars(
        _OF_SOURCE,
        {
            "firm_id": firm_id,
            "person_id": person_id,
            "course_id": course_id,
            "source": source,
            "keys": list(keys),
        },
    )
    return {row.key: row for row in rows}


def find_card(
    session: Session, *, actor: Actor, card_id: uuid.UUID, for_update: bool = False
) -> ReviewCard | None:
    """A card of the actor's own."""
    statement = select(ReviewCard).where(
        ReviewCard.firm_id == actor.firm_id,
        ReviewCard.id == card_id,
        ReviewCard.person_id == actor.person_id,
    )
    return session.scalar(statement.with_for_update() if for_update else statement)


def find_log(session: Session, *, actor: Actor, log_id: uuid.UUID) -> ReviewLog | None:
    """What was said of a card, by the id its device gave it; anybody's of the firm, so that a taken id is known."""
    return session.scalar(select(ReviewLog).where(ReviewLog.firm_id == actor.firm_id, ReviewLog.id == log_id))


def find_answer(session: Session, *, actor: Actor, card_id: uuid.UUID, nth: int) -> ReviewLog | None:
    """The actor's first answer to a card as it was shown when it had been answered `nth` times."""
    return session.scalar(
        select(ReviewLog)
        .where(
            ReviewLog.firm_id == actor.firm_id,
            ReviewLog.person_id == actor.person_id,
            ReviewLog.card_id == card_id,
            ReviewLog.nth == nth,
            ReviewLog.of_id.is_(None),
        )
        .order_by(ReviewLog.arrived_at, ReviewLog.id)
        .limit(1)
    )


def find_word_on(session: Session, *, actor: Actor, log_id: uuid.UUID) -> ReviewLog | None:
    """What the person said of how well they knew an answer."""
    return session.scalar(
        select(ReviewLog).where(ReviewLog.firm_id == actor.firm_id, ReviewLog.of_id == log_id)
    )


def find_document(session: Session, card: ReviewCard) -> tuple[Mapping[str, Any], str] | None:
    """A card's question and its language; none when its lesson has it no more."""
    if card.version_id is not None:
        row = session.execute(
            select(LessonVersion.cards, CourseVersion.language)
            .join(CourseVersion, CourseVersion.id == LessonVersion.version_id)
            .where(LessonVersion.version_id == card.version_id, LessonVersion.key == card.lesson_key)
        ).one_or_none()
        found = _check(row.cards, card.key) if row else None
        return (found, row.language) if row and found else None
    row = session.execute(
        select(QuestionVersion.document, CourseVersion.language)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(CourseVersion, CourseVersion.course_id == Question.course_id)
        .where(QuestionVersion.id == card.question_version_id)
        .order_by(CourseVersion.number.desc())
        .limit(1)
    ).one_or_none()
    return (row.document, row.language) if row else None


@dataclass(frozen=True)
class Missed:
    """A question of an attempt that was not answered rightly."""

    key: str
    question_version_id: uuid.UUID
    kind: str


def list_missed(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> Sequence[Missed]:
    """What somebody missed in an attempt, in its order."""
    rows = session.execute(_MISSED, {"firm_id": firm_id, "attempt_id": attempt_id})
    return [Missed(**row._mapping) for row in rows]


def find_blueprint(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> Blueprint | None:
    """The assessment that an attempt is of, as it was."""
    version_id = session.scalar(_SAT, {"firm_id": firm_id, "attempt_id": attempt_id})
    return blueprint_of(session, version_id=version_id) if version_id else None


@dataclass(frozen=True)
class DueCards:
    """The cards a person should meet today: most at risk first, no more than the day's limit leaves.

    `done` were reviewed today; `held_back` come on another day, because of the limit.
    """

    cards: Sequence[ReviewCard]
    done: int
    held_back: int


def list_due_cards(session: Session, *, actor: Actor, day: Day, now: datetime) -> DueCards:
    """What is due on a day. Three statements."""
    rows = session.scalars(_DUE, {**_own(actor), "today": day.today}).all()
    done = count_reviews(session, actor=actor, day=day)
    leave = protected_leave(session, actor=actor)
    if days_in(leave, day.today - timedelta(days=1), day.today):
        return DueCards((), done, 0)  # nobody is asked anything on a day of protected leave
    due = [
        card for card in rows if due_after_leave(card.since, card.due_on, leave, today=day.today) is not None
    ]
    due.sort(key=lambda card: (still_known(memory_of(card), now), card.due_on, str(card.id)))
    left = max(0, day.terms.reviews_a_day - done)
    return DueCards(due[:left], done, max(0, len(due) - left))


def protected_leave(session: Session, *, actor: Actor) -> list[Span]:
    """When the actor was on protected leave, as it is known today. Why is not read."""
    rows = list_leave(session, actor=actor, person_id=actor.person_id)
    return [(one.since, one.until) for one in in_force(rows) if one.protected]


def count_reviews(session: Session, *, actor: Actor, day: Day) -> int:
    """How many cards the actor answered on a day of their firm."""
    began = datetime.combine(day.today, time(), day.zone)
    return session.scalar(_REVIEWS, {**_own(actor), "began": began}) or 0


def find_next_due(session: Session, *, actor: Actor, today: date) -> date | None:
    """The next day on which a card of the actor's comes, after today."""
    return session.scalar(_NEXT_DUE, {**_own(actor), "today": today})


@dataclass(frozen=True)
class Aside:
    """A card that was put aside, with the words of its question."""

    id: uuid.UUID
    about: str
    stem: str
    language: str


def list_put_aside(session: Session, *, actor: Actor) -> Sequence[Aside]:
    """The cards the actor does not want to be asked, latest first; the first 200. One statement."""
    rows = session.execute(
        select(ReviewCard, LessonVersion.cards, QuestionVersion.document, CourseVersion.language)
        .outerjoin(
            LessonVersion,
            and_(
                LessonVersion.version_id == ReviewCard.version_id, LessonVersion.key == ReviewCard.lesson_key
            ),
        )
        .outerjoin(QuestionVersion, QuestionVersion.id == ReviewCard.question_version_id)
        .outerjoin(CourseVersion, CourseVersion.id == ReviewCard.version_id)
        .where(
            ReviewCard.firm_id == actor.firm_id,
            ReviewCard.person_id == actor.person_id,
            ReviewCard.suspended_at.is_not(None),
        )
        .order_by(ReviewCard.suspended_at.desc(), ReviewCard.id)
        .limit(200)
    )
    return [
        Aside(
            card.id,
            card.about,
            str((document or _check(cards, card.key) or {}).get("stem", "")),
            language or "",
        )
        for card, cards, document, language in rows
    ]


def _check(cards: Mapping[str, Any] | None, key: str) -> Mapping[str, Any] | None:
    """The document of a check question among a lesson's cards."""
    parts = [part for one in (cards or {"cards": []})["cards"] for part in one["parts"]]
    return next((one["check"] for one in parts if one.get("check", {}).get("key") == key), None)


def count_put_aside(session: Session, *, actor: Actor) -> int:
    """How many cards the actor does not want to be asked."""
    return session.scalar(_PUT_ASIDE, _own(actor)) or 0
