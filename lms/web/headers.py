"""The headers that close a page: what may run, who may frame it, what is remembered."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, request
from flask_login import current_user

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types ladder",
    )
)


def may_be_framed(reply: Response) -> Response:
    """A page that one of our own pages shows inside itself."""
    reply.headers["Content-Security-Policy"] = CONTENT_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )
    return reply


def may_frame_own(reply: Response) -> Response:
    """A page that shows another of our own pages inside itself, and no other."""
    reply.headers["Content-Security-Policy"] = f"{CONTENT_POLICY}; frame-src 'self'"
    return reply


def _is_somebodys(reply: Response) -> bool:
    """A page of a signed-in person, or data: nothing that the next person at a shared device may find by going back."""
    return reply.mimetype != "text/html" or bool(current_user and current_user.is_authenticated)


def close_pages(app: Flask) -> None:
    """Put the closing headers on every reply."""

    @app.after_request
    def headers(reply: Response) -> Response:
        reply.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        reply.headers["X-Content-Type-Options"] = "nosniff"
        reply.headers["Referrer-Policy"] = "same-origin"
        reply.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        reply.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        reply.headers.setdefault("Cache-Control", "no-store" if _is_somebodys(reply) else "private, no-cache")
        if request.is_secure:
            reply.headers["Strict-Transport-Security"] = "max-age=31536000"
        return reply


BESIDE = 100
"""About what a server in front of us adds to a reply's head: its name, the date, what becomes of the connection."""


class HeadSizes:
    """Tells with each reply how long its head is, for the receipt of data used: a browser tells pages about bodies only."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        def starting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            length = BESIDE + len("HTTP/1.1 \r\n\r\n") + len(status) + len("Server-Timing: head;dur=1000\r\n")
            length += sum(len(name) + len(value) + 4 for name, value in headers)
            return start_response(status, [*headers, ("Server-Timing", f"head;dur={length}")], *rest)

        found: Iterable[bytes] = self.inside(environ, starting)
        return found


def tell_head_sizes(app: Flask) -> None:
    """Put the size of its head on every reply."""
    app.wsgi_app = HeadSizes(app.wsgi_app)  # type: ignore[method-assign]
