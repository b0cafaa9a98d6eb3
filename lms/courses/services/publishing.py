"""Checking a package or a draft, and publishing it as a version that never changes."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import (
    Course,
    CourseNeed,
    CourseTag,
    CourseVersion,
    LessonVersion,
    VersionMedia,
)
from lms.courses.packages import Located, Package, understand
from lms.courses.policy import CoursePermission
from lms.courses.rendering import picture_size, render_lesson
from lms.courses.rules import Outline, Problem, prerequisite_problems, translation_problems
from lms.courses.rules.placing import Place, place_of, placed
from lms.courses.services.drafts import Stale, open_draft, reset_draft
from lms.courses.services.people import name_lead, stand
from lms.courses.services.reviewing import approval_for, published_on
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.events import ask, emit
from lms.foundation.ids import new_id
from lms.foundation.storage import Storage
from lms.foundation.text import plain_text
from lms.people.rules import folded
from lms.people.services.audit import record_act


@dataclass(frozen=True)
class PackageRead:
    """A package was read: rooms above answer with the problems of their own documents in it."""

    package: Package


@dataclass(frozen=True)
class CoursePublished:
    """A version was made live: rooms above publish what is theirs in the package."""

    course_id: uuid.UUID
    version_id: uuid.UUID
    questions: tuple[Located, ...]
    assessments: tuple[Located, ...]
    at: datetime


@dataclass(frozen=True)
class Beside:
    """What several packages say of themselves, by key: they may name one another before any is published."""

    needs: Mapping[str, set[str]] = field(default_factory=dict)
    outlines: Mapping[str, Outline] = field(default_factory=dict)


def beside_of(packages: Iterable[Package]) -> Beside:
    """What each of several packages says comes before it, and what a translation of it is held against."""
    by_key = {str(one.course.get("key")): one for one in packages}
    return Beside(
        {key: {str(need) for need in one.course.get("prerequisites") or ()} for key, one in by_key.items()},
        {key: outline(one) for key, one in by_key.items()},
    )


def outline(package: Package) -> Outline:
    """The keys of a package, and what it says it is."""
    said = package.course.get("objectives")
    objectives = (
        [one.get("key") for one in said if isinstance(one, Mapping)] if isinstance(said, list) else []
    )
    asked = [one.document.get("key") for one in (*package.questions, *package.checks)]
    return Outline(
        str(package.course.get("language")),
        str(package.course.get("translation_of") or ""),
        frozenset(package.lessons),
        frozenset(map(str, objectives)),
        frozenset(map(str, asked)),
    )


def _outlines(session: Session, owner_id: uuid.UUID | None, key: str) -> dict[str, Outline]:
    """The outline of a live course, or only the keys there are when it is none of them."""
    document = queries.find_document_by_key(session, owner_id=owner_id, key=key)
    there = {one: Outline("", "") for one in queries.list_declared_needs(session, owner_id=owner_id)}
    return there | ({key: outline(understand(document["files"], {}, []))} if document else {})


def problems_of(
    session: Session,
    package: Package,
    *,
    owner_id: uuid.UUID | None = None,
    beside: Beside | None = None,
) -> tuple[Problem, ...]:
    """Every problem of a package, the other rooms' included, in the order of its files.

    The courses it says come first, and the one it is a translation of, are looked for among the association's, its owner's, and those `beside` it.
    """
    beside = beside or Beside()
    text = package.files.get("course.yaml", "")
    early: list[Problem] = []
    if package.course.get("prerequisites"):
        needs = queries.list_declared_needs(session, owner_id=owner_id) | dict(beside.needs)
        early += prerequisite_problems(package.course, text, needs)
    if origin := package.course.get("translation_of"):
        known = beside.outlines
        if origin not in known:
            known = _outlines(session, owner_id, str(origin)) | dict(known)
        early += translation_problems(package.course, text, outline(package), known)
    found: Iterable[Problem] = (*package.problems, *early, *ask(session, PackageRead(package)))
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.message)))


def package_hash(package: Package) -> str:
    """The hash of everything in a package."""
    digest = hashlib.sha256(json.dumps(dict(package.files), sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(package.media):
        digest.update(name.encode() + hashlib.sha256(package.media[name]).digest())
    return digest.hexdigest()


def publish_package(
    session: Session,
    *,
    actor: Actor,
    package: Package,
    storage: Storage,
    note: str,
    now: datetime,
    beside: Beside | None = None,
) -> tuple[CourseVersion, bool]:
    """Make a package the live version of its course; the same package again changes nothing.

    `beside`: what courses that are published together say of themselves (see `beside_of`).
    Returns the version and whether it is new. Raises Invalid with every problem.
    """
    problems = problems_of(session, package, owner_id=actor.firm_id, beside=beside)
    if stopping := [problem for problem in problems if not problem.advice]:
        raise Invalid("This course has problems. Nothing was published.", stopping)
    key, digest = str(package.course["key"]), package_hash(package)
    course = queries.find_course_by_key(session, owner_id=actor.firm_id, key=key)
    if course is None:
        course = Course(owner_id=actor.firm_id, key=key)
        session.add(course)
        session.flush()  # the version needs the course's id
        name_lead(session, actor=actor, course=course, now=now)
    if course.live_version_id is not None:
        live = session.get_one(CourseVersion, course.live_version_id)
        if live.hash == digest:
            return live, False
    version = _freeze(session, actor, course, package, digest, note, now)
    media = _store_media(session, version, package, storage)
    place = _places(package, media)
    _render(session, version, package, place)
    course.live_version_id = version.id
    version.draft_revision = reset_draft(
        session, actor=actor, course=course, package=package, media=media, now=now
    )
    questions = tuple(replace(one, document=placed(one.document, place)) for one in package.questions)
    emit(session, CoursePublished(course.id, version.id, questions, package.assessments, now))
    return version, True


def _freeze(
    session: Session, actor: Actor, course: Course, package: Package, digest: str, note: str, now: datetime
) -> CourseVersion:
    last = (
        session.scalar(select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course.id))
        or 0
    )
    said = package.course
    lessons = [package.lessons[key] for key in lesson_order(said)]
    version = CourseVersion(
        id=new_id(),
        course_id=course.id,
        number=last + 1,
        hash=digest,
        note=note[:500],
        author_id=actor.person_id,
        published_at=now,
        title=said["title"],
        summary=said["summary"],
        language=said["language"],
        minutes=sum(lesson.minutes for lesson in lessons),
        document=package.document,
        translation_of=said.get("translation_of"),
        search_text=folded(
            " ".join(
                (
                    course.key,
                    said["title"],
                    said["summary"],
                    *(entry["text"] for entry in said["objectives"]),
                    *(lesson.title for lesson in lessons),
                )
            )
        ),
    )
    session.add(version)
    session.flush()  # its lessons and tags point at it
    tags = {("track", track) for track in said.get("tracks") or ()}
    tags |= {("competency", entry["id"]) for entry in said["competencies"]}
    session.add_all(CourseTag(version_id=version.id, kind=kind, value=value) for kind, value in sorted(tags))
    session.add_all(CourseNeed(version_id=version.id, key=key) for key in said.get("prerequisites") or ())
    return version


def lesson_order(course: Mapping[str, Any]) -> list[str]:
    """The keys of a course's lessons, in order."""
    return [key for module in course["modules"] for key in module["lessons"]]


