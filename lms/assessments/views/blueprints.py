"""The assessment editor: draws over the bank, how they stand, a sample paper."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.bank.differences import Difference, differences
from lms.assessments.bank.plans import DRAWS, EVIDENCE, ROWS, fresh, place, show, write
from lms.assessments.bank.sheets.sheet import Sheet, arrange
from lms.assessments.bank.sheets.sheet import filled as filled_rows
from lms.assessments.forms.blueprints import FEEDBACK, PURPOSES, filled_in, form_of
from lms.assessments.forms.sheets import PREFIX
from lms.assessments.pages.blueprints import BlueprintPage, blueprint_page, blueprints_page, paper_page
from lms.assessments.pages.questions import Desk, open_desk
from lms.assessments.services.writing import Edit, Overtaken, delete_assessment, save_assessment
from lms.assessments.views.questions import competency_words, crumbs, put_in_words
from lms.assessments.views.room import room
from lms.assessments.views.told import in_a_form
from lms.assessments.views.words import KINDS, part_words
from lms.courses.policy import CoursePermission
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.numbers import whole_number
from lms.web import actor, now, session, storage, wants_part
from lms.web.language import in_words


@dataclass(frozen=True)
class Filled:
    """What stands in the form."""

    sheet: Sheet
    completes: bool
    focus: str = ""


def blueprint_crumbs(desk: Desk, *more: tuple[str, str]) -> list[dict[str, str]]:
    """Studio › course › Assessments › …"""
    tab = (_("Assessments"), url_for("assessments.blueprints", course_id=desk.course_id))
    return crumbs(desk, tab, *more)


def editor(
    page: BlueprintPage,
    filled: Filled,
    *,
    tell: bool,
    error: str = "",
    theirs: list[Difference] | None = None,
    mark: str | None = None,
) -> str:
    """The page, or the part of it that its script asks for."""
    desk = page.desk
    form = form_of(filled.sheet, seen=page.mark if mark is None else mark, completes=filled.completes)
    form.offer_rows(desk.bank.objectives, competency_words(desk), KINDS)
    found = [(where, in_a_form(said)) for where, said in page.problems if where != "key"] if tell else []
    told = form.tell((place(filled.sheet, where), said) for where, said in found)
    there = filled_rows(filled.sheet, DRAWS)
    heading = str(page.entry.document.get("title") or page.entry.key) if page.entry else _("New assessment")
    template = "assessments/blueprint.html"
    if wants_part():
        template = (
            "assessments/_standing.html"
            if request.form.get("do") == "preview"
            else "assessments/_blueprint.html"
        )
    return render_template(
        template,
        page=page,
        desk=desk,
        form=form,
        fits={there[at]: fit for at, fit in page.standing.fits.items() if at < len(there)},
        rows={"draws": DRAWS, "evidence": EVIDENCE},
        told=[
            (href, part_words(where), said) for (where, _said), (href, said) in zip(found, told, strict=True)
        ],
        focus=PREFIX + filled.focus if filled.focus else "",
        error=error,
        theirs=theirs,
        part_words=part_words,
        in_a_form=in_a_form,
        heading=heading,
        crumbs=blueprint_crumbs(desk, (heading, "")),
    )


@room.get("/studio/<uuid:course_id>/assessments", allow=CoursePermission.EDIT)
def blueprints(course_id: uuid.UUID) -> ResponseReturnValue:
    """The assessments of the draft."""
    page = blueprints_page(session(), actor=actor(), course_id=course_id)
    return render_template(
        "assessments/blueprints.html",
        page=page,
        desk=page.desk,
        purposes=dict(PURPOSES),
        feedback=dict(FEEDBACK),
        crumbs=blueprint_crumbs(page.desk),
    )


@room.get("/studio/<uuid:course_id>/assessments/new", allow=CoursePermission.EDIT)
def new_blueprint(course_id: uuid.UUID) -> ResponseReturnValue:
    """An assessment to begin with."""
    language = open_desk(session(), actor=actor(), course_id=course_id).bank.language
    sheet = fresh(language)
    page = blueprint_page(session(), actor=actor(), course_id=course_id, key=None, document=write(sheet, {}))
    first = not page.desk.bank.completed_by and not page.desk.bank.assessments
    return editor(page, Filled(sheet, first), tell=False)


@room.post(
    "/studio/<uuid:course_id>/assessments/new",
    allow=CoursePermission.EDIT,
    late=True,
    endpoint="add_blueprint",
    words=put_in_words,
)
def add_blueprint(course_id: uuid.UUID) -> ResponseReturnValue:
    """Save it, or do what another button of the form says."""
    return _taken(course_id, None)


@room.get("/studio/<uuid:course_id>/assessments/<assessment_key>", allow=CoursePermission.EDIT)
def blueprint(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """An assessment of the draft."""
    page = blueprint_page(session(), actor=actor(), course_id=course_id, key=assessment_key)
    if page.entry is None:
        raise NotFound("There is no such assessment.")
    completes = page.desk.bank.completed_by == page.entry.key
    return editor(page, Filled(show(page.entry.document), completes), tell=True)


@room.post(
    "/studio/<uuid:course_id>/assessments/<assessment_key>",
    allow=CoursePermission.EDIT,
    late=True,
    endpoint="change_blueprint",
    words=put_in_words,
)
def change_blueprint(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """Save it, or do what another button of the form says."""
    entry = open_desk(session(), actor=actor(), course_id=course_id).bank.assessment(assessment_key)
    if entry is None and not request.form.get(f"{PREFIX}seen"):
        raise NotFound("There is no such assessment.")
    return _taken(course_id, assessment_key)


def _taken(course_id: uuid.UUID, key: str | None) -> ResponseReturnValue:
    act = request.form.get("do", "save")
    sheet, seen, completes = filled_in(request.form)
    sheet, focus = arrange(ROWS, sheet, act)
    desk = open_desk(session(), actor=actor(), course_id=course_id)
    entry = desk.bank.assessment(key) if key else None
    base: Mapping[str, Any] = entry.document if entry else {}
    document = write(sheet, base)
    filled = Filled(sheet, completes, focus)

    def page() -> BlueprintPage:
        return blueprint_page(session(), actor=actor(), course_id=course_id, key=key, document=document)

    if act != "save":
        return editor(page(), filled, tell=key is not None, mark=seen)
    try:
        saved = save_assessment(
            session(),
            actor=actor(),
            course_id=course_id,
            edit=Edit(document, key, seen),
            completes=completes,
            storage=storage(),
            now=now(),
        )
    except Overtaken as error:
        session().rollback()
        theirs = differences(document, error.theirs) if error.theirs is not None else []
        return editor(page(), filled, tell=True, error=in_words(error), theirs=theirs), 409
    except Invalid as error:
        session().rollback()
        return editor(page(), filled, tell=True, error=in_words(error), mark=seen), 422
    flash(_("Saved.") if key or saved.new else _("There is such an assessment already."), "good")
    return redirect(url_for("assessments.blueprint", course_id=course_id, assessment_key=saved.key))


@room.get("/studio/<uuid:course_id>/assessments/<assessment_key>/paper", allow=CoursePermission.EDIT)
def paper(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """A paper as one learner would get it."""
    seed = whole_number(request.args.get("seed", "1"), 1, digits=8)
    page = paper_page(session(), actor=actor(), course_id=course_id, key=assessment_key, seed=seed)
    return render_template("assessments/paper.html", page=page, desk=page.desk)


@room.get("/studio/<uuid:course_id>/assessments/<assessment_key>/delete", allow=CoursePermission.EDIT)
def deleting_blueprint(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """The last question before it is deleted."""
    page = blueprint_page(session(), actor=actor(), course_id=course_id, key=assessment_key)
    if page.entry is None:
        raise NotFound("There is no such assessment.")
    return render_template(
        "assessments/delete_blueprint.html",
        desk=page.desk,
        entry=page.entry,
        crumbs=blueprint_crumbs(page.desk, (_("Delete"), "")),
    )


@room.post(
    "/studio/<uuid:course_id>/assessments/<assessment_key>/delete",
    allow=CoursePermission.EDIT,
    endpoint="delete_blueprint",
)
def delete_blueprint(course_id: uuid.UUID, assessment_key: str) -> ResponseReturnValue:
    """Delete it from the draft."""
    try:
        delete_assessment(
            session(),
            actor=actor(),
            course_id=course_id,
            key=assessment_key,
            storage=storage(),
            now=now(),
        )
    except Conflict as error:
        session().rollback()
        flash(in_words(error), "warn")
        return redirect(url_for("assessments.blueprint", course_id=course_id, assessment_key=assessment_key))
    flash(_("Deleted from the draft. The course's history has it still."), "good")
    return redirect(url_for("assessments.blueprints", course_id=course_id))
