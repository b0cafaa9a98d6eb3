"""What the studio asks of this room before anything is published: checks as a learner sees them, who is under way."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.kinds import asked as shown_now
from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import BadAnswer, Unreadable
from lms.courses.queries.studio import ChecksAsked, CheckTried, UnderWay, UnderWayAsked
from lms.foundation.errors import Invalid
from lms.learning.queries import count_on_versions
from lms.people import queries as people

_SEED = 1
"""Every look at a draft shows a question with the same numbers and in the same order."""


def show_checks(_session: Session, question: ChecksAsked) -> Sequence[Mapping[str, Any] | None]:
    """Each check question as it may be shown; none for one that cannot be read yet."""
    return [_shown(document) for document in question.documents]


def _shown(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    try:
        kind = kind_of(document)
        read = kind.read(document)
    except Unreadable:
        return None
    return {"key": document["key"], "ask": kind.ask(read, kind.vary(read, _SEED)), "given": None}


def try_check(_session: Session, question: CheckTried) -> Sequence[tuple[Any, ...]]:
    """What a learner would be told who gave this answer. Raises Invalid."""
    try:
        kind = kind_of(question.document)
        read = kind.read(question.document)
        variant = kind.vary(read, _SEED)
        given = kind.given(read, variant, question.raw)
    except Unreadable:
        return []
    except BadAnswer as error:
        raise Invalid(error.sentence, **error.values) from None
    if given is None:
        raise Invalid("Choose or type an answer first.")
    return [
        (
            shown_now(kind, read, variant, given),
            given,
            kind.answer(read, variant),
            kind.mark(read, variant, given),
        )
    ]


def count_under_way(session: Session, question: UnderWayAsked) -> Sequence[UnderWay]:
    """How many of the actor's people have begun each version and not finished."""
    today = people.find_today(session, actor=question.actor, now=question.now)
    counted = count_on_versions(session, actor=question.actor, course_id=question.course_id, today=today)
    return [
        UnderWay(version_id, under_way) for version_id, (under_way, _done) in counted.items() if under_way
    ]
