"""Doing jobs: one at a time in each process, inside the job's firm, its end in the transaction of what it did.

`kill -9` at any moment leaves the job with a lease that nobody prolongs; whoever looks next takes it again. What the
killed one did was never committed, because the act and the job's end are one commit.
"""

import logging
import os
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lms.foundation import job_queue as queue
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import LadderError, NotAllowed
from lms.foundation.jobs import BELL, JobKind, JobState, Run, in_words
from lms.foundation.wall import enter, leave
from lms.people import queries as people
from lms.web.request import db

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)


class Worker:
    """Does the jobs of one program, one after another."""

    def __init__(
        self,
        app: Flask,
        *,
        kinds: Mapping[str, JobKind] | None = None,
        lease: timedelta = queue.LEASE,
        look_every: timedelta = LOOK_EVERY,
    ) -> None:
        self.app = app
        self.kinds: Mapping[str, JobKind] = app.extensions["job_kinds"] if kinds is None else kinds
        self.lease, self.look_every = lease, look_every
        self.stopping = threading.Event()

    def now(self) -> datetime:
        """The present moment; a test may set it, as for a request."""
        fixed: datetime | None = self.app.config.get("NOW")
        return fixed or read_clock()

    def run_due(self) -> int:
        """Do everything that is due; how many jobs were taken."""
        count = 0
        while not self.stopping.is_set() and self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Take the next job that is due and do it; whether there was one."""
        with _session(self.app) as session:
            if not queue.is_anything_due(session, now=self.now()):
                return False
            begin_writing(session)
            swept = queue.sweep(session, kinds=self.kinds, now=self.now())
            claimed = queue.claim(session, kinds=list(self.kinds), now=self.now(), lease=self.lease)
            session.commit()
        if swept:
            log.warning("%s jobs were taken back from a worker that is gone", swept)
        if claimed is not None:
            self._do(claimed)
        return claimed is not None

    def run(self) -> None:
        """Do jobs until told to stop."""
        while not self.stopping.is_set():
            BELL.clear()
            try:
                self.run_due()
            except DBAPIError:  # the database is away or busy: the next look finds what this one did not
                log.exception("the jobs could not be looked at")
            BELL.wait(self.look_every.total_seconds())

    def stop(self) -> None:
        """Stop after the job in hand."""
        self.stopping.set()
        BELL.set()

    def _do(self, claimed: queue.Claimed) -> None:
        kind = self.kinds[claimed.kind]
        with _Heart(self, claimed) as heart, _session(self.app) as session:
            enter(session, claimed.firm_id)
            try:
                result = self._work(session, kind, claimed, heart)
                begin_writing(session)
                queue.finish(session, claimed, result=result, now=self.now())
                session.commit()
            except queue.LeaseLost:
                session.rollback()
                log.warning("job %s was too slow and is somebody else's now; nothing was kept", claimed.id)
            except LadderError as error:
                session.rollback()
                self._end(session, claimed, error=in_words(error))
            except (
                Exception
            ) as error:  # as for a request: whatever breaks, the job must be told apart from one that hangs
                session.rollback()
                log.exception("job %s (%s) broke", claimed.id, claimed.kind)
                self._end(session, claimed, error=_where(error), most=kind.most_attempts)

    def _work(
        self, session: Session, kind: JobKind, claimed: queue.Claimed, heart: "_Heart"
    ) -> Mapping[str, Any]:
        now = self.now()
        actor = people.find_actor(session, firm_id=claimed.firm_id, person_id=claimed.asked_by_id, now=now)
        if actor is None:
            raise NotAllowed(queue.GONE)
        kept, post = self.app.extensions["storage"], self.app.extensions["post"]
        push = self.app.extensions["push"]
        run = Run(claimed.id, actor, claimed.arguments, kept, now, heart.tell, post, push)
        result = kind.work(session, run)
        if session.new or session.dirty or session.deleted:
            session.flush()
            if not session.connection().get_execution_options().get("ladder_writes"):
                raise RuntimeError(f"{kind.name} changes things without begin_writing")
        return result

    def _end(
        self,
        session: Session,
        claimed: queue.Claimed,
        *,
        error: Mapping[str, Any],
        most: int | None = None,
    ) -> None:
        begin_writing(session)
        try:
            if most is None:
                queue.refuse(session, claimed, error=error, now=self.now())
            elif queue.broke(session, claimed, most=most, error=error, now=self.now()) is JobState.DEAD:
                log.error("job %s (%s) is dead after %s attempts", claimed.id, claimed.kind, claimed.attempts)
        except queue.LeaseLost:
            log.warning("job %s is somebody else's now", claimed.id)
            return
        session.commit()


def _where(error: Exception) -> dict[str, Any]:
    """What broke and where, without what it was about: an error's own words may hold people's data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}, {Path(last.filename).name}:{last.lineno}"
    return {"sentence": queue.BROKE, "values": {"what": what}}


@contextmanager
def _session(app: Flask) -> Iterator[Session]:
    """A session of its own, in no firm yet."""
    with app.app_context():
        session = db.session()
        try:
            yield session
        finally:
            session.rollback()
            leave(session)


class _Heart:
    """Keeps a job's lease while the work goes on, and writes down how far it is."""

    def __init__(self, worker: Worker, claimed: queue.Claimed) -> None:
        self.worker, self.claimed = worker, claimed
        self.over, self.news = threading.Event(), threading.Event()
        self.told: dict[str, Any] = {}
        self.lost = False
        self.thread = threading.Thread(target=self._beat, name=f"heart of {claimed.id}", daemon=True)

    def __enter__(self) -> "_Heart":
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.news.set()
        self.thread.join()

    def tell(self, done: int, total: int, sentence: str, **values: object) -> None:
        """Say how far the job is; written down within a second. Raises LeaseLost."""
        if self.lost:
            raise queue.LeaseLost
        saying = {"sentence": sentence, "values": {name: str(value) for name, value in values.items()}}
        self.told = {"done": done, "total": total, "saying": saying}
        self.news.set()

    def _beat(self) -> None:
        pause = self.worker.lease.total_seconds() / 4
        while not self.over.is_set():
            self.news.wait(pause)
            if self.over.is_set():
                return
            self.news.clear()
            try:
                with _session(self.worker.app) as session:
                    enter(session, self.claimed.firm_id)
                    begin_writing(session)
                    until = self.worker.now() + self.worker.lease
                    queue.beat(session, self.claimed, until=until, told=self.told)
                    session.commit()
            except queue.LeaseLost:
                self.lost = True
                return
            except DBAPIError:  # while the work itself writes, SQLite lets nobody else write
                log.info("the lease of job %s could not be prolonged just now", self.claimed.id)
            self.over.wait(min(0.5, pause))


_begun: dict[int, Worker] = {}


def work_in_this_process(app: Flask) -> None:
    """Begin to do jobs in a thread of this process, once; nothing when the settings say that others do them."""
    if not app.extensions["settings"].jobs or os.getpid() in _begun:
        return
    worker = _begun[os.getpid()] = Worker(app)
    threading.Thread(target=worker.run, name="jobs", daemon=True).start()


def work_after_the_first_request(app: Flask) -> Flask:
    """The app, which begins to do jobs with its first request: only then is it sure in which process a server put it."""

    @app.before_request
    def begin() -> None:
        work_in_this_process(app)

    return app
