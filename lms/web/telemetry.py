"""What the operator sees of each request: an id, a line in the log, numbers for Prometheus. Never who or what.

A line names the endpoint (`learning.lesson`), not the address: ids in addresses are people's.
"""

import hmac
import json
import logging
import re
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import Door
from lms.migrating import suits
from lms.web.request import session
from lms.web.room import Room

LOG = logging.getLogger("ladder.requests")
_OURS = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

room = Room("telemetry", __name__)


def request_id() -> str:
    """This request's id: the proxy's when it sent a sound one, else ours."""
    if "request_id" not in g:
        sent = request.headers.get("X-Request-ID", "")
        g.request_id = sent if _OURS.fullmatch(sent) else new_id().hex
    kept: str = g.request_id
    return kept


def write_log(enabled: bool) -> None:
    """Send the lines to standard error, one JSON object each."""
    LOG.handlers.clear()
    LOG.propagate = False
    LOG.setLevel(logging.INFO if enabled else logging.CRITICAL)
    if enabled:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        LOG.addHandler(handler)


class Numbers:
    """Counts and times of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._lines: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.requests = Counter(
            "ladder_requests", "Requests answered.", ("endpoint", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "ladder_request_seconds",
            "Time to answer, in seconds.",
            ("endpoint",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def note(self, endpoint: str, status: int, took: float) -> None:
        """Count one request that took so many seconds. Its lines are looked up once: that costs more than counting."""
        lines = self._lines.get((endpoint, status))
        if lines is None:
            lines = self.requests.labels(endpoint, status), self.seconds.labels(endpoint)
            self._lines[endpoint, status] = lines
        requests, seconds = lines
        requests.inc()
        seconds.observe(took)


def watch_requests(app: Flask, *, log: bool) -> None:
    """Note every request of the application."""
    write_log(log)
    numbers = Numbers()
    app.extensions["numbers"] = numbers

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def note(reply: Response) -> Response:
        took = time.perf_counter() - g.pop("began", time.perf_counter())
        endpoint = request.endpoint or "nowhere"
        reply.headers["X-Request-ID"] = request_id()
        numbers.note(endpoint, reply.status_code, took)
        if LOG.isEnabledFor(logging.INFO):
            LOG.info(
                json.dumps(
                    {
                        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
                        "request": request_id(),
                        "endpoint": endpoint,
                        "method": request.method,
                        "status": reply.status_code,
                        "ms": round(1000 * took, 1),
                        "bytes": reply.content_length,
                    }
                )
            )
        return reply


@room.get("/health/live", allow=Door.PUBLIC)
def live() -> dict[str, bool]:
    """Whether the process answers."""
    return {"live": True}


@room.get("/health/ready", allow=Door.PUBLIC)
def ready() -> tuple[dict[str, object], int]:
    """Whether requests may come: the database answers and has this release's shape, or a later one's while a deploy goes on."""
    try:
        revision = session().execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        return {"ready": False, "why": "The database does not answer."}, 503
    if not suits(revision):
        return {"ready": False, "why": "The database has an earlier release's shape."}, 503
    return {"ready": True}, 200


@room.get("/metrics", allow=Door.PUBLIC)
def metrics() -> Response:
    """Numbers for Prometheus, for whoever has the token. Raises NotFound where the operator set none."""
    token: str = current_app.extensions["settings"].metrics_token
    if not token:
        raise NotFound("There are no numbers here.")
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return Response("The token is missing or wrong.\n", 401, mimetype="text/plain")
    numbers: Numbers = current_app.extensions["numbers"]
    return Response(generate_latest(numbers.registry), mimetype="text/plain")
