"""Messages to a phone: asked for on one's own device, carried by a service of one's own that opens them, stopped by one tap."""

import json
import re
import ssl
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import html5lib
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from lms.foundation.actor import Actor, Role
from lms.foundation.carrier import Came, Carrier
from lms.foundation.clock import read_clock
from lms.foundation.errors import NotFound
from lms.foundation.jobs import Job, Order, enqueue
from lms.foundation.push import Browser, ServerKey, new_secret, packed, public_bytes
from lms.learning.models import MessageBrowser, MessageWish, ReviewCard
from lms.learning.pages.messages import own_messages
from lms.learning.queries import messages as queries
from lms.learning.rules.messages import Wish
from lms.learning.services import messages as services
from lms.people.models import Employment, SharedDevice, SignIn
from lms.people.rules import TimeAway
from lms.people.services.away import enter_leave
from lms.tracks.services.letting_go import let_go
from tests.house import House, Someone
from tests.rooms.test_review_cards import learnt

HOST = "push.example.org"


@dataclass
class Phone:
    """A browser: its keys, and how it opens what came for it."""

    name: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = b"sixteen bytes ok"

    @property
    def browser(self) -> Browser:
        public = packed(public_bytes(self.private.public_key()))
        return Browser(f"https://{HOST}/send/{self.name}", public, packed(self.auth))

    @property
    def fields(self) -> dict[str, str]:
        return {"endpoint": self.browser.endpoint, "p256dh": self.browser.p256dh, "auth": self.browser.auth}

    def opened(self, body: bytes) -> dict[str, str]:
        """RFC 8291 from the other side."""
        salt, theirs, sealed = body[:16], body[21:86], body[86:]
        there = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        info = b"WebPush: info\0" + public_bytes(self.private.public_key()) + theirs
        start = HKDF(SHA256(), 32, self.auth, info).derive(self.private.exchange(ec.ECDH(), there))
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(start)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(start)
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text.endswith(b"\2")
        said: dict[str, str] = json.loads(text[:-1])
        return said


class Service(ThreadingHTTPServer):
    """A push service: keeps what came, and answers as it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.more = 201, dict[str, str]()


class Taking(BaseHTTPRequestHandler):
    """One message."""

    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = {name.lower(): value for name, value in self.headers.items()}
        self.server.came.append((self.path, said, body))
        self.send_response(self.server.status)
        for name, value in self.server.more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_said: Any) -> None:
        """A test says what it has to say itself."""


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the service's name."""
    key, now = ec.generate_private_key(ec.SECP256R1()), read_clock()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    paper = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("papers") / "both.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + paper.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def service(app: Flask, papers: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A push service, and the application that sends through it."""
    monkeypatch.setattr(services, "SPREAD", 1)  # or each comes at a second of its own
    server = Service()
    behind = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    behind.load_cert_chain(papers)
    server.socket = behind.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    app.extensions["push"] = Carrier(
        ServerKey(new_secret(), "mailto:it@example.bz"),
        (HOST,),
        lambda _host: ("127.0.0.1", server.server_address[1]),
        ssl.create_default_context(cafile=str(papers)),
    )
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


PHONE = Phone("one")
CARDS = {"cards": "y", "hour": "17"}


def learner(house: House) -> Someone:
    """Somebody with cards due."""
    person, card = learnt(house)
    with house.writing(person.firm_id) as session:
        session.execute(
            update(ReviewCard)
            .where(ReviewCard.firm_id == person.firm_id, ReviewCard.id == card.id)
            .values(due_on=house.noon.date())
        )
    return person


def yes(client: FlaskClient, phone: Phone = PHONE, **said: str) -> int:
    return client.post("/me/messages", data={**CARDS, **said, **phone.fields}).status_code


def at(house: House, day: int, hour: int, minute: int = 0) -> int:
    """Let it be so late, so many days after the first; how many jobs were done."""
    house.app.config["NOW"] = house.noon + timedelta(days=day, hours=hour - 12, minutes=minute)
    return house.work()


def rows(house: House, someone: Someone, table: Any) -> list[Any]:
    with house.writing(someone.firm_id) as session:
        return list(session.scalars(select(table).where(table.firm_id == someone.firm_id)))


