"""Passkeys: a person's own, and signing in with one. The page's script talks to the browser; these answer it."""

import json
import uuid
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.engine import begin_writing
from lms.foundation.errors import NotFound
from lms.foundation.policy import Door
from lms.people.queries import is_id
from lms.people.queries.passkeys import list_passkeys
from lms.people.services import passkeys as services
from lms.people.services.sign_in import Way, open_sign_in
from lms.people.views.room import keep_token, on_own_device, room, shown_once
from lms.people.views.shared import floor_device
from lms.people.views.sign_in import goes_on_to
from lms.web import actor, now, session
from lms.web.language import kept_language
from lms.web.limits import limiter
from lms.web.request import signed_in


def _site() -> services.Site:
    """The site as the operator calls it, else as this request does: the browser signs the one it is really at."""
    origin: str = current_app.extensions["settings"].origin or request.host_url.rstrip("/")
    return services.Site(urlsplit(origin).hostname or "", origin)


def _asked(asked: services.Asked) -> Response:
    return shown_once(jsonify(challenge=str(asked.id), options=json.loads(asked.options)))


def _challenge() -> services.Challenge | None:
    """The challenge this answers, taken out for good before anything is looked at."""
    sent = request.form.get("challenge", "")
    if not is_id(sent):
        return None
    begin_writing(session())
    found = services.take_challenge(session(), challenge_id=uuid.UUID(sent), now=now())
    session().commit()
    return found


@room.get("/me/passkeys", allow=Door.SIGNED_IN)
def passkeys() -> ResponseReturnValue:
    """My passkeys."""
    on_own_device()
    found = list_passkeys(session(), actor=actor(), only_here=signed_in().only_here)
    return render_template("people/passkeys.html", passkeys=found)


@room.post("/me/passkeys/ask", allow=Door.SIGNED_IN)
@limiter.limit("30 per hour")
def ask_to_add() -> ResponseReturnValue:
    """What the browser needs to make one."""
    on_own_device()
    asked = services.ask_to_add(
        session(), actor=actor(), site=_site(), only_here=signed_in().only_here, now=now()
    )
    return _asked(asked)


@room.post("/me/passkeys", allow=Door.SIGNED_IN, late=True, endpoint="add_passkey")
@limiter.limit("30 per hour")
def add_passkey() -> ResponseReturnValue:
    """Keep the one it made."""
    on_own_device()
    challenge = _challenge()
    begin_writing(session())
    services.add_passkey(
        session(),
        actor=actor(),
        site=_site(),
        challenge=challenge,
        credential=request.form.get("credential", ""),
        name=request.form.get("name", ""),
        only_here=signed_in().only_here,
        now=now(),
    )
    flash(_("Your passkey is kept. Next time, sign in with it."), "good")
    return jsonify(to=url_for("people.passkeys"))


@room.post("/me/passkeys/<uuid:passkey_id>/remove", allow=Door.SIGNED_IN)
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Remove one."""
    on_own_device()
    services.remove_passkey(
        session(), actor=actor(), passkey_id=passkey_id, only_here=signed_in().only_here, now=now()
    )
    flash(_("That passkey opens nothing here any more. Delete it on your device too."), "good")
    return redirect(url_for("people.passkeys"))


@room.get("/sign-in/passkey", allow=Door.PUBLIC)
def by_passkey() -> ResponseReturnValue:
    """Where a passkey signs in: a page of its own, so that who types a password fetches no script for it."""
    if floor_device() is not None:
        raise NotFound
    return render_template("people/passkey.html", next=request.args.get("next", ""))


@room.post("/sign-in/passkey/ask", allow=Door.PUBLIC)
@limiter.limit("60 per minute; 1000 per hour")
def ask_for_passkey() -> ResponseReturnValue:
    """What the browser needs to offer the passkeys it has."""
    if floor_device() is not None:
        raise NotFound
    return _asked(services.ask_to_enter(session(), site=_site(), now=now()))


@room.post("/sign-in/passkey", allow=Door.PUBLIC, late=True, endpoint="enter_by_passkey")
@limiter.limit("60 per minute; 1000 per hour")
def enter_by_passkey() -> ResponseReturnValue:
    """Sign in as whose passkey answered."""
    if floor_device() is not None:
        raise NotFound
    challenge, stays = _challenge(), bool(request.form.get("remember"))
    begin_writing(session())
    proved = services.prove_by_passkey(
        session(),
        site=_site(),
        challenge=challenge,
        credential=request.form.get("credential", ""),
        now=now(),
    )
    token = open_sign_in(
        session(),
        person_id=proved.person_id,
        firm_id=proved.workplaces[0].firm_id,
        user_agent=request.headers.get("User-Agent", ""),
        now=now(),
        only_here=proved.only_here,
        language=kept_language(),
        way=Way("passkey", remembered=stays),
    )
    target = goes_on_to(request.form.get("next", ""), person_id=proved.person_id, places=proved.workplaces)
    return keep_token(make_response(jsonify(to=target)), token, remembered=stays)
