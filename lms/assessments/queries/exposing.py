"""Reads for exposure: a firm's limit, and how many people were asked each question lately."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Executable, and_, bindparam, func, select
from sqlalchemy.orm import Session

from lms.assessments.exposure import LATELY, USUAL
from lms.assessments.models import (
    Assessment,
    Attempt,
    AttemptQuestion,
    ExposurePolicy,
    Question,
    QuestionVersion,
)
from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING

PAGE = 50


# Said once: a bank is asked for by the ids of all its questions each time somebody begins.
_QUESTIONS: BindParameter[Any] = bindparam("questions", expanding=True)
_SAT_LATELY = (
    Attempt.started_at > bindparam("since"),
    Attempt.assessment_id.in_(
        select(Assessment.id).where(
            Assessment.course_id.in_(select(Question.course_id).where(Question.id.in_(_QUESTIONS)))
        )
    ),
)
_PEOPLE_LATELY = select(func.count(func.distinct(Attempt.person_id))).where(
    Attempt.firm_id == ASKING.firm_id, *_SAT_LATELY
)
_VERSIONS = select(QuestionVersion.id, QuestionVersion.question_id).where(
    QuestionVersion.question_id.in_(_QUESTIONS)
)
_LIMIT = select(ExposurePolicy.people).where(ExposurePolicy.firm_id == ASKING.firm_id)


@cache
def _lately(*, inside: bool) -> Executable:
    """How many people were asked each version lately; `inside` one firm, or of all."""
    of_firm = (Attempt.firm_id == ASKING.firm_id, AttemptQuestion.firm_id == ASKING.firm_id) if inside else ()
    return (
        select(
            AttemptQuestion.question_version_id,
            func.count(func.distinct(Attempt.person_id)).label("people"),
        )
        .select_from(Attempt)
        .join(
            AttemptQuestion,
            and_(AttemptQuestion.firm_id == Attempt.firm_id, AttemptQuestion.attempt_id == Attempt.id),
        )
        .where(*_SAT_LATELY, *of_firm)
        .group_by(AttemptQuestion.question_version_id)
    )


def find_exposure_policy(session: Session, *, firm_id: uuid.UUID) -> ExposurePolicy | None:
    """What a firm has said of exposure; none while it has said nothing."""
    return session.scalar(select(ExposurePolicy).where(ExposurePolicy.firm_id == firm_id))


def find_limit(session: Session, *, firm_id: uuid.UUID) -> int:
    """How many people of a firm may be asked a question in four weeks before it rests."""
    said = session.scalar(_LIMIT, {"firm_id": firm_id})
    return USUAL if said is None else said


def count_lately(
    session: Session, *, firm_id: uuid.UUID | None, questions: Collection[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, int]:
    """How many people were asked each of these questions in four weeks, at the assessments of the courses that hold them.

    `firm_id` none: of all firms together (beyond the wall). Who was asked two versions of a question counts for both. One
    statement where nobody sat anything, else two.
    """
    these = {"questions": list(questions)}
    since = {"since": now - LATELY}
    if firm_id is None:
        rows = session.execute(_lately(inside=False), these | since).all()
    else:
        rows = session.execute(_lately(inside=True), {**these, **since, "firm_id": firm_id}).all()
    if not rows:
        return {}
    of_question = dict(session.execute(_VERSIONS, these).all())
    found: dict[uuid.UUID, int] = {}
    for version_id, people in rows:
        if (question := of_question.get(version_id)) is not None:
            found[question] = found.get(question, 0) + people
    return found


def count_people_lately(
    session: Session, *, firm_id: uuid.UUID, questions: Collection[uuid.UUID], now: datetime
) -> int:
    """How many of a firm's people sat anything of the courses that hold these questions in four weeks."""
    asked = {"firm_id": firm_id, "questions": list(questions), "since": now - LATELY}
    return session.scalar(_PEOPLE_LATELY, asked) or 0


@dataclass(frozen=True)
class Rested:
    """A question at rest in a firm, and how many of its people were asked it lately."""

    course: str
    key: str
    document: Mapping[str, Any]
    people: int


def list_at_rest(session: Session, *, actor: Actor, limit: int, now: datetime) -> Sequence[Rested]:
    """The live questions that so many of the firm's people were asked in four weeks, the most first."""
    seen = (
        select(QuestionVersion.question_id, func.count(func.distinct(Attempt.person_id)).label("people"))
        .select_from(Attempt)
        .join(
            AttemptQuestion,
            and_(AttemptQuestion.firm_id == Attempt.firm_id, AttemptQuestion.attempt_id == Attempt.id),
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(
            Attempt.firm_id == actor.firm_id,
            AttemptQuestion.firm_id == actor.firm_id,
            Attempt.started_at > now - LATELY,
        )
        .group_by(QuestionVersion.question_id)
        .having(func.count(func.distinct(Attempt.person_id)) >= limit)
        .subquery()
    )
    rows = session.execute(
        select(
            func.coalesce(CourseVersion.title, Course.key).label("course"),
            Question.key,
            QuestionVersion.document,
            seen.c.people,
        )
        .join(seen, seen.c.question_id == Question.id)
        .join(QuestionVersion, QuestionVersion.id == Question.live_version_id)
        .join(Course, Course.id == Question.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .order_by(seen.c.people.desc(), Course.key, Question.key)
        .limit(PAGE)
    )
    return [Rested(**row._mapping) for row in rows]
