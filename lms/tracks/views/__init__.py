"""The tracks room's addresses."""

from lms.tracks.views import coaching, kpi, paths, pipeline, reports  # noqa: F401  (each adds its routes to the room)
from lms.tracks.views.room import room

__all__ = ["room"]
