"""Panels and their seats, and who may be asked to rate."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.people.models import Employment, EmploymentRole, Team
from lms.tracks.models import Panel, PanelSeat


def find_panel(session: Session, *, actor: Actor, panel_id: uuid.UUID, lock: bool = False) -> Panel | None:
    """A panel of the actor's firm. `lock`: two last raters at once must not both close it."""
    statement = select(Panel).where(Panel.firm_id == actor.firm_id, Panel.id == panel_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def list_seats(session: Session, *, actor: Actor, panel_id: uuid.UUID) -> Sequence[PanelSeat]:
    """The seats of a panel."""
    return session.scalars(
        select(PanelSeat)
        .where(PanelSeat.firm_id == actor.firm_id, PanelSeat.panel_id == panel_id)
        .order_by(PanelSeat.rater_id)
    ).all()


@dataclass(frozen=True)
class PanelLine:
    """A panel that concerns the actor: about whom, on which form, and whether the actor's marks are in."""

    id: uuid.UUID
    form: str
    form_version: int
    on: date
    name: str
    rated: bool
    closed: bool


def list_own_panels(session: Session, *, actor: Actor) -> Sequence[PanelLine]:
    """The panels in which the actor has a seat: those that wait first, then the latest. One statement."""
    rows = session.execute(
        select(
            Panel.id,
            Panel.form,
            Panel.form_version,
            Panel.on,
            Employment.name,
            PanelSeat.rated_at.is_not(None).label("rated"),
            Panel.closed_at.is_not(None).label("closed"),
        )
        .join(PanelSeat, and_(PanelSeat.firm_id == Panel.firm_id, PanelSeat.panel_id == Panel.id))
        .join(
            Employment,
            and_(Employment.firm_id == Panel.firm_id, Employment.person_id == Panel.person_id),
        )
        .where(Panel.firm_id == actor.firm_id, PanelSeat.rater_id == actor.person_id)
        .order_by(PanelSeat.rated_at.is_not(None), Panel.called_at.desc())
        .limit(100)
    )
    return [PanelLine(**row._mapping) for row in rows]


@dataclass(frozen=True)
class Rater:
    """Somebody who may be asked to rate."""

    person_id: uuid.UUID
    name: str


def list_raters(session: Session, *, actor: Actor, today: date) -> Sequence[Rater]:
    """Assessors, managers and leads who work here, by name. One statement."""
    rows = session.execute(
        select(Employment.person_id, Employment.name)
        .where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            or_(
                Employment.person_id.in_(
                    select(EmploymentRole.person_id).where(
                        EmploymentRole.firm_id == actor.firm_id,
                        EmploymentRole.role.in_((Role.ASSESSOR.value, Role.MANAGER.value)),
                    )
                ),
                Employment.person_id.in_(
                    select(Team.lead_id).where(Team.firm_id == actor.firm_id, Team.lead_id.is_not(None))
                ),
            ),
        )
        .order_by(Employment.sort_name, Employment.person_id)
    )
    return [Rater(**row._mapping) for row in rows]
