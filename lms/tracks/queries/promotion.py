"""Reads of openings, candidates, interviews, decisions and appeals."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, defer

from lms.foundation.actor import Actor, Role
from lms.foundation.db import ASKING
from lms.people.models import Employment, EmploymentRole
from lms.tracks.models import (
    Appeal,
    AppealAnswer,
    Decision,
    DecisionAnswer,
    DecisionCandidate,
    Interview,
    Nomination,
    Opening,
    PromotionPolicy,
    Rerating,
)
from lms.tracks.rules.openings import APPEAL_DAYS, Facts, Put, Stage, candidates, stage


def find_opening(session: Session, *, actor: Actor, opening_id: uuid.UUID) -> Opening | None:
    """One opening of the actor's firm."""
    return session.scalar(select(Opening).where(Opening.firm_id == actor.firm_id, Opening.id == opening_id))


def hold_opening(session: Session, *, actor: Actor, opening_id: uuid.UUID) -> Opening | None:
    """The same, held until the act is over: two acts at once would not see one another."""
    return session.scalar(
        select(Opening)
        .where(Opening.firm_id == actor.firm_id, Opening.id == opening_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def list_openings(session: Session, *, actor: Actor) -> Sequence[Opening]:
    """Every opening of the firm, the one that closes last first."""
    return session.scalars(
        select(Opening)
        .where(Opening.firm_id == actor.firm_id)
        .order_by(Opening.closes_on.desc(), Opening.created_at.desc(), Opening.id)
    ).all()


def list_puts(
    session: Session, *, actor: Actor, opening_id: uuid.UUID | None = None
) -> dict[uuid.UUID, list[Put]]:
    """Who was put forward and who withdrew, by opening: of one, or of all."""
    statement = (
        select(Nomination)
        .where(Nomination.firm_id == actor.firm_id)
        .order_by(Nomination.opening_id, Nomination.person_id, Nomination.number)
    )
    if opening_id is not None:
        statement = statement.where(Nomination.opening_id == opening_id)
    found: dict[uuid.UUID, list[Put]] = {}
    for one in session.scalars(statement):
        put = Put(one.person_id, one.number, one.act, one.by_id, one.reason, one.at)
        found.setdefault(one.opening_id, []).append(put)
    return found


def list_interviews(
    session: Session, *, actor: Actor, opening_id: uuid.UUID | None = None
) -> Sequence[Interview]:
    """What interviewers gave, in the order it came: at one opening, or at all."""
    statement = select(Interview).where(Interview.firm_id == actor.firm_id)
    if opening_id is not None:
        statement = statement.where(Interview.opening_id == opening_id)
    return session.scalars(statement.order_by(Interview.at, Interview.id)).all()


@dataclass(frozen=True)
class Known:
    """A decision with what the second approver said, and the appeals against it."""

    decision: Decision
    answer: DecisionAnswer | None
    appeals: tuple[tuple[Appeal, AppealAnswer | None], ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the second approver approved it."""
        return self.answer is not None and self.answer.outcome == "approved"


def list_decisions(
    session: Session, *, actor: Actor, opening_id: uuid.UUID | None = None
) -> dict[uuid.UUID, list[Known]]:
    """The decisions by opening, first to last, without their snapshots: of one opening, or of all. Two statements."""
    statement = (
        select(Decision, DecisionAnswer)
        .outerjoin(
            DecisionAnswer,
            (DecisionAnswer.firm_id == Decision.firm_id) & (DecisionAnswer.decision_id == Decision.id),
        )
        .where(Decision.firm_id == actor.firm_id)
        .options(defer(Decision.snapshot, raiseload=True))
        .order_by(Decision.opening_id, Decision.number)
    )
    appealed = _appeals(actor)
    if opening_id is not None:
        statement = statement.where(Decision.opening_id == opening_id)
        appealed = appealed.where(Decision.opening_id == opening_id)
    appeals: dict[uuid.UUID, list[tuple[Appeal, AppealAnswer | None]]] = {}
    for appeal, answer in session.execute(appealed):
        appeals.setdefault(appeal.decision_id, []).append((appeal, answer))
    found: dict[uuid.UUID, list[Known]] = {}
    for decision, answer in session.execute(statement):
        known = Known(decision, answer, tuple(appeals.get(decision.id, ())))
        found.setdefault(decision.opening_id, []).append(known)
    return found


def _appeals(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Appeal, AppealAnswer)
        .join(Decision, (Decision.firm_id == Appeal.firm_id) & (Decision.id == Appeal.decision_id))
        .outerjoin(
            AppealAnswer, (AppealAnswer.firm_id == Appeal.firm_id) & (AppealAnswer.appeal_id == Appeal.id)
        )
        .where(Appeal.firm_id == actor.firm_id, Decision.firm_id == actor.firm_id)
        .order_by(Appeal.at, Appeal.id)
    )


def find_decision(session: Session, *, actor: Actor, decision_id: uuid.UUID) -> Decision | None:
    """One decision of the actor's firm, with its snapshot."""
    return session.scalar(
        select(Decision).where(Decision.firm_id == actor.firm_id, Decision.id == decision_id)
    )


def list_choices(
    session: Session, *, actor: Actor, decision_ids: frozenset[uuid.UUID]
) -> Sequence[DecisionCandidate]:
    """The candidates of some decisions."""
    return session.scalars(
        select(DecisionCandidate)
        .where(DecisionCandidate.firm_id == actor.firm_id, DecisionCandidate.decision_id.in_(decision_ids))
        .order_by(DecisionCandidate.person_id)
    ).all()


@dataclass(frozen=True)
class Told:
    """What an approved decision says to one candidate. `latest`: no later record replaces it."""

    decision: Decision
    answer: DecisionAnswer
    choice: DecisionCandidate
    opening: Opening
    appeal: Appeal | None
    outcome: AppealAnswer | None
    latest: bool


@cache
def _told() -> Select[*tuple[Any, ...]]:
    later = select(Decision.supersedes_id).where(
        Decision.firm_id == ASKING.firm_id, Decision.supersedes_id.is_not(None)
    )
    return (
        select(
            Decision,
            DecisionAnswer,
            DecisionCandidate,
            Opening,
            Appeal,
            AppealAnswer,
            Decision.id.not_in(later).label("latest"),
        )
        .join(
            DecisionCandidate,
            (DecisionCandidate.firm_id == Decision.firm_id) & (DecisionCandidate.decision_id == Decision.id),
        )
        .join(
            DecisionAnswer,
            (DecisionAnswer.firm_id == Decision.firm_id) & (DecisionAnswer.decision_id == Decision.id),
        )
        .join(Opening, (Opening.firm_id == Decision.firm_id) & (Opening.id == Decision.opening_id))
        .outerjoin(
            Appeal,
            (Appeal.firm_id == Decision.firm_id)
            & (Appeal.decision_id == Decision.id)
            & (Appeal.person_id == DecisionCandidate.person_id),
        )
        .outerjoin(
            AppealAnswer, (AppealAnswer.firm_id == Appeal.firm_id) & (AppealAnswer.appeal_id == Appeal.id)
        )
        .where(
            Decision.firm_id == ASKING.firm_id,
            DecisionCandidate.person_id == ASKING.person_id,
            DecisionAnswer.outcome == "approved",
        )
        .options(defer(Decision.snapshot))
        .order_by(DecisionAnswer.at.desc(), Decision.id)
    )


def list_told(session: Session, *, actor: Actor, decision_id: uuid.UUID | None = None) -> list[Told]:
    """The approved decisions about the actor, latest first; or one of them. One statement."""
    statement = _told() if decision_id is None else _told().where(Decision.id == decision_id)
    rows = session.execute(statement, {"firm_id": actor.firm_id, "person_id": actor.person_id})
    return [Told(*row) for row in rows]


@dataclass(frozen=True)
class OwnLine:
    """An opening that is not over, with the actor's own acts at it and the name of whoever did the last of them."""

    opening: Opening
    puts: tuple[Put, ...]
    by: str

    @property
    def put(self) -> Put | None:
        """How they are a candidate, if they are."""
        return self.puts[-1] if self.puts and self.puts[-1].act == "nominated" else None


_OWN_LINES = (
    select(Opening, Nomination, Employment.name)
    .outerjoin(
        Nomination,
        (Nomination.firm_id == Opening.firm_id)
        & (Nomination.opening_id == Opening.id)
        & (Nomination.person_id == ASKING.person_id),
    )
    .outerjoin(
        Employment,
        (Employment.firm_id == Nomination.firm_id) & (Employment.person_id == Nomination.by_id),
    )
    .where(Opening.firm_id == ASKING.firm_id)
    .order_by(Opening.closes_on, Opening.id, Nomination.number)
)


def list_own_lines(session: Session, *, actor: Actor) -> list[OwnLine]:
    """The openings of the firm with the actor's own candidacy, the one that closes first first. One statement."""
    rows = session.execute(_OWN_LINES, {"firm_id": actor.firm_id, "person_id": actor.person_id})
    found: dict[uuid.UUID, OwnLine] = {}
    for opening, row, name in rows:
        puts = found[opening.id].puts if opening.id in found else ()
        if row is not None:
            puts = (*puts, Put(row.person_id, row.number, row.act, row.by_id, row.reason, row.at))
        found[opening.id] = OwnLine(opening, puts, name or "")
    return list(found.values())


@dataclass(frozen=True)
class Appealed:
    """An appeal with the decision and opening it is about, its re-rating and its answer."""

    appeal: Appeal
    decision: Decision
    approval: DecisionAnswer
    opening: Opening
    rerating: Rerating | None
    answer: AppealAnswer | None


def list_appeals(session: Session, *, actor: Actor, appeal_id: uuid.UUID | None = None) -> list[Appealed]:
    """The firm's appeals, the one that is due first first; or one of them. One statement."""
    statement = (
        select(Appeal, Decision, DecisionAnswer, Opening, Rerating, AppealAnswer)
        .join(Decision, (Decision.firm_id == Appeal.firm_id) & (Decision.id == Appeal.decision_id))
        .join(
            DecisionAnswer,
            (DecisionAnswer.firm_id == Decision.firm_id) & (DecisionAnswer.decision_id == Decision.id),
        )
        .join(Opening, (Opening.firm_id == Decision.firm_id) & (Opening.id == Decision.opening_id))
        .outerjoin(Rerating, (Rerating.firm_id == Appeal.firm_id) & (Rerating.appeal_id == Appeal.id))
        .outerjoin(
            AppealAnswer, (AppealAnswer.firm_id == Appeal.firm_id) & (AppealAnswer.appeal_id == Appeal.id)
        )
        .where(Appeal.firm_id == actor.firm_id)
        .options(defer(Decision.snapshot))
        .order_by(AppealAnswer.at.is_not(None), Appeal.due_on, Appeal.id)
    )
    if appeal_id is not None:
        statement = statement.where(Appeal.id == appeal_id)
    return [Appealed(*row) for row in session.execute(statement)]


@dataclass(frozen=True)
class Settled:
    """What a firm has settled about promotions."""

    appeal_days: int = APPEAL_DAYS
    holds_groups: bool = False
    licences_from: date | None = None


def find_settled(session: Session, *, actor: Actor) -> Settled:
    """What the actor's firm has settled, or the defaults."""
    row = session.scalar(select(PromotionPolicy).where(PromotionPolicy.firm_id == actor.firm_id))
    return Settled(row.appeal_days, row.holds_groups, row.licences_from) if row else Settled()


def list_in_roles(
    session: Session, *, actor: Actor, roles: tuple[Role, ...], today: date
) -> Sequence[tuple[uuid.UUID, str]]:
    """Who works here today in one of these roles, by name."""
    rows = session.execute(
        select(Employment.person_id, Employment.name, Employment.sort_name)
        .join(
            EmploymentRole,
            (EmploymentRole.firm_id == Employment.firm_id)
            & (EmploymentRole.person_id == Employment.person_id),
        )
        .where(
            Employment.firm_id == actor.firm_id,
            EmploymentRole.role.in_(roles),
            Employment.started_on <= today,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            Employment.locked_at.is_(None),
        )
        .distinct()
        .order_by(Employment.sort_name, Employment.person_id)
    )
    return [(row.person_id, row.name) for row in rows]


@dataclass(frozen=True)
class Line:
    """An opening in a list: where it is, who are candidates, and its latest decision."""

    opening: Opening
    stage: Stage
    candidates: dict[uuid.UUID, tuple[Put, ...]] = field(default_factory=dict)
    decisions: tuple[Known, ...] = ()

    @property
    def latest(self) -> Known | None:
        """The record that no other replaces."""
        return self.decisions[-1] if self.decisions else None


def line_of(opening: Opening, puts: Sequence[Put], decisions: Sequence[Known], today: date) -> Line:
    """Put together what is known of an opening."""
    latest = decisions[-1] if decisions else None
    facts = Facts(
        opening.opens_on,
        opening.closes_on,
        opening.closed_at is not None,
        opening.cancelled_at is not None,
        latest is not None,
        latest.answer.outcome if latest and latest.answer else None,
        tuple(answer.outcome for _appeal, answer in latest.appeals if answer) if latest else (),
    )
    return Line(opening, stage(facts, today), candidates(puts), tuple(decisions))


def find_line(session: Session, *, actor: Actor, opening_id: uuid.UUID, today: date) -> Line | None:
    """One opening with its candidates and decisions. Four statements."""
    opening = find_opening(session, actor=actor, opening_id=opening_id)
    if opening is None:
        return None
    puts = list_puts(session, actor=actor, opening_id=opening_id)
    decisions = list_decisions(session, actor=actor, opening_id=opening_id)
    return line_of(opening, puts.get(opening_id, ()), decisions.get(opening_id, ()), today)


def list_lines(session: Session, *, actor: Actor, today: date) -> list[Line]:
    """Every opening with its candidates and decisions. Four statements, whatever their number."""
    puts, decisions = list_puts(session, actor=actor), list_decisions(session, actor=actor)
    return [
        line_of(one, puts.get(one.id, ()), decisions.get(one.id, ()), today)
        for one in list_openings(session, actor=actor)
    ]
