"""A person's own passkeys."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import Passkey


def list_passkeys(session: Session, *, actor: Actor, only_here: bool) -> Sequence[Passkey]:
    """The actor's passkeys, latest first: those that open all their firms, or those that open this one. One statement."""
    statement = select(Passkey).where(
        Passkey.person_id == actor.person_id,
        Passkey.firm_id == actor.firm_id if only_here else Passkey.firm_id.is_(None),
    )
    return session.scalars(statement.order_by(Passkey.created_at.desc(), Passkey.id)).all()
