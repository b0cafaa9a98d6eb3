"""The bank of a course's draft: searched, filtered, changed several at once."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.assessments.bank.search import SPECIAL, Wanted
from lms.assessments.forms.bank import TogetherForm
from lms.assessments.pages.bank import BankPage, bank_page
from lms.assessments.pages.questions import open_desk
from lms.assessments.services.writing import Together, change_questions
from lms.assessments.views.questions import bank_crumbs, competency_words
from lms.assessments.views.room import room
from lms.assessments.views.told import in_a_form
from lms.assessments.views.words import KINDS, THINKING, form_words
from lms.courses.policy import CoursePermission
from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number
from lms.web import actor, now, session, storage
from lms.web.language import in_words


def asked() -> Wanted:
    """What the address asks the bank for."""

    def said(name: str, most: int = 80) -> str:
        return request.args.get(name, "")[:most].strip()

    page, special = said("page", 6), said("special")
    return Wanted(
        text=said("q", 100),
        kind=said("kind"),
        objective=said("objective"),
        competency=said("competency"),
        thinking=said("thinking"),
        level=said("level"),
        tag=said("tag"),
        special=special if special in SPECIAL else "",
        page=whole_number(page, 1),
    )


def put_in_words(
    _session: object, *, actor: Actor, raw: Mapping[str, list[str]], **_where: Any
) -> list[tuple[str, str]]:
    """A change of several that arrived too late, in words."""
    del actor
    return form_words({name: said for name, said in raw.items() if name not in ("do", "sure")}, "")


def _here(**more: Any) -> str:
    """The address of this page with what it asks for."""
    known: dict[str, Any] = asked().asked() | more
    return url_for("assessments.bank", course_id=_course_id(), **known)


def _page(form: TogetherForm, ticked: frozenset[str] = frozenset()) -> str:
    page: BankPage = bank_page(session(), actor=actor(), course_id=_course_id(), wanted=asked())
    form.offer(page.desk.bank.objectives, competency_words(page.desk))
    changed = request.args.get("changed", "")
    return render_template(
        "assessments/bank.html",
        page=page,
        desk=page.desk,
        form=form,
        ticked=ticked,
        kinds=KINDS,
        thinking=THINKING,
        in_a_form=in_a_form,
        competencies=competency_words(page.desk),
        kept=page.wanted.asked(),
        undo=page.desk.draft.revision if changed == str(page.desk.draft.revision) else None,
        crumbs=bank_crumbs(page.desk),
    )


def _course_id() -> uuid.UUID:
    found: uuid.UUID = (request.view_args or {})["course_id"]
    return found


@room.get("/studio/<uuid:course_id>/questions", allow=CoursePermission.EDIT)
def bank(course_id: uuid.UUID) -> ResponseReturnValue:  # noqa: ARG001  (the page reads it from the address)
    """The questions of the draft."""
    return _page(TogetherForm(None))


@room.post(
    "/studio/<uuid:course_id>/questions",
    allow=CoursePermission.EDIT,
    late=True,
    endpoint="change_bank",
    words=put_in_words,
)
def change_bank(course_id: uuid.UUID) -> ResponseReturnValue:
    """Change or delete the ticked questions."""
    keys, form = request.form.getlist("key"), TogetherForm()
    desk = open_desk(session(), actor=actor(), course_id=course_id)
    form.offer(desk.bank.objectives, competency_words(desk))
    deleting = request.form.get("do") == "delete"
    if deleting and "sure" not in request.form:
        entries = [entry for entry in desk.bank.questions if entry.key in keys]
        if entries:
            return render_template(
                "assessments/delete_questions.html",
                desk=desk,
                entries=entries,
                action=_here(),
                cancel=_here(),
                crumbs=bank_crumbs(desk, (_("Delete"), "")),
            )
    elif not deleting and not form.validate():
        return _page(form, frozenset(keys)), 422
    elif not deleting and form.empty:
        form.form_errors.append(_("Say what to change."))
        return _page(form, frozenset(keys)), 422
    try:
        count, revision = change_questions(
            session(),
            actor=actor(),
            course_id=course_id,
            keys=keys,
            together=Together({}, delete=True) if deleting else form.given(),
            storage=storage(),
            now=now(),
        )
    except Invalid as error:
        session().rollback()
        form.form_errors.append(in_words(error))
        return _page(form, frozenset(keys)), 422
    if not deleting:
        flash(ngettext("%(num)s question changed.", "%(num)s questions changed.", count), "good")
    return redirect(_here(changed=revision))
