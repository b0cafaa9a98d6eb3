"""Figures from a file: what it would do is looked at first (`kpi_planning`), then it is done, whole. The same file again changes nothing.

A row is taken whole or skipped with its reasons, and the rows that can be taken are taken together, in one transaction.
Where half would be worse than nothing, nothing is taken: of a row with several metrics when one of them is wrong; of
two rows that disagree; of a file that is mostly about people of another firm.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.people.models import Firm
from lms.people.services.audit import record_act
from lms.tracks.kpi.mapping import Mapping_, from_document, told
from lms.tracks.kpi.opening import open_table
from lms.tracks.models.kpi import KpiFact, KpiFile, KpiMapping
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import kpi as queries
from lms.tracks.services.kpi_evidence import Touched, write_kpi_evidence
from lms.tracks.services.kpi_planning import BATCH, Planned, choose_mapping, plan_file


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
