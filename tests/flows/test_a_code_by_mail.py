"""A code by e-mail: carried by a real mail server of one's own, six digits, once; nobody learns which addresses are known."""

import re
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Invalid
from lms.foundation.jobs import Job, JobState
from lms.foundation.post import Letter, SmtpPost
from lms.people.models import MailCode
from lms.people.pins import MAIL_CODE_LASTS, MAIL_CODE_TRIES, MAIL_CODES_AN_HOUR
from lms.people.queries.floor import Policy
from lms.people.services import floor
from lms.settings import read_settings
from tests.house import House, Someone


class Mailbox(socketserver.ThreadingTCPServer):
    """As much of RFC 5321 as a letter needs. An address that begins with `gone` is refused for good, `busy` for now."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[tuple[str, str]] = []


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        self.say("220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                to = line.split("<")[1].split(">")[0]
                self.say({"gone": "550 no such box", "busy": "451 later"}.get(to[:4], "250 ok"))
            elif verb == "DATA":
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                self.server.letters.append((to, text))
                self.say("250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                break
            else:
                self.say("250 ok")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A mail server, and the application that sends through it."""
    server = Mailbox()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host, port = server.server_address[:2]
    app.extensions["post"] = SmtpPost(str(host), int(port), "ladder@example.bz", security="off")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def allowed(house: House, firm_name: str = "Toucan Connect") -> Someone:
    """Ana, at a firm that lets codes in."""
    firm = house.firm(firm_name)
    admin = house.person(firm, Role.FIRM_ADMIN)
    house.act(admin, floor.decide_policy, decided=Policy(5, False, True))
    return house.person(firm, name="Ana Chi")


def ask(client: FlaskClient, email: str) -> str:
    reply = client.post("/sign-in/mail", data={"email": email})
    assert reply.status_code == 302
    return str(reply.headers["Location"])


def code_of(mailbox: Mailbox) -> str:
    found = re.search(r"is (\d{6})", mailbox.letters[-1][1])
    assert found
    return found[1]


def test_a_code_signs_in_once_in_the_browser_that_asked(app: Flask, house: House, mailbox: Mailbox) -> None:
    ana, browser, other = allowed(house), house.client(), house.client()
    assert "code by e-mail" in browser.get("/sign-in").get_data(as_text=True)
    page, elsewhere = ask(browser, ana.email), ask(other, ana.email)
    assert house.work() == 2
    first = re.findall(r"is (\d{6})", mailbox.letters[0][1])[0]
    assert [to for to, _text in mailbox.letters] == [ana.email, ana.email]
    assert other.post(elsewhere, data={"code": first}).status_code == 422
    assert other.post(page.replace("mail/", "mail/x"), data={"code": first}).status_code == 422
    typed = f"{first[:3]} {first[3:]}"
    assert browser.post(page, data={"code": typed}).headers["Location"] == "/today"
    assert "Ana Chi" in browser.get("/me").get_data(as_text=True)
    late = house.client()
    assert late.post(page, data={"code": first}).status_code == 422
    app.config["NOW"] = house.noon + timedelta(hours=13)
    assert browser.get("/me").status_code == 302  # it was not asked to stay


def test_a_code_ends_after_ten_minutes_and_after_five_tries(
    app: Flask, house: House, mailbox: Mailbox
) -> None:
    ana, browser = allowed(house), house.client()
    page = ask(browser, ana.email)
    house.work()
    app.config["NOW"] = house.noon + MAIL_CODE_LASTS
    assert browser.post(page, data={"code": code_of(mailbox)}).status_code == 422
    page = ask(browser, ana.email)
    house.work()
    right = code_of(mailbox)
    for wrong in range(MAIL_CODE_TRIES):
        guess = f"{(int(right) + wrong + 1) % 1_000_000:06}"
        assert browser.post(page, data={"code": guess}).status_code == 422
    assert browser.post(page, data={"code": right}).status_code == 422


def test_nobody_learns_whether_an_address_is_known(house: House, mailbox: Mailbox) -> None:
    ana, barred = allowed(house), house.person(house.firm("Closed to codes"))
    both = house.person(ana.firm_id)
    house.person(barred.firm_id, at=both)  # one of their firms says no
    told = set()
    for email in (ana.email, barred.email, both.email, "nobody@example.bz"):
        client = house.client()
        page = ask(client, email)
        replies = [client.get(page), client.post(page, data={"code": "000000"})]
        texts = [re.sub(r"mail/[\w-]+", "mail/#", reply.get_data(as_text=True)) for reply in replies]
        told.add((*(reply.status_code for reply in replies), *texts))
    assert len(told) == 1
    with house.writing() as session:
        assert len(session.scalars(select(MailCode.id)).all()) == 4
    house.work()
    assert [to for to, _text in mailbox.letters] == [ana.email]
    for _again in range(MAIL_CODES_AN_HOUR + 3):
        ask(house.client(), ana.email)
    house.work()
    assert len(mailbox.letters) == MAIL_CODES_AN_HOUR


def test_a_letter_that_nobody_takes_now_is_tried_again_and_one_refused_for_good_is_not(
    house: House, mailbox: Mailbox
) -> None:
    ana = allowed(house)
    ask(house.client(), ana.email)
    house.work()
    assert "From: ladder@example.bz" in mailbox.letters[0][1]
    with pytest.raises(Invalid):
        house.app.extensions["post"].send(Letter("gone@example.bz", "x", "y"))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        house.app.extensions["post"].send(Letter("busy@example.bz", "x", "y"))
    house.app.extensions["post"] = SmtpPost("127.0.0.1", 9, "ladder@example.bz", security="off")
    ask(house.client(), ana.email)
    house.work()
    with house.writing(ana.firm_id) as session:
        rows = select(Job.state).where(Job.firm_id == ana.firm_id).order_by(Job.id)
        assert list(session.scalars(rows)) == [JobState.DONE, JobState.QUEUED]


def test_without_a_mail_server_nothing_is_offered(house: House) -> None:
    client = house.client()
    assert "code by e-mail" not in client.get("/sign-in").get_data(as_text=True)
    assert client.get("/sign-in/mail").status_code == 404
    assert client.post("/sign-in/mail", data={"email": "a@b.bz"}).status_code == 404


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"LADDER_SMTP_HOST": "mail.example.bz"}, "LADDER_SMTP_FROM"),
        ({"LADDER_SMTP_PORT": "no"}, "LADDER_SMTP_PORT"),
        ({"LADDER_SMTP_SECURITY": "maybe"}, "LADDER_SMTP_SECURITY"),
        ({"LADDER_SMTP_SECURITY": "off", "LADDER_SMTP_USER": "u"}, "LADDER_SMTP_SECURITY"),
        ({"LADDER_ORIGIN": "learn.example.bz"}, "LADDER_ORIGIN"),
    ],
)
def test_a_mail_setting_that_is_wrong_is_named(said: dict[str, str], named: str, tmp_path: object) -> None:
    good = {"LADDER_HOME": str(tmp_path), "LADDER_SMTP_HOST": "mail.example.bz", "LADDER_SMTP_FROM": "a@b.bz"}
    settings = read_settings(good)
    assert settings.post is not None
    assert "secret" not in repr(SmtpPost("h", 1, "a@b.bz", "u", "secret"))
    if len(said) == 1 and "LADDER_SMTP_HOST" in said:
        good.pop("LADDER_SMTP_FROM")
    with pytest.raises(Invalid, match=named):
        read_settings(good | said)
