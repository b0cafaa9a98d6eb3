"""Phones for load: people with a sign-in each, what they ask over one kept line, and how their sightings are counted."""

import html
import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert, select

from lms.assessments.kinds import kind_of
from lms.assessments.models import Attempt
from lms.assessments.queries import list_asked
from lms.demo.answers import right_fields
from lms.foundation.actor import Actor
from lms.foundation.ids import new_id
from lms.people.models import Employment, EmploymentRole, Person
from lms.people.services import sign_in
from tests.house import PASSWORD, House

T = TypeVar("T")
ANSWERS = 10
SIGNED_OUT = 10
"""Every tenth comes signed out."""


@dataclass
class Seen:
    """What the phones saw."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    saved: int = 0


@dataclass(frozen=True)
class Rush:
    """One run, counted."""

    what: str
    requests: int
    per_second: float
    p50: float
    p95: float
    p99: float
    errors: int
    saved: int
    people: int
    memory_mb: float
    server_ms: float
    """Time of the processor that the server took for each request, in milliseconds: a busy machine counts less."""
    client_ms: float
    server_share: float
    """How much of one processor the server had."""
    seconds: float

    @property
    def in_a_quarter(self) -> int:
        """How many people a quarter of an hour carries at this pace."""
        return round(self.people / self.seconds * 900) if self.people else 0


class Phone:
    """One person's device: cookies and one connection that is kept open."""

    def __init__(self, port: int, token: str, seen: Seen) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies, self.seen, self.form = {"ladder": token}, seen, ""

    def ask(self, method: str, address: str, fields: dict[str, object] | None = None) -> tuple[int, str, str]:
        """One request; its status, where it leads, its text."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "identity",
        }
        body = None
        if fields is not None:
            body = urllib.parse.urlencode({**fields, "csrf_token": self.form}, doseq=True)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Partial": "1"}
        start = time.perf_counter()
        self.line.request(method, address, body, headers)
        reply = self.line.getresponse()
        text = reply.read().decode()
        self.seen.seconds.append(time.perf_counter() - start)
        self.seen.statuses[reply.status] += 1
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        if found := re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text):
            self.form = html.unescape(found[1])
        return reply.status, reply.headers.get("Location", ""), text

    def send(self, address: str, guest: "Guest", document: object) -> tuple[int, str]:
        """One document of a page's script, in the name of whoever holds the device; the reply's status and text."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/json",
            "X-Person": str(guest.person_id),
            "X-Partial": "1",
        }
        start = time.perf_counter()
        self.line.request("POST", address, json.dumps(document), headers)
        reply = self.line.getresponse()
        text = reply.read().decode()
        self.seen.seconds.append(time.perf_counter() - start)
        self.seen.statuses[reply.status] += 1
        return reply.status, text


@dataclass(frozen=True)
class Guest:
    """Somebody who will come, and what they carry."""

    token: str
    person_id: uuid.UUID
    email: str = ""
    """Who comes signed out, and signs in by their password."""


def invite(house: House, count: int) -> tuple[uuid.UUID, list[Guest]]:
    """A firm of so many people, written in a few statements; every tenth will sign in by hand."""
    firm, guests, kept = house.firm(f"Firm {uuid.uuid4().hex[:6]}"), [], sign_in.hash_password(PASSWORD)
    ids = [new_id() for _one in range(count)]
    since = house.noon.date() - timedelta(days=1)  # in Belize it may still be yesterday
    with house.writing(firm) as session:
        session.execute(
            insert(Person),
            [
                {
                    "id": one,
                    "created_at": house.noon,
                    "email": f"{one.hex}@example.bz" if number % SIGNED_OUT == 0 else None,
                    "password_hash": kept if number % SIGNED_OUT == 0 else None,
                }
                for number, one in enumerate(ids)
            ],
        )
        session.execute(
            insert(Employment),
            [
                {
                    "firm_id": firm,
                    "person_id": one,
                    "name": f"Person {number}",
                    "sort_name": f"person {number}",
                    "started_on": since,
                    "role_started_on": since,
                }
                for number, one in enumerate(ids)
            ],
        )
        session.execute(
            insert(EmploymentRole), [{"firm_id": firm, "person_id": one, "role": "agent"} for one in ids]
        )
        for number, one in enumerate(ids):
            token = sign_in.open_sign_in(
                session, person_id=one, firm_id=firm, user_agent="bench", now=house.noon
            )
            guests.append(Guest(token, one, f"{one.hex}@example.bz" if number % SIGNED_OUT == 0 else ""))
    return firm, guests


def enter(phone: Phone, guest: Guest) -> None:
    """Sign in by name and password."""
    phone.cookies.clear()
    phone.ask("GET", "/sign-in")
    fields: dict[str, object] = {"name": guest.email, "password": PASSWORD, "firm": "", "next": ""}
    status, _to, _text = phone.ask("POST", "/sign-in", fields)
    if status != 302:
        phone.seen.statuses[599] += 1  # told something else than "come in": counts as an error


