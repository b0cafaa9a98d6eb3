"""What a request leaves at the door when its page is done: a renewed token, a shared device that does not lock yet."""

import logging
from datetime import timedelta

from flask import Response, g, request

from lms.foundation.wall import enter, leave
from lms.people import queries
from lms.people.pins import Renewal
from lms.people.services import staying as services
from lms.people.views.room import cookie_name, keep_token, room
from lms.web import now, session, wants_part, write_afterwards

LOG = logging.getLogger("ladder")
SEEN_EVERY = timedelta(seconds=20)


@room.after_app_request
def look_after_the_sign_in(reply: Response) -> Response:
    """Renew the token of a remembered device, note that somebody sits at a shared one, end one whose token was stolen."""
    token = request.cookies.get(cookie_name())
    if token is None or "arrival" not in g or reply.status_code >= 500:
        return reply
    arrival: queries.Arrival | None = g.arrival
    if arrival is None:
        _end_if_stolen(token)
    elif arrival.shared_device_id is not None:
        if now() - arrival.last_seen_at >= SEEN_EVERY and _by_hand():
            write_afterwards(lambda: services.see_person(session(), sign_in_id=arrival.sign_in_id, now=now()))
    elif arrival.renewal is Renewal.SEEN:
        write_afterwards(
            lambda: services.see_newest(session(), sign_in_id=arrival.sign_in_id, token=token, now=now())
        )
    elif arrival.renewal is Renewal.DUE and _may_carry_a_token(reply):
        new = write_afterwards(
            lambda: services.renew(session(), sign_in_id=arrival.sign_in_id, token=token, now=now())
        )
        if new:
            keep_token(reply, new)
    return reply


def _by_hand() -> bool:
    """Whether somebody did this. A script that goes on sending what waits is no sign of anybody: it says so by itself."""
    return request.endpoint == "people.floor_here" or not wants_part()


def _may_carry_a_token(reply: Response) -> bool:
    """A page; never what a cache may keep."""
    return reply.mimetype == "text/html" and "max-age" not in reply.headers.get("Cache-Control", "")


def _end_if_stolen(token: str) -> None:
    stolen = queries.find_stolen(session(), token=token, now=now())
    if stolen is None:
        return
    sign_in_id, person_id, firm_id = stolen

    def end() -> None:
        leave(session())
        enter(session(), firm_id)
        services.end_stolen(session(), sign_in_id=sign_in_id, person_id=person_id, firm_id=firm_id, now=now())

    write_afterwards(end)
    LOG.warning("an old token of a remembered device came back; its sign-in was ended")
