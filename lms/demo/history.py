"""A year of invented lives, written through the same services that real people use."""

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.assessments.models import Assessment
from lms.assessments.queries import list_asked
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.courses.models import Course, LessonVersion
from lms.demo.answers import right_fields, wrong_fields
from lms.demo.people import ACCOUNTS, Life, World
from lms.foundation.actor import Actor, Role
from lms.foundation.ids import derived_id
from lms.learning.services import FinishedCard, enrol, finish_card
from lms.tracks.models import EvidenceRow
from lms.tracks.rules import EvidenceKind
from lms.tracks.services import Observation, contest, record_evidence

BELIZE = timezone(timedelta(hours=-6))
SEEN = {
    "A1": "Call of this day: short sentences, the reference read back in pairs, no talking over the customer.",
    "A2": "Asked two open questions before the account page, then repeated the need in one sentence.",
    "A3": "A late refund: named the wait, gave two options and let the customer choose.",
    "B1": "Six parts of the call in order; the note was saved before the line closed.",
    "B4": "A caller pushed for a reset. Held the line, offered the call back, wrote the report in four minutes.",
    "F4": "Came back from break on time all week and told the lead early about a clinic visit.",
}


@dataclass(frozen=True)
class Studied:
    """A course as the demo's people take it."""

    course_id: uuid.UUID
    lessons: tuple[tuple[str, tuple[str, ...]], ...]
    assessment_id: uuid.UUID | None


def studied(session: Session) -> dict[str, Studied]:
    """The association's live courses by key, with their lessons' cards."""
    found = {}
    for course in session.scalars(select(Course).where(Course.live_version_id.is_not(None))):
        lessons = session.execute(
            select(LessonVersion.key, LessonVersion.cards)
            .where(LessonVersion.version_id == course.live_version_id)
            .order_by(LessonVersion.position)
        ).all()
        cards = tuple((row.key, tuple(card["key"] for card in row.cards["cards"])) for row in lessons)
        assessment = session.scalar(select(Assessment.id).where(Assessment.course_id == course.id))
        found[course.key] = Studied(course.id, cards, assessment)
    return found


def live(session: Session, world: World, courses: dict[str, Studied], *, seed: int, as_of: date) -> None:
    """Everybody's year at one firm."""
    assessors = [life for life in world.lives if Role.ASSESSOR in life.roles]
    contested = 0
    for place, life in enumerate(world.lives):
        if Role.AGENT not in life.roles or life.name == ACCOUNTS[0][1]:
            continue
        chance = random.Random(f"{seed}:{life.person_id}")  # noqa: S311  (a simulation)
        actor = Actor(life.person_id, world.firm_id, life.name, frozenset(life.roles))
        last = life.ended_on or as_of
        served = (last - life.started_on).days
        diligence = chance.betavariate(2, 1.6) * (1.15 if place % 6 in (0, 3) else 0.85)
        skill = min(0.97, chance.betavariate(6, 2.2))
        if served < 30 or diligence < 0.18:
            continue
        for key in sorted(courses):
            if chance.random() < diligence:
                ago = chance.randint(3, max(4, min(served - 3, 520)))
                begun = moment(last - timedelta(days=ago), chance)
                _take(session, actor, courses[key], begun, last, chance, diligence, skill)
        for competency in chance.sample(sorted(SEEN), k=chance.choice((0, 0, 1, 2, 3))):
            rater = chance.choice([one for one in assessors if one.person_id != life.person_id])
            day = last - timedelta(days=chance.randint(1, max(2, min(served - 2, 480))))
            row = _observe(session, world, rater, life, competency, day, chance, skill)
            if row is not None and contested < 3 and chance.random() < 0.06:
                contest(
                    session,
                    actor=actor,
                    evidence_id=row.id,
                    reason="That was my first week on this queue, and the call was handed to me half way.",
                    now=moment(min(day + timedelta(days=2), as_of), chance),
                )
                contested += 1
        session.flush()
        session.expunge_all()


def moment(day: date, chance: random.Random) -> datetime:
    """Some break of a working day in Belize."""
    return datetime.combine(day, time(chance.randint(8, 17), chance.choice((0, 15, 30, 45))), BELIZE)


def _take(
    session: Session,
    actor: Actor,
    course: Studied,
    at: datetime,
    last: date,
    chance: random.Random,
    diligence: float,
    skill: float,
) -> None:
    """Take a course lesson by lesson, perhaps not to its end, and its assessment, perhaps twice."""
    enrol(session, actor=actor, course_id=course.course_id, now=at)
    stop = len(course.lessons) if chance.random() < 0.45 + diligence / 2 else chance.randint(1, 4)
    for lesson, cards in course.lessons[:stop]:
        for card in cards:
            fact = FinishedCard(
                derived_id("demo", actor.person_id, lesson, card), course.course_id, lesson, card
            )
            finish_card(session, actor=actor, fact=fact, now=at)
        at += timedelta(minutes=chance.randint(4, 9)) if chance.random() < 0.5 else timedelta(days=1)
    if course.assessment_id is None or stop < len(course.lessons):
        return
    for number in range(3):
        if at.date() >= last:
            return
        attempt_id = derived_id("demo", "attempt", actor.person_id, course.assessment_id, number)
        start_attempt(session, actor=actor, assessment_id=course.assessment_id, attempt_id=attempt_id, now=at)
        level = min(0.98, skill + 0.08 * number)
        for one in list_asked(session, actor=actor, attempt_id=attempt_id):
            kind = kind_of(one.version.document)
            question = kind.read(one.version.document)
            right = chance.random() < level
            raw = (
                right_fields(kind, question, one.row.variant)
                if right
                else wrong_fields(kind, question, one.row.variant, chance)
            )
            at += timedelta(seconds=chance.randint(12, 70))
            if raw:
                given = Given(
                    derived_id("demo", "response", attempt_id, one.position),
                    attempt_id,
                    one.position,
                    raw,
                    one.position,
                    at,
                )
                record_response(session, actor=actor, given=given, now=at)
        done = submit_attempt(session, actor=actor, attempt_id=attempt_id, now=at)
        if done.passed or chance.random() < 0.35:
            return
        at += timedelta(days=chance.randint(1, 12))


def _observe(
    session: Session,
    world: World,
    rater: Life,
    life: Life,
    competency: str,
    day: date,
    chance: random.Random,
    skill: float,
) -> EvidenceRow | None:
    if day < life.started_on:
        return None
    seen = Observation(
        person_id=life.person_id,
        kind=EvidenceKind.OBSERVED if chance.random() < 0.7 else EvidenceKind.ATTESTATION,
        competency=competency,
        level=min(4, 1 + int(skill * 3 * chance.random() + 0.6)),
        on=day,
        example=SEEN[competency],
    )
    actor = Actor(rater.person_id, world.firm_id, rater.name, frozenset(rater.roles))
    return record_evidence(session, actor=actor, seen=seen, now=moment(day, chance))
