"""What those who mark see: the heap, one answer without a name, and the history of one that is settled."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.kinds import MARKED_BY_PEOPLE, extended, kind_of, upload
from lms.assessments.marks import deciding
from lms.assessments.models import AssessmentVersion, Attempt
from lms.assessments.moderating import Agreement, agreement
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries.filing import list_files, named
from lms.assessments.queries.marking import (
    PAGE,
    Heap,
    Marked,
    Settled,
    ToMark,
    count_to_mark,
    list_marked_twice,
    list_marks,
    list_settled,
    list_to_mark,
)
from lms.assessments.rules import read_blueprint
from lms.assessments.services.marking import given_of
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.foundation.policy import require


@dataclass(frozen=True)
class HeapPage:
    """What waits for the actor, filtered."""

    heaps: Sequence[Heap]
    lines: Sequence[ToMark]
    course_id: uuid.UUID | None
    assessment_id: uuid.UUID | None
    page: int

    @property
    def total(self) -> int:
        """How many answers wait for the actor in all."""
        return sum(heap.count for heap in self.heaps)

    @property
    def count(self) -> int:
        """How many of them the filter shows."""
        return sum(
            heap.count
            for heap in self.heaps
            if self.course_id in (None, heap.course_id) and self.assessment_id in (None, heap.assessment_id)
        )

    @property
    def courses(self) -> Mapping[uuid.UUID, str]:
        """The courses to choose from."""
        return {heap.course_id: heap.course for heap in self.heaps}

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.count // PAGE))


def heap_page(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID | None,
    assessment_id: uuid.UUID | None,
    page: int,
) -> HeapPage:
    """Raises NotAllowed."""
    require(POLICY, actor, AssessmentPermission.MARK, actor)
    lines = list_to_mark(session, actor=actor, course_id=course_id, assessment_id=assessment_id, page=page)
    return HeapPage(count_to_mark(session, actor=actor), lines, course_id, assessment_id, page)


def settled_page(session: Session, *, actor: Actor, page: int) -> Sequence[Settled]:
    """Raises NotAllowed."""
    require(POLICY, actor, AssessmentPermission.MARK_AGAIN, actor)
    return list_settled(session, actor=actor, page=page)


def markers_beside(session: Session, *, actor: Actor) -> Agreement:
    """How the firm's markers compare with one another, for moderation. Raises NotAllowed."""
    require(POLICY, actor, AssessmentPermission.MARK_AGAIN, actor)
    twice, names = list_marked_twice(session, actor=actor)
    return agreement(twice, names)


@dataclass(frozen=True)
class AnswerPage:
    """An answer to mark. `marks` is empty for whoever marks it blind."""

    attempt_id: uuid.UUID
    position: int
    title: str
    question: extended.Question | upload.Question
    text: str
    file: Mapping[str, Any] | None
    language: str
    waiting: bool
    marks: Sequence[Marked] = ()
    decide: Sequence[int] = ()
    markers: int = 1

    @property
    def words(self) -> int:
        """How long the text is."""
        return len(self.text.split())

    @property
    def full(self) -> int:
        """All the points there are."""
        return sum(one.points for one in self.question.criteria)


def answer_page(session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int) -> AnswerPage:
    """An answer that waits for the actor: no name, no other's marks. Raises NotFound, NotAllowed, Conflict."""
    require(POLICY, actor, AssessmentPermission.MARK, actor)
    page = _page(session, actor, attempt_id, position)
    if not page.waiting:
        raise Conflict("That answer does not wait for a marker.")
    if any(mark.row.marker_id == actor.person_id for mark in page.marks):
        raise Conflict("You have marked this answer. Somebody else marks it now.")
    return AnswerPage(
        page.attempt_id,
        page.position,
        page.title,
        page.question,
        page.text,
        page.file,
        page.language,
        page.waiting,
        markers=page.markers,
    )


def history_page(session: Session, *, actor: Actor, attempt_id: uuid.UUID, position: int) -> AnswerPage:
    """An answer that is settled, with everybody's marks. Raises NotFound, NotAllowed, Conflict."""
    require(POLICY, actor, AssessmentPermission.MARK_AGAIN, actor)
    page = _page(session, actor, attempt_id, position)
    if page.waiting or not page.marks:
        raise Conflict("That answer still waits for a marker.")
    return page


def _page(session: Session, actor: Actor, attempt_id: uuid.UUID, position: int) -> AnswerPage:
    attempt = queries.find_attempt_to_mark(session, actor=actor, attempt_id=attempt_id, for_update=False)
    asked = queries.list_asked(session, actor=actor, attempt_id=attempt_id) if attempt else ()
    one = next((one for one in asked if one.position == position), None)
    if (
        attempt is None
        or one is None
        or one.version.kind not in MARKED_BY_PEOPLE
        or one.response is None
        or attempt.submitted_at is None
    ):
        raise NotFound("There is no such answer to mark.")
    if attempt.person_id == actor.person_id:
        raise Conflict("Somebody else marks your own answers.")
    version = session.get_one(AssessmentVersion, attempt.assessment_version_id)
    blueprint = read_blueprint(version.document)
    marks = list_marks(session, actor=actor, attempt_id=attempt_id, position=position)
    return AnswerPage(
        attempt_id,
        position,
        version.title,
        kind_of(one.version.document).read(one.version.document),
        str(one.response.given.get("text", "")),
        named(one.response.given, list_files(session, actor=actor, attempt_id=attempt_id))
        if one.version.kind == upload.NAME
        else None,
        queries.find_language(session, assessment_id=attempt.assessment_id),
        attempt.waiting and one.row.score is None,
        marks,
        deciding(given_of([mark.row for mark in marks]), blueprint.markers),
        blueprint.markers,
    )


@dataclass(frozen=True)
class CriterionGot:
    """What a learner got for a line of the rubric: the mean of the marks that decided."""

    text: str
    got: float
    points: int
    anchor: str


@dataclass(frozen=True)
class MarkedAnswer:
    """What a learner is told of the marks of one answer: by criterion, with the notes, without the markers' names."""

    criteria: Sequence[CriterionGot]
    notes: Sequence[str] = field(default=())
    again: bool = False


def told_to_learner(
    session: Session, *, actor: Actor, attempt: Attempt, asked: Sequence[queries.Asked], markers: int
) -> dict[int, MarkedAnswer]:
    """The marks of an attempt of the actor's own, by position; nothing while it waits."""
    if attempt.waiting or not any(one.version.kind in MARKED_BY_PEOPLE for one in asked):
        return {}
    by_position: dict[int, list[Marked]] = {}
    for mark in list_marks(session, actor=actor, attempt_id=attempt.id):
        by_position.setdefault(mark.row.position, []).append(mark)
    found = {}
    for one in asked:
        marks = by_position.get(one.position, [])
        decide = [marks[at].row for at in deciding(given_of([mark.row for mark in marks]), markers)]
        if not decide:
            continue
        lines = []
        for line in kind_of(one.version.document).read(one.version.document).criteria:
            got = sum(row.points[line.key] for row in decide) / len(decide)
            anchor = line.anchors[int(got)] if line.anchors and got == int(got) else ""
            lines.append(CriterionGot(line.text, got, line.points, anchor))
        found[one.position] = MarkedAnswer(lines, [row.note for row in decide if row.note], decide[-1].again)
    return found
