"""What a person sees of openings: where they can ask to be considered, what they are one step away from, what they were told."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.people import queries as people
from lms.tracks import queries as ledgers
from lms.tracks.models import Opening
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.promotion import Told
from lms.tracks.rules import Cell, Evidence, standing
from lms.tracks.rules import Facts as Since
from lms.tracks.rules.appeals import can_be_rated_again
from lms.tracks.rules.openings import Facts, Put, Stage, gates_of, missing, stage, working_days_after
from lms.tracks.services.appeals import frozen_candidate
from lms.tracks.services.deciding import asked_for


@dataclass(frozen=True)
class OwnOpening:
    """An opening as the person sees it. `put`: how they became a candidate; `missing`: what they do not show yet."""

    opening: Opening
    stage: Stage
    put: Put | None
    missing: tuple[Cell, ...]
    deciding: bool

    @property
    def one_step(self) -> bool:
        """Whether exactly one thing is missing: then the person is told."""
        return len(self.missing) == 1


@dataclass(frozen=True)
class OwnOpenings:
    """Openings that concern the person, and the decisions about them."""

    openings: Sequence[OwnOpening]
    told: Sequence[Told]
    names: Mapping[str, str]


def own_openings(
    session: Session, *, actor: Actor, ledger: Sequence[Evidence], since: Since, today: date
) -> OwnOpenings:
    """What stands on My path. Two statements.

    A candidate sees that an opening is closed until they are told; who waits for whom meanwhile is not theirs to read.
    """
    told = queries.list_told(session, actor=actor)
    over = {one.opening.id for one in told}
    found, names = [], {}
    for line in queries.list_own_lines(session, actor=actor):
        opening, put = line.opening, line.put
        at = stage(
            Facts(
                opening.opens_on,
                opening.closes_on,
                opening.closed_at is not None,
                opening.cancelled_at is not None,
            ),
            today,
        )
        if opening.id in over or not (at is Stage.OPEN or (put and at is not Stage.PLANNED)):
            continue
        if put is not None:
            names[str(put.by_id)] = line.by
        framework, rung = asked_for(session, actor=actor, opening=opening)
        stand = standing(rung, framework, ledger, since, today)
        found.append(
            OwnOpening(
                opening,
                at,
                put,
                missing(stand, gates_of(framework)),
                actor.person_id in (opening.decider_id, opening.second_id),
            )
        )
    return OwnOpenings(found, told, names)


@dataclass(frozen=True)
class OwnDecision:
    """A decision about the person, for them: what they were told, and whether they can still appeal."""

    told: Told
    names: Mapping[str, str]
    appeal_until: date
    may_appeal: bool
    rated: Sequence[Mapping[str, Any]]
    """The ratings of their own work that were decided on."""
    interviewed: bool
    rerated: Mapping[str, Any] | None


def own_decision(session: Session, *, actor: Actor, decision_id: uuid.UUID, today: date) -> OwnDecision:
    """One approved decision about the actor. Raises NotFound."""
    told = next(iter(queries.list_told(session, actor=actor, decision_id=decision_id)), None)
    if told is None:
        raise NotFound("There is no such decision about you.")
    zone = people.find_zone(session, firm_id=actor.firm_id)
    settled = queries.find_settled(session, actor=actor)
    until = working_days_after(told.answer.at.astimezone(zone).date(), settled.appeal_days)
    mine = frozen_candidate(told.decision.snapshot, actor.person_id)
    ids = {told.decision.decided_by_id, told.answer.by_id}
    if told.outcome:
        ids.add(told.outcome.by_id)
    rerated = None
    if told.appeal is not None:
        rerating = queries.list_appeals(session, actor=actor, appeal_id=told.appeal.id)[0].rerating
        rerated = {"result": rerating.result, "reason": rerating.reason} if rerating else None
    return OwnDecision(
        told,
        ledgers.list_names(session, actor=actor, person_ids=frozenset(ids)),
        until,
        told.appeal is None and told.latest and today <= until,
        [one for one in mine["ledger"] if can_be_rated_again(one)],
        bool(mine["interviews"]),
        rerated,
    )
