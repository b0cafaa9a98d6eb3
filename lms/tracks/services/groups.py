"""What people say about themselves for the fairness figures, and what the firm settled about promotions."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.policy import require
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


def declare_groups(session: Session, *, actor: Actor, said: dict[str, str], now: datetime) -> None:
    """Say what group one is in, for the fairness figures only; what is left empty is not kept.

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
    row.declared_at = now


def withdraw_groups(session: Session, *, actor: Actor) -> None:
    """Take back what one said: the row is deleted."""
    require(POLICY, actor, TrackPermission.DECLARE)
    session.execute(
        delete(SelfDeclared).where(
            SelfDeclared.firm_id == actor.firm_id, SelfDeclared.person_id == actor.person_id
        )
    )


def settle_promotions(
    session: Session, *, actor: Actor, appeal_days: int, holds_groups: bool, now: datetime
) -> None:
    """Settle how many working days an appeal has, and whether people may say what group they are in.

    When they may no longer, everything they said is deleted. Raises NotAllowed, Invalid.
    """
    require(POLICY, actor, TrackPermission.PROMOTION_POLICY)
    if not 3 <= appeal_days <= 60:
        raise Invalid("Give an appeal from 3 to 60 working days.")
    row = session.scalar(select(PromotionPolicy).where(PromotionPolicy.firm_id == actor.firm_id))
    if row is None:
        row = PromotionPolicy(firm_id=actor.firm_id)
        session.add(row)
    row.appeal_days, row.holds_groups = appeal_days, holds_groups
    row.changed_at, row.changed_by_id = now, actor.person_id
    if not holds_groups:
        session.execute(delete(SelfDeclared).where(SelfDeclared.firm_id == actor.firm_id))
    detail = {"appeal_days": appeal_days, "holds_groups": holds_groups}
    record_act(
        session, actor=actor, act="promotions settled", subject=str(actor.firm_id), detail=detail, now=now
    )
