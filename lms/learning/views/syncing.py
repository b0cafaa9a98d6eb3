"""The door for facts that a device kept, and the list of what came and does not count."""

from flask import abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lms.foundation.errors import Invalid
from lms.learning.pages import syncing as pages
from lms.learning.policy import LearningPermission
from lms.learning.rules.syncing import MOST_BYTES, BadBatch, read_batch
from lms.learning.services import syncing as services
from lms.learning.views.room import check_own_worker, kept_words, room
from lms.web import actor, now, session


@room.post("/sync", allow=LearningPermission.LEARN)
def sync() -> ResponseReturnValue:
    """Take a batch of facts, in one transaction; one answer for each.

    A device may have been away for days, so no form token is asked for. In its place stands `X-Person`: a page of
    another site cannot send such a header without asking first, and we never say yes. It also names whose facts these
    are, so that nobody else's sign-in sends them (the door looks at it).
    """
    check_own_worker()  # of the same person at another firm: it waits until they are back at this one
    if (request.content_length or 0) > MOST_BYTES:
        abort(413)
    try:
        facts = read_batch(request.get_data(cache=False)[: MOST_BYTES + 1])
    except BadBatch:
        raise Invalid("That was not sent by this page. Reload it and try again.") from None
    verdicts = services.sync(
        session(), actor=actor(), facts=facts, secret=current_app.config["SECRET_KEY"], now=now()
    )
    words = kept_words()
    return jsonify(
        at=now().isoformat(),
        facts=[
            {
                "id": one.id,
                "result": one.result,
                "first": one.first,
                "because": one.because,
                "why": gettext(one.sentence) % one.values
                if one.sentence
                else words.get(one.because or "", ""),
            }
            for one in verdicts
        ],
    )


@room.get("/team/kept", allow=LearningPermission.SEE_TEAM)
def kept() -> ResponseReturnValue:
    """What came from my people's phones and does not count, and why."""
    page = pages.kept_page(session(), actor=actor())
    return render_template("learning/kept.html", page=page)
