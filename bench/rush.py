"""The break: many people at once over real HTTP, from another process, on the same machine.

usage: .venv/bin/python -m bench.rush [--people 300] [--phones 16] [--workers 1] [--threads 8] [--database URL] [--json]

Each person opens Today, reads two lessons, starts an assessment, sends ten answers, hands it in and looks at My path:
17 requests. What is sustained says how many people one machine carries in a quarter of an hour; the client runs on the
same processors. A second part sends answers alone, as fast as they are taken.
"""

import argparse
import html
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from bench.kill import Server
from lms.app import create_app
from lms.assessments.kinds import kind_of
from lms.assessments.models import Attempt
from lms.assessments.queries import list_asked
from lms.demo.answers import right_fields
from lms.foundation.actor import Actor
from lms.foundation.ids import new_id
from lms.migrating import migrate
from lms.people.models import Employment, EmploymentRole, Person
from lms.people.services import sign_in
from lms.settings import Settings, read_settings
from tests.house import C05, House

ANSWERS = 10


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

    @property
    def in_a_quarter(self) -> int:
        """How many people a quarter of an hour carries at this pace."""
        return round(self.people / (self.requests / self.per_second) * 900) if self.people else 0


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


@dataclass(frozen=True)
class Guest:
    """Somebody who will come, and what they carry."""

    token: str
    person_id: uuid.UUID


def invite(house: House, count: int) -> tuple[uuid.UUID, list[Guest]]:
    """A firm of so many signed-in people, written in a few statements."""
    firm, guests = house.firm(f"Firm {uuid.uuid4().hex[:6]}"), []
    ids = [new_id() for _one in range(count)]
    with house.writing(firm) as session:
        session.execute(insert(Person), [{"id": one, "created_at": house.noon} for one in ids])
        session.execute(
            insert(Employment),
            [
                {
                    "firm_id": firm,
                    "person_id": one,
                    "name": f"Person {number}",
                    "sort_name": f"person {number}",
                    "started_on": house.noon.date(),
                    "role_started_on": house.noon.date(),
                }
                for number, one in enumerate(ids)
            ],
        )
        session.execute(
            insert(EmploymentRole), [{"firm_id": firm, "person_id": one, "role": "agent"} for one in ids]
        )
        for one in ids:
            token = sign_in.open_sign_in(
                session, person_id=one, firm_id=firm, user_agent="bench", now=house.noon
            )
            guests.append(Guest(token, one))
    return firm, guests


def a_break(phone: Phone, assessment: uuid.UUID, answers_of: "Answers") -> None:
    """One person's break."""
    _status, _to, today = phone.ask("GET", "/today")
    for address in re.findall(r'href="(/courses/[0-9a-f-]+/lessons/[^"#?]+)', today)[:1] * 2:
        phone.ask("GET", address)
    attempt = begin(phone, assessment)
    for number, (position, fields) in enumerate(answers_of(attempt)[:ANSWERS], start=1):
        answer(phone, attempt, position, fields, number)
    phone.ask("POST", f"/attempts/{attempt}/submit", {})
    phone.ask("GET", "/path")


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


def counted(what: str, seen: list[Seen], took: float, people: int, memory: float) -> Rush:
    """The phones' sightings as one line."""
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
        memory,
    )


def memory_of(server: Server) -> float:
    """Megabytes that the server's processes hold of their own (proportional share)."""
    total = 0
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(server.process.pid)], capture_output=True, text=True, check=False
    )
    for pid in [str(server.process.pid), *found.stdout.split()]:
        rollup = Path(f"/proc/{pid}/smaps_rollup")
        if rollup.exists() and (share := re.search(r"^Pss:\s+(\d+)", rollup.read_text(), re.M)):
            total += int(share[1])
    return total / 1024


def in_threads(phones: int, work: list[object], act: object) -> tuple[list[Seen], float]:
    """Share the work between so many threads; what they saw, and how long it took."""
    seen, lock = [Seen() for _one in range(phones)], threading.Lock()
    broken: list[BaseException] = []

    def go(own: Seen) -> None:
        while True:
            with lock:
                if not work or broken:
                    return
                item = work.pop()
            try:
                act(item, own)  # type: ignore[operator]
            except BaseException as error:  # a thread's failure must reach the run
                broken.append(error)
                raise

    threads = [threading.Thread(target=go, args=(one,)) for one in seen]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return seen, time.perf_counter() - start


