"""Ladder on a phone: the worker, the manifest, what is kept, and the page about it in Me."""

import json
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

import brotli
from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from lms.foundation.policy import Door
from lms.learning.pages import packs as pages
from lms.learning.pages.media import with_sizes
from lms.learning.pages.packs import PackedLesson
from lms.learning.pages.review_pack import ReviewPack, review_pack
from lms.learning.policy import LearningPermission
from lms.learning.rules.syncing import FORMAT
from lms.learning.views.room import room, size_words
from lms.web import actor, now, session
from lms.web.assets import ROOT, asset, fingerprint
from lms.web.language import reader_language
from lms.web.saving import keep_switch, saves_data, switched_on

SHELL = ("css/ladder.css", "icons/ladder.svg", "js/app.js", "js/kit.js", "js/outbox.js")
"""What every page has fetched already: the worker finds it in the browser's cache."""
INSIDE = (
    "js/attempt.js",
    "js/keeping.js",
    "js/offline.js",
    "js/player.js",
    "js/reader.js",
    "js/review.js",
    "js/senses.js",
    "js/simulation.js",
    "js/typing.js",
    "js/upload.js",
)
"""What only some pages fetch: it travels inside the worker, since each file alone would be a request with a head of its own."""

HEAD = 900
"""About as long as the head of the worker's own reply is, of which a browser tells nobody."""


@cache
def _worker() -> str:
    """The worker's text; its first lines name this edition, so that it is another worker when anything is another."""
    shell = json.dumps(["/offline", *map(asset, SHELL)])
    inside = json.dumps({asset(name): (ROOT / name).read_text() for name in INSIDE})
    head = f"const PRINT = {fingerprint()!r};\nconst FORMAT = {FORMAT};\nconst SHELL = {shell};\nconst INSIDE = {inside};\n"
    whole = head + (ROOT / "js" / "worker.js").read_text()
    own = len(brotli.compress(whole.encode(), quality=11)) + HEAD
    return f"const BYTES = {own};\n{whole}"


@cache
def _worker_small() -> bytes:
    small: bytes = brotli.compress(_worker().encode(), quality=11)
    return small


@room.get("/sw.js", allow=Door.PUBLIC)
def worker() -> Response:
    """The worker, from the root so that it may look after every page."""
    small = "br" in request.headers.get("Accept-Encoding", "")
    reply = make_response(_worker_small() if small else _worker())
    if small:
        reply.headers["Content-Encoding"] = "br"
    reply.headers["Content-Type"] = "text/javascript; charset=utf-8"
    reply.headers["Vary"] = "Accept-Encoding"
    reply.headers["Cache-Control"] = (
        "public, no-cache"  # asked for again at each visit, and seldom sent again
    )
    reply.set_etag(f"{fingerprint()}-{FORMAT}-{small:d}")
    reply.make_conditional(request)
    return reply


@room.get("/manifest.webmanifest", allow=Door.PUBLIC)
def manifest() -> Response:
    """What a phone needs to put Ladder among its programs. An agent's icon opens Today, with no stop on the way."""
    icons = [
        {
            "src": asset(f"icons/app-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    reply = jsonify(
        id="/",
        name="Ladder",
        short_name="Ladder",
        description=_("Learn on a break, be promoted on evidence"),
        lang=reader_language(),
        start_url=url_for("learning.today") if "learns" in request.args else "/",
        scope="/",
        display="standalone",
        background_color="#f6f0e4",
        theme_color="#f6f0e4",
        icons=icons,
    )
    reply.headers["Content-Type"] = "application/manifest+json"
    reply.headers["Cache-Control"] = "private, max-age=86400"
    return reply


@room.get("/offline", allow=Door.PUBLIC)
def offline() -> ResponseReturnValue:
    """What a phone shows without a network: what is kept on it. Names nobody; its script reads the phone."""
    return render_template("learning/offline.html", device_store=None)


@room.get("/courses/<uuid:course_id>/pack", allow=LearningPermission.LEARN)
def course_pack(course_id: uuid.UUID) -> Response:
    """What to keep of a course."""
    return _files(
        pages.course_pack(session(), actor=actor(), course_id=course_id, language=str(get_locale()))
    )


@room.get("/packs/next", allow=LearningPermission.LEARN)
def next_pack() -> Response:
    """What to keep for the next days: the next lessons, and the review cards of today and tomorrow."""
    language = str(get_locale())
    lessons = pages.next_pack(session(), actor=actor(), language=language)
    return _files(lessons, review_pack(session(), actor=actor(), language=language, now=now()))


@room.get("/packs/review", allow=LearningPermission.LEARN)
def review_copy() -> Response:
    """The review cards to keep. Practice: what is right is in it, for whoever has answered without a network."""
    pack = review_pack(session(), actor=actor(), language=str(get_locale()), now=now())
    return make_response(render_template("learning/review_kept.html", pack=pack, csrf_token=lambda: ""))


def _files(lessons: Sequence[PackedLesson], review: ReviewPack | None = None) -> Response:
    files: list[dict[str, Any]] = []
    for one in lessons:
        address: dict[str, Any] = {"course_id": one.course_id, "lesson_key": one.key}
        about = {"title": one.title, "course": one.course}
        files.append(
            {
                "kind": "lesson",
                "url": url_for("learning.lesson_copy", mark=one.mark, **address),
                "path": url_for("learning.lesson", **address),
                "hash": one.mark,
                **about,
            }
        )
        files += [
            {"kind": "picture", "url": path, "path": path, "hash": path, **about} for path in one.pictures
        ]
    if review is not None:
        title = _("Questions that come back")
        files.append(
            {
                "kind": "review",
                "url": url_for("learning.review_copy"),
                "path": url_for("learning.review"),
                "hash": review.mark,
                "title": title,
                "course": _("Review cards"),
            }
        )
    return jsonify(format=FORMAT, files=files)


@room.get("/packs/<mark>/courses/<uuid:course_id>/lessons/<lesson_key>", allow=LearningPermission.LEARN)
def lesson_copy(mark: str, course_id: uuid.UUID, lesson_key: str) -> Response:
    """A lesson to keep. What has this mark never changes; the phone's own shelf keeps it, and no other cache beside."""
    page = pages.lesson_copy(
        session(),
        actor=actor(),
        course_id=course_id,
        lesson_key=lesson_key,
        mark=mark,
        language=str(get_locale()),
    )
    page = with_sizes(session(), page, words=size_words)
    return make_response(render_template("learning/lesson.html", page=page, copy=True, csrf_token=lambda: ""))


@room.get("/me/phone", allow=Door.SIGNED_IN)
def phone() -> ResponseReturnValue:
    """What is kept here, what waits, and the data used: all of it read from the phone by the page's script."""
    return render_template("learning/phone.html", saver=switched_on(), by_browser=saves_data())


@room.post("/me/phone/saver", allow=Door.SIGNED_IN)
def save_data() -> ResponseReturnValue:
    """Switch saving data on or off, on this device."""
    return keep_switch(
        make_response(redirect(url_for("learning.phone"))), on=request.form.get("saver") == "1"
    )
