"""The tracks room's addresses."""

from lms.tracks.views import (  # noqa: F401  (each adds its routes to the room)
    appeals,
    decisions,
    fairness,
    openings,
    paths,
)
from lms.tracks.views.room import room

__all__ = ["room"]
