"""Figures from a file: look at what it would do, then do it, whole. The same file again changes nothing.

A row is taken whole or skipped with its reasons, and the rows that can be taken are taken together, in one transaction.
Where half would be worse than nothing, nothing is taken: of a row with several metrics when one of them is wrong; of
two rows that disagree; of a file that is mostly about people of another firm.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose
from typing import TypeVar

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.people import queries as people
from lms.people.models import Firm
from lms.people.services.audit import record_act
from lms.tracks.kpi.clashes import overlap
from lms.tracks.kpi.mapping import Mapping_, from_document, guessed, told
from lms.tracks.kpi.metrics import BUILT_IN, Better, Shape
from lms.tracks.kpi.opening import open_table
from lms.tracks.kpi.reading import Reading, read_lines
from lms.tracks.kpi.rows import Fact, Line
from lms.tracks.models.kpi import KpiFact, KpiFile, KpiMapping, KpiMetric, KpiTarget
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import kpi as queries
from lms.tracks.services.kpi_evidence import Touched, write_kpi_evidence

BATCH = 500
STATUSES = ("taken", "corrected", "unchanged", "skipped")
T = TypeVar("T")


@dataclass(frozen=True)
class Planned:
    """What a file would do: its rows, and how many of each status."""

    source: str
    mapping: Mapping_
    reading: Reading
    header: Sequence[str]
    kind: str
    corrected: Mapping[uuid.UUID, queries.Held]
    """What the file corrects, by subject."""
    same: Collection[uuid.UUID]
    """What is known already in rows of which something else is new."""

    @property
    def news(self) -> int:
        """How many rows say something new or corrected."""
        return sum(line.status in ("taken", "corrected") for line in self.reading.lines)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each status."""
        counted = Counter(line.status for line in self.reading.lines)
        return {status: counted[status] for status in STATUSES}


def choose_mapping(
    session: Session, *, actor: Actor, source: str, header: Sequence[str], pairs: Sequence[str]
) -> Mapping_:
    """What is said now, over what was saved for the source, or else over what the header's words say. Raises Invalid."""
    said = told(pairs)
    saved = queries.find_mapping(session, actor=actor, source=source)
    start = from_document(saved.mapping) if saved else guessed(header)
    columns = {role: name for role, name in start.columns.items() if role not in said.always}
    always = {role: name for role, name in start.always.items() if role not in said.columns}
    return Mapping_({**columns, **said.columns}, {**always, **said.always})