def _store_media(
    session: Session, version: CourseVersion, package: Package, storage: Storage
) -> dict[str, str]:
    stored = {path: storage.put(content) for path, content in package.media.items()}
    session.add_all(
        VersionMedia(version_id=version.id, path=path, stored=name, size=len(package.media[path]))
        for path, name in stored.items()
    )
    return stored


def _places(package: Package, stored: Mapping[str, str]) -> Callable[[str], Place | None]:
    """Where the files that questions are about stand: under the hash of what they hold."""

    def place(path: str) -> Place | None:
        if path not in stored:
            return None
        content, suffix = package.media[path], PurePosixPath(path).suffix.lower()
        return place_of(f"/courses/media/{stored[path]}{suffix}", len(content), picture_size(path, content))

    return place


def _render(
    session: Session, version: CourseVersion, package: Package, place: Callable[[str], Place | None]
) -> None:
    sizes = {path: picture_size(path, content) for path, content in package.media.items()}
    position = 0
    for module in package.course["modules"]:
        for key in module["lessons"]:
            position += 1
            lesson = package.lessons[key]
            cards = render_lesson(
                lesson,
                language=version.language,
                sizes=sizes,
                media_address=lambda path: f"/courses/media/{version.id}/{path}",
                place=place,
            )
            session.add(
                LessonVersion(
                    version_id=version.id,
                    key=key,
                    position=position,
                    module=str(module.get("title") or ""),
                    title=plain_text(lesson.title),
                    minutes=lesson.minutes,
                    cards={"cards": cards},
                )
            )


def publish_draft(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    revision: int,
    note: str,
    storage: Storage,
    now: datetime,
) -> tuple[CourseVersion, bool]:
    """Publish a draft as it was looked at; the version, and whether it is new.

    Raises NotFound, NotAllowed, Invalid (no note, or problems), Stale (somebody saved since).
    """
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if not note.strip():
        raise Invalid("Say in a sentence what is new.")
    if revision != draft.revision:
        raise Stale({}, draft.revision)
    package = draft.package(storage)
    if package.course and package.course.get("key") != draft.course.key:
        raise Invalid(
            "A course keeps its key for ever: write “key: %(key)s” in course.yaml.", key=draft.course.key
        )
    approval = approval_for(session, actor=actor, stood=stood, draft=draft)
    version, new = publish_package(
        session, actor=actor, package=package, storage=storage, note=note.strip(), now=now
    )
    if new:
        published_on(approval, version)
        log_publishing(session, actor, draft.course.key, version, now)
    return version, new


def log_publishing(session: Session, actor: Actor, key: str, version: CourseVersion, now: datetime) -> None:
    """Write into the owner's audit log that a version of the course `key` was published."""
    record_act(
        session,
        actor=actor,
        act="course published",
        subject=f"{key}: {version.title}",
        now=now,
        detail={"version": version.number, "hash": version.hash, "note": version.note},
    )
