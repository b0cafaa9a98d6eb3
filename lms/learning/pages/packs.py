"""What a phone is told to keep: the lessons of a course, or the next ones, and the pictures in them."""

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.courses.models import CourseVersion, LessonVersion
from lms.courses.rules.placing import NAMES
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.learning import queries
from lms.learning.pages import LessonPage, lesson_page
from lms.learning.rules.packs import AHEAD, lesson_mark

PICTURE = re.compile(r'<img\b[^>]*\bsrc="([^"]+)"')


@dataclass(frozen=True)
class PackedLesson:
    """A lesson to keep, with the mark of its content and the addresses of the pictures it shows."""

    course_id: uuid.UUID
    course: str
    key: str
    title: str
    mark: str
    pictures: Sequence[str]


def course_pack(
    session: Session, *, actor: Actor, course_id: uuid.UUID, language: str
) -> Sequence[PackedLesson]:
    """Every lesson of a course, on the version the actor is on or the live one. Raises NotFound."""
    version = _version(session, actor, course_id)
    lines = courses.list_lessons(session, version_ids=[version.id])
    return list(_packed(session, actor, version, [line.key for line in lines], language))


def next_pack(session: Session, *, actor: Actor, language: str) -> Sequence[PackedLesson]:
    """The next lessons of the courses the actor is in, in their order."""
    found: list[PackedLesson] = []
    done = {
        (row.course_id, row.lesson_key)
        for row in queries.list_progress(session, actor=actor)
        if row.completed_at is not None
    }
    taken = [one for one in queries.list_taken(session, actor=actor) if one.completed_at is None]
    lines = courses.list_lessons(session, version_ids=[one.version_id for one in taken])
    for one in taken:
        if len(found) >= AHEAD:
            break
        keys = [
            line.key
            for line in lines
            if line.version_id == one.version_id and (one.course_id, line.key) not in done
        ]
        version = _version(session, actor, one.course_id)
        found += _packed(session, actor, version, keys[: AHEAD - len(found)], language)
    return found


def lesson_copy(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str, mark: str, language: str
) -> LessonPage:
    """A lesson as nobody has begun it, to be kept under its mark. Raises NotFound (also when the mark is another)."""
    version = _version(session, actor, course_id)
    if mark != _mark(version, lesson_key, actor, language):
        raise NotFound("There is no such lesson.")
    return lesson_page(session, actor=actor, course_id=course_id, lesson_key=lesson_key, fresh=True)


def _version(session: Session, actor: Actor, course_id: uuid.UUID) -> CourseVersion:
    course = courses.find_course(session, actor=actor, course_id=course_id)
    enrolment = queries.find_enrolment(
        session, firm_id=actor.firm_id, person_id=actor.person_id, course_id=course_id
    )
    version_id = enrolment.version_id if enrolment else course.live_version_id if course else None
    version = courses.find_version(session, actor=actor, version_id=version_id) if version_id else None
    if version is None:
        raise NotFound("There is no such course.")
    return version


def _mark(version: CourseVersion, lesson_key: str, actor: Actor, language: str) -> str:
    return lesson_mark(
        version_hash=version.hash, lesson_key=lesson_key, language=language, person_id=actor.person_id
    )


def _packed(
    session: Session, actor: Actor, version: CourseVersion, keys: Sequence[str], language: str
) -> Iterator[PackedLesson]:
    by_key = {one.key: one for one in courses.list_whole_lessons(session, version_id=version.id, keys=keys)}
    for key in keys:
        lesson = by_key[key]
        yield PackedLesson(
            version.course_id,
            version.title,
            key,
            lesson.title,
            _mark(version, key, actor, language),
            _pictures(lesson),
        )


def _pictures(lesson: LessonVersion) -> list[str]:
    prose = [part.get("html", "") for card in lesson.cards["cards"] for part in card["parts"]]
    asked = [part["check"] for card in lesson.cards["cards"] for part in card["parts"] if "check" in part]
    found = [address for html in prose for address in PICTURE.findall(html)]
    found += [str(one[name]["address"]) for one in asked for name in NAMES if isinstance(one.get(name), dict)]
    return list(dict.fromkeys(found))
