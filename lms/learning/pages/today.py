"""Today: the session that fits, what is due, what is under way."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.queries.telling import Told, list_told
from lms.courses import queries as courses
from lms.courses.queries.translating import list_twins
from lms.foundation.actor import Actor
from lms.foundation.events import ask
from lms.learning import queries
from lms.learning.queries.calendar import Day, find_day
from lms.learning.queries.cards import count_cards, count_finished
from lms.learning.queries.due import Due, list_due, soonest
from lms.learning.queries.gaps import GapAsked, GapLine
from lms.learning.queries.memory import DueCards, list_due_cards
from lms.learning.queries.nudging import Request, list_requests
from lms.learning.queries.pace import find_pace
from lms.learning.queries.prerequisites import Need, list_missing
from lms.learning.rules.composing import Possible, compose
from lms.learning.rules.composing import Session as Break
from lms.learning.rules.running import NUDGE_STANDS, still_asked

CUT = 8
"""So many courses, the most urgent ones, are looked into so that a lesson of theirs can be cut."""

FEW = 5
"""Below so many measured lessons, a person's pace is still being learnt."""


@dataclass(frozen=True)
class UnderWay:
    """A course that was begun: how far it is, and the lesson it goes on with (none when only its assessment is open)."""

    course_id: uuid.UUID
    title: str
    language: str
    done: int
    total: int
    lesson: courses.LessonLine | None


@dataclass(frozen=True)
class TodayPage:
    """Today."""

    session: Break
    choice: "Choice"
    cards: DueCards
    learns: bool
    """Whether too little is known of the person's pace to fill the minutes."""
    due: Sequence[Due]
    taken: Sequence[UnderWay]
    day: Day
    missing: Mapping[uuid.UUID, Sequence[Need]]
    requests: Sequence[Request]
    scored_again: Sequence[Told]
    """What scoring a question again meant for the person, while they have not read it."""


@dataclass(frozen=True)
class Choice:
    """How long somebody has got. `other`: leave out the first so many courses; `less`: a bit less.

    `until`: the end of their slot, as they typed it; `far`: that is no slot, and the minutes are the usual ones.
    """

    minutes: int
    other: int = 0
    less: bool = False
    until: str = ""
    far: bool = False


def today_page(
    session: Session, *, actor: Actor, choice: Choice, now: datetime, reader: str = ""
) -> TodayPage:
    """The session that fits, what is due, what is under way. The same number of statements for few and for many.

    `reader`: the language in which a new course is offered where it is there in several; none that was taken in another.
    """
    day = find_day(session, actor=actor, now=now)
    due = soonest(list_due(session, actor=actor, person_id=actor.person_id, day=day))
    taken = queries.list_taken(session, actor=actor)
    gaps: dict[str, GapLine] = {one.course_key: one for one in ask(session, GapAsked(actor, now))}
    begun = {one.course_id for one in taken}
    elsewhere = {one.id for one in list_twins(session, actor=actor, course_ids=list(begun))}
    catalogue = [
        one
        for one in courses.list_catalogue(session, actor=actor, wanted=courses.Wanted(reader=reader))
        if one.id in begun or one.id not in elsewhere
    ]
    shown = {one.key: one for one in catalogue}
    wanted = {
        key: shown.get(f"{key}-{reader[:2].upper()}", one)
        for key, one in courses.find_live_by_key(session, actor=actor, keys=list(gaps)).items()
        if one.id not in elsewhere
    }
    offers: dict[uuid.UUID, _Offer] = {}
    for own in taken:
        offers[own.course_id] = _Offer(own.version_id, own.title, own.language)
    for one in due:
        offers.setdefault(one.course_id, _Offer(one.version_id, one.title, one.language))
    for listed in (*wanted.values(), *catalogue):
        offers.setdefault(listed.id, _Offer(listed.version_id, listed.title, listed.language))
    versions = [one.version_id for one in offers.values()]
    missing = list_missing(session, actor=actor, person_id=actor.person_id, course_ids=list(offers))
    lines = courses.list_lessons(session, version_ids=versions)
    progress = {(row.course_id, row.lesson_key): row for row in queries.list_progress(session, actor=actor)}
    asked = {one.course_id: one for one in due}
    closing = {wanted[key].id: gap for key, gap in gaps.items() if key in wanted}
    finished = {one.course_id for one in taken if one.completed_at}
    possible: list[Possible] = []
    for course_id, offer in offers.items():
        if course_id in finished or course_id in missing:
            continue
        gap = closing.get(course_id)
        for line in (line for line in lines if line.version_id == offer.version_id):
            place = progress.get((course_id, line.key))
            if place is not None and place.completed_at is not None:
                continue
            wish = asked.get(course_id)
            urgency, reason = _why(place is not None, wish, gap, course_id in begun, day.today)
            possible.append(
                Possible(
                    line.title,
                    offer.title,
                    line.minutes,
                    reason,
                    urgency,
                    course_id,
                    line.key,
                    due_on=wish.due_on if wish else None,
                    language=offer.language,
                    for_what=gap.rung if gap and reason == "gap" else "",
                )
            )
    near = _nearest(possible, offers)
    possible = _with_cards(session, actor, possible, near)
    cards = list_due_cards(session, actor=actor, day=day, now=now)
    pace = find_pace(
        session,
        actor=actor,
        course_ids=list(near),
        cards={
            (one.course_id, one.lesson_key): one.minutes * 60 / one.of
            for one in possible
            if one.course_id in near
        },
    )
    return TodayPage(
        compose(
            possible,
            minutes=choice.minutes,
            due_cards=len(cards.cards),
            pace=pace,
            other=choice.other,
            less=choice.less,
        ),
        choice,
        cards,
        pace.seen < FEW,
        due,
        [_under_way(one, lines, progress) for one in taken if one.completed_at is None],
        day,
        missing,
        _requests(session, actor, now),
        list_told(session, actor=actor, person_id=actor.person_id, untold=True),
    )


