"""The courses room's addresses."""

from lms.courses.views import (  # noqa: F401  (each adds its routes to the room)
    catalogue,
    history,
    lesson,
    media,
    people,
    publishing,
    reviewing,
    scheduling,
    studio,
    upstream,
)
from lms.courses.views.room import room

__all__ = ["room"]
