"""A course's terms at the firm, more time and waivers for one person, taking a course again, the firm's days."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.learning.forms.running import DaysForm, HolidayForm, HolidaysForm, MoreTimeForm, TermsForm, WaiveForm
from lms.learning.models import Enrolment, Extension
from lms.learning.pages import running as pages
from lms.learning.pages import team as team_pages
from lms.learning.policy import LearningPermission
from lms.learning.services import extending, keeping_days, prerequisites, retaking
from lms.learning.services.keeping_days import HolidaysRead
from lms.learning.views.room import room
from lms.learning.views.team import learner_words
from lms.web import actor, answered, now, session


def _terms(form: TermsForm | None, course_id: uuid.UUID) -> str:
    page = pages.terms_page(session(), actor=actor(), course_id=course_id)
    if form is None:
        form = TermsForm(needs=[str(one) for one in page.own], valid_months=page.months)
    form.needs.choices = [(str(one.id), one.title) for one in page.courses]
    return render_template("learning/terms.html", page=page, form=form)


@room.get("/courses/<uuid:course_id>/terms", allow=LearningPermission.RUN)
def terms(course_id: uuid.UUID) -> ResponseReturnValue:
    """What comes before a course here, and for how long its completion is good."""
    return _terms(None, course_id)


@room.post("/courses/<uuid:course_id>/terms", allow=LearningPermission.RUN)
def set_terms(course_id: uuid.UUID) -> ResponseReturnValue:
    """Say so."""
    form = TermsForm()

    def act() -> None:
        needs, months = form.given()
        prerequisites.set_terms(
            session(), actor=actor(), course_id=course_id, needs=needs, valid_months=months, now=now()
        )

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Kept."), "good")
        return redirect(url_for("learning.terms", course_id=course_id))

    return answered(form, act=act, done=done, page=lambda: _terms(form, course_id))


@room.post("/courses/<uuid:course_id>/again", allow=LearningPermission.LEARN)
def take_again(course_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a course anew."""
    enrolment: Enrolment = retaking.take_again(session(), actor=actor(), course_id=course_id, now=now())
    flash(_("A fresh start. Your earlier completion stays on your record."), "good")
    return redirect(url_for("learning.course", course_id=enrolment.course_id))


def _learner(
    person_id: uuid.UUID, *, more: MoreTimeForm | None = None, waive: WaiveForm | None = None
) -> str:
    page = team_pages.learner_page(session(), actor=actor(), person_id=person_id, now=now())
    return render_template("learning/learner.html", page=page, **learner_words(page, more, waive))


@room.post("/team/<uuid:person_id>/more-time", allow=LearningPermission.ASSIGN)
def give_more_time(person_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody be done later."""
    form = MoreTimeForm()

    def act() -> Extension:
        course_id, until, reason = form.given()
        return extending.give_more_time(
            session(),
            actor=actor(),
            person_id=person_id,
            course_id=course_id,
            until=until,
            reason=reason,
            now=now(),
        )

    def done(_made: Extension) -> ResponseReturnValue:
        flash(_("They have more time now, and see why."), "good")
        return redirect(url_for("learning.learner", person_id=person_id))

    return answered(form, act=act, done=done, page=lambda: _learner(person_id, more=form))


@room.post("/team/<uuid:person_id>/more-time/<uuid:extension_id>/back", allow=LearningPermission.ASSIGN)
def take_time_back(person_id: uuid.UUID, extension_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    extending.take_time_back(
        session(), actor=actor(), person_id=person_id, extension_id=extension_id, now=now()
    )
    flash(_("Taken back. The earlier day stands again."), "good")
    return redirect(url_for("learning.learner", person_id=person_id))


@room.post("/team/<uuid:person_id>/waivers", allow=LearningPermission.WAIVE)
def waive(person_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody begin a course without what comes first."""
    form = WaiveForm()

    def act() -> None:
        course_id, reason = form.given()
        prerequisites.waive(
            session(), actor=actor(), person_id=person_id, course_id=course_id, reason=reason, now=now()
        )

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("They may begin this course now."), "good")
        return redirect(url_for("learning.learner", person_id=person_id))

    return answered(form, act=act, done=done, page=lambda: _learner(person_id, waive=form))


@room.post("/team/<uuid:person_id>/waivers/<uuid:course_id>/back", allow=LearningPermission.WAIVE)
def take_waiver_back(person_id: uuid.UUID, course_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for what comes first again."""
    prerequisites.take_waiver_back(
        session(), actor=actor(), person_id=person_id, course_id=course_id, now=now()
    )
    flash(_("Taken back. Whoever has begun goes on."), "good")
    return redirect(url_for("learning.learner", person_id=person_id))


def _days(
    form: DaysForm | None = None,
    one: HolidayForm | None = None,
    many: HolidaysForm | None = None,
    read: HolidaysRead | None = None,
) -> str:
    page = pages.days_page(session(), actor=actor(), now=now())
    said = page.day.terms
    form = form or DaysForm(
        formdata=None,
        data={**vars(said), "quiet_from": str(said.quiet_from), "quiet_to": str(said.quiet_to)},
    )
    return render_template(
        "learning/days.html",
        page=page,
        form=form,
        one=one or HolidayForm(formdata=None),
        many=many or HolidaysForm(formdata=None),
        read=read,
    )


@room.get("/days", allow=LearningPermission.DAYS)
def days() -> ResponseReturnValue:
    """How the firm runs its courses: days off, reminders, quiet hours."""
    return _days()


@room.post("/days", allow=LearningPermission.DAYS)
def change_days() -> ResponseReturnValue:
    """Change it."""
    form = DaysForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Kept."), "good")
        return redirect(url_for("learning.days"))

    return answered(
        form,
        act=lambda: keeping_days.change_terms(session(), actor=actor(), terms=form.given(), now=now()),
        done=done,
        page=lambda: _days(form),
    )


@room.post("/days/holidays", allow=LearningPermission.DAYS)
def add_holiday() -> ResponseReturnValue:
    """Write a holiday down."""
    form = HolidayForm()

    def act() -> None:
        on, name = form.given()
        keeping_days.add_holiday(session(), actor=actor(), on=on, name=name, now=now())

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("The holiday is on the list."), "good")
        return redirect(url_for("learning.days"))

    return answered(form, act=act, done=done, page=lambda: _days(one=form))


@room.post("/days/holidays/remove", allow=LearningPermission.DAYS)
def remove_holiday() -> ResponseReturnValue:
    """Take a holiday off the list."""
    form = HolidayForm(request.form, name="-")
    if form.on.data is None:
        raise NotFound("There is no such holiday.")
    keeping_days.remove_holiday(session(), actor=actor(), on=form.on.data, now=now())
    flash(_("The holiday is off the list."), "good")
    return redirect(url_for("learning.days"))


@room.post("/days/holidays/import", allow=LearningPermission.DAYS)
def import_holidays() -> ResponseReturnValue:
    """Take a file of holidays, and say of each line what became of it."""
    form = HolidaysForm()
    return answered(
        form,
        act=lambda: keeping_days.import_holidays(session(), actor=actor(), text=form.given(), now=now()),
        done=lambda read: _days(read=read),
        page=lambda: _days(many=form),
    )
