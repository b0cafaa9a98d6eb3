"""Reads for scoring again: who was asked a version of a question and what they have, and what was decided."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, select, true
from sqlalchemy.orm import Session

from lms.assessments.models import (
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    Question,
    QuestionVersion,
    Rescored,
    Rescoring,
    Response,
)
from lms.assessments.rescoring import Change, Mine, Rule, Sitting
from lms.people.models import Employment, Firm

_OF_VERSIONS = (
    select(Rescoring)
    .where(Rescoring.question_version_id.in_(bindparam("version_ids", expanding=True)))
    .order_by(Rescoring.at, Rescoring.id)
)


def find_standing(session: Session, *, version_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Rescoring]:
    """The decision by which each of these versions is scored now; versions that keep their own key are left out."""
    if not version_ids:
        return {}
    rows = session.scalars(_OF_VERSIONS, {"version_ids": list(version_ids)}).all()
    undone = {row.undoes_id for row in rows if row.undoes_id}
    return {
        row.question_version_id: row for row in rows if row.id not in undone and row.change != Change.UNDO
    }


def find_standing_rules(session: Session, *, version_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Rule]:
    """How each of these versions is scored now, where it is not by its own key."""
    standing = find_standing(session, version_ids=version_ids)
    return {version_id: rule_of(row) for version_id, row in standing.items()}


def rule_of(row: Rescoring) -> Rule:
    """A decision as the rules read it."""
    said = row.right
    by = uuid.UUID(said["by"]) if said.get("by") else None
    return Rule(
        Change(row.change),
        frozenset(said.get("letters", ())),
        by=by,
        number=int(said.get("version", 0)),
        key=said.get("key"),
    )


def find_version(session: Session, *, course_id: uuid.UUID, version_id: uuid.UUID) -> QuestionVersion | None:
    """A version of a question of a course."""
    return session.scalar(
        select(QuestionVersion)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.course_id == course_id, QuestionVersion.id == version_id)
    )


@dataclass(frozen=True)
class AskedVersion:
    """A version of a question, and in how many attempts it was asked and handed in."""

    id: uuid.UUID
    number: int
    published_at: datetime
    document: Mapping[str, Any]
    live: bool
    attempts: int


def list_asked_versions(
    session: Session, *, course_id: uuid.UUID, key: str, firm_id: uuid.UUID | None
) -> Sequence[AskedVersion]:
    """Every version of a question, the latest first. `firm_id` none: asked anywhere (beyond the wall)."""
    inside: tuple[Any, ...] = () if firm_id is None else (AttemptQuestion.firm_id == firm_id,)
    here: tuple[Any, ...] = () if firm_id is None else (Attempt.firm_id == firm_id,)
    asked = (
        select(AttemptQuestion.question_version_id, func.count().label("attempts"))
        .join(
            Attempt,
            and_(Attempt.firm_id == AttemptQuestion.firm_id, Attempt.id == AttemptQuestion.attempt_id),
        )
        .where(Attempt.submitted_at.is_not(None), *inside, *here)
        .group_by(AttemptQuestion.question_version_id)
        .subquery()
    )
    rows = session.execute(
        select(
            QuestionVersion.id,
            QuestionVersion.number,
            QuestionVersion.published_at,
            QuestionVersion.document,
            (QuestionVersion.id == Question.live_version_id).label("live"),
            func.coalesce(asked.c.attempts, 0).label("attempts"),
        )
        .join(Question, Question.id == QuestionVersion.question_id)
        .outerjoin(asked, asked.c.question_version_id == QuestionVersion.id)
        .where(Question.course_id == course_id, Question.key == key)
        .order_by(QuestionVersion.number.desc())
    )
    return [
        AskedVersion(row.id, row.number, row.published_at, row.document, bool(row.live), row.attempts)
        for row in rows
    ]


def _was_asked(version_id: uuid.UUID, firm_id: uuid.UUID | None) -> Any:
    inside: tuple[Any, ...] = () if firm_id is None else (AttemptQuestion.firm_id == firm_id,)
    return (
        exists()
        .where(
            AttemptQuestion.firm_id == Attempt.firm_id,
            AttemptQuestion.attempt_id == Attempt.id,
            AttemptQuestion.question_version_id == version_id,
            *inside,
        )
        .correlate(Attempt)
    )


def hold_attempts(
    session: Session, *, version_id: uuid.UUID, firm_id: uuid.UUID | None
) -> Mapping[tuple[uuid.UUID, uuid.UUID], Attempt]:
    """The attempts that asked a version and were handed in, held until the transaction ends, by firm and id."""
    inside: tuple[Any, ...] = () if firm_id is None else (Attempt.firm_id == firm_id,)
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.submitted_at.is_not(None), _was_asked(version_id, firm_id), *inside)
        .order_by(Attempt.firm_id, Attempt.id)
        .with_for_update()
    )
    return {(row.firm_id, row.id): row for row in rows}


def list_sittings(session: Session, *, version_id: uuid.UUID, firm_id: uuid.UUID | None) -> Sequence[Sitting]:
    """Every attempt that asked a version and was handed in, with what its other questions came to. Four statements.

    A test that adapted is not among them: its score is an ability by a calibration, and is worked out by the next one.
    """
    here: tuple[Any, ...] = () if firm_id is None else (Attempt.firm_id == firm_id,)
    beside: tuple[Any, ...] = () if firm_id is None else (AttemptQuestion.firm_id == firm_id,)
    answered: tuple[Any, ...] = () if firm_id is None else (Response.firm_id == firm_id,)
    other = and_(AttemptQuestion.question_version_id != version_id, ~AttemptQuestion.left_out)
    critical = and_(
        other,
        QuestionVersion.document["critical"].as_boolean().is_(true()),
        func.coalesce(AttemptQuestion.score, 0.0) < 1,
    )
    whole = session.execute(
        select(
            Attempt.firm_id,
            Attempt.id,
            Attempt.person_id,
            Attempt.assessment_version_id,
            Attempt.score,
            Attempt.passed,
            Attempt.waiting,
            func.sum(case((other, func.coalesce(AttemptQuestion.score, 0.0)), else_=0.0)).label("points"),
            func.sum(case((other, 1), else_=0)).label("asked"),
            func.sum(case((critical, 1), else_=0)).label("missed"),
        )
        .join(
            AttemptQuestion,
            and_(AttemptQuestion.firm_id == Attempt.firm_id, AttemptQuestion.attempt_id == Attempt.id),
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(
            Attempt.submitted_at.is_not(None),
            ~Attempt.adaptive,
            Attempt.id.in_(
                select(AttemptQuestion.attempt_id).where(
                    AttemptQuestion.question_version_id == version_id, *beside
                )
            ),
            *here,
            *beside,
        )
        .group_by(
            Attempt.firm_id,
            Attempt.id,
            Attempt.person_id,
            Attempt.assessment_version_id,
            Attempt.score,
            Attempt.passed,
            Attempt.waiting,
        )
        .order_by(Attempt.firm_id, Attempt.id)
    ).all()
    marks = {
        row.id: float(row.document["pass_mark"])
        for row in session.execute(
            select(AssessmentVersion.id, AssessmentVersion.document).where(
                AssessmentVersion.id.in_({row.assessment_version_id for row in whole})
            )
        )
    }
    rows = session.execute(
        select(
            AttemptQuestion.firm_id,
            AttemptQuestion.attempt_id,
            AttemptQuestion.position,
            AttemptQuestion.score,
            AttemptQuestion.left_out,
            AttemptQuestion.variant,
        ).where(AttemptQuestion.question_version_id == version_id, *beside)
    ).all()
    given = {
        (row.firm_id, row.attempt_id, row.position): row.given
        for row in session.execute(
            select(Response.firm_id, Response.attempt_id, Response.position, Response.given)
            .join(
                AttemptQuestion,
                and_(
                    AttemptQuestion.firm_id == Response.firm_id,
                    AttemptQuestion.attempt_id == Response.attempt_id,
                    AttemptQuestion.position == Response.position,
                ),
            )
            .where(Response.counted, AttemptQuestion.question_version_id == version_id, *answered)
            .order_by(Response.sequence, Response.arrived_at, Response.id)
        )
    }
    mine: dict[tuple[uuid.UUID, uuid.UUID], list[Mine]] = {}
    for row in rows:
        said = given.get((row.firm_id, row.attempt_id, row.position)) or None
        one = Mine(row.position, row.score, row.left_out, row.variant, said)
        mine.setdefault((row.firm_id, row.attempt_id), []).append(one)
    return [
        Sitting(
            row.firm_id,
            row.id,
            row.person_id,
            marks[row.assessment_version_id],
            row.score,
            row.passed,
            row.waiting,
            row.points,
            row.asked,
            bool(row.missed),
            tuple(mine[row.firm_id, row.id]),
        )
        for row in whole
    ]


@dataclass(frozen=True)
class Decided:
    """A decision about a question, with who took it and how many attempts it changed where the reader may count."""

    row: Rescoring
    version: int
    by: str
    changed: int
    kept: int


def list_decisions(
    session: Session, *, course_id: uuid.UUID, key: str, owner_id: uuid.UUID, firm_id: uuid.UUID | None
) -> Sequence[Decided]:
    """What was decided about a question, the latest first. `owner_id`: whose course; `firm_id` none: counted everywhere."""
    inside: tuple[Any, ...] = () if firm_id is None else (Rescored.firm_id == firm_id,)
    counts = (
        select(
            Rescored.rescoring_id,
            func.sum(case((Rescored.kept, 0), else_=1)).label("changed"),
            func.sum(case((Rescored.kept, 1), else_=0)).label("kept"),
        )
        .where(*inside)
        .group_by(Rescored.rescoring_id)
        .subquery()
    )
    rows = session.execute(
        select(Rescoring, QuestionVersion.number, Employment.name, counts.c.changed, counts.c.kept)
        .join(QuestionVersion, QuestionVersion.id == Rescoring.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .outerjoin(Employment, and_(Employment.firm_id == owner_id, Employment.person_id == Rescoring.by_id))
        .outerjoin(counts, counts.c.rescoring_id == Rescoring.id)
        .where(Question.course_id == course_id, Question.key == key)
        .order_by(Rescoring.at.desc(), Rescoring.id.desc())
    )
    return [
        Decided(row, number, name or "", changed or 0, kept or 0) for row, number, name, changed, kept in rows
    ]


def find_decision(session: Session, *, course_id: uuid.UUID, rescoring_id: uuid.UUID) -> Rescoring | None:
    """A decision about a question of a course."""
    return session.scalar(
        select(Rescoring)
        .where(Rescoring.id == rescoring_id, Rescoring.course_id == course_id)
        .with_for_update()
    )


def list_employed(
    session: Session, *, firm_id: uuid.UUID, person_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """The names of people of a firm."""
    rows = session.execute(
        select(Employment.person_id, Employment.name).where(
            Employment.firm_id == firm_id, Employment.person_id.in_(person_ids)
        )
    )
    return {row.person_id: row.name for row in rows}


def list_firms(session: Session, *, firm_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of firms."""
    return {
        row.id: row.name for row in session.execute(select(Firm.id, Firm.name).where(Firm.id.in_(firm_ids)))
    }