def test_what_was_chosen_comes_once_a_day_at_its_hour_and_names_nobody(
    house: House, service: Service
) -> None:
    person = learner(house)
    client = house.client(person)
    page = client.get("/me/messages").get_data(as_text=True)
    assert "They are off" in page
    assert html5lib.HTMLParser().parse(page) is not None
    assert not re.search(r'name="(cards|goal)"[^>]*checked', page), "both are off until they are chosen"
    assert "/me/messages" in client.get("/me").get_data(as_text=True)
    assert yes(client) == 302
    assert "This browser gets them" in client.get("/me/messages").get_data(as_text=True)
    at(house, 0, 16, 59)
    assert service.came == []
    assert at(house, 0, 17) == 1
    [(path, said, body)] = service.came
    assert path == "/send/one"
    assert (said["content-encoding"], said["ttl"], said["topic"], said["host"]) == (
        "aes128gcm",
        str(3 * 3600),
        "ladder",
        HOST,
    )
    assert said["authorization"].startswith("vapid t=")
    told = PHONE.opened(body)
    assert told == {
        "title": "Ladder",
        "body": "Some questions are ready to come back. Whenever it suits you.",
        "stop": "Stop these messages",
        "lang": "en",
    }
    for private in (person.name, "Toucan", "%"):
        assert private not in json.dumps(told)
    assert at(house, 0, 18) == 0
    assert at(house, 1, 17) == 1
    assert len(service.came) == 2
    assert len(rows(house, person, Job)) == 2, "the look that is over, and the next one"
    admin = house.client(house.person(person.firm_id, Role.FIRM_ADMIN))
    listed = admin.get("/jobs").get_data(as_text=True)
    for said in ("Telling a phone", "send a message"):
        assert said not in listed


@pytest.mark.sqlite_is_enough
def test_each_person_is_told_at_a_second_of_their_own_unless_their_rest_begins_by_then(
    house: House, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "SPREAD", 1800)
    firm = house.firm()
    five, half_an_hour = house.noon + timedelta(hours=5), 1800
    seconds = set()
    for number in range(4):
        person = house.person(firm)
        own, client = person.id.int % half_an_hour, house.client(person)
        for said, begins, rest_after in (
            ({"hour": "17"}, five, half_an_hour),
            ({"hour": "17", "shift_ends": "17:01"}, five, 60),
            ({"hour": "20", "shift_ends": "10:40"}, five + timedelta(hours=3, minutes=40), 20 * 60),
        ):
            assert yes(client, Phone(str(number)), **said) == 302
            [order] = [one for one in rows(house, person, Job) if one.asked_by_id == person.id]
            spread = own if own < rest_after else 0
            assert order.not_before == begins + timedelta(seconds=spread), said
        seconds.add(own)
    assert len(seconds) > 1, "not all at once"


@pytest.mark.sqlite_is_enough
def test_when_somebody_was_told_goes_with_them_when_they_are_let_go_and_no_other_work(
    house: House, service: Service
) -> None:
    person = learner(house)
    stays = house.person(person.firm_id)
    for one in (person, stays):
        assert yes(house.client(one), Phone(one.id.hex)) == 302
    order = Order(uuid.uuid4(), "read a file", "figures.csv")
    house.act(person, lambda session, *, actor, now: enqueue(session, order, actor=actor, now=now))
    at(house, 0, 17, 1)
    assert len(rows(house, person, Job)) == 5, "of both, what was done and what comes next; and the file"
    with house.writing(person.firm_id) as session:
        session.execute(
            update(Employment)
            .where(Employment.firm_id == person.firm_id, Employment.person_id == person.id)
            .values(locked_at=house.noon)
        )
    house.act(house.person(person.firm_id, Role.FIRM_ADMIN), let_go, person_id=person.id)
    left = sorted((one.asked_by_id == person.id, one.kind) for one in rows(house, person, Job))
    assert left == [(False, queries.SEND), (False, queries.SEND), (True, "read a file")]
    assert {one.person_id for one in rows(house, person, MessageWish)} == {stays.id}


def test_what_may_not_be_sent_any_more_when_its_time_comes_is_not_sent(
    house: House, service: Service
) -> None:
    person = learner(house)
    assert yes(house.client(person)) == 302
    admin = house.person(person.firm_id, Role.FIRM_ADMIN)
    today = house.noon.date()
    leave = TimeAway(today, today, protected=False, reason="")
    house.act(admin, enter_leave, person_id=person.id, away=leave)
    assert at(house, 0, 17) == 1
    assert service.came == []
    assert at(house, 1, 20, 30) == 1, "the program was not there at its hour, and now it is late"
    assert service.came == []
    assert at(house, 2, 16, 59) == 0
    assert at(house, 2, 17) == 1
    assert len(service.came) == 1


def test_a_browser_that_is_gone_is_forgotten_and_a_service_that_is_busy_is_left_alone(
    house: House, service: Service
) -> None:
    person = learner(house)
    client = house.client(person)
    yes(client)
    service.status, service.more = 429, {"Retry-After": "1800"}
    at(house, 0, 17)
    assert at(house, 0, 17, 29) == 0
    service.status, service.more = 503, {}
    assert at(house, 0, 17, 30) == 1
    assert at(house, 0, 17, 40) == 1
    service.status = 201
    assert at(house, 0, 17, 50) == 1
    assert len(service.came) == 4
    [wish] = rows(house, person, MessageWish)
    assert wish.sent_on == house.noon.date()
    service.status = 410
    at(house, 1, 17)
    assert rows(house, person, MessageBrowser) == []
    assert rows(house, person, MessageWish) == []
    assert at(house, 2, 17) == 0
    assert "They are off" in client.get("/me/messages").get_data(as_text=True)


