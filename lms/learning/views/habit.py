"""My weekly goal, and the goals of teams."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.learning.forms.habit import GoalForm, TeamGoalForm
from lms.learning.pages import habit as pages
from lms.learning.policy import LearningPermission
from lms.learning.rules.habit import Goal
from lms.learning.services import habit as services
from lms.learning.views.room import room
from lms.web import actor, answered, now, session


def _own(form: GoalForm | None = None) -> str:
    page = pages.own_goal(session(), actor=actor(), now=now())
    said = {"amount": page.goal.amount, "kind": page.goal.kind} if page.goal else {}
    form = form or GoalForm(formdata=None, data=said)
    return render_template("learning/own_goal.html", page=page, form=form)


@room.get("/me/goal", allow=LearningPermission.LEARN)
def own_goal() -> ResponseReturnValue:
    """What I want to do each week, and how it goes."""
    return _own()


@room.post("/me/goal", allow=LearningPermission.LEARN)
def choose_goal() -> ResponseReturnValue:
    """Say what I want to do each week."""
    form = GoalForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Kept."), "good")
        return redirect(url_for("learning.own_goal"))

    return answered(
        form,
        act=lambda: services.choose_goal(session(), actor=actor(), goal=form.given(), now=now()),
        done=done,
        page=lambda: _own(form),
    )


@room.post("/me/goal/none", allow=LearningPermission.LEARN)
def drop_goal() -> ResponseReturnValue:
    """No goal any more."""
    services.choose_goal(session(), actor=actor(), goal=Goal("minutes", 0), now=now())
    flash(_("You have no goal now. Nothing else changes."), "good")
    return redirect(url_for("learning.own_goal"))


@room.post("/me/goal/team", allow=LearningPermission.LEARN)
def take_part() -> ResponseReturnValue:
    """Join my team's goal, or stop."""
    takes_part = request.form.get("how") == "join"
    services.take_part(session(), actor=actor(), takes_part=takes_part, now=now())
    flash(
        _("You take part from Monday on. You can stop at any time.")
        if takes_part
        else _("You do not take part any more."),
        "good",
    )
    return redirect(url_for("learning.own_goal"))


def _teams(form: TeamGoalForm | None = None, team_id: uuid.UUID | None = None) -> str:
    page = pages.team_goals(session(), actor=actor(), now=now())
    return render_template("learning/team_goals.html", page=page, form=form, team_id=team_id)


@room.get("/team/goals", allow=LearningPermission.ASSIGN)
def team_goals() -> ResponseReturnValue:
    """What teams want to learn together each week."""
    return _teams()


@room.post("/team/goals/<uuid:team_id>", allow=LearningPermission.ASSIGN)
def set_team_goal(team_id: uuid.UUID) -> ResponseReturnValue:
    """Offer a team a goal."""
    form = TeamGoalForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Kept."), "good")
        return redirect(url_for("learning.team_goals"))

    return answered(
        form,
        act=lambda: services.set_team_goal(
            session(), actor=actor(), team_id=team_id, minutes=form.given(), now=now()
        ),
        done=done,
        page=lambda: _teams(form, team_id),
    )
