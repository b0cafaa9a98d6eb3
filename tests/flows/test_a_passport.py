"""A passport goes with a person: on their word only, signed, read row by row at the next firm, and nobody else's."""

import base64
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lms.foundation.actor import Role
from lms.foundation.signing import Keys
from lms.people.models import Employment, EmploymentRole, Leave
from lms.people.rules import TimeAway
from lms.people.services.audit import first_broken_entry
from lms.people.services.away import enter_leave
from lms.tracks import services as tracks
from lms.tracks.framework_files import framework_on, shipped_rule
from lms.tracks.models import Consent, EvidenceRow
from lms.tracks.models.kpi import CoachingNote
from lms.tracks.queries import list_ledger
from lms.tracks.rules import EvidenceKind, readiness
from lms.tracks.rules.passport import canonical, sealed
from lms.tracks.services.coaching import NewNote, write_note
from tests.house import House, Someone

SECRET = "Zyxwo heard Marta Cal read a card number"
ALL = ["courses", "assessments", "seen", "papers"]


@dataclass
class Move:
    """A person at two firms of one Ladder: with a ledger at the old one, none at the new one."""

    house: House
    old: Someone
    new: Someone
    assessor: Someone
    manager: Someone
    """Of the new firm."""
    old_manager: Someone

    def client(self, someone: Someone) -> FlaskClient:
        return self.house.client(someone)

    def made(self, parts: list[str] = ALL) -> bytes:
        """The file that the person makes at the old firm."""
        reply = self.client(self.old).post(
            "/me/passport", data={"parts": parts, "recipient": "Blue Hole Voice"}
        )
        assert reply.status_code == 200
        assert reply.headers["Content-Disposition"].startswith("attachment")
        return reply.get_data()

    def brought(self, by: Someone, content: bytes, **more: str) -> TestResponse:
        """Somebody of the new firm brings it."""
        own = by.id == self.new.id
        path = "/me/passport/bring" if own else f"/people/{self.new.id}/passport"
        file = (io.BytesIO(content), "p.json")
        return self.client(by).post(path, data={"passport": file, **more}, follow_redirects=True)

    def rows(self) -> list[EvidenceRow]:
        """The ledger at the new firm."""
        with self.house.writing(self.new.firm_id) as session:
            return list(
                session.scalars(
                    select(EvidenceRow)
                    .where(EvidenceRow.firm_id == self.new.firm_id, EvidenceRow.person_id == self.new.id)
                    .order_by(EvidenceRow.on, EvidenceRow.id)
                )
            )


@pytest.fixture
def move(house: House) -> Move:
    """Ana Chi saw, sat and held things at Toucan, and begins at Blue Hole."""
    toucan, blue = house.firm(), house.firm("Blue Hole Voice")
    assessor = house.person(toucan, Role.ASSESSOR, name="Ari Zyxwo")
    boss = house.person(toucan, Role.MANAGER, name="Max Zyxwo")
    ana = house.person(toucan, name="Ana Chi", number="T-1")
    here = house.person(blue, name="Ana Chi", number="B-9", at=ana)
    manager = house.person(blue, Role.MANAGER, name="Mia Manager")

    def seen(kind: EvidenceKind, competency: str | None, level: int | None, by: Someone, **more: Any) -> None:
        said = {"on": date(2026, 1, 15), "example": SECRET, **more}
        house.act(
            by, tracks.record_evidence, seen=tracks.Observation(ana.id, kind, competency, level, **said)
        )

    seen(EvidenceKind.OBSERVED, "A3", 3, assessor)
    seen(EvidenceKind.ATTESTATION, "A3", 3, boss)
    seen(
        EvidenceKind.CERTIFICATE,
        "B4",
        2,
        boss,
        certificate="PCI basics, PCI SSC",
        expires_on=date(2026, 12, 31),
    )
    seen(EvidenceKind.CERTIFICATE, "B3", 2, boss, certificate="Old licence", expires_on=date(2026, 2, 1))
    seen(EvidenceKind.COURSE, None, None, boss, requirement="C05", outcome="completed")
    measured = tracks.Measured("Quality score of Zyxwo Bank", date(2025, 10, 1), 96.0, 40)
    need = next(
        one["key"]
        for rung in framework_on(date(2026, 3, 2))["tracks"][0]["rungs"]
        for one in rung["requirements"]
        if one["kind"] == "kpi"
    )
    seen(EvidenceKind.KPI, None, None, boss, requirement=need, outcome="passed", measured=measured)
    return Move(house, ana, here, assessor, manager, boss)


