"""Groups that follow courses together: the list, one of them, its people, and asking somebody to go on."""

import uuid
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, to_user_timezone
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms.learning.forms import id_or_none
from lms.learning.forms.running import AddPeopleForm, CohortForm, PersonForm
from lms.learning.models import Cohort, Nudge
from lms.learning.pages import running as pages
from lms.learning.pages.running import CohortWanted
from lms.learning.policy import LearningPermission
from lms.learning.queries.cohorts import CohortsWanted
from lms.learning.rules import Standing
from lms.learning.rules.cohorts import COHORT_STATES, SORTS
from lms.learning.services import cohorts as services
from lms.learning.services.cohorts import AddedRow
from lms.learning.views.room import room
from lms.web import actor, answered, csv_reply, now, session


def asked() -> CohortsWanted:
    """What the address asks the list for."""
    state = request.args.get("state", "")
    return CohortsWanted(
        request.args.get("q", "")[:100].strip(),
        state if state in COHORT_STATES else "",
        request.args.get("after", "")[:200],
    )


@room.get("/cohorts", allow=LearningPermission.RUN)
def cohorts() -> ResponseReturnValue:
    """The firm's groups."""
    page = pages.cohorts_page(session(), actor=actor(), wanted=asked(), now=now())
    return render_template("learning/cohorts.html", page=page, wanted=page.wanted, states=COHORT_STATES)


@room.get("/cohorts.csv", allow=LearningPermission.RUN)
def cohorts_csv() -> ResponseReturnValue:
    """The same groups as a file."""
    page = pages.cohorts_page(session(), actor=actor(), wanted=asked(), now=now(), whole=True)
    return csv_reply(
        "groups.csv",
        ["name", "trainer", "first_day", "last_day", "status", "people", "courses", "completed", "of"],
        (
            [
                one.name,
                one.trainer,
                one.starts_on,
                one.ends_on,
                one.state(page.today),
                one.people,
                one.courses,
                one.done,
                one.whole,
            ]
            for one in page.lines.lines
        ),
    )


def _form(form: CohortForm, cohort_id: uuid.UUID | None) -> str:
    page = pages.cohort_form_page(session(), actor=actor(), cohort_id=cohort_id, now=now())
    form.trainer.choices = [
        ("", _("Choose a trainer")),
        *((str(one.person_id), one.name) for one in page.trainers),
    ]
    form.courses.choices = [(str(one.id), one.title) for one in page.courses]
    return render_template("learning/cohort_form.html", page=page, form=form)


def _to(cohort: Cohort) -> ResponseReturnValue:
    return redirect(url_for("learning.cohort", cohort_id=cohort.id))


@room.get("/cohorts/new", allow=LearningPermission.RUN)
def new_cohort() -> ResponseReturnValue:
    """The form for a group; the reader is its trainer unless they say otherwise."""
    return _form(CohortForm(trainer=str(actor().person_id)), None)


@room.post("/cohorts/new", allow=LearningPermission.RUN)
def make_cohort() -> ResponseReturnValue:
    """Make it, then put people in."""
    form = CohortForm()

    def done(made: Cohort) -> ResponseReturnValue:
        flash(_("The group is made. Now put people in."), "good")
        return redirect(url_for("learning.cohort_people", cohort_id=made.id))

    return answered(
        form,
        act=lambda: services.make_cohort(session(), actor=actor(), facts=form.given(), now=now()),
        done=done,
        page=lambda: _form(form, None),
    )


def wanted_of() -> CohortWanted:
    """What the address asks a group's page for."""
    standing, sort = request.args.get("standing", ""), request.args.get("sort", "")
    return CohortWanted(
        id_or_none(request.args.get("course")),
        Standing(standing) if standing in list(Standing) else None,
        sort if sort in SORTS else SORTS[0],
    )


@room.get("/cohorts/<uuid:cohort_id>", allow=LearningPermission.RUN)
def cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Who is where in a course, since when."""
    page = pages.cohort_page(session(), actor=actor(), cohort_id=cohort_id, wanted=wanted_of(), now=now())
    return render_template("learning/cohort.html", page=page, wanted=page.wanted, form=PersonForm())


@room.get("/cohorts/<uuid:cohort_id>/people.csv", allow=LearningPermission.RUN)
def cohort_csv(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """The same as a file."""
    page = pages.cohort_page(session(), actor=actor(), cohort_id=cohort_id, wanted=wanted_of(), now=now())

    def day(moment: object) -> object:
        return to_user_timezone(moment).date() if moment else ""

    return csv_reply(
        "group.csv",
        [
            "course",
            "name",
            "employee_number",
            "team",
            "status",
            "lessons_done",
            "lessons",
            "at_lesson",
            "last_moved_on",
            "last_seen_on",
            "assessment",
            "due_on",
            "completed_on",
        ],
        (
            [
                page.course.title if page.course else "",
                one.name,
                one.employee_number,
                one.team,
                " ".join(one.standings(page.day.today, page.now)),
                one.done,
                len(one.lessons),
                "" if one.is_done else page.titles.get(one.here, one.here),
                day(one.moved_at),
                day(one.last_seen_at),
                {None: "", True: "passed", False: "not passed"}[one.passed],
                one.due_on,
                day(one.completed_at),
            ]
            for one in page.people
        ),
    )


@room.get("/cohorts/<uuid:cohort_id>/edit", allow=LearningPermission.RUN)
def editing_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """The form with what the group is."""
    page = pages.cohort_form_page(session(), actor=actor(), cohort_id=cohort_id, now=now())
    line = page.line
    form = (
        CohortForm(
            name=line.name,
            trainer=str(line.trainer_id),
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            note=line.note,
            courses=[str(one.id) for one in page.followed],
        )
        if line
        else CohortForm()
    )
    return _form(form, cohort_id)


@room.post("/cohorts/<uuid:cohort_id>/edit", allow=LearningPermission.RUN)
def edit_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Change it."""
    form = CohortForm()

    def done(changed: Cohort) -> ResponseReturnValue:
        flash(_("The group is changed."), "good")
        return _to(changed)

    return answered(
        form,
        act=lambda: services.edit_cohort(
            session(), actor=actor(), cohort_id=cohort_id, facts=form.given(), now=now()
        ),
        done=done,
        page=lambda: _form(form, cohort_id),
    )


