"""Bring what you have: a file of another system into a course's draft."""

import uuid

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from lms.assessments.views.words import KINDS
from lms.courses.rules.settings import settings_of
from lms.courses.services.drafts import Draft, open_draft
from lms.courses.services.editing import course_of
from lms.foundation.ids import new_id
from lms.foundation.jobs import OPEN, Job, JobState
from lms.interop import queries, services
from lms.interop.formats.reading import FORMATS
from lms.interop.forms import BringForm, TakeForm
from lms.interop.models import ImportFile
from lms.interop.policy import InteropPermission
from lms.web import Room, actor, answered, now, session, storage, wants_part
from lms.web.language import said

room = Room("interop", __name__)


def _title(draft: Draft) -> str:
    """The course as its authors know it; a draft that cannot be read has its key."""
    return settings_of(course_of(draft)).title or draft.course.key


def _start(course_id: uuid.UUID, form: BringForm) -> str:
    draft = open_draft(session(), actor=actor(), course_id=course_id)
    files = queries.list_imports(session(), actor=actor(), course_id=course_id)
    readings = services.list_readings(session(), actor=actor(), course_id=course_id)
    form.order.data = str(new_id())
    return render_template(
        "interop/bring.html",
        form=form,
        draft=draft,
        title=_title(draft),
        files=files,
        readings=readings,
        formats=FORMATS,
    )


@room.get("/courses/<uuid:course_id>/import", allow=InteropPermission.IMPORT)
def bring(course_id: uuid.UUID) -> ResponseReturnValue:
    """Where a file comes in, and what came before."""
    return _start(course_id, BringForm())


@room.post("/courses/<uuid:course_id>/import", allow=InteropPermission.IMPORT, late=True)
def send(course_id: uuid.UUID) -> ResponseReturnValue:
    """Have a file read in the background, and see how far it is."""
    form = BringForm()

    def act() -> Job:
        name, content = form.given()
        return services.ask_to_read(
            session(),
            actor=actor(),
            course_id=course_id,
            order_id=form.order_id(),
            file_name=name,
            content=content,
            storage=storage(),
            now=now(),
        )

    return answered(
        form,
        act=act,
        done=lambda job: redirect(url_for("interop.reading", course_id=course_id, job_id=job.id)),
        page=lambda: _start(course_id, form),
    )


@room.get("/courses/<uuid:course_id>/import/reading/<uuid:job_id>", allow=InteropPermission.IMPORT)
def reading(course_id: uuid.UUID, job_id: uuid.UUID) -> ResponseReturnValue:
    """How far a file is; when it is read, what is in it. The page's script asks for the numbers alone."""
    line = services.see_reading(session(), actor=actor(), course_id=course_id, job_id=job_id)
    job = line.job
    if wants_part():
        words = said(job.saying) if job.state == JobState.RUNNING else ""
        return jsonify(open=job.state in OPEN, state=job.state, words=words)
    if job.state == JobState.DONE:
        return redirect(url_for("interop.look", course_id=course_id, bring_id=job.result["bring_id"]))
    draft = open_draft(session(), actor=actor(), course_id=course_id)
    return render_template("interop/reading.html", line=line, draft=draft, title=_title(draft))


def _report(course_id: uuid.UUID, bring_id: uuid.UUID, form: TakeForm) -> str:
    seen = services.see_import(
        session(), actor=actor(), course_id=course_id, bring_id=bring_id, storage=storage()
    )
    return render_template(
        "interop/report.html",
        seen=seen,
        title=_title(seen.draft),
        form=form,
        formats=FORMATS,
        kinds=KINDS,
    )


@room.get("/courses/<uuid:course_id>/import/<uuid:bring_id>", allow=InteropPermission.IMPORT)
def look(course_id: uuid.UUID, bring_id: uuid.UUID) -> ResponseReturnValue:
    """What is in a file, thing by thing, and what would be taken."""
    return _report(course_id, bring_id, TakeForm())


@room.post("/courses/<uuid:course_id>/import/<uuid:bring_id>", allow=InteropPermission.IMPORT, late=True)
def take(course_id: uuid.UUID, bring_id: uuid.UUID) -> ResponseReturnValue:
    """Take what was chosen into the draft."""
    form = TakeForm()

    def act() -> tuple[ImportFile, int]:
        seen = services.see_import(
            session(), actor=actor(), course_id=course_id, bring_id=bring_id, storage=storage()
        )
        return services.take_import(
            session(),
            actor=actor(),
            course_id=course_id,
            bring_id=bring_id,
            left=form.given([*(one.ref for one in seen.found.items), *(one.ref for one in seen.found.pages)]),
            storage=storage(),
            now=now(),
        )

    def done(result: tuple[ImportFile, int]) -> ResponseReturnValue:
        count = result[1]
        flash(
            ngettext("%(num)s thing is in the draft now.", "%(num)s things are in the draft now.", count),
            "good",
        )
        return redirect(url_for("interop.look", course_id=course_id, bring_id=bring_id))

    return answered(form, act=act, done=done, page=lambda: _report(course_id, bring_id, form))
