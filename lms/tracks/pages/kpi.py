"""What pages show of figures: a person's strips, the list of a queue, files and targets."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.policy import is_manager
from lms.tracks.kpi.drawing import Mark, Picture, mark, picture
from lms.tracks.kpi.judging import last_day
from lms.tracks.kpi.leave import is_left_out
from lms.tracks.kpi.metrics import Band, Interval, Metric, Tally, band, interval, pooled, shown_value
from lms.tracks.models.kpi import KpiTarget
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import kpi as queries
from lms.tracks.queries import list_board_people
from lms.tracks.rules import months_before
from lms.tracks.services.kpi_planning import Planned

STRIP_MONTHS = 12
MOST_MARKS = 14


@dataclass(frozen=True)
class Strip:
    """One metric of one person in one queue and shift, period by period."""

    metric: Metric
    queue: str
    shift: str
    marks: tuple[Mark, ...]
    picture: Picture | None

    @property
    def sources(self) -> tuple[str, ...]:
        """By whose methods its intervals are."""
        return tuple(dict.fromkeys(one.between.source for one in self.marks if one.between))


def strips(session: Session, *, actor: Actor, person_id: uuid.UUID, as_of: date) -> list[Strip]:
    """A person's last year against the band of their queue. The caller has asked whether the person may be seen.

    Three statements. Raises nothing.
    """
    since = months_before(as_of, STRIP_MONTHS)
    mine = queries.list_person_facts(session, actor=actor, person_id=person_id, since=since, until=as_of)
    if not mine:
        return []
    metrics = queries.list_metrics(session, actor=actor)
    leaves = queries.list_leaves(session, actor=actor, person_ids=[person_id]).get(person_id, ())
    others = queries.list_period_facts(
        session,
        actor=actor,
        metrics=sorted({one.fact.metric for one in mine}),
        queues=sorted({one.fact.queue for one in mine}),
        since=since,
        until=as_of,
    )
    together: dict[tuple[object, ...], list[Tally]] = {}
    for fact in others:
        together.setdefault(fact[1:6], []).append(Tally(fact.total, fact.n, fact.squares))
    rows: dict[tuple[str, str, str], list[Mark]] = {}
    for one in mine:
        fact = one.fact
        metric = metrics.get(fact.metric)
        if metric is None:
            continue
        rows.setdefault((fact.metric, fact.queue, fact.shift), []).append(
            mark(
                metric,
                Tally(fact.total, fact.n, fact.squares),
                (fact.starts_on, fact.ends_on),
                band(metric, together[fact[1:6]]),
                left_out=is_left_out(leaves, fact.starts_on, fact.ends_on),
                corrected=one.revision > 1,
            )
        )
    order = {key: place for place, key in enumerate(metrics)}
    return [
        Strip(
            metrics[key], queue, shift, tuple(marks[-MOST_MARKS:]), picture(metrics[key], marks[-MOST_MARKS:])
        )
        for (key, queue, shift), marks in sorted(rows.items(), key=lambda row: (order[row[0][0]], row[0]))
    ]


@dataclass(frozen=True)
class Wanted:
    """What the reader of the list asked for."""

    metric: str = "qa"
    queue: str = ""
    shift: str = ""
    until: date | None = None
    months: int = 3
    team_id: uuid.UUID | None = None


@dataclass(frozen=True)
class ListLine:
    """One person of the list: no value when there are too few."""

    person_id: uuid.UUID
    name: str
    n: int
    value: float | None
    between: Interval | None


@dataclass(frozen=True)
class ListPage:
    """The figures of one queue and shift, by name."""

    wanted: Wanted
    since: date
    until: date
    metric: Metric
    metrics: Mapping[str, Metric]
    places: Sequence[tuple[str, str]]
    lines: Sequence[ListLine]
    band: Band | None
    whole: tuple[float, int] | None
    target: float | None


def list_page(session: Session, *, actor: Actor, wanted: Wanted, now: datetime) -> ListPage:
    """People of one queue and shift by name, with the queue's band. Raises NotAllowed, NotFound."""
    require(POLICY, actor, TrackPermission.KPI_SEE)
    today = people.find_today(session, actor=actor, now=now)
    metrics = queries.list_metrics(session, actor=actor)
    metric = metrics.get(wanted.metric)
    if metric is None or (
        wanted.team_id and not is_manager(actor, None) and wanted.team_id not in actor.leads
    ):
        raise NotFound("There is no such list.")
    places = queries.list_places(session, actor=actor)
    queue, shift = wanted.queue, wanted.shift
    if places and (queue, shift) not in places:
        queue, shift = places[0]
    latest = wanted.until or queries.find_latest_end(session, actor=actor) or today
    until = last_day(latest)
    since = months_before(until.replace(day=1), wanted.months - 1)
    sums = queries.list_sums(
        session, actor=actor, since=since, until=until, metrics=[metric.key], queues=[queue]
    )
    here = {one.person_id: one.tally for one in sums if one.shift == shift}
    teams = (
        frozenset({wanted.team_id}) if wanted.team_id else (None if is_manager(actor, None) else actor.leads)
    )
    persons = list_board_people(session, actor=actor, team_ids=teams, sort="name", today=today)
    lines = []
    for one in persons:
        tally = here.get(one.person_id)
        if tally is None:
            continue
        enough = tally.n >= metric.least
        lines.append(
            ListLine(
                one.person_id,
                one.name,
                tally.n,
                shown_value(metric, tally) if enough else None,
                interval(metric, tally) if enough else None,
            )
        )
    everybody = pooled(here.values())
    targets = queries.list_targets(session, actor=actor, on=until)
    return ListPage(
        Wanted(metric.key, queue, shift, until, wanted.months, wanted.team_id),
        since,
        until,
        metric,
        metrics,
        places,
        lines,
        band(metric, list(here.values())),
        (shown_value(metric, everybody), everybody.n) if everybody.n else None,
        targets.get((metric.key, queue)),
    )


@dataclass(frozen=True)
class StartPage:
    """Where a file of figures comes in."""

    files: Sequence[queries.SentFile]
    sources: Sequence[str]
    metrics: Mapping[str, Metric]


def start_page(session: Session, *, actor: Actor) -> StartPage:
    """The last files and the known sources. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    return StartPage(
        queries.list_files(session, actor=actor),
        queries.list_sources(session, actor=actor),
        queries.list_metrics(session, actor=actor),
    )


@dataclass(frozen=True)
class TargetsPage:
    """The targets of the queues, and the firm's metrics."""

    targets: Sequence[KpiTarget]
    queues: Sequence[str]
    metrics: Mapping[str, Metric]
    today: date


def targets_page(session: Session, *, actor: Actor, now: datetime) -> TargetsPage:
    """What is asked of each queue. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    return TargetsPage(
        queries.list_all_targets(session, actor=actor),
        list(dict.fromkeys(queue for queue, _shift in queries.list_places(session, actor=actor))),
        queries.list_metrics(session, actor=actor),
        people.find_today(session, actor=actor, now=now),
    )


def report_of(plan: Planned) -> dict[str, Any]:
    """The report as plain values: every row with its line, what became of it, and why when it was skipped."""
    return {
        "counts": plan.counts,
        "mapping": plan.mapping.as_document(),
        "format": plan.kind,
        "unread_columns": list(plan.reading.unread),
        "rows": [
            {
                "line": line.number,
                "person": line.person,
                "status": line.status,
                "why": [str(reason) for reason in line.reasons],
            }
            for line in plan.reading.lines
        ],
    }
