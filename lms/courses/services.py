"""Verbs of the courses room: checking, publishing, exporting."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import Course, CourseDraft, CourseTag, CourseVersion, LessonVersion, VersionMedia
from lms.courses.packages import Located, Package, write_folder
from lms.courses.rendering import picture_size, render_lesson
from lms.courses.rules import Problem
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.events import ask, emit
from lms.foundation.ids import new_id
from lms.foundation.storage import Storage
from lms.foundation.text import plain_text
from lms.people.rules import folded


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


def problems_of(session: Session, package: Package) -> tuple[Problem, ...]:
    """Every problem of a package, the other rooms' included, in the order of its files."""
    found: Iterable[Problem] = (*package.problems, *ask(session, PackageRead(package)))
    return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.message)))


def package_hash(package: Package) -> str:
    """The hash of everything in a package."""
    digest = hashlib.sha256(json.dumps(dict(package.files), sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(package.media):
        digest.update(name.encode() + hashlib.sha256(package.media[name]).digest())
    return digest.hexdigest()


def publish_package(
    session: Session, *, actor: Actor, package: Package, storage: Storage, note: str, now: datetime
) -> tuple[CourseVersion, bool]:
    """Make a package the live version of its course; the same package again changes nothing.

    Returns the version and whether it is new. Raises Invalid with every problem.
    """
    if stopping := [problem for problem in problems_of(session, package) if not problem.advice]:
        raise Invalid("This course has problems. Nothing was published.", stopping)
    key, digest = str(package.course["key"]), package_hash(package)
    course = queries.find_course_by_key(session, owner_id=actor.firm_id, key=key)
    if course is None:
        course = Course(owner_id=actor.firm_id, key=key)
        session.add(course)
        session.flush()  # the version needs the course's id
    if course.live_version_id is not None:
        live = session.get_one(CourseVersion, course.live_version_id)
        if live.hash == digest:
            return live, False
    version = _freeze(session, actor, course, package, digest, note, now)
    _store_media(session, version, package, storage)
    _render(session, version, package)
    course.live_version_id = version.id
    _reset_draft(session, actor, course, package, now)
    emit(session, CoursePublished(course.id, version.id, package.questions, package.assessments, now))
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
    return version


def lesson_order(course: Mapping[str, Any]) -> list[str]:
    """The keys of a course's lessons, in order."""
    return [key for module in course["modules"] for key in module["lessons"]]


def _store_media(session: Session, version: CourseVersion, package: Package, storage: Storage) -> None:
    session.add_all(
        VersionMedia(version_id=version.id, path=path, stored=storage.put(content), size=len(content))
        for path, content in package.media.items()
    )


def _render(session: Session, version: CourseVersion, package: Package) -> None:
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


def _reset_draft(session: Session, actor: Actor, course: Course, package: Package, now: datetime) -> None:
    """The draft starts again from what was just published."""
    draft = session.get(CourseDraft, course.id)
    if draft is None:
        draft = CourseDraft(
            course_id=course.id, revision=0, document={}, saved_at=now, saved_by_id=actor.person_id
        )
        session.add(draft)
    draft.revision += 1
    draft.document, draft.saved_at, draft.saved_by_id = package.document, now, actor.person_id


def export_course(session: Session, *, actor: Actor, key: str, storage: Storage, folder: Path) -> int:
    """Write a course's live version as a folder of files, as it was published. Returns how many. Raises NotFound."""
    live = queries.find_live_by_key(session, actor=actor, keys=[key]).get(key)
    version = queries.find_version(session, actor=actor, version_id=live.version_id) if live else None
    if version is None:
        raise NotFound("There is no course %(key)s.", key=key)
    media = {row.path: row.stored for row in queries.list_media(session, version_id=version.id)}
    if folder.exists() and any(folder.iterdir()):
        raise Invalid("The folder %(folder)s is not empty. Choose a new one.", folder=folder)
    return write_folder(
        version.document["files"], lambda path: storage.get(media[path]), sorted(media), folder
    )


def course_folders(folder: Path) -> Sequence[Path]:
    """The course folders at a path: itself, or those in it. Raises Invalid when there is none."""
    if (folder / "course.yaml").exists():
        return [folder]
    found = sorted(path.parent for path in folder.glob("*/course.yaml")) if folder.is_dir() else []
    if not found:
        raise Invalid("%(folder)s holds no course: there is no course.yaml in it or below it.", folder=folder)
    return found
