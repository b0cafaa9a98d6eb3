"""What leaves the firm with a person: their consent, the signed passport, and taking either back."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.signing import Keys
from lms.foundation.words import N_
from lms.people import queries as people
from lms.people.models import Employment, Firm
from lms.people.services.audit import record_act
from lms.tracks import queries as ledgers
from lms.tracks.models import Consent, Passport
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import passports as queries
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules.passport import (
    PARTS,
    Holder,
    Maker,
    canonical,
    document,
    sealed,
    travelling,
)


@dataclass(frozen=True)
class Wanted:
    """What is to leave, and for whom."""

    parts: Sequence[str]
    recipient: str


@dataclass(frozen=True)
class Made:
    """A passport and its file: the file is given once and kept nowhere."""

    row: Passport
    content: bytes

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return f"passport-{self.row.made_at:%Y-%m-%d}-{str(self.row.id)[-6:]}.json"


def give_consent(session: Session, *, actor: Actor, wanted: Wanted, now: datetime) -> Consent:
    """Let the firm make a passport of oneself, of these parts, for somebody, until it is withdrawn. Raises Invalid."""
    require(POLICY, actor, TrackPermission.OWN_PASSPORT)
    made = _consent(session, actor, wanted, by_firm=True, now=now)
    detail = {"name": actor.name, "for": made.recipient}
    record_act(
        session, actor=actor, act=N_("consent given"), subject=str(actor.person_id), detail=detail, now=now
    )
    return made


def _consent(session: Session, actor: Actor, wanted: Wanted, *, by_firm: bool, now: datetime) -> Consent:
    if not wanted.parts or not set(wanted.parts) <= set(PARTS):
        raise Invalid("Choose what may leave: one part at least.")
    if not wanted.recipient.strip():
        raise Invalid("Say for whom it is.")
    made = Consent(
        firm_id=actor.firm_id,
        id=new_id(),
        person_id=actor.person_id,
        said={"parts": sorted(set(wanted.parts))},
        recipient=wanted.recipient.strip(),
        by_firm=by_firm,
        given_at=now,
    )
    session.add(made)
    session.flush()  # a passport points at it
    return made


def withdraw_consent(session: Session, *, actor: Actor, consent_id: uuid.UUID, now: datetime) -> Consent:
    """Take one's consent back: from now on nothing leaves on it. What left already is revoked, each by itself.

    Raises NotFound (also for another person's), Conflict (withdrawn already).
    """
    found = queries.find_consent(session, actor=actor, consent_id=consent_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound("There is no such consent.")
    if found.withdrawn_at is not None:
        raise Conflict("You took that back already.")
    found.withdrawn_at, found.withdrawn_by_id = now, actor.person_id
    detail = {"name": actor.name, "for": found.recipient}
    record_act(
        session,
        actor=actor,
        act=N_("consent withdrawn"),
        subject=str(actor.person_id),
        detail=detail,
        now=now,
    )
    return found


def make_own(
    session: Session, *, actor: Actor, wanted: Wanted, keys: Keys, key_at: str, now: datetime
) -> Made:
    """Make a passport of oneself; what was chosen is kept as a consent. Raises Invalid."""
    require(POLICY, actor, TrackPermission.OWN_PASSPORT)
    consent = _consent(session, actor, wanted, by_firm=False, now=now)
    person = _person(session, actor, actor.person_id)
    return _make(session, actor, person, consent, keys, key_at, now)


def make_for(
    session: Session, *, actor: Actor, consent_id: uuid.UUID, keys: Keys, key_at: str, now: datetime
) -> Made:
    """Make somebody's passport on their standing consent, such as after their last day.

    Raises NotFound, NotAllowed, Conflict (the consent was withdrawn).
    """
    consent = queries.find_consent(session, actor=actor, consent_id=consent_id)
    if consent is None or not consent.by_firm:
        raise NotFound("There is no such consent.")
    require(POLICY, actor, TrackPermission.PASSPORTS, consent)
    if consent.withdrawn_at is not None:
        raise Conflict("They took their consent back. Nothing leaves any more.")
    person = _person(session, actor, consent.person_id)
    return _make(session, actor, person, consent, keys, key_at, now)


def _person(session: Session, actor: Actor, person_id: uuid.UUID) -> Employment:
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def _make(
    session: Session,
    actor: Actor,
    person: Employment,
    consent: Consent,
    keys: Keys,
    key_at: str,
    now: datetime,
) -> Made:
    today = people.find_today(session, actor=actor, now=now)
    firm = session.get_one(Firm, actor.firm_id)
    parts = consent.said["parts"]
    ledger = ledgers.list_ledger(session, actor=actor, person_id=person.person_id)
    facts = travelling(ledger, parts, today)
    key = keys.own()
    maker = Maker(new_id(), actor.firm_id, firm.name, key.id, key_at, now, parts, consent.recipient)
    anchors = {
        (one["key"], level): words
        for one in framework_of(session, actor=actor, on=today)["competencies"]
        for level, words in one.get("anchors", {}).items()
    }
    sources = queries.list_sources(session, actor=actor, person_id=person.person_id)
    payload = document(maker, holder_of(person), facts, sources, anchors)
    content = sealed(payload, keys.sign(canonical(payload)))
    row = Passport(
        firm_id=actor.firm_id,
        id=maker.passport_id,
        person_id=person.person_id,
        consent_id=consent.id,
        key_id=key.id,
        hash=hashlib.sha256(content).hexdigest(),
        facts=len(facts),
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(row)
    detail = {"name": person.name, "passport": str(row.id), "facts": len(facts), "for": consent.recipient}
    record_act(
        session, actor=actor, act=N_("passport made"), subject=str(person.person_id), detail=detail, now=now
    )
    return Made(row, content)


def holder_of(person: Employment) -> Holder:
    """A person as a passport knows them. `person`: with their account loaded."""
    return Holder(person.person_id, person.name, person.person.email)


def revoke(session: Session, *, actor: Actor, passport_id: uuid.UUID, now: datetime) -> Passport:
    """Revoke a passport: from now on it is refused wherever it is looked up. The person does it, or their office for them.

    What a firm took before stays in that firm's ledger, where the person can contest it. Raises NotFound, NotAllowed,
    Conflict (revoked already).
    """
    found = queries.find_passport(session, actor=actor, passport_id=passport_id)
    if found is None:
        raise NotFound("There is no such passport.")
    if found.person_id != actor.person_id:
        require(POLICY, actor, TrackPermission.PASSPORTS, found)
    if found.revoked_at is not None:
        raise Conflict("It was revoked already.")
    found.revoked_at, found.revoked_by_id = now, actor.person_id
    record_act(
        session,
        actor=actor,
        act=N_("passport revoked"),
        subject=str(found.person_id),
        detail={"passport": str(found.id)},
        now=now,
    )
    return found
