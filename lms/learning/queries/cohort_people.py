"""Reads of the people of a cohort: who is in it, who may be, who may lead it, how each stands in a course."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from lms.assessments.queries import list_tried
from lms.courses.queries import LessonLine, list_lessons
from lms.foundation.actor import Actor, Role
from lms.learning.models import (
    CohortMember,
    Enrolment,
    LessonProgress,
)
from lms.learning.queries.calendar import Day
from lms.learning.queries.cohorts import CohortLine, Followed
from lms.learning.queries.duties import more_until
from lms.learning.rules.cohorts import Learner, Step
from lms.people.models import Employment, EmploymentRole, SignIn, Team


def find_member(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID, person_id: uuid.UUID
) -> CohortMember | None:
    """A person's place in a cohort of the actor's firm."""
    return session.scalar(
        select(CohortMember).where(
            CohortMember.firm_id == actor.firm_id,
            CohortMember.cohort_id == cohort_id,
            CohortMember.person_id == person_id,
        )
    )


def list_member_ids(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Who is in a cohort."""
    return frozenset(
        session.scalars(
            select(CohortMember.person_id).where(
                CohortMember.firm_id == actor.firm_id, CohortMember.cohort_id == cohort_id
            )
        )
    )


def list_by_number(
    session: Session, *, actor: Actor, numbers: Sequence[str], today: date
) -> dict[str, Employment]:
    """Whoever has one of these employee numbers and works here, or will; by number."""
    rows = session.scalars(
        select(Employment).where(
            Employment.firm_id == actor.firm_id,
            Employment.employee_number.in_(numbers),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
    )
    return {str(one.employee_number): one for one in rows}


def list_in_team(session: Session, *, actor: Actor, team_id: uuid.UUID, today: date) -> Sequence[Employment]:
    """Who is in a team today, by name."""
    return session.scalars(
        select(Employment)
        .where(
            Employment.firm_id == actor.firm_id,
            Employment.team_id == team_id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .order_by(Employment.sort_name, Employment.person_id)
    ).all()


@dataclass(frozen=True)
class Trainer:
    """Somebody who may run a cohort."""

    person_id: uuid.UUID
    name: str


def list_trainers(session: Session, *, actor: Actor, today: date) -> Sequence[Trainer]:
    """Who works here as a trainer, a manager or an administrator, by name. Twin of `policy.runs_learning`."""
    rows = session.execute(
        select(Employment.person_id, Employment.name, Employment.sort_name)
        .join(
            EmploymentRole,
            and_(
                EmploymentRole.firm_id == Employment.firm_id, EmploymentRole.person_id == Employment.person_id
            ),
        )
        .where(
            Employment.firm_id == actor.firm_id,
            EmploymentRole.role.in_([Role.TRAINER.value, Role.MANAGER.value, Role.FIRM_ADMIN.value]),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .distinct()
        .order_by(Employment.sort_name, Employment.person_id)
    )
    return [Trainer(row.person_id, row.name) for row in rows]


def list_learners(
    session: Session, *, actor: Actor, line: CohortLine, course: Followed, day: Day
) -> tuple[Sequence[Learner], Sequence[LessonLine]]:
    """How the people of a cohort stand in one of its courses, and the lessons of its live version. Four statements."""
    seen = (
        select(func.max(SignIn.last_seen_at))
        .where(SignIn.firm_id == actor.firm_id, SignIn.person_id == Employment.person_id)
        .correlate(Employment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Employment.person_id,
            Employment.name,
            Employment.sort_name,
            Employment.employee_number,
            Team.name.label("team"),
            Enrolment.version_id,
            Enrolment.enrolled_at,
            Enrolment.completed_at,
            Enrolment.run,
            seen.label("seen_at"),
            more_until(actor, course.id).label("until"),
        )
        .join(
            CohortMember,
            and_(CohortMember.firm_id == Employment.firm_id, CohortMember.person_id == Employment.person_id),
        )
        .outerjoin(Team, and_(Team.firm_id == Employment.firm_id, Team.id == Employment.team_id))
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == Employment.firm_id,
                Enrolment.person_id == Employment.person_id,
                Enrolment.course_id == course.id,
            ),
        )
        .where(
            Employment.firm_id == actor.firm_id,
            CohortMember.cohort_id == line.id,
            or_(Employment.ended_on.is_(None), Employment.ended_on >= day.today),
        )
        .order_by(Employment.sort_name, Employment.person_id)
    ).all()
    ids = [row.person_id for row in rows]
    steps: dict[uuid.UUID, dict[str, Step]] = defaultdict(dict)
    for step in session.execute(
        select(
            LessonProgress.person_id,
            LessonProgress.lesson_key,
            LessonProgress.moved_at,
            LessonProgress.completed_at,
        ).where(
            LessonProgress.firm_id == actor.firm_id,
            LessonProgress.course_id == course.id,
            LessonProgress.person_id.in_(ids),
        )
    ):
        steps[step.person_id][step.lesson_key] = Step(step.lesson_key, step.moved_at, step.completed_at)
    tried = defaultdict(list)
    for one in list_tried(session, actor=actor, course_id=course.id, person_ids=ids):
        tried[one.person_id].append(one)
    versions = {course.version_id, *(row.version_id for row in rows if row.version_id)}
    lessons = list_lessons(session, version_ids=sorted(versions))
    keys: dict[uuid.UUID, list[str]] = defaultdict(list)
    for lesson in lessons:
        keys[lesson.version_id].append(lesson.key)
    found = []
    for row in rows:
        again = (row.run or 1) > 1
        counted = [one for one in tried[row.person_id] if not again or one.at >= row.enrolled_at]
        due = max(line.ends_on, row.until) if row.until else line.ends_on
        found.append(
            Learner(
                person_id=row.person_id,
                name=row.name,
                sort_name=row.sort_name,
                employee_number=row.employee_number,
                team=row.team,
                enrolled_at=row.enrolled_at,
                completed_at=row.completed_at,
                again=again,
                last_seen_at=row.seen_at,
                tried_at=max((one.at for one in counted), default=None),
                passed=any(one.passed for one in counted) if counted else None,
                due_on=day.calendar.working_day(due),
                lessons=keys[row.version_id or course.version_id],
                steps=steps[row.person_id],
            )
        )
    return found, [lesson for lesson in lessons if lesson.version_id == course.version_id]
