"""What a view may touch: its room, the session, the actor, the time, and the answer to a form."""

from lms.web.replies import answered, csv_reply, wants_part
from lms.web.request import actor, db, now, page_number, session, storage
from lms.web.room import Room, leave_behind, write_afterwards

__all__ = [
    "Room",
    "actor",
    "answered",
    "csv_reply",
    "db",
    "leave_behind",
    "now",
    "page_number",
    "session",
    "storage",
    "wants_part",
    "write_afterwards",
]
