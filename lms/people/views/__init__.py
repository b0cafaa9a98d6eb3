"""The people room's addresses."""

from lms.people.views.room import room
from lms.people.views import sign_in, me  # noqa: E402,F401,I001  (each adds its routes to the room)

__all__ = ["room"]
