"""Reads for panels that set pass marks."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    CutGrade,
    CutItem,
    CutJudge,
    CutPanel,
    CutRating,
    QuestionVersion,
)
from lms.foundation.actor import Actor
from lms.people.models import Employment

MOST_PEOPLE = 200
"""People who sat the test that a panel is shown to grade, the latest first."""


@dataclass(frozen=True)
class PanelLine:
    """A panel with what it is about."""

    panel: CutPanel
    course_id: uuid.UUID
    key: str
    title: str
    opener: str


def list_cut_panels(
    session: Session, *, actor: Actor, assessment_id: uuid.UUID | None
) -> Sequence[PanelLine]:
    """The panels of the firm the actor opened or sits on, or all of one assessment, the latest first."""
    mine = or_(
        CutPanel.opened_by_id == actor.person_id,
        exists().where(
            CutJudge.firm_id == actor.firm_id,
            CutJudge.panel_id == CutPanel.id,
            CutJudge.person_id == actor.person_id,
        ),
    )
    wanted = mine if assessment_id is None else CutPanel.assessment_id == assessment_id
    rows = session.execute(_panels(actor).where(wanted).order_by(CutPanel.opened_at.desc()).limit(100))
    return [PanelLine(*row) for row in rows]


def list_panels_to_rate(session: Session, *, actor: Actor) -> Sequence[PanelLine]:
    """The open panels the actor judges on and has rated nothing for in this round, the longest open first."""
    judges = exists().where(
        CutJudge.firm_id == actor.firm_id,
        CutJudge.panel_id == CutPanel.id,
        CutJudge.person_id == actor.person_id,
    )
    rated = exists().where(
        CutRating.firm_id == actor.firm_id,
        CutRating.panel_id == CutPanel.id,
        CutRating.round == CutPanel.round,
        CutRating.judge_id == actor.person_id,
    )
    rows = session.execute(
        _panels(actor).where(CutPanel.closed_at.is_(None), judges, ~rated).order_by(CutPanel.opened_at)
    )
    return [PanelLine(*row) for row in rows]


def _panels(actor: Actor) -> Any:
    return (
        select(CutPanel, Assessment.course_id, Assessment.key, AssessmentVersion.title, Employment.name)
        .join(Assessment, Assessment.id == CutPanel.assessment_id)
        .join(AssessmentVersion, AssessmentVersion.id == CutPanel.assessment_version_id)
        .join(
            Employment,
            and_(Employment.firm_id == CutPanel.firm_id, Employment.person_id == CutPanel.opened_by_id),
        )
        .where(CutPanel.firm_id == actor.firm_id)
    )


def find_cut_panel(
    session: Session, *, actor: Actor, panel_id: uuid.UUID, for_update: bool = False
) -> PanelLine | None:
    """A panel of the firm."""
    statement = _panels(actor).where(CutPanel.id == panel_id)
    if for_update:
        statement = statement.with_for_update(of=CutPanel)
    row = session.execute(statement).one_or_none()
    return PanelLine(*row) if row else None


def list_judges(session: Session, *, actor: Actor, panel_id: uuid.UUID) -> Mapping[uuid.UUID, str]:
    """The people on a panel with their names."""
    rows = session.execute(
        select(CutJudge.person_id, Employment.name)
        .join(
            Employment,
            and_(Employment.firm_id == CutJudge.firm_id, Employment.person_id == CutJudge.person_id),
        )
        .where(CutJudge.firm_id == actor.firm_id, CutJudge.panel_id == panel_id)
        .order_by(Employment.sort_name, CutJudge.person_id)
    )
    return {row.person_id: row.name for row in rows}


def list_cut_items(
    session: Session, *, actor: Actor, panel_id: uuid.UUID
) -> Sequence[tuple[int, QuestionVersion]]:
    """The questions of a panel by their place."""
    rows = session.execute(
        select(CutItem.position, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == CutItem.question_version_id)
        .where(CutItem.firm_id == actor.firm_id, CutItem.panel_id == panel_id)
        .order_by(CutItem.position)
    )
    return [(row[0], row[1]) for row in rows]


def list_ratings(session: Session, *, actor: Actor, panel_id: uuid.UUID) -> Sequence[CutRating]:
    """Every rating of a panel, in every round."""
    return session.scalars(
        select(CutRating)
        .where(CutRating.firm_id == actor.firm_id, CutRating.panel_id == panel_id)
        .order_by(CutRating.round, CutRating.judge_id, CutRating.position)
    ).all()


def list_grades(session: Session, *, actor: Actor, panel_id: uuid.UUID) -> Sequence[CutGrade]:
    """Every grade of a panel."""
    return session.scalars(
        select(CutGrade).where(CutGrade.firm_id == actor.firm_id, CutGrade.panel_id == panel_id)
    ).all()


@dataclass(frozen=True)
class Sitter:
    """Somebody who sat the test: their first attempt's score."""

    person_id: uuid.UUID
    name: str
    score: float
    at: datetime


def list_sitters(session: Session, *, actor: Actor, assessment_id: uuid.UUID) -> Sequence[Sitter]:
    """The firm's people who handed in an assessment, with their first score, the latest first."""
    ranked = (
        select(
            Attempt.person_id,
            Attempt.score,
            Attempt.submitted_at,
            func.row_number()
            .over(partition_by=Attempt.person_id, order_by=(Attempt.started_at, Attempt.id))
            .label("place"),
        )
        .where(
            Attempt.firm_id == actor.firm_id,
            Attempt.assessment_id == assessment_id,
            Attempt.submitted_at.is_not(None),
            ~Attempt.waiting,
        )
        .subquery()
    )
    rows = session.execute(
        select(Employment.person_id, Employment.name, ranked.c.score, ranked.c.submitted_at)
        .join(ranked, ranked.c.person_id == Employment.person_id)
        .where(Employment.firm_id == actor.firm_id, ranked.c.place == 1)
        .order_by(ranked.c.submitted_at.desc(), Employment.person_id)
        .limit(MOST_PEOPLE)
    )
    return [Sitter(*row) for row in rows]
