"""Signing in on a shared device of the floor: a number and a PIN, or a yes from one's own phone. Never a password."""

import uuid

import segno
from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict
from lms.foundation.policy import Door
from lms.foundation.wall import enter as enter_firm
from lms.foundation.wall import leave
from lms.people.forms.floor import PinEntryForm
from lms.people.queries.floor import FloorDevice, find_last_here
from lms.people.services import by_phone
from lms.people.services import pins as services
from lms.people.services.sign_in import Way, end_sign_in, open_sign_in
from lms.people.views.kept import Kept, open_kept, send_page
from lms.people.views.room import keep_token, on_own_device, room, shown_once
from lms.people.views.shared import device_cookie, floor_device, floor_page, leave_nothing
from lms.people.views.sign_in import own_address
from lms.web import actor, answered, now, session, wants_part
from lms.web.limits import limiter
from lms.web.request import signed_in


def _by_device() -> str:
    return f"device:{request.cookies.get(device_cookie(), '')}"


def _here() -> FloorDevice:
    """The device, with the session inside its firm. Raises Conflict on a device that is none.

    Somebody may still be signed in: whoever proves who they are now takes their place.
    """
    device = floor_device()
    if device is None:
        raise Conflict("This PC is not registered any more. Ask your administrator.")
    leave(session())
    enter_firm(session(), device.firm_id)
    return device


@room.get("/floor", allow=Door.PUBLIC)
def floor() -> ResponseReturnValue:
    """The sign-in page of a shared device."""
    device = floor_device()
    if current_user.is_authenticated:
        return redirect(own_address(request.args.get("next", "")))
    if device is None:
        return redirect(url_for("people.sign_in"))
    return shown_once(floor_page(device, PinEntryForm(next=request.args.get("next", ""))))


def _in_as(device: FloorDevice, person_id: uuid.UUID, method: str) -> tuple[str, bool]:
    """Sign the person in here; their token, and whether the last one here was somebody else."""
    last = find_last_here(session(), firm_id=device.firm_id, device_id=device.id)
    token = open_sign_in(
        session(),
        person_id=person_id,
        firm_id=device.firm_id,
        user_agent="",
        now=now(),
        way=Way(method, remembered=False, device=device),
    )
    return token, last != person_id


@room.post("/floor", allow=Door.PUBLIC, late=True, endpoint="floor_enter")
@limiter.limit("30 per minute; 300 per hour", key_func=_by_device)
def floor_enter() -> ResponseReturnValue:
    """Count the try, look at the PIN (slowly, without holding the database), then sign in."""
    device, form = _here(), PinEntryForm()
    number, chosen, pin = form.given()
    chosen = chosen if device.policy.team_list else None

    def act() -> tuple[str, bool, Kept | None]:
        begin_writing(session())
        tried = services.count_try(session(), device=device, number=number, person_id=chosen, now=now())
        session().commit()  # it counts, whatever comes
        person_id = services.check_pin(tried, pin)
        begin_writing(session())
        services.forget_wrong_tries(session(), device=device, person_id=person_id)
        token, other = _in_as(device, person_id, "pin")
        return token, other, open_kept(form.kept.data, person_id=person_id)

    def done(came: tuple[str, bool, Kept | None]) -> ResponseReturnValue:
        token, other, kept = came
        page = send_page(kept) if kept else redirect(own_address(form.next.data or ""))
        reply = keep_token(make_response(page), token, remembered=False)
        return leave_nothing(reply) if other else reply

    return answered(form, act=act, done=done, page=lambda: floor_page(device, form))


@room.post("/floor/phone", allow=Door.PUBLIC, endpoint="floor_ask")
@limiter.limit("20 per minute; 300 per hour", key_func=_by_device)
def floor_ask() -> ResponseReturnValue:
    """Make a request for a phone to say yes to."""
    token = by_phone.ask(session(), device=_here(), now=now())
    return redirect(url_for("people.floor_wait", token=token))


@room.get("/floor/phone/<token>", allow=Door.PUBLIC)
@limiter.limit("120 per minute", key_func=_by_device)
def floor_wait(token: str) -> ResponseReturnValue:
    """The QR code, until the phone has said yes; the page's script only asks how it stands."""
    if current_user.is_authenticated:
        return redirect(url_for("people.home"))
    device = _here()
    found = by_phone.standing(session(), device=device, token=token, now=now())
    if wants_part():
        return shown_once(jsonify(approved=found.approved))
    address = url_for("people.floor_yes", token=token, _external=True)
    drawing = segno.make(address, error="m").svg_inline(
        scale=6, border=3, dark="#000", light="#fff", omitsize=True
    )
    page = render_template(
        "people/floor_phone.html",
        device=device,
        standing=found,
        token=token,
        qr=Markup(drawing),  # noqa: S704  (drawn by us from an address of our own)
    )
    return shown_once(page)


@room.post("/floor/phone/<token>", allow=Door.PUBLIC, endpoint="floor_claim")
@limiter.limit("30 per minute", key_func=_by_device)
def floor_claim(token: str) -> ResponseReturnValue:
    """Go in as who said yes."""
    device = _here()
    person_id = by_phone.claim(session(), device=device, token=token, now=now())
    key, other = _in_as(device, person_id, "qr")
    reply = keep_token(make_response(redirect(url_for("people.home"))), key, remembered=False)
    return leave_nothing(reply) if other else reply


@room.get("/floor/yes/<token>", allow=Door.SIGNED_IN)
@limiter.limit("60 per minute")
def floor_yes(token: str) -> ResponseReturnValue:
    """On the phone: which PC asks."""
    on_own_device()
    found = by_phone.asking(session(), actor=actor(), token=token, now=now())
    return shown_once(render_template("people/floor_yes.html", asking=found, token=token, user=signed_in()))


@room.post("/floor/yes/<token>", allow=Door.SIGNED_IN, endpoint="floor_approve")
@limiter.limit("30 per minute")
def floor_approve(token: str) -> ResponseReturnValue:
    """Yes."""
    on_own_device()
    by_phone.approve(session(), actor=actor(), token=token, now=now())
    return shown_once(render_template("people/floor_done.html"))


@room.post("/floor/here", allow=Door.SIGNED_IN)
def floor_here() -> ResponseReturnValue:
    """Somebody types or points at a shared device without asking for a page: that alone keeps it open."""
    return make_response("", 204)


@room.post("/floor/lock", allow=Door.SIGNED_IN)
def floor_lock() -> ResponseReturnValue:
    """Nobody is there any more, and some answers could not be sent: the sign-in ends, and they wait for their person.

    Unlike signing out it clears nothing; somebody else's sign-in does.
    """
    end_sign_in(session(), actor=actor(), sign_in_id=signed_in().sign_in_id, now=now())
    return make_response("", 204)
