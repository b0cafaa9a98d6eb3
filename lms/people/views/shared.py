"""The shared device a request comes from: its cookie, its sign-in page, and leaving nothing behind on it."""

from flask import Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from lms.foundation.errors import NotAllowed
from lms.foundation.wall import enter
from lms.people.forms.floor import PinEntryForm
from lms.people.queries.floor import FloorDevice, find_floor_device, list_team_here
from lms.people.rules import day_at
from lms.people.views.room import ELSEWHERE, room
from lms.web import now, session

KEPT_FOR = 400 * 24 * 3600
"""As long as browsers keep a cookie at all."""


def device_cookie() -> str:
    """As for the sign-in's own cookie: bound to this host over HTTPS."""
    return "__Host-floor" if current_app.config["SESSION_COOKIE_SECURE"] else "floor"


def floor_device() -> FloorDevice | None:
    """The shared device in front of the person, if it is one."""
    if "floor_device" not in g:
        secret = request.cookies.get(device_cookie())
        g.floor_device = find_floor_device(session(), secret=secret) if secret else None
    found: FloorDevice | None = g.floor_device
    return found


def off_the_floor() -> None:
    """Raise NotAllowed on a shared device, also while nobody is signed in: no password is chosen or typed there."""
    if floor_device() is not None:
        raise NotAllowed(ELSEWHERE)


def keep_device(reply: Response, secret: str) -> Response:
    """Make the browser a shared device."""
    reply.set_cookie(
        device_cookie(),
        secret,
        max_age=KEPT_FOR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return reply


def leave_nothing(reply: Response) -> Response:
    """Have the browser drop what pages kept on it: storage, databases, workers, caches. The cookies stay."""
    reply.headers["Clear-Site-Data"] = '"cache", "storage"'
    return reply


def floor_page(device: FloorDevice, form: PinEntryForm, *, ended: bool = False) -> str:
    """The sign-in page of a shared device."""
    enter(session(), device.firm_id)
    if device.policy.team_list:
        here = list_team_here(session(), device=device, today=day_at(device.time_zone, now()))
        form.offer(here, _("Somebody else: I type my number"))
    return render_template("people/floor.html", form=form, device=device, ended=ended)


@room.app_context_processor
def at_a_shared_device() -> dict[str, object]:
    """For the templates: after how many quiet minutes this device locks; nothing on a device of one's own."""
    here = current_user and current_user.is_authenticated and current_user.shared_device_id
    return {"locks_after": g.arrival.idle_minutes if here else None}
