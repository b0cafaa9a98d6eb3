"""Answers survive `kill -9`: a real server is killed, again and again, while phones answer over HTTP; then we count.

usage: .venv/bin/python -m bench.kill [--runs 20] [--answers 1000] [--kills 3] [--database URL] [--seed N]

Every phone mints an id for each answer, sends it until the reply says “saved”, and sends some of them again, as a
second tap or a retry would. Afterwards every answer that was told “saved” must be in the database once, as it was
acknowledged; none twice; none that nobody sent. Exit 1 on any loss.
"""

import argparse
import html
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.assessments.kinds import kind_of
from lms.assessments.models import Response
from lms.assessments.queries import list_asked
from lms.demo.answers import right_fields, wrong_fields
from lms.migrating import migrate
from lms.operations.backup import open_engine, see_everything
from lms.settings import Settings, read_settings
from lms.web.request import db
from tests.house import C05, PASSWORD, House, Someone

PHONES = 6
AGAIN = 0.2
"""The share of answers that are sent once more after “saved”, and of those that are tapped twice at once."""


@dataclass(frozen=True)
class Answer:
    """One answer as a phone minted it, and what must be found for it in the database."""

    id: uuid.UUID
    attempt_id: uuid.UUID
    position: int
    order: int
    fields: dict[str, list[str]]
    means: dict[str, Any]

    @property
    def address(self) -> str:
        """Where it is sent."""
        return f"/attempts/{self.attempt_id}/responses/{self.position}"


@dataclass
class Told:
    """What the phones were told, and what happened on the way."""

    saved: dict[uuid.UUID, str] = field(default_factory=dict)
    cut_off: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    sent: int = 0
    differently: set[uuid.UUID] = field(default_factory=set)
    uncounted: set[uuid.UUID] = field(default_factory=set)
    """Told “kept, not counted”, with the reason."""
    broken: list[BaseException] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """One run, counted."""

    answers: int
    acknowledged: int
    kills: int
    cut_off: int
    sent: int
    lost: int
    doubled: int
    strangers: int
    changed: int
    misordered: int
    refused: int
    well: bool

    @property
    def good(self) -> bool:
        """Whether everything that was told is true."""
        wrong = self.lost + self.doubled + self.strangers + self.changed + self.misordered
        return self.well and wrong == 0 and self.acknowledged == self.answers

    def __str__(self) -> str:
        return (
            f"answers {self.answers}, acknowledged {self.acknowledged}, kills {self.kills}, requests {self.sent}, "
            f"cut off {self.cut_off}, refused {self.refused}, lost {self.lost}, doubled {self.doubled}, "
            f"from nobody {self.strangers}, changed {self.changed}, out of order {self.misordered}, "
            f"doctor {'well' if self.well else 'BAD'}"
        )


