"""Trouble with the servers beside ours: PostgreSQL, its standby, Redis, and the worker of the background."""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.clusters import NAME, OWNER, Cluster, Redis, cluster
from bench.faults import Result, judged
from bench.kill import Outcome, Phone, Server
from bench.stage import Stage, stage
from bench.worker import ACT, KIND
from lms.foundation.actor import Actor
from lms.foundation.ids import new_id
from lms.foundation.jobs import Job, Order, enqueue
from lms.migrating import migrate
from lms.people.models import AuditEntry
from lms.settings import Settings, read_settings


@contextmanager
def on_postgresql(
    answers: int, *options: str, beside: Callable[[Cluster], Cluster] | None = None
) -> Iterator[tuple[Stage, Cluster, Cluster | None]]:
    """A stage whose database is a PostgreSQL server of its own, with another that follows it when wanted."""
    with cluster(*options) as first:
        owner = read_settings({"LADDER_DATABASE": first.address(role=OWNER)})
        migrate(owner.database)
        first.let_web_in()
        second = beside(first) if beside else None
        try:
            address = first.address(*([second] if second else []))
            with stage(answers=answers, database=address) as built:
                yield built, first, second
        finally:
            if second:
                second.end()


def database_killed(quick: bool) -> Result:
    """`kill -9` of PostgreSQL and all its processes while people answer; it mends itself from its log."""
    with on_postgresql(120 if quick else 600) as (built, first, _second):

        def trouble() -> int:
            for _kill in range(2 if quick else 5):
                first.kill()
                time.sleep(0.3)
                first.start()
                built.wait_for(built.acknowledged() + 10)
            return 0

        return judged(built, built.answer(trouble))


def database_away(quick: bool) -> Result:
    """PostgreSQL is stopped as for an upgrade; people are told to come back; it is started again."""
    with on_postgresql(120 if quick else 600) as (built, first, _second):

        def trouble() -> int:
            for _stop in range(1 if quick else 3):
                first.stop()
                built.wait_for_refusal(503, built.refused()[503] + 6)
                first.start()
                built.wait_for(built.acknowledged() + 10)
            return 0

        return judged(built, built.answer(trouble))


def failover(quick: bool) -> Result:
    """The primary is killed for good; its synchronous standby is promoted; every answer that was told “saved” is on it."""

    def follow(first: Cluster) -> Cluster:
        second = first.standby(first.folder.parent / "second")
        first.options = (*first.options, "synchronous_standby_names=*")
        first.stop()
        first.start()
        for _look in range(200):
            [(state,)] = first.ask("SELECT max(sync_state) FROM pg_stat_replication")
            if state == "sync":
                return second
            time.sleep(0.1)
        raise RuntimeError("the standby does not follow")

    with on_postgresql(120 if quick else 600, beside=follow) as (built, first, second):
        assert second is not None
        on_it = 0

        def trouble() -> int:
            nonlocal on_it
            before = built.acknowledged()
            first.kill()
            second.promote()
            [(on_it,)] = second.ask("SELECT count(*) FROM response", name="ladder")  # type: ignore[assignment]
            built.wait_for(max(built.acknowledged(), before) + 10)
            return 0

        outcome = built.answer(trouble)
        return judged(built, outcome, note=f"{on_it} answers on the standby when it took over")


def point_in_time(quick: bool) -> Result:
    """The database's folder is lost; a base backup from before and the shipped log bring every answer back elsewhere."""
    with tempfile.TemporaryDirectory(prefix="ladder-wal-") as name:
        wal = Path(name)
        wal.chmod(0o777)
        ships = ("archive_mode=on", f"archive_command=test ! -f {wal}/%f && cp %p {wal}/%f")
        with on_postgresql(120 if quick else 600, *ships) as (built, first, _second):
            base = first.folder.parent / "base"

            def trouble() -> int:
                first.base_backup(base)
                return 0

            outcome = built.answer(trouble)
            [(last,)] = first.ask("SELECT pg_walfile_name(pg_switch_wal())")
            for _look in range(300):
                if (wal / str(last)).exists():
                    break
                time.sleep(0.1)
            first.kill()
            there = Cluster(base, f"restore_command=cp {wal}/%f %p", "archive_mode=off")
            (base / "recovery.signal").touch()
            (base / "recovery.signal").chmod(0o644)
            there.start()
            try:
                for _look in range(300):
                    if there.ask("SELECT pg_is_in_recovery()") == [(False,)]:
                        break
                    time.sleep(0.1)
                back = {str(row[0]) for row in there.ask("SELECT id FROM response", name=NAME)}
            finally:
                there.end()
            told = {str(id) for one in built.told for id in one.saved}
            note = f"restored elsewhere from the base backup and the log: {len(back)} answers, missing {len(told - back)}"
            return judged(built, outcome, note=note, and_also=not told - back)


