"""The break: many people at once over real HTTP, from another process, on the same machine.

usage: .venv/bin/python -m bench.rush [--people 300] [--phones 16] [--workers 1] [--threads 8] [--database URL]
                                      [--every SECONDS] [--find] [--server KIND] [--quick] [--json]

Each person opens Today, reads two lessons, starts an assessment, sends ten answers, hands it in, reads how it went, looks at
Review and at My path; every tenth signs in first: some 20 requests. The client runs on the same processors. Then answers alone, one by one
and ten in a sync, as fast as they are taken; then a hello and a bare durable insert on the same kind of server.

Without `--every`, each phone's next person comes when the last one leaves (a closed loop): what the machine carries.
`--every 0.1`: a person comes every tenth of a second whether or not the server keeps up (9,000 in a quarter of an hour).
`--find`: people come quicker and quicker, until p99 passes half a second, and what held them up.
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.kill import Server
from bench.load import Answers, Guest, Meter, Phone, Rush, Seen, a_break, answer, begin, in_threads, invite
from lms.app import create_app
from lms.migrating import migrate
from lms.settings import Settings, read_settings
from tests.house import C05, House

SLOWEST = 500.0
"""Milliseconds of p99 at which a server no longer keeps up."""
BATCH = 10


@dataclass(frozen=True)
class Hall:
    """A server with an assessment on it, and the people who come."""

    server: Server
    house: House
    firm: uuid.UUID
    assessment: uuid.UUID
    answers_of: Answers
    phones: int

    def come(self, what: str, guests: list[Guest], every: float = 0.0) -> Rush:
        """Their break."""
        meter = Meter(self.server.process.pid)
        seen = in_threads(
            self.phones,
            list(guests),
            lambda guest, own: a_break(
                Phone(self.server.port, guest.token, own), guest, self.assessment, self.answers_of
            ),
            every,
        )
        return meter.counted(what, seen, len(guests))

    def answer(self, guests: list[Guest], each: int) -> Iterator[Rush]:
        """Answers alone: one by one, then ten in a sync."""
        ready: list[tuple[Phone, Guest, uuid.UUID, list[tuple[int, dict[str, list[str]]]]]] = []
        for guest in guests:
            phone = Phone(self.server.port, guest.token, Seen())
            attempt = begin(phone, self.assessment)
            ready.append((phone, guest, attempt, self.answers_of(attempt)))

        def alone(
            one: tuple[Phone, Guest, uuid.UUID, list[tuple[int, dict[str, list[str]]]]], own: Seen
        ) -> None:
            phone, _guest, attempt, choices = one
            phone.seen = own
            for number in range(each):
                position, fields = choices[number % len(choices)]
                answer(phone, attempt, position, fields, number)

        def together(
            one: tuple[Phone, Guest, uuid.UUID, list[tuple[int, dict[str, list[str]]]]], own: Seen
        ) -> None:
            phone, guest, attempt, choices = one
            phone.seen = own
            phone.line.close()  # who had long answered waited for the others, and the server may have hung up
            for number in range(max(2, each // 4)):
                facts = [
                    {
                        "id": str(uuid.uuid4()),
                        "kind": "response",
                        "attempt": str(attempt),
                        "position": position,
                        "order": each + number,
                        "fields": [[name, value] for name, values in fields.items() for value in values],
                    }
                    for position, fields in (choices * BATCH)[:BATCH]
                ]
                status, text = phone.send("/sync", guest, {"format": 1, "facts": facts})
                if status == 200:
                    own.saved += sum(one["result"] == "counted" for one in json.loads(text)["facts"])

        for what, act in (("answers alone", alone), ("ten answers in a sync", together)):
            meter = Meter(self.server.process.pid)
            yield meter.counted(what, in_threads(self.phones, list(ready), act), 0)


@contextmanager
def hall(
    *, people: int, phones: int, workers: int, threads: int, database: str | None, server: str
) -> Iterator[tuple[Hall, list[Guest]]]:
    """A new house with so many people invited, served."""
    with tempfile.TemporaryDirectory(prefix="ladder-rush-") as name:
        migrated = database == "environment"
        address = os.environ["LADDER_DATABASE"] if migrated else database or f"sqlite:///{name}/ladder.db"
        settings = read_settings(
            {"LADDER_HOME": name, "LADDER_DATABASE": address, "LADDER_SECURE_COOKIES": "off"}
        )
        if not migrated:
            migrate(settings.database)
        house = House(create_app(settings), datetime.now(UTC).replace(microsecond=0))
        assessment = house.assessment(house.course(folder=C05))
        firm, guests = invite(house, people + phones)
        serving = (Other if server else Server)(settings, *options(server, workers, threads))
        serving.start()
        try:
            yield Hall(serving, house, firm, assessment, Answers(house, firm), phones), guests
        finally:
            serving.kill()


def options(server: str, workers: int, threads: int) -> tuple[str, ...]:
    """What a kind of server wants to be told."""
    return (*((server,) if server else ()), "--workers", str(workers), "--threads", str(threads))


class Other(Server):
    """Another server of the same application: `gunicorn-sync` or `granian`, by the Python in LADDER_PYTHON."""

    def command(self, *words: str) -> list[str]:
        """Its command line."""
        if words[0] != "serve":
            return super().command(*words)
        kind, workers, threads = self.options[0], self.options[2], self.options[4]
        port = words[words.index("--port") + 1]
        python = os.environ.get("LADDER_PYTHON", sys.executable)
        if kind == "granian":
            return [
                *(python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port),
                *("--workers", workers, "--blocking-threads", threads, "--no-ws", "--log-level", "warning"),
                "wsgi:app",
            ]
        worker = "sync" if kind == "gunicorn-sync" else kind
        return [
            *(python, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", workers),
            *("--threads", threads if worker == "gthread" else "1", "--worker-class", worker),
            *("--log-level", "warning", "wsgi:app"),
        ]


def run(
    *,
    people: int,
    phones: int,
    workers: int,
    threads: int,
    database: str | None = None,
    every: float = 0.0,
    server: str = "",
) -> Iterator[Rush]:
    """The break, then answers alone, then a hello of the same kind of server; each when it is over."""
    with hall(
        people=people + phones,
        phones=phones,
        workers=workers,
        threads=threads,
        database=database,
        server=server,
    ) as (there, guests):
        there.come("the first", guests[:phones])  # what is made once in each worker
        yield there.come("the break", guests[phones:-phones], every)
        yield from there.answer(guests[-phones:], min(200, max(20, people // 3)))
        if not server:
            yield from bare(Path(there.server.log).parent, phones, min(1500, max(60, 40 * people // phones)))


def find(*, phones: int, workers: int, threads: int, database: str | None, server: str) -> Iterator[Rush]:
    """People come quicker and quicker until the server does not keep up."""
    steps = [round(2 * 1.4**step, 1) for step in range(12)]
    wanted = [max(20, round(rate * 15)) for rate in steps]
    with hall(
        people=sum(wanted), phones=phones, workers=workers, threads=threads, database=database, server=server
    ) as (there, guests):
        there.come("the first", guests[:phones])
        coming = iter(guests[phones:])
        for rate, count in zip(steps, wanted, strict=True):
            one = there.come(f"{rate} people a second", [next(coming) for _one in range(count)], 1 / rate)
            yield one
            if one.errors or one.p99 > SLOWEST:
                return


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
            meter = Meter(process.pid)
            found.append(meter.counted(what, in_threads(phones, list(range(phones)), act), 0))
        return found
    finally:
        process.kill()
        process.wait()


def said(one: Rush) -> str:
    """One line for a person."""
    return (
        f"{one.what}: {one.per_second:.0f} requests/s, p50 {one.p50:.0f} p95 {one.p95:.0f} p99 {one.p99:.0f} ms, "
        f"errors {one.errors} of {one.requests}"
        + (f", {one.saved} answers saved ({one.saved / one.seconds:.0f}/s)" if one.saved else "")
        + (f", {one.in_a_quarter} people in a quarter of an hour" if one.people else "")
        + f", {one.memory_mb:.0f} MB; a request took {one.server_ms:.2f} ms of the server's processor and "
        f"{one.client_ms:.2f} of the client's; the server had {100 * one.server_share:.0f} % of one"
    )


def main() -> None:
    """Run and print."""
    reader = argparse.ArgumentParser(prog="bench.rush", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--people", type=int, default=300)
    reader.add_argument("--phones", type=int, default=16)
    reader.add_argument("--workers", type=int, default=1)
    reader.add_argument("--threads", type=int, default=8)
    reader.add_argument(
        "--database", help="An empty one; `environment`: LADDER_DATABASE, as `script/together --for` sets it."
    )
    reader.add_argument(
        "--every", type=float, default=0.0, help="Seconds from one person's coming to the next's."
    )
    reader.add_argument(
        "--find", action="store_true", help="Quicker and quicker, until p99 passes half a second."
    )
    reader.add_argument(
        "--server", default="", help="gunicorn-sync, gthread or granian instead of `lms serve`."
    )
    reader.add_argument("--quick", action="store_true", help="Thirty people.")
    reader.add_argument("--json", action="store_true")
    wanted = vars(reader.parse_args())
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(143))  # and take the server along
    as_json, ramp = wanted.pop("json"), wanted.pop("find")
    if wanted.pop("quick"):
        wanted["people"] = 30
    if ramp:
        found = find(**{name: wanted[name] for name in wanted if name not in ("people", "every")})
    else:
        found = run(**wanted)
    for one in found:
        print(json.dumps(asdict(one)) if as_json else said(one), flush=True)


if __name__ == "__main__":
    main()
