"""Assignments: the list, one of them, making, changing and withdrawing."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.learning.forms import AssignForm, DueForm, id_or_none
from lms.learning.models import Assignment
from lms.learning.pages import team as pages
from lms.learning.policy import LearningPermission
from lms.learning.queries.assignments import AssignmentsWanted
from lms.learning.rules import ASSIGNMENT_STATES
from lms.learning.services import assigning as services
from lms.learning.views.room import room
from lms.web import actor, answered, csv_reply, now, session


def asked() -> AssignmentsWanted:
    """What the address asks the list for."""
    state = request.args.get("state", "")
    return AssignmentsWanted(
        state=state if state in ASSIGNMENT_STATES else "",
        team_id=id_or_none(request.args.get("team")),
        course_id=id_or_none(request.args.get("course")),
        after=request.args.get("after", "")[:60],
    )


@room.get("/assignments", allow=LearningPermission.ASSIGN)
def assignments() -> ResponseReturnValue:
    """Who must take what by when, and how many have."""
    page = pages.assignments_page(session(), actor=actor(), wanted=asked(), now=now())
    return render_template(
        "learning/assignments.html", page=page, wanted=page.wanted, states=ASSIGNMENT_STATES
    )


@room.get("/assignments.csv", allow=LearningPermission.ASSIGN)
def assignments_csv() -> ResponseReturnValue:
    """The same assignments as a file."""
    lines, today = pages.assignments_file(session(), actor=actor(), wanted=asked(), now=now())
    return csv_reply(
        "assignments.csv",
        ["course", "team", "person", "due_on", "status", "done", "people", "assigned_by", "note"],
        (
            [
                one.title,
                one.team,
                one.person,
                one.due_on,
                one.state(today),
                one.done,
                one.people,
                one.assigned_by,
                one.note,
            ]
            for one in lines
        ),
    )


@room.get("/assignments/new", allow=LearningPermission.ASSIGN)
def assigning() -> ResponseReturnValue:
    """The form, with what the address already says filled in."""
    said = {name: request.args.get(name, "") for name in ("course", "team", "person")}
    return _form(AssignForm(**said))


def _form(form: AssignForm) -> str:
    page = pages.assign_page(session(), actor=actor(), person_id=id_or_none(form.person.data), now=now())
    form.course.choices = [("", _("Choose a course")), *((str(one.id), one.title) for one in page.courses)]
    form.team.choices = [("", _("No team")), *((str(one.id), one.name) for one in page.teams)]
    return render_template("learning/assign.html", page=page, form=form)


@room.post("/assignments/new", allow=LearningPermission.ASSIGN)
def assign() -> ResponseReturnValue:
    """Assign it."""
    form = AssignForm()

    def done(made: Assignment) -> ResponseReturnValue:
        flash(_("Assigned. It is on their Today page now."), "good")
        return redirect(url_for("learning.assignment", assignment_id=made.id))

    return answered(
        form,
        act=lambda: services.assign_as_asked(session(), actor=actor(), wish=form.given(), now=now()),
        done=done,
        page=lambda: _form(form),
    )


@room.get("/assignments/<uuid:assignment_id>", allow=LearningPermission.ASSIGN)
def assignment(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """One assignment: for whom, by when, and who is done."""
    page = pages.assignment_page(session(), actor=actor(), assignment_id=assignment_id, now=now())
    return render_template("learning/assignment.html", page=page, form=DueForm(due_on=page.line.due_on))


@room.post("/assignments/<uuid:assignment_id>", allow=LearningPermission.ASSIGN)
def change_due_date(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Another date."""
    form = DueForm()

    def done(_changed: Assignment) -> ResponseReturnValue:
        flash(_("The date is changed."), "good")
        return redirect(url_for("learning.assignment", assignment_id=assignment_id))

    def page() -> str:
        shown = pages.assignment_page(session(), actor=actor(), assignment_id=assignment_id, now=now())
        return render_template("learning/assignment.html", page=shown, form=form)

    return answered(
        form,
        act=lambda: services.change_due_date(
            session(), actor=actor(), assignment_id=assignment_id, due_on=form.due_on.data, now=now()
        ),
        done=done,
        page=page,
    )


@room.get("/assignments/<uuid:assignment_id>/withdraw", allow=LearningPermission.ASSIGN)
def withdrawing(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """The question before it is withdrawn."""
    page = pages.assignment_page(session(), actor=actor(), assignment_id=assignment_id, now=now())
    return render_template("learning/withdraw.html", page=page)


@room.post("/assignments/<uuid:assignment_id>/withdraw", allow=LearningPermission.ASSIGN)
def withdraw(assignment_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw it."""
    services.withdraw(session(), actor=actor(), assignment_id=assignment_id, now=now())
    flash(_("Withdrawn. What people learnt stays theirs."), "good")
    return redirect(url_for("learning.assignments"))