def test_it_is_taken_as_learnt_before_with_its_days_and_a_second_time_adds_nothing(
    house: House, move: Move
) -> None:
    content = move.made()
    said = json.loads(content)
    for hidden in ("Zyxwo", "Marta", str(move.old.id), move.old.email, str(move.assessor.id)):
        assert hidden.encode() not in content, f"{hidden} left the firm"
    assert {one["rated_by"] for one in said["facts"]} == {"assessor", "manager"}
    assert all(one["kind"] != "kpi" for one in said["facts"]), "figures go only where they were chosen"
    observed = next(one for one in said["facts"] if one["kind"] == "observed")
    anchor = next(one for one in framework_on(date(2026, 3, 2))["competencies"] if one["key"] == "A3")
    assert observed["anchor"] == anchor["anchors"][3]

    page = move.brought(move.manager, content).get_data(as_text=True)
    assert "Signed by Toucan Connect, unchanged, made on" in page
    assert "4 of 5 taken" in page
    assert "Expired." in page
    rows = move.rows()
    assert [(one.kind, one.competency, one.level) for one in rows if one.competency == "A3"] == [
        ("prior_learning", "A3", 3)
    ] * 2
    assert {one.on for one in rows} == {date(2026, 1, 15)}, "freshness goes on from the day it was shown"
    paper = next(one for one in rows if one.competency == "B4")
    assert (paper.kind, paper.expires_on) == ("prior_learning", date(2026, 12, 31))
    assert paper.detail["origin"]["firm"] == "Toucan Connect"
    course = next(one for one in rows if one.requirement == "C05")
    assert course.kind == "course"
    assert all(one.rater_id is None for one in rows)

    again = move.brought(move.manager, content)
    other = move.brought(move.new, move.made(["seen", "papers"]))
    assert again.status_code == other.status_code == 200
    assert "0 of" in other.get_data(as_text=True)
    assert "Here already." in other.get_data(as_text=True)
    assert len(move.rows()) == len(rows), "neither the same file nor a later one of the same facts adds any"
    for firm in (move.old.firm_id, move.new.firm_id):
        with house.writing(firm) as session:
            assert first_broken_entry(session, firm_id=firm) is None


def test_a_passport_alone_never_shows_level_three_and_an_observation_here_completes_it(
    house: House, move: Move
) -> None:
    move.brought(move.manager, move.made())

    def held(day: date = date(2026, 11, 27)) -> int:
        actor = house.actor(move.manager)
        with house.writing(move.new.firm_id) as session:
            ledger = list_ledger(session, actor=actor, person_id=move.new.id)
        cells = readiness({"A3": 3}, framework_on(day)["competencies"], ledger, day, shipped_rule(day))
        return cells[0].held

    assert held() == 2, "two raters of the old firm are one kind here, and nobody here has seen it"
    assessor = house.person(move.new.firm_id, Role.ASSESSOR)
    seen = tracks.Observation(
        move.new.id, EvidenceKind.OBSERVED, "A3", 3, date(2026, 3, 1), "A call on 1 March."
    )
    house.act(assessor, tracks.record_evidence, seen=seen)
    assert held() == 3


