"""What people of the demo do, one act at a time, each by its service: study, sit an assessment, record, contest."""

import heapq
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.kinds import kind_of
from lms.assessments.models import Assessment, Attempt
from lms.assessments.queries import Asked, list_asked
from lms.assessments.services import Given, record_response, start_attempt, submit_attempt
from lms.courses.models import Course, LessonVersion
from lms.demo.answers import right_fields, wrong_fields
from lms.demo.people import Life, World
from lms.foundation.ids import derived_id
from lms.learning.services import FinishedCard, enrol, finish_card
from lms.tracks.rules import EvidenceKind
from lms.tracks.services import Measured, Observation, contest, record_evidence, resolve_contest

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
    for course in session.scalars(
        select(Course).where(Course.live_version_id.is_not(None)).order_by(Course.key)
    ):
        lessons = session.execute(
            select(LessonVersion.key, LessonVersion.cards)
            .where(LessonVersion.version_id == course.live_version_id)
            .order_by(LessonVersion.position)
        ).all()
        cards = tuple((row.key, tuple(card["key"] for card in row.cards["cards"])) for row in lessons)
        assessment = session.scalar(
            select(Assessment.id).where(Assessment.course_id == course.id, Assessment.key == "final")
        )
        found[course.key] = Studied(course.id, cards, assessment)
    return found


def moment(day: date, chance: random.Random) -> datetime:
    """Some break of a working day in Belize."""
    return datetime.combine(day, time(chance.randint(8, 16), chance.choice((0, 15, 30, 45))), BELIZE)


class Diary:
    """One firm's acts. What is recorded about people is kept until `write`, which does it in the order of time."""

    def __init__(self, session: Session, world: World, courses: dict[str, Studied], as_of: date) -> None:
        self.session, self.world, self.courses, self.as_of = session, world, courses, as_of
        self.contested = 0
        self._number = count()
        self._acts: list[tuple[datetime, int, Callable[[datetime], None]]] = []

    def _plan(self, at: datetime, act: Callable[[datetime], None]) -> None:
        heapq.heappush(self._acts, (at, next(self._number), act))

    def write(self) -> None:
        """Do what was planned, earliest first: an act may plan others that follow it."""
        while self._acts:
            at, number, act = heapq.heappop(self._acts)
            act(at)
            if number % 40 == 0:
                self.session.flush()
                self.session.expunge_all()

    def study(
        self,
        life: Life,
        key: str,
        at: datetime,
        *,
        lessons: int | None,
        chance: random.Random,
        cards: int = 0,
        skipped: int = 0,
    ) -> datetime:
        """Take a course's lessons up to a number (all when None) but for the first `skipped`, and so many cards of the
        next; when that was done.
        """
        actor, course = self.world.actor(life), self.courses[key]
        enrol(self.session, actor=actor, course_id=course.course_id, now=at)
        end = len(course.lessons) if lessons is None else lessons
        parts = [
            *course.lessons[skipped:end],
            *((name, all_[:cards]) for name, all_ in course.lessons[end : end + 1]),
        ]
        for lesson, names in parts:
            for card in names:
                card_id = derived_id("demo", self.world.number, life.person_id, key, lesson, card)
                fact = FinishedCard(card_id, course.course_id, lesson, card)
                finish_card(self.session, actor=actor, fact=fact, now=at)
            soon = at.hour < 17 and chance.random() < 0.5
            at += timedelta(minutes=chance.randint(4, 9)) if soon else timedelta(days=1)
            at = min(at, datetime.combine(life.ended_on or self.as_of, time(17, 45), BELIZE))
        return at

    def sit(
        self,
        life: Life,
        key: str,
        at: datetime,
        number: int,
        chance: random.Random,
        *,
        rightly: Callable[[Asked], bool],
        seconds: tuple[int, int] = (12, 70),
    ) -> tuple[Attempt, datetime]:
        """Sit a course's assessment, answering rightly what `rightly` says; the attempt, and when it was handed in."""
        actor, assessment_id = self.world.actor(life), self.courses[key].assessment_id
        assert assessment_id is not None, f"{key} has an assessment"
        attempt_id = derived_id("demo", "attempt", self.world.number, life.person_id, key, number)
        seed = attempt_id.int & 0x7FFFFFFF
        start_attempt(
            self.session, actor=actor, assessment_id=assessment_id, attempt_id=attempt_id, now=at, seed=seed
        )
        for one in list_asked(self.session, actor=actor, attempt_id=attempt_id):
            kind = kind_of(one.version.document)
            question = kind.read(one.version.document)
            raw = (
                right_fields(kind, question, one.row.variant)
                if rightly(one)
                else wrong_fields(kind, question, one.row.variant, chance)
            )
            at += timedelta(seconds=chance.randint(*seconds))
            if raw:
                answer_id = derived_id("demo", "response", attempt_id, one.position)
                given = Given(answer_id, attempt_id, one.position, raw, one.position, at)
                record_response(self.session, actor=actor, given=given, now=at)
        done = submit_attempt(self.session, actor=actor, attempt_id=attempt_id, now=at)
        return done, at

    def record(
        self,
        rater: Life,
        said: Observation,
        chance: random.Random,
        *,
        contested: str = "",
        outcome: str = "",
        answer: str = "",
        by: Life | None = None,
    ) -> None:
        """Plan a recording on its day; perhaps the person contests it two days later, and somebody looks again in four."""
        rater_actor = self.world.actor(rater)
        life = next(one for one in self.world.lives if one.person_id == said.person_id)
        self.contested += bool(contested)

        def do(at: datetime) -> None:
            row = record_evidence(self.session, actor=rater_actor, seen=said, now=at)
            if contested:
                self._plan(min(at + timedelta(days=2), self._evening()), lambda then: disagree(row.id, then))

        def disagree(evidence_id: uuid.UUID, at: datetime) -> None:
            contest(
                self.session, actor=self.world.actor(life), evidence_id=evidence_id, reason=contested, now=at
            )
            if by is not None:
                self._plan(at + timedelta(days=4), lambda then: look_again(evidence_id, by, then))

        def look_again(evidence_id: uuid.UUID, second: Life, at: datetime) -> None:
            resolve_contest(
                self.session,
                actor=self.world.actor(second),
                evidence_id=evidence_id,
                outcome=outcome,
                answer=answer,
                now=at,
            )

        self._plan(moment(said.on, chance), do)

    def _evening(self) -> datetime:
        return datetime.combine(self.as_of, time(17, 50), BELIZE)


