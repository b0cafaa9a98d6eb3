"""The fairness figures of a firm: never about one person."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.tracks import queries as ledgers
from lms.tracks.models import SelfDeclared
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import promotion as queries
from lms.tracks.rules.groups import (
    DIMENSIONS,
    STAGES,
    Candidacy,
    Compared,
    Disagreement,
    Given,
    Severity,
    compared,
    counts,
    disagreement,
    quarters_back,
    severity,
)


@dataclass(frozen=True)
class StageFigures:
    """One stage: the groups that may be shown, or none."""

    stage: str
    groups: tuple[Compared, ...]


@dataclass(frozen=True)
class FairnessPage:
    """Selection rates by what people declared, disagreement with the evidence, and raters beside one another."""

    since: date
    holds_groups: bool
    dimension: str
    stages: Sequence[StageFigures]
    candidacies: int
    disagreement: Disagreement
    severity: Sequence[Severity]
    names: Mapping[str, str]


def fairness_page(
    session: Session, *, actor: Actor, dimension: str, quarters: int, today: date
) -> FairnessPage:
    """The figures, pooled over quarters. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.FAIRNESS)
    since = quarters_back(today, quarters)
    zone = people.find_zone(session, firm_id=actor.firm_id)
    settled = queries.find_settled(session, actor=actor)
    lines = [
        one
        for one in queries.list_lines(session, actor=actor, today=today)
        if one.opening.cancelled_at is None and one.opening.opens_on >= since
    ]
    latest = {one.opening.id: one.latest for one in lines if one.latest and one.latest.stands}
    choices = {
        (one.decision_id, one.person_id): one
        for one in queries.list_choices(
            session, actor=actor, decision_ids=frozenset(known.decision.id for known in latest.values())
        )
    }
    interviews = [
        one
        for one in queries.list_interviews(session, actor=actor)
        if one.at.astimezone(zone).date() >= since
    ]
    sat = {(one.opening_id, one.person_id) for one in interviews}
    candidacies = []
    for line in lines:
        known = latest.get(line.opening.id)
        for person in line.candidates:
            choice = choices.get((known.decision.id, person)) if known else None
            candidacies.append(
                Candidacy(
                    person,
                    (line.opening.id, person) in sat,
                    bool(choice and choice.ready),
                    choice.chosen if choice else None,
                )
            )
    groups = _groups(session, actor, dimension, today) if settled.holds_groups else {}
    stages = [StageFigures(stage, compared(counts(stage, groups, candidacies))) for stage in STAGES]
    given = [
        Given(str(one.interviewer_id), (str(one.opening_id), str(one.person_id), place), answer["score"])
        for one in interviews
        for place, answer in enumerate(one.answers["answers"])
    ]
    raters = severity(given)
    names = ledgers.list_names(
        session, actor=actor, person_ids=frozenset(uuid.UUID(one.rater) for one in raters)
    )
    return FairnessPage(
        since,
        settled.holds_groups,
        dimension,
        stages,
        len(candidacies),
        disagreement(candidacies),
        raters,
        names,
    )


def _groups(session: Session, actor: Actor, dimension: str, today: date) -> dict[uuid.UUID, str]:
    """The group of everybody who works here and said one. Only counts of many leave this module."""
    column = {name: getattr(SelfDeclared, name) for name in DIMENSIONS}[dimension]
    rows = session.execute(
        select(SelfDeclared.person_id, column.label("said"))
        .join(
            Employment,
            (Employment.firm_id == SelfDeclared.firm_id) & (Employment.person_id == SelfDeclared.person_id),
        )
        .where(
            SelfDeclared.firm_id == actor.firm_id,
            column.is_not(None),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
    )
    return {row.person_id: row.said for row in rows}
