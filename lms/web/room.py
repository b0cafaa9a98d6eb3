"""A room's URL table. Every route says who may enter; leaving it out is a TypeError at import."""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, g, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lms.foundation.engine import begin_writing
from lms.foundation.errors import NotAllowed
from lms.foundation.policy import Allow, Door, Permission, Permissions
from lms.foundation.wall import enter, entered, leave
from lms.web.request import session, signed_in

LOG = logging.getLogger("ladder")
T = TypeVar("T")
View = Callable[..., ResponseReturnValue]
Words = Callable[..., Sequence[tuple[str, str]]]


class Room(Blueprint):
    """A blueprint whose routes carry `allow=` and run in one transaction, committed here and nowhere else."""

    def get(self, rule: str, *, allow: Allow, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """A route that reads. Whatever it did to the session is rolled back."""
        return self._route(rule, "GET", allow, late=True, options=options)

    def post(  # type: ignore[override]
        self, rule: str, *, allow: Allow, late: bool = False, words: Words | None = None, **options: Any
    ) -> Callable[[View], View]:
        """A route that writes. `late`: the view reads first and calls `begin_writing` itself (slow hashing before the lock).

        `words` puts a form that arrived too late into words, for the person who is asked to send it again.
        """
        return self._route(rule, "POST", allow, late=late, options=options, words=words)

    def _route(
        self,
        rule: str,
        method: str,
        allow: Allow,
        *,
        late: bool,
        options: dict[str, Any],
        words: Words | None = None,
    ) -> Callable[[View], View]:
        if not isinstance(allow, Door | Permission):
            raise TypeError(f"{rule}: allow= must be a permission or a door")

        def decorate(view: View) -> View:
            @wraps(view)
            def behind_the_door(**arguments: Any) -> Response:
                check_door(allow)
                reply = in_one_transaction(view, arguments, writes=method == "POST", late=late)
                write_what_is_left_behind()
                return reply

            behind_the_door.allow = allow  # type: ignore[attr-defined]
            behind_the_door.words = words  # type: ignore[attr-defined]
            self.add_url_rule(
                rule,
                options.pop("endpoint", None) or view.__name__,
                behind_the_door,
                methods=[method],
                **options,
            )
            return view

        return decorate


class SignInNeeded(Exception):
    """Nobody is signed in; the person is asked to, and comes back to where they were."""


def check_door(allow: Allow) -> None:
    """Let the request in, or raise SignInNeeded or NotAllowed."""
    if allow is Door.PUBLIC:
        return
    if not current_user.is_authenticated or _page_of_somebody_else():
        raise SignInNeeded
    permissions: Permissions = current_app.extensions["permissions"]
    if isinstance(allow, Permission) and not permissions.could(signed_in().actor, allow):
        raise NotAllowed(
            "You do not have permission to do that. Ask your firm's administrator if you should."
        )


def _page_of_somebody_else() -> bool:
    """Whether a page's script still sends for one person while another has signed in on the device."""
    named = request.headers.get("X-Person")
    return named is not None and named != str(signed_in().actor.person_id)


def in_one_transaction(view: View, arguments: dict[str, Any], *, writes: bool, late: bool) -> Response:
    """Run the view inside its firm, in one transaction; commit before the reply leaves, or undo it all."""
    current = session()
    here = signed_in().actor.firm_id if current_user.is_authenticated else None
    if (
        here is None or entered(current) != here
    ):  # else the door has just gone in, and its transaction goes on
        current.rollback()
        leave(current)
        if here is not None:
            enter(current, here)
    try:
        if writes and not late:
            begin_writing(current)
        reply = make_response(view(**arguments))
        if writes and request.method == "POST":
            current.commit()
    finally:
        current.rollback()
    return reply


def leave_behind(act: Callable[[Session], object]) -> None:
    """What a page that was read leaves behind, such as that somebody looked: written when the page's own transaction is
    over, in a small one of its own, before the reply leaves. What cannot be written is an error, and no page is shown.
    """
    g.setdefault("left_behind", []).append(act)


def write_what_is_left_behind() -> None:
    """Write it."""
    acts = g.pop("left_behind", ())
    if not acts:
        return
    current = session()
    try:
        begin_writing(current)
        for act in acts:
            act(current)
        current.commit()
    finally:
        current.rollback()


def write_afterwards(act: Callable[[], T]) -> T | None:
    """A small transaction after the page's own, for what the page stands without: nothing comes back when the database
    is too busy, and the next request tries again.
    """
    current = session()
    current.rollback()
    try:
        begin_writing(current)
        came = act()
        current.commit()
    except OperationalError as busy:
        LOG.info("what a request leaves at the door could not be written: %s", type(busy.orig).__name__)
        return None
    finally:
        current.rollback()
    return came
