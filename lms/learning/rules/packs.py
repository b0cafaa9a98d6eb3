"""What a pack of a lesson is called: by its content, so that a device may keep it for ever."""

import hashlib
import uuid

from lms.learning.rules.syncing import FORMAT

AHEAD = 3
"""How many of the next lessons a phone keeps by itself on Wi-Fi."""


def lesson_mark(*, version_hash: str, lesson_key: str, language: str, person_id: uuid.UUID) -> str:
    """The mark of a lesson's page: another one when the content, the reader, their language or the format is another."""
    said = f"{FORMAT} {version_hash} {lesson_key} {language} {person_id}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]
