"""Reads for the team's day: notes and their days, and who was last seen at work when."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.foundation.actor import Actor
from lms.people.models import Employment
from lms.tracks.models import EvidenceRow
from lms.tracks.models.kpi import CoachingNote
from lms.tracks.rules import SEEN_AT_WORK


def find_note(session: Session, *, actor: Actor, note_id: uuid.UUID) -> CoachingNote | None:
    """A note of the actor's firm."""
    return session.scalar(
        select(CoachingNote).where(CoachingNote.firm_id == actor.firm_id, CoachingNote.id == note_id)
    )


def has_follow_up(session: Session, *, actor: Actor, note_id: uuid.UUID) -> bool:
    """Whether a note was looked at again."""
    return bool(
        session.scalar(
            select(exists().where(CoachingNote.firm_id == actor.firm_id, CoachingNote.follows_id == note_id))
        )
    )


@dataclass(frozen=True)
class NoteLine:
    """A note with the names of both, and whether it was followed up."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: str
    by: str
    text: str
    look_again_on: date | None
    follows_id: uuid.UUID | None
    made_at: datetime
    followed: bool


def list_notes(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID | None = None,
    team_ids: Collection[uuid.UUID] | None = None,
    due_by: date | None = None,
) -> Sequence[NoteLine]:
    """Notes about one person, or about some teams' people, latest first; only those waiting for their day when `due_by`."""
    writer, later = aliased(Employment), aliased(CoachingNote)
    followed = exists().where(later.firm_id == actor.firm_id, later.follows_id == CoachingNote.id)
    statement = (
        select(
            CoachingNote.id,
            CoachingNote.person_id,
            Employment.name.label("person"),
            writer.name.label("by"),
            CoachingNote.text,
            CoachingNote.look_again_on,
            CoachingNote.follows_id,
            CoachingNote.made_at,
            followed.label("followed"),
        )
        .join(
            Employment,
            and_(Employment.firm_id == CoachingNote.firm_id, Employment.person_id == CoachingNote.person_id),
        )
        .outerjoin(
            writer, and_(writer.firm_id == CoachingNote.firm_id, writer.person_id == CoachingNote.by_id)
        )
        .where(CoachingNote.firm_id == actor.firm_id)
        .order_by(CoachingNote.made_at.desc(), CoachingNote.id.desc())
        .limit(200)
    )
    if person_id is not None:
        statement = statement.where(CoachingNote.person_id == person_id)
    if team_ids is not None:
        statement = statement.where(Employment.team_id.in_(team_ids))
    if due_by is not None:
        statement = statement.where(CoachingNote.look_again_on <= due_by, ~followed)
    return [NoteLine(**{**row._mapping, "by": row.by or ""}) for row in session.execute(statement)]


@dataclass(frozen=True)
class Unseen:
    """Somebody nobody has seen at work since a day, or ever."""

    person_id: uuid.UUID
    name: str
    last_on: date | None


def list_unseen(
    session: Session, *, actor: Actor, team_ids: Collection[uuid.UUID] | None, since: date, today: date
) -> Sequence[Unseen]:
    """Agents whose work nobody has seen since a day, by name. One statement."""
    last = (
        select(EvidenceRow.person_id, func.max(EvidenceRow.on).label("last_on"))
        .where(EvidenceRow.firm_id == actor.firm_id, EvidenceRow.kind.in_(sorted(SEEN_AT_WORK)))
        .group_by(EvidenceRow.person_id)
        .subquery()
    )
    statement = (
        select(Employment.person_id, Employment.name, last.c.last_on)
        .outerjoin(last, last.c.person_id == Employment.person_id)
        .where(
            Employment.firm_id == actor.firm_id,
            Employment.person_id != actor.person_id,
            Employment.job_role == "agent",
            Employment.started_on <= today,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            or_(last.c.last_on.is_(None), last.c.last_on < since),
        )
        .order_by(Employment.sort_name, Employment.person_id)
        .limit(50)
    )
    if team_ids is not None:
        statement = statement.where(Employment.team_id.in_(team_ids))
    return [Unseen(**row._mapping) for row in session.execute(statement)]
