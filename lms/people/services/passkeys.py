"""Passkeys: adding one from a sign-in of one's own, signing in with one. The library checks what the standard says to check.

What a passkey opens is what the sign-in that added it opened: all of a person's firms, or one (docs/decisions/0004).
"""

import hashlib
import json
import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.words import N_
from lms.people.models import Passkey, PasskeyChallenge, Person
from lms.people.pins import CHALLENGE_LASTS
from lms.people.queries.passkeys import list_passkeys
from lms.people.services.audit import record_act
from lms.people.services.sign_in import Proved, Workplace, place_of_firm, places_of_own_password

LOG = logging.getLogger("ladder")
MOST = 10
LONGEST = 20_000
"""Characters of what a browser sends; the longest we have seen is a tenth of it."""
REFUSED = N_("That passkey does not work here. Sign in another way, or try again.")


@dataclass(frozen=True)
class Site:
    """The site passkeys are for: its domain and its whole origin."""

    domain: str
    origin: str


@dataclass(frozen=True)
class Asked:
    """A challenge as it goes to the browser. `options`: JSON as the standard writes it."""

    id: uuid.UUID
    options: str


@dataclass(frozen=True)
class Challenge:
    """A challenge that was taken up: it is gone from the database, whatever the answer. `person_id`: who adds a passkey."""

    value: bytes
    person_id: uuid.UUID | None


def ask_to_add(session: Session, *, actor: Actor, site: Site, only_here: bool, now: datetime) -> Asked:
    """What a browser needs to make a passkey for the actor. Raises Conflict (there are ten)."""
    firm_id = actor.firm_id if only_here else None
    have = list_passkeys(session, actor=actor, only_here=only_here)
    if len(have) >= MOST:
        raise Conflict("You have ten passkeys. Remove one that you do not use first.")
    person = session.get_one(Person, actor.person_id)
    options = webauthn.generate_registration_options(
        rp_id=site.domain,
        rp_name="Ladder",
        user_id=_handle(actor.person_id, firm_id),
        user_name=person.email or actor.name,
        user_display_name=actor.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in have
        ],
    )
    kept = _keep(session, options.challenge, actor.person_id, now)
    return Asked(kept, webauthn.options_to_json(options))


def ask_to_enter(session: Session, *, site: Site, now: datetime) -> Asked:
    """What a browser needs to offer the passkeys it has for this site. Nobody is named."""
    options = webauthn.generate_authentication_options(
        rp_id=site.domain, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(_keep(session, options.challenge, None, now), webauthn.options_to_json(options))


def _keep(session: Session, challenge: bytes, person_id: uuid.UUID | None, now: datetime) -> uuid.UUID:
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= now))
    row = PasskeyChallenge(
        challenge=bytes_to_base64url(challenge), person_id=person_id, expires_at=now + CHALLENGE_LASTS
    )
    session.add(row)
    session.flush()  # its id goes to the browser
    return row.id


def _handle(person_id: uuid.UUID, firm_id: uuid.UUID | None) -> bytes:
    """What an authenticator files a passkey under: it names nobody, and a firm's own one does not push the person's out."""
    return hashlib.sha256(f"passkey {person_id} {firm_id or ''}".encode()).digest()


def take_challenge(session: Session, *, challenge_id: uuid.UUID, now: datetime) -> Challenge | None:
    """Take a challenge out, so that it is answered once. Commit that whatever comes after."""
    row = session.scalars(
        select(PasskeyChallenge).where(PasskeyChallenge.id == challenge_id, PasskeyChallenge.expires_at > now)
    ).one_or_none()
    done = session.execute(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.id == challenge_id)
        .execution_options(synchronize_session=False)
    )
    if row is None or not done.rowcount:  # type: ignore[attr-defined]
        return None
    return Challenge(base64url_to_bytes(row.challenge), row.person_id)


def add_passkey(
    session: Session,
    *,
    actor: Actor,
    site: Site,
    challenge: Challenge | None,
    credential: str,
    name: str,
    only_here: bool,
    now: datetime,
) -> Passkey:
    """Keep the passkey a browser made. Raises Invalid (it answers no challenge of the actor's), Conflict (it is known)."""
    if challenge is None or challenge.person_id != actor.person_id:
        raise Invalid(REFUSED)
    sent = _read(credential)
    try:
        made = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=challenge.value,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        LOG.info("a passkey was not taken: %s", type(error).__name__)
        raise Invalid(REFUSED) from None
    key = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == key)) is not None:
        raise Conflict("That passkey is here already.")
    row = Passkey(
        person_id=actor.person_id,
        firm_id=actor.firm_id if only_here else None,
        credential_id=key,
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        name=" ".join(name.split())[:80] or "Passkey",
        created_at=now,
    )
    session.add(row)
    _log(session, actor, N_("passkey added"), row.name, now)
    return row


def remove_passkey(
    session: Session, *, actor: Actor, passkey_id: uuid.UUID, only_here: bool, now: datetime
) -> None:
    """Remove one of the actor's own passkeys. Raises NotFound."""
    row = next(
        (one for one in list_passkeys(session, actor=actor, only_here=only_here) if one.id == passkey_id),
        None,
    )
    if row is None:
        raise NotFound("There is no such passkey.")
    session.delete(row)
    _log(session, actor, N_("passkey removed"), row.name, now)


def _log(session: Session, actor: Actor, act: str, name: str, now: datetime) -> None:
    detail = {"name": actor.name, "passkey": name}
    record_act(session, actor=actor, act=act, subject=str(actor.person_id), detail=detail, now=now)


def _read(credential: str) -> dict[str, object]:
    """What a browser sent, as JSON. Raises Invalid."""
    try:
        sent = json.loads(credential) if len(credential) <= LONGEST else None
    except ValueError:
        sent = None
    if not isinstance(sent, dict) or not isinstance(sent.get("response"), dict):
        raise Invalid(REFUSED)
    return sent


def prove_by_passkey(
    session: Session, *, site: Site, challenge: Challenge | None, credential: str, now: datetime
) -> Proved:
    """Who holds the passkey that answered, and the firms it opens. Raises Invalid, always in the same words."""
    if challenge is None or challenge.person_id is not None:
        raise Invalid(REFUSED)
    sent = _read(credential)
    row = session.scalars(select(Passkey).where(Passkey.credential_id == str(sent.get("id")))).one_or_none()
    if row is None:
        raise Invalid(REFUSED)
    try:
        seen = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge.value,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        LOG.warning("a known passkey was refused: %s", type(error).__name__)
        raise Invalid(REFUSED) from None
    response = sent["response"]
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if handle != bytes_to_base64url(_handle(row.person_id, row.firm_id)):
        raise Invalid(REFUSED)
    row.sign_count, row.last_used_at = seen.new_sign_count, now
    places: tuple[Workplace, ...]
    if row.firm_id is not None:
        place = place_of_firm(session, person_id=row.person_id, firm_id=row.firm_id, now=now)
        places = (place,) if place else ()
    else:
        places = places_of_own_password(session, person_id=row.person_id, now=now)
    if not places:
        raise Invalid(REFUSED)
    return Proved(row.person_id, places, only_here=row.firm_id is not None)