def plan_file(
    session: Session,
    *,
    actor: Actor,
    content: bytes,
    source: str,
    pairs: Sequence[str],
    now: datetime,
) -> Planned:
    """What a file would do, without keeping anything. Raises NotAllowed, Invalid."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    table = open_table(content)
    mapping = choose_mapping(session, actor=actor, source=source, header=table.header, pairs=pairs)
    reading = read_lines(
        table,
        mapping,
        people=queries.list_who(session, actor=actor),
        metrics=queries.list_metrics(session, actor=actor),
        today=people.find_today(session, actor=actor, now=now),
    )
    _refuse_known_overlaps(session, actor, reading.lines)
    corrected, same = _hold_against(session, actor, reading.lines)
    return Planned(source, mapping, reading, table.header, table.kind, corrected, same)


def _refuse_known_overlaps(session: Session, actor: Actor, lines: Sequence[Line]) -> None:
    """Skip what overlaps a period that is known already under other days, such as a week inside a kept month."""
    mine = {fact[4:6] for line in lines for fact in line.facts}
    if not mine:
        return
    since, until = min(one[0] for one in mine), max(one[1] for one in mine)
    others = {
        span
        for span in queries.list_spans(session, actor=actor, since=since, until=until)
        if any(span != one and span[0] <= one[1] and span[1] >= one[0] for one in mine)
    }
    if not others:
        return
    known: dict[tuple[object, ...], list[tuple[date, date]]] = {}
    for *about, start, end in queries.list_in_spans(session, actor=actor, spans=others):
        known.setdefault(tuple(about), []).append((start, end))
    for line in lines:
        for fact in line.facts:
            for start, end in known.get(fact[:4], ()):
                if (start, end) != fact[4:6] and start <= fact.ends_on and end >= fact.starts_on:
                    line.reasons = (overlap(fact, start, end),)
        if line.reasons:
            line.facts = ()


def _hold_against(
    session: Session, actor: Actor, lines: Sequence[Line]
) -> tuple[dict[uuid.UUID, queries.Held], set[uuid.UUID]]:
    """Say of each row whether it is new, corrects what is known, or changes nothing."""
    corrected: dict[uuid.UUID, queries.Held] = {}
    same: set[uuid.UUID] = set()
    for some in _batches([line for line in lines if line.facts]):
        subjects = {fact.subject(actor.firm_id): (line, fact) for line in some for fact in line.facts}
        held: dict[uuid.UUID, queries.Held] = {}
        for part in _batches(list(subjects)):
            held |= queries.list_held(session, actor=actor, subjects=part)
        told_of: dict[int, set[str]] = {}
        known: list[tuple[int, uuid.UUID]] = []
        for subject, (line, fact) in subjects.items():
            before = held.get(subject)
            if before is None:
                status = "taken"
            elif _same(fact, before):
                status = "unchanged"
                known.append((line.number, subject))
            else:
                status = "corrected"
                corrected[subject] = before
            told_of.setdefault(line.number, set()).add(status)
        same |= {subject for number, subject in known if told_of[number] != {"unchanged"}}
        for line in some:
            found = told_of.get(line.number, set())
            line.status = next((one for one in ("corrected", "taken") if one in found), "unchanged")
    return corrected, same


def _same(fact: Fact, held: queries.Held) -> bool:
    if fact.n != held.n or not isclose(fact.total, held.total, rel_tol=1e-9, abs_tol=1e-9):
        return False
    if fact.squares is None or held.squares is None:
        return fact.squares is held.squares
    return isclose(fact.squares, held.squares, rel_tol=1e-9, abs_tol=1e-6)


def _batches(many: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(many), BATCH):
        yield many[start : start + BATCH]


def keep_file(
    session: Session,
    *,
    actor: Actor,
    file_name: str,
    content: bytes,
    source: str,
    pairs: Sequence[str],
    storage: Storage,
    now: datetime,
) -> KpiFile:
    """Keep a file that can be opened, until somebody says yes to it. Raises NotAllowed, Invalid."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    source = _source(source)
    table = open_table(content)
    mapping = choose_mapping(session, actor=actor, source=source, header=table.header, pairs=pairs)
    kept = KpiFile(
        firm_id=actor.firm_id,
        id=new_id(),
        source=source,
        file_name="".join(letter for letter in file_name if letter.isprintable())[-200:] or "figures.csv",
        stored=storage.put(content),
        mapping=mapping.as_document(),
        counts={},
        sent_by_id=actor.person_id,
        sent_at=now,
    )
    session.add(kept)
    session.flush()  # whoever asks for its page next must find it
    return kept


def _source(source: str) -> str:
    name = " ".join(source.split())
    if not name or len(name) > 80 or not name.isprintable():
        raise Invalid("Say where the file is from in a few words, such as the tool's name.")
    return name


@dataclass(frozen=True)
class Sent:
    """A kept file, and what it would do; `problem`: why it cannot be read with its mapping, if so."""

    file: KpiFile
    mapping: Mapping_
    header: Sequence[str]
    plan: Planned | None
    problem: Invalid | None


