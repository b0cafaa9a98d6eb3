"""The room itself."""

from lms.web import Room

room = Room("assessments", __name__)
