"""Calibrating a course's questions, and what came of it."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.pages.calibrating import calibration_page
from lms.assessments.services.calibrating import calibrate as calibrate_questions
from lms.assessments.services.calibrating_nightly import start_nights, stop_nights
from lms.assessments.views.questions import bank_crumbs
from lms.assessments.views.room import room
from lms.courses.policy import CoursePermission
from lms.foundation.errors import Invalid
from lms.web import actor, now, session
from lms.web.language import in_words


@room.get("/studio/<uuid:course_id>/questions/calibration", allow=CoursePermission.EDIT)
def calibration(course_id: uuid.UUID) -> ResponseReturnValue:
    """The calibrations there are, and the parameters of the newest."""
    page = calibration_page(session(), actor=actor(), course_id=course_id)
    crumbs = bank_crumbs(page.desk, (_("Calibration"), ""))
    return render_template("assessments/calibration.html", page=page, desk=page.desk, crumbs=crumbs)


@room.post("/studio/<uuid:course_id>/questions/calibration", allow=CoursePermission.EDIT)
def calibrate(course_id: uuid.UUID) -> ResponseReturnValue:
    """Calibrate from the answers there are now."""
    try:
        calibrate_questions(session(), actor=actor(), course_id=course_id, now=now())
    except Invalid as error:
        session().rollback()
        flash(in_words(error), "warn")
    else:
        flash(_("Calibrated. The earlier calibrations stay in the list."), "good")
    return redirect(url_for("assessments.calibration", course_id=course_id))


@room.post("/studio/<uuid:course_id>/questions/calibration/nights", allow=CoursePermission.EDIT)
def calibration_nights(course_id: uuid.UUID) -> ResponseReturnValue:
    """Have it done each night, or no more."""
    if request.form.get("do") == "stop":
        stop_nights(session(), actor=actor(), course_id=course_id, now=now())
        flash(_("It is off. What was calibrated stays."), "good")
    else:
        start_nights(session(), actor=actor(), course_id=course_id, now=now())
        flash(_("It is on: from the coming night on, by itself."), "good")
    return redirect(url_for("assessments.calibration", course_id=course_id))
