"""Verbs of the courses room: checking, publishing, exporting."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.archives import read_archive, write_archive
from lms.courses.models import (
    Course,
    CourseNeed,
    CourseTag,
    CourseUpload,
    CourseVersion,
    LessonVersion,
    VersionMedia,
)
from lms.courses.packages import Located, Package, understand, write_folder
from lms.courses.policy import POLICY, CoursePermission, OwnedBy
from lms.courses.rendering import picture_size, render_lesson
from lms.courses.rules import Lesson, Outline, Problem, prerequisite_problems, translation_problems
from lms.courses.rules.placing import Place, place_of, placed
from lms.courses.services.drafts import Stale, open_draft, reset_draft
from lms.courses.services.people import name_lead, stand, wants_review
from lms.courses.services.reviewing import approval_for, published_on
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.events import ask, emit
from lms.foundation.ids import new_id
from lms.foundation.policy import require
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


def export_version(
    session: Session, *, actor: Actor, course_id: uuid.UUID, version_id: uuid.UUID, storage: Storage
) -> tuple[str, bytes]:
    """Any version as an archive of its files, as it was published; its file name too. Raises NotFound, NotAllowed."""
    require(POLICY, actor, CoursePermission.EXPORT)
    version = queries.find_version(session, actor=actor, version_id=version_id)
    course = queries.find_course(session, actor=actor, course_id=course_id)
    if version is None or course is None or version.course_id != course_id:
        raise NotFound("There is no such version.")
    media = {row.path: row.stored for row in queries.list_media(session, version_id=version.id)}
    archive = write_archive(version.document["files"], lambda path: storage.get(media[path]), sorted(media))
    return f"{course.key}-v{version.number}.zip", archive


@dataclass(frozen=True)
class Upload:
    """An uploaded package that may be published, and what it would change."""

    upload: CourseUpload
    package: Package
    advice: tuple[Problem, ...]
    course_id: uuid.UUID | None
    live: CourseVersion | None
    lessons_now: Sequence[str]
    same: bool
    reviewed: bool
    """Whether the firm asks that a second person approves it: then it goes into the draft first."""

    @property
    def title(self) -> str:
        """The course's title."""
        return str(self.package.course["title"])

    @property
    def lessons(self) -> list[Lesson]:
        """Its lessons in order."""
        return [self.package.lessons[key] for key in lesson_order(self.package.course)]

    @property
    def minutes(self) -> int:
        """The minutes of all lessons."""
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def gone(self) -> list[str]:
        """The keys of lessons that are live and that the package does not have."""
        return [key for key in self.lessons_now if key not in self.package.lessons]


def keep_upload(
    session: Session, *, actor: Actor, file_name: str, content: bytes, storage: Storage, now: datetime
) -> CourseUpload:
    """Keep an archive of a course that has no problems, to be looked at before it is published.

    Raises NotAllowed, Invalid with every problem.
    """
    require(POLICY, actor, CoursePermission.PUBLISH, OwnedBy(actor.firm_id))
    _read_upload(session, actor, content)
    begin_writing(session)
    upload = CourseUpload(
        firm_id=actor.firm_id,
        id=new_id(),
        file_name=file_name[-200:],
        stored=storage.put(content),
        uploaded_by_id=actor.person_id,
        uploaded_at=now,
    )
    session.add(upload)
    return upload


def _read_upload(session: Session, actor: Actor, content: bytes) -> tuple[Package, tuple[Problem, ...]]:
    package = read_archive(content)
    problems = problems_of(session, package, owner_id=actor.firm_id)
    if stopping := [problem for problem in problems if not problem.advice]:
        raise Invalid("This course has problems. Nothing was published.", stopping)
    return package, problems


def see_upload(session: Session, *, actor: Actor, upload_id: uuid.UUID, storage: Storage) -> Upload:
    """An uploaded package, and what publishing it would change. Raises NotFound, NotAllowed, Invalid."""
    upload = queries.find_upload(session, actor=actor, upload_id=upload_id)
    if upload is None:
        raise NotFound("There is no such file.")
    require(POLICY, actor, CoursePermission.PUBLISH, OwnedBy(upload.firm_id))
    package, advice = _read_upload(session, actor, storage.get(upload.stored))
    course = queries.find_course_by_key(session, owner_id=actor.firm_id, key=str(package.course["key"]))
    if course is not None:
        stand(session, actor=actor, course_id=course.id, permission=CoursePermission.PUBLISH)
    live_id = course.live_version_id if course else None
    live = queries.find_version(session, actor=actor, version_id=live_id) if live_id else None
    return Upload(
        upload,
        package,
        advice,
        course.id if course else None,
        live,
        [line.key for line in queries.list_lessons(session, version_ids=[live.id])] if live else (),
        live is not None and live.hash == package_hash(package),
        wants_review(session, actor=actor),
    )


def publish_upload(
    session: Session, *, actor: Actor, upload_id: uuid.UUID, note: str, storage: Storage, now: datetime
) -> CourseVersion:
    """Publish an uploaded package as the actor's organisation's own course.

    Raises NotFound, NotAllowed, Invalid (no note, or problems), Conflict (published already).
    """
    seen = see_upload(session, actor=actor, upload_id=upload_id, storage=storage)
    if not note.strip():
        raise Invalid("Say in a sentence what is new.")
    if seen.reviewed:
        raise Invalid(
            "Your firm asks that a second person approves a course first. Put the file into the draft, and ask there."
        )
    begin_writing(session)
    upload = queries.find_upload(session, actor=actor, upload_id=upload_id)
    if upload is None or upload.published_at is not None:
        raise Conflict("This was published already.")
    version, new = publish_package(
        session, actor=actor, package=seen.package, storage=storage, note=note.strip(), now=now
    )
    upload.published_at, upload.version_id = now, version.id
    if new:
        _log_publishing(session, actor, str(seen.package.course["key"]), version, now)
    return version


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
        _log_publishing(session, actor, draft.course.key, version, now)
    return version, new


def _log_publishing(session: Session, actor: Actor, key: str, version: CourseVersion, now: datetime) -> None:
    record_act(
        session,
        actor=actor,
        act="course published",
        subject=f"{key}: {version.title}",
        now=now,
        detail={"version": version.number, "hash": version.hash, "note": version.note},
    )
