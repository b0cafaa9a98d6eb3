"""Reads of cohorts: the list, one of them, and how its people stand in a course."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from lms.assessments.queries import list_tried
from lms.courses.models import Course, CourseVersion
from lms.courses.queries import LessonLine, list_lessons, visible_to
from lms.foundation.actor import Actor, Role
from lms.foundation.db import ASKING, UtcDateTime
from lms.learning.models import (
    Cohort,
    CohortCourse,
    CohortMember,
    Enrolment,
    LessonProgress,
    Nudge,
)
from lms.learning.queries.calendar import Day
from lms.learning.queries.duties import has_completed, more_until
from lms.learning.rules.cohorts import Learner, Step, cohort_state
from lms.people.models import Employment, EmploymentRole, SignIn, Team
from lms.people.queries import is_id

PAGE = 50


@dataclass(frozen=True)
class CohortsWanted:
    """What the reader of the list asked for."""

    text: str = ""
    state: str = ""
    after: str = ""


@dataclass(frozen=True)
class CohortLine:
    """A cohort as the list shows it. `whole`: people times courses; `done`: how many of these are completed."""

    id: uuid.UUID
    name: str
    trainer_id: uuid.UUID
    trainer: str
    starts_on: date
    ends_on: date
    note: str
    closed_at: datetime | None
    people: int
    courses: int
    done: int

    @property
    def whole(self) -> int:
        """How many completions there can be."""
        return self.people * self.courses

    def state(self, today: date) -> str:
        """How it stands."""
        return cohort_state(ends_on=self.ends_on, closed_at=self.closed_at, today=today)


@dataclass(frozen=True)
class CohortLines:
    """A page of cohorts; `more` is where the next one starts, or empty."""

    lines: Sequence[CohortLine]
    more: str


def _lines(actor: Actor) -> Any:
    trainer = aliased(Employment)
    people = (
        select(func.count())
        .where(CohortMember.firm_id == actor.firm_id, CohortMember.cohort_id == Cohort.id)
        .correlate(Cohort)
        .scalar_subquery()
    )
    courses = (
        select(func.count())
        .where(CohortCourse.firm_id == actor.firm_id, CohortCourse.cohort_id == Cohort.id)
        .correlate(Cohort)
        .scalar_subquery()
    )
    done = (
        select(func.count())
        .select_from(CohortMember)
        .join(
            CohortCourse,
            and_(
                CohortCourse.firm_id == CohortMember.firm_id,
                CohortCourse.cohort_id == CohortMember.cohort_id,
            ),
        )
        .join(
            Enrolment,
            and_(
                Enrolment.firm_id == CohortMember.firm_id,
                Enrolment.person_id == CohortMember.person_id,
                Enrolment.course_id == CohortCourse.course_id,
            ),
        )
        .where(CohortMember.firm_id == actor.firm_id, CohortMember.cohort_id == Cohort.id, has_completed())
        .correlate(Cohort)
        .scalar_subquery()
    )
    return (
        select(
            Cohort.id,
            Cohort.name,
            Cohort.trainer_id,
            trainer.name.label("trainer"),
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.note,
            Cohort.closed_at,
            people.label("people"),
            courses.label("courses"),
            done.label("done"),
        )
        .join(trainer, and_(trainer.firm_id == Cohort.firm_id, trainer.person_id == Cohort.trainer_id))
        .where(Cohort.firm_id == actor.firm_id)
    )


def _is(state: str, today: date) -> ColumnElement[bool]:
    """The SQL twin of `rules.cohorts.cohort_state`."""
    open_ = Cohort.closed_at.is_(None)
    table: dict[str, ColumnElement[bool]] = {
        "closed": ~open_,
        "over": and_(open_, Cohort.ends_on < today),
        "open": and_(open_, Cohort.ends_on >= today),
    }
    return table[state]


def list_cohorts(
    session: Session, *, actor: Actor, wanted: CohortsWanted, today: date, whole: bool = False
) -> CohortLines:
    """A page of the firm's cohorts by name (all of them when `whole`). One statement."""
    statement = _lines(actor).order_by(Cohort.name, Cohort.id)
    if wanted.text:
        statement = statement.where(func.lower(Cohort.name).contains(wanted.text.lower(), autoescape=True))
    if wanted.state:
        statement = statement.where(_is(wanted.state, today))
    if not whole:
        statement = statement.limit(PAGE + 1)
        name, _tilde, number = wanted.after.rpartition("~")
        if is_id(number):
            statement = statement.where(
                tuple_(Cohort.name, Cohort.id) > tuple_(literal(name), literal(uuid.UUID(number)))
            )
    found = [CohortLine(**row._mapping) for row in session.execute(statement)]
    if whole or len(found) <= PAGE:
        return CohortLines(found, "")
    last = found[PAGE - 1]
    return CohortLines(found[:PAGE], f"{last.name}~{last.id}")


