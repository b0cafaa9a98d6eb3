"""The assessments room's addresses."""

from lms.assessments.views import (  # noqa: F401  (each adds its routes to the room)
    analysis,
    bank,
    blueprints,
    calibrating,
    cutting,
    exposing,
    filing,
    marking,
    questions,
    rescoring,
    sitting,
    sittings,
    taking,
)
from lms.assessments.views.room import room

__all__ = ["room"]
