"""What people say about themselves for the fairness figures, and what the firm settled about promotions."""

import uuid
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.assessments.rules import GroupsHeld
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.tracks.models import PromotionPolicy, SelfDeclared
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.promotion import find_settled
from lms.tracks.rules.groups import DIMENSIONS


def find_own_groups(session: Session, *, actor: Actor) -> SelfDeclared | None:
    """What the actor said about themself; nobody else reads it."""
    return session.scalar(
        select(SelfDeclared).where(
            SelfDeclared.firm_id == actor.firm_id, SelfDeclared.person_id == actor.person_id
        )
    )


def declare_groups(
    session: Session, *, actor: Actor, said: dict[str, str], now: datetime, for_questions: bool = False
) -> None:
    """Say what group one is in, for the fairness figures, and for those of questions if one says so; what is left
    empty is not kept.

    No log entry tells what was said, or that anything was. Raises Invalid, Conflict (the firm does not hold it).
    """
    require(POLICY, actor, TrackPermission.DECLARE)
    if not find_settled(session, actor=actor).holds_groups:
        raise Conflict("Your firm does not keep this.")
    for name, value in said.items():
        if name not in DIMENSIONS or (value and value not in DIMENSIONS[name][1]):
            raise Invalid("Choose one of the answers.")
    if not any(said.values()):
        withdraw_groups(session, actor=actor)
        return
    row = find_own_groups(session, actor=actor)
    if row is None:
        row = SelfDeclared(firm_id=actor.firm_id, person_id=actor.person_id)
        session.add(row)
    for name in DIMENSIONS:
        setattr(row, name, said.get(name) or None)
    row.for_questions, row.declared_at = for_questions, now


FOR_QUESTIONS = ("first_language", "gender")


def tell_groups(
    session: Session, question: GroupsHeld
) -> list[tuple[str, dict[tuple[uuid.UUID, uuid.UUID], str]]]:
    """Item analysis asks: the groups of people who said theirs for this too, at firms that hold groups."""
    inside = () if question.firm_id is None else (SelfDeclared.firm_id == question.firm_id,)
    settled = () if question.firm_id is None else (PromotionPolicy.firm_id == question.firm_id,)
    rows = session.execute(
        select(
            SelfDeclared.firm_id,
            SelfDeclared.person_id,
            SelfDeclared.first_language,
            SelfDeclared.gender,
        )
        .join(PromotionPolicy, PromotionPolicy.firm_id == SelfDeclared.firm_id)
        .where(SelfDeclared.for_questions, PromotionPolicy.holds_groups, *inside, *settled)
    ).all()
    return [
        (
            DIMENSIONS[name][0],
            {
                (row.firm_id, row.person_id): DIMENSIONS[name][1][said]
                for row in rows
                if (said := getattr(row, name))
            },
        )
        for name in FOR_QUESTIONS
    ]


def withdraw_groups(session: Session, *, actor: Actor) -> None:
    """Take back what one said: the row is deleted."""
    require(POLICY, actor, TrackPermission.DECLARE)
    session.execute(
        delete(SelfDeclared).where(
            SelfDeclared.firm_id == actor.firm_id, SelfDeclared.person_id == actor.person_id
        )
    )


def settle_promotions(
    session: Session,
    *,
    actor: Actor,
    appeal_days: int,
    holds_groups: bool,
    now: datetime,
    licences_from: date | None = None,
) -> None:
    """Settle how many working days an appeal has, whether people may say what group they are in, and from which day a
    rating counts as evidence only with a licence.

    When groups may no longer be said, everything that was is deleted. Raises NotAllowed, Invalid (a day that has been).
    """
    require(POLICY, actor, TrackPermission.PROMOTION_POLICY)
    if not 3 <= appeal_days <= 60:
        raise Invalid("Give an appeal from 3 to 60 working days.")
    row = session.scalar(select(PromotionPolicy).where(PromotionPolicy.firm_id == actor.firm_id))
    before = row.licences_from if row else None
    today = people.find_today(session, actor=actor, now=now)
    if licences_from is not None and licences_from not in (before, max(licences_from, today)):
        raise Invalid(
            "Licences are asked for from today or a later day: ratings of before keep what they were."
        )
    if row is None:
        row = PromotionPolicy(firm_id=actor.firm_id)
        session.add(row)
    row.appeal_days, row.holds_groups, row.licences_from = appeal_days, holds_groups, licences_from
    row.changed_at, row.changed_by_id = now, actor.person_id
    if not holds_groups:
        session.execute(delete(SelfDeclared).where(SelfDeclared.firm_id == actor.firm_id))
    detail = {
        "appeal_days": appeal_days,
        "holds_groups": holds_groups,
        "licences_from": licences_from.isoformat() if licences_from else None,
    }
    record_act(
        session, actor=actor, act="promotions settled", subject=str(actor.firm_id), detail=detail, now=now
    )
