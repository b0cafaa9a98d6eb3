"""What a firm still holds of somebody who has left and needs no more: taken out when they ask for it.

What stays, and why, is in `docs/decisions/0021-what-leaves-with-a-person.md`: the ledger, attempts and decisions, because a
choice among several people must be defensible later, also towards the others; and the log, whose chain nobody may break.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Update, delete, null, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.foundation.jobs import OF_ONES_OWN, Job, JobState
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import LessonProgress, LessonTime, MessageBrowser, MessageWish, ReviewCard, ReviewLog
from lms.people import queries as people
from lms.people.models import Employment, Leave, SignIn
from lms.people.services.audit import record_act
from lms.tracks.models import Consent, LedgerView, ReportFile, ReportPlan, SelfDeclared
from lms.tracks.models.kpi import CoachingNote
from lms.tracks.policy import POLICY, TrackPermission


def has_left(person: Employment, today: Any) -> bool:
    """Whether their last day is over, or they cannot enter any more."""
    return person.locked_at is not None or (person.ended_on is not None and person.ended_on < today)


def person_who_left(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> Employment:
    """Somebody who has left. Raises NotFound, NotAllowed, Conflict (they work here)."""
    require(POLICY, actor, TrackPermission.LET_GO)
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    if not has_left(person, people.find_today(session, actor=actor, now=now)):
        raise Conflict("%(name)s works here. This is for people who have left.", name=person.name)
    return person


def let_go(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> Mapping[str, int]:
    """Take out what is not needed of somebody who has left; how many rows of each. Done twice, it finds nothing more.

    Raises NotFound, NotAllowed, Conflict (they work here).
    """
    person = person_who_left(session, actor=actor, person_id=person_id, now=now)
    done = {
        name: session.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
        for name, statement in _statements(actor, person_id, now).items()
    }
    person.password_hash = None
    record_act(
        session,
        actor=actor,
        act=N_("let go on request"),
        subject=str(person_id),
        detail={"name": person.name, "taken_out": {name: count for name, count in done.items() if count}},
        now=now,
    )
    return done


def _statements(actor: Actor, person_id: uuid.UUID, now: datetime) -> dict[str, Delete | Update]:
    """By what each takes out, in the order in which one row points to another."""
    firm = actor.firm_id
    return {
        "practice answers": delete(ReviewLog).where(
            ReviewLog.firm_id == firm, ReviewLog.person_id == person_id
        ),
        "practice cards": delete(ReviewCard).where(
            ReviewCard.firm_id == firm, ReviewCard.person_id == person_id
        ),
        "times of lessons": delete(LessonTime).where(
            LessonTime.firm_id == firm, LessonTime.person_id == person_id
        ),
        "messages they wanted": delete(MessageWish).where(
            MessageWish.firm_id == firm, MessageWish.person_id == person_id
        ),
        "phones that got them": delete(MessageBrowser).where(
            MessageBrowser.firm_id == firm, MessageBrowser.person_id == person_id
        ),
        "when they were told": delete(Job).where(
            Job.firm_id == firm,
            Job.asked_by_id == person_id,
            Job.kind.in_(OF_ONES_OWN),
            Job.state != JobState.RUNNING,
        ),
        "what was half typed": update(LessonProgress)
        .where(
            LessonProgress.firm_id == firm,
            LessonProgress.person_id == person_id,
            LessonProgress.half.is_not(None),
        )
        .values(half=null()),
        "groups they named": delete(SelfDeclared).where(
            SelfDeclared.firm_id == firm, SelfDeclared.person_id == person_id
        ),
        "who looked": delete(LedgerView).where(LedgerView.firm_id == firm, LedgerView.person_id == person_id),
        "coaching notes": update(CoachingNote)
        .where(CoachingNote.firm_id == firm, CoachingNote.person_id == person_id, CoachingNote.text != "")
        .values(text=""),
        "reasons of leave": update(Leave)
        .where(Leave.firm_id == firm, Leave.person_id == person_id, Leave.reason != "")
        .values(reason=""),
        "devices": update(SignIn)
        .where(SignIn.firm_id == firm, SignIn.person_id == person_id, SignIn.device != "")
        .values(device=""),
        "consents": update(Consent)
        .where(Consent.firm_id == firm, Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by_id=actor.person_id),
        "reports": update(ReportFile)
        .where(ReportFile.firm_id == firm, ReportFile.person_id == person_id, ReportFile.content.is_not(None))
        .values(content=None, keep_until=now),
        "reports on a date": update(ReportPlan)
        .where(ReportPlan.firm_id == firm, ReportPlan.person_id == person_id, ReportPlan.ended_at.is_(None))
        .values(ended_at=now),
    }
