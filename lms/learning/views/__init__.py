"""The learning room's addresses."""

from lms.learning.views import (  # noqa: F401  (each adds its routes to the room)
    assignments,
    cohorts,
    habit,
    learn,
    memory,
    messages,
    moving,
    phone,
    ruling,
    running,
    syncing,
    team,
    time_log,
    versions,
    work,
)
from lms.learning.views.room import room

__all__ = ["room"]
