"""Enrolment rules: the list, one of them with whom it catches, writing, switching on, pausing, ending."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.learning.forms.running import RuleForm
from lms.learning.models import EnrolmentRule
from lms.learning.pages import running as pages
from lms.learning.policy import LearningPermission
from lms.learning.queries.ruling import RULE_STATES
from lms.learning.services import ruling as services
from lms.learning.views.room import room
from lms.web import actor, answered, csv_reply, now, session


@room.get("/enrolment-rules", allow=LearningPermission.RUN)
def rules() -> ResponseReturnValue:
    """The firm's rules."""
    state = request.args.get("state", "")
    page = pages.rules_page(session(), actor=actor(), state=state if state in RULE_STATES else "", now=now())
    return render_template("learning/rules.html", page=page, states=RULE_STATES)


def _form(form: RuleForm) -> str:
    page = pages.rule_form_page(session(), actor=actor())
    form.course.choices = [("", _("Choose a course")), *((str(one.id), one.title) for one in page.courses)]
    form.team.choices = [("", _("Any team")), *((str(one.id), one.name) for one in page.teams)]
    form.job_role.choices = [("", _("Any job role")), *((one, one) for one in page.job_roles)]
    return render_template("learning/rule_form.html", page=page, form=form)


@room.get("/enrolment-rules/new", allow=LearningPermission.RUN)
def new_rule() -> ResponseReturnValue:
    """The form."""
    return _form(RuleForm(course=request.args.get("course", "")))


@room.post("/enrolment-rules/new", allow=LearningPermission.RUN)
def make_rule() -> ResponseReturnValue:
    """Write it, then look at whom it catches."""
    form = RuleForm()

    def done(made: EnrolmentRule) -> ResponseReturnValue:
        return redirect(url_for("learning.rule", rule_id=made.id))

    return answered(
        form,
        act=lambda: services.make_rule(session(), actor=actor(), facts=form.given(), now=now()),
        done=done,
        page=lambda: _form(form),
    )


@room.get("/enrolment-rules/<uuid:rule_id>", allow=LearningPermission.RUN)
def rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    """A rule, and whom it catches today."""
    page = pages.rule_page(session(), actor=actor(), rule_id=rule_id, now=now())
    return render_template("learning/rule.html", page=page)


@room.get("/enrolment-rules/<uuid:rule_id>/people.csv", allow=LearningPermission.RUN)
def rule_csv(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Everybody it catches today, as a file."""
    page = pages.rule_page(session(), actor=actor(), rule_id=rule_id, now=now(), whole=True)
    return csv_reply(
        "rule.csv",
        ["name", "team", "since", "due_on", "completed"],
        ([one.name, one.team, one.since, one.due_on, "yes" if one.completed else ""] for one in page.caught),
    )


@room.post("/enrolment-rules/<uuid:rule_id>/on", allow=LearningPermission.RUN)
def switch_rule_on(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Let it work."""
    services.switch_on(session(), actor=actor(), rule_id=rule_id, now=now())
    flash(_("The rule is on. Whoever it is about sees the course, and why, on their Today page."), "good")
    return redirect(url_for("learning.rule", rule_id=rule_id))


@room.post("/enrolment-rules/<uuid:rule_id>/pause", allow=LearningPermission.RUN)
def pause_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    """Let it ask nothing for a while."""
    services.pause(session(), actor=actor(), rule_id=rule_id, now=now())
    flash(_("The rule is paused. When it goes on, the days stay as they were."), "good")
    return redirect(url_for("learning.rule", rule_id=rule_id))


@room.get("/enrolment-rules/<uuid:rule_id>/end", allow=LearningPermission.RUN)
def ending_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    """The question before it ends."""
    page = pages.rule_page(session(), actor=actor(), rule_id=rule_id, now=now())
    return render_template("learning/rule_end.html", page=page)


@room.post("/enrolment-rules/<uuid:rule_id>/end", allow=LearningPermission.RUN)
def end_rule(rule_id: uuid.UUID) -> ResponseReturnValue:
    """End it."""
    services.end_rule(session(), actor=actor(), rule_id=rule_id, now=now())
    flash(_("The rule has ended. What people learnt stays theirs."), "good")
    return redirect(url_for("learning.rules"))