@dataclass(frozen=True)
class _Offer:
    version_id: uuid.UUID
    title: str
    language: str


def _nearest(possible: Iterable[Possible], offers: Mapping[uuid.UUID, _Offer]) -> dict[uuid.UUID, uuid.UUID]:
    """The versions of the most urgent courses, by course."""
    order = sorted(possible, key=lambda one: one.urgency)
    ids = list(dict.fromkeys(one.course_id for one in order))[:CUT]
    return {course_id: offers[course_id].version_id for course_id in ids}


def _with_cards(
    session: Session, actor: Actor, possible: Sequence[Possible], near: Mapping[uuid.UUID, uuid.UUID]
) -> list[Possible]:
    """The same, with how many cards are left of how many where the lesson may be cut."""
    cards = count_cards(session, version_ids=list(near.values()))
    finished = count_finished(session, actor=actor, version_ids=list(near.values()))
    found = []
    for one in possible:
        key = (near.get(one.course_id), one.lesson_key)
        of = max(1, cards.get(key, 1))
        found.append(replace(one, of=of, cards=max(1, of - finished.get(key, 0))))
    return found


def _requests(session: Session, actor: Actor, now: datetime) -> list[Request]:
    """What the person's trainers ask them to go on with, one a course."""
    found = list_requests(session, actor=actor, person_id=actor.person_id, since=now - NUDGE_STANDS)
    standing = [
        one
        for one in found
        if one.completed_at is None
        and still_asked(asked_at=one.at, shown_from=one.shown_from, moved_at=one.moved_at, now=now)
    ]
    return list({one.course_id: one for one in reversed(standing)}.values())


def _under_way(
    taken: queries.Taken, lines: Sequence[courses.LessonLine], progress: Mapping[tuple[uuid.UUID, str], Any]
) -> UnderWay:
    """How far a course is."""
    lessons = [line for line in lines if line.version_id == taken.version_id]
    places = [progress.get((taken.course_id, line.key)) for line in lessons]
    done = [place is not None and place.completed_at is not None for place in places]
    ahead = next((line for line, gone in zip(lessons, done, strict=True) if not gone), None)
    return UnderWay(taken.course_id, taken.title, taken.language, sum(done), len(lessons), ahead)


def _why(
    begun: bool, wanted: Due | None, gap: GapLine | None, enrolled: bool, today: date
) -> tuple[int, str]:
    """How urgent something is, and the key of the sentence that says why it is offered."""
    if begun:
        return 0, "begun"
    if wanted is not None:
        return (1, "overdue") if wanted.due_on and wanted.due_on < today else (2, "assigned")
    if gap is not None:
        return 3, "gap"
    return (4, "next") if enrolled else (5, "new")
