"""Reads for those who mark: what waits, and what others gave an answer."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.assessments.kinds import MARKED_BY_PEOPLE
from lms.assessments.models import (
    AnswerMark,
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    QuestionVersion,
)
from lms.assessments.moderating import Twice
from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.people.models import Employment

PAGE = 50


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    """Whether an answer of an attempt waits for a mark of this person: never their own, never twice."""
    return and_(
        Attempt.firm_id == actor.firm_id,
        AttemptQuestion.firm_id == actor.firm_id,
        Attempt.waiting,
        AttemptQuestion.score.is_(None),
        QuestionVersion.kind.in_(MARKED_BY_PEOPLE),
        Attempt.person_id != actor.person_id,
        ~exists().where(
            AnswerMark.firm_id == actor.firm_id,
            AnswerMark.attempt_id == AttemptQuestion.attempt_id,
            AnswerMark.position == AttemptQuestion.position,
            AnswerMark.marker_id == actor.person_id,
        ),
    )


def _of_answers(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Answers of attempts with their question, assessment and course."""
    return (
        statement.select_from(AttemptQuestion)
        .join(
            Attempt,
            and_(Attempt.firm_id == AttemptQuestion.firm_id, Attempt.id == AttemptQuestion.attempt_id),
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .join(Course, Course.id == Assessment.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
    )


@dataclass(frozen=True)
class Heap:
    """How many answers of an assessment wait for this person."""

    course_id: uuid.UUID
    course: str
    assessment_id: uuid.UUID
    title: str
    count: int


def count_to_mark(session: Session, *, actor: Actor) -> Sequence[Heap]:
    """What waits for the actor, by assessment."""
    rows = session.execute(
        _of_answers(
            select(
                Assessment.course_id,
                func.max(func.coalesce(CourseVersion.title, Course.key)).label("course"),
                Attempt.assessment_id,
                func.max(AssessmentVersion.title).label("title"),
                func.count().label("count"),
            )
        )
        .where(_waits_for(actor))
        .group_by(Assessment.course_id, Attempt.assessment_id)
        .order_by("course", "title", Attempt.assessment_id)
    )
    return [Heap(*row) for row in rows]


@dataclass(frozen=True)
class ToMark:
    """An answer that waits, without a name."""

    attempt_id: uuid.UUID
    position: int
    course: str
    title: str
    stem: str
    language: str
    submitted_at: datetime
    marked: int
    """How many have marked it already."""


def list_to_mark(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID | None = None,
    assessment_id: uuid.UUID | None = None,
    page: int = 1,
) -> Sequence[ToMark]:
    """A page of what waits for the actor, the longest waiting first."""
    marked = (
        select(func.count(AnswerMark.id))
        .where(
            AnswerMark.firm_id == actor.firm_id,
            AnswerMark.attempt_id == AttemptQuestion.attempt_id,
            AnswerMark.position == AttemptQuestion.position,
        )
        .scalar_subquery()
    )
    statement = _of_answers(
        select(
            AttemptQuestion.attempt_id,
            AttemptQuestion.position,
            func.coalesce(CourseVersion.title, Course.key).label("course"),
            AssessmentVersion.title,
            QuestionVersion.document,
            func.coalesce(CourseVersion.language, "").label("language"),
            Attempt.submitted_at,
            marked.label("marked"),
        )
    ).where(_waits_for(actor))
    if course_id is not None:
        statement = statement.where(Assessment.course_id == course_id)
    if assessment_id is not None:
        statement = statement.where(Attempt.assessment_id == assessment_id)
    rows = session.execute(
        statement.order_by(Attempt.submitted_at, AttemptQuestion.attempt_id, AttemptQuestion.position)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [
        ToMark(
            row.attempt_id,
            row.position,
            row.course,
            row.title,
            str(row.document.get("stem", "")),
            row.language,
            row.submitted_at,
            row.marked,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Marked:
    """A mark with the name of who gave it."""

    row: AnswerMark
    marker: str


def list_marks(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int | None = None
) -> Sequence[Marked]:
    """The marks of an attempt of the actor's firm (or of one answer of it), in the order they were given."""
    statement = (
        select(AnswerMark, Employment.name)
        .join(
            Employment,
            and_(Employment.firm_id == AnswerMark.firm_id, Employment.person_id == AnswerMark.marker_id),
        )
        .where(AnswerMark.firm_id == actor.firm_id, AnswerMark.attempt_id == attempt_id)
        .order_by(AnswerMark.position, AnswerMark.turn)
    )
    if position is not None:
        statement = statement.where(AnswerMark.position == position)
    return [Marked(mark, name) for mark, name in session.execute(statement)]


@dataclass(frozen=True)
class Settled:
    """An answer whose marks are in."""

    attempt_id: uuid.UUID
    position: int
    course: str
    title: str
    stem: str
    language: str
    score: float
    at: datetime
    again: bool


def list_settled(session: Session, *, actor: Actor, page: int = 1) -> Sequence[Settled]:
    """A page of the answers that people marked, the latest first; one's own left out."""
    last = (
        select(
            AnswerMark.attempt_id,
            AnswerMark.position,
            func.max(AnswerMark.at).label("at"),
            func.max(AnswerMark.turn).label("turn"),
        )
        .where(AnswerMark.firm_id == actor.firm_id)
        .group_by(AnswerMark.attempt_id, AnswerMark.position)
        .subquery()
    )
    rows = session.execute(
        _of_answers(
            select(
                AttemptQuestion.attempt_id,
                AttemptQuestion.position,
                func.coalesce(CourseVersion.title, Course.key).label("course"),
                AssessmentVersion.title,
                QuestionVersion.document,
                func.coalesce(CourseVersion.language, "").label("language"),
                AttemptQuestion.score,
                last.c.at,
                Attempt.revision,
            )
        )
        .join(
            last,
            and_(
                last.c.attempt_id == AttemptQuestion.attempt_id,
                last.c.position == AttemptQuestion.position,
            ),
        )
        .where(
            AttemptQuestion.firm_id == actor.firm_id,
            Attempt.firm_id == actor.firm_id,
            ~Attempt.waiting,
            Attempt.person_id != actor.person_id,
        )
        .order_by(last.c.at.desc(), AttemptQuestion.attempt_id, AttemptQuestion.position)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [
        Settled(
            row.attempt_id,
            row.position,
            row.course,
            row.title,
            str(row.document.get("stem", "")),
            row.language,
            row.score,
            row.at,
            bool(row.revision),
        )
        for row in rows
    ]


MOST_TWICE = 1000
"""The latest answers that two people marked, from which it is said how markers compare."""


def list_marked_twice(session: Session, *, actor: Actor) -> tuple[list[Twice], Mapping[str, str]]:
    """The first two marks of each answer of the firm that two people marked, the latest first; and the markers' names."""
    first, second = aliased(AnswerMark), aliased(AnswerMark)
    rows = session.execute(
        select(first.marker_id, first.share, second.marker_id.label("other_id"), second.share.label("beside"))
        .join(
            second,
            and_(
                second.firm_id == first.firm_id,
                second.attempt_id == first.attempt_id,
                second.position == first.position,
            ),
        )
        .where(
            first.firm_id == actor.firm_id,
            second.firm_id == actor.firm_id,
            first.turn == 1,
            second.turn == 2,
            ~first.again,
            ~second.again,
        )
        .order_by(second.at.desc(), second.id)
        .limit(MOST_TWICE)
    ).all()
    people = {row.marker_id for row in rows} | {row.other_id for row in rows}
    named = session.execute(
        select(Employment.person_id, Employment.name).where(
            Employment.firm_id == actor.firm_id, Employment.person_id.in_(people)
        )
    )
    return (
        [Twice(((str(row.marker_id), row.share), (str(row.other_id), row.beside))) for row in rows],
        {str(row.person_id): row.name for row in named},
    )
