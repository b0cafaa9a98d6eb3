"""Kinds of trouble for a server that people answer to. Each ends in a count against what was told “saved”."""

import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from bench import power
from bench.kill import Answer, Outcome, Phone, Told
from bench.stage import RecordedServer, Stage, stage
from lms.courses.packages import read_folder
from lms.courses.services import publish_package
from lms.foundation.actor import Actor, Role
from tests.house import ASSOCIATION, C05, PASSWORD


@dataclass(frozen=True)
class Result:
    """One fault, counted."""

    survived: bool
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    told: dict[str, int] = field(default_factory=dict)
    note: str = ""


def judged(
    built: Stage,
    outcome: Outcome,
    *,
    note: str = "",
    and_also: bool = True,
    meant: tuple[int, ...] = (503,),
) -> Result:
    """What the count of the phones' answers says; beside “saved” only what is `meant` may have been told."""
    refused = built.refused()
    told = {"saved": outcome.acknowledged} | {str(status): times for status, times in refused.items()}
    if outcome.cut_off:
        told["cut off"] = outcome.cut_off
    return Result(
        survived=outcome.good and set(refused) <= set(meant) and and_also,
        acknowledged=outcome.acknowledged,
        lost=outcome.lost,
        doubled=outcome.doubled,
        told=told,
        note=note or ("" if outcome.good else str(outcome)),
    )


def many_at_once(quick: bool) -> Result:
    """No trouble but each other: nobody is told to come back later."""
    with stage(answers=180 if quick else 1800) as built:
        outcome = built.answer()
        return judged(built, outcome, and_also=not built.refused())


def kill(quick: bool) -> Result:
    """`kill -9` of the server while people answer."""
    with stage(answers=120 if quick else 600) as built:

        def trouble() -> int:
            for _kill in range(2 if quick else 5):
                built.server.kill()
                built.server.start()
                time.sleep(0.3)
            return 2 if quick else 5

        return judged(built, built.answer(trouble))


def power_cut(quick: bool) -> Result:
    """The power goes: only what was flushed is sure to be on the disk."""
    found = power.run(cuts=400 if quick else 4000, answers=300 if quick else 1200, seed=1)
    return Result(found.good, found.acknowledged, found.lost, found.doubled, {}, str(found))


def misbehaving(mood: str, status: int | None) -> Callable[[bool], Result]:
    """A disk of that mood for a while; people are told the status, or (none) only wait."""

    def fault(quick: bool) -> Result:
        with stage(answers=120 if quick else 600, recorded=True) as built:
            assert isinstance(built.server, RecordedServer)
            behave = built.server.behave

            def trouble() -> None:
                behave(mood)
                if status:
                    built.wait_for_refusal(status, 12)
                else:
                    built.wait_for(built.acknowledged() + 10)
                behave("")

            return judged(built, built.answer(trouble))

    return fault


