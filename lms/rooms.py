"""The map on the wall: the rooms, the whole permission table, who listens to which event."""

from lms.foundation.events import Listener
from lms.foundation.policy import Permissions
from lms.people import policy as people_policy
from lms.people.views import room as people
from lms.web import Room

ROOMS: tuple[Room, ...] = (people,)

PERMISSIONS = Permissions(people_policy.POLICY)

LISTENERS: dict[type, tuple[Listener, ...]] = {}
