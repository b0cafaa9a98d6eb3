"""Requests that mean harm, to a real server: no reply of ours breaks, tells of the inside, or touches another firm.

usage: .venv/bin/python -m bench.hostile [N] [--seed S] [--threads 4]

Signed in as nobody and in five roles of one firm, with the fields of the very forms its pages show. Beside them some lines
are opened and fed a byte a second. Exit 1 when a reply was a 5xx other than 501 and 503, when one held a traceback, a path of the
machine or another firm's word, when a row of the other firm changed, or when the server no longer answers.
"""

import argparse
import contextlib
import html
import http.client
import random
import re
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.kill import Server
from bench.nasty import KINDS, WEIGHTS, Target
from bench.stage import fresh_home
from lms.app import create_app
from lms.foundation.actor import Role
from lms.people.services import sign_in
from lms.settings import Settings
from lms.web.request import db
from tests.conftest import NOON
from tests.gates.test_the_wall_between_firms import CANARY, World, address, build, footprint, routes
from tests.house import House, Someone

ROLES = (None, Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN)
LEAVE_ALONE = re.compile(r"/sign-out|/floor/lock|/me/firms|/me/devices|/me/password|/end$|/sign-in")
INSIDE = re.compile(
    rb"Traceback|File &#34;|File \"/|site-packages|sqlalchemy|sqlite3\.|psycopg|werkzeug\.|\.py\b.{0,9}line"
)
SLOW = 1.5
MEANT = (501, 503)
"""501: a transfer coding that HTTP does not know, as HTTP wants it answered. 503: too busy."""


@dataclass
class Seen:
    """What came back."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    no_reply: int = 0
    slow: int = 0
    slowest: tuple[float, str] = (0.0, "")
    complaints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """Everything, counted."""

    seen: Seen
    alive: bool
    unchanged: bool
    traces: int
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nothing broke, told or touched."""
        return not self.seen.complaints and self.alive and self.unchanged

    def __str__(self) -> str:
        statuses = ", ".join(f"{status}: {times}" for status, times in sorted(self.seen.statuses.items()))
        return (
            f"{self.seen.sent} requests in {self.seconds:.0f} s ({statuses}; no reply {self.seen.no_reply}); slower than "
            f"{SLOW} s {self.seen.slow}, slowest {self.seen.slowest[0]:.1f} s ({self.seen.slowest[1]}); complaints "
            f"{len(self.seen.complaints)}; tracebacks in the server's log {self.traces}; the other firm's rows "
            f"{'unchanged' if self.unchanged else 'CHANGED'}; the server {'answers' if self.alive else 'IS GONE'}"
        )


def token_for(house: House, someone: Someone) -> str:
    """A device's token."""
    with house.writing(someone.firm_id) as session:
        return sign_in.open_sign_in(
            session,
            person_id=someone.id,
            firm_id=someone.firm_id,
            user_agent="hostile",
            now=datetime.now(UTC),
        )


def fetch(port: int, path: str, cookies: str) -> tuple[int, str, list[str]]:
    """A page, as a browser would ask for it."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("GET", path, headers={"Cookie": cookies})
        reply = line.getresponse()
        set_ = [one.split(";", 1)[0] for one in reply.headers.get_all("Set-Cookie") or ()]
        return reply.status, reply.read().decode("utf-8", "replace"), set_
    finally:
        line.close()


def forms_of(page: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Each form that a page would send by POST, with its fields as they stand."""
    found = []
    for head, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", page, re.S):
        action = re.search(r'action="([^"]*)"', head)
        if 'method="post"' not in head.lower() or action is None:
            continue
        fields = []
        for tag in re.findall(r"<(?:input|textarea|select|button)\b[^>]*>", inside):
            name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                fields.append((html.unescape(name[1]), html.unescape(value[1]) if value else "x"))
        found.append((html.unescape(action[1]), tuple(fields)))
    return found


def target_for(house: House, port: int, someone: Someone | None, world: World, theirs: World) -> Target:
    """What this person can be asked to do harm with."""
    stranger = str(uuid.uuid4())
    cookies = f"ladder={token_for(house, someone)}" if someone else ""
    reads, forms, jar = [], [], dict[str, str]()
    for rule, method in routes(house.app):
        own = address(rule, world.ids, stranger)
        others = address(rule, theirs.ids, stranger)
        if LEAVE_ALONE.search(own):
            continue
        if method == "POST":
            forms += [(own, (("fact_id", stranger), ("answer", "a"))), (others, (("fact_id", stranger),))]
            continue
        reads += [own, others]
        if "job" in own or "export" in own:
            continue
        status, page, set_ = fetch(port, own, "; ".join([cookies, *(f"{k}={v}" for k, v in jar.items())]))
        if status >= 500:
            raise RuntimeError(f"{own} is broken for everybody: {status}")
        jar |= dict(one.split("=", 1) for one in set_)
        forms += [one for one in forms_of(page) if not LEAVE_ALONE.search(one[0])]
    tokens = [dict(fields).get("csrf_token") for _action, fields in forms]
    token = next((one for one in reversed(tokens) if one), "")
    forms = [
        (action, (*((name, text) for name, text in fields if name != "csrf_token"), ("csrf_token", token)))
        for action, fields in forms
    ]
    if not someone:
        forms += [("/sign-in", (("name", "x"), ("password", "x"), ("firm", ""), ("csrf_token", token)))]
    whole = "; ".join([*([cookies] if cookies else []), *(f"{name}={text}" for name, text in jar.items())])
    return Target(reads, forms, whole, str(someone.id) if someone else stranger)


