"""The publish page of a draft: what changed, what stops it, who is under way."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import services
from lms.courses.forms import PublishForm
from lms.courses.forms.scheduling import ScheduleForm
from lms.courses.forms.studio import number
from lms.courses.models import CourseVersion
from lms.courses.pages import publishing as pages
from lms.courses.policy import CoursePermission
from lms.courses.views.room import room
from lms.foundation.ids import new_id
from lms.web import actor, answered, now, session, storage
from lms.web.request import signed_in


@room.get("/studio/<uuid:course_id>/publish", allow=CoursePermission.PUBLISH)
def publishing(course_id: uuid.UUID) -> ResponseReturnValue:
    """A draft beside the live version, before it is published."""
    return publish_page(course_id, PublishForm(None))


def publish_page(course_id: uuid.UUID, form: PublishForm) -> str:
    """The page with a form as it was sent, or an empty one."""
    later = form if isinstance(form, ScheduleForm) else ScheduleForm(None)
    later.order.data = str(new_id())
    page = pages.publish_page(session(), actor=actor(), course_id=course_id, storage=storage(), now=now())
    return render_template(
        "studio/publish.html", page=page, form=form, later=later, zone=signed_in().time_zone
    )


@room.post("/studio/<uuid:course_id>/publish", allow=CoursePermission.PUBLISH)
def publish_draft(course_id: uuid.UUID) -> ResponseReturnValue:
    """Publish the draft as it was looked at."""
    form = PublishForm()

    def done(result: tuple[CourseVersion, bool]) -> ResponseReturnValue:
        version, _new = result
        flash(_("Published as version %(number)s.", number=version.number), "good")
        return redirect(url_for("learning.versions", course_id=course_id))

    return answered(
        form,
        act=lambda: services.publish_draft(
            session(),
            actor=actor(),
            course_id=course_id,
            revision=number(request.form.get("revision")),
            note=form.given(),
            storage=storage(),
            now=now(),
        ),
        done=done,
        page=lambda: publish_page(course_id, form),
    )
