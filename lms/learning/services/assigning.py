"""Saying who must take what by when, changing that, and taking it back."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import Assignment
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import assignments
from lms.learning.queries.team import list_matching
from lms.people import queries as people
from lms.people.services.audit import record_act


@dataclass(frozen=True)
class Wish:
    """What a form asks to be assigned: to a team, to a person, or to whoever has a name or an employee number."""

    course_id: uuid.UUID
    team_id: uuid.UUID | None
    person_id: uuid.UUID | None
    who: str
    due_on: date | None
    note: str


def assign_as_asked(session: Session, *, actor: Actor, wish: Wish, now: datetime) -> Assignment:
    """Assign what a form asks for. Raises NotFound, NotAllowed, Invalid (nobody or several fit), Conflict."""
    person_id = wish.person_id
    if wish.who.strip():
        if wish.team_id is not None:
            raise Invalid("Choose a team or one person, not both.")
        today = people.find_today(session, actor=actor, now=now)
        found = list_matching(session, actor=actor, text=wish.who, today=today)
        if not found:
            raise Invalid("Nobody you look after has this name or number. Check the spelling.")
        if len(found) > 1:
            raise Invalid("Several people have this name. Use the employee number.")
        person_id = found[0].person_id
    return assign(
        session,
        actor=actor,
        course_id=wish.course_id,
        team_id=wish.team_id,
        person_id=person_id,
        due_on=wish.due_on,
        note=wish.note,
        now=now,
    )


def assign(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    team_id: uuid.UUID | None,
    person_id: uuid.UUID | None,
    due_on: date | None,
    note: str,
    now: datetime,
) -> Assignment:
    """Say that a team or a person must take a course.

    Raises NotFound, NotAllowed, Invalid, Conflict (they were given this course already).
    """
    if (team_id is None) == (person_id is None):
        raise Invalid("Choose a team or one person.")
    course = courses.find_course(session, actor=actor, course_id=course_id)
    if course is None or course.live_version_id is None:
        raise NotFound("There is no such course.")
    whom = _whom(session, actor, team_id, person_id)
    require(POLICY, actor, LearningPermission.ASSIGN, whom)
    _check_day(session, actor, due_on, now)
    if assignments.has_open(session, actor=actor, course_id=course_id, team_id=team_id, person_id=person_id):
        raise Conflict("They have this course already. Change its date under Assignments.")
    assignment = Assignment(
        firm_id=actor.firm_id,
        course_id=course_id,
        team_id=team_id,
        person_id=person_id,
        due_on=due_on,
        note=note.strip()[:300],
        assigned_by_id=actor.person_id,
        assigned_at=now,
    )
    session.add(assignment)
    session.flush()  # the log names the row
    _log(session, actor, N_("course assigned"), course.key, whom, assignment, now)
    return assignment


def change_due_date(
    session: Session, *, actor: Actor, assignment_id: uuid.UUID, due_on: date | None, now: datetime
) -> Assignment:
    """Give an assignment another date, or none. Raises NotFound, NotAllowed, Conflict (withdrawn), Invalid."""
    assignment, key, whom = _standing(session, actor, assignment_id)
    if due_on != assignment.due_on:
        _check_day(session, actor, due_on, now)
        before, assignment.due_on = assignment.due_on, due_on
        _log(
            session,
            actor,
            N_("due date changed"),
            key,
            whom,
            assignment,
            now,
            before=str(before) if before else "",
        )
    return assignment


def withdraw(session: Session, *, actor: Actor, assignment_id: uuid.UUID, now: datetime) -> Assignment:
    """Take an assignment back; what people have learnt stays theirs. Raises NotFound, NotAllowed, Conflict."""
    assignment, key, whom = _standing(session, actor, assignment_id)
    assignment.withdrawn_at = now
    _log(session, actor, N_("assignment withdrawn"), key, whom, assignment, now)
    return assignment


@dataclass(frozen=True)
class _Whom:
    """A team or a person, as the subject of `leads_them` and as the log names it."""

    team_id: uuid.UUID | None
    name: str


def _whom(session: Session, actor: Actor, team_id: uuid.UUID | None, person_id: uuid.UUID | None) -> _Whom:
    if person_id is not None:
        person = people.find_employment(session, actor=actor, person_id=person_id)
        if person is not None:
            return _Whom(person.team_id, person.name)
    for team in people.list_teams(session, actor=actor) if team_id else ():
        if team.id == team_id:
            return _Whom(team.id, team.name)
    raise NotFound("There is no such team or person.")


def _standing(session: Session, actor: Actor, assignment_id: uuid.UUID) -> tuple[Assignment, str, _Whom]:
    """An assignment that the actor may change, its course's key and whom it is for."""
    assignment = assignments.find_assignment(session, actor=actor, assignment_id=assignment_id)
    if assignment is None:
        raise NotFound("There is no such assignment.")
    whom = _whom(session, actor, assignment.team_id, assignment.person_id)
    require(POLICY, actor, LearningPermission.ASSIGN, whom)
    if assignment.withdrawn_at is not None:
        raise Conflict("This was withdrawn already.")
    course = courses.find_course(session, actor=actor, course_id=assignment.course_id)
    return assignment, course.key if course else "", whom


def _check_day(session: Session, actor: Actor, due_on: date | None, now: datetime) -> None:
    if due_on is not None and due_on < people.find_today(session, actor=actor, now=now):
        raise Invalid("Choose a date that has not passed.")


def _log(
    session: Session,
    actor: Actor,
    act: str,
    course: str,
    whom: _Whom,
    assignment: Assignment,
    now: datetime,
    **more: str,
) -> None:
    record_act(
        session,
        actor=actor,
        act=act,
        subject=f"{course} → {whom.name}",
        now=now,
        detail={
            "assignment": str(assignment.id),
            "due_on": str(assignment.due_on) if assignment.due_on else "",
            **more,
        },
    )
