"""Reads for moving people to a later version of a course: who is under way on one, and where each of them stands."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import CourseVersion, LessonVersion
from lms.foundation.actor import Actor
from lms.learning.models import CardFact, CourseMove, Enrolment, LessonProgress, MovedPerson
from lms.learning.rules.moving import Shape, shape
from lms.people.models import Employment


def list_shapes(session: Session, *, version_id: uuid.UUID) -> dict[str, Shape]:
    """The lessons of a version by key, in order."""
    rows = session.scalars(
        select(LessonVersion).where(LessonVersion.version_id == version_id).order_by(LessonVersion.position)
    )
    return {row.key: shape(row.title, row.minutes, row.cards["cards"]) for row in rows}


@dataclass(frozen=True)
class UnderWayOn:
    """A person under way on a version of a course."""

    enrolment: Enrolment
    name: str
    progress: Mapping[str, LessonProgress]
    finished: Mapping[str, frozenset[str]]


def list_under_way(
    session: Session,
    *,
    actor: Actor,
    version_id: uuid.UUID,
    today: date,
    person_ids: Sequence[uuid.UUID] | None = None,
    for_update: bool = False,
) -> Sequence[UnderWayOn]:
    """The people of the actor's firm who work there today and have not completed the version they are on, by name.

    Three statements, whatever their number.
    """
    found = (
        select(Enrolment, Employment.name)
        .join(
            Employment,
            and_(Employment.firm_id == Enrolment.firm_id, Employment.person_id == Enrolment.person_id),
        )
        .where(
            Enrolment.firm_id == actor.firm_id,
            Enrolment.version_id == version_id,
            Enrolment.completed_at.is_(None),
            or_(Employment.ended_on.is_(None), Employment.ended_on >= today),
        )
        .order_by(Employment.sort_name, Enrolment.person_id)
    )
    if person_ids is not None:
        found = found.where(Enrolment.person_id.in_(person_ids))
    if for_update:
        found = found.with_for_update(of=Enrolment).execution_options(populate_existing=True)
    people = session.execute(found).all()
    ids = [row.Enrolment.person_id for row in people]
    course_ids = {row.Enrolment.course_id for row in people}
    progress: dict[uuid.UUID, dict[str, LessonProgress]] = defaultdict(dict)
    rows = select(LessonProgress).where(
        LessonProgress.firm_id == actor.firm_id,
        LessonProgress.course_id.in_(course_ids),
        LessonProgress.person_id.in_(ids),
    )
    for row in session.scalars(rows.execution_options(populate_existing=for_update)):
        progress[row.person_id][row.lesson_key] = row
    finished: dict[uuid.UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    facts = (
        select(CardFact.person_id, CardFact.lesson_key, CardFact.card_key)
        .join(
            Enrolment,
            and_(
                Enrolment.firm_id == CardFact.firm_id,
                Enrolment.person_id == CardFact.person_id,
                Enrolment.course_id == CardFact.course_id,
            ),
        )
        .where(
            CardFact.firm_id == actor.firm_id,
            CardFact.version_id == version_id,
            CardFact.person_id.in_(ids),
            or_(Enrolment.run == 1, CardFact.arrived_at >= Enrolment.enrolled_at),
        )
    )
    for person_id, lesson_key, card_key in session.execute(facts):
        finished[person_id][lesson_key].add(card_key)
    for person_id, lessons in progress.items():
        for key, row in lessons.items():
            finished[person_id][key] |= set((row.kept or {}).get("cards", ()))
    return [
        UnderWayOn(
            row.Enrolment,
            row.name,
            progress[row.Enrolment.person_id],
            {key: frozenset(cards) for key, cards in finished[row.Enrolment.person_id].items()},
        )
        for row in people
    ]


@dataclass(frozen=True)
class MoveLine:
    """A move as the list of a course's moves shows it."""

    id: uuid.UUID
    from_number: int
    to_number: int
    people: int
    moved_by: str | None
    moved_at: datetime
    undone_at: datetime | None


def list_moves(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Sequence[MoveLine]:
    """The latest moves of the actor's firm's people in a course, latest first."""
    before, after = aliased(CourseVersion), aliased(CourseVersion)
    rows = session.execute(
        select(
            CourseMove.id,
            before.number.label("from_number"),
            after.number.label("to_number"),
            CourseMove.people,
            Employment.name.label("moved_by"),
            CourseMove.moved_at,
            CourseMove.undone_at,
        )
        .join(before, before.id == CourseMove.from_version_id)
        .join(after, after.id == CourseMove.to_version_id)
        .outerjoin(
            Employment,
            and_(Employment.firm_id == CourseMove.firm_id, Employment.person_id == CourseMove.moved_by_id),
        )
        .where(CourseMove.firm_id == actor.firm_id, CourseMove.course_id == course_id)
        .order_by(CourseMove.moved_at.desc(), CourseMove.id.desc())
        .limit(20)
    )
    return [MoveLine(**row._mapping) for row in rows]


def find_move(
    session: Session, *, actor: Actor, move_id: uuid.UUID, for_update: bool = False
) -> CourseMove | None:
    """A move of the actor's firm's people."""
    statement = select(CourseMove).where(CourseMove.firm_id == actor.firm_id, CourseMove.id == move_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def list_moved(session: Session, *, actor: Actor, move_id: uuid.UUID) -> Sequence[MovedPerson]:
    """The people of a move, and where they stood before it."""
    return session.scalars(
        select(MovedPerson)
        .where(MovedPerson.firm_id == actor.firm_id, MovedPerson.move_id == move_id)
        .order_by(MovedPerson.person_id)
    ).all()


def count_moved_since(session: Session, *, actor: Actor, course_id: uuid.UUID, move: CourseMove) -> int:
    """How many later moves of the course have not been undone: those go back first."""
    return (
        session.scalar(
            select(func.count())
            .select_from(CourseMove)
            .where(
                CourseMove.firm_id == actor.firm_id,
                CourseMove.course_id == course_id,
                CourseMove.undone_at.is_(None),
                CourseMove.from_version_id == move.to_version_id,
                CourseMove.moved_at >= move.moved_at,
            )
        )
        or 0
    )
