"""Reads for notes on sittings: what was sat at a firm, and of which kind its questions are."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion, Attempt, QuestionVersion
from lms.courses.models import Course, CourseVersion
from lms.foundation.actor import Actor


@dataclass(frozen=True)
class SatHere:
    """An assessment that people of a firm sat, and how many of them."""

    id: uuid.UUID
    course: str
    title: str
    gate: bool
    people: int


def list_sat_here(session: Session, *, actor: Actor) -> Sequence[SatHere]:
    """The assessments that people of the actor's firm handed in: gates first, then the most sat."""
    people = (
        select(Attempt.assessment_id, func.count(Attempt.person_id.distinct()).label("people"))
        .where(Attempt.firm_id == actor.firm_id, Attempt.submitted_at.is_not(None))
        .group_by(Attempt.assessment_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Assessment.id,
            func.coalesce(CourseVersion.title, Course.key).label("course"),
            AssessmentVersion.title,
            AssessmentVersion.document["purpose"].as_string().label("purpose"),
            people.c.people,
        )
        .join(people, people.c.assessment_id == Assessment.id)
        .join(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
        .join(Course, Course.id == Assessment.course_id)
        .outerjoin(CourseVersion, CourseVersion.id == Course.live_version_id)
        .order_by(people.c.people.desc(), Assessment.id)
    )
    found = [SatHere(row.id, row.course, row.title, row.purpose == "gate", row.people) for row in rows]
    return sorted(found, key=lambda one: not one.gate)


def list_versions(session: Session, *, version_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """The kind of each of these versions of questions."""
    return {
        row.id: row.kind
        for row in session.execute(
            select(QuestionVersion.id, QuestionVersion.kind).where(QuestionVersion.id.in_(version_ids))
        )
    }
