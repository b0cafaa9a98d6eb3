"""Reads for gates: codes, who sat with them, first and second forms, what was decided."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    GateDecision,
    QuestionVersion,
    Sitting,
    SittingCode,
    SittingCodePerson,
    WrongCode,
)
from lms.courses.models import Course, CourseVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.people.models import Employment, Team

PAGE = 50
MOST_SCORES = 600
"""The latest first attempts that accuracy is worked out from."""


def find_usable_code(
    session: Session, *, actor: Actor, assessment_id: uuid.UUID, code: str, now: datetime
) -> SittingCode | None:
    """A code that opens this assessment for the actor now."""
    named = exists().where(
        SittingCodePerson.firm_id == actor.firm_id,
        SittingCodePerson.code_id == SittingCode.id,
        SittingCodePerson.person_id == actor.person_id,
    )
    in_team = exists().where(
        Employment.firm_id == actor.firm_id,
        Employment.person_id == actor.person_id,
        Employment.team_id == SittingCode.team_id,
    )
    return session.scalar(
        select(SittingCode).where(
            SittingCode.firm_id == actor.firm_id,
            SittingCode.assessment_id == assessment_id,
            SittingCode.code == code,
            SittingCode.revoked_at.is_(None),
            SittingCode.opens_at <= now,
            SittingCode.closes_at >= now,
            or_(named, in_team),
        )
    )


def list_wrong_codes(
    session: Session, *, actor: Actor, now: datetime, within: timedelta
) -> Sequence[datetime]:
    """When the actor typed wrong codes lately, at whichever assessment."""
    return session.scalars(
        select(WrongCode.at).where(
            WrongCode.firm_id == actor.firm_id,
            WrongCode.person_id == actor.person_id,
            WrongCode.at > now - within,
        )
    ).all()


def has_code(session: Session, *, actor: Actor, code: str) -> bool:
    """Whether the firm has ever had this code."""
    return bool(
        session.scalar(
            select(SittingCode.id).where(SittingCode.firm_id == actor.firm_id, SittingCode.code == code)
        )
    )


@dataclass(frozen=True)
class Gate:
    """A gate that may be sat now."""

    id: uuid.UUID
    course_id: uuid.UUID
    course: str
    language: str
    version: AssessmentVersion


def list_gates(session: Session, *, actor: Actor) -> Sequence[Gate]:
    """The live gates of the courses that the actor's firm may see."""
    rows = session.execute(
        select(
            Assessment.id,
            Assessment.course_id,
            CourseVersion.title,
            CourseVersion.language,
            AssessmentVersion,
        )
        .join(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
        .join(Course, Course.id == Assessment.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(visible_to(actor), AssessmentVersion.document["purpose"].as_string() == "gate")
        .order_by(CourseVersion.title, AssessmentVersion.title, Assessment.id)
    )
    return [Gate(*row) for row in rows]


@dataclass(frozen=True)
class CodeLine:
    """A code as a list shows it."""

    id: uuid.UUID
    code: str
    assessment_id: uuid.UUID
    title: str
    language: str
    team: str | None
    people: int
    place: str
    opens_at: datetime
    closes_at: datetime
    maker: str
    revoked_at: datetime | None
    sat: int


def _code_lines(actor: Actor) -> Any:
    maker = aliased(Employment)
    people = (
        select(func.count())
        .where(SittingCodePerson.firm_id == actor.firm_id, SittingCodePerson.code_id == SittingCode.id)
        .correlate(SittingCode)
        .scalar_subquery()
    )
    sat = (
        select(func.count())
        .where(Sitting.firm_id == actor.firm_id, Sitting.code_id == SittingCode.id)
        .correlate(SittingCode)
        .scalar_subquery()
    )
    return (
        select(
            SittingCode.id,
            SittingCode.code,
            SittingCode.assessment_id,
            func.coalesce(AssessmentVersion.title, Assessment.key).label("title"),
            func.coalesce(CourseVersion.language, "").label("language"),
            Team.name.label("team"),
            people.label("people"),
            SittingCode.place,
            SittingCode.opens_at,
            SittingCode.closes_at,
            maker.name.label("maker"),
            SittingCode.revoked_at,
            sat.label("sat"),
        )
        .join(Assessment, Assessment.id == SittingCode.assessment_id)
        .outerjoin(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
        .join(Course, Course.id == Assessment.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(Team, and_(Team.firm_id == SittingCode.firm_id, Team.id == SittingCode.team_id))
        .join(maker, and_(maker.firm_id == SittingCode.firm_id, maker.person_id == SittingCode.made_by_id))
        .where(SittingCode.firm_id == actor.firm_id)
    )


def list_codes(session: Session, *, actor: Actor, now: datetime, over: bool, page: int) -> Sequence[CodeLine]:
    """The firm's codes that are open or to come, the next first; or those that are over or revoked, the latest first."""
    current = and_(SittingCode.revoked_at.is_(None), SittingCode.closes_at >= now)
    order = SittingCode.closes_at.desc() if over else SittingCode.opens_at.asc()
    rows = session.execute(
        _code_lines(actor)
        .where(~current if over else current)
        .order_by(order, SittingCode.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [CodeLine(**row._mapping) for row in rows]


def find_code_line(session: Session, *, actor: Actor, code_id: uuid.UUID) -> CodeLine | None:
    """One code of the firm as a list shows it."""
    row = session.execute(_code_lines(actor).where(SittingCode.id == code_id)).one_or_none()
    return CodeLine(**row._mapping) if row else None


def find_code(session: Session, *, actor: Actor, code_id: uuid.UUID) -> SittingCode | None:
    """One code of the firm, held for whoever changes it."""
    return session.scalar(
        select(SittingCode)
        .where(SittingCode.firm_id == actor.firm_id, SittingCode.id == code_id)
        .with_for_update()
    )


def list_named(session: Session, *, actor: Actor, code_id: uuid.UUID) -> Sequence[str]:
    """The names of the people whom a code is for."""
    return session.scalars(
        select(Employment.name)
        .join(
            SittingCodePerson,
            and_(
                SittingCodePerson.firm_id == Employment.firm_id,
                SittingCodePerson.person_id == Employment.person_id,
            ),
        )
        .where(Employment.firm_id == actor.firm_id, SittingCodePerson.code_id == code_id)
        .order_by(Employment.sort_name)
    ).all()


@dataclass(frozen=True)
class Sat:
    """Somebody who sat a gate, as a supervisor sees it."""

    attempt_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    title: str
    second: bool
    time_factor: float
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    score: float | None
    passed: bool | None
    waiting: bool
    undecided: bool


def list_sat(
    session: Session, *, actor: Actor, code_id: uuid.UUID | None = None, undecided: bool = False
) -> Sequence[Sat]:
    """Who sat with a code, or everybody whose gate is undecided, in the order they began."""
    statement = (
        select(
            Attempt.id.label("attempt_id"),
            Attempt.person_id,
            Employment.name,
            AssessmentVersion.title,
            Sitting.first_id.is_not(None).label("second"),
            Sitting.time_factor,
            Attempt.started_at,
            Attempt.deadline_at,
            Attempt.submitted_at,
            Attempt.score,
            Attempt.passed,
            Attempt.waiting,
            Attempt.undecided,
        )
        .join(Sitting, and_(Sitting.firm_id == Attempt.firm_id, Sitting.attempt_id == Attempt.id))
        .join(AssessmentVersion, AssessmentVersion.id == Attempt.assessment_version_id)
        .join(
            Employment,
            and_(Employment.firm_id == Attempt.firm_id, Employment.person_id == Attempt.person_id),
        )
        .where(Attempt.firm_id == actor.firm_id)
        .order_by(Attempt.started_at, Attempt.id)
        .limit(500)
    )
    if code_id is not None:
        statement = statement.where(Sitting.code_id == code_id)
    if undecided:
        statement = statement.where(Attempt.undecided)
    return [Sat(**row._mapping) for row in session.execute(statement)]


def list_second_forms(session: Session, *, actor: Actor, assessment_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The actor's attempts at an assessment that are second forms to another."""
    return frozenset(
        session.scalars(
            select(Sitting.attempt_id)
            .join(Attempt, and_(Attempt.firm_id == Sitting.firm_id, Attempt.id == Sitting.attempt_id))
            .where(
                Sitting.firm_id == actor.firm_id,
                Sitting.first_id.is_not(None),
                Attempt.person_id == actor.person_id,
                Attempt.assessment_id == assessment_id,
            )
        )
    )


def find_in_firm(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> Attempt:
    """An attempt that is known to be there."""
    return session.scalars(select(Attempt).where(Attempt.firm_id == firm_id, Attempt.id == attempt_id)).one()


def find_first_of(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> Attempt | None:
    """The attempt that this one is the second form to."""
    return session.scalar(
        select(Attempt)
        .join(Sitting, and_(Sitting.firm_id == Attempt.firm_id, Sitting.first_id == Attempt.id))
        .where(Attempt.firm_id == firm_id, Sitting.attempt_id == attempt_id)
    )


def find_second_of(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> Attempt | None:
    """The second form to this attempt, under way or handed in."""
    return session.scalar(
        select(Attempt)
        .join(Sitting, and_(Sitting.firm_id == Attempt.firm_id, Sitting.attempt_id == Attempt.id))
        .where(Attempt.firm_id == firm_id, Sitting.first_id == attempt_id)
    )


def find_decision(session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID) -> GateDecision | None:
    """The decision that stands on an attempt, whether it was the first or the last form of it."""
    return session.scalars(
        select(GateDecision)
        .where(
            GateDecision.firm_id == firm_id,
            or_(GateDecision.attempt_id == attempt_id, GateDecision.first_id == attempt_id),
        )
        .order_by(GateDecision.revision.desc())
        .limit(1)
    ).first()


def list_points(
    session: Session, *, firm_id: uuid.UUID, attempt_id: uuid.UUID
) -> tuple[list[float], list[bool]]:
    """The score of each question of an attempt that counts, and which of them must be right."""
    rows = session.execute(
        select(AttemptQuestion.score, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(
            AttemptQuestion.firm_id == firm_id,
            AttemptQuestion.attempt_id == attempt_id,
            ~AttemptQuestion.left_out,
        )
        .order_by(AttemptQuestion.position)
    ).all()
    return [row.score or 0.0 for row in rows], [bool(row.document.get("critical")) for row in rows]


def list_first_scores(
    session: Session, *, firm_id: uuid.UUID | None, assessment_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[float]]:
    """The scores of each person's first attempt at each assessment, the latest people first; those that wait are left out.

    `firm_id` none: everywhere (beyond the wall).
    """
    inside = () if firm_id is None else (Attempt.firm_id == firm_id,)
    ranked = (
        select(
            Attempt.assessment_id,
            Attempt.score,
            Attempt.started_at,
            Attempt.id,
            func.row_number()
            .over(
                partition_by=(Attempt.firm_id, Attempt.assessment_id, Attempt.person_id),
                order_by=(Attempt.started_at, Attempt.id),
            )
            .label("place"),
        )
        .where(
            Attempt.assessment_id.in_(assessment_ids),
            Attempt.submitted_at.is_not(None),
            ~Attempt.waiting,
            *inside,
        )
        .subquery()
    )
    newest = (
        select(
            ranked.c.assessment_id,
            ranked.c.score,
            func.row_number()
            .over(partition_by=ranked.c.assessment_id, order_by=(ranked.c.started_at.desc(), ranked.c.id))
            .label("turn"),
        )
        .where(ranked.c.place == 1)
        .subquery()
    )
    found: dict[uuid.UUID, list[float]] = {}
    for assessment_id, score in session.execute(
        select(newest.c.assessment_id, newest.c.score).where(newest.c.turn <= MOST_SCORES)
    ):
        found.setdefault(assessment_id, []).append(float(score))
    return found
