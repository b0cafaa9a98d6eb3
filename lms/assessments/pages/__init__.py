"""What the pages of this room show. Whatever they hand to a template about an open attempt comes from `ask`."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import Mark
from lms.assessments.kinds.wording import in_words
from lms.assessments.models import AssessmentVersion, Attempt, Response
from lms.assessments.rules import Blueprint, NotYet, may_see_key, may_start, read_blueprint
from lms.assessments.services.packing import seal_pack
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id


@dataclass(frozen=True)
class DoorPage:
    """Before an assessment."""

    assessment_id: uuid.UUID
    course_id: uuid.UUID
    blueprint: Blueprint
    attempts: Sequence[Attempt]
    under_way: Attempt | None
    refused: NotYet | None
    attempt_id: uuid.UUID
    language: str


def door_page(session: Session, *, actor: Actor, assessment_id: uuid.UUID, now: datetime) -> DoorPage:
    """Raises NotFound."""
    opened = queries.find_open_assessment(session, actor=actor, assessment_id=assessment_id)
    if opened is None:
        raise NotFound("There is no such assessment.")
    blueprint = read_blueprint(opened.version.document)
    attempts = queries.list_attempts(session, actor=actor, assessment_id=assessment_id)
    under_way = next((one for one in attempts if one.submitted_at is None), None)
    done = [(one.submitted_at, bool(one.passed)) for one in attempts if one.submitted_at]
    refused = None if under_way else may_start(blueprint, done, now=now)
    return DoorPage(
        opened.id,
        opened.course_id,
        blueprint,
        attempts,
        under_way,
        refused,
        new_id(),
        queries.find_language(session, assessment_id=assessment_id),
    )


@dataclass(frozen=True)
class AskedQuestion:
    """One question on the page of an attempt."""

    key: int
    number: int
    ask: Mapping[str, Any]
    given: Mapping[str, Any] | None
    answered: bool
    flagged: bool
    saved_at: datetime | None
    response_id: uuid.UUID


@dataclass(frozen=True)
class AttemptPage:
    """An attempt under way."""

    attempt: Attempt
    blueprint: Blueprint
    questions: Sequence[AskedQuestion]
    order: int
    minutes_left: int | None
    time_up: bool
    language: str
    seal: str
    """Of the pack that this page is, when the assessment may be taken without a network; else empty."""

    @property
    def resume(self) -> int:
        """The first question without an answer."""
        return next((one.key for one in self.questions if not one.answered), 1)


def _blueprint(session: Session, attempt: Attempt) -> Blueprint:
    return read_blueprint(session.get_one(AssessmentVersion, attempt.assessment_version_id).document)


def attempt_page(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime, secret: str = ""
) -> AttemptPage:
    """`secret` seals the page as a pack, where it may be one. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt_id)
    questions = []
    for one in asked:
        kind = kind_of(one.version.document)
        shown = kind.ask(kind.read(one.version.document), one.row.variant)
        given = one.response.given if one.response else None
        questions.append(
            AskedQuestion(
                one.position,
                one.position,
                shown,
                given,
                bool(given),
                one.row.flagged,
                one.response.arrived_at if one.response else None,
                new_id(),
            )
        )
    left = attempt.deadline_at - now if attempt.deadline_at else None
    return AttemptPage(
        attempt,
        _blueprint(session, attempt),
        questions,
        order=max((one.response.sequence for one in asked if one.response), default=0),
        minutes_left=None if left is None else max(0, -(-left // timedelta(minutes=1))),
        time_up=left is not None and left <= timedelta(0),
        language=queries.find_language(session, assessment_id=attempt.assessment_id),
        seal=seal_pack(session, actor=actor, attempt_id=attempt_id, secret=secret, now=now) or "",
    )


def given_in_words(
    session: Session, *, actor: Actor, raw: Mapping[str, list[str]], attempt_id: uuid.UUID, position: int
) -> list[tuple[str, str]]:
    """A question of one's own attempt and what a form says to it, before it is sent. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    asked = queries.find_asked(session, actor=actor, attempt_id=attempt_id, position=position)
    if attempt is None or asked is None:
        raise NotFound("There is no such question in this attempt.")
    row, version = asked
    kind = kind_of(version.document)
    ask = kind.ask(kind.read(version.document), row.variant)
    return [(about or ask["stem"], text) for about, text in in_words(ask, raw)]


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question of a result. `answer` and the mark's words are there only when the key may be seen."""

    number: int
    ask: Mapping[str, Any]
    given: Mapping[str, Any] | None
    score: float
    critical: bool
    answer: Mapping[str, Any] | None
    mark: Mark | None


@dataclass(frozen=True)
class ResultPage:
    """An attempt that was handed in."""

    attempt: Attempt
    blueprint: Blueprint
    course_id: uuid.UUID | None
    questions: Sequence[ReviewedQuestion]
    kept: Sequence[Response]
    shows_key: bool
    again: NotYet | None
    language: str

    @property
    def right(self) -> float:
        """The points: questions wholly right count one, partly right their share."""
        return sum(one.score for one in self.questions)


def result_page(session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime) -> ResultPage:
    """Raises NotFound; also while the attempt is still under way."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    if attempt is None or attempt.submitted_at is None:
        raise NotFound("There is no such result.")
    blueprint = _blueprint(session, attempt)
    shows_key = may_see_key(blueprint.feedback, submitted=True, passed=attempt.passed)
    questions = []
    for one in queries.list_asked(session, actor=actor, attempt_id=attempt_id):
        document = one.version.document
        kind = kind_of(document)
        question = kind.read(document)
        given = (one.response.given or None) if one.response else None
        questions.append(
            ReviewedQuestion(
                one.position,
                kind.ask(question, one.row.variant),
                given,
                one.row.score or 0.0,
                bool(document.get("critical")),
                kind.answer(question, one.row.variant) if shows_key else None,
                kind.mark(question, one.row.variant, given) if shows_key else None,
            )
        )
    attempts = queries.list_attempts(session, actor=actor, assessment_id=attempt.assessment_id)
    done = [(one.submitted_at, bool(one.passed)) for one in attempts if one.submitted_at]
    opened = queries.find_open_assessment(session, actor=actor, assessment_id=attempt.assessment_id)
    return ResultPage(
        attempt,
        blueprint,
        opened.course_id if opened else None,
        questions,
        queries.list_kept(session, actor=actor, attempt_id=attempt_id),
        shows_key,
        may_start(blueprint, done, now=now),
        queries.find_language(session, assessment_id=attempt.assessment_id),
    )
