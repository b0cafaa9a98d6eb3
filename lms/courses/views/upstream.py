"""What the origin of a copied course changed: taken, put together, or left."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses.forms.upstream import DecisionForm
from lms.courses.pages import upstream as pages
from lms.courses.policy import CoursePermission
from lms.courses.services import upstream as services
from lms.courses.services.drafts import Draft
from lms.courses.views.room import room
from lms.web import actor, answered, now, session, storage

ALL = "all"


@room.get("/studio/<uuid:course_id>/upstream", allow=CoursePermission.EDIT)
def upstream(course_id: uuid.UUID) -> ResponseReturnValue:
    """What the origin changed since the copy, or since it was last decided on."""
    return _page(course_id, DecisionForm(None))


def _page(course_id: uuid.UUID, form: DecisionForm) -> str:
    page = pages.upstream_page(session(), actor=actor(), course_id=course_id)
    return render_template("studio/upstream.html", page=page, form=form)


@room.post("/studio/<uuid:course_id>/upstream", allow=CoursePermission.EDIT)
def decide_upstream(course_id: uuid.UUID) -> ResponseReturnValue:
    """Decide on one file, or take all that is clean."""
    form = DecisionForm()

    def act() -> Draft:
        decision = form.given()
        if decision.choice == ALL:
            return services.take_clean(
                session(),
                actor=actor(),
                course_id=course_id,
                version_id=decision.version_id,
                revision=decision.revision,
                storage=storage(),
                now=now(),
            )
        return services.decide_upstream(
            session(),
            actor=actor(),
            course_id=course_id,
            decision=decision,
            storage=storage(),
            now=now(),
        )

    def done(_draft: Draft) -> ResponseReturnValue:
        if request.form.get("do") == "leave":
            flash(_("It is left. You are not asked again until it changes again."), "good")
        else:
            flash(_("It is in your draft. The history can take it back."), "good")
        return redirect(url_for("courses.upstream", course_id=course_id))

    return answered(form, act=act, done=done, page=lambda: _page(course_id, form))


@room.post("/studio/<uuid:course_id>/upstream/again", allow=CoursePermission.EDIT)
def ask_again(course_id: uuid.UUID) -> ResponseReturnValue:
    """Show a file's changes again that were decided on."""
    services.ask_again(session(), actor=actor(), course_id=course_id, path=request.form.get("path", "")[:200])
    return redirect(url_for("courses.upstream", course_id=course_id))
