"""Passkeys, with an authenticator in software: what is taken, what is refused, what a key opens."""

import hashlib
import json
import struct
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from webauthn.helpers import bytes_to_base64url

from lms.foundation.errors import Invalid, NotFound
from lms.people.models import AuditEntry, Employment, Passkey
from lms.people.pins import CHALLENGE_LASTS
from lms.people.services import passkeys
from lms.people.services.sign_in import Proved
from tests.house import House, Someone

SITE = passkeys.Site("learn.example.bz", "https://learn.example.bz")
PRESENT, VERIFIED, KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """As much of one as the standard's two ceremonies need. Its parts can be bent to be wrong."""

    origin: str = SITE.origin
    domain: str = SITE.domain
    flags: int = PRESENT | VERIFIED
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: str = ""

    @property
    def id(self) -> bytes:
        return hashlib.sha256(str(self.key.private_numbers().private_value).encode()).digest()

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.domain.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _whole(self, **response: bytes | str) -> str:
        name = bytes_to_base64url(self.id)
        said = {
            key: value if isinstance(value, str) else bytes_to_base64url(value)
            for key, value in response.items()
        }
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})

    def make(self, options: dict[str, Any]) -> str:
        """A new passkey, as the browser sends it."""
        self.handle = options["user"]["id"]
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        data = self._data(self.flags | KEY) + attested
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._whole(clientDataJSON=self._client("webauthn.create", options), attestationObject=told)

    def answer(self, options: dict[str, Any]) -> str:
        """An answer to a challenge, as the browser sends it."""
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data(self.flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._whole(
            clientDataJSON=client, authenticatorData=data, signature=signed, userHandle=self.handle
        )


@dataclass
class Door:
    """The two ceremonies, as the pages do them: the challenge is taken out first, whatever comes."""

    house: House

    def take(self, asked: passkeys.Asked, later: timedelta = timedelta()) -> passkeys.Challenge | None:
        with self.house.writing() as session:
            return passkeys.take_challenge(session, challenge_id=asked.id, now=self.house.noon + later)

    def add(self, who: Someone, key: Authenticator, *, only_here: bool = False) -> Passkey:
        asked = self.house.act(who, passkeys.ask_to_add, site=SITE, only_here=only_here)
        made: Passkey = self.house.act(
            who,
            passkeys.add_passkey,
            site=SITE,
            challenge=self.take(asked),
            credential=key.make(json.loads(asked.options)),
            name="Moto",
            only_here=only_here,
        )
        return made

    def ask(self) -> passkeys.Asked:
        with self.house.writing() as session:
            return passkeys.ask_to_enter(session, site=SITE, now=self.house.noon)

    def prove(self, challenge: passkeys.Challenge | None, credential: str) -> Proved:
        with self.house.writing() as session:
            return passkeys.prove_by_passkey(
                session, site=SITE, challenge=challenge, credential=credential, now=self.house.noon
            )

    def enter(self, key: Authenticator) -> Proved:
        asked = self.ask()
        return self.prove(self.take(asked), key.answer(json.loads(asked.options)))


def test_a_passkey_opens_all_firms_of_its_person_and_an_answer_works_once(house: House) -> None:
    door, key = Door(house), Authenticator()
    ana = house.person(house.firm("One"))
    house.person(house.firm("Two"), at=ana)
    door.add(ana, key)
    proved = door.enter(key)
    assert proved.person_id == ana.id
    assert [place.firm_name for place in proved.workplaces] == ["One", "Two"]
    assert not proved.only_here
    asked = door.ask()
    credential = key.answer(json.loads(asked.options))
    assert door.prove(door.take(asked), credential)
    with pytest.raises(Invalid):
        door.prove(door.take(asked), credential)
    late = door.ask()
    assert door.take(late, CHALLENGE_LASTS) is None


def test_what_is_not_right_in_every_part_is_refused_in_the_same_words(house: House) -> None:
    door, key = Door(house), Authenticator()
    ana = house.person(house.firm())
    door.add(ana, key)
    door.enter(key)
    stranger = Authenticator(handle=key.handle)
    wrong = [
        replace(key, origin="https://learn.example.bz.evil.bz"),
        replace(key, domain="evil.bz"),
        replace(key, flags=PRESENT),
        replace(key, handle=bytes_to_base64url(b"somebody else")),
        replace(key, count=0),  # a copy of the key, from before
        stranger,
    ]
    said = set()
    for one in wrong:
        with pytest.raises(Invalid) as caught:
            door.enter(one)
        said.add(str(caught.value))
    for credential in ("", "[]", "{}", '{"id": 1, "response": {}}', "x" * 30_000, '{"response": 7}'):
        with pytest.raises(Invalid) as caught:
            door.prove(door.take(door.ask()), credential)
        said.add(str(caught.value))
    asked = house.act(ana, passkeys.ask_to_add, site=SITE, only_here=False)
    with pytest.raises(Invalid) as caught:  # a challenge for adding does not sign in
        door.prove(door.take(asked), key.answer(json.loads(asked.options)))
    assert said == {str(caught.value)}
    assert door.enter(key)


def test_a_known_key_with_a_broken_answer_is_refused_and_never_an_error(house: House) -> None:
    door, key = Door(house), Authenticator()
    door.add(house.person(house.firm()), key)
    for name in ("clientDataJSON", "authenticatorData", "signature"):
        for bent in ("", "AAAA", "!!", 7, None, {"a": 1}):
            asked = door.ask()
            sent = json.loads(key.answer(json.loads(asked.options)))
            sent["response"][name] = bent
            with pytest.raises(Invalid):
                door.prove(door.take(asked), json.dumps(sent))


def test_a_passkey_is_added_by_who_asked_and_removed_by_its_owner_alone(house: House) -> None:
    door, firm = Door(house), house.firm()
    ana, ben = house.person(firm), house.person(firm)
    asked = house.act(ana, passkeys.ask_to_add, site=SITE, only_here=False)
    with pytest.raises(Invalid):
        house.act(
            ben,
            passkeys.add_passkey,
            site=SITE,
            challenge=door.take(asked),
            credential=Authenticator().make(json.loads(asked.options)),
            name="",
            only_here=False,
        )
    for bent in ("{}", '{"id": "a", "rawId": "a", "type": "public-key", "response": {"clientDataJSON": 1}}'):
        asked = house.act(ana, passkeys.ask_to_add, site=SITE, only_here=False)
        with pytest.raises(Invalid):
            house.act(
                ana,
                passkeys.add_passkey,
                site=SITE,
                challenge=door.take(asked),
                credential=bent,
                name="",
                only_here=False,
            )
    with pytest.raises(Invalid):
        door.add(ana, Authenticator(flags=PRESENT))
    key = Authenticator()
    made = door.add(ana, key)
    with pytest.raises(NotFound):
        house.act(ben, passkeys.remove_passkey, passkey_id=made.id, only_here=False)
    house.act(ana, passkeys.remove_passkey, passkey_id=made.id, only_here=False)
    with pytest.raises(Invalid):
        door.enter(key)
    with house.writing(firm) as session:
        rows = select(AuditEntry.act).where(AuditEntry.firm_id == firm).order_by(AuditEntry.number)
        assert session.scalars(rows).all() == ["passkey added", "passkey removed"]


def test_a_key_added_behind_one_firms_password_opens_that_firm_only(house: House) -> None:
    door, key = Door(house), Authenticator()
    one, two = house.firm("One"), house.firm("Two")
    ana = house.person(one)
    there = house.person(two, at=ana)
    with house.writing(two) as session:
        row = session.scalars(
            select(Employment).where(Employment.firm_id == two, Employment.person_id == ana.id)
        ).one()
        row.password_hash = "x"
    door.add(there, key, only_here=True)
    proved = door.enter(key)
    assert proved.only_here
    assert [place.firm_id for place in proved.workplaces] == [two]
    own = Authenticator()
    door.add(ana, own)
    assert [place.firm_id for place in door.enter(own).workplaces] == [one]
    with house.writing(two) as session:
        row = session.scalars(
            select(Employment).where(Employment.firm_id == two, Employment.person_id == ana.id)
        ).one()
        row.locked_at = house.noon
    with pytest.raises(Invalid):
        door.enter(key)
