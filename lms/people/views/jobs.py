"""The firm's work in the background: what waits, what is under way, what went wrong, and what to do about it."""

import uuid
from collections.abc import Mapping

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.jobs import OF_ONES_OWN, JobKind, JobState
from lms.people.policy import PeoplePermission
from lms.people.queries import is_id
from lms.people.queries.jobs import list_jobs
from lms.people.services import jobs as services
from lms.people.views.room import room
from lms.web import actor, now, session


def job_words() -> dict[str, tuple[str, str]]:
    """Where a job stands, in words and a tone."""
    return {
        JobState.QUEUED: (_("Waits"), "info"),
        JobState.RUNNING: (_("Under way"), "info"),
        JobState.DONE: (_("Done"), "good"),
        JobState.FAILED: (_("Refused"), "warn"),
        JobState.DEAD: (_("Broken"), "bad"),
        JobState.CANCELLED: (_("Cancelled"), "quiet"),
    }


@room.app_context_processor
def about_jobs() -> dict[str, object]:
    """What every page that shows a job needs to put it into words."""
    return {"job_words": job_words}


@room.get("/jobs", allow=PeoplePermission.JOBS)
def jobs() -> ResponseReturnValue:
    """The firm's jobs, latest first."""
    kinds: Mapping[str, JobKind] = current_app.extensions["job_kinds"]
    asked = {name: request.args[name] for name in ("state", "kind") if request.args.get(name)}
    after = request.args.get("after", "")
    page = list_jobs(
        session(),
        actor=actor(),
        state=asked.get("state", "")[:12],
        kind=asked.get("kind", "")[:80],
        after=uuid.UUID(after) if is_id(after) else None,
    )
    titles = {name: _(kind.title) for name, kind in kinds.items() if name not in OF_ONES_OWN}
    return render_template("people/jobs.html", page=page, titles=titles, kept=asked)


@room.post("/jobs/<uuid:job_id>/retry", allow=PeoplePermission.JOBS)
def retry_job(job_id: uuid.UUID) -> ResponseReturnValue:
    """Try one again."""
    services.try_again(session(), actor=actor(), job_id=job_id, now=now())
    flash(_("It is on the list again."), "good")
    return redirect(url_for("people.jobs"))


@room.post("/jobs/<uuid:job_id>/cancel", allow=PeoplePermission.JOBS)
def cancel_job(job_id: uuid.UUID) -> ResponseReturnValue:
    """Take one that waits off the list."""
    services.cancel(session(), actor=actor(), job_id=job_id, now=now())
    flash(_("It is cancelled and will not be done."), "good")
    return redirect(url_for("people.jobs"))