def seen(life: Life, competency: str, level: int, on: date, example: str = "") -> Observation:
    """Work that was watched."""
    example = example or SEEN.get(
        competency, "Watched for an hour beside the desk; three contacts, each as it should be."
    )
    return Observation(life.person_id, EvidenceKind.OBSERVED, competency, level, on, example)


def attested(
    life: Life,
    requirement: str,
    on: date,
    example: str,
    *,
    competency: str | None = None,
    level: int | None = None,
) -> Observation:
    """What a colleague attests, for a rung or of a competency."""
    return Observation(
        life.person_id, EvidenceKind.ATTESTATION, competency, level, on, example, requirement or None
    )


def counted(life: Life, requirement: str, on: date, value: float, cases: int, went: str) -> Observation:
    """A quarter of quality scores."""
    measured = Measured("Quality score, three months", on - timedelta(days=91), round(value, 1), cases)
    return Observation(
        life.person_id,
        EvidenceKind.KPI,
        None,
        None,
        on,
        "Against the same queue on the same shift; from the quality sheet.",
        requirement,
        outcome=went,
        measured=measured,
    )


def examined(life: Life, requirement: str, on: date, went: str) -> Observation:
    """An exam with two scored calls and a shift beside a buddy."""
    example = "Test on the system, two calls scored by two raters, one shift with a buddy."
    return Observation(
        life.person_id, EvidenceKind.ASSESSMENT, None, None, on, example, requirement, outcome=went
    )


def completed(life: Life, course: str, on: date) -> Observation:
    """A course taken in the class room."""
    example = "In the class room, two afternoons with the firm's trainer; signed list in the training file."
    return Observation(
        life.person_id, EvidenceKind.COURSE, None, None, on, example, course, outcome="completed"
    )