def see_file(session: Session, *, actor: Actor, file_id: uuid.UUID, storage: Storage, now: datetime) -> Sent:
    """A kept file against the figures as they are now. Raises NotFound, NotAllowed."""
    file = _find(session, actor, file_id)
    content = storage.get(file.stored)
    mapping = from_document(file.mapping)
    header = open_table(content).header
    try:
        plan = plan_file(
            session, actor=actor, content=content, source=file.source, pairs=_pairs(mapping), now=now
        )
    except Invalid as problem:
        return Sent(file, mapping, header, None, problem)
    return Sent(file, mapping, header, plan, None)


def _pairs(mapping: Mapping_) -> list[str]:
    return [f"{role}={name}" for role, name in mapping.columns.items()] + [
        f"{role}:={name}" for role, name in mapping.always.items()
    ]


def _find(session: Session, actor: Actor, file_id: uuid.UUID) -> KpiFile:
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    file = queries.find_file(session, actor=actor, file_id=file_id)
    if file is None:
        raise NotFound("There is no such file.")
    return file


def map_file(
    session: Session, *, actor: Actor, file_id: uuid.UUID, pairs: Sequence[str], now: datetime
) -> KpiFile:
    """Say which column of a waiting file is what; it is kept for the source. Raises NotFound, Conflict, Invalid."""
    file = _find(session, actor, file_id)
    if file.taken_at is not None:
        raise Conflict("This file was taken already. Send it in again to read it in another way.")
    mapping = told(pairs)
    file.mapping = mapping.as_document()
    _save_mapping(session, actor, file.source, mapping, now)
    return file


def _save_mapping(session: Session, actor: Actor, source: str, mapping: Mapping_, now: datetime) -> None:
    saved = queries.find_mapping(session, actor=actor, source=source)
    if saved is not None and saved.mapping == mapping.as_document():
        return
    session.add(
        KpiMapping(
            firm_id=actor.firm_id,
            source=source,
            mapping=mapping.as_document(),
            saved_by_id=actor.person_id,
            saved_at=now,
        )
    )


def apply_file(
    session: Session, *, actor: Actor, file_id: uuid.UUID, storage: Storage, now: datetime
) -> KpiFile:
    """Do what a kept file says, against the figures as they are now.

    Raises NotFound, NotAllowed, Invalid, Conflict (taken already, or nothing in it is new).
    """
    session.execute(select(Firm.id).where(Firm.id == actor.firm_id).with_for_update())
    file = _find(session, actor, file_id)
    if file.taken_at is not None:
        raise Conflict("This file was taken already. Nothing was changed this time.")
    plan = plan_file(
        session,
        actor=actor,
        content=storage.get(file.stored),
        source=file.source,
        pairs=_pairs(from_document(file.mapping)),
        now=now,
    )
    if not plan.news:
        raise Conflict("Nothing in it is new: every figure is known already, just so, or was skipped.")
    _write(session, actor, file, plan, now)
    return file


