"""What those who look after people see of their learning, gathered in a fixed number of statements."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.assessments import queries as assessments
from lms.courses import queries as courses
from lms.courses.queries import Named
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import Permissions, require
from lms.learning import queries
from lms.learning.models import PastRun
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import assignments, team
from lms.learning.queries.assignments import AssignmentLine, AssignmentLines, AssignmentsWanted, Taker
from lms.learning.queries.calendar import Day, find_day
from lms.learning.queries.due import Due, MoreTime, list_due, list_more_time
from lms.learning.queries.prerequisites import Need, Waived, list_missing, list_waived
from lms.learning.queries.runs import list_past_runs
from lms.learning.queries.team import TeamLine, TeamLines, TeamWanted
from lms.learning.rules import Standing, standings
from lms.learning.rules.running import Soon
from lms.people import queries as people
from lms.people.models import Employment, Team

MAY = Permissions(POLICY)


def close_door(actor: Actor, permission: LearningPermission) -> None:
    """Whoever could do this to nobody at all is refused, as at the route's door."""
    if not MAY.could(actor, permission):
        require(POLICY, actor, permission)


@dataclass(frozen=True)
class TeamPage:
    """The team page."""

    wanted: TeamWanted
    lines: TeamLines
    counts: dict[Standing, int]
    teams: Sequence[Team]
    now: datetime

    @property
    def people(self) -> int:
        """How many people the search and the team leave, whatever their standing. The last four share them out."""
        return sum(count for standing, count in self.counts.items() if standing is not Standing.OVERDUE)


def team_page(session: Session, *, actor: Actor, wanted: TeamWanted, now: datetime) -> TeamPage:
    """People the actor looks after, and how their learning stands. Raises NotAllowed, NotFound (no such team)."""
    close_door(actor, LearningPermission.SEE_TEAM)
    day = find_day(session, actor=actor, now=now)
    teams = team.list_teams_seen(session, actor=actor)
    if wanted.team_id is not None and wanted.team_id not in {one.id for one in teams}:
        raise NotFound("There is no such team.")
    lines = team.list_team_learning(session, actor=actor, wanted=wanted, day=day, now=now)
    counts = team.count_standings(session, actor=actor, wanted=wanted, day=day, now=now)
    return TeamPage(wanted, lines, counts, teams, now)


def team_file(session: Session, *, actor: Actor, wanted: TeamWanted, now: datetime) -> Sequence[TeamLine]:
    """Everybody the team page would list, page after page. Raises NotAllowed."""
    close_door(actor, LearningPermission.SEE_TEAM)
    day = find_day(session, actor=actor, now=now)
    return team.list_team_learning(session, actor=actor, wanted=wanted, day=day, now=now, whole=True).people


@dataclass(frozen=True)
class LearnerPage:
    """One person's learning."""

    person: Employment
    standings: tuple[Standing, ...]
    courses: Sequence[queries.CourseStanding]
    attempts: Sequence[assessments.AttemptLine]
    due: Sequence[Due]
    more_time: Sequence[MoreTime]
    day: Day
    missing: Mapping[uuid.UUID, Sequence[Need]]
    names: Sequence[Named]
    waived: Sequence[Waived]
    past: Sequence[PastRun]

    def title_of(self, course_id: uuid.UUID) -> str:
        """A course's title, empty when it is no longer offered."""
        return next((one.title for one in self.names if one.id == course_id), "")

    @property
    def extendable(self) -> list[tuple[str, str]]:
        """The courses that are asked of them by a day: id and title."""
        return list({str(one.course_id): one.title for one in self.due if one.is_open and one.due_on}.items())

    @property
    def waivable(self) -> list[tuple[str, str]]:
        """The courses they may not begin yet: id and title."""
        return [(str(one.id), one.title) for one in self.names if one.id in self.missing]


