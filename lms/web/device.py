"""What a learner's device sends with every fact: the id it minted, its own time, its own order."""

import hashlib
import uuid
from datetime import UTC, datetime

from flask import Response, request

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.ids import new_id


def fact_id(name: str = "fact_id") -> uuid.UUID:
    """The id the device minted; one of ours when a plain form sent none. The last stands: a script adds its own."""
    sent = request.form.getlist(name)
    if not sent:
        return new_id()
    try:
        return uuid.UUID(sent[-1])
    except ValueError:
        raise Invalid("That was not sent by this page. Reload it and try again.") from None


def device_time() -> datetime | None:
    """The device's clock, kept beside ours and never trusted alone."""
    sent = request.form.get("device_at", "")
    try:
        moment = datetime.fromisoformat(sent)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # no date, or one before the first or after the last
        return None


def sequence() -> int:
    """The place of this answer among the device's answers; 0 for a plain form is before none."""
    sent = request.form.getlist("order")
    value = sent[-1] if sent else "0"
    return min(int(value[:11]), 2_000_000_000) if value.isascii() and value.isdigit() else 0


def answers() -> dict[str, list[str]]:
    """The fields of an answer."""
    return {name: values for name, values in request.form.lists() if name.startswith("answer")}


def store_name(actor: Actor) -> str:
    """What a device calls the place for one person at one firm: caches, database, notes. It names nobody."""
    return hashlib.sha256(f"on a device {actor.firm_id} {actor.person_id}".encode()).hexdigest()[:16]


def kept_on_device(reply: Response, actor: Actor) -> Response:
    """A page that is its own pack: the device's worker keeps it as it comes, in this person's place."""
    reply.headers["X-Keep"] = store_name(actor)
    return reply
