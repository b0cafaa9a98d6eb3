"""What the pages about passports show."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import Permissions, require
from lms.people import queries as people
from lms.people.models import Employment
from lms.tracks import queries as ledgers
from lms.tracks.models import Consent, Passport, PassportTaken
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import passports as queries
from lms.tracks.rules.passport import PARTS, travelling


@dataclass(frozen=True)
class PassportPage:
    """A person's consents and passports. `ready`: how many facts of each part would go along today."""

    person: Employment
    consents: Sequence[Consent]
    passports: Sequence[Passport]
    taken: Sequence[PassportTaken]
    names: Mapping[str, str]
    ready: Mapping[str, int]


def passport_page(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> PassportPage:
    """A person's own page, or an office's about them. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    own = person_id == actor.person_id
    require(POLICY, actor, TrackPermission.OWN_PASSPORT if own else TrackPermission.PASSPORTS, person)
    consents = queries.list_consents(session, actor=actor, person_id=person_id)
    passports = queries.list_passports(session, actor=actor, person_id=person_id)
    taken = queries.list_taken(session, actor=actor, person_id=person_id)
    ready: dict[str, int] = {}
    if own:
        ledger = ledgers.list_ledger(session, actor=actor, person_id=person_id)
        today = people.find_today(session, actor=actor, now=now)
        ready = {part: len(travelling(ledger, [part], today)) for part in PARTS}
    by = {one.made_by_id for one in passports} | {one.taken_by_id for one in taken}
    names = ledgers.list_names(session, actor=actor, person_ids=frozenset(by))
    return PassportPage(person, consents, passports, taken, names, ready)


@dataclass(frozen=True)
class TakenPage:
    """A passport that was taken in, row by row."""

    person: Employment
    taken: PassportTaken
    by: str
    own: bool

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """What became of each fact, its day as a day."""
        return [{**one, "on": date.fromisoformat(one["on"])} for one in self.taken.rows["rows"]]


def taken_page(session: Session, *, actor: Actor, taken_id: uuid.UUID) -> TakenPage:
    """What became of each row: for the person and for whoever may take one in. Raises NotFound."""
    taken = queries.find_taken(session, actor=actor, taken_id=taken_id)
    person = people.find_employment(session, actor=actor, person_id=taken.person_id) if taken else None
    own = taken is not None and taken.person_id == actor.person_id
    allowed = own or Permissions(POLICY).allows(actor, TrackPermission.PASSPORTS, taken)
    if taken is None or person is None or not allowed:
        raise NotFound("There is no such passport.")
    names = ledgers.list_names(session, actor=actor, person_ids=frozenset({taken.taken_by_id}))
    return TakenPage(person, taken, names.get(str(taken.taken_by_id), ""), own)