class Server:
    """`lms serve` in a process group of its own, so that a kill leaves nobody behind."""

    def __init__(self, settings: Settings, *options: str) -> None:
        self.options = options or ("--threads", "8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.environment = os.environ | {
            "LADDER_HOME": str(settings.home),
            "LADDER_DATABASE": settings.database,
            "LADDER_SECURE_COOKIES": "off",
        }
        self.log = settings.home / "server.log"
        self.stands_in = Path.cwd()
        """Where it is started; the program is looked for there first."""

    def command(self, *words: str) -> list[str]:
        """The command line, by this very Python."""
        return [sys.executable, "-c", "from lms.cli import main; main()", *words]

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--port", str(self.port), *self.options),
                env=self.environment,
                cwd=self.stands_in,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _try in range(1200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(self.log.read_text()) from None
                time.sleep(0.05)
        raise RuntimeError("the server does not answer: " + self.log.read_text())

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        """One line to it."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            yield line
        finally:
            line.close()

    def kill(self) -> None:
        """`kill -9` to the whole group: no handler runs, nothing is flushed."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def is_well(self) -> bool:
        """What `lms doctor` says."""
        done = subprocess.run(
            self.command("doctor", "--json"),
            env=self.environment,
            cwd=self.stands_in,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode == 0 and bool(json.loads(done.stdout)["well"])


class Phone:
    """A person's browser: cookies, forms with their tokens, two connections."""

    def __init__(self, port: int) -> None:
        self.cookies: dict[str, str] = {}
        self.lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _line in range(2)]
        self.token = ""
        self.moves_to = 0
        """The port of another server, from the next answer on."""
        self.breath = 0.0
        """Seconds before each answer."""

    def ask(
        self, line: http.client.HTTPConnection, method: str, address: str, body: str | None = None
    ) -> None:
        """Put one request on a line."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Partial": "1"}
        line.request(method, address, body, headers)

    def hear(self, line: http.client.HTTPConnection) -> tuple[int, str, str]:
        """The reply's status, address to go on to, and text."""
        reply = line.getresponse()
        text = reply.read().decode()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        return reply.status, reply.headers.get("Location", ""), text

    def open(self, address: str) -> str:
        """Look at a page and take its form's token."""
        self.ask(self.lines[0], "GET", address)
        status, _location, page = self.hear(self.lines[0])
        if status != 200:
            raise RuntimeError(f"{address}: {status}")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        self.token = html.unescape(found[1]) if found else ""
        return page

    def post(self, address: str, fields: dict[str, Any]) -> str:
        """Send a form; where it leads."""
        self.ask(self.lines[0], "POST", address, self.body(fields))
        status, location, text = self.hear(self.lines[0])
        if status not in (302, 303):
            raise RuntimeError(f"{address}: {status} {text[:300]}")
        return location

    def body(self, fields: dict[str, Any]) -> str:
        """Fields as a form sends them."""
        return urllib.parse.urlencode(fields | {"csrf_token": self.token}, doseq=True)

    def begin(self, someone: Someone, assessment_id: uuid.UUID) -> uuid.UUID:
        """Sign in by the form, start the assessment by its button, open the attempt; its id."""
        self.someone = someone
        self.sign_in()
        door = self.open(f"/assessments/{assessment_id}")
        attempt_id = re.search(r'name="attempt_id" value="([^"]+)"', door)[1]  # type: ignore[index]
        address = self.post(f"/assessments/{assessment_id}/attempts", {"attempt_id": attempt_id})
        self.open(address)
        self.attempt_at = address
        return uuid.UUID(address.rsplit("/", 1)[1])

    def sign_in(self) -> None:
        """By the form."""
        self.open("/sign-in")
        self.post("/sign-in", {"name": self.someone.email, "password": PASSWORD, "firm": "", "next": ""})

    def sign_in_again(self) -> None:
        """As the page asks whose sign-in has ended, and back to the attempt."""
        self.cookies.clear()
        self.sign_in()
        self.open(self.attempt_at)

    def send(self, answer: Answer, told: Told, *, taps: int = 1) -> bool:
        """Send an answer, as often at once as it was tapped; whether any reply said “saved”."""
        if self.moves_to:
            for line in self.lines:
                line.close()
                line.port = self.moves_to
            self.moves_to = 0
        body = self.body(
            answer.fields | {"response_id": [str(answer.id)], "order": [str(answer.order)]},
        )
        saved = False
        for act in (self._tap, self._heed):
            for line in self.lines[:taps]:
                try:
                    saved |= bool(act(line, answer, body, told))
                except (OSError, http.client.HTTPException):
                    told.cut_off += act == self._heed
                    line.close()
        return saved

    def _tap(self, line: http.client.HTTPConnection, answer: Answer, body: str, told: Told) -> None:
        self.ask(line, "POST", answer.address, body)
        told.sent += 1

    def _heed(self, line: http.client.HTTPConnection, answer: Answer, _body: str, told: Told) -> bool:
        if line.sock is None:
            return False  # the tap did not get out
        status, _location, text = self.hear(line)
        if status != 200:
            told.refused[status] += 1
            return False
        reply = json.loads(text)
        if reply["saved"] is not True or reply["id"] != str(answer.id) or not reply["counted"]:
            told.differently.add(answer.id)
        if not reply["counted"]:
            told.uncounted.add(answer.id)
        if told.saved.setdefault(answer.id, reply["at"]) != reply["at"]:
            told.differently.add(answer.id)
        return True


def minted(
    house: House, someone: Someone, attempt_id: uuid.UUID, count: int, chance: random.Random
) -> list[Answer]:
    """A phone's answers: people change their minds, so each question is answered many times, rightly and wrongly."""
    actor = house.actor(someone)
    choices = []
    with house.writing(someone.firm_id) as session:
        for one in list_asked(session, actor=actor, attempt_id=attempt_id):
            kind = kind_of(one.version.document)
            question = kind.read(one.version.document)
            for _way in range(2):
                for fields in (
                    right_fields(kind, question, one.row.variant),
                    wrong_fields(kind, question, one.row.variant, chance),
                ):
                    means = dict(kind.given(question, one.row.variant, fields) or {})
                    choices.append((one.position, fields, means))
    return [
        Answer(uuid.UUID(int=chance.getrandbits(128), version=4), attempt_id, position, order, fields, means)
        for order, (position, fields, means) in enumerate(chance.choices(choices, k=count), start=1)
    ]


def answer_all(phone: Phone, answers: Sequence[Answer], told: Told, chance: random.Random) -> None:
    """Answer on, whatever happens to the server: nothing is given up before its reply said “saved”."""
    try:
        for answer in answers:
            time.sleep(phone.breath)
            ended = told.refused[401]
            while not phone.send(answer, told, taps=2 if chance.random() < AGAIN else 1):
                time.sleep(0.02)
                if told.refused[401] > ended:
                    phone.sign_in_again()
                    ended = told.refused[401]
            if chance.random() < AGAIN:
                phone.send(answer, told)
    except BaseException as error:  # a thread's failure must reach the run
        told.broken.append(error)
        raise


def kill_now_and_then(
    server: Server, phones: Sequence[threading.Thread], told: list[Told], kills: list[int]
) -> int:
    """Kill the server when so many answers have been acknowledged, and start it again; how often it was hit."""
    hit = 0
    for wanted in kills:
        while sum(len(one.saved) for one in told) < wanted and any(phone.is_alive() for phone in phones):
            time.sleep(0.001)
        if not any(phone.is_alive() for phone in phones):
            break
        server.kill()
        hit += 1
        server.start()
    for phone in phones:
        phone.join()
    return hit


def one_run(settings: Settings, *, answers: int, kills: int, seed: int) -> Outcome:
    """Build a firm, answer, kill, answer on, count."""
    chance = random.Random(seed)
    app = create_app(settings)
    house = House(app, datetime.now(UTC).replace(microsecond=0))
    firm_id = house.firm(f"Firm {uuid.UUID(int=chance.getrandbits(128)).hex[:8]}")
    assessment_id = house.assessment(house.course(folder=C05))
    people = [house.person(firm_id) for _phone in range(PHONES)]
    server = Server(settings)
    server.start()
    try:
        phones = [Phone(server.port) for _one in people]
        sent: list[list[Answer]] = []
        for number, (phone, someone) in enumerate(zip(phones, people, strict=True)):
            share = answers // PHONES + (number < answers % PHONES)
            sent.append(minted(house, someone, phone.begin(someone, assessment_id), share, chance))
        told = [Told() for _one in people]
        threads = [
            threading.Thread(target=answer_all, args=(phone, own, ear, random.Random(chance.random())))
            for phone, own, ear in zip(phones, sent, told, strict=True)
        ]
        for thread in threads:
            thread.start()
        moments = sorted(chance.randrange(answers // 20, answers * 19 // 20) for _kill in range(kills))
        hit = kill_now_and_then(server, threads, told, moments)
        server.kill()
    finally:
        if server.process.poll() is None:
            server.kill()
    for ear in told:
        for error in ear.broken:
            raise error
    outcome = count(settings, house, server, people, sent, told, hit)
    with app.app_context():
        db.engine.dispose()
    return outcome


def count(
    settings: Settings,
    house: House,
    server: Server,
    people: Sequence[Someone],
    sent: Sequence[Sequence[Answer]],
    told: Sequence[Told],
    kills: int,
) -> Outcome:
    """Open the database and compare what is there with what was told."""
    every = {answer.id: answer for own in sent for answer in own}
    saved = {id: at for ear in told for id, at in ear.saved.items()}
    engine = open_engine(settings)
    with Session(engine) as session:
        see_everything(session.connection())
        firm_id = people[0].firm_id
        rows = list(session.scalars(select(Response).where(Response.firm_id == firm_id)))
    engine.dispose()
    found = {row.id: row for row in rows}
    places = Counter((row.attempt_id, row.sequence) for row in rows)
    changed = set().union(*(ear.differently for ear in told))
    for id in saved.keys() & found.keys():
        row, answer = found[id], every[id]
        kept = (
            row.attempt_id,
            row.position,
            row.sequence,
            row.given,
            row.arrived_at.isoformat(),
            row.counted,
        )
        if kept != (answer.attempt_id, answer.position, answer.order, answer.means, saved[id], True):
            changed.add(id)
    return Outcome(
        answers=len(every),
        acknowledged=len(saved),
        kills=kills,
        cut_off=sum(ear.cut_off for ear in told),
        sent=sum(ear.sent for ear in told),
        lost=len(saved.keys() - found.keys()),
        doubled=sum(times - 1 for times in places.values()),
        strangers=len(found.keys() - every.keys()),
        changed=len(changed),
        misordered=sum(
            misordered(house, someone, own) for someone, own in zip(people, sent, strict=True) if own
        ),
        refused=sum(sum(ear.refused.values()) for ear in told),
        well=server.is_well(),
    )


def misordered(house: House, someone: Someone, own: Sequence[Answer]) -> int:
    """At how many questions the answer that stands is not the person's last one."""
    last = {answer.position: answer.id for answer in own}
    actor = house.actor(someone)
    with house.writing(someone.firm_id) as session:
        asked = list_asked(session, actor=actor, attempt_id=own[0].attempt_id)
        return sum((one.response.id if one.response else None) != last.get(one.position) for one in asked)


def fresh_settings(folder: Path, database: str | None) -> Settings:
    """A new home with its own secret, and a database at this release's shape."""
    environment = {"LADDER_HOME": str(folder), "LADDER_SECURE_COOKIES": "off"}
    settings = read_settings(environment | ({"LADDER_DATABASE": database} if database else {}))
    migrate(settings.database)
    return settings


def main() -> None:
    """So many runs, one line each, and a total."""
    reader = argparse.ArgumentParser(prog="bench.kill", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--runs", type=int, default=20)
    reader.add_argument("--answers", type=int, default=1000)
    reader.add_argument("--kills", type=int, default=3, help="Kills in each run.")
    reader.add_argument("--database", help="Default: an SQLite file, new for each run.")
    reader.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    wanted = reader.parse_args()
    outcomes = []
    for number in range(1, wanted.runs + 1):
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="ladder-kill-") as folder:
            settings = fresh_settings(Path(folder), wanted.database)
            outcome = one_run(
                settings, answers=wanted.answers, kills=wanted.kills, seed=wanted.seed * 1000 + number
            )
        outcomes.append(outcome)
        print(f"run {number:2}: {outcome} ({time.monotonic() - begun:.0f} s)", flush=True)
    bad = [outcome for outcome in outcomes if not outcome.good]
    names = ("answers", "acknowledged", "kills", "sent", "cut_off", "lost", "doubled", "strangers", "changed")
    sums = ", ".join(f"{name} {sum(getattr(one, name) for one in outcomes)}" for name in names)
    print(f"total of {len(outcomes)} runs (seed {wanted.seed}): {sums}, runs not good {len(bad)}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
