"""Coaching notes: what a lead and a person agreed, with a day to look again. Append-only; the person reads every one."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.tracks.models.kpi import CoachingNote
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.coaching import find_note, has_follow_up


@dataclass(frozen=True)
class NewNote:
    """What was agreed; `follows`: the note whose day has come."""

    text: str
    look_again_on: date | None
    follows_id: uuid.UUID | None = None


def write_note(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    note: NewNote,
    now: datetime,
    note_id: uuid.UUID | None = None,
) -> CoachingNote:
    """Write a note about somebody one leads; sent twice, it is kept once. Raises NotFound, NotAllowed, Invalid, Conflict."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.COACH, person)
    kept = find_note(session, actor=actor, note_id=note_id) if note_id else None
    if kept is not None:
        if (kept.person_id, kept.by_id) != (person_id, actor.person_id):
            raise Conflict("That note is about somebody else.")
        return kept
    if not note.text.strip():
        raise Invalid("Write what you agreed.")
    today = people.find_today(session, actor=actor, now=now)
    if note.look_again_on is not None and note.look_again_on < today:
        raise Invalid("Choose a day that is still to come, or none.")
    if note.follows_id is not None:
        before = find_note(session, actor=actor, note_id=note.follows_id)
        if before is None or before.person_id != person_id:
            raise NotFound("There is no such note.")
        if has_follow_up(session, actor=actor, note_id=note.follows_id):
            raise Conflict("That note was followed up already.")
    made = CoachingNote(
        firm_id=actor.firm_id,
        person_id=person_id,
        by_id=actor.person_id,
        text=note.text.strip(),
        look_again_on=note.look_again_on,
        follows_id=note.follows_id,
        made_at=now,
    )
    if note_id is not None:
        made.id = note_id
    session.add(made)
    session.flush()  # the log names the row
    record_act(
        session,
        actor=actor,
        act="coaching note written",
        subject=str(person_id),
        detail={"name": person.name, "note": str(made.id)},
        now=now,
    )
    return made
