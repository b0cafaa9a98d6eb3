"""A year of invented lives, written through the same services that real people use."""

import random
from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from lms.assessments.queries import Asked
from lms.demo.acts import SEEN, Diary, Studied, attested, completed, counted, examined, moment, seen
from lms.demo.people import Life, World
from lms.foundation.actor import Role
from lms.learning.services.assigning import assign
from lms.tracks.services import Observation

DUE = (("C05", 30, -12), ("C05", 16, 14), ("C01", 40, -3), ("C06", 10, 20))
"""What teams must take: the course, how long ago it was assigned, and in how many days it is due (past when negative)."""


def live(session: Session, world: World, courses: dict[str, Studied], *, seed: int, as_of: date) -> Diary:
    """Everybody's year at one firm that is left to chance; what was seen of them, in the order of time."""
    diary = Diary(session, world, courses, as_of)
    _assign_teams(diary)
    for place, life in enumerate(world.lives):
        if life.told and life.job == "agent":
            _year(diary, life, random.Random(f"{seed}:{life.person_id}"), place)  # noqa: S311  (a simulation)
            session.flush()
            session.expunge_all()
    return diary


def _assign_teams(diary: Diary) -> None:
    """Each team but the demo agent's has a course to take by a day; for some the day has passed."""
    world, trainer = diary.world, diary.world.with_role(Role.TRAINER)[0]
    floors = [
        team for team, label, _parent in world.teams if label not in ("Billing", "Floor", "Back office")
    ]
    for team, (course, ago, due) in zip(floors, DUE, strict=False):
        day = diary.as_of - timedelta(days=ago)
        assign(
            diary.session,
            actor=world.actor(trainer),
            course_id=diary.courses[course].course_id,
            team_id=team,
            person_id=None,
            due_on=diary.as_of + timedelta(days=due),
            note="Before the client's audit.",
            now=moment(day, random.Random(due)),  # noqa: S311  (a simulation)
        )


def _year(diary: Diary, life: Life, chance: random.Random, place: int) -> None:
    last = life.ended_on or diary.as_of
    served = (last - life.started_on).days
    diligence = chance.betavariate(2, 1.6) * (1.1 if place % 6 in (0, 3) else 0.8)
    skill = min(0.97, chance.betavariate(7, 1.7))
    if served < 30 or diligence < 0.18:
        return
    for key in sorted(diary.courses):
        if chance.random() < 0.8 * diligence:
            ago = chance.randint(3, max(4, min(served - 3, 520)))
            _take(diary, life, key, last - timedelta(days=ago), last, chance, (diligence, skill))
    days = [last - timedelta(days=chance.randint(1, max(2, min(served - 2, 480)))) for _one in range(9)]
    for competency in chance.sample(sorted(SEEN), k=chance.choice((0, 0, 1, 2, 3))):
        level = min(4, 1 + int(skill * 3 * chance.random() + 0.6))
        said = seen(life, competency, level, days.pop())
        if chance.random() < 0.3:
            said = attested(life, "", said.on, said.example, competency=competency, level=level)
        disagrees = diary.contested < 3 and chance.random() < 0.06
        _note(diary, life, said, chance, by_lead=False, disagrees=disagrees)
    if served < 150:
        return
    went = "passed" if skill > 0.62 else "failed"
    for said, likely in (
        (counted(life, "S1-kpi", days.pop(), 70 + 28 * skill, chance.randint(12, 22), went), 0.22),
        (
            attested(
                life, "S1-attestation", days.pop(), "Sat beside two new colleagues in their first week."
            ),
            0.14,
        ),
        (examined(life, "S1-assessment", days.pop(), went), 0.12),
        (completed(life, chance.choice(("C02", "C03", "C04")), days.pop()), 0.28),
    ):
        if chance.random() < likely:
            _note(diary, life, said, chance, by_lead=True)


def _note(
    diary: Diary,
    life: Life,
    said: Observation,
    chance: random.Random,
    *,
    by_lead: bool,
    disagrees: bool = False,
) -> None:
    """Somebody who may records it on that day, when the person was there."""
    if said.on < life.started_on:
        return
    leads = [one for one in diary.world.lives if one.leads == life.team_id] if by_lead else []
    rater = chance.choice(leads or diary.world.with_role(Role.ASSESSOR))
    reason = "That was my first week on this queue, and the call was handed to me half way."
    diary.record(rater, said, chance, contested=reason if disagrees else "")


def _take(
    diary: Diary,
    life: Life,
    key: str,
    day: date,
    last: date,
    chance: random.Random,
    able: tuple[float, float],
) -> None:
    """Take a course lesson by lesson, perhaps not to its end, and its assessment, perhaps twice."""
    diligence, skill = able
    course = diary.courses[key]
    whole = chance.random() < 0.35 + diligence / 2
    at = diary.study(
        life, key, moment(day, chance), lessons=None if whole else chance.randint(1, 3), chance=chance
    )
    if course.assessment_id is None or not whole:
        return
    for number in range(3):
        if at.date() >= last:
            return
        level = min(0.98, skill + 0.08 * number)
        done, at = diary.sit(life, key, at, number, chance, rightly=as_people_do(level, chance))
        if done.passed or chance.random() < 0.35:
            return
        at += timedelta(days=chance.randint(1, 12))


def as_people_do(level: float, chance: random.Random) -> Callable[[Asked], bool]:
    """Answer rightly as often as the skill says."""
    return lambda _one: chance.random() < level
