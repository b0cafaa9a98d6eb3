"""Keys of the firm's other programs: the list, a new one shown once, and ending one."""

import uuid

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.people.forms.api_keys import KeyForm
from lms.people.policy import PeoplePermission
from lms.people.services import api_keys as services
from lms.people.views.room import room, shown_once
from lms.web import actor, answered, now, session


def _page(form: KeyForm, secret: str = "") -> str:
    lines = services.list_keys(session(), actor=actor(), now=now())
    return render_template("people/api_keys.html", keys=lines, form=form, secret=secret)


@room.get("/keys", allow=PeoplePermission.KEYS)
def api_keys() -> ResponseReturnValue:
    """The keys, and the form for another."""
    return _page(KeyForm())


@room.post("/keys", allow=PeoplePermission.KEYS, endpoint="make_key")
def make_key() -> ResponseReturnValue:
    """Make one, and show it this once."""
    form = KeyForm()
    return answered(
        form,
        act=lambda: services.make_key(session(), actor=actor(), name=form.name.data or "", now=now()),
        done=lambda secret: shown_once(make_response(_page(KeyForm(formdata=None), secret))),
        page=lambda: _page(form),
    )


@room.post("/keys/<uuid:key_id>/end", allow=PeoplePermission.KEYS)
def end_key(key_id: uuid.UUID) -> ResponseReturnValue:
    """End one."""
    name = services.end_key(session(), actor=actor(), key_id=key_id, now=now())
    flash(
        _("The key of “%(name)s” opens nothing any more. The audit log keeps who ended it.", name=name),
        "good",
    )
    return redirect(url_for("people.api_keys"))
