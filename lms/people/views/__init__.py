"""The people room's addresses."""

from lms.people.views import (  # noqa: F401  (each adds its routes to the room)
    audit,
    away,
    directory,
    firms,
    importing,
    jobs,
    kept,
    me,
    person,
    roles_and_days,
    sign_in,
    teams,
)
from lms.people.views.room import room

__all__ = ["room"]
