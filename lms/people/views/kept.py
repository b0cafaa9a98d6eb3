"""What was typed when the sign-in had ended, or the page had been open too long: kept, shown in words, sent by a button.

Without JavaScript a form that arrives too late would be lost. Its fields travel on, sealed, through the sign-in page;
whoever proves to be the same person sees what would be sent, and sends it with a fresh token. Another site cannot plant
anything here: only a post that the browser says came from our own page is kept; only we can seal it; it opens only for
the person whose sign-in ended, after a sign-in with its own form token; and nothing is sent unseen. What holds a secret
or a file, has nothing typed in it or is very large is not kept.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException, NotFound

from lms.foundation.actor import Actor
from lms.foundation.errors import LadderError
from lms.foundation.policy import Door
from lms.foundation.wall import enter
from lms.people import queries
from lms.people.forms import SignInForm
from lms.people.forms.floor import PinEntryForm
from lms.people.views.room import cookie_name, room
from lms.people.views.shared import floor_device, floor_page
from lms.web import now, session, wants_part
from lms.web.errors import tell
from lms.web.request import signed_in
from lms.web.room import SignInNeeded

MOST_CHARACTERS = 64 * 1024
MOST_FIELDS = 1000
KEPT_FOR = 24 * 3600
SECRETS = ("password", "old", "code", "token", "secret")
MACHINE = ("order", "card", "device_at", "next", "revision", "flagged")
LABELS = {
    "answer": lazy_gettext("Your answer"),
    "reason": lazy_gettext("Reason"),
    "example": lazy_gettext("What you saw"),
    "on": lazy_gettext("Date"),
}


@dataclass(frozen=True)
class Kept:
    """A post that could not be taken: whose it was, where it goes, what it says."""

    person_id: str
    firm_id: str
    address: str
    fields: Sequence[tuple[str, str]]

    def sealed(self) -> str:
        """As text that only we can have written."""
        return _seal().dumps(asdict(self))


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="what was typed")


def open_kept(sealed: str | None, *, person_id: uuid.UUID) -> Kept | None:
    """What was sealed for this very person, while it is still young and its address still takes posts."""
    try:
        said = _seal().loads(sealed or "", max_age=KEPT_FOR)
        kept = Kept(said["person_id"], said["firm_id"], said["address"], [(n, v) for n, v in said["fields"]])
        _route(kept.address)
    except (BadData, HTTPException):
        return None
    return kept if kept.person_id == str(person_id) else None


def _route(address: str) -> tuple[str, dict[str, Any]]:
    parts = urlsplit(address)
    if parts.netloc:
        raise NotFound
    endpoint, arguments = current_app.url_map.bind("").match(parts.path, method="POST")
    return endpoint, dict(arguments)


def _typed(person_id: uuid.UUID, firm_id: uuid.UUID) -> Kept | None:
    """This request's post, if it is one to keep."""
    view = current_app.view_functions.get(request.endpoint or "")
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    names = {name for name, _value in fields}
    if (
        getattr(view, "allow", Door.PUBLIC) is Door.PUBLIC
        or not _from_our_page()
        or request.files
        or any(secret in name.lower() for secret in SECRETS for name in names)
        or "pin" in names
        or not any(value.strip() and not _machine(name) for name, value in fields)
        or len(fields) > MOST_FIELDS
        or sum(len(name) + len(value) for name, value in fields) > MOST_CHARACTERS
    ):
        return None
    return Kept(str(person_id), str(firm_id), request.full_path.rstrip("?"), fields)


def _from_our_page() -> bool:
    """Whether the browser says so; no page of another site can make it lie."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin") or request.referrer or "").netloc == request.host


def _machine(name: str) -> bool:
    return name in MACHINE or name.endswith("_id")


@room.app_errorhandler(SignInNeeded)
def sign_in_needed(_error: SignInNeeded) -> ResponseReturnValue:
    """Ask for a sign-in and come back; what was typed comes along."""
    if request.method in ("GET", "HEAD") and not wants_part():
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
    if wants_part() or request.accept_mimetypes.best == "application/json":
        return tell(401)
    return _ask_to_sign_in()


@room.app_errorhandler(CSRFError)
def page_too_old(_error: CSRFError) -> ResponseReturnValue:
    """The page's token is gone: show what it sends, and send it with a fresh one."""
    if not wants_part():
        if current_user.is_authenticated:
            actor = signed_in().actor
            if kept := _typed(actor.person_id, actor.firm_id):
                return send_page(kept), 400
        elif _typed_before_sign_in():
            return _ask_to_sign_in()
    return tell(400, gettext("This page was open too long. Go back, reload it, and send it again."))


def _typed_before_sign_in() -> Kept | None:
    """The post of somebody whose sign-in ended: the dead token in the cookie still says whose it was."""
    token = request.cookies.get(cookie_name())
    owner = queries.find_owner(session(), token=token) if token else None
    return _typed(*owner) if owner else None


def _ask_to_sign_in() -> Response:
    kept = _typed_before_sign_in()
    came_from = urlsplit(request.referrer or "") if _from_our_page() else urlsplit("")
    sealed = kept.sealed() if kept else ""
    if device := floor_device():
        entry = PinEntryForm(formdata=None, next=came_from.path, kept=sealed)
        return make_response(floor_page(device, entry, ended=True), 401)
    form = SignInForm(formdata=None, next=came_from.path, kept=sealed)
    page = render_template("people/sign_in.html", form=form, ended=True)
    return make_response(page, 401)


def send_page(kept: Kept) -> str:
    """What was typed, in words, with the button that sends it."""
    enter(session(), uuid.UUID(kept.firm_id))
    return render_template("people/kept.html", kept=kept, words=_words(kept))


def _words(kept: Kept) -> Sequence[tuple[str, str]]:
    """In the words of the room it goes to, or by the fields' own names."""
    endpoint, arguments = _route(kept.address)
    in_words = getattr(current_app.view_functions[endpoint], "words", None)
    actor = _actor(kept)
    if in_words is not None and actor is not None:
        raw: dict[str, list[str]] = {}
        for name, value in kept.fields:
            raw.setdefault(name, []).append(value)
        try:
            said: Sequence[tuple[str, str]] = in_words(session(), actor=actor, raw=raw, **arguments)
        except LadderError:  # it is no longer there; sending it will say so
            said = ()
        if said:
            return [(label or gettext("Your answer"), text) for label, text in said]
    return [
        (str(LABELS.get(name, name.replace("_", " ").capitalize())), value)
        for name, value in kept.fields
        if value.strip() and not _machine(name)
    ]


def _actor(kept: Kept) -> Actor | None:
    return queries.find_actor(
        session(), firm_id=uuid.UUID(kept.firm_id), person_id=uuid.UUID(kept.person_id), now=now()
    )