class Attack:
    """So many requests from some threads."""

    def __init__(self, port: int, targets: list[Target], seed: int) -> None:
        self.port, self.targets, self.chance = port, targets, random.Random(seed)
        self.seen, self.lock = Seen(), threading.Lock()
        self.over = threading.Event()

    def run(self, count: int, threads: int) -> None:
        """Send them all."""
        workers = [
            threading.Thread(target=self._share, args=(count // threads, self.chance.random()))
            for _one in range(threads)
        ]
        drip = threading.Thread(target=self._drip)
        for one in (*workers, drip):
            one.start()
        for one in workers:
            one.join()
        self.over.set()
        drip.join()

    def _share(self, count: int, seed: float) -> None:
        chance = random.Random(seed)
        for _one in range(count):
            target = chance.choice(self.targets)
            [kind] = chance.choices(list(KINDS), WEIGHTS)
            self._send(kind, KINDS[kind](target, chance))

    def _send(self, kind: str, sent: bytes) -> None:
        begun, status, text = time.monotonic(), 0, b""
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            socket.create_connection(("127.0.0.1", self.port), timeout=60) as line,
        ):
            with contextlib.suppress(OSError):
                line.sendall(sent)  # the server may have heard enough
            if kind == "broken frame":
                line.shutdown(socket.SHUT_WR)
            reply = http.client.HTTPResponse(line)
            reply.begin()
            status, text = reply.status, reply.read()
        took, head = time.monotonic() - begun, f"{kind}: {sent[:160]!r}"
        with self.lock:
            self.seen.sent += 1
            self.seen.no_reply += status == 0
            self.seen.statuses[status] += bool(status)
            self.seen.slow += took > SLOW
            self.seen.slowest = max(self.seen.slowest, (took, head))
            if (status >= 500 and status not in MEANT) or INSIDE.search(text) or CANARY.encode() in text:
                found = INSIDE.search(text)
                why = f"{status} {found[0]!r}" if found else str(status)
                self.seen.complaints.append(f"{why} {head} … {sent[-200:]!r}")

    def _drip(self) -> None:
        """Slow lines: a few, each fed a byte a second."""
        lines = [socket.create_connection(("127.0.0.1", self.port), timeout=60) for _one in range(3)]
        sent = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n" + b"x" * 40
        at = 0
        while not self.over.wait(1):
            for line in lines:
                with contextlib.suppress(OSError):
                    line.sendall(sent[at % len(sent) : at % len(sent) + 1])
            at += 1
        for line in lines:
            line.close()


def attack(
    settings: Settings, *, count: int, seed: int, threads: int = 4, roles: Sequence[Role | None] = ROLES
) -> Outcome:
    """Two firms, one server, so many requests."""
    app = create_app(settings)
    house = House(app, NOON)
    app.config["WTF_CSRF_ENABLED"] = True
    ours, theirs = build(house, "Ours"), build(house, CANARY)
    people = [house.person(ours.firm_id, role, name=f"Harm {role}") if role else None for role in roles]
    before = footprint(house, theirs.firm_id)
    server = Server(settings)
    server.environment["LADDER_JOBS"] = "off"  # the other firm's rows are to stay as they are
    server.start()
    begun = time.monotonic()
    try:
        targets = [target_for(house, server.port, one, ours, theirs) for one in people]
        whole = Attack(server.port, targets, seed)
        whole.run(count, threads)
        status, _page, _set = fetch(server.port, "/health/ready", "")
    finally:
        server.kill()
    after = footprint(house, theirs.firm_id)
    with app.app_context():
        db.engine.dispose()
    return Outcome(
        whole.seen,
        status == 200,
        after == before,
        server.log.read_text(errors="replace").count("Traceback"),
        time.monotonic() - begun,
    )


def main() -> None:
    """Attack, tell, and show the first complaints."""
    reader = argparse.ArgumentParser(prog="bench.hostile", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("count", nargs="?", type=int, default=10_000)
    reader.add_argument("--threads", type=int, default=4)
    reader.add_argument("--log", type=Path, help="Keep the server's log here.")
    reader.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    wanted = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="ladder-hostile-") as folder:
        settings = fresh_home(Path(folder))
        outcome = attack(settings, count=wanted.count, seed=wanted.seed, threads=wanted.threads)
        if wanted.log:
            wanted.log.write_text((settings.home / "server.log").read_text(errors="replace"))
    print(f"{outcome} (seed {wanted.seed})")
    for one in outcome.seen.complaints[:20]:
        print("  " + one)
    sys.exit(0 if outcome.good else 1)


if __name__ == "__main__":
    main()
