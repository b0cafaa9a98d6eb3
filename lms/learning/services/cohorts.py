"""Cohorts: make one, change it, put people in and take them out, ask one of them to go on, close it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import Cohort, CohortCourse, CohortMember, Enrolment, Nudge
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import cohort_people, cohorts
from lms.learning.queries.calendar import find_day
from lms.learning.queries.nudging import list_requests
from lms.learning.rules.running import NUDGE_AGAIN, after_quiet, row_texts
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import find_by_name_or_number, hold_firm

MOST_PEOPLE = 500
MOST_COURSES = 30


@dataclass(frozen=True)
class CohortFacts:
    """A cohort as it should be."""

    name: str
    trainer_id: uuid.UUID
    starts_on: date
    ends_on: date
    course_ids: tuple[uuid.UUID, ...]
    note: str


def make_cohort(session: Session, *, actor: Actor, facts: CohortFacts, now: datetime) -> Cohort:
    """Make a cohort without people. Raises NotAllowed, NotFound, Invalid, Conflict (the name is taken)."""
    require(POLICY, actor, LearningPermission.RUN)
    hold_firm(session, actor)
    _check(session, actor, facts, now)
    if cohorts.has_name(session, actor=actor, name=facts.name):
        raise Conflict("There is a group called %(name)s already.", name=facts.name)
    made = Cohort(
        firm_id=actor.firm_id,
        name=facts.name,
        trainer_id=facts.trainer_id,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        note=facts.note,
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()  # its courses and the log name the row
    _follow(session, actor, made.id, facts.course_ids)
    _log(session, actor, N_("group made"), made, now, ends_on=str(made.ends_on))
    return made


def edit_cohort(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID, facts: CohortFacts, now: datetime
) -> Cohort:
    """Change a cohort's name, trainer, days, courses or note. Raises NotAllowed, NotFound, Invalid, Conflict."""
    found = _standing(session, actor, cohort_id)
    _check(session, actor, facts, now)
    if cohorts.has_name(session, actor=actor, name=facts.name, but=found.id):
        raise Conflict("There is a group called %(name)s already.", name=facts.name)
    was = str(found.ends_on)
    found.name, found.trainer_id, found.note = facts.name, facts.trainer_id, facts.note
    found.starts_on, found.ends_on = facts.starts_on, facts.ends_on
    for row in cohorts.list_courses_of(session, actor=actor, cohort_id=found.id):
        session.delete(row)
    session.flush()  # a course may stand at another place now
    _follow(session, actor, found.id, facts.course_ids)
    _log(session, actor, N_("group changed"), found, now, ends_on=str(found.ends_on), before=was)
    return found


def close_cohort(session: Session, *, actor: Actor, cohort_id: uuid.UUID, now: datetime) -> Cohort:
    """Close a cohort: it asks nothing of its people any more, and stays to be read. Raises NotAllowed, NotFound, Conflict."""
    found = _standing(session, actor, cohort_id)
    found.closed_at = now
    _log(session, actor, N_("group closed"), found, now)
    return found


def reopen_cohort(session: Session, *, actor: Actor, cohort_id: uuid.UUID, now: datetime) -> Cohort:
    """Open a cohort that was closed. Raises NotAllowed, NotFound, Conflict (it is open)."""
    require(POLICY, actor, LearningPermission.RUN)
    found = _find(session, actor, cohort_id)
    if found.closed_at is None:
        raise Conflict("This group is open.")
    found.closed_at = None
    _log(session, actor, N_("group opened again"), found, now)
    return found


@dataclass(frozen=True)
class Whom:
    """Who is to be put into a cohort: by name or number, a whole team, or pasted employee numbers."""

    who: str = ""
    team_id: uuid.UUID | None = None
    numbers: str = ""


@dataclass(frozen=True)
class AddedRow:
    """What became of one line: `added`, `there` (already in it) or `unknown` (nobody who works here)."""

    text: str
    name: str
    outcome: str


def add_people(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID, whom: Whom, now: datetime
) -> Sequence[AddedRow]:
    """Put people into a cohort, and say of each line what became of it. Who is in it stays as they are.

    Raises NotAllowed, NotFound, Invalid (nobody named, or too many), Conflict (it is closed).
    """
    found = _standing(session, actor, cohort_id)
    rows = _named(session, actor, whom, now)
    if not rows:
        raise Invalid("Name somebody: a person, a team, or employee numbers.")
    inside = set(cohort_people.list_member_ids(session, actor=actor, cohort_id=found.id))
    report, added = [], []
    for text, person in rows:
        if person is None:
            report.append(AddedRow(text, "", "unknown"))
        elif person.person_id in inside:
            report.append(AddedRow(text, person.name, "there"))
        else:
            inside.add(person.person_id)
            added.append(person)
            report.append(AddedRow(text, person.name, "added"))
    if len(inside) > MOST_PEOPLE:
        raise Invalid("A group has at most %(most)s people. Make a second one.", most=MOST_PEOPLE)
    session.add_all(
        CohortMember(
            firm_id=actor.firm_id,
            cohort_id=found.id,
            person_id=person.person_id,
            added_by_id=actor.person_id,
            added_at=now,
        )
        for person in added
    )
    if added:
        names = ", ".join(person.name for person in added[:20])
        _log(session, actor, N_("people put into a group"), found, now, people=len(added), names=names)
    return report


