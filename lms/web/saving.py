"""Saving data: what a device asks for, by the browser's own setting or by the switch in Me."""

from flask import Response, current_app, request

COOKIE = "saver"


def switched_on() -> bool:
    """Whether the switch in Me is on, on this device."""
    return request.cookies.get(COOKIE) == "1"


def saves_data() -> bool:
    """Whether pictures wait for a tap: the switch is on, or the browser says `Save-Data: on`."""
    return switched_on() or request.headers.get("Save-Data", "").strip().lower() == "on"


def keep_switch(reply: Response, *, on: bool) -> Response:
    """Keep the switch on the device. It names nobody, and stays for the next one who uses it."""
    reply.set_cookie(
        COOKIE,
        "1" if on else "0",
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )
    return reply
