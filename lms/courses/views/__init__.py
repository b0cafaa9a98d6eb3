"""The courses room's addresses."""

from lms.courses.views import (  # noqa: F401  (each adds its routes to the room)
    catalogue,
    history,
    lesson,
    media,
    publishing,
    scheduling,
    studio,
)
from lms.courses.views.room import room

__all__ = ["room"]
