"""An hour of answers at an even pace: does memory stay flat, does anything break, does it get slower?

usage: .venv/bin/python -m bench.soak [--minutes 60] [--rate 100] [--phones 16] [--database URL] [--json] [--write] [--quick]

People come one after another over real HTTP, begin an assessment, send sixty answers (they change their minds), hand it in and
make room for the next. Answers are due at an even pace whether or not the last one is back, and a reply's time counts
from when its answer was due: a server that stalls is seen to stall. Each minute is one line. Exit 1 when a reply broke, when
less than 99 in 100 due answers were saved, when an answer that was told “saved” is missing afterwards, or when memory grew by
more than a tenth from the end of the first sixth to the end.
"""

import argparse
import itertools
import json
import signal
import statistics
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.kill import Server
from bench.load import Answers, Guest, Phone, Seen, answer, begin, invite, memory_of
from bench.report import machine, put_into_page
from lms.app import create_app
from lms.assessments.models import Response
from lms.migrating import migrate
from lms.settings import read_settings
from tests.house import C05, House

EACH = 60
"""Answers of one person; fewer than a sixth of a second apart they come, so nobody's time runs out."""

MARKS = ("<!-- soak: made by bench.soak --write -->", "<!-- end of soak -->")


@dataclass(frozen=True)
class Minute:
    """What one minute saw."""

    at: int
    saved: int
    p50: float
    p99: float
    errors: int
    memory_mb: float
    disk_mb: float


