"""Files as answers: sending one, and saving it again."""

import uuid

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from lms.assessments import services
from lms.assessments.kinds.upload import LARGEST, MEGABYTE
from lms.assessments.policy import AssessmentPermission
from lms.assessments.views.room import room
from lms.assessments.views.saved import saved
from lms.foundation.errors import Invalid
from lms.web import actor, now, session, storage
from lms.web.device import device_time, fact_id, sequence


@room.post(
    "/attempts/<uuid:attempt_id>/files/<int(max=9999):position>", allow=AssessmentPermission.TAKE, late=True
)
def send_file(attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """Take a file as the answer to a question. “Saved” is told after the commit, never before."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("Choose a file first.")
    response_id = fact_id("response_id")
    kept = services.keep_file(
        session(),
        actor=actor(),
        given=services.Given(
            response_id,
            attempt_id,
            position,
            {"answer": [str(response_id)]},
            sequence(),
            device_time(),
            "flagged" in request.form,
        ),
        sent=services.Sent(_name(file.filename), file.stream.read(LARGEST * MEGABYTE + 1)),
        storage=storage(),
        now=now(),
    )
    return saved(kept, attempt_id, position)


def _name(sent: str) -> str:
    """A file's own name, whatever its writing: without folders and what cannot be seen. It is shown, never used as a path."""
    return "".join(one for one in sent.replace("\\", "/").rsplit("/", 1)[-1] if one.isprintable())


@room.get("/attempts/<uuid:attempt_id>/files/<uuid:file_id>", allow=AssessmentPermission.REVIEW)
def own_file(attempt_id: uuid.UUID, file_id: uuid.UUID) -> ResponseReturnValue:
    """A file that one sent oneself, to be saved."""
    return to_be_saved(
        services.own_file(session(), actor=actor(), attempt_id=attempt_id, file_id=file_id, storage=storage())
    )


def to_be_saved(paper: services.Paper) -> Response:
    """A file that opens in no page of ours and can run nothing."""
    reply = make_response(paper.content)
    reply.headers["Content-Type"] = paper.media_type
    reply.headers.set("Content-Disposition", "attachment", filename=paper.name)
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["Cache-Control"] = "private, no-store"
    return reply
