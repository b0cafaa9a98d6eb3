"""Reads of the learning room: a person's own learning. Those of teams and assignments stand beside."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseVersion, LessonVersion
from lms.courses.queries import CoursesListed, HowFar
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.learning.models import (
    CardFact,
    CheckAnswer,
    CourseMove,
    Enrolment,
    LessonProgress,
    MovedPerson,
)
from lms.people.models import Employment

_ENROLMENT = select(Enrolment).where(
    Enrolment.firm_id == ASKING.firm_id,
    Enrolment.person_id == ASKING.person_id,
    Enrolment.course_id == bindparam("course_id"),
)
_ENROLMENT_HELD = _ENROLMENT.with_for_update()


def find_enrolment(
    session: Session,
    *,
    firm_id: uuid.UUID,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    for_update: bool = False,
) -> Enrolment | None:
    """A person's enrolment in a course."""
    return session.scalar(
        _ENROLMENT_HELD if for_update else _ENROLMENT,
        {"firm_id": firm_id, "person_id": person_id, "course_id": course_id},
    )


def counts_since(enrolment: Enrolment | None) -> datetime | None:
    """The moment since which facts count for an enrolment; none while a person takes the course for the first time."""
    return enrolment.enrolled_at if enrolment is not None and enrolment.run > 1 else None


@dataclass(frozen=True)
class Taken:
    """A course the person is enrolled in, on the version they are on."""

    course_id: uuid.UUID
    course_key: str
    version_id: uuid.UUID
    title: str
    language: str
    minutes: int
    enrolled_at: datetime
    completed_at: datetime | None


_TAKEN = (
    select(
        Course.id.label("course_id"),
        Course.key.label("course_key"),
        Enrolment.version_id,
        CourseVersion.title,
        CourseVersion.language,
        CourseVersion.minutes,
        Enrolment.enrolled_at,
        Enrolment.completed_at,
    )
    .join(Course, Course.id == Enrolment.course_id)
    .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
    .where(Enrolment.firm_id == ASKING.firm_id, Enrolment.person_id == ASKING.person_id)
    .order_by(Enrolment.enrolled_at.desc())
)


def list_taken(session: Session, *, actor: Actor) -> Sequence[Taken]:
    """The actor's enrolments, latest first."""
    rows = session.execute(_TAKEN, {"firm_id": actor.firm_id, "person_id": actor.person_id})
    return [Taken(**row._mapping) for row in rows]


_PROGRESS = select(LessonProgress).where(
    LessonProgress.firm_id == ASKING.firm_id, LessonProgress.person_id == ASKING.person_id
)
_PROGRESS_IN_COURSE = _PROGRESS.where(LessonProgress.course_id == bindparam("course_id"))
_PROGRESS_IN_LESSON = _PROGRESS_IN_COURSE.where(LessonProgress.lesson_key == bindparam("lesson_key"))
_CHECKED = (
    select(CheckAnswer)
    .where(
        CheckAnswer.firm_id == ASKING.firm_id,
        CheckAnswer.person_id == ASKING.person_id,
        CheckAnswer.course_id == bindparam("course_id"),
        CheckAnswer.lesson_key == bindparam("lesson_key"),
    )
    .order_by(CheckAnswer.arrived_at, CheckAnswer.id)
)


def list_progress(
    session: Session, *, actor: Actor, course_id: uuid.UUID | None = None
) -> Sequence[LessonProgress]:
    """The actor's progress in lessons, of one course or all."""
    asked = {"firm_id": actor.firm_id, "person_id": actor.person_id, "course_id": course_id}
    return session.scalars(_PROGRESS if course_id is None else _PROGRESS_IN_COURSE, asked).all()


def find_progress(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str
) -> LessonProgress | None:
    """How far the actor is in one lesson."""
    asked = {"course_id": course_id, "lesson_key": lesson_key}
    return session.scalar(
        _PROGRESS_IN_LESSON, {"firm_id": actor.firm_id, "person_id": actor.person_id, **asked}
    )


def find_card_fact(session: Session, *, actor: Actor, fact_id: uuid.UUID) -> CardFact | None:
    """A finished card by the id its device gave it."""
    return session.scalar(select(CardFact).where(CardFact.firm_id == actor.firm_id, CardFact.id == fact_id))


def list_finished_cards(
    session: Session,
    *,
    actor: Actor,
    version_id: uuid.UUID,
    lesson_key: str,
    since: datetime | None = None,
) -> frozenset[str]:
    """The keys of the cards the actor finished (since a moment) in a lesson as a version has it."""
    statement = select(CardFact.card_key).where(
        CardFact.firm_id == actor.firm_id,
        CardFact.person_id == actor.person_id,
        CardFact.version_id == version_id,
        CardFact.lesson_key == lesson_key,
    )
    if since is not None:
        statement = statement.where(CardFact.arrived_at >= since)
    return frozenset(session.scalars(statement))