def _named(session: Session, actor: Actor, whom: Whom, now: datetime) -> list[tuple[str, Employment | None]]:
    today = people.find_today(session, actor=actor, now=now)
    rows: list[tuple[str, Employment | None]] = []
    if whom.who.strip():
        typed = whom.who.strip()
        rows.append((typed, find_by_name_or_number(session, actor=actor, typed=typed, now=now)))
    if whom.team_id is not None:
        if people.find_team(session, actor=actor, team_id=whom.team_id) is None:
            raise NotFound("There is no such team or person.")
        team = cohort_people.list_in_team(session, actor=actor, team_id=whom.team_id, today=today)
        if not team and not rows and not whom.numbers.strip():
            raise Invalid("Nobody is in this team now.")
        rows += [(person.employee_number or person.name, person) for person in team]
    numbers = row_texts(whom.numbers, most=MOST_PEOPLE + 1)
    known = (
        cohort_people.list_by_number(session, actor=actor, numbers=numbers, today=today) if numbers else {}
    )
    rows += [(number[:40], known.get(number)) for number in numbers]
    return rows


def remove_person(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID, person_id: uuid.UUID, now: datetime
) -> str:
    """Take a person out of a cohort; what they learnt stays theirs. Their name. Raises NotAllowed, NotFound, Conflict."""
    found = _standing(session, actor, cohort_id)
    member = cohort_people.find_member(session, actor=actor, cohort_id=found.id, person_id=person_id)
    person = people.find_employment(session, actor=actor, person_id=person_id) if member else None
    if person is None:
        raise NotFound("There is no such team or person.")
    session.execute(
        delete(CohortMember).where(
            CohortMember.firm_id == actor.firm_id,
            CohortMember.cohort_id == found.id,
            CohortMember.person_id == person_id,
        )
    )
    _log(session, actor, N_("person taken out of a group"), found, now, name=person.name)
    return person.name


def ask_to_go_on(
    session: Session,
    *,
    actor: Actor,
    cohort_id: uuid.UUID,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    now: datetime,
) -> Nudge:
    """Put a note on a person's Today: their trainer asks them to go on. In quiet hours it waits until they end.

    Raises NotAllowed, NotFound, Conflict (asked within the day, or there is nothing to go on with).
    """
    found = _standing(session, actor, cohort_id)
    member = cohort_people.find_member(session, actor=actor, cohort_id=found.id, person_id=person_id)
    followed = cohorts.list_courses_of(session, actor=actor, cohort_id=found.id)
    if member is None or course_id not in {row.course_id for row in followed}:
        raise NotFound("There is no such team or person.")
    done = session.scalar(
        select(Enrolment.completed_at).where(
            Enrolment.firm_id == actor.firm_id,
            Enrolment.person_id == person_id,
            Enrolment.course_id == course_id,
        )
    )
    if done is not None:
        raise Conflict("They have finished this course.")
    asked = list_requests(session, actor=actor, person_id=person_id, since=now - timedelta(days=2))
    if any(one.course_id == course_id and one.at > now - NUDGE_AGAIN for one in asked):
        raise Conflict("They were asked today already. Give them a day.")
    day = find_day(session, actor=actor, now=now)
    made = Nudge(
        firm_id=actor.firm_id,
        person_id=person_id,
        course_id=course_id,
        by_id=actor.person_id,
        at=now,
        shown_from=after_quiet(now, day.zone, day.terms.quiet_from, day.terms.quiet_to),
    )
    session.add(made)
    return made


def _find(session: Session, actor: Actor, cohort_id: uuid.UUID) -> Cohort:
    found = cohorts.find_cohort(session, actor=actor, cohort_id=cohort_id)
    if found is None:
        raise NotFound("There is no such group.")
    return found


def _standing(session: Session, actor: Actor, cohort_id: uuid.UUID) -> Cohort:
    require(POLICY, actor, LearningPermission.RUN)
    found = _find(session, actor, cohort_id)
    if found.closed_at is not None:
        raise Conflict("This group is closed. Open it again first.")
    return found


def _check(session: Session, actor: Actor, facts: CohortFacts, now: datetime) -> None:
    if not facts.name:
        raise Invalid("Give the group a name.")
    if facts.ends_on < facts.starts_on:
        raise Invalid("The last day cannot be before the first one.")
    if not facts.course_ids:
        raise Invalid("Choose at least one course.")
    if len(facts.course_ids) > MOST_COURSES:
        raise Invalid("A group follows at most %(most)s courses.", most=MOST_COURSES)
    there = {one.id for one in courses.list_names(session, actor=actor)}
    if not set(facts.course_ids) <= there:
        raise NotFound("There is no such course.")
    today = people.find_today(session, actor=actor, now=now)
    trainers = cohort_people.list_trainers(session, actor=actor, today=today)
    if facts.trainer_id not in {one.person_id for one in trainers}:
        raise Invalid("Choose a trainer, a manager or an administrator of your firm.")


def _follow(session: Session, actor: Actor, cohort_id: uuid.UUID, course_ids: tuple[uuid.UUID, ...]) -> None:
    session.add_all(
        CohortCourse(firm_id=actor.firm_id, cohort_id=cohort_id, course_id=course_id, position=place)
        for place, course_id in enumerate(dict.fromkeys(course_ids), start=1)
    )


def _log(session: Session, actor: Actor, act: str, found: Cohort, now: datetime, **more: str | int) -> None:
    detail = {"group": str(found.id), **more}
    record_act(session, actor=actor, act=act, subject=found.name, detail=detail, now=now)
