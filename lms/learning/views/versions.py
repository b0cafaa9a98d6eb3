"""A course's versions, for its authors."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.courses.policy import CoursePermission
from lms.foundation.numbers import whole_number
from lms.learning.pages import versions as pages
from lms.learning.views.room import room
from lms.web import actor, now, session


@room.get("/courses/<uuid:course_id>/versions", allow=CoursePermission.EXPORT)
def versions(course_id: uuid.UUID) -> ResponseReturnValue:
    """Every version, what is live, and who is on which."""
    page = pages.versions_page(
        session(),
        actor=actor(),
        course_id=course_id,
        before=whole_number(request.args.get("before", ""), None, digits=6),
        now=now(),
    )
    return render_template("learning/versions.html", page=page)


@room.get("/courses/<uuid:course_id>/versions/<uuid:version_id>", allow=CoursePermission.EXPORT)
def version(course_id: uuid.UUID, version_id: uuid.UUID) -> ResponseReturnValue:
    """The lessons of any version."""
    page = pages.version_page(session(), actor=actor(), course_id=course_id, version_id=version_id)
    return render_template("learning/version.html", page=page)