def take_file(
    session: Session,
    *,
    actor: Actor,
    file_name: str,
    content: bytes,
    plan: Planned,
    storage: Storage,
    now: datetime,
) -> KpiFile | None:
    """Keep a file and do what was just planned of it, in the transaction that planned it; None when nothing is new."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    if not plan.news:
        return None
    file = keep_file(
        session,
        actor=actor,
        file_name=file_name,
        content=content,
        source=plan.source,
        pairs=_pairs(plan.mapping),
        storage=storage,
        now=now,
    )
    _write(session, actor, file, plan, now)
    return file


def _write(session: Session, actor: Actor, file: KpiFile, plan: Planned, now: datetime) -> None:
    try:
        touched = _write_facts(session, actor, file, plan, now)
    except IntegrityError:
        raise Conflict("Somebody took figures at the same moment. Nothing was done: try again.") from None
    file.taken_at, file.taken_by_id, file.counts = now, actor.person_id, plan.counts
    _save_mapping(session, actor, plan.source, plan.mapping, now)
    record_act(
        session,
        actor=actor,
        act="figures imported",
        subject=file.file_name,
        detail={"stored": file.stored, "source": file.source, **plan.counts},
        now=now,
    )
    write_kpi_evidence(session, actor=actor, touched=touched, now=now)


def _write_facts(
    session: Session, actor: Actor, file: KpiFile, plan: Planned, now: datetime
) -> list[Touched]:
    touched: dict[Touched, None] = {}
    rows: list[dict[str, object]] = []
    for line in plan.reading.lines:
        for fact in line.facts if line.status != "unchanged" else ():
            subject = fact.subject(actor.firm_id)
            if subject in plan.same:
                continue
            before = plan.corrected.get(subject)
            touched[Touched(fact.person_id, fact.queue, fact.starts_on, fact.ends_on)] = None
            rows.append(
                {
                    **fact._asdict(),
                    "firm_id": actor.firm_id,
                    "id": new_id(),
                    "subject": subject,
                    "revision": before.revision + 1 if before else 1,
                    "supersedes_id": before.id if before else None,
                    "file_id": file.id,
                    "line": line.number,
                    "recorded_at": now,
                    "recorded_by_id": actor.person_id,
                }
            )
            if len(rows) == BATCH:
                session.execute(insert(KpiFact), rows)
                rows = []
    if rows:
        session.execute(insert(KpiFact), rows)
    return list(touched)


@dataclass(frozen=True)
class NewMetric:
    """A metric that a firm names itself."""

    name: str
    unit: str
    shape: str
    better: str
    counted: str
    most: float
    least: int


def name_metric(session: Session, *, actor: Actor, new: NewMetric, now: datetime) -> KpiMetric:
    """Name a metric of the firm's own. Raises NotAllowed, Invalid, Conflict (there is one of that name)."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    key = "-".join("".join(c if c.isalnum() else " " for c in new.name.lower()).split())[:40]
    if not key or new.shape not in list(Shape) or new.better not in list(Better) or new.least < 1:
        raise Invalid(
            "Give the metric a name, its kind, which way is good, and from how many it can be told."
        )
    if "%" in new.name + new.counted:
        raise Invalid("Write the name without a per cent sign; the unit has its own place.")
    if new.most <= 0:
        raise Invalid("The most a score can be is more than nothing.")
    known = queries.list_metrics(session, actor=actor)
    if key in known or key in {one.key for one in BUILT_IN}:
        raise Conflict("There is a metric of that name already.")
    made = KpiMetric(
        firm_id=actor.firm_id,
        key=key,
        name=new.name.strip()[:80],
        unit=new.unit.strip()[:20] or ("%" if new.shape == Shape.RATE else ""),
        shape=new.shape,
        better=new.better,
        counted=new.counted.strip()[:40] or "n",
        most=new.most,
        least=new.least,
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    record_act(session, actor=actor, act="metric named", subject=key, detail={"name": made.name}, now=now)
    return made


def set_target(
    session: Session,
    *,
    actor: Actor,
    queue: str,
    metric: str,
    value: float,
    from_on: date,
    now: datetime,
) -> KpiTarget:
    """Say what a queue is asked to reach from a day on. Earlier targets stay for earlier days. Raises Invalid."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    known = queries.list_metrics(session, actor=actor).get(metric)
    if known is None or known.better is Better.NEITHER:
        raise Invalid(
            "Choose a metric that can be better or worse. Handle time has no target here: shorter is not better."
        )
    if not queue.strip() or len(queue) > 80:
        raise Invalid("Say which queue.")
    if not 0 <= value <= (known.most if known.shape is not Shape.AMOUNT else 1e9):
        raise Invalid("The target lies between 0 and %(most)s.", most=f"{known.most:g}")
    made = KpiTarget(
        firm_id=actor.firm_id,
        queue=queue.strip(),
        metric=metric,
        value=value,
        from_on=from_on,
        set_by_id=actor.person_id,
        set_at=now,
    )
    session.add(made)
    about = {"queue": made.queue, "value": value, "from": from_on.isoformat()}
    record_act(session, actor=actor, act="target set", subject=metric, detail=about, now=now)
    return made
