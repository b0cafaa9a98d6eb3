"""What stands between a person and their next rung, as the rooms above know it."""

from dataclasses import dataclass
from datetime import datetime

from lms.foundation.actor import Actor


@dataclass(frozen=True)
class GapAsked:
    """Today asks what its reader still lacks: a room above answers with a GapLine for each course of a missing requirement."""

    actor: Actor
    now: datetime


@dataclass(frozen=True)
class GapLine:
    """A course that a person must complete for the next rung on their way, by its name."""

    course_key: str
    rung: str