def test_a_changed_byte_another_person_and_a_stranger_s_key_are_refused(
    house: House, move: Move, tmp_path: Any
) -> None:
    content = move.made()
    middle = content.index(b'"level": 3')
    spoilt = {
        "a level": content[:middle] + b'"level": 4' + content[middle + 10 :],
        "a space": content.replace(b"\n", b" \n", 1),
        "the end": content + b"\n",
        "the name": content.replace(b"Ana Chi", b"Ben Pop"),
        "nothing": b"",
        "a picture": b"\x89PNG\r\n",
        "half": content[: len(content) // 2],
        "a list": b"[]",
    }
    for what, bad in spoilt.items():
        reply = move.brought(move.manager, bad)
        assert reply.status_code == 422, what
        said = reply.get_data(as_text=True)
        assert "is not as it was signed" in said or "is no passport" in said or "Choose the file" in said, (
            what
        )
    payload = {name: one for name, one in json.loads(content).items() if name != "signature"}
    payload["facts"][0]["level"] = 5
    ours = house.app.extensions["keys"]
    kept = json.loads(content)["signature"]
    assert move.brought(move.manager, sealed(payload, kept)).status_code == 422, (
        "an old signature on new facts"
    )

    ben = house.person(move.new.firm_id, name="Ben Pop")
    file = {"passport": (io.BytesIO(content), "p.json"), "paper_seen": "y"}
    reply = house.client(move.manager).post(f"/people/{ben.id}/passport", data=file)
    assert reply.status_code == 422
    assert "This passport is another person" in reply.get_data(as_text=True)

    theirs = Keys(tmp_path / "elsewhere")
    payload["issuer"] = {
        "firm": "Maya Calls",
        "key": theirs.own().id,
        "key_at": "https://maya.example/passport-key",
    }
    foreign = sealed(payload, theirs.sign(canonical(payload)))
    unknown = move.brought(move.manager, foreign).get_data(as_text=True)
    assert theirs.own().id in unknown
    assert "does not trust" in unknown
    assert move.rows() == []
    ours.trust("Maya Calls' Ladder", theirs.own().text)
    page = move.brought(move.manager, foreign).get_data(as_text=True)
    assert "Signed by Maya Calls, unchanged" in page
    assert "trusted here as that of Maya Calls" in page
    assert move.rows()[0].detail["origin"]["key"] == theirs.own().id


def test_a_namesake_with_another_account_is_taken_only_when_somebody_looked_at_a_paper(
    house: House, move: Move
) -> None:
    content = move.made()
    twin = house.person(move.new.firm_id, name="ANA  Chí")
    own = house.client(twin).post("/me/passport/bring", data={"passport": (io.BytesIO(content), "p.json")})
    assert own.status_code == 422
    assert "Ask your manager" in own.get_data(as_text=True)
    path = f"/people/{twin.id}/passport"
    client = house.client(move.manager)
    without = client.post(path, data={"passport": (io.BytesIO(content), "p.json")})
    assert without.status_code == 422
    assert "Only the name fits" in without.get_data(as_text=True)
    sent = {"passport": (io.BytesIO(content), "p.json"), "paper_seen": "y"}
    assert "a paper was looked at" in client.post(path, data=sent, follow_redirects=True).get_data(
        as_text=True
    )


def test_anybody_can_check_the_signature_with_the_published_key(house: House, move: Move) -> None:
    said = json.loads(move.made())
    published = house.client().get("/passport-key").get_json()
    assert said["issuer"]["key"] == published["id"]
    assert said["issuer"]["key_at"].endswith("/passport-key")
    signature = base64.b64decode(said.pop("signature"))
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    Ed25519PublicKey.from_public_bytes(base64.b64decode(published["key"])).verify(signature, plain)


def test_the_firm_makes_one_only_on_a_standing_consent_that_the_person_reads_and_takes_back(
    house: House, move: Move
) -> None:
    own, office = house.client(move.old), house.client(move.old_manager)
    asked = {"parts": ["seen"], "recipient": "Any firm in San Ignacio"}
    assert own.post("/me/passport/consents", data={"parts": [], "recipient": "x"}).status_code == 422
    assert own.post("/me/passport/consents", data=asked).status_code == 302
    page = office.get(f"/people/{move.old.id}/passport").get_data(as_text=True)
    assert "Any firm in San Ignacio" in page
    consent = page.split("/consents/")[1].split("/passport")[0]
    made = office.post(f"/consents/{consent}/passport")
    facts = json.loads(made.get_data())["facts"]
    assert {one["kind"] for one in facts} == {"observed", "attestation"}, "only what was let go"
    assert "Any firm in San Ignacio" in own.get("/me/passport").get_data(as_text=True)
    assert own.post(f"/me/passport/consents/{consent}/withdraw").status_code == 302
    assert office.post(f"/consents/{consent}/passport").status_code == 409
    assert "Taken back" in own.get("/me/passport").get_data(as_text=True)

    passport_id = json.loads(made.get_data())["passport"]
    assert house.client().get(f"/passports/{passport_id}/revoked").get_json() == {"revoked": False}
    assert own.post(f"/passports/{passport_id}/revoke").status_code == 302
    assert house.client().get(f"/passports/{passport_id}/revoked").get_json() == {"revoked": True}
    refused = move.brought(move.manager, made.get_data())
    assert refused.status_code == 409
    assert "was revoked" in refused.get_data(as_text=True)


def test_the_neighbours_get_nothing(house: House, move: Move) -> None:
    content = move.made()
    own = house.client(move.old)
    own.post("/me/passport/consents", data={"parts": ["seen"], "recipient": "Next"})
    page = own.get("/me/passport").get_data(as_text=True)
    consent = page.split("/me/passport/consents/")[1].split("/")[0]
    passport = json.loads(content)["passport"]
    taken = move.brought(move.manager, content).request.path.rsplit("/", 1)[1]
    agent, trainer = house.person(move.old.firm_id), house.person(move.old.firm_id, Role.TRAINER)
    former = house.person(move.old.firm_id, Role.MANAGER)
    gone = house.client(former)
    with house.writing(former.firm_id) as session:
        role = session.scalars(
            select(EmploymentRole).where(
                EmploymentRole.firm_id == former.firm_id, EmploymentRole.person_id == former.id
            )
        ).one()
        session.delete(role)
        session.add(EmploymentRole(firm_id=former.firm_id, person_id=former.id, role=Role.AGENT))
    stranger = house.person(house.firm("Maya"), Role.MANAGER)
    tries: list[tuple[str, Callable[[FlaskClient], TestResponse]]] = [
        ("see", lambda client: client.get(f"/people/{move.old.id}/passport")),
        (
            "bring",
            lambda client: client.post(
                f"/people/{move.old.id}/passport", data={"passport": (io.BytesIO(content), "p")}
            ),
        ),
        ("make", lambda client: client.post(f"/consents/{consent}/passport")),
        ("revoke", lambda client: client.post(f"/passports/{passport}/revoke")),
        ("withdraw", lambda client: client.post(f"/me/passport/consents/{consent}/withdraw")),
        ("read", lambda client: client.get(f"/passports/taken/{taken}")),
    ]
    for who, client in (
        ("agent", house.client(agent)),
        ("trainer", house.client(trainer)),
        ("former manager", gone),
        ("another firm's manager", house.client(stranger)),
        ("nobody", house.client()),
    ):
        for what, attempt in tries:
            reply = attempt(client)
            refused = reply.status_code in (401, 403, 404) or "/sign-in" in reply.headers.get("Location", "")
            assert refused, f"{who} could {what}: {reply.status_code}"
    assert house.client(stranger).get(f"/passports/{uuid.uuid4()}/revoked").get_json() == {"revoked": False}


def test_who_left_and_asks_leaves_behind_only_what_a_decision_needs(house: House, move: Move) -> None:
    firm, ana = move.old.firm_id, move.old
    admin = house.person(firm, Role.FIRM_ADMIN)
    house.act(
        admin,
        enter_leave,
        person_id=ana.id,
        away=TimeAway(date(2026, 2, 2), date(2026, 2, 6), protected=True, reason="dengue"),
    )
    lead = house.person(firm, Role.MANAGER)
    note = NewNote("She told me about her mother.", None)
    house.act(lead, write_note, person_id=ana.id, note=note)
    own, office = house.client(ana), house.client(admin)
    own.post("/me/passport/consents", data={"parts": ["seen"], "recipient": "Next"})
    path = f"/people/{ana.id}/let-go"
    assert office.get(path).status_code == office.post(path).status_code == 409, "she works here"
    with house.writing(firm) as session:
        session.execute(
            update(Employment)
            .where(Employment.firm_id == firm, Employment.person_id == ana.id)
            .values(ended_on=date(2026, 2, 27))
        )
    assert "What stays" in office.get(path).get_data(as_text=True)
    assert office.post(path).status_code == office.post(path).status_code == 302, "and twice does no harm"
    with house.writing(firm) as session:
        left = [
            session.scalars(select(Leave.reason).where(Leave.firm_id == firm)).one(),
            session.scalars(select(CoachingNote.text).where(CoachingNote.firm_id == firm)).one(),
        ]
        facts = session.scalars(select(EvidenceRow.id).where(EvidenceRow.firm_id == firm)).all()
        consent = session.scalars(select(Consent).where(Consent.firm_id == firm)).one()
        assert first_broken_entry(session, firm_id=firm) is None
    assert left == ["", ""]
    assert len(facts) == 6
    assert consent.withdrawn_at is not None
    assert office.post(f"/consents/{consent.id}/passport").status_code == 409
    for someone in (lead, house.person(firm), house.person(house.firm("Maya"), Role.FIRM_ADMIN)):
        assert house.client(someone).post(path).status_code in (403, 404)
