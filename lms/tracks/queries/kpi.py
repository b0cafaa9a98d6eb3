"""Reads of figures: what holds today of each, summed as asked, inside one firm."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from lms.foundation.actor import Actor
from lms.foundation.events import ask
from lms.people.models import Employment
from lms.tracks.kpi.leave import Leave, LeaveAsked, Leaves, is_left_out
from lms.tracks.kpi.metrics import BUILT_IN, Better, Metric, Shape, Tally
from lms.tracks.kpi.rows import Fact, Who
from lms.tracks.models.kpi import KpiFact, KpiFile, KpiMapping, KpiMetric, KpiTarget

BATCH = 500


def list_metrics(session: Session, *, actor: Actor) -> dict[str, Metric]:
    """Every metric the firm may use, by key: those everybody has, then its own by name."""
    own = session.scalars(
        select(KpiMetric).where(KpiMetric.firm_id == actor.firm_id).order_by(KpiMetric.name)
    )
    found = {one.key: one for one in BUILT_IN}
    for row in own:
        found[row.key] = Metric(
            row.key,
            row.name,
            row.unit,
            Shape(row.shape),
            Better(row.better),
            row.counted,
            row.least,
            "",
            most=row.most,
        )
    return found


def list_who(session: Session, *, actor: Actor) -> dict[str, Who]:
    """Everybody who works or worked at the firm, by employee number."""
    rows = session.execute(
        select(
            Employment.person_id, Employment.employee_number, Employment.started_on, Employment.ended_on
        ).where(Employment.firm_id == actor.firm_id, Employment.employee_number.is_not(None))
    )
    return {
        row.employee_number: Who(row.person_id, row.employee_number, row.started_on, row.ended_on)
        for row in rows
    }


def find_mapping(session: Session, *, actor: Actor, source: str) -> KpiMapping | None:
    """The mapping that holds for a source."""
    return session.scalar(
        select(KpiMapping)
        .where(KpiMapping.firm_id == actor.firm_id, KpiMapping.source == source)
        .order_by(KpiMapping.saved_at.desc(), KpiMapping.id.desc())
        .limit(1)
    )


def list_sources(session: Session, *, actor: Actor) -> Sequence[str]:
    """The sources whose columns are known, by name."""
    return session.scalars(
        select(KpiMapping.source)
        .where(KpiMapping.firm_id == actor.firm_id)
        .distinct()
        .order_by(KpiMapping.source)
    ).all()


def find_file(session: Session, *, actor: Actor, file_id: uuid.UUID) -> KpiFile | None:
    """A file of figures that was sent in at the actor's firm."""
    return session.scalar(select(KpiFile).where(KpiFile.firm_id == actor.firm_id, KpiFile.id == file_id))


@dataclass(frozen=True)
class SentFile:
    """A file of figures, and who sent it in."""

    file: KpiFile
    by: str | None


