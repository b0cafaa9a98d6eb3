"""Sitting codes for supervisors, and what becomes of a form near the mark."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from lms.assessments.forms.sitting import CodeForm
from lms.assessments.models import SittingCode
from lms.assessments.pages.sitting import code_page, codes_page, new_code_page
from lms.assessments.policy import AssessmentPermission
from lms.assessments.services import deciding
from lms.assessments.services import sitting as services
from lms.assessments.views.room import room
from lms.web import actor, answered, now, page_number, session
from lms.web.request import signed_in


@room.get("/sittings", allow=AssessmentPermission.SUPERVISE)
def sittings() -> ResponseReturnValue:
    """The firm's codes, who is undecided, and what each gate's mark is worth."""
    over = request.args.get("show") == "over"
    page = codes_page(session(), actor=actor(), over=over, page=page_number(), now=now())
    return render_template("assessments/sittings.html", page=page)


def _form(form: CodeForm) -> str:
    page = new_code_page(session(), actor=actor())
    form.assessment.choices = [
        ("", _("Choose an assessment")),
        *((str(one.id), f"{one.course}: {one.version.title}") for one in page.gates),
    ]
    form.team.choices = [("", _("No team")), *((str(one.id), one.name) for one in page.teams)]
    return render_template("assessments/sitting_new.html", page=page, form=form)


@room.get("/sittings/new", allow=AssessmentPermission.SUPERVISE)
def new_sitting() -> ResponseReturnValue:
    """The form for a code, from now on."""
    begins = to_user_timezone(now()).replace(second=0, microsecond=0, tzinfo=None)
    return _form(CodeForm(opens_at=begins, assessment=request.args.get("assessment", "")))


@room.post("/sittings/new", allow=AssessmentPermission.SUPERVISE)
def make_sitting() -> ResponseReturnValue:
    """Make the code and show it."""
    form = CodeForm()

    def done(made: SittingCode) -> ResponseReturnValue:
        return redirect(url_for("assessments.sitting", code_id=made.id))

    return answered(
        form,
        act=lambda: services.make_code(
            session(), actor=actor(), facts=form.given(signed_in().time_zone), now=now()
        ),
        done=done,
        page=lambda: _form(form),
    )


@room.get("/sittings/<uuid:code_id>", allow=AssessmentPermission.SUPERVISE)
def sitting(code_id: uuid.UUID) -> ResponseReturnValue:
    """One code, to be read out, and who sat with it."""
    page = code_page(session(), actor=actor(), code_id=code_id, now=now())
    return render_template("assessments/sitting.html", page=page)


@room.post("/sittings/<uuid:code_id>/revoke", allow=AssessmentPermission.SUPERVISE)
def revoke_sitting(code_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    services.revoke_code(session(), actor=actor(), code_id=code_id, now=now())
    flash(_("The code opens nothing any more. Who has begun goes on."), "good")
    return redirect(url_for("assessments.sitting", code_id=code_id))


@room.post("/sittings/second/<uuid:attempt_id>/close", allow=AssessmentPermission.SUPERVISE)
def close_second(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """Decide on the first form alone, because nobody came to the second."""
    deciding.close_second_form(session(), actor=actor(), attempt_id=attempt_id, now=now())
    flash(_("Decided on the first form."), "good")
    return redirect(url_for("assessments.sittings"))


@room.post("/attempts/<uuid:attempt_id>/decline", allow=AssessmentPermission.TAKE)
def decline_second(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """No second form: the first decides."""
    deciding.decline_second_form(session(), actor=actor(), attempt_id=attempt_id, now=now())
    return redirect(url_for("assessments.result", attempt_id=attempt_id))
