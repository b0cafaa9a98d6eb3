"""Reads of the tracks room."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.people.models import Employment
from lms.people.queries import find_zone
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.queries.leave import list_everybody_protected, list_protected
from lms.tracks.queries.looks import Look, has_looked, list_looks, list_with_document
from lms.tracks.queries.panels import (
    PanelLine,
    Rater,
    find_panel,
    list_own_panels,
    list_raters,
    list_seats,
)
from lms.tracks.rules import Contested, Evidence, EvidenceKind
from lms.tracks.rules.effects import Names

__all__ = [
    "SORTS",
    "BoardPerson",
    "Look",
    "PanelLine",
    "Rater",
    "each_ledger",
    "find_evidence",
    "find_open_contest",
    "find_panel",
    "has_looked",
    "list_board_people",
    "list_everybody_protected",
    "list_ledger",
    "list_ledgers",
    "list_looks",
    "list_names",
    "list_own_panels",
    "list_protected",
    "list_raters",
    "list_seats",
    "list_with_document",
]


def _contests(contests: Sequence[Contest], zone: ZoneInfo) -> dict[uuid.UUID, tuple[Contested, ...]]:
    """What was contested, by the evidence it was about, with its moments where the firm is."""
    found: dict[uuid.UUID, tuple[Contested, ...]] = {}
    for one in contests:
        resolved = one.resolved_at.astimezone(zone) if one.resolved_at else None
        said = Contested(one.at.astimezone(zone), resolved, one.outcome, one.reason, one.answer or "")
        found[one.evidence_id] = (*found.get(one.evidence_id, ()), said)
    return found


def _fact(
    row: Any, contests: Mapping[uuid.UUID, tuple[Contested, ...]], zone: ZoneInfo, detail: Mapping[str, Any]
) -> Evidence:
    """A row of evidence as a fact: what is recorded in the firm's evening is of that day."""
    return Evidence(
        id=str(row.id),
        kind=EvidenceKind(row.kind),
        on=row.on,
        recorded_at=row.recorded_at.astimezone(zone),
        outcome=row.outcome,
        competency=row.competency,
        level=row.level,
        requirement=row.requirement,
        score=row.score,
        error=row.error,
        pass_mark=row.pass_mark,
        rater=str(row.rater_id) if row.rater_id else None,
        expires_on=row.expires_on,
        supersedes=str(row.supersedes_id) if row.supersedes_id else None,
        contests=contests.get(row.id, ()),
        title=str(detail.get("title", "")),
        example=str(detail.get("example", "")),
        since=date.fromisoformat(detail["since"]) if detail.get("since") else None,
        form=str(detail.get("form", "")),
        critical=tuple(detail.get("critical", ())),
        both_forms=detail.get("forms") == 2,
        information=bool(detail.get("information")),
        parts=tuple(detail.get("parts", ())),
    )


_LEDGER = (
    select(EvidenceRow)
    .where(EvidenceRow.firm_id == ASKING.firm_id, EvidenceRow.person_id == ASKING.person_id)
    .order_by(EvidenceRow.on, EvidenceRow.recorded_at, EvidenceRow.id)
)
_CONTESTS = (
    select(Contest)
    .join(EvidenceRow, and_(EvidenceRow.firm_id == Contest.firm_id, EvidenceRow.id == Contest.evidence_id))
    .where(
        Contest.firm_id == ASKING.firm_id,
        EvidenceRow.firm_id == ASKING.firm_id,
        EvidenceRow.person_id == ASKING.person_id,
    )
    .order_by(Contest.at, Contest.id)
)


def list_ledger(session: Session, *, actor: Actor, person_id: uuid.UUID) -> list[Evidence]:
    """Every fact about one person of the actor's firm, oldest first. Two statements for who has signed in, else three."""
    asked = {"firm_id": actor.firm_id, "person_id": person_id}
    rows = session.scalars(_LEDGER, asked).all()
    contests = session.scalars(_CONTESTS, asked).all()
    zone = ZoneInfo(actor.time_zone) if actor.time_zone else find_zone(session, firm_id=actor.firm_id)
    about = _contests(contests, zone)
    return [_fact(row, about, zone, row.detail) for row in rows]


@dataclass(frozen=True)
class BoardPerson:
    """A person on the board."""

    person_id: uuid.UUID
    name: str
    number: str | None
    team_id: uuid.UUID | None
    job_role: str
    started_on: date
    role_started_on: date


SORTS = {
    "name": (Employment.sort_name, Employment.person_id),
    "hired": (Employment.started_on, Employment.person_id),
}


