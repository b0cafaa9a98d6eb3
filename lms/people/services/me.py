"""What a person changes about themself."""

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.words import LANGUAGES
from lms.people.models import Person


def choose_language(session: Session, *, actor: Actor, language: str) -> None:
    """Set the language a person reads Ladder in. Raises Invalid."""
    if language not in LANGUAGES:
        raise Invalid("Choose English or Spanish.")
    session.get_one(Person, actor.person_id).language = language