def test_a_service_is_called_under_its_own_name_only_and_no_redirect_is_followed(
    app: Flask, service: Service
) -> None:
    carrier: Carrier = app.extensions["push"]
    wait = {"stands": timedelta(hours=1), "now": read_clock()}
    assert carrier.send(PHONE.browser, b"x", **wait).came is Came.TAKEN
    service.status, service.more = 307, {"Location": f"https://{HOST}/elsewhere"}
    assert carrier.send(PHONE.browser, b"x", **wait).came is Came.REFUSED
    strict = Carrier(carrier.key, (HOST,), carrier.find)
    assert strict.send(PHONE.browser, b"x", **wait).came is Came.LATER, "nobody vouches for this certificate"
    inside = Carrier(carrier.key, ("localhost.localdomain", HOST))
    there = Browser("https://localhost.localdomain/x", PHONE.browser.p256dh, PHONE.browser.auth)
    assert inside.send(there, b"x", **wait).came in (Came.REFUSED, Came.LATER)
    nowhere = Carrier(carrier.key)
    assert nowhere.send(PHONE.browser, b"x", **wait).came is Came.REFUSED, "its host is not listed"
    assert len(service.came) == 2


def test_a_service_that_was_not_reached_holds_up_nobody_for_five_minutes(
    app: Flask, service: Service
) -> None:
    carrier: Carrier = app.extensions["push"]
    tried: list[str] = []

    def find(host: str) -> tuple[str, int]:
        tried.append(host)
        if len(tried) == 1:
            raise TimeoutError
        return carrier.find(host)

    slow, now = Carrier(carrier.key, (HOST,), find, carrier.safe), read_clock()

    def sent(after: timedelta) -> Came:
        return slow.send(PHONE.browser, b"x", stands=timedelta(hours=1), now=now + after).came

    assert sent(timedelta()) is Came.LATER
    assert sent(timedelta(minutes=4)) is Came.LATER
    assert tried == [HOST]
    assert sent(timedelta(minutes=5)) is Came.TAKEN


def test_one_tap_stops_everything_and_so_does_signing_out(house: House, service: Service) -> None:
    person = learner(house)
    client = house.client(person)
    yes(client)
    worker = {"X-Person": str(person.id), "X-Partial": "1"}
    assert client.post("/push/stop", json={}).status_code == 422, "a page of another site"
    assert (
        client.post("/push/stop", json={}, headers={**worker, "Sec-Fetch-Site": "cross-site"}).status_code
        == 422
    )
    assert client.post("/push/stop", json={}, headers={"X-Person": str(uuid.uuid4())}).status_code in (
        302,
        401,
    )
    assert len(rows(house, person, MessageBrowser)) == 1
    for _twice in range(2):
        assert client.post("/push/stop", json={}, headers=worker).status_code == 200
        assert rows(house, person, MessageWish) + rows(house, person, MessageBrowser) == []
        assert rows(house, person, Job) == []
    yes(client)
    assert client.post("/me/messages/stop").status_code == 302
    assert rows(house, person, MessageBrowser) == []
    yes(client)
    client.post("/sign-out")
    assert at(house, 0, 17) == 1
    assert service.came == []
    assert rows(house, person, MessageWish) + rows(house, person, MessageBrowser) == []


def test_what_cannot_be_taken_is_said_on_the_page(house: House, service: Service) -> None:
    client = house.client(learner(house))
    nothing = client.post("/me/messages", data={"hour": "17", **PHONE.fields})
    assert nothing.status_code == 422
    assert "Choose what you want to be told" in nothing.get_data(as_text=True)
    assert yes(client, hour="22") == 422, "quiet until six"
    assert client.post("/me/messages", data=CARDS).status_code == 422, (
        "without its script no browser says where"
    )
    assert yes(client, endpoint="x") == 302
    assert client.post("/me/messages", data={**CARDS, "goal": "y", "shift_ends": "07:30"}).status_code == 302
    page = client.get("/me/messages").get_data(as_text=True)
    assert 'value="07:30"' in page
    elsewhere = {**CARDS, **PHONE.fields, "endpoint": "https://10.0.0.1/x"}
    assert client.post("/me/messages", data=elsewhere).status_code == 422


