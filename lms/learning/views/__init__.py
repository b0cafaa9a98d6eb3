"""The learning room's addresses."""

from lms.learning.views import assignments, learn, moving, team, versions  # noqa: F401  (each adds its routes to the room)
from lms.learning.views.room import room

__all__ = ["room"]
