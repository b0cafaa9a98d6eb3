"""How often a firm lets a question be asked."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.forms.exposing import ExposureForm
from lms.assessments.models import ExposurePolicy
from lms.assessments.pages.exposing import exposure_page
from lms.assessments.services.exposing import set_exposure
from lms.assessments.views.room import room
from lms.courses.policy import CoursePermission
from lms.web import actor, answered, now, session


def _shown(form: ExposureForm | None = None) -> str:
    page = exposure_page(session(), actor=actor(), now=now())
    form = form or ExposureForm(None, people=page.people)
    return render_template("assessments/exposure.html", page=page, form=form)


@room.get("/studio/rules/exposure", allow=CoursePermission.SET_POLICY)
def exposure() -> ResponseReturnValue:
    """The limit, and the questions that rest now."""
    return _shown()


@room.post("/studio/rules/exposure", allow=CoursePermission.SET_POLICY, endpoint="set_exposure_limit")
def set_exposure_limit() -> ResponseReturnValue:
    """Set the limit."""
    form = ExposureForm()

    def done(_row: ExposurePolicy) -> ResponseReturnValue:
        flash(_("Saved. It counts for every test that begins from now on."), "good")
        return redirect(url_for("assessments.exposure"))

    return answered(
        form,
        act=lambda: set_exposure(session(), actor=actor(), people=form.given(), now=now()),
        done=done,
        page=lambda: _shown(form),
    )
