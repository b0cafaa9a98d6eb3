"""Shared devices as a firm looks after them: this PC becomes one, the list, taking one away, the firm's rules."""

import uuid

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.actor import Role
from lms.people import queries
from lms.people.forms.floor import DeviceForm, SignInPolicyForm
from lms.people.policy import PeoplePermission
from lms.people.queries.floor import find_sign_in_policy, list_shared_devices
from lms.people.services import floor as services
from lms.people.services import sign_in
from lms.people.views.room import forget_token, on_own_device, room, today
from lms.people.views.shared import keep_device, leave_nothing
from lms.web import actor, answered, now, session
from lms.web.request import signed_in


def _device_form() -> DeviceForm:
    form, wide = DeviceForm(), actor().has(Role.FIRM_ADMIN, Role.MANAGER)
    lines = queries.list_team_lines(session(), actor=actor(), today=today())
    form.offer([one for one in lines if wide or one.team_id in actor().leads], none_too=wide)
    return form


def _page(form: DeviceForm | None = None, rules: SignInPolicyForm | None = None) -> str:
    decided = find_sign_in_policy(session(), firm_id=actor().firm_id)
    return render_template(
        "people/floor_pcs.html",
        devices=list_shared_devices(session(), actor=actor()),
        form=form or _device_form(),
        rules=rules or SignInPolicyForm(formdata=None, obj=decided),
        decided=decided,
    )


@room.get("/floor-pcs", allow=PeoplePermission.DEVICES)
def floor_pcs() -> ResponseReturnValue:
    """The registered devices, and the form that makes this one the next."""
    return _page()


@room.post("/floor-pcs", allow=PeoplePermission.DEVICES, endpoint="register_device")
def register_device() -> ResponseReturnValue:
    """Make this browser a shared device; whoever did it is signed out here, so that the next one finds its page."""
    on_own_device()
    form, user = _device_form(), signed_in()

    def act() -> str:
        name, team_id = form.given()
        secret = services.register_device(session(), actor=actor(), name=name, team_id=team_id, now=now())
        sign_in.end_sign_in(session(), actor=user.actor, sign_in_id=user.sign_in_id, now=now())
        return secret

    def done(secret: str) -> ResponseReturnValue:
        flash(_("This PC is registered. You are signed out here."), "good")
        return leave_nothing(
            keep_device(forget_token(make_response(redirect(url_for("people.floor")))), secret)
        )

    return answered(form, act=act, done=done, page=lambda: _page(form))


@room.post("/floor-pcs/<uuid:device_id>/revoke", allow=PeoplePermission.DEVICES)
def revoke_device(device_id: uuid.UUID) -> ResponseReturnValue:
    """Take a registration away."""
    services.revoke_device(session(), actor=actor(), device_id=device_id, now=now())
    flash(_("That PC is no shared PC any more. Whoever was signed in there is signed out."), "good")
    return redirect(url_for("people.floor_pcs"))


@room.post("/floor-pcs/rules", allow=PeoplePermission.SIGN_IN_POLICY)
def decide_policy() -> ResponseReturnValue:
    """Set the firm's rules about signing in."""
    form = SignInPolicyForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("people.floor_pcs"))

    return answered(
        form,
        act=lambda: services.decide_policy(session(), actor=actor(), decided=form.given(), now=now()),
        done=done,
        page=lambda: _page(rules=form),
    )
