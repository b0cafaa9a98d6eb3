"""What a file of figures would change: read, held against what is kept, and nothing written."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isclose
from typing import TypeVar

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.policy import require
from lms.people import queries as people
from lms.tracks.kpi.clashes import overlap
from lms.tracks.kpi.mapping import Mapping_, from_document, guessed, told
from lms.tracks.kpi.opening import open_table
from lms.tracks.kpi.reading import Reading, read_lines
from lms.tracks.kpi.rows import Fact, Line
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import kpi as queries

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
