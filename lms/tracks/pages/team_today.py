"""The team's day: who is stuck, overdue, back from leave, due to be seen at work; and the notes whose day has come."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import Permissions, require
from lms.learning.queries.team import TeamLine, TeamWanted, list_team_learning
from lms.learning.rules import Standing
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.policy import is_manager
from lms.tracks.kpi.leave import Leave
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import list_board_people
from lms.tracks.queries.coaching import NoteLine, Unseen, list_notes, list_unseen
from lms.tracks.queries.kpi import list_leaves

SEEN_EVERY_DAYS, BACK_FOR_DAYS = 60, 14
"""How often everybody's work is to be seen, and how long somebody counts as just back (our own judgement)."""


@dataclass(frozen=True)
class TeamToday:
    """What a lead looks after today, everything by name."""

    today: date
    stuck: Sequence[TeamLine]
    overdue: Sequence[TeamLine]
    back: Sequence[tuple[uuid.UUID, str, Leave]]
    unseen: Sequence[Unseen]
    notes: Sequence[NoteLine]
    people: int
    leave_is_known: bool

    @property
    def quiet(self) -> bool:
        """Whether nothing waits."""
        return not (self.stuck or self.overdue or self.back or self.unseen or self.notes)


def team_today(session: Session, *, actor: Actor, now: datetime) -> TeamToday:
    """The day of the teams the actor leads; of the whole firm for a manager. A fixed number of statements.

    Raises NotAllowed.
    """
    if not Permissions(POLICY).could(actor, TrackPermission.COACH):
        require(POLICY, actor, TrackPermission.COACH)
    today = people.find_today(session, actor=actor, now=now)
    teams = None if is_manager(actor, None) and not actor.leads else actor.leads
    mine = list_board_people(session, actor=actor, team_ids=teams, sort="name", today=today)
    names = {one.person_id: one.name for one in mine}

    def learning(standing: Standing) -> list[TeamLine]:
        found = list_team_learning(
            session, actor=actor, wanted=TeamWanted(standing=standing), today=today, now=now, whole=True
        ).people
        return [one for one in found if one.person_id in names]

    leaves = list_leaves(session, actor=actor)
    back = [
        (person_id, names[person_id], one)
        for person_id in names
        for one in leaves.get(person_id, ())
        if one.ends_on is not None and today - timedelta(days=BACK_FOR_DAYS) <= one.ends_on < today
    ]
    away = {
        person_id
        for person_id, mine_ in leaves.items()
        if any(one.starts_on <= today and (one.ends_on is None or one.ends_on >= today) for one in mine_)
    }
    since = today - timedelta(days=SEEN_EVERY_DAYS)
    unseen = list_unseen(session, actor=actor, team_ids=teams, since=since, today=today)
    return TeamToday(
        today,
        [one for one in learning(Standing.STUCK) if one.person_id not in away],
        [one for one in learning(Standing.OVERDUE) if one.person_id not in away],
        back,
        [one for one in unseen if one.person_id not in away],
        list_notes(session, actor=actor, team_ids=teams, due_by=today),
        len(names),
        bool(leaves),
    )


@dataclass(frozen=True)
class NotesPage:
    """A person and the notes about them."""

    person: Employment
    notes: Sequence[NoteLine]
    today: date


def notes_page(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> NotesPage:
    """The notes about somebody one leads. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.COACH, person)
    notes = list_notes(session, actor=actor, person_id=person_id)
    return NotesPage(person, notes, people.find_today(session, actor=actor, now=now))
