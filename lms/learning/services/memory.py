"""Review cards: made when a lesson is completed or a question was missed, answered, put aside and taken back.

An answer is a fact with an id of its device: the first arrival counts. It is graded by right or wrong at once; how well
it was known is a second fact about the first, so that who looks at the explanation and leaves has answered all the same.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.kinds import MARKED_BY_PEOPLE, kind_of
from lms.assessments.kinds.contract import BadAnswer, is_stepwise
from lms.assessments.rules import AssessmentGraded, may_see_key
from lms.courses.models import LessonVersion
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.learning.models import Enrolment, ReviewCard, ReviewLog
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import memory as queries
from lms.learning.queries.calendar import find_day
from lms.learning.rules.memory import FELT, Grade, Memory, grade_of, review
from lms.people import queries as people

EARLIEST = timedelta(days=30)
"""A device that says an answer is older than this has a clock that is wrong; then the arrival counts."""


def _can_come_back(document: Mapping[str, Any]) -> bool:
    """Whether a question can be asked by itself and marked at once."""
    kind = kind_of(document)
    return kind.NAME not in MARKED_BY_PEOPLE and not is_stepwise(kind)


@dataclass(frozen=True)
class _Source:
    key: str
    about: str
    lesson_key: str = ""
    version_id: uuid.UUID | None = None
    question_version_id: uuid.UUID | None = None


def keep_checks(session: Session, *, enrolment: Enrolment, lesson: LessonVersion, now: datetime) -> None:
    """A lesson was completed: each of its check questions comes back from tomorrow on."""
    found = [
        _Source(part["check"]["key"], lesson.title, lesson.key, lesson.version_id)
        for card in lesson.cards["cards"]
        for part in card["parts"]
        if "check" in part and _can_come_back(part["check"])
    ]
    _keep(session, enrolment.firm_id, enrolment.person_id, enrolment.course_id, "check", found, now)


def keep_missed(session: Session, event: AssessmentGraded) -> None:
    """An assessment was graded: what was missed comes back, once its key may be seen."""
    blueprint = queries.find_blueprint(session, firm_id=event.firm_id, attempt_id=event.attempt_id)
    if blueprint is None or not may_see_key(blueprint.feedback, submitted=True, passed=event.passed):
        return
    found = [
        _Source(one.key, event.title, question_version_id=one.question_version_id)
        for one in queries.list_missed(session, firm_id=event.firm_id, attempt_id=event.attempt_id)
        if _can_come_back({"kind": one.kind})
    ]
    _keep(session, event.firm_id, event.person_id, event.course_id, "question", found, event.at)


def _keep(
    session: Session,
    firm_id: uuid.UUID,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    source: str,
    found: Iterable[_Source],
    now: datetime,
) -> None:
    """Make the cards that are not there; one that is keeps its memory, is brought to the newest version and comes tomorrow."""
    sources = {one.key: one for one in found}
    if not sources:
        return
    there = queries.list_cards(
        session, firm_id=firm_id, person_id=person_id, course_id=course_id, source=source, keys=list(sources)
    )
    today = now.astimezone(people.find_zone(session, firm_id=firm_id)).date()
    tomorrow = today + timedelta(days=1)
    for key, one in sources.items():
        card = there.get(key)
        if card is None:
            card = ReviewCard(
                firm_id=firm_id,
                id=new_id(),
                person_id=person_id,
                course_id=course_id,
                source=source,
                key=key,
                made_at=now,
                since=today,
                due_on=tomorrow,
            )
            session.add(card)
        elif source == "question" and card.due_on > tomorrow:
            card.since, card.due_on = today, tomorrow
        card.about, card.lesson_key = one.about, one.lesson_key
        card.version_id, card.question_version_id = one.version_id, one.question_version_id


@dataclass(frozen=True)
class Answered:
    """An answer to a card, as a device tells it. `nth`: how often the card had been answered when it was shown."""

    id: uuid.UUID
    card_id: uuid.UUID
    nth: int
    raw: Mapping[str, list[str]]
    device_at: datetime | None = None


@dataclass(frozen=True)
class Reviewed:
    """What became of an answer."""

    log: ReviewLog
    again: bool = False


def seed_of(card_id: uuid.UUID, nth: int) -> int:
    """Each time a card comes, its options stand in another order and its numbers are others; the same for one time."""
    return (card_id.int ^ (nth + 1) * 0x9E3779B1) & 0x7FFFFFFF


def answer_card(session: Session, *, actor: Actor, answered: Answered, now: datetime) -> Reviewed:
    """Keep an answer and schedule the card by right or wrong. A repeat of the id changes nothing.

    Raises NotFound, Conflict (the id is another answer's), Invalid (nothing chosen, or it cannot be read).
    """
    require(POLICY, actor, LearningPermission.LEARN)
    card = queries.find_card(session, actor=actor, card_id=answered.card_id, for_update=True)
    known = queries.find_log(session, actor=actor, log_id=answered.id)
    if known is not None and card is not None:
        if (known.person_id, known.card_id, known.of_id) != (actor.person_id, card.id, None):
            raise Conflict("That answer was already kept for another question.")
        return Reviewed(known, again=True)
    shown = queries.find_document(session, card) if card is not None else None
    if card is None or shown is None:
        raise NotFound("There is no such question.")
    document, _language = shown
    kind = kind_of(document)
    question = kind.read(document)
    nth = min(answered.nth, card.reviews)
    variant = kind.vary(question, seed_of(card.id, nth))
    try:
        given = kind.given(question, variant, answered.raw)
    except BadAnswer as error:
        raise Invalid(error.sentence, **error.values) from None
    if given is None:
        raise Invalid("Choose or type an answer first.")
    score = kind.mark(question, variant, given).score
    grade = grade_of(score)
    log = ReviewLog(
        firm_id=actor.firm_id,
        id=answered.id,
        person_id=actor.person_id,
        card_id=card.id,
        of_id=None,
        nth=nth,
        given=given,
        before={
            "stability": card.stability,
            "difficulty": card.difficulty,
            "last_at": card.last_at.isoformat() if card.last_at else None,
            "lapses": card.lapses,
        },
        score=score,
        grade=grade,
        at=_when(card, answered.device_at, now),
        device_at=answered.device_at,
        arrived_at=now,
    )
    session.add(log)
    card.reviews += 1
    _schedule(session, actor, card, log, grade, now)
    return Reviewed(log)


def _when(card: ReviewCard, device_at: datetime | None, now: datetime) -> datetime:
    """When an answer was given: as the device says, where that can be; never before the card's last one, never later than now."""
    if device_at is None or not now - EARLIEST <= device_at <= now:
        return now
    return max(device_at, card.last_at or card.made_at)


def _schedule(
    session: Session, actor: Actor, card: ReviewCard, log: ReviewLog, grade: Grade, now: datetime
) -> None:
    """The card as it stands after an answer, counted from how it stood before it."""
    day = find_day(session, actor=actor, now=now)
    last_at = log.before["last_at"]
    before = Memory(
        log.before["stability"],
        log.before["difficulty"],
        datetime.fromisoformat(last_at) if last_at else None,
    )
    after, days = review(
        before, grade, at=log.at, retention=day.terms.retention, seed=f"{card.id} {log.nth} {log.id}"
    )
    card.stability, card.difficulty, card.last_at = after.stability, after.difficulty, after.last_at
    card.lapses = int(log.before["lapses"]) + (grade is Grade.AGAIN)
    card.last_grade = grade
    card.since = log.at.astimezone(day.zone).date()
    card.due_on = card.since + timedelta(days=days)
    card.buried_until = None


def say_how_well(
    session: Session,
    *,
    actor: Actor,
    word_id: uuid.UUID,
    answer_id: uuid.UUID,
    felt: str,
    now: datetime,
    guessed: bool = False,
) -> Reviewed:
    """Keep how well an answer was known, and schedule its card by that. The first word on an answer stands.

    Who was not wholly right is not asked; a word that comes after the card was answered again is kept and moves nothing.
    `guessed`: it was said without a network, before the answer was marked. Then it is kept whatever the mark, and moves
    the card only where the answer was right.
    Raises NotFound, Invalid (no such word), Conflict (the id is another's, or the answer was not right).
    """
    require(POLICY, actor, LearningPermission.LEARN)
    answer = queries.find_log(session, actor=actor, log_id=answer_id)
    if answer is None or answer.person_id != actor.person_id or answer.of_id is not None:
        raise NotFound("There is no such answer.")
    if felt not in FELT:
        raise Invalid("Choose how well you knew it.")
    if answer.score < 1 and not guessed:
        raise Conflict("That is asked of right answers only.")
    card = queries.find_card(session, actor=actor, card_id=answer.card_id, for_update=True)
    if card is None:
        raise NotFound("There is no such answer.")
    first = queries.find_word_on(session, actor=actor, log_id=answer_id)
    if first is not None:
        return Reviewed(first, again=True)
    if queries.find_log(session, actor=actor, log_id=word_id) is not None:
        raise Conflict("That was already kept for another answer.")
    grade = grade_of(answer.score, felt)
    word = ReviewLog(
        firm_id=actor.firm_id,
        id=word_id,
        person_id=actor.person_id,
        card_id=card.id,
        of_id=answer.id,
        nth=answer.nth,
        given={"felt": felt},
        before=answer.before,
        score=answer.score,
        grade=grade,
        at=answer.at,
        device_at=None,
        arrived_at=now,
    )
    session.add(word)
    if answer.score >= 1 and card.last_at == answer.at and card.reviews == answer.nth + 1:
        _schedule(session, actor, card, answer, grade, now)
    return Reviewed(word)


def put_aside(session: Session, *, actor: Actor, card_id: uuid.UUID, how: str, now: datetime) -> ReviewCard:
    """Leave a card until tomorrow ("later") or for good ("never"), or take it back ("back"). Raises NotFound, Invalid."""
    require(POLICY, actor, LearningPermission.LEARN)
    card = queries.find_card(session, actor=actor, card_id=card_id, for_update=True)
    if card is None:
        raise NotFound("There is no such question.")
    if how == "later":
        card.buried_until = find_day(session, actor=actor, now=now).today + timedelta(days=1)
    elif how == "never":
        card.suspended_at = card.suspended_at or now
    elif how == "back":
        card.suspended_at = card.buried_until = None
    else:
        raise Invalid("Choose what to do with the question.")
    return card
