"""Reads of the learning room."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lms.courses.models import Course, CourseVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.learning.models import Assignment, CardFact, CheckAnswer, Enrolment, LessonProgress
from lms.people.models import Employment


def find_enrolment(
    session: Session,
    *,
    firm_id: uuid.UUID,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    for_update: bool = False,
) -> Enrolment | None:
    """A person's enrolment in a course."""
    statement = select(Enrolment).where(
        Enrolment.firm_id == firm_id, Enrolment.person_id == person_id, Enrolment.course_id == course_id
    )
    return session.scalar(statement.with_for_update() if for_update else statement)


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


def list_taken(session: Session, *, actor: Actor) -> Sequence[Taken]:
    """The actor's enrolments, latest first."""
    rows = session.execute(
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
        .where(Enrolment.firm_id == actor.firm_id, Enrolment.person_id == actor.person_id)
        .order_by(Enrolment.enrolled_at.desc())
    )
    return [Taken(**row._mapping) for row in rows]


def list_progress(
    session: Session, *, actor: Actor, course_id: uuid.UUID | None = None
) -> Sequence[LessonProgress]:
    """The actor's progress in lessons, of one course or all."""
    statement = select(LessonProgress).where(
        LessonProgress.firm_id == actor.firm_id, LessonProgress.person_id == actor.person_id
    )
    if course_id is not None:
        statement = statement.where(LessonProgress.course_id == course_id)
    return session.scalars(statement).all()


def find_progress(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str
) -> LessonProgress | None:
    """How far the actor is in one lesson."""
    return session.scalar(
        select(LessonProgress).where(
            LessonProgress.firm_id == actor.firm_id,
            LessonProgress.person_id == actor.person_id,
            LessonProgress.course_id == course_id,
            LessonProgress.lesson_key == lesson_key,
        )
    )


def find_card_fact(session: Session, *, actor: Actor, fact_id: uuid.UUID) -> CardFact | None:
    """A finished card by the id its device gave it."""
    return session.scalar(select(CardFact).where(CardFact.firm_id == actor.firm_id, CardFact.id == fact_id))


def list_finished_cards(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str
) -> frozenset[str]:
    """The keys of the cards the actor finished in a lesson."""
    return frozenset(
        session.scalars(
            select(CardFact.card_key).where(
                CardFact.firm_id == actor.firm_id,
                CardFact.person_id == actor.person_id,
                CardFact.course_id == course_id,
                CardFact.lesson_key == lesson_key,
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
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str
) -> dict[str, CheckAnswer]:
    """The actor's latest answer to each check question of a lesson."""
    rows = session.scalars(
        select(CheckAnswer)
        .where(
            CheckAnswer.firm_id == actor.firm_id,
            CheckAnswer.person_id == actor.person_id,
            CheckAnswer.course_id == course_id,
            CheckAnswer.lesson_key == lesson_key,
        )
        .order_by(CheckAnswer.arrived_at, CheckAnswer.id)
    )
    return {row.check_key: row for row in rows}


@dataclass(frozen=True)
class Due:
    """A course somebody must take."""

    assignment_id: uuid.UUID
    course_id: uuid.UUID
    title: str
    language: str
    due_on: date | None
    note: str
    completed_at: datetime | None


def list_due(session: Session, *, actor: Actor, team_id: uuid.UUID | None) -> Sequence[Due]:
    """What the actor was assigned, by name or through their team, soonest first."""
    rows = session.execute(
        select(
            Assignment.id.label("assignment_id"),
            Assignment.course_id,
            CourseVersion.title,
            CourseVersion.language,
            Assignment.due_on,
            Assignment.note,
            Enrolment.completed_at,
        )
        .join(Course, Course.id == Assignment.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == Assignment.firm_id,
                Enrolment.person_id == actor.person_id,
                Enrolment.course_id == Assignment.course_id,
            ),
        )
        .where(
            Assignment.firm_id == actor.firm_id,
            Assignment.withdrawn_at.is_(None),
            or_(
                Assignment.person_id == actor.person_id,
                and_(Assignment.team_id.is_not(None), Assignment.team_id == team_id),
            ),
            visible_to(actor),
        )
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.id)
    )
    return [Due(**row._mapping) for row in rows]


@dataclass(frozen=True)
class TeamLine:
    """One person of a team, and how their learning stands."""

    person_id: uuid.UUID
    name: str
    team_id: uuid.UUID | None
    courses: int
    completed: int
    last_moved_at: datetime | None


def list_team_learning(
    session: Session, *, actor: Actor, team_ids: Sequence[uuid.UUID] | None, today: date
) -> Sequence[TeamLine]:
    """People working today (of some teams, or all) with counts of their courses. One statement."""
    courses = (
        select(
            Enrolment.person_id,
            func.count().label("courses"),
            func.count(Enrolment.completed_at).label("completed"),
        )
        .where(Enrolment.firm_id == actor.firm_id)
        .group_by(Enrolment.person_id)
        .subquery()
    )
    moved = (
        select(LessonProgress.person_id, func.max(LessonProgress.moved_at).label("last_moved_at"))
        .where(LessonProgress.firm_id == actor.firm_id)
        .group_by(LessonProgress.person_id)
        .subquery()
    )
    statement = (
        select(
            Employment.person_id,
            Employment.name,
            Employment.team_id,
            func.coalesce(courses.c.courses, 0).label("courses"),
            func.coalesce(courses.c.completed, 0).label("completed"),
            moved.c.last_moved_at,
        )
        .outerjoin(courses, courses.c.person_id == Employment.person_id)
        .outerjoin(moved, moved.c.person_id == Employment.person_id)
        .where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .order_by(Employment.sort_name, Employment.person_id)
    )
    if team_ids is not None:
        statement = statement.where(Employment.team_id.in_(team_ids))
    return [TeamLine(**row._mapping) for row in session.execute(statement)]
