"""The people room's addresses."""

from lms.people.views.room import room
from lms.people.views import directory, me, sign_in  # noqa: E402,F401,I001  (each adds its routes to the room)

__all__ = ["room"]