def list_board_people(
    session: Session, *, actor: Actor, team_ids: frozenset[uuid.UUID] | None, sort: str, today: date
) -> Sequence[BoardPerson]:
    """People working today, of some teams or all, by name or hire date: never by how well they stand."""
    statement = (
        select(
            Employment.person_id,
            Employment.name,
            Employment.employee_number.label("number"),
            Employment.team_id,
            Employment.job_role,
            Employment.started_on,
            Employment.role_started_on,
        )
        .where(
            Employment.firm_id == actor.firm_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .order_by(*SORTS[sort])
    )
    if team_ids is not None:
        statement = statement.where(Employment.team_id.in_(team_ids))
    return [BoardPerson(**row._mapping) for row in session.execute(statement)]


def list_ledgers(
    session: Session, *, actor: Actor, team_ids: frozenset[uuid.UUID] | None
) -> Mapping[uuid.UUID, list[Evidence]]:
    """The facts about everybody of the firm or of some teams, by person. Two statements, whatever the number of people."""
    return dict(each_ledger(session, actor=actor, team_ids=team_ids))


AT_A_TIME = 2000
"""Rows that are read from the database together while people are looked at one by one."""


def each_ledger(
    session: Session,
    *,
    actor: Actor,
    team_ids: frozenset[uuid.UUID] | None,
    naming: Names | None = None,
    holding: Names | None = None,
) -> Iterator[tuple[uuid.UUID, list[Evidence]]]:
    """Person by person the facts about everybody who has any, read as they are asked for. Two statements.

    Rows come as plain values: a thousand people have tens of thousands of facts. `naming`: only facts that name one of
    these, with what corrects another fact and the periods that stop a clock. `holding`: only people with a fact that
    names one of these.
    """
    zone = find_zone(session, firm_id=actor.firm_id)
    contests = session.scalars(
        select(Contest).where(Contest.firm_id == actor.firm_id).order_by(Contest.at)
    ).all()
    about = _contests(contests, zone)
    statement = (
        select(
            EvidenceRow.id,
            EvidenceRow.person_id,
            EvidenceRow.kind,
            EvidenceRow.on,
            EvidenceRow.recorded_at,
            EvidenceRow.outcome,
            EvidenceRow.competency,
            EvidenceRow.level,
            EvidenceRow.requirement,
            EvidenceRow.score,
            EvidenceRow.error,
            EvidenceRow.pass_mark,
            EvidenceRow.rater_id,
            EvidenceRow.expires_on,
            EvidenceRow.supersedes_id,
            EvidenceRow.detail["since"].as_string().label("since"),
            EvidenceRow.detail["forms"].as_integer().label("forms"),
            EvidenceRow.detail["information"].as_boolean().label("information"),
        )
        .where(EvidenceRow.firm_id == actor.firm_id)
        .order_by(EvidenceRow.person_id, EvidenceRow.on)
        .execution_options(yield_per=AT_A_TIME)
    )
    if naming is not None:
        also = (EvidenceRow.supersedes_id.is_not(None), EvidenceRow.kind == EvidenceKind.KPI)
        statement = statement.where(or_(*_names(naming), *also))
    if holding is not None:
        statement = statement.where(
            EvidenceRow.person_id.in_(
                select(EvidenceRow.person_id).where(
                    EvidenceRow.firm_id == actor.firm_id, or_(*_names(holding))
                )
            )
        )
    if team_ids is not None:
        statement = statement.join(
            Employment,
            and_(Employment.firm_id == EvidenceRow.firm_id, Employment.person_id == EvidenceRow.person_id),
        ).where(Employment.team_id.in_(team_ids))
    for person_id, rows in groupby(session.execute(statement), key=lambda row: row.person_id):
        yield (
            person_id,
            [
                _fact(
                    row,
                    about,
                    zone,
                    {"since": row.since, "forms": row.forms, "information": row.information},
                )
                for row in rows
            ],
        )


def _names(names: Names) -> tuple[ColumnElement[bool], ...]:
    competencies, named = names
    return EvidenceRow.competency.in_(competencies), EvidenceRow.requirement.in_(named)


def find_evidence(session: Session, *, actor: Actor, evidence_id: uuid.UUID) -> EvidenceRow | None:
    """One fact of the actor's firm."""
    return session.scalar(
        select(EvidenceRow).where(EvidenceRow.firm_id == actor.firm_id, EvidenceRow.id == evidence_id)
    )


def find_open_contest(session: Session, *, actor: Actor, evidence_id: uuid.UUID) -> Contest | None:
    """The contest of a fact that nobody has answered yet."""
    return session.scalar(
        select(Contest).where(
            Contest.firm_id == actor.firm_id,
            Contest.evidence_id == evidence_id,
            Contest.resolved_at.is_(None),
        )
    )


def list_names(session: Session, *, actor: Actor, person_ids: frozenset[uuid.UUID]) -> dict[str, str]:
    """The names of people of the actor's firm, by the text of their id."""
    rows = session.execute(
        select(Employment.person_id, Employment.name).where(
            Employment.firm_id == actor.firm_id, Employment.person_id.in_(person_ids)
        )
    )
    return {str(row.person_id): row.name for row in rows}
