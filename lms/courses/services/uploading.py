"""An uploaded package: looked at, published, or made the draft of its course where a second person approves first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.archives import read_archive
from lms.courses.models import (
    Course,
    CourseUpload,
    CourseVersion,
)
from lms.courses.packages import Package
from lms.courses.policy import POLICY, CoursePermission, OwnedBy
from lms.courses.rules import Lesson, Problem
from lms.courses.services.drafts import new_course, reset_draft
from lms.courses.services.people import stand, wants_review
from lms.courses.services.publishing import (
    lesson_order,
    log_publishing,
    package_hash,
    problems_of,
    publish_package,
)
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.storage import Storage


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
        log_publishing(session, actor, str(seen.package.course["key"]), version, now)
    return version


def put_upload_into_draft(
    session: Session, *, actor: Actor, upload_id: uuid.UUID, storage: Storage, now: datetime
) -> Course:
    """Make an uploaded package the draft of its course, which is new when there is none of that key.

    What the draft had before stays in its history. Raises NotFound, NotAllowed, Invalid.
    """
    seen = see_upload(session, actor=actor, upload_id=upload_id, storage=storage)
    begin_writing(session)
    package = seen.package
    media = {path: storage.put(content) for path, content in package.media.items()}
    key = str(package.course["key"])
    course = queries.find_course_by_key(session, owner_id=actor.firm_id, key=key)
    if course is None:
        return new_course(session, actor=actor, key=key, files=package.files, media=media, now=now)
    stand(session, actor=actor, course_id=course.id, permission=CoursePermission.EDIT)
    reset_draft(session, actor=actor, course=course, package=package, media=media, now=now)
    return course