def learner_page(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> LearnerPage:
    """A person's courses, attempts and assignments. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, LearningPermission.SEE_TEAM, person)
    day = find_day(session, actor=actor, now=now)
    taken = queries.list_course_standings(session, actor=actor, person_id=person_id)
    attempts = assessments.list_person_attempts(session, actor=actor, person_id=person_id)
    due = list_due(session, actor=actor, person_id=person_id, day=day)
    late = {one.course_id for one in due if one.is_open and one.soon(day.today) is Soon.OVERDUE}
    moves = [one.moved_at for one in taken] + [one.submitted_at or one.started_at for one in attempts]
    words = standings(
        courses=len(taken),
        completed=sum(one.completed_at is not None for one in taken),
        overdue=len(late),
        moved_at=max((one for one in moves if one), default=None),
        now=now,
    )
    more = list_more_time(session, actor=actor, person_id=person_id)
    names = courses.list_names(session, actor=actor)
    missing = list_missing(session, actor=actor, person_id=person_id, course_ids=[one.id for one in names])
    return LearnerPage(
        person,
        words,
        taken,
        attempts,
        due,
        more,
        day,
        missing,
        names,
        list_waived(session, actor=actor, person_id=person_id),
        list_past_runs(session, actor=actor, person_id=person_id),
    )


@dataclass(frozen=True)
class AssignmentsPage:
    """The list of assignments."""

    wanted: AssignmentsWanted
    lines: AssignmentLines
    teams: Sequence[Team]
    today: date


def assignments_page(
    session: Session, *, actor: Actor, wanted: AssignmentsWanted, now: datetime
) -> AssignmentsPage:
    """Assignments the actor looks after, soonest due first. Raises NotAllowed."""
    close_door(actor, LearningPermission.ASSIGN)
    day = find_day(session, actor=actor, now=now)
    return AssignmentsPage(
        wanted,
        assignments.list_assignments(session, actor=actor, wanted=wanted, day=day),
        team.list_teams_seen(session, actor=actor),
        day.today,
    )


def assignments_file(
    session: Session, *, actor: Actor, wanted: AssignmentsWanted, now: datetime
) -> tuple[Sequence[AssignmentLine], date]:
    """Every assignment the list would show, and the day it is. Raises NotAllowed."""
    close_door(actor, LearningPermission.ASSIGN)
    day = find_day(session, actor=actor, now=now)
    found = assignments.list_assignments(session, actor=actor, wanted=wanted, day=day, whole=True)
    return found.lines, day.today


@dataclass(frozen=True)
class AssignmentPage:
    """One assignment and the people it is for."""

    line: AssignmentLine
    takers: Sequence[Taker]
    state: str
    today: date


def assignment_page(
    session: Session, *, actor: Actor, assignment_id: uuid.UUID, now: datetime
) -> AssignmentPage:
    """An assignment the actor looks after. Raises NotAllowed, NotFound."""
    close_door(actor, LearningPermission.ASSIGN)
    day = find_day(session, actor=actor, now=now)
    line = assignments.find_line(session, actor=actor, assignment_id=assignment_id, day=day)
    if line is None:
        raise NotFound("There is no such assignment.")
    takers = assignments.list_takers(session, actor=actor, line=line, today=day.today)
    return AssignmentPage(line, takers, line.state(day.today), day.today)


@dataclass(frozen=True)
class AssignPage:
    """What the form for assigning offers; `person` when it is about one."""

    courses: Sequence[courses.Named]
    teams: Sequence[Team]
    person: Employment | None
    today: date


def assign_page(session: Session, *, actor: Actor, person_id: uuid.UUID | None, now: datetime) -> AssignPage:
    """The courses and teams to choose from. Raises NotAllowed, NotFound (no such person)."""
    close_door(actor, LearningPermission.ASSIGN)
    person = people.find_employment(session, actor=actor, person_id=person_id) if person_id else None
    if person_id is not None:
        if person is None:
            raise NotFound("There is no such person.")
        require(POLICY, actor, LearningPermission.ASSIGN, person)
    return AssignPage(
        courses.list_names(session, actor=actor),
        team.list_teams_seen(session, actor=actor),
        person,
        people.find_today(session, actor=actor, now=now),
    )
