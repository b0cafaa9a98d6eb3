"""Work that is done later: a row in the transaction of the act that asks for it, done by a worker of its own.

A job belongs to a firm and to who asked for it. Its id is minted by the caller, so that asking twice is asking once.
What a kind of job does is one function; `rooms.py` names them all.
"""

import enum
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.foundation.actor import Actor
from lms.foundation.carrier import Carrier
from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment
from lms.foundation.errors import Conflict, LadderError
from lms.foundation.post import Post
from lms.foundation.storage import Storage

MOST_ATTEMPTS = 5
LONGEST_WAIT = timedelta(hours=1)


class JobState(enum.StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It was refused with a sentence: trying again changes nothing until a person does something about it."""
    DEAD = "dead"
    """It broke on our side, and was tried as often as its kind allows."""
    CANCELLED = "cancelled"


OPEN = (JobState.QUEUED, JobState.RUNNING)
ENDED_BADLY = (JobState.FAILED, JobState.DEAD)


class Job(InFirm, Base):
    """One piece of work. `lease_id` is whoever does it now; what a lease no longer holds is never written.

    `saying` and `error`: {"sentence", "values", "problems"}, words of ours to be translated where they are shown.
    `about_id`: the course it is about. `not_before`: its time, or when it is tried again.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'dead', 'cancelled')", name="state_is_known"
        ),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="runs_under_a_lease"),
        CheckConstraint("(lease_until IS NULL) = (lease_id IS NULL)", name="a_lease_is_somebodys"),
        CheckConstraint("(state IN ('queued', 'running')) = (ended_at IS NULL)", name="ends_once"),
        CheckConstraint("attempts >= 0 AND done >= 0 AND total >= 0", name="counts_from_nought"),
        Index("ix_job_due", "state", "not_before"),
        Index("ix_job_asked", "firm_id", "asked_at"),
        Index("ix_job_about", "firm_id", "about_id"),
    )

    id: Mapped[Id]
    kind: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(200))
    about_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    arguments: Mapped[Document]
    state: Mapped[str] = mapped_column(String(12))
    attempts: Mapped[int]
    not_before: Mapped[Moment]
    lease_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    lease_until: Mapped[Moment | None]
    done: Mapped[int]
    total: Mapped[int]
    saying: Mapped[Document]
    result: Mapped[Document]
    error: Mapped[Document]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[Moment]
    begun_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]


OF_ONES_OWN = ("send a message",)
"""Kinds of jobs between Ladder and one person: no page of the firm lists them."""

Tell = Callable[..., None]


@dataclass(frozen=True)
class Run:
    """What the work of a job is given. `tell(done, total, sentence, **values)` says how far it is; cheap, at any rate."""

    job_id: uuid.UUID
    actor: Actor
    arguments: Mapping[str, Any]
    storage: Storage
    now: datetime
    tell: Tell
    post: Post | None = None
    push: Carrier | None = None


Work = Callable[[Session, Run], Mapping[str, Any]]
"""Does the work in the session, calls `begin_writing` before it changes anything, returns the result; never commits."""


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its name in the rows, what people call it, what it does."""

    name: str
    title: str
    work: Work
    most_attempts: int = MOST_ATTEMPTS


@dataclass(frozen=True)
class Order:
    """What is asked for. `at`: not before this moment."""

    id: uuid.UUID
    kind: str
    subject: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    about_id: uuid.UUID | None = None
    at: datetime | None = None


def wait_after(attempts: int) -> timedelta:
    """How long a job waits after it has broken so often: ten seconds, then four times as long each time, an hour at most."""
    return min(timedelta(seconds=10 * 4 ** (min(attempts, 8) - 1)), LONGEST_WAIT)


def in_words(error: LadderError) -> dict[str, Any]:
    """An error as a row keeps it."""
    return {
        "sentence": error.sentence,
        "values": {name: str(value) for name, value in error.values.items()},
        "problems": [str(one) for one in getattr(error, "problems", ())][:50],
    }


def enqueue(session: Session, order: Order, *, actor: Actor, now: datetime) -> Job:
    """Ask for a job, in this transaction. The same id again gives the same job. Raises Conflict (the id is another job's)."""
    row = _same(session, order, actor)
    if row is None:
        row = Job(
            firm_id=actor.firm_id,
            id=order.id,
            kind=order.kind,
            subject=order.subject[:200],
            about_id=order.about_id,
            arguments=dict(order.arguments),
            state=JobState.QUEUED,
            attempts=0,
            not_before=order.at or now,
            done=0,
            total=0,
            saying={},
            result={},
            error={},
            asked_by_id=actor.person_id,
            asked_at=now,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # the same order arrived at the same moment
            row = _same(session, order, actor)
            if row is None:
                raise
    if row.kind != order.kind:
        raise Conflict("That id belongs to something else.")
    event.listen(session, "after_commit", _ring, once=True)
    return row


def _same(session: Session, order: Order, actor: Actor) -> Job | None:
    return session.scalar(select(Job).where(Job.firm_id == actor.firm_id, Job.id == order.id))


BELL = threading.Event()
"""Rung when an order is committed in this process, so that its own worker need not wait to look again."""


def _ring(_session: Session) -> None:
    BELL.set()
