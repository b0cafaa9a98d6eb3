"""Verbs of the learning room: enrolling, finishing cards, answering checks. Assigning is in `assigning`."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries as assessments
from lms.assessments.kinds import asked as shown_now
from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import BadAnswer
from lms.assessments.rules import AssessmentGraded
from lms.courses import queries as courses
from lms.courses.models import Course, CourseVersion, LessonVersion
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.events import emit
from lms.foundation.policy import require
from lms.learning import queries
from lms.learning.models import CardFact, CheckAnswer, Enrolment, LessonProgress
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.runs import find_terms
from lms.learning.rules import CourseCompleted, is_complete, is_whole, next_card, place_in
from lms.learning.rules.running import expires_on
from lms.learning.services.memory import keep_checks
from lms.learning.services.pacing import measure_lesson
from lms.learning.services.prerequisites import check_comes_next
from lms.people import queries as people


def enrol(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> Enrolment:
    """Put the actor on a course's live version; already there, they stay on the version they are on.

    Raises NotFound, Conflict (another course comes first).
    """
    require(POLICY, actor, LearningPermission.LEARN)
    enrolment = queries.find_enrolment(
        session, firm_id=actor.firm_id, person_id=actor.person_id, course_id=course_id, for_update=True
    )
    if enrolment is not None:
        return enrolment
    course = courses.find_course(session, actor=actor, course_id=course_id)
    if course is None or course.live_version_id is None:
        raise NotFound("There is no such course.")
    check_comes_next(session, actor=actor, course_id=course_id)
    enrolment = Enrolment(
        firm_id=actor.firm_id,
        person_id=actor.person_id,
        course_id=course_id,
        version_id=course.live_version_id,
        enrolled_at=now,
    )
    session.add(enrolment)
    session.flush()  # progress and completion look it up
    return enrolment


@dataclass(frozen=True)
class FinishedCard:
    """A card was finished, as a device tells it. `version_id` is the version that was on its screen, if it says so."""

    id: uuid.UUID
    course_id: uuid.UUID
    lesson_key: str
    card_key: str
    device_at: datetime | None = None
    version_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Place:
    """Where a person is in a lesson now."""

    card_key: str
    lesson_done: bool
    course_done: bool
    counted: bool = True
    """Whether the card moves the person on; one of a version they were moved from is kept beside."""
    again: bool = field(default=False, compare=False)


def finish_card(session: Session, *, actor: Actor, fact: FinishedCard, now: datetime) -> Place:
    """Keep that a card was finished and move the person on. A repeat of the id changes nothing.

    Whoever was moved to a later version while the earlier one was on their screen: the card is kept as one of that
    version, and they go on where they are in the later one.
    Raises NotFound (no such course, lesson or card), Conflict (the id is another card's).
    """
    enrolment = enrol(session, actor=actor, course_id=fact.course_id, now=now)
    version_id = shown_version(session, actor=actor, enrolment=enrolment, said=fact.version_id)
    if fact.card_key not in card_keys(_lesson(session, version_id, fact.lesson_key)):
        raise NotFound("There is no such card.")
    known = queries.find_card_fact(session, actor=actor, fact_id=fact.id)
    if known is not None:
        told = (actor.person_id, fact.course_id, fact.lesson_key, fact.card_key)
        if (known.person_id, known.course_id, known.lesson_key, known.card_key) != told:
            raise Conflict("That was already kept for another card.")
    else:
        session.add(
            CardFact(
                firm_id=actor.firm_id,
                id=fact.id,
                person_id=actor.person_id,
                course_id=fact.course_id,
                version_id=version_id,
                lesson_key=fact.lesson_key,
                card_key=fact.card_key,
                device_at=fact.device_at,
                arrived_at=now,
            )
        )
        session.flush()  # the cards finished are counted next
    counted = (known.version_id if known else version_id) == enrolment.version_id
    place = _go_on(session, actor, enrolment, fact, now, counts=known is None and counted)
    return replace(place, counted=counted, again=known is not None)


def _go_on(
    session: Session, actor: Actor, enrolment: Enrolment, fact: FinishedCard, now: datetime, *, counts: bool
) -> Place:
    """Where the person is in the lesson, on the version they are on; moved on first when the fact counts there."""
    lesson = courses.find_lesson(session, version_id=enrolment.version_id, key=fact.lesson_key)
    if lesson is None:  # the later version has it no more
        return Place("", True, enrolment.completed_at is not None)
    keys = card_keys(lesson)
    progress = queries.find_progress(
        session, actor=actor, course_id=fact.course_id, lesson_key=fact.lesson_key
    )
    if counts:
        if progress is None:
            progress = LessonProgress(
                firm_id=actor.firm_id,
                person_id=actor.person_id,
                course_id=fact.course_id,
                lesson_key=fact.lesson_key,
                card_key=keys[0],
                moved_at=now,
            )
            session.add(progress)
        progress.moved_at = now
        finished = kept_cards(progress) | queries.list_finished_cards(
            session,
            actor=actor,
            version_id=enrolment.version_id,
            lesson_key=fact.lesson_key,
            since=queries.counts_since(enrolment),
        )
        progress.card_key = (
            place_in(keys, finished)
            if progress.completed_at is None
            else next_card(keys, finished=fact.card_key)
        )
        if progress.completed_at is None and is_whole(keys, finished):
            progress.completed_at = now
            session.flush()  # completion counts the lessons done
            keep_checks(session, enrolment=enrolment, lesson=lesson, now=now)
            measure_lesson(session, actor=actor, enrolment=enrolment, lesson=lesson, now=now)
            settle_completion(session, enrolment, now)
    return Place(
        progress.card_key if progress else keys[0],
        bool(progress and progress.completed_at),
        enrolment.completed_at is not None,
    )


def card_keys(lesson: LessonVersion) -> list[str]:
    """The keys of a lesson's cards, in order."""
    return [card["key"] for card in lesson.cards["cards"]]


def kept_cards(progress: LessonProgress) -> frozenset[str]:
    """The cards that a person brought along from an earlier version of a lesson."""
    return frozenset((progress.kept or {}).get("cards", ()))


def shown_version(
    session: Session, *, actor: Actor, enrolment: Enrolment, said: uuid.UUID | None
) -> uuid.UUID:
    """The version that was on the person's screen: one they were moved from, if they say so, or the one they are on."""
    if said is None or said == enrolment.version_id:
        return enrolment.version_id
    left = queries.list_left_versions(session, actor=actor, course_id=enrolment.course_id)
    return said if said in left else enrolment.version_id


def find_lesson_shown(
    session: Session, *, actor: Actor, enrolment: Enrolment, key: str, said: uuid.UUID | None
) -> LessonVersion:
    """A lesson as it was on the person's screen. Raises NotFound."""
    return _lesson(session, shown_version(session, actor=actor, enrolment=enrolment, said=said), key)


def _lesson(session: Session, version_id: uuid.UUID, key: str) -> LessonVersion:
    lesson = courses.find_lesson(session, version_id=version_id, key=key)
    if lesson is None:
        raise NotFound("There is no such lesson.")
    return lesson


def settle_completion(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Complete the course when its rule is met, once, and tell the rooms above."""
    if enrolment.completed_at is not None:
        return
    version = session.get_one(CourseVersion, enrolment.version_id)
    lessons = [line.key for line in courses.list_lessons(session, version_ids=[version.id])]
    done = queries.list_done_lessons(
        session, firm_id=enrolment.firm_id, person_id=enrolment.person_id, course_id=enrolment.course_id
    )
    completion: Mapping[str, Any] = version.document["completion"]
    key = completion.get("assessment")
    passed = bool(key) and assessments.has_passed(
        session,
        firm_id=enrolment.firm_id,
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        key=str(key),
        since=queries.counts_since(enrolment),
    )
    if set(lessons) <= done and enrolment.lessons_done_at is None:
        enrolment.lessons_done_at = now
    if not is_complete(completion, lessons=lessons, done=done, passed=passed):
        return
    enrolment.completed_at = now
    zone = people.find_zone(session, firm_id=enrolment.firm_id)
    terms = find_terms(session, firm_id=enrolment.firm_id, course_id=enrolment.course_id)
    months = terms.valid_months if terms else int(version.document.get("valid_months") or 0)
    enrolment.expires_on = expires_on(now.astimezone(zone).date(), months)
    course = session.get_one(Course, enrolment.course_id)
    emit(
        session,
        CourseCompleted(
            firm_id=enrolment.firm_id,
            person_id=enrolment.person_id,
            course_id=course.id,
            version_id=version.id,
            course_key=version.translation_of or course.key,
            title=version.title,
            lessons=len(lessons),
            at=now,
            competencies=tuple((entry["id"], entry["level"]) for entry in version.document["competencies"]),
            run=enrolment.run,
            expires_on=enrolment.expires_on,
        ),
    )


def complete_on_pass(session: Session, event: AssessmentGraded) -> None:
    """A passed assessment may be what a course was waiting for."""
    if not event.passed:
        return
    enrolment = queries.find_enrolment(
        session, firm_id=event.firm_id, person_id=event.person_id, course_id=event.course_id, for_update=True
    )
    if enrolment is not None:
        settle_completion(session, enrolment, event.at)


@dataclass(frozen=True)
class Checked:
    """A check question after it was answered: everything the feedback shows."""

    key: str
    ask: Mapping[str, Any]
    given: Mapping[str, Any]
    answer: Mapping[str, Any]
    mark: Any
    language: str
    again: bool = False


def answer_check(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    lesson_key: str,
    check_key: str,
    answer_id: uuid.UUID,
    raw: Mapping[str, list[str]],
    now: datetime,
    version_id: uuid.UUID | None = None,
) -> Checked:
    """Keep an answer to a check question and explain it at once; a repeat of the id gets the first answer's.

    `version_id` is the version that was on the screen, if the device says so.
    Raises NotFound, Conflict (the id is another answer's), Invalid (nothing chosen, or it cannot be read).
    """
    enrolment = enrol(session, actor=actor, course_id=course_id, now=now)
    version_id = shown_version(session, actor=actor, enrolment=enrolment, said=version_id)
    document = find_check(_lesson(session, version_id, lesson_key), check_key)
    kind = kind_of(document)
    question = kind.read(document)
    variant = kind.vary(question, check_seed(actor, check_key))
    kept = queries.find_check_answer(session, actor=actor, answer_id=answer_id)
    if kept is not None:
        if (kept.person_id, kept.course_id, kept.check_key) != (actor.person_id, course_id, check_key):
            raise Conflict("That answer was already kept for another question.")
        given = kept.given
    else:
        try:
            said = kind.given(question, variant, raw)
        except BadAnswer as error:
            raise Invalid(error.sentence, **error.values) from None
        if said is None:
            raise Invalid("Choose or type an answer first.")
        given = said
        session.add(
            CheckAnswer(
                firm_id=actor.firm_id,
                id=answer_id,
                person_id=actor.person_id,
                course_id=course_id,
                version_id=version_id,
                lesson_key=lesson_key,
                check_key=check_key,
                given=given,
                score=kind.mark(question, variant, given).score,
                arrived_at=now,
            )
        )
    return Checked(
        check_key,
        shown_now(kind, question, variant, given),
        given,
        kind.answer(question, variant),
        kind.mark(question, variant, given),
        session.get_one(CourseVersion, version_id).language,
        again=kept is not None,
    )


def find_check(lesson: LessonVersion, check_key: str) -> Mapping[str, Any]:
    """A check question's document inside a lesson. Raises NotFound."""
    for card in lesson.cards["cards"]:
        for part in card["parts"]:
            if part.get("check", {}).get("key") == check_key:
                found: Mapping[str, Any] = part["check"]
                return found
    raise NotFound("There is no such question.")


def check_seed(actor: Actor, check_key: str) -> int:
    """Each person gets an order of options and numbers of their own, the same each time they come back."""
    return (actor.person_id.int ^ sum(check_key.encode())) & 0x7FFFFFFF
