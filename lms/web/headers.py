"""The headers that close a page: what may run, who may frame it, what is remembered."""

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
