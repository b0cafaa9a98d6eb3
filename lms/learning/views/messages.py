"""Messages to my own phone: what I want to be told, and the ways to stop it."""

from typing import Any

from flask import Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.carrier import Carrier
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.push import Browser
from lms.learning.forms.messages import MessagesForm, said_before
from lms.learning.pages import messages as pages
from lms.learning.policy import LearningPermission
from lms.learning.services import messages as services
from lms.learning.views.room import check_own_worker, room
from lms.web import actor, answered, now, session
from lms.web.request import signed_in


def _carrier() -> Carrier:
    """Whoever carries messages. Raises NotFound where none is set up: then there is no such page."""
    found: Carrier | None = current_app.extensions["push"]
    if found is None:
        raise NotFound
    return found


def _here(browser: Browser | None) -> services.Here:
    return services.Here(signed_in().sign_in_id, browser, _carrier().hosts)


def _page(form: MessagesForm | None = None) -> str:
    key = _carrier().key.public
    page = pages.own_messages(session(), actor=actor(), sign_in_id=signed_in().sign_in_id, now=now())
    form = form or MessagesForm(formdata=None, data=said_before(page.wish))
    return render_template("learning/own_messages.html", page=page, form=form, key=key)


@room.get("/me/messages", allow=LearningPermission.LEARN)
def own_messages() -> ResponseReturnValue:
    """What I want to be told on this phone."""
    return _page()


@room.post("/me/messages", allow=LearningPermission.LEARN)
def ask_for_messages() -> ResponseReturnValue:
    """Say what I want to be told, and that this browser may."""
    form = MessagesForm()

    def done(_row: object) -> ResponseReturnValue:
        flash(_("Kept. You can stop it here, or on the message itself, at any time."), "good")
        return redirect(url_for("learning.own_messages"))

    return answered(
        form,
        act=lambda: services.ask_for_messages(
            session(), actor=actor(), wish=form.given(), here=_here(form.browser()), now=now()
        ),
        done=done,
        page=lambda: _page(form),
    )


@room.post("/me/messages/stop", allow=LearningPermission.LEARN)
def stop_messages() -> ResponseReturnValue:
    """Stop them, everywhere."""
    services.stop_messages(session(), actor=actor())
    flash(_("Stopped. Nothing more comes, on none of your devices."), "good")
    return redirect(
        url_for("learning.own_messages") if current_app.extensions["push"] else url_for("people.me")
    )


@room.post("/push/stop", allow=LearningPermission.LEARN)
def stop_from_notice() -> ResponseReturnValue:
    """Stop them, by the message's own button: the worker says so, as for `/sync` without a form's token."""
    check_own_worker()
    services.stop_messages(session(), actor=actor())
    return jsonify(stopped=True)


@room.post("/push/renew", allow=LearningPermission.LEARN)
def renew() -> Response:
    """The browser has got another address from its maker."""
    check_own_worker()
    said: Any = request.get_json(silent=True)
    keys = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(keys, dict):
        raise Invalid("That was not sent by this page. Reload it and try again.")
    browser = Browser(str(said.get("endpoint", "")), str(keys.get("p256dh", "")), str(keys.get("auth", "")))
    services.renew_browser(session(), actor=actor(), here=_here(browser), now=now())
    return jsonify(kept=True)
