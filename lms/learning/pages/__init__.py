"""What the pages of this room show, gathered in a fixed number of statements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries as assessments
from lms.assessments.kinds import asked as shown_now
from lms.assessments.kinds.wording import in_words
from lms.assessments.rules import Blueprint, read_blueprint
from lms.courses import queries as courses
from lms.courses.models import CourseVersion
from lms.courses.queries.translating import Twin, list_twins
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.learning import queries
from lms.learning.models import Enrolment, PastRun
from lms.learning.pages.today import TodayPage, UnderWay, today_page
from lms.learning.queries.calendar import Day, find_day
from lms.learning.queries.due import Due, MoreTime, list_due, list_more_time
from lms.learning.queries.lessons import ReadCard, ReadCheck, ReadLesson, find_learnt_version, read_lesson
from lms.learning.queries.prerequisites import Need, list_missing
from lms.learning.queries.runs import list_past_runs
from lms.learning.services import check_seed
from lms.learning.services.prerequisites import check_comes_next
from lms.learning.services.retaking import opens_on

__all__ = ["TodayPage", "UnderWay", "today_page"]


@dataclass(frozen=True)
class LessonRow:
    """A lesson of a course, as the person stands with it."""

    key: str
    title: str
    module: str
    minutes: int
    state: str


@dataclass(frozen=True)
class Offered:
    """An assessment of a course, as the person stands with it."""

    id: uuid.UUID
    blueprint: Blueprint
    result: assessments.PersonResult | None


@dataclass(frozen=True)
class CoursePage:
    """A course."""

    course_id: uuid.UUID
    version: CourseVersion
    enrolment: Enrolment | None
    lessons: Sequence[LessonRow]
    offered: Sequence[Offered]
    newer: bool
    due: Sequence[Due]
    more_time: Sequence[MoreTime]
    day: Day
    missing: Sequence[Need]
    past: Sequence[PastRun]
    twins: Sequence[Twin]
    """The course in other languages."""

    @property
    def may_take_again(self) -> bool:
        """Whether the completion runs out soon enough for the course to be taken again."""
        one = self.enrolment
        return (
            one is not None
            and one.completed_at is not None
            and one.expires_on is not None
            and self.day.today >= opens_on(one.expires_on, self.day.terms.retake_days)
        )

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(one.state == "done" for one in self.lessons)

    @property
    def next(self) -> LessonRow | None:
        """The lesson to go on with."""
        return next((one for one in self.lessons if one.state != "done"), None)


def course_page(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> CoursePage:
    """A course on the version the person is on, or the live one. Raises NotFound."""
    course = courses.find_course(session, actor=actor, course_id=course_id)
    enrolment = queries.find_enrolment(
        session, firm_id=actor.firm_id, person_id=actor.person_id, course_id=course_id
    )
    version_id = enrolment.version_id if enrolment else course.live_version_id if course else None
    version = courses.find_version(session, actor=actor, version_id=version_id) if version_id else None
    if course is None or version is None:
        raise NotFound("There is no such course.")
    progress = {
        row.lesson_key: row for row in queries.list_progress(session, actor=actor, course_id=course_id)
    }
    results = assessments.list_results(session, actor=actor, since=queries.counts_since(enrolment))
    missing = list_missing(session, actor=actor, person_id=actor.person_id, course_ids=[course_id])
    day = find_day(session, actor=actor, now=now)
    due = list_due(session, actor=actor, person_id=actor.person_id, day=day)
    return CoursePage(
        course_id,
        version,
        enrolment,
        [
            LessonRow(line.key, line.title, line.module, line.minutes, _state(progress.get(line.key)))
            for line in courses.list_lessons(session, version_ids=[version.id])
        ],
        [
            Offered(one.id, read_blueprint(one.version.document), results.get(one.id))
            for one in assessments.list_open_assessments(session, actor=actor, course_id=course_id)
        ],
        newer=course.live_version_id != version.id,
        due=[one for one in due if one.course_id == course_id and one.is_open],
        more_time=[
            one
            for one in list_more_time(session, actor=actor, person_id=actor.person_id)
            if one.course_id == course_id and one.until >= day.today
        ],
        day=day,
        missing=missing.get(course_id, ()),
        past=list_past_runs(session, actor=actor, person_id=actor.person_id, course_id=course_id),
        twins=list_twins(session, actor=actor, course_ids=[course_id]),
    )


def _state(progress: Any) -> str:
    if progress is None:
        return "open"
    return "done" if progress.completed_at else "begun"


@dataclass(frozen=True)
class LessonPage:
    """A lesson in the player: cards whose checks are ready to be shown."""

    course_id: uuid.UUID
    lesson: ReadLesson
    language: str
    cards: Sequence[Mapping[str, Any]]
    resume: str
    finished: int

    @property
    def minutes_left(self) -> int:
        """About how many minutes the cards from here on take."""
        return max(1, round(self.lesson.minutes * (len(self.cards) - self.finished) / len(self.cards)))


def lesson_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str, fresh: bool = False
) -> LessonPage:
    """A lesson at the card where the person left off, or as if they had not begun it.

    Raises NotFound, Conflict (another course comes first).
    """
    version = find_learnt_version(session, actor=actor, course_id=course_id)
    lesson = read_lesson(session, version_id=version.id, key=lesson_key) if version else None
    if version is None or lesson is None:
        raise NotFound("There is no such lesson.")
    if not version.enrolled:
        check_comes_next(session, actor=actor, course_id=course_id)
    own: dict[str, Any] = {"actor": actor, "course_id": course_id, "lesson_key": lesson_key}
    progress = None if fresh else queries.find_progress(session, **own)
    answered = {} if fresh else queries.list_check_answers(session, **own, since=version.since)
    cards = lesson.cards
    resume = progress.card_key if progress and progress.completed_at is None else cards[0].key
    half = (progress.half if progress else None) or {}
    place = next((number for number, card in enumerate(cards) if card.key == resume), 0)
    return LessonPage(
        course_id,
        lesson,
        version.language,
        [_card(card, actor, answered, half) for card in cards],
        resume,
        place,
    )


def _card(
    card: ReadCard, actor: Actor, answered: Mapping[str, Any], half: Mapping[str, Any]
) -> dict[str, Any]:
    """A card as the page needs it. `own`: something the person answered, or half typed, is in it."""
    parts = [_shown(part, actor, answered, half) for part in card.parts]
    shown: dict[str, Any] = {"key": card.key, "title": card.title, "parts": parts}
    if any(part["check"]["given"] or part["check"].get("half") for part in parts if "check" in part):
        shown["own"] = True
    return shown


def _shown(
    part: Mapping[str, Any] | ReadCheck, actor: Actor, answered: Mapping[str, Any], half: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A part as the page needs it: prose as it is; a check asked (perhaps half typed), or answered and explained."""
    if not isinstance(part, ReadCheck):
        return part
    kind, question = part.kind, part.question
    variant = kind.vary(question, check_seed(actor, part.key))
    row = answered.get(part.key)
    check: dict[str, Any] = {"key": part.key, "ask": kind.ask(question, variant), "given": None}
    if row is None:
        check["half"] = half.get(part.key, {}).get("fields")
    else:
        check |= {
            "ask": shown_now(kind, question, variant, row.given),
            "given": row.given,
            "answer": kind.answer(question, variant),
            "mark": kind.mark(question, variant, row.given),
        }
    return {"check": check}


def check_in_words(
    session: Session,
    *,
    actor: Actor,
    raw: Mapping[str, list[str]],
    course_id: uuid.UUID,
    lesson_key: str,
    check_key: str,
) -> list[tuple[str, str]]:
    """A check question and what a form says to it, before it is sent. Raises NotFound."""
    page = lesson_page(session, actor=actor, course_id=course_id, lesson_key=lesson_key)
    parts = [part for card in page.cards for part in card["parts"] if "check" in part]
    ask: Mapping[str, Any] = next(
        (part["check"]["ask"] for part in parts if part["check"]["key"] == check_key), {}
    )
    return [(about or ask.get("stem", ""), text) for about, text in in_words(ask, raw)]
