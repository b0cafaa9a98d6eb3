"""The people room's addresses."""

from lms.people.views import directory, importing, me, sign_in  # noqa: F401  (each adds its routes to the room)
from lms.people.views.room import room

__all__ = ["room"]
