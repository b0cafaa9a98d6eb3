"""The door for figures that another program sends with a key."""

from flask import Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid
from lms.foundation.policy import Door
from lms.people.services.api_keys import come_in
from lms.tracks.pages.kpi import report_of
from lms.tracks.services.kpi import take_file
from lms.tracks.services.kpi_planning import plan_file
from lms.tracks.views.room import room
from lms.web import now, session, storage
from lms.web.limits import limiter

MOST_BYTES = 2 * 1024 * 1024
"""Of one sending; a larger file comes in by the page or the command."""


@room.post("/api/figures", allow=Door.PUBLIC, late=True)
@limiter.limit("60 per hour")
def figures_by_key() -> ResponseReturnValue:
    """Take the file that is the body, as `lms import kpi --json` would, and tell what became of every row.

    `source` names the tool whose columns are remembered, `map` (repeated) says what a column is, `name` what the file
    is called, `dry_run=1` only tells. No cookie counts here: the key is the whole permission.
    """
    begin_writing(session())
    actor = _who()
    if actor is None:
        return _no_key()
    content = request.get_data(cache=False)
    if len(content) > MOST_BYTES:  # counted, since a body sent in pieces does not say how long it is
        raise Invalid("Send at most %(most)s MB at a time.", most=MOST_BYTES // 1024 // 1024)
    asked = request.args
    plan = plan_file(
        session(),
        actor=actor,
        content=content,
        source=asked.get("source", "file"),
        pairs=tuple(asked.getlist("map")),
        now=now(),
    )
    written = asked.get("dry_run") != "1" and plan.news > 0
    if written:
        take_file(
            session(),
            actor=actor,
            file_name=asked.get("name", "figures")[:120],
            content=content,
            plan=plan,
            storage=storage(),
            now=now(),
        )
    report = report_of(plan) | {"written": written}
    if plan.counts["skipped"] == len(plan.reading.lines):
        return jsonify(report | {"error": gettext("Nothing in the file could be taken."), "status": 422}), 422
    return jsonify(report)


def _who() -> Actor | None:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        return None
    return come_in(session(), secret=secret.strip(), now=now())


def _no_key() -> Response:
    """The same for no key, a wrong one, an ended one, and one whose maker has left."""
    reply = make_response(jsonify(error=gettext("Send a key that is in force."), status=401), 401)
    reply.headers["WWW-Authenticate"] = 'Bearer realm="Ladder"'
    return reply
