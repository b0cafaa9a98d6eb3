"""Panels that set pass marks."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.forms.cutting import PanelForm, grades_in, ratings_in
from lms.assessments.gates import cut_between
from lms.assessments.models import CutPanel
from lms.assessments.pages.cutting import cut_page, cut_panels_page
from lms.assessments.pages.questions import open_desk
from lms.assessments.policy import AssessmentPermission
from lms.assessments.services import cutting as services
from lms.assessments.views.blueprints import blueprint_crumbs
from lms.assessments.views.room import room
from lms.courses.policy import CoursePermission
from lms.foundation.errors import NotFound
from lms.web import actor, answered, now, session, storage
from lms.web.language import local_percent


@room.get("/cuts", allow=AssessmentPermission.JUDGE)
def cut_panels() -> ResponseReturnValue:
    """The reader's panels."""
    lines = cut_panels_page(session(), actor=actor())
    return render_template("assessments/cuts.html", lines=lines, cut_between=cut_between)


def _form(form: PanelForm, course_id: uuid.UUID, key: str) -> str:
    desk = open_desk(session(), actor=actor(), course_id=course_id)
    entry = desk.bank.assessment(key)
    if entry is None:
        raise NotFound("There is no such assessment.")
    return render_template(
        "assessments/cut_new.html",
        form=form,
        desk=desk,
        entry=entry,
        crumbs=blueprint_crumbs(desk, (_("Set the pass mark with a panel"), "")),
    )


@room.get("/studio/<uuid:course_id>/assessments/<assessment_key>/panel", allow=CoursePermission.EDIT)
def new_cut_panel(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """Who is to sit on a panel."""
    return _form(PanelForm(), course_id, assessment_key)


@room.post(
    "/studio/<uuid:course_id>/assessments/<assessment_key>/panel",
    allow=CoursePermission.EDIT,
    endpoint="open_cut_panel",
)
def open_cut_panel(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """Open it."""
    form = PanelForm()

    def done(panel: CutPanel) -> ResponseReturnValue:
        return redirect(url_for("assessments.cut_panel", cut_id=panel.id))

    return answered(
        form,
        act=lambda: services.open_cut_panel(
            session(), actor=actor(), course_id=course_id, key=assessment_key, names=form.given(), now=now()
        ),
        done=done,
        page=lambda: _form(form, course_id, assessment_key),
    )


@room.get("/cuts/<uuid:cut_id>", allow=AssessmentPermission.JUDGE)
def cut_panel(cut_id: uuid.UUID) -> ResponseReturnValue:
    """The panel for this reader."""
    page = cut_page(session(), actor=actor(), panel_id=cut_id)
    crumbs = [
        {"label": _("Pass marks"), "href": url_for("assessments.cut_panels")},
        {"label": page.line.title, "href": ""},
    ]
    return render_template("assessments/cut.html", page=page, crumbs=crumbs, cut_between=cut_between)


def _back(cut_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("assessments.cut_panel", cut_id=cut_id))


@room.post("/cuts/<uuid:cut_id>/ratings", allow=AssessmentPermission.JUDGE)
def rate_cut(cut_id: uuid.UUID) -> ResponseReturnValue:
    """Keep this judge's ratings."""
    shares = ratings_in(request.form)
    kept = services.rate_cut(session(), actor=actor(), panel_id=cut_id, shares=shares, now=now())
    flash(_("Kept: %(kept)s of %(all)s ratings.", kept=kept, all=len(shares)), "good")
    return _back(cut_id)


@room.post("/cuts/<uuid:cut_id>/grades", allow=AssessmentPermission.JUDGE)
def grade_cut(cut_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what this judge says of people."""
    grades = grades_in(request.form)
    kept = services.grade_people(session(), actor=actor(), panel_id=cut_id, grades=grades, now=now())
    flash(_("Kept: what you say of %(kept)s people.", kept=kept), "good")
    return _back(cut_id)


@room.post("/cuts/<uuid:cut_id>/round", allow=AssessmentPermission.JUDGE)
def next_cut_round(cut_id: uuid.UUID) -> ResponseReturnValue:
    """Another round."""
    services.next_round(session(), actor=actor(), panel_id=cut_id, now=now())
    flash(_("The next round is open: the judges see how they differ."), "good")
    return _back(cut_id)


@room.post("/cuts/<uuid:cut_id>/take", allow=AssessmentPermission.JUDGE)
def take_cut(cut_id: uuid.UUID) -> ResponseReturnValue:
    """Take the cut into the draft."""
    taken = services.take_cut(
        session(),
        actor=actor(),
        panel_id=cut_id,
        method=request.form.get("method", "")[:40],
        storage=storage(),
        now=now(),
    )
    flash(
        _(
            "The pass mark is %(cut)s in the draft. It holds once the course is published.",
            cut=local_percent(taken.cut),
        ),
        "good",
    )
    return _back(cut_id)
