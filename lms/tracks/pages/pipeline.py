"""The pipeline: everybody once, for the rung above theirs on one track."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Team
from lms.people.policy import is_manager
from lms.tracks import queries
from lms.tracks.framework_files import shipped_acts
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.queries.pipeline import count_assessors
from lms.tracks.queries.routing import list_finals
from lms.tracks.rules import place_on, standing
from lms.tracks.rules.pipeline import Assumed, Outlook, Todo, month_ends, outlooks
from lms.tracks.rules.route_acts import Catalogue, Final, catalogue
from lms.tracks.rules.routing import Act, Way, route
from lms.tracks.services import facts_of


@dataclass(frozen=True)
class Pipeline:
    """One track's outlook for a firm or some teams."""

    track: dict[str, Any]
    as_of: date
    ends: Sequence[date]
    rungs: Sequence[tuple[dict[str, Any], Outlook]]
    teams: Sequence[tuple[str, Outlook]]
    """Each team's, over all rungs."""
    people: int
    at_the_top: int
    assessors: int
    assumed: Assumed
    choices: Sequence[Team]


def pipeline_page(
    session: Session,
    *,
    actor: Actor,
    track: str,
    team_id: uuid.UUID | None,
    as_of: date,
    assumed: Assumed,
) -> Pipeline:
    """How many will be ready when. A fixed number of statements. Raises NotAllowed, NotFound."""
    require(POLICY, actor, TrackPermission.PIPELINE)
    framework = framework_of(session, actor=actor, on=as_of)
    found = next((one for one in framework["tracks"] if one["key"] == track), None)
    whole = is_manager(actor, None)
    if found is None or (team_id is not None and not whole and team_id not in actor.leads):
        raise NotFound("There is no such track.")
    seen = frozenset({team_id}) if team_id else (None if whole else actor.leads)
    persons = queries.list_board_people(session, actor=actor, team_ids=seen, sort="name", today=as_of)
    ledgers = queries.list_ledgers(session, actor=actor, team_ids=seen)
    away = queries.list_everybody_protected(session, actor=actor, team_ids=seen)
    finals = list_finals(session, actor=actor)
    choices = people.list_teams(session, actor=actor)
    names = {one.id: one.name for one in choices}
    todos: list[Todo] = []
    ways = _Ways(framework, finals, as_of)
    top = 0
    for one in persons:
        ledger = ledgers.get(one.person_id, ())
        facts = facts_of(one, away.get(one.person_id, ()))
        place = place_on(found, framework, ledger, facts, as_of, job_role=one.job_role)
        if place.next is None:
            top += 1
            continue
        rung = next(each for each in found["rungs"] if each["key"] == place.next)
        stand = standing(rung, framework, ledger, facts, as_of)
        way = ways.of(catalogue(stand, rung, framework, ledger, shipped_acts(), finals))
        team = names.get(one.team_id, "") if one.team_id else ""
        todos.append(_todo(rung["key"], team, way, as_of))
    order = [rung["key"] for rung in found["rungs"]]
    assessors = count_assessors(session, actor=actor, roles=(Role.ASSESSOR, Role.MANAGER), today=as_of)
    by_rung = sorted(outlooks(todos, as_of, assessors, assumed), key=lambda each: order.index(each.rung))
    by_team = outlooks(
        sorted((Todo(**{**vars(each), "rung": each.team}) for each in todos), key=lambda each: each.rung),
        as_of,
        assessors,
        assumed,
    )
    rungs = {rung["key"]: rung for rung in found["rungs"]}
    return Pipeline(
        found,
        as_of,
        month_ends(as_of),
        [(rungs[each.rung], each) for each in by_rung],
        [(each.rung, each) for each in by_team],
        len(persons),
        top,
        assessors,
        assumed,
        choices if whole else [each for each in choices if each.id in actor.leads],
    )


class _Ways:
    """Ways by what is open: people with the same gaps and acts have the same way."""

    def __init__(self, framework: Mapping[str, Any], finals: Sequence[Final], as_of: date) -> None:
        self.framework, self.finals, self.as_of = framework, finals, as_of
        self.known: dict[tuple[frozenset[str], tuple[Act, ...]], Way] = {}

    def of(self, found: Catalogue) -> Way:
        """The way of a catalogue."""
        key = (found.gaps, found.acts)
        if key not in self.known:
            self.known[key] = route(found.gaps, found.acts, self.as_of)
        return self.known[key]


def _todo(rung: str, team: str, way: Way, as_of: date) -> Todo:
    alone = sum(step.act.minutes for step in way.steps if step.act.in_breaks)
    waits = [step.done_by for step in way.steps if not step.act.in_breaks and not step.act.assessor]
    return Todo(
        rung,
        team,
        alone,
        sum(step.act.assessor for step in way.steps),
        max(waits, default=as_of),
        ready=not way.steps and not way.closed_by_nothing,
        stuck=bool(way.closed_by_nothing),
    )
