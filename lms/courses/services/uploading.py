"""An uploaded package as the draft of its course: where a second person approves first, this is its way in."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import Course
from lms.courses.policy import CoursePermission
from lms.courses.services import see_upload
from lms.courses.services.drafts import new_course, reset_draft
from lms.courses.services.people import stand
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.storage import Storage


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
