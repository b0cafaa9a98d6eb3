"""One table from kinds of error to HTTP, and one place that tells them."""

import logging

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext
from gunicorn.http.errors import ParseException
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lms.foundation.errors import Conflict, Invalid, LadderError, NotAllowed, NotFound
from lms.web.language import in_words
from lms.web.replies import wants_part

LOG = logging.getLogger("ladder")

STATUS: dict[type[LadderError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422}


def _titles(status: int) -> tuple[str, str]:
    """What happened, and what to do, by status."""
    table = {
        400: (gettext("We could not read that"), gettext("Go back, check what you sent, and try again.")),
        401: (
            gettext("Please sign in again"),
            gettext("What you typed is kept on this page. Sign in, then send it again."),
        ),
        403: (gettext("Not yours to open"), gettext("You are signed in, but this needs another role.")),
        404: (gettext("Not found"), gettext("There is nothing at this address for you. It may have moved.")),
        405: (gettext("That does not work here"), gettext("Go back and use the button on the page.")),
        409: (
            gettext("Somebody was there first"),
            gettext("Nothing was lost. Look at how it is now, then try again."),
        ),
        413: (gettext("That file is too big"), gettext("Send a smaller file.")),
        422: (gettext("We could not take that"), gettext("Nothing was changed. Check it and try again.")),
        429: (gettext("Too many tries"), gettext("Wait a few minutes, then try again.")),
        503: (
            gettext("Very busy just now"),
            gettext("What was saved is safe. What you typed stays on your screen. Try again in a minute."),
        ),
    }
    return table.get(
        status,
        (gettext("Something broke on our side"), gettext("What was saved is safe. Try again in a minute.")),
    )


def tell(status: int, sentence: str = "") -> Response:
    """The reply for an error, as a page or as JSON, whichever was asked for."""
    title, advice = _titles(status)
    for_a_program = request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"
    if wants_part() or for_a_program:
        return make_response(jsonify(error=sentence or advice, status=status), status)
    page = render_template(
        "errors/error.html",
        title=title,
        sentence=sentence or advice,
        action_href=url_for("people.home"),
        action_text=gettext("Go to the start"),
    )
    return make_response(page, status)


def tell_errors(app: Flask) -> None:
    """Register how each kind of error is told."""

    @app.errorhandler(LadderError)
    def ladder_error(error: LadderError) -> Response:
        return tell(STATUS.get(type(error), 400), in_words(error))

    @app.errorhandler(OperationalError)
    def no_database(error: OperationalError) -> Response:
        """The database is away, or others wrote longer than we can wait: nothing was done, and it can be sent again."""
        if "_login_user" not in g:  # the page asks who reads it, and would ask the database again
            g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        LOG.warning("the database did not answer: %s", type(error.orig).__name__)
        reply = tell(503)
        reply.headers["Retry-After"] = "5"
        return reply

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        try:
            reply = tell(error.code or 500)
        except OperationalError as away:  # the page asks who reads it
            return no_database(away)
        if error.code == 405 and error.get_headers():
            reply.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
        return reply

    @app.errorhandler(ParseException)
    def no_http(_error: ParseException) -> Response:
        """The body's own frame is broken; the server finds out while we read."""
        return tell(400)

    @app.errorhandler(500)
    def broken(_error: Exception) -> Response:
        return tell(500)
