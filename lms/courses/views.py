"""The catalogue, a course's page, and its media."""

import mimetypes
import uuid

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms.courses import queries
from lms.courses.policy import CoursePermission
from lms.courses.queries import PAGE, Wanted
from lms.foundation.errors import NotFound
from lms.foundation.policy import Door
from lms.web import Room, actor, session, storage

room = Room("courses", __name__)


@room.get("/courses", allow=CoursePermission.SEE)
def catalogue() -> ResponseReturnValue:
    """All live courses, searched and filtered by what the address says."""
    minutes = request.args.get("minutes", "")
    wanted = Wanted(
        text=request.args.get("q", "")[:100],
        track=request.args.get("track", ""),
        competency=request.args.get("competency", ""),
        language=request.args.get("language", ""),
        at_most=int(minutes[:6]) if minutes.isascii() and minutes.isdigit() else None,
        after=request.args.get("after", ""),
    )
    found = queries.list_catalogue(session(), actor=actor(), wanted=wanted)
    more = found[PAGE - 1].key if len(found) > PAGE else ""
    return render_template("courses/catalogue.html", courses=found[:PAGE], wanted=wanted, more=more)


@room.get("/courses/media/<uuid:version_id>/<path:path>", allow=Door.SIGNED_IN)
def media(version_id: uuid.UUID, path: str) -> Response:
    """A picture or a sound of a version: never changes, so it is kept for ever, and can run nothing."""
    row = queries.find_media(session(), actor=actor(), version_id=version_id, path=path)
    if row is None:
        raise NotFound("There is no such file.")
    reply = make_response(storage().get(row.stored))
    reply.headers["Content-Type"] = mimetypes.guess_type(path)[0] or "application/octet-stream"
    reply.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return reply