def a_break(phone: Phone, guest: Guest, assessment: uuid.UUID, answers_of: "Answers") -> None:
    """One person's break."""
    if guest.email:
        enter(phone, guest)
    _status, _to, today = phone.ask("GET", "/today")
    for address in re.findall(r'href="(/courses/[0-9a-f-]+/lessons/[^"#?]+)', today)[:1] * 2:
        phone.ask("GET", address)
    attempt = begin(phone, assessment)
    phone.ask("GET", f"/attempts/{attempt}")
    for number, (position, fields) in enumerate(answers_of(attempt)[:ANSWERS], start=1):
        answer(phone, attempt, position, fields, number)
    phone.ask("POST", f"/attempts/{attempt}/submit", {})
    phone.ask("GET", f"/attempts/{attempt}/result")
    phone.ask("GET", "/review")
    phone.ask("GET", "/path")
    phone.line.close()


def begin(phone: Phone, assessment: uuid.UUID) -> uuid.UUID:
    """Start an assessment by its button."""
    _status, _to, door = phone.ask("GET", f"/assessments/{assessment}")
    found = re.search(r'name="attempt_id" value="([^"]+)"', door)
    assert found is not None
    _status, to, _text = phone.ask("POST", f"/assessments/{assessment}/attempts", {"attempt_id": found[1]})
    return uuid.UUID(to.rsplit("/", 1)[1])


def answer(
    phone: Phone, attempt: uuid.UUID, position: int, fields: dict[str, list[str]], number: int
) -> None:
    """One answer, told saved."""
    status, _to, text = phone.ask(
        "POST",
        f"/attempts/{attempt}/responses/{position}",
        {**fields, "response_id": str(uuid.uuid4()), "order": number},
    )
    phone.seen.saved += status == 200 and json.loads(text)["saved"] is True


class Answers:
    """The right answers of an attempt, read from the database: the page's own form is not parsed."""

    def __init__(self, house: House, firm: uuid.UUID) -> None:
        self.house, self.firm, self.lock = house, firm, threading.Lock()

    def __call__(self, attempt: uuid.UUID) -> list[tuple[int, dict[str, list[str]]]]:
        """Position and form fields of each question."""
        with self.lock, self.house.writing(self.firm) as session:
            person = session.scalar(
                select(Attempt.person_id).where(Attempt.firm_id == self.firm, Attempt.id == attempt)
            )
            assert person is not None
            actor = Actor(person, self.firm, "", frozenset())
            found = []
            for one in list_asked(session, actor=actor, attempt_id=attempt):
                kind = kind_of(one.version.document)
                found.append(
                    (one.position, right_fields(kind, kind.read(one.version.document), one.row.variant))
                )
        return found


@dataclass
class Meter:
    """What a run took of the processors, server and client apart."""

    server: int
    begun: float = 0.0
    spent: float = 0.0
    own: float = 0.0

    def __post_init__(self) -> None:
        self.begun, self.spent, self.own = time.perf_counter(), cpu_of(self.server), time.process_time()

    def counted(self, what: str, seen: list[Seen], people: int) -> Rush:
        """The phones' sightings as one line."""
        took = time.perf_counter() - self.begun
        spent, own = cpu_of(self.server) - self.spent, time.process_time() - self.own
        seconds = sorted(one for part in seen for one in part.seconds)
        cuts = statistics.quantiles(seconds, n=100)
        statuses = sum((part.statuses for part in seen), Counter[int]())
        return Rush(
            what,
            len(seconds),
            len(seconds) / took,
            1000 * cuts[49],
            1000 * cuts[94],
            1000 * cuts[98],
            sum(count for status, count in statuses.items() if status not in (200, 302)),
            sum(part.saved for part in seen),
            people,
            memory_of(self.server),
            1000 * spent / len(seconds),
            1000 * own / len(seconds),
            spent / took,
            took,
        )


def processes(first: int) -> list[int]:
    """A server's processes: the one that was started, and its workers."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True, check=False
    )
    return [first, *map(int, found.stdout.split())]


def memory_of(first: int) -> float:
    """Megabytes that the server's processes hold of their own.

    What is read from files is left out: its share depends on who else runs the same Python just now.
    """
    total = 0
    for pid in processes(first):
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        if rollup.exists() and (share := re.search(r"^Pss_Anon:\s+(\d+)", rollup.read_text(), re.M)):
            total += int(share[1])
    return total / 1024


def cpu_of(first: int) -> float:
    """Seconds of the processor that the server's processes took so far."""
    ticks = 0
    for pid in processes(first):
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            ticks += sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def in_threads(phones: int, work: list[T], act: Callable[[T, Seen], None], every: float = 0.0) -> list[Seen]:
    """Share the work between so many threads; what they saw. `every`: seconds from one piece's beginning to the next's."""
    seen, lock = [Seen() for _one in range(phones)], threading.Lock()
    broken: list[BaseException] = []
    start, count = time.perf_counter(), itertools.count()

    def go(own: Seen) -> None:
        while True:
            with lock:
                if not work or broken:
                    return
                item = work.pop()
                due = start + every * next(count)
            try:
                time.sleep(max(0.0, due - time.perf_counter()))
                act(item, own)
            except BaseException as error:  # a thread's failure must reach the run
                broken.append(error)
                raise

    threads = [threading.Thread(target=go, args=(one,)) for one in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return seen
