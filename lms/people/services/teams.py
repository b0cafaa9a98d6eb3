"""Teams: add, change, remove."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.people import queries
from lms.people.models import Employment, Team
from lms.people.policy import POLICY, PeoplePermission
from lms.people.rules import TeamFacts, changes, mark_of, would_circle
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import find_by_name_or_number, hold_firm


def add_team(session: Session, *, actor: Actor, facts: TeamFacts, now: datetime) -> uuid.UUID:
    """Add a team. Raises NotAllowed, NotFound (the team above), Conflict (the name is taken), Invalid (the lead)."""
    require(POLICY, actor, PeoplePermission.TEAMS)
    hold_firm(session, actor)
    _check_name(session, actor, facts.name)
    parent = _parent(session, actor, facts.parent_id)
    lead = find_by_name_or_number(session, actor=actor, typed=facts.lead, now=now) if facts.lead else None
    team = Team(
        firm_id=actor.firm_id,
        id=new_id(),
        name=facts.name,
        parent_id=facts.parent_id,
        lead_id=lead.person_id if lead else None,
    )
    session.add(team)
    detail = {
        "name": facts.name,
        "parent": parent.name if parent else None,
        "lead": lead.name if lead else None,
    }
    record_act(session, actor=actor, act="team added", subject=str(team.id), detail=detail, now=now)
    return team.id


def edit_team(
    session: Session, *, actor: Actor, team_id: uuid.UUID, facts: TeamFacts, seen: str, now: datetime
) -> None:
    """Rename a team, give it a lead, hang it under another.

    Raises NotFound, NotAllowed, Conflict (stale, or the name is taken), Invalid (the lead, or a circle).
    """
    team = _team_to_change(session, actor, team_id)
    if seen != mark_of_team(team):
        raise Conflict(
            "Somebody changed %(name)s meanwhile. Both are shown below: check them, then send again.",
            name=team.name,
        )
    _check_name(session, actor, facts.name, but=team_id)
    parents = {one.id: one.parent_id for one in queries.list_teams(session, actor=actor)}
    parent = _parent(session, actor, facts.parent_id)
    if would_circle(team_id, facts.parent_id, parents):
        raise Invalid("A team cannot hang under itself or under a team beneath it.")
    lead = find_by_name_or_number(session, actor=actor, typed=facts.lead, now=now) if facts.lead else None
    before = {
        "name": team.name,
        "parent": _name_of_team(session, actor, team.parent_id),
        "lead": name_of_lead(session, actor=actor, team=team),
    }
    team.name, team.parent_id, team.lead_id = facts.name, facts.parent_id, lead.person_id if lead else None
    after = {
        "name": facts.name,
        "parent": parent.name if parent else None,
        "lead": lead.name if lead else None,
    }
    if changed := changes(before, after):
        record_act(
            session,
            actor=actor,
            act="team changed",
            subject=str(team_id),
            detail={"name": facts.name, "changed": changed},
            now=now,
        )


def remove_team(session: Session, *, actor: Actor, team_id: uuid.UUID, now: datetime) -> None:
    """Remove an empty team. Raises NotFound, NotAllowed, Conflict (somebody is or was in it, or a team hangs under it)."""
    team = _team_to_change(session, actor, team_id)
    people = session.scalar(
        select(func.count(Employment.person_id)).where(
            Employment.firm_id == actor.firm_id, Employment.team_id == team_id
        )
    )
    below = session.scalar(
        select(func.count(Team.id)).where(Team.firm_id == actor.firm_id, Team.parent_id == team_id)
    )
    if people or below:
        raise Conflict(
            "%(name)s still has people or teams, perhaps people who left. Move them first.", name=team.name
        )
    name = team.name
    try:
        with session.begin_nested():
            session.delete(team)
    except IntegrityError:
        raise Conflict(
            "A course was assigned to %(name)s, or a rule is about it. Keep the team, so that the record stays true.",
            name=name,
        ) from None
    record_act(
        session,
        actor=actor,
        act="team removed",
        subject=str(team_id),
        detail={"name": name},
        now=now,
    )


def mark_of_team(team: Team) -> str:
    """The mark of everything the form about a team shows."""
    return mark_of(team.name, team.parent_id, team.lead_id)


def name_of_lead(session: Session, *, actor: Actor, team: Team) -> str | None:
    """What a team's lead is called."""
    if team.lead_id is None:
        return None
    return session.scalar(
        select(Employment.name).where(
            Employment.firm_id == actor.firm_id, Employment.person_id == team.lead_id
        )
    )


def _team_to_change(session: Session, actor: Actor, team_id: uuid.UUID) -> Team:
    require(POLICY, actor, PeoplePermission.TEAMS)
    hold_firm(session, actor)
    team = queries.find_team(session, actor=actor, team_id=team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team


def _parent(session: Session, actor: Actor, parent_id: uuid.UUID | None) -> Team | None:
    if parent_id is None:
        return None
    parent = queries.find_team(session, actor=actor, team_id=parent_id)
    if parent is None:
        raise NotFound("There is no such team.")
    return parent


def _name_of_team(session: Session, actor: Actor, team_id: uuid.UUID | None) -> str | None:
    team = _parent(session, actor, team_id)
    return team.name if team else None


def _check_name(session: Session, actor: Actor, name: str, but: uuid.UUID | None = None) -> None:
    taken = session.scalar(
        select(Team.id).where(
            Team.firm_id == actor.firm_id, func.lower(Team.name) == name.lower(), Team.id != (but or new_id())
        )
    )
    if taken is not None:
        raise Conflict("There is a team called %(name)s already.", name=name)
