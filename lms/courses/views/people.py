"""Who is on a course, and what a firm wants of its authors."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.forms.people import PersonForm, PolicyForm
from lms.courses.models import AuthoringPolicy
from lms.courses.pages import people as pages
from lms.courses.policy import CoursePermission
from lms.courses.services import people as services
from lms.courses.views.room import room
from lms.web import actor, answered, now, session

OFF = "off"


@room.get("/studio/<uuid:course_id>/people", allow=CoursePermission.SEE_PEOPLE)
def course_people(course_id: uuid.UUID) -> ResponseReturnValue:
    """Who is on the course, and who could come onto it."""
    return _people(course_id, PersonForm(None))


def _people(course_id: uuid.UUID, form: PersonForm) -> str:
    text = " ".join(request.args.get("q", "")[:100].split())
    page = pages.people_page(session(), actor=actor(), course_id=course_id, text=text, now=now())
    return render_template("studio/people.html", page=page, form=form)


@room.post("/studio/<uuid:course_id>/people", allow=CoursePermission.CHANGE_PEOPLE)
def change_people(course_id: uuid.UUID) -> ResponseReturnValue:
    """Put somebody on the course, change what they are on it, or take them off."""
    form = PersonForm()

    def act() -> str:
        person_id, do = form.given()
        if do == OFF:
            services.take_off_course(
                session(), actor=actor(), course_id=course_id, person_id=person_id, now=now()
            )
        else:
            services.put_on_course(
                session(), actor=actor(), course_id=course_id, person_id=person_id, role=do, now=now()
            )
        return do

    def done(do: str) -> ResponseReturnValue:
        flash(_("They are off the course.") if do == OFF else _("Saved."), "good")
        return redirect(url_for("courses.course_people", course_id=course_id))

    return answered(form, act=act, done=done, page=lambda: _people(course_id, form))


@room.get("/studio/rules", allow=CoursePermission.SET_POLICY)
def authoring_rules() -> ResponseReturnValue:
    """What the firm wants of its authors."""
    page = pages.policy_page(session(), actor=actor(), now=now())
    form = PolicyForm(None, editing="named" if page.only_named else "any", reviewed=page.reviewed)
    return render_template("studio/rules.html", page=page, form=form)


@room.post("/studio/rules", allow=CoursePermission.SET_POLICY)
def set_authoring_rules() -> ResponseReturnValue:
    """Say what the firm wants of its authors."""
    form = PolicyForm()

    def act() -> AuthoringPolicy:
        only_named, reviewed = form.given()
        return services.set_policy(
            session(), actor=actor(), only_named=only_named, reviewed=reviewed, now=now()
        )

    def done(_row: AuthoringPolicy) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("courses.authoring_rules"))

    def page() -> str:
        shown = pages.policy_page(session(), actor=actor(), now=now())
        return render_template("studio/rules.html", page=shown, form=form)

    return answered(form, act=act, done=done, page=page)
