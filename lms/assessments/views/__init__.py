"""The assessments room's addresses."""

from lms.assessments.views import taking  # noqa: F401  (each adds its routes to the room)
from lms.assessments.views.room import room

__all__ = ["room"]