def worker_ids(built: Stage) -> list[int]:
    """The processes that serve."""
    parent = built.server.process.pid
    return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def file_limit(quick: bool) -> Result:
    """The system itself refuses to let a file grow, as a quota does."""
    with stage(answers=120 if quick else 600) as built:

        def trouble() -> None:
            [worker] = worker_ids(built)
            size = (built.settings.home / "ladder.db-wal").stat().st_size
            before = resource.prlimit(worker, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            built.wait_for_refusal(503, 12)
            resource.prlimit(worker, resource.RLIMIT_FSIZE, before)

        return judged(built, built.answer(trouble))


def little_memory(quick: bool) -> Result:
    """The serving process gets no more memory; later it does."""
    with stage(answers=120 if quick else 600) as built:

        def trouble() -> None:
            [worker] = worker_ids(built)
            now = int(Path(f"/proc/{worker}/statm").read_text().split()[0]) * resource.getpagesize()
            before = resource.prlimit(worker, resource.RLIMIT_AS, (now, resource.RLIM_INFINITY))
            hungry = Phone(built.server.port)
            for _try in range(5):
                try:
                    hungry.ask(hungry.lines[0], "POST", "/sign-in", "next=" + "x" * 900_000)
                    hungry.hear(hungry.lines[0])
                except OSError:
                    hungry.lines[0].close()
            time.sleep(1)
            resource.prlimit(worker, resource.RLIMIT_AS, before)

        return judged(built, built.answer(trouble))


def locked(_quick: bool) -> Result:
    """Another process holds the database for longer than anybody is asked to wait."""
    with stage(answers=60) as built:

        def trouble() -> None:
            other = sqlite3.connect(built.settings.home / "ladder.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            built.wait_for_refusal(503)
            other.execute("ROLLBACK")
            other.close()

        return judged(built, built.answer(trouble))


def overload(_quick: bool) -> Result:
    """Everybody waits; whoever comes after ten seconds of that is told at once, kindly, and the rest is served."""
    with stage(answers=60) as built:
        told: list[tuple[int, bool, float]] = []

        def visit() -> None:
            with built.server.connection() as line:
                begun = time.monotonic()
                line.request("GET", "/sign-in")
                reply = line.getresponse()
                told.append(
                    (reply.status, b"What was saved is safe" in reply.read(), time.monotonic() - begun)
                )

        def trouble() -> None:
            other = sqlite3.connect(built.settings.home / "ladder.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            # Six phones with two lines would leave a thread or two: others ask for what writes, too.
            crowd = [threading.Thread(target=visit_and_write, args=(built,)) for _one in range(20)]
            for one in crowd:
                one.start()
            time.sleep(12.5)
            visit()
            other.execute("ROLLBACK")
            other.close()
            for one in crowd:
                one.join()
            visit()

        outcome = built.answer(trouble)
        [turned_away, later] = told
        note = f"turned away with {turned_away[0]} in {turned_away[2]:.2f} s, afterwards {later[0]}"
        good = turned_away[:2] == (503, True) and turned_away[2] < 1 and later[0] == 200
        return judged(built, outcome, note=note, and_also=good)


def visit_and_write(built: Stage) -> None:
    """A request that has to write; whatever it is told."""
    phone = Phone(built.server.port)
    with suppress(OSError, HTTPException, RuntimeError):
        phone.open("/sign-in")
        someone = built.people[0]
        phone.post("/sign-in", {"name": someone.email, "password": PASSWORD, "firm": "", "next": ""})


def gone_and_back(_quick: bool) -> Result:
    """The database's folder is away (an unmounted disk), then there again."""
    with stage(answers=120) as built:

        def trouble() -> None:
            names = ("ladder.db", "ladder.db-wal", "ladder.db-shm")
            away = built.settings.home / "away"
            away.mkdir()
            for name in names:
                (built.settings.home / name).rename(away / name)
            time.sleep(1.5)
            left = [name for name in names if (built.settings.home / name).exists()]
            for name in left:
                (built.settings.home / name).unlink()
            for name in names:
                (away / name).rename(built.settings.home / name)
            strays.extend(left)

        strays: list[str] = []
        outcome = built.answer(trouble)
        note = f"an empty one was put in its place: {', '.join(strays)}" if strays else ""
        return judged(built, outcome, note=note, and_also=not strays)


def deploy(quick: bool) -> Result:
    """Old processes are told to end, new ones start, and the course is published anew, all in the midst of attempts."""
    with stage(answers=120 if quick else 600) as built:

        def trouble() -> int:
            for edition in range(2):
                publish_anew(built, edition)
                os.kill(built.server.process.pid, signal.SIGTERM)
                built.server.process.wait(timeout=40)
                built.server.start()
                built.wait_for(built.acknowledged() + 10)
            return 0

        return judged(built, built.answer(trouble))


def publish_anew(built: Stage, edition: int) -> None:
    """Another version of the course, each question's words changed."""
    folder = built.settings.home / f"edition-{edition}"
    shutil.copytree(C05, folder)
    for file in folder.rglob("*.yaml"):
        file.write_text(
            re.sub(r"^(\s*stem: )(?=\w)", rf"\1(Edition {edition}) ", file.read_text(), flags=re.M)
        )
    author = Actor(built.house._author(), ASSOCIATION, "Author", frozenset({Role.ASSOCIATION, Role.TRAINER}))
    with built.house.writing(ASSOCIATION) as session:
        publish_package(
            session,
            actor=author,
            package=read_folder(folder),
            storage=built.app.extensions["storage"],
            note="another edition",
            now=built.house.noon,
        )


@contextmanager
def raw(built: Stage) -> Iterator[socket.socket]:
    """A bare line to the server, reset at the end as by a phone that loses its network."""
    with socket.create_connection(("127.0.0.1", built.server.port), timeout=30) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        yield line


def request_for(phone: Phone, answer: Answer) -> bytes:
    """An answer as bytes on the line."""
    fields = {**answer.fields, "response_id": [str(answer.id)], "order": [str(answer.order)]}
    body = phone.body(fields).encode()
    cookies = "; ".join(f"{name}={value}" for name, value in phone.cookies.items())
    head = (
        f"POST {answer.address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nX-Partial: 1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def cut_connections(quick: bool) -> Result:
    """The line is cut in each state; the repeat over a new line is told the first result."""
    with stage(answers=120 if quick else 600) as built:
        states: Counter[str] = Counter()

        def cut_each() -> None:
            for phone, own in zip(built.phones, built.sent, strict=True):
                for number, answer in enumerate(own):
                    whole = request_for(phone, answer)
                    head = whole.index(b"\r\n\r\n") + 4
                    name, upto = (
                        ("before the request", 0),
                        ("in the headers", head // 2),
                        ("in the body", head + (len(whole) - head) // 2),
                        ("before the reply is read", len(whole)),
                    )[number % 4]
                    with raw(built) as line:
                        line.sendall(whole[:upto])
                        if upto == len(whole) and number % 8 == 3:
                            line.recv(1)  # the reply has begun to leave
                    states[name] += 1

        cut_each()
        outcome = built.answer()
        return judged(built, outcome, note=", ".join(f"{times} {name}" for name, times in states.items()))


def half_upload(quick: bool) -> Result:
    """A file whose upload ends in the middle leaves nothing behind."""
    with stage(answers=60) as built:
        admin = built.house.person(built.firm_id, Role.FIRM_ADMIN)
        phone = Phone(built.server.port)
        phone.open("/sign-in")
        phone.post("/sign-in", {"name": admin.email, "password": "purple mango bicycle rain", "next": ""})
        phone.open("/people/import")
        cookies = "; ".join(f"{name}={value}" for name, value in phone.cookies.items())
        part = "--x\r\nContent-Disposition: form-data; name="
        body = (
            f'{part}"csrf_token"\r\n\r\n{phone.token}\r\n{part}"file"; filename="people.csv"\r\n'
            "Content-Type: text/csv\r\n\r\nname,email\r\n" + "Ana,ana@example.bz\r\n" * 2000 + "\r\n--x--\r\n"
        ).encode()
        head = (
            f"POST /people/import HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        before = stored(built)
        for cut in range(6 if quick else 60):
            with raw(built) as line:
                line.sendall(head + body[: len(body) * cut // (6 if quick else 60)])
        outcome = built.answer()
        left = stored(built) - before
        return judged(built, outcome, note=f"files left behind {len(left)}", and_also=not left)


def stored(built: Stage) -> set[Path]:
    """Every file that is kept."""
    return {path for path in built.settings.files.rglob("*") if path.is_file()}


def repeated(phone: Phone, answer: Answer) -> str:
    """Send an answer once more; the moment it is told."""
    told = Told()
    phone.send(answer, told)
    return told.saved[answer.id]