class Crew:
    """Workers of the background, each a process, and jobs for them. What they do must be in the firm's log, once."""

    def __init__(self, built: Stage, *, lease: float) -> None:
        self.built, self.lease = built, lease
        self.asker = built.house.person(built.firm_id)
        self.at_work: list[subprocess.Popen[bytes]] = []
        self.asked: list[str] = []

    def hire(self) -> None:
        """One more worker."""
        environment = self.built.server.environment | {"PYTHONPATH": str(Path(__file__).parents[1])}
        with (self.built.settings.home / "worker.log").open("ab") as log:
            self.at_work.append(
                subprocess.Popen(
                    [sys.executable, "-m", "bench.worker", str(self.lease)],
                    env=environment,
                    stdout=log,
                    stderr=log,
                )
            )

    def kill(self) -> None:
        """`kill -9` of the one that has worked longest."""
        gone = self.at_work.pop(0)
        gone.kill()
        gone.wait()

    def ask(self, count: int) -> None:
        """So many jobs."""
        for _job in range(count):
            order = Order(new_id(), KIND.name, "a job")
            self.built.house.act(self.asker, self._enqueue, order=order)
            self.asked.append(str(order.id))
        self.built.let_go()

    @staticmethod
    def _enqueue(session: Session, *, actor: Actor, now: datetime, order: Order) -> Job:
        return enqueue(session, order, actor=actor, now=now)

    def done(self) -> list[str]:
        """The jobs that the firm's log tells of."""
        with self.built.house.writing(self.built.firm_id) as session:
            found = select(AuditEntry.subject).where(
                AuditEntry.firm_id == self.built.firm_id, AuditEntry.act == ACT
            )
            told = list(session.scalars(found))
        self.built.let_go()
        return told

    def wait_for(self, count: int) -> None:
        """Until so many are done. Raises RuntimeError after two minutes."""
        for _look in range(1200):
            if len(self.done()) >= count:
                return
            time.sleep(0.1)
        raise RuntimeError(f"{len(self.done())} of {count} jobs in two minutes")

    def judged(self, outcome: Outcome, note: str) -> Result:
        """The answers' count, and the jobs' beside it."""
        times = Counter(self.done())
        lost, doubled = set(self.asked) - set(times), sum(n - 1 for n in times.values())
        note += f"jobs {len(self.asked)}, lost {len(lost)}, done twice {doubled}"
        return judged(self.built, outcome, note=note, and_also=not lost and not doubled)


@contextmanager
def crew(answers: int, workers: int, *, lease: float) -> Iterator[Crew]:
    """A stage with workers beside its server; all gone afterwards."""
    with stage(answers=answers) as built:
        made = Crew(built, lease=lease)
        try:
            for _one in range(workers):
                made.hire()
            yield made
        finally:
            while made.at_work:
                made.kill()


def worker_killed(quick: bool) -> Result:
    """`kill -9` of the worker in the midst of its jobs; another takes them when the lease has ended."""
    with crew(60 if quick else 300, 1, lease=1.5) as made:
        kills = 4 if quick else 20
        jobs = 10 * kills

        def trouble() -> int:
            made.ask(jobs)
            for number in range(kills):
                made.wait_for(6 * number + 3)
                made.kill()
                made.hire()
            made.wait_for(jobs)
            return 0

        return made.judged(made.built.answer(trouble), f"workers killed {kills}; ")


def two_workers(quick: bool) -> Result:
    """Three workers look at one list; each job is done by one of them."""
    with crew(60 if quick else 300, 3, lease=60) as made:
        jobs = 60 if quick else 300

        def trouble() -> int:
            made.ask(jobs)
            made.wait_for(jobs)
            return 0

        return made.judged(made.built.answer(trouble), "workers 3; ")


def redis_gone(quick: bool) -> Result:
    """Redis, which counts the rate limits for all processes, is killed and comes back; people notice nothing."""
    redis = Redis()
    redis.start()

    def with_redis(settings: Settings) -> Server:
        made = Server(settings)
        made.environment["LADDER_REDIS"] = redis.address
        return made

    try:
        with stage(answers=120 if quick else 600, server=with_redis) as built:
            redis_keys = redis.count()

            def trouble() -> int:
                for _kill in range(1 if quick else 5):
                    redis.kill()
                    newcomer = Phone(built.server.port)
                    newcomer.begin(built.house.person(built.firm_id), built.assessment_id)
                    built.wait_for(built.acknowledged() + 10)
                    redis.start()
                    built.wait_for(built.acknowledged() + 10)
                return 0

            outcome = built.answer(trouble)
            return judged(
                built,
                outcome,
                note=f"limits counted in Redis before: {redis_keys}; sign-in, attempt and answers while it was away",
                and_also=not built.refused() and redis_keys > 0,
            )
    finally:
        redis.kill()


class Jumping(Server):
    """`lms serve` whose clock can be set while it runs."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.jump = settings.home / "jump"
        self.environment["PYTHONPATH"] = str(Path(__file__).parents[1])

    def command(self, *words: str) -> list[str]:
        """Only serving jumps."""
        plain = super().command(*words)
        return [plain[0], "-m", "bench.jumping", str(self.jump), *words] if words[0] == "serve" else plain

    def set(self, seconds: int) -> None:
        """So many seconds from the truth."""
        beside = self.jump.with_suffix(".new")
        beside.write_text(str(seconds))
        beside.replace(self.jump)


def clock_jumps(quick: bool) -> Result:
    """The server's clock jumps an hour ahead, back before the attempt began, a year ahead, and home.

    What arrives when the clock says that the time was up is kept and not counted, and told so; nothing else may change.
    """
    with stage(answers=120 if quick else 600, server=Jumping) as built:
        assert isinstance(built.server, Jumping)
        jump = built.server.set

        def trouble() -> int:
            for seconds in (3600, -3 * 3600, -1, 400 * 86400, 0):
                jump(seconds)
                built.wait_for(built.acknowledged() + 10, patience=3)
            return 0

        outcome = built.answer(trouble)
        uncounted = len(set().union(*(one.uncounted for one in built.told)))
        honest = replace(
            outcome,
            changed=outcome.changed - uncounted,
            misordered=0 if uncounted else outcome.misordered,
        )
        note = f"of them kept and not counted, and told so: {uncounted}"
        return judged(built, honest, note=note, meant=(401, 503))
