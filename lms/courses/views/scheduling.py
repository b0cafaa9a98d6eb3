"""Publishing on a date: setting it and taking it back, from the publish page."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.forms.scheduling import ScheduleForm
from lms.courses.policy import CoursePermission
from lms.courses.services import scheduling as services
from lms.courses.views.publishing import publish_page
from lms.courses.views.room import room
from lms.foundation.jobs import Job
from lms.people.queries import is_id
from lms.web import actor, answered, now, session, storage
from lms.web.language import local_datetime
from lms.web.request import signed_in


@room.post("/studio/<uuid:course_id>/publish/schedule", allow=CoursePermission.PUBLISH)
def schedule_publishing(course_id: uuid.UUID) -> ResponseReturnValue:
    """Have the draft published on a date, as it was looked at."""
    form = ScheduleForm()

    def done(job: Job) -> ResponseReturnValue:
        flash(_("It will be published on %(when)s.", when=local_datetime(job.not_before)), "good")
        return redirect(url_for("courses.publishing", course_id=course_id))

    return answered(
        form,
        act=lambda: services.schedule_publishing(
            session(),
            actor=actor(),
            course_id=course_id,
            plan=form.plan(signed_in().time_zone),
            storage=storage(),
            now=now(),
        ),
        done=done,
        page=lambda: publish_page(course_id, form),
    )


@room.post("/studio/<uuid:course_id>/publish/cancel", allow=CoursePermission.PUBLISH)
def cancel_publishing(course_id: uuid.UUID) -> ResponseReturnValue:
    """Take the date back."""
    sent = request.form.get("job", "")
    services.cancel_publishing(
        session(),
        actor=actor(),
        course_id=course_id,
        job_id=uuid.UUID(sent) if is_id(sent) else uuid.UUID(int=0),
        now=now(),
    )
    flash(_("The date is taken back. Nothing will be published by itself."), "good")
    return redirect(url_for("courses.publishing", course_id=course_id))