def test_nobody_elses_browser_can_be_found(house: House, service: Service) -> None:
    person = learner(house)
    yes(house.client(person))
    [kept] = rows(house, person, MessageBrowser)
    colleague, stranger = house.person(person.firm_id), house.person(house.firm("Jaguar Voice"))
    here = services.Here(kept.sign_in_id, Phone("two").browser, (HOST,))
    for other in (colleague, stranger, Someone(person.id, stranger.firm_id, "", "")):
        if other.id == person.id:
            house.person(stranger.firm_id, at=person)  # the same person at another firm
        for sign_in_id in (kept.sign_in_id, uuid.uuid4()):
            there = services.Here(sign_in_id, here.browser, here.hosts)
            with pytest.raises(NotFound):
                house.act(other, services.renew_browser, here=there)
            with pytest.raises(NotFound):
                house.act(other, services.ask_for_messages, wish=Wish(cards=True), here=there)
            with pytest.raises(NotFound):
                house.act(other, own_messages, sign_in_id=sign_in_id)
        with house.writing(other.firm_id) as session:
            services.stop_messages(session, actor=Actor(other.id, other.firm_id, "", frozenset({Role.AGENT})))
    assert [one.endpoint for one in rows(house, person, MessageBrowser)] == [PHONE.browser.endpoint]
    assert len(rows(house, person, MessageWish)) == 1


def test_a_browser_with_a_new_address_goes_on_and_one_that_never_said_yes_does_not_begin(
    house: House, service: Service
) -> None:
    person = learner(house)
    client = house.client(person)
    moved = Phone("moved")
    said = {
        "endpoint": moved.browser.endpoint,
        "keys": {"p256dh": moved.browser.p256dh, "auth": moved.browser.auth},
    }
    worker = {"X-Person": str(person.id), "X-Partial": "1"}
    assert client.post("/push/renew", json=said, headers=worker).status_code == 404
    yes(client)
    assert client.post("/push/renew", json=said, headers=worker).status_code == 200
    for wrong in ([], {"endpoint": "x"}, {**said, "endpoint": "https://10.0.0.1/x"}):
        assert client.post("/push/renew", json=wrong, headers=worker).status_code == 422
    at(house, 0, 17)
    [(path, _said, body)] = service.came
    assert path == "/send/moved"
    assert moved.opened(body)["title"] == "Ladder"


def test_a_shared_pc_and_a_house_without_a_key_offer_nothing(house: House, service: Service) -> None:
    person = learner(house)
    client = house.client(person)
    yes(client)
    with house.writing(person.firm_id) as session:
        device = SharedDevice(
            firm_id=person.firm_id,
            id=uuid.uuid4(),
            name="PC 1",
            secret_hash="x" * 64,
            registered_by_id=person.id,
            registered_at=house.noon,
        )
        session.add(device)
        session.flush()
        sign_in = session.scalars(select(SignIn).where(SignIn.person_id == person.id)).one()
        sign_in.shared_device_id, sign_in.idle_minutes = device.id, 30
    assert client.get("/me/messages").status_code == 404
    assert "/me/messages" not in client.get("/me").get_data(as_text=True)
    assert yes(client) == 404
    at(house, 0, 17)
    assert service.came == []
    own = house.client(person)
    assert own.get("/me/messages").status_code == 200
    house.app.extensions["push"] = None
    assert own.get("/me/messages").status_code == 404
    assert "/me/messages" not in own.get("/me").get_data(as_text=True)
    assert yes(own) == 404


def test_a_device_at_ones_other_firm_is_told_nothing_and_the_wish_waits(
    house: House, service: Service
) -> None:
    person = learner(house)
    client = house.client(person)
    yes(client)
    other = house.firm("Jaguar Voice")
    house.person(other, at=person)
    for firm_id, day, came in ((other, 0, 0), (person.firm_id, 1, 1)):
        with house.writing(person.firm_id) as session:
            session.execute(update(SignIn).where(SignIn.person_id == person.id).values(firm_id=firm_id))
        assert at(house, day, 17) == 1
        assert len(service.came) == came
        assert len(rows(house, person, MessageWish)) == 1


def test_two_first_yeses_at_once_are_one_and_a_lost_order_comes_with_the_next(
    house: House, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = learner(house)
    client = house.client(person)
    yes(client)
    with house.writing(person.firm_id) as session:
        session.execute(delete(Job).where(Job.firm_id == person.firm_id))
    found, looks = services.queries.find_wish, [0]

    def find(*said: Any, **more: Any) -> Any:
        looks[0] += 1
        return None if looks[0] == 1 else found(*said, **more)

    monkeypatch.setattr(services.queries, "find_wish", find)
    assert yes(client) == 302
    assert len(rows(house, person, MessageWish)) == len(rows(house, person, Job)) == 1
