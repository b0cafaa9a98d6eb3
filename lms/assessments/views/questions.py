"""The question editor: a new question, one of the draft, trying it out, deleting it, taking that back."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.bank.differences import Difference, differences
from lms.assessments.bank.maps import map_of
from lms.assessments.bank.sheets import Sheet, arranged, place, rows_of, show, with_every_gap, write
from lms.assessments.forms.questions import FORMS, filled_in, form_of
from lms.assessments.forms.sheets import PREFIX, QuestionForm
from lms.assessments.pages.questions import Desk, QuestionPage, open_desk, preview_of, question_page
from lms.assessments.services.writing import (
    Edit,
    Overtaken,
    Together,
    change_questions,
    save_question,
    take_back,
)
from lms.assessments.views.room import room
from lms.assessments.views.told import in_a_form
from lms.assessments.views.words import KINDS, KINDS_FOR, form_words, kind_words, part_words
from lms.courses.policy import CoursePermission
from lms.courses.services.drafts import Stale
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.numbers import whole_number
from lms.foundation.text import plain_text
from lms.web import actor, now, session, storage, wants_part
from lms.web.language import in_words

MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Filled:
    """What stands in the form: the kind, the sheet, the mark of what its writer saw; where to go on writing."""

    kind: str
    sheet: Sheet
    seen: str
    focus: str = ""
    tried: bool = False
    seed: int = 1


def posted(kind: str, act: str) -> Filled:
    """The form as it was sent, after the button that was pressed did its part."""
    sheet, seen = filled_in(kind, request.form)
    sheet, focus = arranged(kind, sheet, act)
    if kind == "cloze":
        sheet = with_every_gap(sheet)
    at = whole_number(request.form.get("seed", "1"), 1)
    if act == "another":
        at = at % MOST_SEED + 1
    return Filled(kind, sheet, seen, focus, act == "try", at)


def fresh_sheet(kind: str) -> Sheet:
    """An empty form of a kind, with the rows it needs at least."""
    sheet = show({"kind": kind})
    for rows in rows_of(kind):
        sheet[rows.name] = [dict.fromkeys(rows.fields, "") for _row in range(rows.fresh)]
    return sheet


def crumbs(desk: Desk, tab: tuple[str, str], *more: tuple[str, str]) -> list[dict[str, str]]:
    """Studio › course › the tab › …, each a label and where it leads."""
    trail = [(_("Studio"), "/studio"), (desk.bank.title, f"/studio/{desk.course_id}"), tab, *more]
    return [{"label": label, "href": href} for label, href in trail]


def bank_crumbs(desk: Desk, *more: tuple[str, str]) -> list[dict[str, str]]:
    """Studio › course › Questions › …"""
    return crumbs(desk, (_("Questions"), url_for("assessments.bank", course_id=desk.course_id)), *more)


def editor(
    page: QuestionPage,
    filled: Filled,
    document: Mapping[str, Any],
    *,
    tell: bool,
    error: str = "",
    theirs: list[Difference] | None = None,
    mark: str | None = None,
) -> str:
    """The page, or the part of it that its script asks for."""
    form: QuestionForm = form_of(filled.kind, filled.sheet, seen=page.mark if mark is None else mark)
    form.offer(page.desk.bank.objectives, competency_words(page.desk))
    form.offer_media(page.desk.draft.media)
    found = [(where, in_a_form(said)) for where, said in page.problems] if tell else []
    told = form.tell((place(filled.kind, filled.sheet, where), said) for where, said in found)
    began = request.form.get("do") in ("again", "another")
    raw = {} if began else request.form.to_dict(flat=False)
    preview = preview_of(document, seed=filled.seed, raw=raw, tried=filled.tried, place=page.desk.draft.place)
    heading = _("New question") if page.entry is None else short(document.get("stem"))
    template = "assessments/question.html"
    if wants_part():
        parts_only = ("preview", "try", "another", "again")
        template = (
            "assessments/_preview.html" if request.form.get("do") in parts_only else "assessments/_sheet.html"
        )
    return render_template(
        template,
        page=page,
        desk=page.desk,
        form=form,
        kind=filled.kind,
        kind_name=kind_words(filled.kind),
        rows={rows.name: rows for rows in rows_of(filled.kind)},
        told=[
            (href, part_words(where), said) for (where, _said), (href, said) in zip(found, told, strict=True)
        ],
        preview=preview,
        map=map_of(document) if filled.kind == "simulation" else None,
        focus=PREFIX + filled.focus if filled.focus else "",
        error=error,
        theirs=theirs,
        part_words=part_words,
        in_a_form=in_a_form,
        heading=heading,
        crumbs=bank_crumbs(page.desk, (heading, "")),
    )


def short(stem: object) -> str:
    """The beginning of a stem, as a heading."""
    words = plain_text(str(stem or ""))
    return words if len(words) <= 70 else words[:69].rsplit(" ", 1)[0] + " …"


def competency_words(desk: Desk) -> dict[str, str]:
    """The competencies by key, as a choice shows them."""
    return {key: f"{key} · {_(name)}" if name else key for key, name in desk.competencies.items()}


def put_in_words(
    _session: object, *, actor: Actor, raw: Mapping[str, list[str]], **_where: Any
) -> list[tuple[str, str]]:
    """A form that arrived too late, in words."""
    del actor
    return form_words(raw, PREFIX)


@room.get("/studio/<uuid:course_id>/questions/new", allow=CoursePermission.EDIT)
def new_question(course_id: uuid.UUID) -> ResponseReturnValue:
    """Which kind; then its empty form, or a copy of another question."""
    source = request.args.get("from", "")
    page = question_page(session(), actor=actor(), course_id=course_id, key=None)
    copied = page.desk.bank.question(source) if source else None
    if source and copied is None:
        raise NotFound("There is no such question.")
    kind = str(copied.document.get("kind")) if copied else request.args.get("kind", "")
    if kind not in FORMS:
        return render_template(
            "assessments/kinds_to_choose.html",
            desk=page.desk,
            kinds=[(name, words, KINDS_FOR[name]) for name, words in KINDS.items()],
            crumbs=bank_crumbs(page.desk, (_("New question"), "")),
        )
    sheet = show(copied.document) if copied else fresh_sheet(kind)
    return editor(page, Filled(kind, sheet, ""), write(kind, sheet, {}), tell=False)


@room.post(
    "/studio/<uuid:course_id>/questions/new",
    allow=CoursePermission.EDIT,
    late=True,
    endpoint="add_question",
    words=put_in_words,
)
def add_question(course_id: uuid.UUID) -> ResponseReturnValue:
    """Save it, or do what another button of the form says."""
    kind = request.args.get("kind") or request.form.get("kind", "single")
    if kind not in FORMS:
        abort(400)
    return _taken(course_id, None, kind)


@room.get("/studio/<uuid:course_id>/questions/<question_key>", allow=CoursePermission.EDIT)
def question(course_id: uuid.UUID, question_key: str) -> ResponseReturnValue:
    """A question of the draft."""
    number = request.args.get("against", "")
    page = question_page(
        session(),
        actor=actor(),
        course_id=course_id,
        key=question_key,
        against=whole_number(number, None, digits=6),
    )
    if page.entry is None:
        raise NotFound("There is no such question.")
    kind = str(page.entry.document.get("kind"))
    if kind not in FORMS:
        raise Invalid("We do not know this kind of question. Correct it in the course's files.")
    return editor(page, Filled(kind, show(page.entry.document), ""), page.entry.document, tell=True)


@room.post(
    "/studio/<uuid:course_id>/questions/<question_key>",
    allow=CoursePermission.EDIT,
    late=True,
    endpoint="change_question",
    words=put_in_words,
)
def change_question(course_id: uuid.UUID, question_key: str) -> ResponseReturnValue:
    """Save it, or do what another button of the form says."""
    entry = open_desk(session(), actor=actor(), course_id=course_id).bank.question(question_key)
    kind = request.form.get("kind") or (str(entry.document.get("kind")) if entry else "")
    if entry is None and not request.form.get(f"{PREFIX}seen"):
        raise NotFound("There is no such question.")
    if kind not in FORMS:
        abort(400)
    return _taken(course_id, question_key, kind)


def _taken(course_id: uuid.UUID, key: str | None, kind: str) -> ResponseReturnValue:
    act = request.form.get("do", "save")
    filled = posted(kind, act)
    desk = open_desk(session(), actor=actor(), course_id=course_id)
    entry = desk.bank.question(key) if key else None
    document = write(kind, filled.sheet, entry.document if entry else {})

    def page() -> QuestionPage:
        return question_page(session(), actor=actor(), course_id=course_id, key=key, document=document)

    if act != "save":
        return editor(page(), filled, document, tell=key is not None, mark=filled.seen)
    try:
        saved = save_question(
            session(),
            actor=actor(),
            course_id=course_id,
            edit=Edit(document, key, filled.seen),
            storage=storage(),
            now=now(),
        )
    except Overtaken as error:
        session().rollback()
        theirs = differences(document, error.theirs) if error.theirs is not None else []
        return editor(page(), filled, document, tell=True, error=in_words(error), theirs=theirs), 409
    except Invalid as error:
        session().rollback()
        return editor(page(), filled, document, tell=True, error=in_words(error), mark=filled.seen), 422
    flash(_("Saved.") if key or saved.new else _("This question is in the bank already."), "good")
    return redirect(url_for("assessments.question", course_id=course_id, question_key=saved.key))


@room.get("/studio/<uuid:course_id>/questions/<question_key>/delete", allow=CoursePermission.EDIT)
def deleting_question(course_id: uuid.UUID, question_key: str) -> ResponseReturnValue:
    """The last question before it is deleted."""
    page = question_page(session(), actor=actor(), course_id=course_id, key=question_key)
    if page.entry is None:
        raise NotFound("There is no such question.")
    return render_template(
        "assessments/delete_questions.html",
        desk=page.desk,
        entries=[page.entry],
        action=url_for("assessments.delete_question", course_id=course_id, question_key=question_key),
        cancel=url_for("assessments.question", course_id=course_id, question_key=question_key),
        crumbs=bank_crumbs(page.desk, (_("Delete"), "")),
    )


@room.post(
    "/studio/<uuid:course_id>/questions/<question_key>/delete",
    allow=CoursePermission.EDIT,
    endpoint="delete_question",
)
def delete_question(course_id: uuid.UUID, question_key: str) -> ResponseReturnValue:
    """Delete it; the bank's page offers to take that back."""
    desk = open_desk(session(), actor=actor(), course_id=course_id)
    if desk.bank.question(question_key) is None:
        raise NotFound("There is no such question.")
    _count, revision = change_questions(
        session(),
        actor=actor(),
        course_id=course_id,
        keys=[question_key],
        together=Together({}, delete=True),
        storage=storage(),
        now=now(),
    )
    return redirect(url_for("assessments.bank", course_id=course_id, changed=revision))


@room.post("/studio/<uuid:course_id>/questions/undo", allow=CoursePermission.EDIT)
def undo(course_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what a save did, unless somebody changed the same files since."""
    revision = whole_number(request.form.get("revision", ""), 0, digits=8)
    try:
        take_back(session(), actor=actor(), course_id=course_id, revision=revision, now=now())
    except Stale:
        session().rollback()
        flash(_("Somebody changed the questions since. The course's history has every change."), "warn")
    except Invalid as error:
        session().rollback()
        flash(in_words(error), "warn")
    else:
        flash(_("Taken back."), "good")
    return redirect(url_for("assessments.bank", course_id=course_id))
