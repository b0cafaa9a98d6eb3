"""Moving people under way to the live version of a course: the choice, its effect, the act, and the way back."""

import uuid
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm

from lms.learning.models import CourseMove
from lms.learning.policy import LearningPermission
from lms.learning.rules.moving import Change, Keep
from lms.learning.services import moving as services
from lms.learning.views.room import room
from lms.web import actor, answered, now, session

KEEP = "keep-"


def chosen(said: Mapping[str, str]) -> dict[str, str]:
    """What a form or an address says is kept of each lesson."""
    return {name.removeprefix(KEEP): value for name, value in said.items() if name.startswith(KEEP)}


def _page(course_id: uuid.UUID, version_id: uuid.UUID, choices: Mapping[str, str], form: FlaskForm) -> str:
    plan = services.plan_move(
        session(), actor=actor(), course_id=course_id, version_id=version_id, choices=choices, now=now()
    )
    return render_template("learning/move.html", plan=plan, form=form, Change=Change, Keep=Keep)


@room.get("/courses/<uuid:course_id>/versions/<uuid:version_id>/move", allow=LearningPermission.MOVE)
def moving(course_id: uuid.UUID, version_id: uuid.UUID) -> ResponseReturnValue:
    """What differs from the live version, who is under way, and what would become of each."""
    return _page(course_id, version_id, chosen(request.args), FlaskForm())


@room.post("/courses/<uuid:course_id>/versions/<uuid:version_id>/move", allow=LearningPermission.MOVE)
def move(course_id: uuid.UUID, version_id: uuid.UUID) -> ResponseReturnValue:
    """Move them."""
    form, choices = FlaskForm(), chosen(request.form)

    def done(made: CourseMove) -> ResponseReturnValue:
        flash(
            ngettext(
                "%(num)s person is on the live version now. You can take this back below.",
                "%(num)s people are on the live version now. You can take this back below.",
                made.people,
            ),
            "good",
        )
        return redirect(url_for("learning.versions", course_id=course_id) + "#moves")

    return answered(
        form,
        act=lambda: services.move_people(
            session(), actor=actor(), course_id=course_id, version_id=version_id, choices=choices, now=now()
        ),
        done=done,
        page=lambda: _page(course_id, version_id, {}, form),
    )


@room.post("/courses/<uuid:course_id>/moves/<uuid:move_id>/undo", allow=LearningPermission.MOVE)
def undo_move(course_id: uuid.UUID, move_id: uuid.UUID) -> ResponseReturnValue:
    """Put them back."""
    count = services.undo_move(session(), actor=actor(), move_id=move_id, now=now())
    flash(
        ngettext(
            "%(num)s person is back on the version they came from.",
            "%(num)s people are back on the version they came from.",
            count,
        )
        if count
        else _("Everybody has finished since, so everybody stays."),
        "good",
    )
    return redirect(url_for("learning.versions", course_id=course_id) + "#moves")
