"""Taking in the passport that somebody brings: signature first, then whose it is, then row by row."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id, new_id
from lms.foundation.policy import require
from lms.foundation.signing import Keys, Known, is_signed
from lms.foundation.words import N_
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import hold_firm
from lms.tracks.models import EvidenceRow, PassportTaken
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import passports as queries
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules.passport import CHANGED, Opened, Verdict, opened, verdicts, whose
from lms.tracks.services.passports import holder_of

ANOTHERS = N_("This passport is another person's. Nothing was taken.")


@dataclass(frozen=True)
class Brought:
    """The file, and whether whoever takes it in has looked at a paper with the person's name."""

    content: bytes
    paper_seen: bool = False


def take_in(
    session: Session, *, actor: Actor, person_id: uuid.UUID, brought: Brought, keys: Keys, now: datetime
) -> PassportTaken:
    """Take a passport in for a person: oneself, or somebody of the firm. The same file again adds nothing.

    Raises NotFound, NotAllowed, Invalid (no passport, changed, signed by nobody we trust, another person's), Conflict
    (revoked).
    """
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    own = person_id == actor.person_id
    require(POLICY, actor, TrackPermission.OWN_PASSPORT if own else TrackPermission.PASSPORTS, person)
    passport = opened(brought.content)
    key = _signer(keys, passport)
    known_by = _known_by(passport, person, own=own, paper_seen=brought.paper_seen)
    if not key.name and queries.is_revoked(session, passport_id=passport.id):
        raise Conflict("This passport was revoked by the person. Nothing was taken.")
    hold_firm(session, actor)  # the same file sent twice at once is taken once
    file_hash = hashlib.sha256(brought.content).hexdigest()
    same = queries.find_same(session, actor=actor, person_id=person_id, file_hash=file_hash)
    if same is not None:
        return same
    today = people.find_today(session, actor=actor, now=now)
    framework = framework_of(session, actor=actor, on=today)
    found = verdicts(
        passport,
        there=queries.list_refs(session, actor=actor, person_id=person_id),
        competencies={one["key"] for one in framework["competencies"]},
        courses={one["key"] for one in framework["courses"]},
        today=today,
    )
    for one in found:
        if one.kind is not None:
            session.add(_evidence(actor, person_id, passport, one, now))
    taken = PassportTaken(
        firm_id=actor.firm_id,
        id=new_id(),
        person_id=person_id,
        passport_id=passport.id,
        hash=file_hash,
        signed_by=passport.firm[:160],
        key_id=passport.key,
        key_name=key.name,
        made_at=passport.made_at,
        known_by=known_by,
        taken_by_id=actor.person_id,
        taken_at=now,
        rows={"rows": [_row(one) for one in found]},
    )
    session.add(taken)
    detail = {
        "name": person.name,
        "signed_by": taken.signed_by,
        "taken": sum(one.taken for one in found),
        "rows": len(found),
    }
    record_act(
        session, actor=actor, act=N_("passport taken in"), subject=str(person_id), detail=detail, now=now
    )
    return taken


def _signer(keys: Keys, passport: Opened) -> Known:
    key = keys.find(passport.key)
    if key is None:
        raise Invalid(
            "It is signed with a key that this Ladder does not trust: %(key)s. Ask whoever runs this Ladder to compare"
            " it with the key of that firm, and to trust it.",
            key=passport.key[:40],
        )
    if not is_signed(key, passport.signature, passport.signed):
        raise Invalid(CHANGED)
    return key


def _known_by(passport: Opened, person: Employment, *, own: bool, paper_seen: bool) -> str:
    known_by = whose(passport, holder_of(person))
    if not known_by:
        raise Invalid(ANOTHERS)
    if known_by == "name" and own:
        raise Invalid(
            "Your name fits, but your account is another one. Ask your manager to take it in: they must see a paper with"
            " your name."
        )
    if known_by == "name" and not paper_seen:
        raise Invalid(
            "Only the name fits. Look at a paper that shows who they are, say so below, and send it again."
        )
    return known_by


def _evidence(
    actor: Actor, person_id: uuid.UUID, passport: Opened, one: Verdict, now: datetime
) -> EvidenceRow:
    fact = one.fact
    return EvidenceRow(
        firm_id=actor.firm_id,
        id=derived_id(actor.firm_id, "passport", person_id, fact.ref),
        person_id=person_id,
        kind=one.kind,
        competency=fact.competency,
        level=fact.level if fact.competency else None,
        requirement=fact.requirement,
        outcome=fact.outcome,
        score=fact.score,
        error=fact.error,
        pass_mark=fact.pass_mark,
        on=fact.on,
        recorded_at=now,
        recorded_by_id=actor.person_id,
        rater_id=None,
        expires_on=fact.expires_on,
        source=f"passport:{passport.id}",
        detail={
            "title": fact.title,
            "form": passport.firm[:200],
            "ref": fact.ref,
            "origin": fact.origin
            or {
                "firm": passport.firm,
                "kind": fact.kind.value,
                "rated_by": fact.rated_by,
                "course_version": fact.course_version,
                "made_at": passport.made_at.isoformat(),
                "key": passport.key,
            },
        },
    )


def _row(one: Verdict) -> dict[str, object]:
    fact = one.fact
    return {
        "title": fact.title,
        "kind": fact.kind.value,
        "on": fact.on.isoformat(),
        "about": fact.competency or fact.requirement or "",
        "level": fact.level,
        "taken": one.taken,
        "why": one.why,
    }