def list_own_cohorts(session: Session, *, actor: Actor) -> Sequence[CohortLine]:
    """The cohorts the actor is the trainer of and that are not closed, the first to end first. One statement."""
    rows = session.execute(
        _lines(actor)
        .where(Cohort.trainer_id == actor.person_id, Cohort.closed_at.is_(None))
        .order_by(Cohort.ends_on, Cohort.name, Cohort.id)
    )
    return [CohortLine(**row._mapping) for row in rows]


def find_cohort_line(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> CohortLine | None:
    """One cohort of the actor's firm, with its counts."""
    row = session.execute(_lines(actor).where(Cohort.id == cohort_id)).one_or_none()
    return CohortLine(**row._mapping) if row else None


def find_cohort(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> Cohort | None:
    """A cohort of the actor's firm, held so that two changes come one after the other."""
    return session.scalar(
        select(Cohort).where(Cohort.firm_id == actor.firm_id, Cohort.id == cohort_id).with_for_update()
    )


def has_name(session: Session, *, actor: Actor, name: str, but: uuid.UUID | None = None) -> bool:
    """Whether another cohort of the firm has this name."""
    statement = select(Cohort.id).where(
        Cohort.firm_id == actor.firm_id, func.lower(Cohort.name) == name.lower()
    )
    if but is not None:
        statement = statement.where(Cohort.id != but)
    return session.scalar(statement.limit(1)) is not None


@dataclass(frozen=True)
class Followed:
    """A course that a cohort follows."""

    id: uuid.UUID
    title: str
    version_id: uuid.UUID


def list_followed(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> Sequence[Followed]:
    """The courses of a cohort, in its order."""
    rows = session.execute(
        select(Course.id, CourseVersion.title, CourseVersion.id.label("version_id"))
        .join(CohortCourse, CohortCourse.course_id == Course.id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .where(CohortCourse.firm_id == actor.firm_id, CohortCourse.cohort_id == cohort_id, visible_to(actor))
        .order_by(CohortCourse.position, Course.id)
    )
    return [Followed(**row._mapping) for row in rows]


def list_courses_of(session: Session, *, actor: Actor, cohort_id: uuid.UUID) -> Sequence[CohortCourse]:
    """The rows that say which courses a cohort follows."""
    return session.scalars(
        select(CohortCourse)
        .where(CohortCourse.firm_id == actor.firm_id, CohortCourse.cohort_id == cohort_id)
        .order_by(CohortCourse.position)
    ).all()


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


@dataclass(frozen=True)
class Request:
    """A trainer's request to go on with a course, as the person sees it; `moved_at`: when they last did something in it."""

    course_id: uuid.UUID
    title: str
    language: str
    by: str | None
    at: datetime
    shown_from: datetime
    moved_at: datetime | None
    completed_at: datetime | None


def list_requests(
    session: Session, *, actor: Actor, person_id: uuid.UUID, since: datetime
) -> Sequence[Request]:
    """What a person was asked to go on with since a moment, latest first. One statement."""
    asked = {"firm_id": actor.firm_id, "person_id": person_id, "since": since}
    return [Request(**row._mapping) for row in session.execute(_requests(), asked)]


@cache
def _requests() -> Select[*tuple[Any, ...]]:
    moved = (
        select(func.max(LessonProgress.moved_at))
        .where(
            LessonProgress.firm_id == ASKING.firm_id,
            LessonProgress.person_id == ASKING.person_id,
            LessonProgress.course_id == Nudge.course_id,
        )
        .correlate(Nudge)
        .scalar_subquery()
    )
    return (
        select(
            Nudge.course_id,
            CourseVersion.title,
            CourseVersion.language,
            Employment.name.label("by"),
            Nudge.at,
            Nudge.shown_from,
            moved.label("moved_at"),
            Enrolment.completed_at,
        )
        .join(Course, Course.id == Nudge.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(Employment, and_(Employment.firm_id == Nudge.firm_id, Employment.person_id == Nudge.by_id))
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == Nudge.firm_id,
                Enrolment.person_id == Nudge.person_id,
                Enrolment.course_id == Nudge.course_id,
            ),
        )
        .where(
            Nudge.firm_id == ASKING.firm_id,
            Nudge.person_id == ASKING.person_id,
            Nudge.shown_from >= bindparam("since", type_=UtcDateTime()),
        )
        .order_by(Nudge.at.desc(), Nudge.id)
    )
