"""The framework as a file: out as JSON or CSV in the words of CASE, in through the draft with a report of every row."""

import json

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.tracks.forms.framework import FrameworkFileForm
from lms.tracks.policy import TrackPermission
from lms.tracks.rules.case import as_csv, as_json
from lms.tracks.services import framework as services
from lms.tracks.services import framework_file as files
from lms.tracks.views.room import as_seen, day, room
from lms.web import actor, answered, now, session
from lms.web.request import signed_in


@room.get("/framework/export.<form>", allow=TrackPermission.FRAMEWORK)
def framework_export(form: str) -> ResponseReturnValue:
    """The framework on a day as a file."""
    if form not in ("json", "csv"):
        raise NotFound("There is no such file.")
    items = files.export_items(session(), actor=actor(), on=day())
    if form == "csv":
        reply = make_response("\ufeff" + as_csv(items))
        reply.headers["Content-Type"] = "text/csv; charset=utf-8"
    else:
        made = as_json(items, title=_("Framework"), creator=signed_in().firm_name, day=day().isoformat())
        reply = make_response(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
        reply.headers["Content-Type"] = "application/json"
    reply.headers["Content-Disposition"] = f'attachment; filename="framework-{day()}.{form}"'
    return reply


def _page(form: FrameworkFileForm, plan: files.Plan | None = None, *, taken: bool = False) -> str:
    page = services.see_draft(session(), actor=actor(), day=as_seen(now()))
    return render_template(
        "tracks/framework_import.html",
        form=form,
        plan=plan,
        taken=taken,
        page=page,
        status_words={
            files.TAKEN: (_("taken"), "good"),
            files.CHANGED: (_("changed"), "info"),
            files.SKIPPED: (_("skipped"), "quiet"),
            files.REFUSED: (_("refused"), "bad"),
        },
    )


@room.get("/framework/import", allow=TrackPermission.EDIT_FRAMEWORK)
def framework_import() -> ResponseReturnValue:
    """Where a file is sent."""
    return _page(FrameworkFileForm())


@room.post("/framework/import", allow=TrackPermission.EDIT_FRAMEWORK)
def take_framework() -> ResponseReturnValue:
    """Look at a file, or take all of it into the draft: the report says what becomes of each row."""
    form = FrameworkFileForm()
    found: list[files.Plan] = []

    def act() -> files.Plan:
        name, content = form.given()
        plan = files.plan_file(session(), actor=actor(), content=content, day=as_seen(now()))
        found.append(plan)
        if request.form.get("look") != "1" and plan.can_be_taken:
            files.take_file(
                session(), actor=actor(), file_name=name, content=content, revision=form.seen(), now=now()
            )
        return plan

    def done(plan: files.Plan) -> ResponseReturnValue:
        wrong = plan.counts[files.REFUSED] or plan.problems
        taken = request.form.get("look") != "1" and plan.can_be_taken
        return _page(FrameworkFileForm(formdata=None), plan, taken=taken), 422 if wrong else 200

    return answered(form, act=act, done=done, page=lambda: _page(form, found[0] if found else None))
