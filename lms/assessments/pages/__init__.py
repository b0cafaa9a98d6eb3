"""What the pages of this room show. Whatever they hand to a template about an open attempt comes from `ask`."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.gates import Accuracy, accuracy_of, read_accuracy
from lms.assessments.kinds import asked as shown_now
from lms.assessments.kinds import kind_of, upload
from lms.assessments.kinds.contract import BadAnswer, Mark
from lms.assessments.kinds.wording import in_words
from lms.assessments.models import AdaptiveRun, AnswerFile, Attempt, GateDecision, Response
from lms.assessments.pages.marking import MarkedAnswer, told_to_learner
from lms.assessments.queries.adapting import find_run
from lms.assessments.queries.filing import list_files, named
from lms.assessments.queries.live import blueprint_of, read_question
from lms.assessments.queries.rescoring import find_standing_rules
from lms.assessments.queries.sitting import find_decision, find_second_of, list_first_scores
from lms.assessments.queries.telling import Told, list_told
from lms.assessments.rescoring import Keyed, keyed
from lms.assessments.rules import (
    TAKEN_BACK,
    Blueprint,
    NotYet,
    break_took,
    may_see_key,
    may_start,
    read_blueprint,
)
from lms.assessments.services.adapting import NOT_YET, is_ready
from lms.assessments.services.breaks import deadline_now, left_of
from lms.assessments.services.packing import seal_pack
from lms.assessments.services.taking import counts_since, handed_in
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id
from lms.people import queries as people


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
    undecided: Attempt | None
    """A first form near the mark, to which the next attempt is the second."""
    minutes: int | None
    """How long this person may take, with their extra time."""
    extra: bool

    @property
    def needs_code(self) -> bool:
        """Whether a supervisor's code is asked for before it begins."""
        return self.blueprint.supervised and self.under_way is None


