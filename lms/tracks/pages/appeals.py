"""What the pages about appeals show: the list, one appeal, and the blind page for whoever rates again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import Permissions, require
from lms.people.models import Employment
from lms.tracks import queries as ledgers
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.promotion import Appealed
from lms.tracks.rules.appeals import without_names
from lms.tracks.services.appeals import (
    anchors_of,
    check_rerater,
    find_appeal,
    first_raters,
    interviews_of,
    needs_rerating,
)
from lms.tracks.services.deciding import list_people


@dataclass(frozen=True)
class AppealLine:
    """An appeal in the list. `late`: the day it was due has passed; `to_rate`: it waits for a blind rating."""

    one: Appealed
    to_rate: bool
    late: bool


@dataclass(frozen=True)
class AppealsPage:
    """The firm's appeals; names only for those who look after choices."""

    lines: Sequence[AppealLine]
    names: Mapping[str, str]
    whole: bool


def appeals_page(session: Session, *, actor: Actor, today: date) -> AppealsPage:
    """All appeals for who looks after choices; for an assessor, those that wait to be rated, without names."""
    require(POLICY, actor, TrackPermission.APPEALS)
    found = queries.list_appeals(session, actor=actor)
    whole = _looks_after(actor)
    lines = [
        AppealLine(
            one,
            needs_rerating(one) and one.answer is None,
            one.answer is None and one.appeal.due_on < today,
        )
        for one in found
    ]
    if not whole:
        lines = [line for line in lines if line.to_rate and line.one.appeal.person_id != actor.person_id]
        return AppealsPage(lines, {}, whole)
    ids = frozenset(one.appeal.person_id for one in found)
    return AppealsPage(lines, ledgers.list_names(session, actor=actor, person_ids=ids), whole)


def _looks_after(actor: Actor) -> bool:
    return Permissions(POLICY).could(actor, TrackPermission.ANSWER_APPEAL)


@dataclass(frozen=True)
class AppealPage:
    """One appeal for who answers it. Both ratings are shown once the second is given."""

    one: Appealed
    person: Employment
    names: Mapping[str, str]
    evidence: Mapping[str, Any] | None
    to_rate: bool
    may_answer: bool
    may_rate: bool


def appeal_page(session: Session, *, actor: Actor, appeal_id: uuid.UUID) -> AppealPage:
    """One appeal. Raises NotFound, NotAllowed."""
    require(POLICY, actor, TrackPermission.OPENINGS)
    one = find_appeal(session, actor=actor, appeal_id=appeal_id)
    person = list_people(session, actor=actor, person_ids=frozenset({one.appeal.person_id})).get(
        one.appeal.person_id
    )
    if person is None:
        raise NotFound("There is no such appeal.")
    row = (
        ledgers.find_evidence(session, actor=actor, evidence_id=one.appeal.evidence_id)
        if one.appeal.evidence_id
        else None
    )
    ids = {one.decision.decided_by_id, one.approval.by_id}
    ids |= {answer.by_id for answer in (one.answer, one.rerating) if answer}
    raters = first_raters(session, actor=actor, one=one)
    can = Permissions(POLICY)
    deciding = {one.decision.decided_by_id, one.approval.by_id, one.opening.decider_id, one.opening.second_id}
    again = {one.rerating.by_id} if one.rerating else set()
    waits = needs_rerating(one) and one.answer is None
    return AppealPage(
        one,
        person,
        ledgers.list_names(session, actor=actor, person_ids=frozenset(ids)),
        {"competency": row.competency, "title": row.detail.get("title", ""), "on": row.on} if row else None,
        waits,
        one.answer is None
        and not waits
        and can.allows(actor, TrackPermission.ANSWER_APPEAL, one.appeal)
        and actor.person_id not in deciding | again,
        waits and can.allows(actor, TrackPermission.RERATE, one.appeal) and actor.person_id not in raters,
    )


@dataclass(frozen=True)
class BlindAnswer:
    """A question, its anchors, and what the candidate said, in the words of each interviewer, without names."""

    question: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class BlindPage:
    """What somebody who rates again sees: the work, the anchors; not who, nor what was given, nor by whom."""

    appeal_id: uuid.UUID
    ground: str
    competency: str | None
    anchors: Mapping[int, str]
    kind: str
    on: date | None
    example: str
    answers: Sequence[BlindAnswer]


def blind_page(session: Session, *, actor: Actor, appeal_id: uuid.UUID) -> BlindPage:
    """The blind page. Raises NotFound, NotAllowed, Conflict (nothing to rate, or rated already)."""
    require(POLICY, actor, TrackPermission.RERATE, None)
    one = find_appeal(session, actor=actor, appeal_id=appeal_id)
    check_rerater(session, actor=actor, one=one)
    raters = first_raters(session, actor=actor, one=one)
    known = ledgers.list_names(session, actor=actor, person_ids=frozenset({one.appeal.person_id, *raters}))
    names = tuple(known.values())
    if one.appeal.ground == "interview":
        given = interviews_of(session, actor=actor, one=one)
        answers = [
            BlindAnswer(
                question, tuple(without_names(row.answers["answers"][place]["note"], names) for row in given)
            )
            for place, question in enumerate(one.opening.questions["questions"])
        ]
        return BlindPage(appeal_id, "interview", None, {}, "", None, "", answers)
    row = (
        ledgers.find_evidence(session, actor=actor, evidence_id=one.appeal.evidence_id)
        if one.appeal.evidence_id
        else None
    )
    if row is None:
        raise NotFound("There is no such evidence.")
    return BlindPage(
        appeal_id,
        "evidence",
        row.competency,
        anchors_of(session, actor=actor, competency=row.competency, on=row.on),
        row.kind,
        row.on,
        without_names(str(row.detail.get("example", "")), names),
        (),
    )
