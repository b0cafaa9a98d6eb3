"""What must come first: refusing to begin too early, a firm's own order of courses, and letting one person pass."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.rules import AttemptAsked
from lms.courses import queries as courses
from lms.courses.models import Course
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning import queries
from lms.learning.models import CourseTerms, Prerequisite, Waiver
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.prerequisites import find_waiver, list_edges, list_missing, list_own
from lms.learning.queries.runs import find_terms
from lms.learning.rules.running import find_circle
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import hold_firm

MOST_MONTHS = 120


def check_comes_next(session: Session, *, actor: Actor, course_id: uuid.UUID) -> None:
    """Let the actor begin a course. Raises Conflict, which names what comes first."""
    missing = list_missing(session, actor=actor, person_id=actor.person_id, course_ids=[course_id])
    titles = [one.title for one in missing.get(course_id, ())]
    if titles:
        raise Conflict(
            "Complete %(first)s first. Then you can begin this course.",
            first=", ".join(f"“{title}”" for title in titles),
        )


def door_of_attempt(session: Session, question: AttemptAsked) -> Sequence[datetime]:
    """Somebody wants to take an assessment: since when their attempts count. Raises Conflict when its course comes later."""
    enrolment = queries.find_enrolment(
        session,
        firm_id=question.actor.firm_id,
        person_id=question.actor.person_id,
        course_id=question.course_id,
    )
    if enrolment is None:
        if question.begins:
            check_comes_next(session, actor=question.actor, course_id=question.course_id)
        return []
    return [enrolment.enrolled_at] if enrolment.run > 1 else []


def set_terms(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    needs: Sequence[uuid.UUID],
    valid_months: int | None,
    now: datetime,
) -> None:
    """Say what comes before a course at this firm, and for how many months a completion is good (none: as the course says).

    Completions from now on run out accordingly. Raises NotFound, NotAllowed, Invalid (a circle, or too many months).
    """
    require(POLICY, actor, LearningPermission.RUN)
    course = _course(session, actor, course_id)
    wanted = set(needs) - {course_id}
    names = {one.id: one.title for one in courses.list_names(session, actor=actor)}
    if not wanted <= set(names):
        raise NotFound("There is no such course.")
    if valid_months is not None and not 0 <= valid_months <= MOST_MONTHS:
        raise Invalid("A completion is good for 1 to %(most)s months, or 0 for ever.", most=MOST_MONTHS)
    hold_firm(session, actor)
    rows = {row.needs_id: row for row in list_own(session, actor=actor, course_id=course_id)}
    edges = list_edges(session, actor=actor)
    declared = edges.get(str(course_id), set()) - {str(one) for one in rows}
    edges[str(course_id)] = declared | {str(one) for one in wanted}
    if circle := find_circle(edges, str(course_id)):
        titles = " → ".join(names.get(uuid.UUID(one), "…") for one in circle)
        raise Invalid("These courses would wait for each other: %(circle)s.", circle=titles)
    for needs_id, row in rows.items():
        if needs_id not in wanted:
            session.delete(row)
    session.add_all(
        Prerequisite(
            firm_id=actor.firm_id,
            course_id=course_id,
            needs_id=needs_id,
            made_by_id=actor.person_id,
            made_at=now,
        )
        for needs_id in wanted - set(rows)
    )
    months_before = _set_months(session, actor, course_id, valid_months, now)
    if wanted != set(rows) or months_before != valid_months:
        detail = {
            "first": sorted(names[one] for one in wanted),
            "valid_months": [months_before, valid_months],
        }
        record_act(
            session, actor=actor, act=N_("course terms changed"), subject=course.key, detail=detail, now=now
        )


def _set_months(
    session: Session, actor: Actor, course_id: uuid.UUID, valid_months: int | None, now: datetime
) -> int | None:
    """Write the months; what they were before."""
    terms = find_terms(session, firm_id=actor.firm_id, course_id=course_id)
    before = terms.valid_months if terms else None
    if valid_months == before:
        return before
    if valid_months is None:
        session.delete(terms)
        return before
    if terms is None:
        terms = CourseTerms(firm_id=actor.firm_id, course_id=course_id)
        session.add(terms)
    terms.valid_months = valid_months
    terms.changed_by_id, terms.changed_at = actor.person_id, now
    return before


def waive(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    course_id: uuid.UUID,
    reason: str,
    now: datetime,
) -> None:
    """Let one person begin a course without what comes first. Raises NotFound, NotAllowed, Invalid, Conflict (they may)."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, LearningPermission.WAIVE, person)
    course = _course(session, actor, course_id)
    if not reason.strip():
        raise Invalid("Write the reason: it is kept in the log.")
    if not list_missing(session, actor=actor, person_id=person_id, course_ids=[course_id]):
        raise Conflict("They may begin this course already.")
    session.add(
        Waiver(
            firm_id=actor.firm_id,
            person_id=person_id,
            course_id=course_id,
            reason=reason.strip()[:300],
            given_by_id=actor.person_id,
            given_at=now,
        )
    )
    detail = {"reason": reason.strip()[:300]}
    _log(session, actor, N_("order of courses waived"), course, person.name, now, **detail)


def take_waiver_back(
    session: Session, *, actor: Actor, person_id: uuid.UUID, course_id: uuid.UUID, now: datetime
) -> None:
    """Ask for what comes first again, of whoever has not begun. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, LearningPermission.WAIVE, person)
    course = _course(session, actor, course_id)
    found = find_waiver(session, actor=actor, person_id=person_id, course_id=course_id)
    if found is None:
        raise NotFound("There is no such course.")
    session.delete(found)
    _log(session, actor, N_("waiver taken back"), course, person.name, now)


def _course(session: Session, actor: Actor, course_id: uuid.UUID) -> Course:
    course = courses.find_course(session, actor=actor, course_id=course_id)
    if course is None or course.live_version_id is None:
        raise NotFound("There is no such course.")
    return course


def _log(
    session: Session, actor: Actor, act: str, course: Course, name: str, now: datetime, **detail: str
) -> None:
    subject = f"{course.key} → {name}"
    record_act(session, actor=actor, act=act, subject=subject, detail=detail, now=now)
