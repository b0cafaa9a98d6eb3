"""A person's own page: devices, password, language, firm."""

import uuid

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.policy import Door
from lms.people import queries
from lms.people.forms import ChangePasswordForm
from lms.people.services import me as own
from lms.people.services import sign_in as services
from lms.people.views.room import on_own_device, room
from lms.web import actor, answered, now, session
from lms.web.language import keep_language
from lms.web.request import signed_in


@room.get("/me", allow=Door.SIGNED_IN)
def me() -> ResponseReturnValue:
    """Who I am here, and how Ladder treats me."""
    person = queries.find_employment(session(), actor=actor(), person_id=actor().person_id)
    messages = current_app.extensions["push"] is not None and signed_in().shared_device_id is None
    return render_template("people/me.html", person=person, user=signed_in(), messages=messages)


@room.post("/me/language", allow=Door.SIGNED_IN)
def language() -> ResponseReturnValue:
    """Choose English or Spanish."""
    chosen = request.form.get("language", "")
    own.choose_language(
        session(),
        actor=actor(),
        language=chosen,
        only_on=signed_in().sign_in_id if signed_in().only_here else None,
    )
    return keep_language(make_response(redirect(url_for("people.me"))), chosen)


@room.get("/me/devices", allow=Door.SIGNED_IN)
def devices() -> ResponseReturnValue:
    """Where I am signed in."""
    found = queries.list_sign_ins(session(), actor=actor(), now=now(), only_here=signed_in().only_here)
    return render_template("people/devices.html", devices=found, here=signed_in().sign_in_id)


@room.post("/me/devices/<uuid:sign_in_id>/end", allow=Door.SIGNED_IN)
def end_device(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    """Sign one of my devices out."""
    services.end_sign_in(session(), actor=actor(), sign_in_id=sign_in_id, now=now())
    flash(_("That device is signed out."), "good")
    return redirect(url_for("people.devices"))


@room.get("/me/password", allow=Door.SIGNED_IN)
def password() -> ResponseReturnValue:
    """Change my password."""
    on_own_device()
    return render_template("people/change_password.html", form=ChangePasswordForm())


@room.post("/me/password", allow=Door.SIGNED_IN, endpoint="change_password")
def change_password() -> ResponseReturnValue:
    """Change it, and sign my other devices out."""
    on_own_device()
    form = ChangePasswordForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Your password is changed. Your other devices are signed out."), "good")
        return redirect(url_for("people.me"))

    return answered(
        form,
        act=lambda: services.change_password(
            session(),
            actor=actor(),
            old=form.old.data or "",
            new=form.given(),
            sign_in_id=signed_in().sign_in_id,
            now=now(),
            only_here=signed_in().only_here,
        ),
        done=done,
        page=lambda: render_template("people/change_password.html", form=form),
    )


@room.get("/me/firms", allow=Door.SIGNED_IN)
def workplaces() -> ResponseReturnValue:
    """The firms I work at."""
    found = services.workplaces(session(), actor=actor(), now=now(), only_here=signed_in().only_here)
    return render_template("people/workplaces.html", places=found, here=actor().firm_id)


@room.post("/me/firms/<uuid:firm_id>", allow=Door.SIGNED_IN)
def switch_firm(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Go into another firm I work at."""
    services.switch_firm(
        session(),
        actor=actor(),
        sign_in_id=signed_in().sign_in_id,
        firm_id=firm_id,
        now=now(),
        only_here=signed_in().only_here,
    )
    return redirect(url_for("people.home"))
