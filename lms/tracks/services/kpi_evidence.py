"""Figures become evidence: over the months a rung asks for, with every part's number, interval and reason.

The rows about one person and requirement form a line: each supersedes the one before it, so that the newest window is
the answer. A correction writes its window anew and, when that is not the newest, the newest after it.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.ids import new_id
from lms.people import queries as people
from lms.tracks.kpi.judging import Figures, Part, figures_of, judge, last_day, window
from lms.tracks.kpi.metrics import Band, Metric, band
from lms.tracks.models import EvidenceRow
from lms.tracks.queries import kpi as queries
from lms.tracks.queries.framework import framework_of
from lms.tracks.queries.kpi_evidence import Written, list_written
from lms.tracks.rules import EvidenceKind, months_after

BATCH = 500


class Touched(NamedTuple):
    """Something that was taken or corrected: whose, where and when."""

    person_id: uuid.UUID
    queue: str
    starts_on: date
    ends_on: date


def measured(session: Session, *, actor: Actor, on: date) -> dict[str, Mapping[str, Any]]:
    """The requirements that figures can answer, by key, as the firm's framework stood on a day."""
    return {
        need["key"]: need["measures"]
        for track in framework_of(session, actor=actor, on=on)["tracks"]
        for rung in track["rungs"]
        for need in rung["requirements"]
        if "measures" in need
    }


@dataclass
class _Line:
    """What is written about one person and requirement: the newest row of each window, and the end of the line."""

    windows: dict[date, Written] = field(default_factory=dict)
    end: Written | None = None


def write_kpi_evidence(session: Session, *, actor: Actor, touched: Sequence[Touched], now: datetime) -> int:
    """Judge the windows that something was taken in, and write what is new about them; how many rows that were."""
    if not touched:
        return 0
    today = people.find_today(session, actor=actor, now=now)
    by_person: dict[uuid.UUID, list[Touched]] = {}
    for one in touched:
        by_person.setdefault(one.person_id, []).append(one)
    metrics = queries.list_metrics(session, actor=actor)
    count = 0
    for key, measures in measured(session, actor=actor, on=today).items():
        lines = _lines(session, actor, key, by_person)
        wanted: dict[date, set[uuid.UUID]] = {}
        for person_id, mine in by_person.items():
            for month_end in _windows(mine, lines.get(person_id, _Line()), measures["months"], today):
                wanted.setdefault(month_end, set()).add(person_id)
        count += _judge(session, actor, key, measures, metrics, wanted, lines, now)
    return count


def _lines(
    session: Session, actor: Actor, key: str, person_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, _Line]:
    lines: dict[uuid.UUID, _Line] = {}
    for some in _batches(list(person_ids)):
        for row in list_written(session, actor=actor, requirement=key, person_ids=some):
            line = lines.setdefault(row.person_id, _Line())
            line.windows[row.on] = line.end = row
    return lines


def _windows(mine: Sequence[Touched], line: _Line, months: int, today: date) -> list[date]:
    """The month ends whose windows are to be judged: the newest one that is over, and those written before."""
    ends = {
        month_end
        for month_end in line.windows
        for since, until in (window(month_end, months),)
        if any(one.starts_on >= since and one.ends_on <= until for one in mine)
    }
    newest = max((end for one in mine if (end := last_day(one.ends_on)) <= today), default=None)
    if newest is not None and newest > max(line.windows, default=date.min):
        ends.add(newest)
    return sorted(ends)


def _judge(
    session: Session,
    actor: Actor,
    key: str,
    measures: Mapping[str, Any],
    metrics: Mapping[str, Metric],
    wanted: Mapping[date, set[uuid.UUID]],
    lines: dict[uuid.UUID, _Line],
    now: datetime,
) -> int:
    rows: list[dict[str, Any]] = []
    for month_end in sorted(wanted):
        since, until = window(month_end, measures["months"])
        all_figures = figures_on(
            session, actor=actor, measures=measures, metrics=metrics, month_end=month_end
        )
        for person_id in sorted(wanted[month_end]):
            figures = all_figures.of(person_id)
            met, parts = judge(measures, metrics, figures)
            line = lines.setdefault(person_id, _Line())
            mark = _mark(met, parts)
            before = line.windows.get(month_end)
            if (before is None and met is None) or (before is not None and before.mark == mark):
                continue
            made = _row(actor, person_id, key, line, (since, until), (met, parts), metrics, mark, now)
            rows.append(made)
            newest = max(line.windows)
            if newest > month_end:
                rows.append(_again(line, line.windows[newest], made, actor, now))
    for some in _batches(rows):
        session.execute(insert(EvidenceRow), list(some))
    return len(rows)


