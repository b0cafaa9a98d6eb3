"""Courses as folders and archives: the package on disk that a version is."""

import uuid
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.archives import write_archive
from lms.courses.packages import write_folder
from lms.courses.policy import POLICY, CoursePermission
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.storage import Storage


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
