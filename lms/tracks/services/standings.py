"""Standings, as whoever may see them sees them: one person on a rung, and the board."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.rules import folded
from lms.tracks import queries
from lms.tracks.framework_files import find_rung, shipped_rule
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import Consideration, Evidence, Facts, Leave, Standing, consideration, standing


def facts_of(
    employment: Employment | people.Job | queries.BoardPerson, leave: tuple[Leave, ...] = ()
) -> Facts:
    """What readiness needs to know of an employment. `leave`: the protected leave, from `queries.list_protected`."""
    return Facts(employment.started_on, employment.role_started_on, leave)


@dataclass(frozen=True)
class Path:
    """A person on one rung: the track, the rung, the standing and the ledger behind it."""

    track: dict[str, Any]
    rung: dict[str, Any]
    standing: Standing
    ledger: list[Evidence]
    person: Employment
    leave: tuple[Leave, ...] = ()

    @property
    def together(self) -> Consideration | None:
        """Whether the person is ready for consideration, when the rule of that day says."""
        rule = shipped_rule(self.standing.as_of)
        return consideration(self.standing.cells, self.standing.competencies, rule)


def see_standing(session: Session, *, actor: Actor, person_id: uuid.UUID, rung: str, as_of: date) -> Path:
    """A person's standing for a rung as of a date. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.SEE_PERSON, person)
    framework = framework_of(session, actor=actor, on=as_of)
    found = find_rung(framework, rung)
    if found is None:
        raise NotFound("There is no such rung.")
    ledger = queries.list_ledger(session, actor=actor, person_id=person_id)
    leave = queries.list_protected(session, actor=actor, person_id=person_id)
    return Path(
        *found, standing(found[1], framework, ledger, facts_of(person, leave), as_of), ledger, person, leave
    )


@dataclass(frozen=True)
class BoardRow:
    """One person on the board, and their cells."""

    person: queries.BoardPerson
    standing: Standing


def see_board(
    session: Session,
    *,
    actor: Actor,
    rung: str,
    team_id: uuid.UUID | None,
    sort: str,
    as_of: date,
    q: str = "",
) -> list[BoardRow]:
    """Everybody the actor may see against one rung: a fixed number of statements, whatever the number of people.

    `q`: only whose name or employee number holds all of these words.
    Raises NotFound (no such rung, or not one of the actor's teams).
    """
    require(POLICY, actor, TrackPermission.BOARD)
    framework = framework_of(session, actor=actor, on=as_of)
    found = find_rung(framework, rung)
    if found is None or sort not in queries.SORTS:
        raise NotFound("There is no such rung.")
    teams = _teams_seen(actor, team_id)
    persons = queries.list_board_people(session, actor=actor, team_ids=teams, sort=sort, today=as_of)
    ledgers = queries.list_ledgers(session, actor=actor, team_ids=teams)
    away = queries.list_everybody_protected(session, actor=actor, team_ids=teams)
    return [
        BoardRow(
            one,
            standing(
                found[1],
                framework,
                ledgers.get(one.person_id, ()),
                facts_of(one, away.get(one.person_id, ())),
                as_of,
                explain=False,
            ),
        )
        for one in persons
        if all(word in f"{folded(one.name)} {folded(one.number or '')}" for word in folded(q).split())
    ]


def _teams_seen(actor: Actor, team_id: uuid.UUID | None) -> frozenset[uuid.UUID] | None:
    """The teams to show: all of the firm (None) for a manager, else the led ones; or the one that was asked for."""
    everything = POLICY[TrackPermission.BOARD][0][0](actor, None)
    if team_id is None:
        return None if everything else actor.leads
    if not everything and team_id not in actor.leads:
        raise NotFound("There is no such team.")
    return frozenset({team_id})
