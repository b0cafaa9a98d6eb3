"""Reads for calibrations and for tests that adapt."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lms.assessments.models import (
    AdaptiveRun,
    Assessment,
    Attempt,
    AttemptQuestion,
    Calibration,
    CalibrationItem,
    Question,
    QuestionVersion,
)
from lms.courses.models import Course
from lms.foundation.actor import Actor
from lms.people.models import Firm


def find_calibration(session: Session, *, course_id: uuid.UUID) -> Calibration | None:
    """The newest calibration of a course's questions."""
    return session.scalars(
        select(Calibration)
        .where(Calibration.course_id == course_id)
        .order_by(Calibration.number.desc())
        .limit(1)
    ).first()


def list_calibrations(session: Session, *, course_id: uuid.UUID) -> Sequence[Calibration]:
    """Every calibration of a course, latest first."""
    return session.scalars(
        select(Calibration).where(Calibration.course_id == course_id).order_by(Calibration.number.desc())
    ).all()


@dataclass(frozen=True)
class CalibratedQuestion:
    """A live question with its parameters."""

    key: str
    version: QuestionVersion
    item: CalibrationItem


def list_calibrated(session: Session, *, calibration_id: uuid.UUID) -> Sequence[CalibratedQuestion]:
    """The questions of a calibration whose calibrated version is still the live one, in a steady order."""
    rows = session.execute(
        select(Question.key, QuestionVersion, CalibrationItem)
        .join(QuestionVersion, QuestionVersion.id == Question.live_version_id)
        .join(CalibrationItem, CalibrationItem.question_version_id == QuestionVersion.id)
        .where(CalibrationItem.calibration_id == calibration_id)
        .order_by(Question.key)
    )
    return [CalibratedQuestion(*row) for row in rows]


def find_parameters(
    session: Session, *, calibration_id: uuid.UUID, version_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, CalibrationItem]:
    """The parameters of some question versions, live or not."""
    rows = session.scalars(
        select(CalibrationItem).where(
            CalibrationItem.calibration_id == calibration_id,
            CalibrationItem.question_version_id.in_(version_ids),
        )
    )
    return {row.question_version_id: row for row in rows}


def find_run(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> AdaptiveRun | None:
    """How an attempt that adapts stands."""
    return session.scalar(
        select(AdaptiveRun).where(AdaptiveRun.firm_id == firm_id, AdaptiveRun.attempt_id == attempt_id)
    )


def count_seen(
    session: Session, *, actor: Actor, assessment_id: uuid.UUID
) -> tuple[Mapping[uuid.UUID, int], int]:
    """How many of the firm's people were asked each question version at an assessment, and how many sat it."""
    rows = session.execute(
        select(
            AttemptQuestion.question_version_id,
            func.count(func.distinct(Attempt.person_id)).label("people"),
        )
        .join(
            Attempt,
            and_(Attempt.firm_id == AttemptQuestion.firm_id, Attempt.id == AttemptQuestion.attempt_id),
        )
        .where(AttemptQuestion.firm_id == actor.firm_id, Attempt.assessment_id == assessment_id)
        .group_by(AttemptQuestion.question_version_id)
    )
    people = session.scalar(
        select(func.count(func.distinct(Attempt.person_id))).where(
            Attempt.firm_id == actor.firm_id, Attempt.assessment_id == assessment_id
        )
    )
    return {row.question_version_id: row.people for row in rows}, people or 0


@dataclass(frozen=True)
class AnswerRow:
    """One question of somebody's first attempt at an assessment: no names."""

    attempt_id: uuid.UUID
    version_id: uuid.UUID
    right: bool


def list_answer_rows(
    session: Session, *, course_id: uuid.UUID, firm_id: uuid.UUID | None
) -> Sequence[AnswerRow]:
    """Every question that people's first attempts at a course's assessments asked, answered or left out. One statement."""
    inside: tuple[Any, ...] = () if firm_id is None else (Attempt.firm_id == firm_id,)
    beside: tuple[Any, ...] = () if firm_id is None else (AttemptQuestion.firm_id == firm_id,)
    ranked = (
        select(
            Attempt.firm_id,
            Attempt.id,
            func.row_number()
            .over(
                partition_by=(Attempt.firm_id, Attempt.person_id, Attempt.assessment_id),
                order_by=(Attempt.started_at, Attempt.id),
            )
            .label("place"),
        )
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(
            Assessment.course_id == course_id,
            Attempt.submitted_at.is_not(None),
            ~Attempt.waiting,
            ~Attempt.adaptive,  # they were asked what was likely to be hard for them
            *inside,
        )
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.id, AttemptQuestion.question_version_id, AttemptQuestion.score)
        .join(
            AttemptQuestion,
            and_(AttemptQuestion.firm_id == ranked.c.firm_id, AttemptQuestion.attempt_id == ranked.c.id),
        )
        .where(ranked.c.place == 1, AttemptQuestion.score.is_not(None), *beside)
        .order_by(ranked.c.id, AttemptQuestion.position)
    )
    return [AnswerRow(row.id, row.question_version_id, row.score >= 1 - 1e-9) for row in rows]


def count_handed_in(
    session: Session, *, course_id: uuid.UUID, firm_id: uuid.UUID | None, since: datetime | None
) -> int:
    """How many people have handed in an assessment of a course since a moment, or at all."""
    people = (
        select(Attempt.firm_id, Attempt.person_id)
        .join(Assessment, Assessment.id == Attempt.assessment_id)
        .where(
            Assessment.course_id == course_id,
            Attempt.submitted_at.is_not(None),
            ~Attempt.waiting,
            ~Attempt.adaptive,
            *(() if since is None else (Attempt.submitted_at > since,)),
            *(() if firm_id is None else (Attempt.firm_id == firm_id,)),
        )
        .distinct()
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(people)) or 0


def list_owned_courses(session: Session, *, owner_id: uuid.UUID) -> Sequence[tuple[uuid.UUID, str]]:
    """The courses of an organisation that have live questions: id and key, in a steady order."""
    rows = session.execute(
        select(Course.id, Course.key)
        .where(
            Course.owner_id == owner_id,
            Course.archived_at.is_(None),
            select(Question.id)
            .where(Question.course_id == Course.id, Question.live_version_id.is_not(None))
            .exists(),
        )
        .order_by(Course.key)
    )
    return [(row.id, row.key) for row in rows]


def has_simulated(session: Session, *, firm_id: uuid.UUID | None) -> bool:
    """Whether the answers of a firm, or any of all firms' together, may be a demonstration's."""
    statement = select(Firm.id).where(Firm.is_simulated)
    return bool(session.scalar(statement.where(Firm.id == firm_id) if firm_id else statement.limit(1)))
