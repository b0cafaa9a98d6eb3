"""Teams as a reader sees them: their path from the top, their lead, how many people."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.people.models import Employment, Team
from lms.people.queries.directory import WIDE
from lms.people.rules import folded, team_paths


@dataclass(frozen=True)
class TeamLine:
    """A team as a list shows it. `path`: the names from the top down to itself; `team_id` twice, for the policy's sake."""

    team_id: uuid.UUID
    name: str
    parent_id: uuid.UUID | None
    path: tuple[str, ...]
    lead_id: uuid.UUID | None
    lead: str | None
    people: int
    teams: int


def find_team(session: Session, *, actor: Actor, team_id: uuid.UUID) -> Team | None:
    """A team of the actor's firm."""
    return session.scalar(select(Team).where(Team.firm_id == actor.firm_id, Team.id == team_id))


def list_team_lines(session: Session, *, actor: Actor, today: date, text: str = "") -> Sequence[TeamLine]:
    """The teams the actor may see, in the order of their paths. Two statements, whatever the number of teams."""
    rows = session.execute(
        select(Team.id, Team.name, Team.parent_id, Team.lead_id, Employment.name.label("lead"))
        .outerjoin(Employment, and_(Employment.firm_id == Team.firm_id, Employment.person_id == Team.lead_id))
        .where(Team.firm_id == actor.firm_id)
    ).all()
    people = {
        row.team_id: row.n
        for row in session.execute(
            select(Employment.team_id, func.count(Employment.person_id).label("n"))
            .where(
                Employment.firm_id == actor.firm_id,
                Employment.team_id.is_not(None),
                or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
            )
            .group_by(Employment.team_id)
        )
    }
    paths = team_paths({row.id: (row.name, row.parent_id) for row in rows})
    below: dict[uuid.UUID, int] = {}
    for row in rows:
        if row.parent_id is not None:
            below[row.parent_id] = below.get(row.parent_id, 0) + 1
    lines = [
        TeamLine(
            row.id,
            row.name,
            row.parent_id,
            paths[row.id],
            row.lead_id,
            row.lead,
            people.get(row.id, 0),
            below.get(row.id, 0),
        )
        for row in rows
        if actor.has(*WIDE) or row.id in actor.leads
    ]
    wanted = folded(text)
    if wanted:
        lines = [line for line in lines if wanted in folded(f"{' > '.join(line.path)} {line.lead or ''}")]
    return sorted(lines, key=lambda line: [folded(name) for name in line.path])
