"""Noting that somebody looked at another person's ledger: once a day for each who looks."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people import queries as people
from lms.people.services.firm_keeps import hold_firm
from lms.tracks import queries
from lms.tracks.models import LedgerView


def note_look(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> bool:
    """Note the first look of the day; whether this was it."""
    hold_firm(session, actor)  # two windows opened at once are one look
    today = people.find_today(session, actor=actor, now=now)
    if queries.has_looked(session, actor=actor, person_id=person_id, today=today):
        return False
    session.add(
        LedgerView(firm_id=actor.firm_id, person_id=person_id, on=today, viewer_id=actor.person_id, at=now)
    )
    return True
