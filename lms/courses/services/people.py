"""Verbs of who is on a course, and of what a firm wants of its authors."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.models import AuthoringPolicy, Course, CoursePerson
from lms.courses.policy import AUTHORS, POLICY, REVIEWER, CoursePermission
from lms.courses.queries import people as on_course
from lms.courses.queries.people import Stood
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.policy import Permissions, require
from lms.foundation.words import N_
from lms.people import queries as people
from lms.people.services.audit import record_act


def stand(session: Session, *, actor: Actor, course_id: uuid.UUID, permission: CoursePermission) -> Stood:
    """A course, when the actor may do this to it. Raises NotFound, NotAllowed (with whom to ask)."""
    stood = on_course.find_stood(session, actor=actor, course_id=course_id)
    if stood is None:
        raise NotFound("There is no such course.")
    own = stood.course.owner_id == actor.firm_id
    if own and not Permissions(POLICY).allows(actor, permission, stood.standing):
        raise NotAllowed(
            "Only the people named on this course may do that. Ask one of its authors, or your firm's administrator."
        )
    require(POLICY, actor, permission, stood.standing)
    return stood


def name_lead(session: Session, *, actor: Actor, course: Course, now: datetime) -> None:
    """Whoever begins a course is its lead author; whoever holds the machine is nobody's colleague."""
    if on_course.has_employment(session, actor=actor):
        session.add(_row(actor, course.id, actor.person_id, AUTHORS[0], now))


def _hold(session: Session, course_id: uuid.UUID) -> None:
    """Let nobody else change who is on the course meanwhile: two who take each other off would leave it to nobody."""
    session.execute(select(Course.id).where(Course.id == course_id).with_for_update())


def _row(actor: Actor, course_id: uuid.UUID, person_id: uuid.UUID, role: str, now: datetime) -> CoursePerson:
    return CoursePerson(
        firm_id=actor.firm_id,
        course_id=course_id,
        person_id=person_id,
        role=role,
        added_at=now,
        added_by_id=actor.person_id,
    )


def put_on_course(
    session: Session, *, actor: Actor, course_id: uuid.UUID, person_id: uuid.UUID, role: str, now: datetime
) -> CoursePerson:
    """Make somebody of the firm the lead author, an author or a reviewer of a course; the lead of before stays an author.

    The same again changes nothing. Raises NotFound, NotAllowed, Invalid (no such role, or not a trainer), Conflict (the
    last author would be none).
    """
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.CHANGE_PEOPLE)
    _hold(session, course_id)
    if role not in (*AUTHORS, REVIEWER):
        raise Invalid("Choose what the person is on the course.")
    today = people.find_today(session, actor=actor, now=now)
    person = on_course.find_candidate(session, actor=actor, person_id=person_id, today=today)
    if person is None:
        raise NotFound("There is no such person.")
    if role in AUTHORS and not person.trains:
        raise Invalid(
            "%(name)s is not a trainer, and only trainers write courses. Make them a reviewer, or a trainer first.",
            name=person.name,
        )
    authors = on_course.list_author_rows(session, actor=actor, course_id=course_id)
    row = on_course.find_on_course(session, actor=actor, course_id=course_id, person_id=person_id)
    if row is not None and row.role == role:
        return row
    if role == AUTHORS[1] and not any(one.role == AUTHORS[0] and one is not row for one in authors):
        role = AUTHORS[0]
    if role == REVIEWER and row is not None:
        _leave_an_author(authors, row)
    if role == AUTHORS[0]:
        for one in authors:
            if one.role == AUTHORS[0]:
                one.role = AUTHORS[1]
    before = row.role if row is not None else ""
    if row is None:
        row = _row(actor, course_id, person_id, role, now)
        session.add(row)
    else:
        row.role = role
    _log(
        session, actor, N_("person put on a course"), stood.course, person.name, now, was=before, now_is=role
    )
    return row


def _leave_an_author(authors: object, row: CoursePerson) -> None:
    """Take the author's part away from somebody, and give the lead to who is longest on the course.

    Raises Conflict when there is nobody else.
    """
    left = [one for one in authors if one is not row]  # type: ignore[attr-defined]
    if row.role in AUTHORS and not left:
        raise Conflict("A course keeps at least one author. Put somebody else on it first.")
    if row.role == AUTHORS[0]:
        left[0].role = AUTHORS[0]


def take_off_course(
    session: Session, *, actor: Actor, course_id: uuid.UUID, person_id: uuid.UUID, now: datetime
) -> None:
    """Take somebody off a course. Raises NotFound, NotAllowed, Conflict (the last author)."""
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.CHANGE_PEOPLE)
    _hold(session, course_id)
    row = on_course.find_on_course(session, actor=actor, course_id=course_id, person_id=person_id)
    if row is None:
        raise NotFound("This person is not on the course.")
    _leave_an_author(on_course.list_author_rows(session, actor=actor, course_id=course_id), row)
    employed = people.find_employment(session, actor=actor, person_id=person_id)
    name = employed.name if employed else str(person_id)
    _log(session, actor, N_("person taken off a course"), stood.course, name, now, was=row.role, now_is="")
    session.delete(row)


def _log(
    session: Session,
    actor: Actor,
    act: str,
    course: Course,
    name: str,
    now: datetime,
    *,
    was: str,
    now_is: str,
) -> None:
    record_act(
        session,
        actor=actor,
        act=act,
        subject=f"{course.key}: {name}",
        now=now,
        detail={"course": str(course.id), "before": was, "after": now_is},
    )


def wants_review(session: Session, *, actor: Actor) -> bool:
    """Whether the actor's firm asks that a second person approves what is published."""
    row = on_course.find_policy(session, actor=actor)
    return row is not None and row.reviewed


def set_policy(
    session: Session, *, actor: Actor, only_named: bool, reviewed: bool, now: datetime
) -> AuthoringPolicy:
    """Say who may edit the firm's courses, and whether a second person approves what is published. Raises NotAllowed."""
    require(POLICY, actor, CoursePermission.SET_POLICY)
    row = on_course.find_policy(session, actor=actor)
    if row is None:
        row = AuthoringPolicy(firm_id=actor.firm_id, only_named=False, reviewed=False)
        session.add(row)
    elif (row.only_named, row.reviewed) == (only_named, reviewed):
        return row
    detail = {"only named authors edit": only_named, "second person reviews": reviewed}
    row.only_named, row.reviewed = only_named, reviewed
    row.changed_at, row.changed_by_id = now, actor.person_id
    record_act(
        session, actor=actor, act=N_("rules for authors set"), subject=actor.name, now=now, detail=detail
    )
    return row