@dataclass
class Watch:
    """What has been seen since the last minute ended, by all phones."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seconds: list[float] = field(default_factory=list)
    saved: int = 0
    errors: int = 0

    def note(self, seconds: float, *, saved: bool) -> None:
        """One answer came back."""
        with self.lock:
            self.seconds.append(seconds)
            self.saved += saved
            self.errors += not saved

    def take(self) -> tuple[list[float], int, int]:
        """What was seen, and begin anew."""
        with self.lock:
            found = (self.seconds, self.saved, self.errors)
            self.seconds, self.saved, self.errors = [], 0, 0
            return found


class Pace:
    """Says when each answer is due; the clock starts when every phone is ready."""

    def __init__(self, rate: float, seconds: float, phones: int) -> None:
        self.rate, self.seconds, self.last = rate, seconds, int(rate * seconds)
        self.count, self.lock = itertools.count(), threading.Lock()
        self.begun = 0.0
        self.gate = threading.Barrier(phones + 1, action=self._begin, timeout=300)

    def _begin(self) -> None:
        self.begun = time.perf_counter()

    def due(self) -> Iterator[float]:
        """Wait for one due moment after another, until the time is over."""
        self.gate.wait()
        while True:
            with self.lock:
                number = next(self.count)
            if number >= self.last or time.perf_counter() > self.begun + self.seconds:
                return  # what is due and was not sent in time is missing from what was saved
            at = self.begun + number / self.rate
            time.sleep(max(0.0, at - time.perf_counter()))
            yield at


class Coming:
    """One guest after another, for all phones."""

    def __init__(self, guests: list[Guest], port: int, assessment: uuid.UUID, answers_of: Answers) -> None:
        self.guests, self.lock = iter(guests), threading.Lock()
        self.port, self.assessment, self.answers_of = port, assessment, answers_of

    def take(self) -> tuple[Phone, uuid.UUID, list[tuple[int, dict[str, list[str]]]]]:
        """The next one, with an attempt begun and its right answers."""
        with self.lock:
            guest = next(self.guests)
        phone = Phone(self.port, guest.token, Seen())
        attempt = begin(phone, self.assessment)
        return phone, attempt, self.answers_of(attempt)


def act(coming: Coming, pace: Pace, watch: Watch) -> None:
    """One phone: one person after another."""
    phone, attempt, choices = coming.take()
    count = 0
    for at in pace.due():
        if count == EACH:
            status, _to, _text = phone.ask("POST", f"/attempts/{attempt}/submit", {})
            if status != 302:
                raise RuntimeError(f"handing in: {status}")
            phone.line.close()
            (phone, attempt, choices), count = coming.take(), 0
        position, fields = choices[count % len(choices)]
        before = phone.seen.saved
        answer(phone, attempt, position, fields, count)
        watch.note(time.perf_counter() - at, saved=phone.seen.saved > before)
        count += 1


def soak(
    *, minutes: float, rate: float, phones: int, database: str | None, tell: Any = None
) -> dict[str, Any]:
    """Run it; each minute, and what is in the database afterwards."""
    with tempfile.TemporaryDirectory(prefix="ladder-soak-") as name:
        folder = Path(name)
        settings = read_settings(
            {
                "LADDER_HOME": name,
                "LADDER_DATABASE": database or f"sqlite:///{folder}/ladder.db",
                "LADDER_SECURE_COOKIES": "off",
            }
        )
        migrate(settings.database)
        house = House(create_app(settings), datetime.now(UTC).replace(microsecond=0))
        assessment = house.assessment(house.course(folder=C05))
        people = int(rate * minutes * 60 / EACH) + 2 * phones
        firm, guests = invite(house, people)
        server = Server(settings, "--threads", "8")
        server.start()
        found: list[Minute] = []
        broken: list[BaseException] = []
        watch, pace = Watch(), Pace(rate, minutes * 60, phones)
        coming = Coming(guests, server.port, assessment, Answers(house, firm))

        def go() -> None:
            try:
                act(coming, pace, watch)
            except BaseException as error:  # a thread's failure must reach the run
                broken.append(error)
                pace.gate.abort()
                raise

        threads = [threading.Thread(target=go) for _one in range(phones)]
        try:
            for thread in threads:
                thread.start()
            pace.gate.wait()
            step = min(60.0, minutes * 10)
            alive = True
            while alive and not broken:
                until = pace.begun + step * (len(found) + 1)
                while time.perf_counter() < until and alive:
                    time.sleep(0.2)
                    alive = any(thread.is_alive() for thread in threads)
                seconds, saved, errors = watch.take()
                cuts = statistics.quantiles(seconds or [0.0], n=100) if len(seconds) > 1 else [0.0] * 99
                disk = sum(one.stat().st_size for one in folder.iterdir() if one.is_file()) / 1e6
                found.append(
                    Minute(
                        round(time.perf_counter() - pace.begun),
                        saved,
                        1000 * cuts[49],
                        1000 * cuts[98],
                        errors,
                        memory_of(server.process.pid),
                        disk,
                    )
                )
                if tell:
                    tell(found[-1])
            for thread in threads:
                thread.join()
            took = time.perf_counter() - pace.begun
        finally:
            server.kill()
        if broken:
            raise broken[0]
        with house.writing(firm) as session:
            kept = session.scalar(select(func.count()).select_from(Response).where(Response.firm_id == firm))
        saved = sum(one.saved for one in found)
        early, late = found[len(found) // 6], found[-1]
        return {
            **machine(),
            "took": took,
            "rate": rate,
            "due": pace.last,
            "saved": saved,
            "per_second": saved / took,
            "kept": kept,
            "errors": sum(one.errors for one in found),
            "memory_mb": [
                found[0].memory_mb,
                early.memory_mb,
                found[len(found) // 2].memory_mb,
                late.memory_mb,
            ],
            "grew": late.memory_mb / early.memory_mb - 1,
            "minutes": [asdict(one) for one in found],
        }


def well(found: dict[str, Any]) -> bool:
    """Whether it held."""
    return bool(
        not found["errors"]
        and found["saved"] >= 0.99 * found["due"]
        and found["kept"] == found["saved"]
        and found["grew"] <= 0.1
    )


def as_markdown(found: dict[str, Any]) -> str:
    """The run in one paragraph and a table of six moments."""
    minutes = found["minutes"]
    shown = sorted({*range(0, len(minutes), max(1, len(minutes) // 6)), len(minutes) - 1})
    rows = [
        f"| {one['at'] / 60:.1f} | {one['saved']} | {one['p50']:.0f} | {one['p99']:.0f} | {one['errors']} | "
        f"{one['memory_mb']:.0f} | {one['disk_mb']:.0f} |"
        for one in (minutes[at] for at in shown)
    ]
    return "\n".join(
        [
            f"Measured {found['at']} on {found['machine']}; load when it ended {found['load']}. "
            f"{found['saved']} answers saved in {found['took'] / 60:.1f} minutes ({found['per_second']:.0f} a second of "
            f"{found['rate']:.0f} wanted), {found['kept']} in the database, errors {found['errors']}; "
            f"memory from the first sixth to the end {100 * found['grew']:+.0f} %.",
            "",
            "| after minutes | saved in the last one | p50 ms | p99 | errors | MB of memory | MB on disk |",
            "|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
        ]
    )


def main() -> None:
    """Run, print, exit 1 when it did not hold."""
    reader = argparse.ArgumentParser(prog="bench.soak", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--minutes", type=float, default=60)
    reader.add_argument("--rate", type=float, default=100)
    reader.add_argument("--phones", type=int, default=16)
    reader.add_argument("--database")
    reader.add_argument("--quick", action="store_true", help="One minute.")
    reader.add_argument("--json", action="store_true")
    reader.add_argument("--write", action="store_true", help="Put the table into docs/performance.md.")
    wanted = reader.parse_args()
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(143))  # and take the server along

    def tell(one: Minute) -> None:
        print(
            f"{one.at} s: {one.saved} saved, p50 {one.p50:.0f} p99 {one.p99:.0f} ms, errors {one.errors}, "
            f"{one.memory_mb:.1f} MB, {one.disk_mb:.0f} MB on disk",
            file=sys.stderr,
            flush=True,
        )

    found = soak(
        minutes=1 if wanted.quick else wanted.minutes,
        rate=wanted.rate,
        phones=wanted.phones,
        database=wanted.database,
        tell=tell,
    )
    print(json.dumps(found) if wanted.json else as_markdown(found))
    if wanted.write:
        put_into_page(MARKS, as_markdown(found))
    if not well(found):
        sys.exit(1)


if __name__ == "__main__":
    main()
