"""The room itself, and the cookie its sign-ins live in."""

import dataclasses
import uuid
from datetime import date

from flask import Flask, Response, current_app, g, make_response, request
from flask_login import LoginManager

from lms.foundation.actor import Role
from lms.foundation.errors import NotAllowed
from lms.foundation.wall import enter
from lms.foundation.words import N_
from lms.people import queries
from lms.people.rules import SIGN_IN_LASTS, day_at
from lms.web import Room, now, session
from lms.web.request import SignedIn, signed_in

room = Room("people", __name__)
ELSEWHERE = N_("This PC is shared. Do that on your own phone or computer.")


def today() -> date:
    """The day it is where the firm is."""
    return day_at(signed_in().time_zone, now())


def asked_id(name: str) -> uuid.UUID | None:
    """An id in the address, if it is one."""
    text = request.args.get(name, "")
    return uuid.UUID(text) if queries.is_id(text) else None


def asked_day(name: str) -> date | None:
    """A day in the address, if it is one."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def shown_once(page: str | Response) -> Response:
    """A page with a secret in it: no browser and nothing between keeps it."""
    reply = make_response(page)
    reply.headers["Cache-Control"] = "no-store"
    return reply


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host over HTTPS; plain HTTP on one's own machine cannot have it."""
    return "__Host-ladder" if current_app.config["SESSION_COOKIE_SECURE"] else "ladder"


def keep_token(reply: Response, token: str, *, remembered: bool = True) -> Response:
    """Put a device's token into its cookie; one that is not remembered goes when the browser is closed."""
    reply.set_cookie(
        cookie_name(),
        token,
        max_age=2 * int(SIGN_IN_LASTS.total_seconds())  # a dead one still says whose words arrived too late
        if remembered
        else None,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return reply


def forget_token(reply: Response) -> Response:
    """Take the token off the device."""
    reply.delete_cookie(
        cookie_name(),
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return reply


def watch_sign_ins(app: Flask) -> None:
    """Teach Flask-Login to find the person behind the request's token."""
    manager = LoginManager(app)
    manager.session_protection = None

    @manager.request_loader
    def load(_request: object) -> SignedIn | None:
        token = request.cookies.get(cookie_name())
        arrival = queries.find_arrival(session(), token=token, now=now()) if token else None
        g.arrival = arrival
        if arrival is None:
            return None
        enter(session(), arrival.firm_id)
        actor = queries.find_actor(session(), firm_id=arrival.firm_id, person_id=arrival.person_id, now=now())
        if actor is None:
            return None
        if arrival.method == "pin":  # six digits open what an agent does, never a firm's people
            actor = dataclasses.replace(actor, roles=actor.roles & {Role.AGENT}, leads=frozenset())
        return SignedIn(
            actor,
            arrival.sign_in_id,
            arrival.firm_name,
            arrival.language,
            arrival.time_zone,
            arrival.simulated,
            arrival.only_here,
            arrival.shared_device_id,
        )


def on_own_device() -> None:
    """Raise NotAllowed on a shared device: nobody changes there how they sign in elsewhere."""
    if signed_in().shared_device_id is not None:
        raise NotAllowed(ELSEWHERE)