def list_left_versions(session: Session, *, actor: Actor, course_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The versions of a course that the actor was moved from."""
    return frozenset(
        session.scalars(
            select(CourseMove.from_version_id)
            .join(
                MovedPerson,
                and_(MovedPerson.firm_id == CourseMove.firm_id, MovedPerson.move_id == CourseMove.id),
            )
            .where(
                CourseMove.firm_id == actor.firm_id,
                CourseMove.course_id == course_id,
                MovedPerson.person_id == actor.person_id,
            )
        )
    )


def list_done_lessons(
    session: Session, *, firm_id: uuid.UUID, person_id: uuid.UUID, course_id: uuid.UUID
) -> frozenset[str]:
    """The keys of the lessons a person completed in a course."""
    return frozenset(
        session.scalars(
            select(LessonProgress.lesson_key).where(
                LessonProgress.firm_id == firm_id,
                LessonProgress.person_id == person_id,
                LessonProgress.course_id == course_id,
                LessonProgress.completed_at.is_not(None),
            )
        )
    )


def find_check_answer(session: Session, *, actor: Actor, answer_id: uuid.UUID) -> CheckAnswer | None:
    """An answer to a check question by the id its device gave it."""
    return session.scalar(
        select(CheckAnswer).where(CheckAnswer.firm_id == actor.firm_id, CheckAnswer.id == answer_id)
    )


def list_check_answers(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    lesson_key: str,
    since: datetime | None = None,
) -> dict[str, CheckAnswer]:
    """The actor's latest answer (since a moment) to each check question of a lesson."""
    asked = {"firm_id": actor.firm_id, "person_id": actor.person_id, "course_id": course_id}
    statement = _CHECKED if since is None else _CHECKED.where(CheckAnswer.arrived_at >= since)
    rows = session.scalars(statement, {**asked, "lesson_key": lesson_key})
    return {row.check_key: row for row in rows}


@dataclass(frozen=True)
class CourseStanding:
    """A course a person is enrolled in, and how far they are in it, on the version they are on."""

    course_id: uuid.UUID
    title: str
    version: int
    live: bool
    lessons: int
    done: int
    enrolled_at: datetime
    moved_at: datetime | None
    completed_at: datetime | None


def list_course_standings(
    session: Session, *, actor: Actor, person_id: uuid.UUID, course_ids: Sequence[uuid.UUID] | None = None
) -> Sequence[CourseStanding]:
    """A person's enrolments (in some courses, or all) with lessons done of all, latest first. One statement."""
    lessons = (
        select(func.count())
        .where(LessonVersion.version_id == Enrolment.version_id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    own = (
        LessonProgress.firm_id == actor.firm_id,
        LessonProgress.person_id == person_id,
        LessonProgress.course_id == Enrolment.course_id,
    )
    done = (
        select(func.count())
        .select_from(LessonProgress)
        .join(LessonVersion, LessonVersion.key == LessonProgress.lesson_key)
        .where(
            *own,
            LessonVersion.version_id == Enrolment.version_id,
            LessonProgress.completed_at.is_not(None),
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    moved = select(func.max(LessonProgress.moved_at)).where(*own).correlate(Enrolment).scalar_subquery()
    statement = (
        select(
            Enrolment.course_id,
            CourseVersion.title,
            CourseVersion.number.label("version"),
            (Course.live_version_id == Enrolment.version_id).label("live"),
            lessons.label("lessons"),
            done.label("done"),
            Enrolment.enrolled_at,
            moved.label("moved_at"),
            Enrolment.completed_at,
        )
        .join(Course, Course.id == Enrolment.course_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .where(Enrolment.firm_id == actor.firm_id, Enrolment.person_id == person_id)
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.course_id)
    )
    if course_ids is not None:
        statement = statement.where(Enrolment.course_id.in_(course_ids))
    return [CourseStanding(**row._mapping) for row in session.execute(statement)]


def how_far(session: Session, question: CoursesListed) -> Sequence[HowFar]:
    """The catalogue asks how far its reader is in the courses it lists."""
    found = list_course_standings(
        session,
        actor=question.actor,
        person_id=question.actor.person_id,
        course_ids=question.course_ids,
    )
    return [HowFar(one.course_id, one.done, one.lessons, one.completed_at is not None) for one in found]


def count_on_versions(
    session: Session, *, actor: Actor, course_id: uuid.UUID, today: date
) -> dict[uuid.UUID, tuple[int, int]]:
    """How many people working at the actor's firm today are on each version of a course: under way, completed."""
    rows = session.execute(
        select(Enrolment.version_id, func.count(), func.count(Enrolment.completed_at))
        .join(
            Employment,
            and_(Employment.firm_id == Enrolment.firm_id, Employment.person_id == Enrolment.person_id),
        )
        .where(
            Enrolment.firm_id == actor.firm_id,
            Enrolment.course_id == course_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .group_by(Enrolment.version_id)
    )
    return {version_id: (people - done, done) for version_id, people, done in rows}
