"""The questions a course asks now. What is live is asked each time; what a version says is kept, for it is written once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import Kind
from lms.assessments.models import AssessmentVersion, Question, QuestionVersion
from lms.assessments.rules import Blueprint, read_blueprint
from lms.foundation.remembering import Remembered

MOST_KEPT = 4096
"""Versions that a process keeps: some 5 KB each, and three times the questions of all our courses."""


@dataclass(frozen=True)
class LiveQuestion:
    """A version of a question, as `QuestionVersion` holds it. Its document is shared: nobody writes into it."""

    id: uuid.UUID
    question_id: uuid.UUID
    document: Mapping[str, Any]


_kept: Remembered[uuid.UUID, LiveQuestion] = Remembered(MOST_KEPT)
_read: Remembered[uuid.UUID, tuple[Kind, Any]] = Remembered(MOST_KEPT)
_plans: Remembered[uuid.UUID, Blueprint] = Remembered(MOST_KEPT)

_LIVE = (
    select(Question.live_version_id)
    .where(Question.course_id == bindparam("course_id", type_=Uuid()), Question.live_version_id.is_not(None))
    .order_by(Question.key)
)
_VERSIONS = select(QuestionVersion.id, QuestionVersion.question_id, QuestionVersion.document).where(
    QuestionVersion.id.in_(bindparam("version_ids", expanding=True))
)


def list_live_questions(session: Session, *, course_id: uuid.UUID) -> Sequence[LiveQuestion]:
    """The live question versions of a course's bank, in a steady order. One statement; two when some are new here."""
    ids = session.scalars(_LIVE, {"course_id": course_id}).all()
    known = {one: found for one in ids if one and (found := _kept.get(one))}
    missing = [one for one in ids if one and one not in known]
    if missing:
        rows = session.execute(_VERSIONS, {"version_ids": missing})
        fresh = {row.id: LiveQuestion(row.id, row.question_id, row.document) for row in rows}
        known |= fresh
        _kept.tell(fresh)
    return [known[one] for one in ids if one]


def read_question(version: QuestionVersion | LiveQuestion) -> tuple[Kind, Any]:
    """A version's kind, and the question as its kind reads it: checked once in a process. Raises Unreadable."""
    found = _read.get(version.id)
    if found is None:
        kind = kind_of(version.document)
        found = kind, kind.read(version.document)
        _read.tell({version.id: found})
    return found


def question_of(session: Session, *, version_id: uuid.UUID) -> tuple[Kind, Any]:
    """As `read_question`, by the version's id. A statement when it is new here, else none. Raises Unreadable."""
    return _read.get(version_id) or read_question(session.get_one(QuestionVersion, version_id))


def blueprint_of(session: Session, *, version_id: uuid.UUID) -> Blueprint:
    """The blueprint of a version of an assessment. A statement when it is new here, else none."""
    found = _plans.get(version_id)
    if found is None:
        found = read_blueprint(session.get_one(AssessmentVersion, version_id).document)
        _plans.tell({version_id: found})
    return found