def run(*, people: int, phones: int, workers: int, threads: int, database: str | None = None) -> list[Rush]:
    """The break, then answers alone, then a hello of the same kind of server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = database or f"sqlite:///{folder}/ladder.db"
        migrate(read_settings({"LADDER_HOME": name, "LADDER_DATABASE": address}).database)
        settings = read_settings(
            {"LADDER_HOME": name, "LADDER_DATABASE": address, "LADDER_SECURE_COOKIES": "off"}
        )
        house = House(create_app(settings), datetime.now(UTC).replace(microsecond=0))
        course = house.course(folder=C05)
        assessment = house.assessment(course)
        firm, guests = invite(house, people + phones)
        answers_of = Answers(house, firm)
        server = Server(settings, "--workers", str(workers), "--threads", str(threads))
        server.start()
        try:
            found = []
            early, late = guests[:people], guests[people:]
            seen, took = in_threads(
                phones,
                list(early),
                lambda guest, own: a_break(Phone(server.port, guest.token, own), assessment, answers_of),
            )
            found.append(counted("the break", seen, took, people, memory_of(server)))
            ready = []
            for guest in late:
                phone = Phone(server.port, guest.token, Seen())
                attempt = begin(phone, assessment)
                ready.append((phone, attempt, answers_of(attempt)))
            each = max(20, 2 * people // 3)

            def only_answers(
                one: tuple[Phone, uuid.UUID, list[tuple[int, dict[str, list[str]]]]], own: Seen
            ) -> None:
                phone, attempt, choices = one
                phone.seen = own
                for number in range(each):
                    position, fields = choices[number % len(choices)]
                    answer(phone, attempt, position, fields, number)

            seen, took = in_threads(phones, list(ready), only_answers)
            found.append(counted("answers alone", seen, took, 0, memory_of(server)))
        finally:
            server.kill()
        found += bare(folder, phones, 40 * people // phones)
    return found


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server replies: a port that listens may belong to a worker that is about to fall over."""
    for _try in range(600):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/")
            line.getresponse().read()
            return
        except (OSError, http.client.HTTPException):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}") from None
            time.sleep(0.05)
        finally:
            line.close()
    raise RuntimeError("the server does not answer")


def bare(folder: Path, phones: int, each: int) -> list[Rush]:
    """The same server with a hello, and with one durable insert."""
    port = Server(Settings(home=folder, database="", secret_key="", secure_cookies=False)).port
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port), str(folder)])
    try:
        wait_for(port, process)

        def hello(_item: object, own: Seen) -> None:
            phone = Phone(port, "", own)
            for _one in range(each):
                phone.ask("GET", "/")

        def keep(_item: object, own: Seen) -> None:
            phone = Phone(port, "", own)
            for _one in range(each):
                phone.ask("POST", "/", {"response_id": str(uuid.uuid4()), "answer": "a"})

        found = []
        for what, act in (("hello", hello), ("a bare durable insert", keep)):
            seen, took = in_threads(phones, list(range(phones)), act)
            found.append(counted(what, seen, took, 0, 0.0))
        return found
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Run and print."""
    reader = argparse.ArgumentParser(prog="bench.rush", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--people", type=int, default=300)
    reader.add_argument("--phones", type=int, default=16)
    reader.add_argument("--workers", type=int, default=1)
    reader.add_argument("--threads", type=int, default=8)
    reader.add_argument("--database")
    reader.add_argument("--json", action="store_true")
    wanted = vars(reader.parse_args())
    as_json = wanted.pop("json")
    found = run(**wanted)
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        print(
            f"{one.what}: {one.per_second:.0f} requests/s, p50 {one.p50:.0f} p95 {one.p95:.0f} p99 {one.p99:.0f} ms, "
            f"errors {one.errors} of {one.requests}"
            + (f", {one.saved} answers saved" if one.saved else "")
            + (f", {one.in_a_quarter} people in a quarter of an hour" if one.people else "")
            + (f", {one.memory_mb:.0f} MB" if one.memory_mb else "")
        )


if __name__ == "__main__":
    main()