def door_page(session: Session, *, actor: Actor, assessment_id: uuid.UUID, now: datetime) -> DoorPage:
    """Raises NotFound."""
    opened = queries.find_open_assessment(session, actor=actor, assessment_id=assessment_id)
    if opened is None:
        raise NotFound("There is no such assessment.")
    blueprint = read_blueprint(opened.version.document)
    attempts = queries.list_attempts(session, actor=actor, assessment_id=assessment_id)
    under_way = next((one for one in attempts if one.submitted_at is None), None)
    since = counts_since(session, actor=actor, course_id=opened.course_id)
    undecided = next((one for one in attempts if one.undecided), None)
    done = handed_in(session, actor, attempts, blueprint, since)
    waiting = any(one.waiting for one in attempts)
    goes_on = under_way or undecided
    refused = None if goes_on else may_start(blueprint, done, now=now, waiting=waiting)
    if blueprint.adaptive and not goes_on and refused is None:
        ready = is_ready(session, course_id=opened.course_id, blueprint=blueprint)
        refused = None if ready else NotYet(NOT_YET)
    factor = people.find_time_factor(session, actor=actor) if blueprint.time_limit else 1.0
    return DoorPage(
        opened.id,
        opened.course_id,
        blueprint,
        attempts,
        under_way,
        refused,
        new_id(),
        opened.language,
        undecided,
        int(blueprint.time_limit * factor / timedelta(minutes=1)) if blueprint.time_limit else None,
        factor > 1,
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
    break_left: int
    """Minutes of break that may still be taken."""
    seal: str
    """Of the pack that this page is, when the assessment may be taken without a network; else empty."""

    @property
    def resume(self) -> int:
        """The first question without an answer."""
        return next((one.key for one in self.questions if not one.answered), 1)


def attempt_page(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime, secret: str = ""
) -> AttemptPage:
    """`secret` seals the page as a pack, where it may be one. Raises NotFound."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    if attempt is None:
        raise NotFound("There is no such attempt.")
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt_id)
    files = _files(session, actor, attempt_id, asked)
    questions = []
    for one in asked:
        kind, question = read_question(one.version)
        given = named(one.response.given or None, files) if one.response else None
        shown = shown_now(kind, question, one.row.variant, given)
        questions.append(
            AskedQuestion(
                one.position,
                one.position,
                shown,
                given,
                bool(given) and bool(shown.get("end", True)),
                one.row.flagged,
                one.response.arrived_at if one.response else None,
                new_id(),
            )
        )
    until = deadline_now(session, actor=actor, attempt=attempt, now=now)
    left = until - now if until else None
    breaks = left_of(session, actor=actor, attempt=attempt) if attempt.deadline_at else timedelta(0)
    if attempt.paused_at is not None:
        breaks -= break_took(attempt.paused_at, left=breaks, now=now)
    blueprint = blueprint_of(session, version_id=attempt.assessment_version_id)
    seal = None
    if blueprint.offline:
        seal = seal_pack(session, actor=actor, attempt_id=attempt_id, secret=secret, now=now)
    return AttemptPage(
        attempt,
        blueprint,
        questions,
        order=max((one.response.sequence for one in asked if one.response), default=0),
        minutes_left=None if left is None else max(0, -(-left // timedelta(minutes=1))),
        time_up=left is not None and left <= timedelta(0),
        language=queries.find_language(session, assessment_id=attempt.assessment_id),
        break_left=-(-breaks // timedelta(minutes=1)),
        seal=seal or "",
    )


def _files(
    session: Session, actor: Actor, attempt_id: uuid.UUID, asked: Sequence[queries.Asked]
) -> Sequence[AnswerFile]:
    """The files of an attempt, where a question asks for one."""
    if not any(one.version.kind == upload.NAME for one in asked):
        return ()
    return list_files(session, actor=actor, attempt_id=attempt_id)


@dataclass(frozen=True)
class StepPage:
    """One question of an attempt under way, as it stands now."""

    question: AskedQuestion
    language: str


def step_page(session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int) -> StepPage:
    """A question that goes step by step, where its answer has led. Raises NotFound; also once it is handed in."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    if attempt is None or attempt.submitted_at is not None:
        raise NotFound("There is no such question in this attempt.")
    asked = queries.find_asked(session, actor=actor, attempt_id=attempt_id, position=position)
    if asked is None:
        raise NotFound("There is no such question in this attempt.")
    row, version = asked
    standing = queries.find_standing(session, actor=actor, attempt_id=attempt_id, position=position)
    given = (standing.given or None) if standing else None
    kind = kind_of(version.document)
    shown = shown_now(kind, kind.read(version.document), row.variant, given)
    return StepPage(
        AskedQuestion(position, position, shown, given, bool(given), row.flagged, None, new_id()),
        queries.find_language(session, assessment_id=attempt.assessment_id),
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
    question = kind.read(version.document)
    try:
        before = kind.given(question, row.variant, {**raw, "answer": []})
        ask = shown_now(kind, question, row.variant, before)
    except BadAnswer:  # the words are shown all the same; whoever sends them again is told what is wrong
        ask = kind.ask(question, row.variant)
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
    by_people: MarkedAnswer | None = None
    left_out: bool = False


@dataclass(frozen=True)
class ResultPage:
    """An attempt that was handed in."""

    attempt: Attempt
    blueprint: Blueprint
    course_id: uuid.UUID | None
    questions: Sequence[ReviewedQuestion]
    kept: Sequence[Response]
    taken_back: int
    shows_key: bool
    again: NotYet | None
    language: str
    scored_again: Sequence[Told] = ()
    decision: GateDecision | None = None
    accuracy: Accuracy | None = None
    """Of the decision as it was recorded; while there is none, of one form."""
    second: Attempt | None = None
    """The second form to an undecided attempt, when it has begun."""
    run: AdaptiveRun | None = None
    """How it adapted, when it did."""

    @property
    def right(self) -> float:
        """The points: questions wholly right count one, partly right their share."""
        return sum(one.score for one in self.questions)

    @property
    def may_try_again(self) -> bool:
        """Whether another attempt may begin now, without a supervisor."""
        settled = not (self.attempt.waiting or self.attempt.undecided or self.attempt.passed)
        free = self.again is None and self.course_id is not None and not self.blueprint.supervised
        return settled and free

    @property
    def critical_missed(self) -> int:
        """How many that must be right were not; one at least, since what was left out later may be the one."""
        return max(1, sum(one.critical and one.score < 1 and not one.left_out for one in self.questions))


def result_page(session: Session, *, actor: Actor, attempt_id: uuid.UUID, now: datetime) -> ResultPage:
    """Raises NotFound; also while the attempt is still under way."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    if attempt is None or attempt.submitted_at is None:
        raise NotFound("There is no such result.")
    blueprint = blueprint_of(session, version_id=attempt.assessment_version_id)
    shows_key = not (attempt.waiting or attempt.undecided) and may_see_key(
        blueprint.feedback, submitted=True, passed=attempt.passed
    )
    questions = []
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt_id)
    files = _files(session, actor, attempt_id, asked)
    told = (
        told_to_learner(session, actor=actor, attempt=attempt, asked=asked, markers=blueprint.markers)
        if shows_key
        else {}
    )
    again = list_told(session, actor=actor, attempt_id=attempt.id)
    standing = find_standing_rules(session, version_ids=[one.version.id for one in asked] if again else [])
    for one in asked:
        document = one.version.document
        kind, question = read_question(one.version)
        given = named(one.response.given or None, files) if one.response else None
        rule = standing.get(one.version.id)
        now_right = (
            keyed(rule, document, one.row.variant, given) if rule else Keyed(question, one.row.variant, given)
        )
        questions.append(
            ReviewedQuestion(
                one.position,
                shown_now(kind, question, one.row.variant, given),
                given,
                one.row.score or 0.0,
                bool(document.get("critical")),
                kind.answer(now_right.question, now_right.variant) if shows_key else None,
                kind.mark(now_right.question, now_right.variant, now_right.given) if shows_key else None,
                told.get(one.position),
                one.row.left_out,
            )
        )
    kept = queries.list_kept(session, actor=actor, attempt_id=attempt_id)
    attempts = queries.list_attempts(session, actor=actor, assessment_id=attempt.assessment_id)
    opened = queries.find_open_assessment(session, actor=actor, assessment_id=attempt.assessment_id)
    since = counts_since(session, actor=actor, course_id=opened.course_id) if opened else None
    done = handed_in(session, actor, attempts, blueprint, since)
    decision, accuracy = _decided(session, actor, attempt, blueprint)
    return ResultPage(
        attempt,
        blueprint,
        opened.course_id if opened else None,
        questions,
        [one for one in kept if one.kept_because != TAKEN_BACK],
        sum(one.kept_because == TAKEN_BACK for one in kept),
        shows_key,
        may_start(blueprint, done, now=now, waiting=any(one.waiting for one in attempts)),
        opened.language if opened else queries.find_language(session, assessment_id=attempt.assessment_id),
        again,
        decision,
        accuracy,
        find_second_of(session, firm_id=actor.firm_id, attempt_id=attempt_id) if attempt.undecided else None,
        find_run(session, firm_id=actor.firm_id, attempt_id=attempt_id) if attempt.adaptive else None,
    )


def _decided(
    session: Session, actor: Actor, attempt: Attempt, blueprint: Blueprint
) -> tuple[GateDecision | None, Accuracy | None]:
    """What a gate decided on an attempt, with its accuracy as it was recorded then; nothing of what is no gate."""
    if not blueprint.supervised or attempt.waiting:
        return None, None
    decision = find_decision(session, firm_id=actor.firm_id, attempt_id=attempt.id)
    if decision is not None:
        return decision, read_accuracy(decision.accuracy)
    scores = list_first_scores(session, firm_id=actor.firm_id, assessment_ids=[attempt.assessment_id])
    of_this = scores.get(attempt.assessment_id, ())
    return None, accuracy_of(of_this, questions=blueprint.length, cut=blueprint.pass_mark)