def list_files(session: Session, *, actor: Actor) -> Sequence[SentFile]:
    """The firm's last files of figures, latest first."""
    rows = session.execute(
        select(KpiFile, Employment.name)
        .outerjoin(
            Employment,
            and_(Employment.firm_id == KpiFile.firm_id, Employment.person_id == KpiFile.sent_by_id),
        )
        .where(KpiFile.firm_id == actor.firm_id)
        .order_by(KpiFile.sent_at.desc(), KpiFile.id.desc())
        .limit(10)
    )
    return [SentFile(file, by) for file, by in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """What holds of a figure: its row, how often it was corrected, and its sums."""

    id: uuid.UUID
    revision: int
    total: float
    n: int
    squares: float | None


def list_held(session: Session, *, actor: Actor, subjects: Collection[uuid.UUID]) -> dict[uuid.UUID, Held]:
    """What holds of some figures, by subject. The caller asks for a few hundred at a time."""
    rows = session.execute(
        select(KpiFact.subject, KpiFact.id, KpiFact.revision, KpiFact.total, KpiFact.n, KpiFact.squares)
        .where(KpiFact.firm_id == actor.firm_id, KpiFact.subject.in_(subjects))
        .order_by(KpiFact.revision)
    )
    return {row.subject: Held(row.id, row.revision, row.total, row.n, row.squares) for row in rows}


def list_spans(session: Session, *, actor: Actor, since: date, until: date) -> set[tuple[date, date]]:
    """The periods that are known inside some days."""
    rows = session.execute(
        select(KpiFact.starts_on, KpiFact.ends_on)
        .where(KpiFact.firm_id == actor.firm_id, KpiFact.ends_on >= since, KpiFact.starts_on <= until)
        .distinct()
    )
    return {(row.starts_on, row.ends_on) for row in rows}


def list_in_spans(
    session: Session, *, actor: Actor, spans: Collection[tuple[date, date]]
) -> Iterable[tuple[Any, ...]]:
    """Of whom and what there are figures in some periods: (person, queue, shift, metric, start, end)."""
    rows = session.execute(
        select(
            KpiFact.person_id,
            KpiFact.queue,
            KpiFact.shift,
            KpiFact.metric,
            KpiFact.starts_on,
            KpiFact.ends_on,
        ).where(
            KpiFact.firm_id == actor.firm_id,
            KpiFact.revision == 1,
            tuple_(KpiFact.starts_on, KpiFact.ends_on).in_(sorted(spans)),
        )
    )
    return (tuple(row) for row in rows)


def _holds(actor: Actor) -> ColumnElement[bool]:
    """A row that no correction supersedes."""
    newer = aliased(KpiFact)
    return ~exists().where(newer.firm_id == actor.firm_id, newer.supersedes_id == KpiFact.id)


def list_leaves(session: Session, *, actor: Actor, person_ids: Collection[uuid.UUID] | None = None) -> Leaves:
    """Who was away when, as far as it is known."""
    found: dict[uuid.UUID, list[Leave]] = {}
    for one in ask(session, LeaveAsked(actor.firm_id, person_ids)):
        found.setdefault(one.person_id, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Sum:
    """A person's sums of a metric in a queue and shift."""

    person_id: uuid.UUID
    metric: str
    queue: str
    shift: str
    tally: Tally


def list_sums(
    session: Session,
    *,
    actor: Actor,
    since: date,
    until: date,
    metrics: Collection[str] | None = None,
    queues: Collection[str] | None = None,
) -> list[Sum]:
    """Everybody's sums over the periods that lie inside some days; periods of leave are left out.

    Two statements, three when somebody was away.
    """
    inside: list[ColumnElement[bool]] = [
        KpiFact.firm_id == actor.firm_id,
        KpiFact.starts_on >= since,
        KpiFact.ends_on <= until,
        _holds(actor),
    ]
    if metrics is not None:
        inside.append(KpiFact.metric.in_(metrics))
    if queues is not None:
        inside.append(KpiFact.queue.in_(queues))
    leaves = {
        person_id: mine
        for person_id, mine in list_leaves(session, actor=actor).items()
        if any(one.starts_on <= until and (one.ends_on is None or one.ends_on >= since) for one in mine)
    }
    keys = (KpiFact.person_id, KpiFact.metric, KpiFact.queue, KpiFact.shift)
    statement = select(
        *keys,
        func.sum(KpiFact.total).label("total"),
        func.sum(KpiFact.n).label("n"),
        func.sum(KpiFact.squares).label("squares"),
        func.count(KpiFact.squares).label("spread"),
        func.count().label("rows"),
    ).where(*inside)
    if leaves:
        statement = statement.where(KpiFact.person_id.not_in(leaves))
    found = [
        Sum(
            row.person_id,
            row.metric,
            row.queue,
            row.shift,
            Tally(row.total, int(row.n), row.squares if row.spread == row.rows else None),
        )
        for row in session.execute(statement.group_by(*keys))
    ]
    if leaves:
        single: dict[tuple[Any, ...], Tally] = {}
        rows = session.execute(
            select(
                *keys, KpiFact.starts_on, KpiFact.ends_on, KpiFact.total, KpiFact.n, KpiFact.squares
            ).where(*inside, KpiFact.person_id.in_(leaves))
        )
        for row in rows:
            if not is_left_out(leaves[row.person_id], row.starts_on, row.ends_on):
                key = (row.person_id, row.metric, row.queue, row.shift)
                single[key] = single.get(key, Tally()) + Tally(row.total, row.n, row.squares)
        found += [Sum(key[0], key[1], key[2], key[3], tally) for key, tally in single.items()]
    return found


_FACT = (
    KpiFact.person_id,
    KpiFact.queue,
    KpiFact.shift,
    KpiFact.metric,
    KpiFact.starts_on,
    KpiFact.ends_on,
    KpiFact.total,
    KpiFact.n,
    KpiFact.squares,
)
"""The columns of a Fact, in its order."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure that holds, with where it came from."""

    fact: Fact
    revision: int
    file_id: uuid.UUID
    line: int
    recorded_at: datetime


def list_person_facts(
    session: Session, *, actor: Actor, person_id: uuid.UUID, since: date, until: date
) -> list[Point]:
    """A person's figures that hold, by period. One statement."""
    rows = session.execute(
        select(
            *_FACT,
            KpiFact.revision,
            KpiFact.file_id,
            KpiFact.line,
            KpiFact.recorded_at,
        )
        .where(
            KpiFact.firm_id == actor.firm_id,
            KpiFact.person_id == person_id,
            KpiFact.ends_on >= since,
            KpiFact.ends_on <= until,
            _holds(actor),
        )
        .order_by(KpiFact.metric, KpiFact.queue, KpiFact.shift, KpiFact.starts_on)
    )
    return [Point(Fact(*row[:9]), row.revision, row.file_id, row.line, row.recorded_at) for row in rows]


def list_period_facts(
    session: Session,
    *,
    actor: Actor,
    metrics: Collection[str],
    queues: Collection[str],
    since: date,
    until: date,
) -> list[Fact]:
    """Everybody's figures of some metrics and queues in the periods that end inside some days. One statement."""
    rows = session.execute(
        select(
            *_FACT,
        ).where(
            KpiFact.firm_id == actor.firm_id,
            KpiFact.metric.in_(metrics),
            KpiFact.queue.in_(queues),
            KpiFact.ends_on >= since,
            KpiFact.ends_on <= until,
            _holds(actor),
        )
    )
    return [Fact(*row) for row in rows]


def list_targets(session: Session, *, actor: Actor, on: date) -> Mapping[tuple[str, str], float]:
    """The targets in force on a day, by metric and queue: the latest that had begun, as last set."""
    rows = session.execute(
        select(KpiTarget.metric, KpiTarget.queue, KpiTarget.value)
        .where(KpiTarget.firm_id == actor.firm_id, KpiTarget.from_on <= on)
        .order_by(KpiTarget.from_on, KpiTarget.set_at, KpiTarget.id)
    )
    return {(row.metric, row.queue): row.value for row in rows}


def list_all_targets(session: Session, *, actor: Actor) -> Sequence[KpiTarget]:
    """Every target that was ever set, latest first."""
    return session.scalars(
        select(KpiTarget)
        .where(KpiTarget.firm_id == actor.firm_id)
        .order_by(KpiTarget.queue, KpiTarget.metric, KpiTarget.from_on.desc(), KpiTarget.set_at.desc())
        .limit(400)
    ).all()


def list_places(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """The queues and shifts of which there are figures."""
    rows = session.execute(
        select(KpiFact.queue, KpiFact.shift)
        .where(KpiFact.firm_id == actor.firm_id)
        .distinct()
        .order_by(KpiFact.queue, KpiFact.shift)
    )
    return [(row.queue, row.shift) for row in rows]


def find_latest_end(session: Session, *, actor: Actor) -> date | None:
    """The last day of which there are figures."""
    return session.scalar(select(func.max(KpiFact.ends_on)).where(KpiFact.firm_id == actor.firm_id))
