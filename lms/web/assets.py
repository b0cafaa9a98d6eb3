"""Static files under an address that names their content, so that a browser may keep them for ever."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, make_response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from markupsafe import Markup

from lms.foundation.errors import NotFound

ROOT = Path(__file__).parent.parent / "static"
assets = Blueprint("assets", __name__)
mimetypes.add_type("text/javascript", ".js")


@cache
def fingerprint() -> str:
    """One hash of everything static: modules import each other by relative names, so they share one folder."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


@cache
def _file(name: str, compressed: bool) -> bytes:
    content = (ROOT / name).read_bytes()
    return brotli.compress(content, quality=11) if compressed else content


@cache
def _names() -> frozenset[str]:
    return frozenset(str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file())


def asset(name: str) -> str:
    """The address of a static file."""
    return f"/static/{fingerprint()}/{name}"


@cache
def icon_svg(name: str) -> Markup:
    """An icon's drawing, to stand in the page."""
    return Markup((ROOT / "icons" / f"{name}.svg").read_text())  # noqa: S704  (our own file)


@assets.get("/static/<_print>/<path:name>")
def file(_print: str, name: str) -> Response:
    """A static file, compressed once, kept for a year."""
    if name not in _names():
        raise NotFound
    brotli_wanted = "br" in request.headers.get("Accept-Encoding", "") and not name.endswith(
        (".png", ".woff2", ".webp")
    )
    reply = make_response(_file(name, brotli_wanted))
    reply.headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    reply.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    reply.headers["Vary"] = "Accept-Encoding"
    if brotli_wanted:
        reply.headers["Content-Encoding"] = "br"
    return reply


class _PersonalReplies(SecureCookieSessionInterface):
    """What is the same for everybody neither varies by cookie nor sets one: a sign-in must not empty a phone's cache."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


def serve_assets(app: Flask) -> None:
    """Add the static files and the functions templates use for them."""
    app.session_interface = _PersonalReplies()
    app.register_blueprint(assets)
    app.jinja_env.globals.update(asset=asset, icon_svg=icon_svg)
