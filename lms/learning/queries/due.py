"""What one person must take by when, with the reason, and the time they were given on top."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, CourseVersion
from lms.courses.queries import DueAsked, DueLine, visible_to
from lms.courses.queries.translating import other_languages
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.learning.models import Enrolment, Extension
from lms.learning.queries.calendar import Day, find_day
from lms.learning.queries.duties import ON_THE_DAY, RETAKE, duties
from lms.learning.rules.running import Soon, how_soon
from lms.people.models import Employment


@dataclass(frozen=True)
class Due:
    """A course somebody must take, and why. `due_on` is a working day; `asked_on` is the one without more time."""

    kind: str
    source_id: uuid.UUID | None
    course_id: uuid.UUID
    version_id: uuid.UUID
    title: str
    language: str
    due_on: date | None
    asked_on: date | None
    note: str
    assigned_by: str | None
    completed_at: datetime | None
    name: str | None
    since: date | None
    team: str | None
    job_role: str | None
    run: int | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done. What was completed before it is taken again stays done for who asked for it."""
        return self.kind == RETAKE or (self.completed_at is None and (self.run or 1) == 1)

    @property
    def extended(self) -> bool:
        """Whether the person was given more time."""
        return self.due_on is not None and self.asked_on is not None and self.due_on > self.asked_on

    def soon(self, today: date) -> Soon:
        """How soon it is due."""
        return how_soon(self.due_on, today)


def list_due(session: Session, *, actor: Actor, person_id: uuid.UUID, day: Day) -> Sequence[Due]:
    """What a person was asked to take and why, soonest first.

    What they completed in another language is done. One statement, and one more where something is still to be done.
    """
    asked = {
        "firm_id": actor.firm_id,
        "person_id": person_id,
        "today": day.today,
        "retake_until": day.retake_until,
    }
    rows = session.execute(_due(), asked)
    found = [Due(**{**row._mapping, "note": row.note or ""}) for row in rows]
    still = [one.course_id for one in found if one.completed_at is None and one.is_open]
    done = _done_in_another_language(session, actor, person_id, still) if still else {}
    found = [replace(one, completed_at=done.get(one.course_id, one.completed_at)) for one in found]
    return [
        replace(
            one,
            due_on=day.calendar.working_day(one.due_on) if one.due_on else None,
            asked_on=day.calendar.working_day(one.asked_on) if one.asked_on else None,
        )
        for one in found
    ]


@cache
def _due() -> Select[Any]:
    """So long that it is put together once."""
    duty = duties(ASKING, ON_THE_DAY, person_id=ASKING.person_id)
    giver = aliased(Employment)
    return (
        select(
            duty.c.kind,
            duty.c.source_id,
            duty.c.course_id,
            CourseVersion.id.label("version_id"),
            CourseVersion.title,
            CourseVersion.language,
            duty.c.due_on,
            duty.c.asked_on,
            duty.c.note,
            giver.name.label("assigned_by"),
            Enrolment.completed_at,
            duty.c.name,
            duty.c.since,
            duty.c.team,
            duty.c.job_role,
            Enrolment.run,
        )
        .join(Course, Course.id == duty.c.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(giver, and_(giver.firm_id == ASKING.firm_id, giver.person_id == duty.c.by_id))
        .outerjoin(
            Enrolment,
            and_(
                Enrolment.firm_id == ASKING.firm_id,
                Enrolment.person_id == ASKING.person_id,
                Enrolment.course_id == duty.c.course_id,
            ),
        )
        .where(visible_to(ASKING), or_(duty.c.kind != RETAKE, Course.archived_at.is_(None)))
        .order_by(duty.c.due_on.is_(None), duty.c.due_on, duty.c.source_id)
    )


def _done_in_another_language(
    session: Session, actor: Actor, person_id: uuid.UUID, course_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """When a person completed one of these courses in another language."""
    asked = {"firm_id": actor.firm_id, "person_id": person_id, "course_ids": list(course_ids)}
    return {row.id: row.completed_at for row in session.execute(_done_elsewhere(), asked)}


@cache
def _done_elsewhere() -> Select[*tuple[Any, ...]]:
    return (
        select(Course.id, Enrolment.completed_at)
        .join(Enrolment, Enrolment.course_id.in_(other_languages(ASKING, Course)))
        .where(
            Course.id.in_(bindparam("course_ids", expanding=True)),
            Enrolment.firm_id == ASKING.firm_id,
            Enrolment.person_id == ASKING.person_id,
            Enrolment.completed_at.is_not(None),
        )
    )


def soonest(found: Sequence[Due]) -> list[Due]:
    """One entry a course: the soonest of what is still to be done."""
    first: dict[uuid.UUID, Due] = {}
    for one in found:
        if one.is_open:
            first.setdefault(one.course_id, one)
    return list(first.values())


def due_soon(session: Session, question: DueAsked) -> Sequence[DueLine]:
    """Learn asks what is due within a week or overdue. Nothing is soon at a firm that does not remind people."""
    day = find_day(session, actor=question.actor, now=question.now)
    found = soonest(list_due(session, actor=question.actor, person_id=question.actor.person_id, day=day))
    wanted = (Soon.OVERDUE, *((Soon.TODAY, Soon.TOMORROW, Soon.THIS_WEEK) if day.terms.reminds else ()))
    return [
        DueLine(one.course_id, one.title, one.language, one.due_on, (one.due_on - day.today).days)
        for one in found
        if one.due_on is not None and one.soon(day.today) in wanted
    ]


@dataclass(frozen=True)
class MoreTime:
    """Time a person was given on top, why, and by whom."""

    id: uuid.UUID
    course_id: uuid.UUID
    title: str
    until: date
    reason: str
    given_by: str | None
    given_at: datetime


def list_more_time(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[MoreTime]:
    """The extensions of a person that stand, the latest date first."""
    giver = aliased(Employment)
    rows = session.execute(
        select(
            Extension.id,
            Extension.course_id,
            CourseVersion.title,
            Extension.until,
            Extension.reason,
            giver.name.label("given_by"),
            Extension.given_at,
        )
        .join(Course, Course.id == Extension.course_id)
        .join(CourseVersion, CourseVersion.id == Course.live_version_id)
        .outerjoin(giver, and_(giver.firm_id == Extension.firm_id, giver.person_id == Extension.given_by_id))
        .where(
            Extension.firm_id == actor.firm_id,
            Extension.person_id == person_id,
            Extension.withdrawn_at.is_(None),
        )
        .order_by(Extension.until.desc(), Extension.id)
    )
    return [MoreTime(**row._mapping) for row in rows]


def find_extension(
    session: Session, *, actor: Actor, person_id: uuid.UUID, extension_id: uuid.UUID
) -> Extension | None:
    """An extension of a person of the actor's firm, held."""
    return session.scalar(
        select(Extension)
        .where(
            Extension.firm_id == actor.firm_id,
            Extension.id == extension_id,
            Extension.person_id == person_id,
        )
        .with_for_update()
    )