def _row(
    actor: Actor,
    person_id: uuid.UUID,
    key: str,
    line: _Line,
    days: tuple[date, date],
    judged: tuple[bool | None, tuple[Part, ...]],
    metrics: Mapping[str, Metric],
    mark: str,
    now: datetime,
) -> dict[str, Any]:
    met, parts = judged
    since, until = days
    detail = {
        "title": _title(days, parts, metrics),
        "example": " ".join(f"{metrics[one.metric].name}: {one.sentence % one.values}" for one in parts)
        + ("" if met is not None else " After a correction this can no longer be said."),
        "since": since.isoformat(),
        "parts": [_plain(one) for one in parts],
        "mark": mark,
        "seq": line.end.seq + 1 if line.end else 1,
    }
    return _added(
        line,
        {
            "firm_id": actor.firm_id,
            "id": new_id(),
            "person_id": person_id,
            "kind": EvidenceKind.KPI.value,
            "competency": None,
            "level": None,
            "requirement": key,
            "outcome": "passed" if met else "failed",
            "score": None,
            "error": None,
            "pass_mark": None,
            "on": until,
            "recorded_at": now,
            "recorded_by_id": actor.person_id,
            "rater_id": None,
            # The months a rung asks for are the last ones: a window counts until the next one of its length is over.
            "expires_on": last_day(
                months_after(until, (until.year - since.year) * 12 + until.month - since.month + 1)
            ),
            "source": "kpi",
            "detail": detail,
        },
    )


def _again(
    line: _Line, newest: Written, after: Mapping[str, Any], actor: Actor, now: datetime
) -> dict[str, Any]:
    """The newest window once more, at the end of the line: a corrected earlier one must not speak for today."""
    row = dict(newest.row)
    row["detail"] = {**row["detail"], "seq": after["detail"]["seq"] + 1}
    return _added(line, {**row, "id": new_id(), "recorded_at": now, "recorded_by_id": actor.person_id})


def _added(line: _Line, row: dict[str, Any]) -> dict[str, Any]:
    row["supersedes_id"] = line.end.row["id"] if line.end else None
    line.windows[row["on"]] = line.end = Written(row)
    return row


def _title(days: tuple[date, date], parts: Sequence[Part], metrics: Mapping[str, Metric]) -> str:
    figures = ", ".join(
        f"{metrics[one.metric].name} {one.value:.1f} (n = {one.n})" for one in parts if one.value is not None
    )
    return f"{days[0]:%Y-%m} to {days[1]:%Y-%m}: {figures}"[:400]


def _plain(part: Part) -> dict[str, Any]:
    return {
        "metric": part.metric,
        "found": part.found.value,
        "sentence": part.sentence,
        "values": {name: str(one) for name, one in part.values.items()},
        "n": part.n,
        "value": part.value,
        "low": part.interval.low if part.interval else None,
        "high": part.interval.high if part.interval else None,
    }


def _mark(met: bool | None, parts: Sequence[Part]) -> str:
    said = json.dumps([met, [_plain(one) for one in parts]], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass
class Everybody:
    """A window's figures of a whole firm."""

    sums: Mapping[uuid.UUID, Sequence[queries.Sum]]
    targets: Mapping[tuple[str, str], float]
    bands: Mapping[tuple[str, tuple[str, str]], Band | None]

    def of(self, person_id: uuid.UUID) -> Figures:
        """One person's."""
        mine = [(one.metric, one.queue, one.shift, one.tally) for one in self.sums.get(person_id, ())]
        return Figures(figures_of(mine), self.targets, self.bands)


def figures_on(
    session: Session,
    *,
    actor: Actor,
    measures: Mapping[str, Any],
    metrics: Mapping[str, Metric],
    month_end: date,
) -> Everybody:
    """What a requirement is judged from, for the window that ends on a day. A fixed number of statements."""
    since, until = window(month_end, measures["months"])
    names = {name for need in measures["all"] for name in need.get("any", (need.get("metric"),))}
    compared = {
        name
        for need in measures["all"]
        if need["against"] == "queue"
        for name in need.get("any", (need.get("metric"),))
    }
    sums = queries.list_sums(session, actor=actor, since=since, until=until, metrics=sorted(names))
    by_person: dict[uuid.UUID, list[queries.Sum]] = {}
    places: dict[tuple[str, tuple[str, str]], list[Any]] = {}
    for one in sums:
        by_person.setdefault(one.person_id, []).append(one)
        if one.metric in compared:
            places.setdefault((one.metric, (one.queue, one.shift)), []).append(one.tally)
    bands = {place: band(metrics[place[0]], tallies) for place, tallies in places.items()}
    return Everybody(by_person, queries.list_targets(session, actor=actor, on=month_end), bands)


def _batches(many: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(many), BATCH):
        yield many[start : start + BATCH]