def _people(form: AddPeopleForm, cohort_id: uuid.UUID, report: Sequence[AddedRow] = ()) -> str:
    page = pages.cohort_people_page(session(), actor=actor(), cohort_id=cohort_id, now=now())
    form.team.choices = [("", _("No team")), *((str(one.id), one.name) for one in page.teams)]
    return render_template("learning/cohort_people.html", page=page, form=form, report=report)


@room.get("/cohorts/<uuid:cohort_id>/people", allow=LearningPermission.RUN)
def cohort_people(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Who is in it, and how to put more in."""
    return _people(AddPeopleForm(), cohort_id)


@room.post("/cohorts/<uuid:cohort_id>/people", allow=LearningPermission.RUN)
def add_to_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Put people in, and say of each line what became of it."""
    form = AddPeopleForm()
    return answered(
        form,
        act=lambda: services.add_people(
            session(), actor=actor(), cohort_id=cohort_id, whom=form.given(), now=now()
        ),
        done=lambda report: _people(AddPeopleForm(formdata=None), cohort_id, report),
        page=lambda: _people(form, cohort_id),
    )


@room.post("/cohorts/<uuid:cohort_id>/people/remove", allow=LearningPermission.RUN)
def remove_from_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Take somebody out."""
    person_id, _course_id = PersonForm().given()
    name = services.remove_person(
        session(), actor=actor(), cohort_id=cohort_id, person_id=person_id, now=now()
    )
    flash(_("%(name)s is out of the group. What they learnt stays theirs.", name=name), "good")
    return redirect(url_for("learning.cohort_people", cohort_id=cohort_id))


@room.post("/cohorts/<uuid:cohort_id>/ask", allow=LearningPermission.RUN)
def ask_to_go_on(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Ask somebody to go on: a note on their Today."""
    form = PersonForm()
    person_id, course_id = form.given()

    def done(made: Nudge) -> ResponseReturnValue:
        if made.shown_from > made.at:
            flash(
                _(
                    "These are quiet hours. They see it from %(when)s.",
                    when=format_datetime(made.shown_from, "short"),
                ),
                "good",
            )
        else:
            flash(_("It is on their Today page now."), "good")
        return redirect(url_for("learning.cohort", cohort_id=cohort_id, course=course_id))

    def page() -> str:
        shown = pages.cohort_page(
            session(), actor=actor(), cohort_id=cohort_id, wanted=CohortWanted(course_id), now=now()
        )
        return render_template("learning/cohort.html", page=shown, wanted=shown.wanted, form=form)

    return answered(
        form,
        act=lambda: services.ask_to_go_on(
            session(),
            actor=actor(),
            cohort_id=cohort_id,
            person_id=person_id,
            course_id=course_id,
            now=now(),
        ),
        done=done,
        page=page,
    )


@room.get("/cohorts/<uuid:cohort_id>/close", allow=LearningPermission.RUN)
def closing_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """The question before it is closed."""
    page = pages.cohort_form_page(session(), actor=actor(), cohort_id=cohort_id, now=now())
    return render_template("learning/cohort_close.html", page=page, form=FlaskForm())


@room.post("/cohorts/<uuid:cohort_id>/close", allow=LearningPermission.RUN)
def close_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Close it."""
    closed = services.close_cohort(session(), actor=actor(), cohort_id=cohort_id, now=now())
    flash(_("The group is closed. It asks nothing of anybody now, and stays here to be read."), "good")
    return _to(closed)


@room.post("/cohorts/<uuid:cohort_id>/reopen", allow=LearningPermission.RUN)
def reopen_cohort(cohort_id: uuid.UUID) -> ResponseReturnValue:
    """Open it again."""
    opened = services.reopen_cohort(session(), actor=actor(), cohort_id=cohort_id, now=now())
    flash(_("The group is open again."), "good")
    return _to(opened)
