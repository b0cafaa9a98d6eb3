"""The people room's addresses."""

from lms.people.views import (  # noqa: F401  (each adds its routes to the room)
    api_keys,
    audit,
    away,
    by_mail,
    directory,
    firms,
    floor,
    floor_pcs,
    importing,
    inviting,
    jobs,
    kept,
    me,
    passkeys,
    person,
    pin,
    roles_and_days,
    sign_in,
    staying,
    teams,
)
from lms.people.views.room import room

__all__ = ["room"]
